"""The staff door with made-up values, for the type checker only: it must load every app to know its models."""

from __future__ import annotations

import os

_MADE_UP = {
    "CLEARCOUNT_WEB_DIR": "build/typecheck",
    "CLEARCOUNT_STAFF_SECRET_KEY": "not-a-secret-" * 4,
    "CLEARCOUNT_STAFF_HOSTS": "localhost",
    "CLEARCOUNT_AUDIT_KEY": "not-a-secret-" * 4,
    "CLEARCOUNT_PUBLIC_AUDIT_KEY": "not-a-secret-" * 4,
    "CLEARCOUNT_FORCE_FILE": os.devnull,
}
for _name, _value in _MADE_UP.items():
    os.environ.setdefault(_name, _value)

from clearcount_web.project.settings.staff import *  # noqa: E402, F403
