"""Where a term stands in a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Span:
    """One hit of one term: code point offsets into the original text, end exclusive, `text[start:end] == matched`."""

    term: str
    start: int
    end: int
    matched: str


@dataclass(frozen=True)
class Mention:
    """One hit in one text of one occurrence, with up to 60 characters on each side (line breaks as spaces)."""

    occurrence_no: str
    field: str
    entry_no: str
    term: str
    start: int
    end: int
    matched: str
    before: str = ""
    after: str = ""
    hints: tuple[str, ...] = ()
