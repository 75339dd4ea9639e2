"""Sheets on disk: what is handed out to be read, under a name made of what it is, for its owner only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from clearcount.errors import DecisionError
from clearcount.files import write_whole
from clearcount.model.decision import Decision, Key
from clearcount.model.facts import FactAsked
from clearcount.reading.sheets import Row, to_csv, to_xlsx
from clearcount.store.decisions import Sheet
from clearcount.workflow.reading_records import ReadingScope


@dataclass(frozen=True)
class Drawn:
    """A sheet that was handed out, and what it is for. `at_most` is what it can show when nothing in it is relevant."""

    sheet: Sheet
    rows: int
    frame: int = 0
    at_most: int = 0


@dataclass(frozen=True)
class Sample:
    """The plan of a random sample as a sheet keeps it; of any other sheet only the seed of its order."""

    size: int = 0
    seed: int = 0
    looks: int = 1


NO_SAMPLE = Sample()


def guide_of(scope: ReadingScope) -> str:
    """Return the guide that readers go by unless another is named: the request's marker or first term, and 1
    (`ai-1`).
    """
    terms = scope.request.terms
    name = scope.request.marker.name if scope.request.marker else terms.set.terms[0] if terms else "topic"
    words = "".join(c if c.isalnum() else " " for c in name.casefold()).split()
    return "-".join([*(words or ["topic"]), "1"])


def sheet_id(kind: str, scope: ReadingScope, *parts: object) -> str:
    """Return a name made of the query, the snapshot and whatever else decides what is on the sheet."""
    text = repr((scope.query_version, scope.counted.snapshot.number, *parts))
    return f"{kind}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def new_sheet(
    identity: str, kind: str, scope: ReadingScope, now: datetime, rows: tuple[Decision, ...], plan: Sample = NO_SAMPLE
) -> Sheet:
    """Return the sheet as it is frozen, with the plan of a sample."""
    stamp, number = now.isoformat(timespec="seconds"), scope.counted.snapshot.number
    sheet = Sheet(identity, kind, scope.query_version, number, stamp, rows, facts=scope.request.facts)
    return replace(sheet, size=plan.size, seed=plan.seed, looks=plan.looks)


def write_sheet(
    scope: ReadingScope, out: Path, rows: Sequence[Decision], shown: Mapping[Key, Mapping[str, str]] | None = None
) -> None:
    """Write rows with their context to `out`; `shown` are further columns by record."""
    entries = scope.entries({row.occurrence_no for row in rows})
    contexts = {number: scope.context(number, each) for number, each in entries.items()}
    shown_rows = [(row, contexts[row.occurrence_no], (shown or {}).get(row.key, {})) for row in rows]
    save(out, shown_rows, scope.request.facts)


def save(out: Path, rows: Sequence[Row], facts: Sequence[FactAsked] = ()) -> None:
    """Write a sheet that only its owner may read: it holds free text."""
    write_whole(out, kind_of(out)(rows, facts), mode=0o600)


def kind_of(out: Path) -> Callable[[Sequence[Row], Sequence[FactAsked]], bytes]:
    """Return how to write a file of that name. Raises DecisionError when it is neither XLSX nor CSV."""
    kinds = {".xlsx": to_xlsx, ".csv": to_csv}
    if out.suffix.lower() not in kinds:
        raise DecisionError(f"{out.name}: name the file .xlsx, or .csv for a plain one")
    return kinds[out.suffix.lower()]


def read_bytes(file: Path) -> bytes:
    """Return the bytes of a decisions file. Raises DecisionError when there is none."""
    try:
        return file.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise DecisionError(
            f"{file}: there is no such decisions file; make one with `clearcount review export`"
        ) from None
