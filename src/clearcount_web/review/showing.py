"""How the text of a record is shown: a little around each hit, more by steps, every sign as text.

Texts come from a foreign system. They are cut by offsets and escaped by the template. Signs
that would turn, hide or join text are shown by their names. What a reader sees is what the record holds.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from clearcount.reading.hints import explain

STEPS = (200, 600)
"""Characters shown on each side of a hit at first, and after one step; the next step is the whole entry."""
_START = 600
_SHOWN = {"\n", "\r", "\t"}
Entry = tuple[str, str, str]
Place = Sequence[object]
"""[field, entry, start, end, term], as a card keeps it."""


@dataclass(frozen=True)
class Piece:
    """A stretch of text: plain, a hit with its number, or a sign by its name."""

    kind: str
    text: str
    number: int = 0


@dataclass(frozen=True)
class Stretch:
    """Pieces that appear at one step: 0 at once, 1 after one step, 2 with the whole entry."""

    step: int
    pieces: tuple[Piece, ...]
    length: int


@dataclass(frozen=True)
class Chip:
    """One hint about one hit: its name in words and the cue that it rests on."""

    name: str
    cue: str


@dataclass(frozen=True)
class ShownHit:
    """One hit by its number, its term, the words that matched and its hints."""

    number: int
    term: str
    matched: str
    where: str
    chips: tuple[Chip, ...]


@dataclass(frozen=True)
class ShownEntry:
    """One entry under its name; `folded` when nothing of it is shown at first."""

    name: str
    stretches: tuple[Stretch, ...]
    folded: bool


@dataclass(frozen=True)
class ShownRun:
    """Entries that are shown or folded together: one with a hit, or all without one up to the next hit."""

    entries: tuple[ShownEntry, ...]

    @property
    def first(self) -> ShownEntry:
        """The entry that the run begins with."""
        return self.entries[0]

    @property
    def last(self) -> ShownEntry:
        """The entry that the run ends with."""
        return self.entries[-1]


@dataclass(frozen=True)
class ShownText:
    """The whole text of a record as its card shows it."""

    hits: tuple[ShownHit, ...]
    entries: tuple[ShownEntry, ...]

    @property
    def runs(self) -> list[ShownRun]:
        """The entries in order, those without a hit that follow each other as one: the hit stays in sight."""
        grouped = itertools.groupby(self.entries, key=lambda entry: entry.folded)
        cut = [(folded, list(run)) for folded, run in grouped]
        return [ShownRun(tuple(part)) for folded, run in cut for part in ([run] if folded else [[one] for one in run])]


def shown_text(entries: Sequence[Entry], places: Sequence[Place]) -> ShownText:
    """Return the entries with their hits numbered in order of reading.

    A place that does not lie in its entry is left out: the caller has compared the text's hash.
    """
    hits: list[ShownHit] = []
    shown = []
    for field, entry_no, text in entries:
        spans = sorted(
            {
                (int(str(start)), int(str(end)), str(term))
                for f, e, start, end, term in places
                if (f, e) == (field, entry_no) and 0 <= int(str(start)) < int(str(end)) <= len(text)
            }
        )
        numbered = []
        for start, end, term in spans:
            chips = tuple(Chip(hint.name.replace("_", " "), visible(hint.cue)) for hint in explain(text, start, end))
            where = f"{field} {entry_no}"
            hits.append(ShownHit(len(hits) + 1, visible(term), visible(text[start:end]), where, chips))
            numbered.append((start, end, len(hits)))
        stretches = _stretches(text, numbered, first=not places)
        folded = all(stretch.step == len(STEPS) for stretch in stretches)
        shown.append(ShownEntry(f"{field} {entry_no}", stretches, folded))
    return ShownText(tuple(hits), tuple(shown))


def _stretches(text: str, spans: Sequence[tuple[int, int, int]], *, first: bool) -> tuple[Stretch, ...]:
    """The text cut where the step changes; `first` shows the beginning of an entry of a record without hits."""
    windows = [
        (max(0, start - around), end + around, step) for start, end, _ in spans for step, around in enumerate(STEPS)
    ]
    if first:
        windows = [(0, _START, 0)]
    edges = sorted({0, len(text), *(min(edge, len(text)) for low, high, _ in windows for edge in (low, high))})
    found: list[tuple[int, int, int]] = []
    for low, high in itertools.pairwise(edges):
        step = min((each for a, b, each in windows if a <= low and high <= b), default=len(STEPS))
        if found and found[-1][2] == step:
            found[-1] = (found[-1][0], high, step)
        else:
            found.append((low, high, step))
    return tuple(Stretch(step, _pieces(text, low, high, spans), high - low) for low, high, step in found)


def _pieces(text: str, low: int, high: int, spans: Sequence[tuple[int, int, int]]) -> tuple[Piece, ...]:
    """The pieces of `text[low:high]`; of hits that overlap the later one is marked from where the first ends."""
    pieces: list[Piece] = []
    at = low
    for start, end, number in spans:
        start, end = max(start, at), min(end, high)
        if start < end and start >= low:
            pieces += _plain(text[at:start])
            pieces.append(Piece("hit", visible(text[start:end]), number))
            at = end
    return (*pieces, *_plain(text[at:high]))


def _plain(text: str) -> list[Piece]:
    pieces: list[Piece] = []
    run = ""
    for sign in text:
        if name := _name_of(sign):
            if run:
                pieces.append(Piece("plain", run))
                run = ""
            pieces.append(Piece("sign", name))
        else:
            run += sign
    return [*pieces, Piece("plain", run)] if run else pieces


def visible(text: str) -> str:
    """Return the text with every sign that would turn, hide or join text replaced by its name."""
    return "".join(_name_of(sign) or sign for sign in text)


def _name_of(sign: str) -> str:
    """`U+202E` for a sign of control or format and for half a character; nothing for the others."""
    if sign in _SHOWN or (sign.isascii() and sign.isprintable()):
        return ""
    return f"[U+{ord(sign):04X}]" if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co") else ""
