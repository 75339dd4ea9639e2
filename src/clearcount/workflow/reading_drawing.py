"""How much to read, and the random samples that are read: of the records without a term, or of the hits by term."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from clearcount.errors import DecisionError
from clearcount.model.decision import Decision, Key, Source
from clearcount.reading.decide import current
from clearcount.reading.proportions import missed_records, sample_size
from clearcount.reading.sampling import draw, offence_and_year
from clearcount.store.decisions import DecisionStore, Sheet
from clearcount.workflow.reading_records import ReadingScope
from clearcount.workflow.reading_sheets import Drawn, Sample, guide_of, kind_of, new_sheet, sheet_id, write_sheet

_READ_ALL = 1_000
"""Hits up to which all are read; beyond, a random part by term may be."""
_SIZES, _AT_MOST = (100, 300, 600, 1_000), (5, 10, 25, 50, 100)
_NOTHING_TO_DRAW = {
    "hits": "no record in scope holds a term: there is nothing to draw",
    "random": "every record in scope holds a term, has no text or was read already: nothing to draw",
}


@dataclass(frozen=True)
class Plan:
    """How much there is to read, and what reading how much would show; nothing is drawn.

    Counts are records: one occurrence under one offence code. `frame` are the records with text and without a term that
    nobody has decided on. `read_first` is how many of them to read in the ranker's order before a sample. `sizes` are
    (at most missed, records to read when none of them is relevant), `shows` the other way round. Where there are too
    many hits to read them all, `within` are pairs: hits to draw, and the error of the number of relevant ones. The
    error assumes that half of them are relevant.
    """

    records: int
    matches: int
    frame: int
    not_searchable: int
    already_read: int
    read_first: int
    sizes: tuple[tuple[int, int], ...]
    shows: tuple[tuple[int, int], ...]
    within: tuple[tuple[int, int], ...] = ()
    at_most: int | None = None
    read: int | None = None

    def as_dict(self) -> dict[str, object]:
        """Return plain values for a machine."""
        plain = asdict(self)
        plain["sizes"] = [{"at_most": at_most, "read": read} for at_most, read in self.sizes]
        plain["within"] = [{"read": read, "within": within} for read, within in self.within]
        plain["shows"] = [{"read": read, "at_most": at_most} for read, at_most in self.shows]
        return plain


def plan(scope: ReadingScope, *, at_most: int | None = None) -> Plan:
    """Return how many to read to be able to say what (95 per cent, one-sided, if none is relevant)."""
    if at_most is not None and at_most < 0:
        raise DecisionError("--at-most is a number of records, 0 or more")
    frame = len(_unread(scope))
    return Plan(
        records=len(scope.months),
        matches=len(scope.matches),
        frame=frame,
        not_searchable=scope.not_searchable,
        already_read=len(scope.unmatched) - frame,
        read_first=min(frame, 400, max(100, 2 * len(scope.matches))),
        sizes=tuple((most, sample_size(frame, most)) for most in _AT_MOST if most < frame),
        shows=tuple((n, int(missed_records(0, n, frame, sided="upper").upper)) for n in _SIZES if n < frame),
        within=_within(len(scope.matches)),
        at_most=at_most,
        read=None if at_most is None else sample_size(frame, at_most),
    )


def _within(hits: int) -> tuple[tuple[int, int], ...]:
    if hits <= _READ_ALL:
        return ()
    worst = ((read, missed_records(read // 2, read, hits)) for read in _SIZES if read < hits)
    return tuple((read, math.ceil((interval.upper - interval.lower) / 2)) for read, interval in worst)


def sample(
    scope: ReadingScope,
    out: Path,
    *,
    size: int,
    seed: int,
    now: datetime,
    looks: int = 1,
    hits: bool = False,
    guide: str | None = None,
) -> Drawn:
    """Draw records in scope without a term at random, keeps the draw for good, and writes the sheet to `out`.

    With `hits` it draws from the records that hold a term instead, by term and decided ones too. A row that was decided
    before may be left blank. The same request, snapshot, size, seed and looks give the same sheet. Once somebody has
    decided on a sample of this query, no other one is drawn: that would be looking until the result pleases.

    Raises:
        DecisionError: for an impossible plan, an empty frame, or another sample that has been read already.
    """
    kind_of(out)
    sheet = draw_sheet(scope, Draw(size, seed, looks, hits, guide), now=now)
    write_sheet(scope, out, sheet.rows)
    whole = sum({row.stratum: row.frame_size or 0 for row in sheet.rows}.values())
    shown = missed_records(0, len(sheet.rows), whole, sided="upper").upper
    return Drawn(sheet, len(sheet.rows), whole, int(shown))


@dataclass(frozen=True)
class Draw:
    """The plan of a random sample: how many records, the seed, at how many points it is looked at, of hits or not."""

    size: int
    seed: int
    looks: int = 1
    hits: bool = False
    guide: str | None = None


def draw_sheet(scope: ReadingScope, plan: Draw, *, now: datetime) -> Sheet:
    """Draw the sample of a plan and keep it for good, without writing a file; see `sample`.

    Raises:
        DecisionError: for an impossible plan, an empty frame, or another sample that has been read already.
    """
    size, seed, looks, hits, guide = plan.size, plan.seed, plan.looks, plan.hits, plan.guide
    store = DecisionStore(scope.store.path)
    if hits and looks != 1:
        raise DecisionError("a sample of hits is looked at once; leave --looks out")
    kind, name = ("hits", "hits") if hits else ("random", "sample")
    source: Source = "match" if hits else "random"
    sheets = _samples(scope, store, kind)
    read_ids = _read_ids(store.decisions())
    identity = sheet_id(name, scope, size, seed, looks)
    for held in sheets:
        if held.id != identity and held.id in read_ids and held.snapshot == scope.counted.snapshot.number:
            raise DecisionError(
                f"a sample of this query was drawn with --size {held.size} --seed {held.seed} and has been read in "
                "part; a sample may not be drawn again. Read that one, or plan more looks before the first draw"
            )
    sheet = next((held for held in sheets if held.id == identity), None)
    if sheet is None:
        frame = scope.candidates(scope.matches if hits else _unread(scope))
        if not frame:
            raise DecisionError(_NOTHING_TO_DRAW[kind])
        drawn = draw(frame, size, seed=seed, looks=looks, by=scope.term_of if hits else offence_and_year)
        hashes = scope.hashes({each.candidate.occurrence_no for each in drawn})
        rows = tuple(
            Decision(
                *each.candidate.key,
                guide_version=guide or guide_of(scope),
                query_version=scope.query_version,
                text_hash=hashes[each.candidate.occurrence_no],
                source=source,
                stratum=each.stratum,
                frame_size=each.frame_size,
                sample_id=identity if looks == 1 else f"{identity}.{each.look}of{looks}",
            )
            for each in drawn
        )
        sheet = store.freeze(new_sheet(identity, kind, scope, now, rows, Sample(size, seed, looks)))
    if sheet.facts != scope.request.facts:
        raise DecisionError(
            "this sample was drawn when the request asked readers for other facts; put them back as they were, or plan "
            "another sample"
        )
    return sheet


def _samples(scope: ReadingScope, store: DecisionStore, kind: str) -> list[Sheet]:
    """The samples of that kind that were drawn for this query, by time."""
    return [sheet for sheet in store.sheets() if sheet.kind == kind and sheet.query_version == scope.query_version]


def last_sample(
    scope: ReadingScope, store: DecisionStore, kind: str, decisions: Sequence[Decision]
) -> dict[Key, Decision]:
    """Return by record the rows of the last sample that somebody read, else of the last one, else none."""
    samples = _samples(scope, store, kind)
    read_ids = _read_ids(decisions)
    sheet = next((s for s in reversed(samples) if s.id in read_ids), samples[-1] if samples else None)
    return {row.key: row for row in sheet.rows} if sheet else {}


def _read_ids(decisions: Sequence[Decision]) -> set[str]:
    """The samples that somebody decided on."""
    return {decision.sample_id.split(".")[0] for decision in decisions}


def _unread(scope: ReadingScope) -> list[Key]:
    """The records without a term that nobody has decided on."""
    decided = current(DecisionStore(scope.store.path).decisions())
    return [key for key in scope.unmatched if key not in decided]
