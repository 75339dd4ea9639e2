"""Advice in the visitor's language."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language

from clearcount_web.advice.content import PACKAGED, Library, read_library


def content_folder() -> Path:
    """The folder of Markdown files: the force's own from force.toml `[web] content`, else the packaged one."""
    own = settings.FORCE.web.get("content", "")
    return Path(own) if own else PACKAGED


def library() -> Library:
    """All content in the language of this request."""
    return read_library((get_language() or "en").partition("-")[0], content_folder())
