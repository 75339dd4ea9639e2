"""The flags that decisions leave on the crimes in scope, and how many records they cover."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from clearcount.errors import DecisionError
from clearcount.files import write_whole
from clearcount.model.decision import Decision, Key
from clearcount.reading.decide import resolve
from clearcount.reading.flags import Coverage, Flag, coverage, flags, to_csv
from clearcount.workflow.reading_records import ReadingScope


def flags_of(scope: ReadingScope, decisions: Sequence[Decision], *, topic: str) -> tuple[tuple[Flag, ...], Coverage]:
    """Return one flag per crime of every record in scope that was decided on its present text, and the coverage."""
    resolution = resolve(decisions, scope.hashes({row.occurrence_no for row in decisions if row.code}))
    crimes: dict[Key, list[str]] = defaultdict(list)
    offences = scope.counted.found.offences
    for number, code, crime_no in zip(offences.occurrence_no, offences.code, offences.crime_no, strict=True):
        crimes[number, code].append(crime_no)
    found = flags(decisions, resolution, crimes, topic=topic)
    held: dict[Key, list[str]] = {key: [] for key in scope.months}
    for flag in found:
        held[flag.occurrence_no, flag.offence_code].append(flag.markers)
    return found, coverage(held.values(), topic)


def write_flags(found: Sequence[Flag], out: Path) -> None:
    """Write flags as CSV. Raises DecisionError for a file of another kind."""
    if out.suffix.lower() != ".csv":
        raise DecisionError(f"{out.name}: flags are written as CSV; name the file .csv")
    write_whole(out, to_csv(found))
