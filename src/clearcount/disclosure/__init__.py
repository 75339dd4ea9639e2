"""Disclosure control: what a reader can work out of published tables, and what to hide so that they cannot.

The names below are imported when they are first used: a command that needs one module here does not load them all.
The function `control` is in the module of its name.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clearcount.disclosure.auditor import AuditResult, audit
    from clearcount.disclosure.control import Controlled
    from clearcount.disclosure.policy import Policy
    from clearcount.disclosure.protection import Protection, protect
    from clearcount.disclosure.statements import control_statement

_HOMES = {
    "AuditResult": "clearcount.disclosure.auditor",
    "Controlled": "clearcount.disclosure.control",
    "Policy": "clearcount.disclosure.policy",
    "Protection": "clearcount.disclosure.protection",
    "audit": "clearcount.disclosure.auditor",
    "control_statement": "clearcount.disclosure.statements",
    "protect": "clearcount.disclosure.protection",
}

__all__ = ["AuditResult", "Controlled", "Policy", "Protection", "audit", "control_statement", "protect"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
