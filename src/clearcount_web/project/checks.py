"""What `manage check` looks at beyond Django's own: files that are open to others."""

from __future__ import annotations

from typing import Any

from django.core.checks import Error, Tags, register

from clearcount_web.platform.paths import open_paths


@register(Tags.security)
def files_are_closed(**_: Any) -> list[Error]:
    """Return an error for each file of the service that is open to others."""
    return [Error(sentence, id="clearcount.E001") for sentence in open_paths()]
