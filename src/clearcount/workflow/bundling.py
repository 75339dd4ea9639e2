"""Write a bundle and the working papers, each whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import defaultdict
from pathlib import Path
from typing import TextIO

from clearcount.counting.found import Mentioned, Searched
from clearcount.files import whole_folder
from clearcount.model.release import Release
from clearcount.workflow.counting import Counted
from clearcount.writers import write_bundle

_MENTIONS = (
    "occurrence_no",
    "crime_no",
    "field",
    "entry_no",
    "term",
    "start",
    "end",
    "matched",
    "before",
    "after",
    "hints",
)
_SCOPE = ("occurrence_no", "crime_no", "code", "month", "mentioned", "marked", "searched")


def inside(path: Path, other: Path) -> bool:
    """Return whether one of the two places holds the other, or they are the same."""
    one, two = path.resolve(), other.resolve()
    return one == two or one in two.parents or two in one.parents


def write_release(release: Release, out: Path, *, replace: bool = False) -> None:
    """Write the bundle of `release` to `out`, whole or not at all. Raises BundleError."""
    with whole_folder(out, replace=replace) as fresh:
        write_bundle(release, fresh)


def write_working_papers(counted: Counted, folder: Path, *, run: dict[str, object]) -> None:
    """Write mentions.csv, scope.csv and run.json to `folder`, readable by the owner only; they are internal."""
    with whole_folder(folder, replace=True, mode=0o700) as fresh:
        (fresh / "mentions.csv").write_text(mentions_csv(counted), encoding="utf-8", newline="")
        with (fresh / "scope.csv").open("w", encoding="utf-8", newline="") as file:
            write_scope(counted, file)
        (fresh / "run.json").write_text(json.dumps(run, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        for path in fresh.iterdir():
            path.chmod(0o600)


def mentions_csv(counted: Counted) -> str:
    """Return one row per hit, with the crime numbers in scope of its occurrence joined by `|`."""
    crimes: dict[str, list[str]] = defaultdict(list)
    hit = counted.found.offences.carrying(Mentioned())
    for occurrence, crime in zip(hit.occurrence_no, hit.crime_no, strict=True):
        crimes[occurrence].append(crime)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_MENTIONS)
    for m in counted.found.mentions:
        crime_no = "|".join(dict.fromkeys(crimes[m.occurrence_no]))
        row = (m.occurrence_no, crime_no, m.field, m.entry_no, m.term, m.start, m.end, m.matched, m.before, m.after)
        writer.writerow((*row, "|".join(m.hints)))
    return out.getvalue()


def write_scope(counted: Counted, file: TextIO) -> None:
    """Write one row per offence in scope: its month, and whether a text of its occurrence held a term."""
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(_SCOPE)
    for offences in counted.found.offences.chunks():
        flags = (offences.flags[Mentioned()], offences.marked, offences.flags[Searched()])
        columns = (offences.occurrence_no, offences.crime_no, offences.code, map(str, offences.month))
        for number, crime, code, month, *held in zip(*columns, *flags, strict=True):
            writer.writerow((number, crime, code, month, *(str(int(flag)) for flag in held)))


def run_id(release: Release) -> str:
    """Return a name for the run that two runs of the same question on the same snapshot share."""
    text = json.dumps(release.provenance.as_dict(), ensure_ascii=False, sort_keys=True)
    return f"{release.provenance.snapshot:04d}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
