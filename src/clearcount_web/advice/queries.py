"""Advice in the visitor's language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from clearcount_web.advice.content import PACKAGED, Library
from clearcount_web.advice.reading import read_library
from clearcount_web.site.sitemap import Address


def content_folder() -> Path:
    """Return the folder of Markdown files: the force's own from force.toml `[web] content`, else the packaged one."""
    own = settings.FORCE.web.get("content", "")
    return Path(own) if own else PACKAGED


def library() -> Library:
    """Return all content in the language of this request."""
    return read_library((get_language() or "en").partition("-")[0], content_folder())


def addresses() -> Iterator[Address]:
    """Yield the list of advice and every page of it."""
    yield Address(reverse("advice:index"))
    held = library()
    for page in held.pages:
        yield Address(reverse("advice:page", args=[page.slug]), page.checked_on)
        if page.slug in held.easy:
            yield Address(reverse("advice:easy", args=[page.slug]), held.easy[page.slug].checked_on)
