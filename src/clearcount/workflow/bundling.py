"""Writes a bundle and the working papers: beside and renamed once, so that a killed run leaves a whole one or none."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clearcount.errors import BundleError
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
    """Whether one of the two places holds the other, or they are the same."""
    one, two = path.resolve(), other.resolve()
    return one == two or one in two.parents or two in one.parents


@contextlib.contextmanager
def written_beside(out: Path, *, replace: bool, mode: int = 0o755) -> Iterator[Path]:
    """A fresh folder beside `out` that takes its place when the block ends well, and vanishes when it does not.

    With `replace` the old folder is moved aside first and removed last: at every moment there is a whole old bundle,
    a whole new one, or for an instant none.

    Raises:
        BundleError: when `out` holds something and may not be replaced, or its folder cannot be written.
    """
    occupied = out.is_file() or out.is_symlink() or (out.is_dir() and any(out.iterdir()))
    if occupied and not replace:
        raise BundleError(f"{out} is not empty; name another folder or add --replace")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _sweep(out)
        fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}.new-", dir=out.parent))
    except OSError as error:
        raise BundleError(f"{out.parent}: {error.strerror}; choose a folder that you may write") from None
    try:
        yield fresh
        _sync(fresh)
        fresh.chmod(mode)
        aside = out.parent / f".{out.name}.old-{fresh.name.rsplit('-', 1)[1]}"
        if out.exists():
            out.rename(aside)
        fresh.rename(out)
        if aside.is_dir():
            shutil.rmtree(aside)
        else:
            aside.unlink(missing_ok=True)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _sweep(out: Path) -> None:
    """Puts right what a killed run left: its half-written folder goes, a bundle it had moved aside comes back."""
    for left in out.parent.glob(f".{out.name}.new-*"):
        shutil.rmtree(left, ignore_errors=True)
    for aside in out.parent.glob(f".{out.name}.old-*"):
        if out.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            aside.rename(out)


def _sync(folder: Path) -> None:
    """Flushes the files to the disk before the rename makes them the bundle."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def write_release(release: Release, out: Path, *, replace: bool = False) -> None:
    """Writes the bundle of `release` to `out`, whole or not at all. Raises BundleError."""
    with written_beside(out, replace=replace) as fresh:
        write_bundle(release, fresh)


def write_working_papers(counted: Counted, folder: Path, *, run: dict[str, Any]) -> None:
    """Writes mentions.csv, scope.csv and run.json to `folder`, readable by the owner only; they are internal."""
    with written_beside(folder, replace=True, mode=0o700) as fresh:
        (fresh / "mentions.csv").write_text(mentions_csv(counted), encoding="utf-8", newline="")
        (fresh / "scope.csv").write_text(scope_csv(counted), encoding="utf-8", newline="")
        (fresh / "run.json").write_text(json.dumps(run, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        for path in fresh.iterdir():
            path.chmod(0o600)


def mentions_csv(counted: Counted) -> str:
    """One row per hit, with the crime numbers in scope of its occurrence joined by `|`."""
    crimes: dict[str, list[str]] = defaultdict(list)
    offences = counted.found.offences
    for occurrence, crime in zip(offences.occurrence_no, offences.crime_no, strict=True):
        crimes[occurrence].append(crime)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_MENTIONS)
    for m in counted.found.mentions:
        crime_no = "|".join(dict.fromkeys(crimes[m.occurrence_no]))
        row = (m.occurrence_no, crime_no, m.field, m.entry_no, m.term, m.start, m.end, m.matched, m.before, m.after)
        writer.writerow((*row, "|".join(m.hints)))
    return out.getvalue()


def scope_csv(counted: Counted) -> str:
    """One row per offence in scope: its month, and whether a text of its occurrence held a term."""
    hit = {mention.occurrence_no for mention in counted.found.mentions}
    offences = counted.found.offences
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_SCOPE)
    for at in range(len(offences)):
        number = offences.occurrence_no[at]
        flags = (number in hit, offences.marked[at], number in counted.found.searched)
        row = (number, offences.crime_no[at], offences.code[at], str(offences.month[at]))
        writer.writerow((*row, *(str(int(flag)) for flag in flags)))
    return out.getvalue()


def run_id(release: Release) -> str:
    """A name for the run that two runs of the same question on the same snapshot share."""
    text = json.dumps(release.provenance.as_dict(), ensure_ascii=False, sort_keys=True)
    return f"{release.provenance.snapshot:04d}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
