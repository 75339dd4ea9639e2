"""The sentences of a letter, the numbered parts among them, and what is no part of the request."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_PART = re.compile(r"^\s*(?:\(?(\d{1,2}|[a-h]|[ivx]{1,4})[.):]\)?|[•*–-])\s+(.*)$", re.IGNORECASE)
_QUOTED_MAIL = re.compile(
    r"^\s*(?:>|-{3,}\s*(?:original|forwarded)|on .+ wrote:|from: |sent: |to: |cc: )", re.IGNORECASE
)
_END = re.compile(r"(?<=[.?!;])[\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9])")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|etc|no|nos|s|ss|sec|Mr|Mrs|Ms|Dr)\.$", re.IGNORECASE)
_COURTESY = re.compile(
    r"^(?:dear\b|hello\b|hi\b|good (?:morning|afternoon)|to whom|kind regards|best wishes|regards|yours\b|many thanks|"
    r"thank you|thanks|i look forward|look forward|please (?:acknowledge|confirm receipt)|if you (?:have any|need|"
    r"require|are unable|feel)|should you|please (?:let me know|contact|send|reply|respond|provide the (?:data|answer|"
    r"information) (?:in|as) (?:a|an)?\s*(?:csv|excel|spreadsheet|electronic))|i would (?:be grateful|appreciate)\s*$|"
    r"under the freedom of information act|this is a request under|i am (?:writing|making)|i understand|my (?:name|"
    r"preferred format)|sent from my|please treat this)",
    re.IGNORECASE,
)
_NAME_LINE = re.compile(r"^[A-Z][\w'’-]+(?: [A-Z][\w'’.-]*){0,3},?$")


@dataclass
class Sentence:
    """One sentence of the letter. `part` numbers the part that it opens; `found` says what was taken from it."""

    text: str
    part: str = ""
    found: list[str] = field(default_factory=list)
    courtesy: bool = False

    @property
    def mark(self) -> str:
        """`used`, `courtesy` or `not understood`."""
        return "used" if self.found else "courtesy" if self.courtesy else "not understood"


def sentences(letter: str) -> list[Sentence]:
    """Return every sentence of a letter in order; quoted earlier mails are left out, and said as one courtesy."""
    found: list[Sentence] = []
    quoted = False
    for block in _lines(letter):
        if _QUOTED_MAIL.match(block):
            quoted = quoted or block.lstrip().startswith(">") is False
            if not found or found[-1].text != "(an earlier message, quoted)":
                found.append(Sentence("(an earlier message, quoted)", courtesy=True))
            continue
        part = _PART.match(block)
        if part:
            found.append(Sentence(" ".join(part[2].split()), part[1] or "•"))
            continue
        for text in _split(block):
            courtesy = bool(_COURTESY.match(text)) or bool(_NAME_LINE.match(text))
            found.append(Sentence(text, courtesy=courtesy))
    return found


def _lines(letter: str) -> list[str]:
    """The paragraphs of a letter, a numbered part a paragraph of its own; wrapped lines are joined."""
    blocks: list[str] = []
    fresh = True
    for line in letter.replace("\r\n", "\n").split("\n"):
        if not line.strip():
            fresh = True
        elif fresh or _PART.match(line) or _QUOTED_MAIL.match(line):
            blocks.append(line.strip())
            fresh = False
        else:
            blocks[-1] += " " + line.strip()
    return blocks


def _split(block: str) -> list[str]:
    found: list[str] = []
    for piece in _END.split(" ".join(block.split())):
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] += " " + piece
        elif piece.strip():
            found.append(piece.strip())
    return found
