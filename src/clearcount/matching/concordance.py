"""A hit in its context (a concordance line)."""

from __future__ import annotations

WIDTH = 60
"""Characters shown on each side of a hit."""

_LINE_BREAKS = str.maketrans(dict.fromkeys("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029", " "))


def context(text: str, start: int, end: int, width: int = WIDTH) -> tuple[str, str]:
    """Return up to `width` characters before and after `text[start:end]`; each line break character is one space."""
    before, after = text[max(0, start - width) : start], text[end : end + width]
    return before.translate(_LINE_BREAKS), after.translate(_LINE_BREAKS)
