"""Passages of a translated page that are still in English, marked so that a screen reader says them in English.

A compiled catalogue (`catalogue.py`) gives each message without a translation back between two private signs. On the
page they become `<span lang="en">`; where no element may be, in an attribute or a title, they go.
"""

from __future__ import annotations

import re
from collections.abc import Set

OPEN, CLOSE = "\ue000", "\ue001"
_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"</?([a-zA-Z0-9-]+)")
_HREF = re.compile(r' href="(/[^"]*)"')
_NO_ELEMENTS = frozenset({"title", "option", "textarea", "script", "style"})
"""Elements that hold text alone."""


def bare(text: str) -> str:
    """Return `text` without the signs."""
    return text.replace(OPEN, "").replace(CLOSE, "")


def marked(page: str, *, code: str, translated: Set[str]) -> str:
    """Return a page in the language `code` with its English passages marked and its links led on.

    A link to a path of `translated` leads to the same page in the language. Any other link on this site says that its
    page is in English. Links that say their language themselves stay as they are.
    """
    within = ""
    parts = []
    for part in _TAG.split(page):
        if not part.startswith("<"):
            parts.append(bare(part) if within else part.replace(OPEN, '<span lang="en">').replace(CLOSE, "</span>"))
            continue
        name = (_NAME.match(part) or ["", ""])[1].lower()
        if name in _NO_ELEMENTS:
            within = "" if part.startswith("</") else name
        parts.append(_led_on(bare(part), code, translated) if name == "a" else bare(part))
    return "".join(parts)


def _led_on(tag: str, code: str, translated: Set[str]) -> str:
    found = _HREF.search(tag)
    if found is None or " hreflang=" in tag:
        return tag
    path, mark, place = found[1].partition("#")
    if path in translated:
        return tag.replace(found[0], f' href="/{code}{path}{mark}{place}"')
    return tag.replace(found[0], f'{found[0]} hreflang="en"')
