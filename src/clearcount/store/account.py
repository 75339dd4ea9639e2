"""What became of every row of the exports behind a snapshot, and what of it was lost and not made good since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from clearcount.store.again import ReadAgain
from clearcount.store.snapshot import Change, DataFinding, FileAccount, Snapshot

RECODED, REDATED = "another code", "another date"
"""What the reason of a repeat ends with whose code, or else a date, is not that of the first."""
OF_REPEATS = {"crimes under two codes in one import": RECODED, "crimes with two dates in one import": REDATED}
"""The findings about such repeats."""


@dataclass(frozen=True)
class ImportAccount:
    """One import: the snapshot that it made, its files, its counts by kind of record, and what it found of its rows.

    `files` is empty for an import by a clearcount that kept no account of each file (store format 1).
    """

    snapshot: int
    as_at: date
    files: tuple[FileAccount, ...]
    changes: Mapping[str, Change]
    findings: tuple[DataFinding, ...]


@dataclass(frozen=True)
class RefusedOffence:
    """A row that would have given an offence and was not kept.

    `code` is "" where it is blank and None where it cannot be read. A date is None where it is blank or cannot be
    read; `unread` names which of code, recorded_on, reported_on and committed_from cannot be read.
    """

    snapshot: int
    file: str
    row: int
    column: str
    reason: str
    code: str | None
    recorded_on: date | None
    reported_on: date | None
    committed_from: date | None
    unread: frozenset[str]


@dataclass(frozen=True)
class Account:
    """The imports behind a snapshot, the oldest first, and what they lost.

    `rows` counts the records of the snapshot by kind. For each kind, added less removed over all imports = `rows`,
    unless records were purged since. `refused` holds the rows in quarantine (columns of `schema.QUARANTINE`) and
    `findings` what the imports found of their own rows. Both leave out what a later import made good. Such an import
    read the very same file again, or read the same keys. Or it was a complete one of the same kind that left nothing
    older.
    """

    imports: tuple[ImportAccount, ...]
    rows: Mapping[str, int]
    refused: pa.Table
    findings: tuple[DataFinding, ...]

    def change(self, kind: str) -> Change:
        """Return the counts of `offences` or `texts` over all imports."""
        return summed(each.changes[kind] for each in self.imports if kind in each.changes)

    def refused_of(self, kind: str) -> pa.Table:
        """Return the refused rows of one kind; those of format 1, whose kind nobody knows, belong to each."""
        return self.refused.filter(pc.fill_null(pc.equal(self.refused["kind"], kind), True))

    def refused_offences(self) -> Iterator[RefusedOffence]:
        """Yield the refused rows that would have given an offence."""
        names = [field.name for field in fields(RefusedOffence)]
        for row in self.refused_of("offences").to_pylist():
            unread = frozenset(("code", "recorded_on", "reported_on", "committed_from"))
            if row["kind"] is not None:
                unread = frozenset(row["unread"] or ())
            yield RefusedOffence(**{name: row[name] for name in names} | {"unread": unread})


def summed(changes: Iterable[Change]) -> Change:
    """Return the sum of counts, field by field."""
    total = Change()
    for change in changes:
        total = Change(*(getattr(total, part.name) + getattr(change, part.name) for part in fields(Change)))
    return total


def account_of(behind: Sequence[Snapshot], refused: pa.Table) -> Account:
    """Return the account of the last of `behind`, all snapshots up to it; `refused` are their rows in quarantine."""
    gone = [_made_good(shot, behind[at + 1 :]) for at, shot in enumerate(behind)]
    findings: list[DataFinding] = []
    lost: list[pa.Table] = [refused.slice(0, 0)]
    for at, (shot, good) in enumerate(zip(behind, gone, strict=True)):
        rows = refused.filter(pc.equal(refused["snapshot"], shot.number))
        for kind, file in sorted(good):
            same = pc.and_(pc.equal(rows["file"], file), pc.fill_null(pc.equal(rows["kind"], kind), False))
            rows = rows.filter(pc.invert(same))
        for again in (again for other in behind[at + 1 :] for again in other.read_again):
            if again.snapshot == shot.number:
                rows = rows.filter(pc.invert(_among(rows, again)))
        lost.append(rows)
        for finding in shot.findings:
            if finding.of_import and not _is_gone(finding, shot, good, behind[at + 1 :], rows):
                findings.append(finding)
    return Account(
        imports=tuple(
            ImportAccount(s.number, s.as_at, s.files, s.changes, tuple(f for f in s.findings if f.of_import))
            for s in behind
        ),
        rows=behind[-1].rows if behind else {},
        refused=pa.concat_tables(lost),
        findings=tuple(findings),
    )


def _among(rows: pa.Table, again: ReadAgain) -> pa.ChunkedArray:
    """Which of the refused rows a later import read."""
    same = pc.and_(pc.equal(rows["file"], again.file), pc.fill_null(pc.equal(rows["kind"], again.kind), False))
    return pc.and_(same, pc.is_in(rows["row"], pa.array(again.rows, pa.int64())))


def _made_good(shot: Snapshot, later: Sequence[Snapshot]) -> set[tuple[str, str]]:
    """(kind, file) of the files of an import whose losses no longer count."""
    replaced = {kind for other in later for kind in other.replaced}
    again = {
        (kind, file.name, source["sha256"])
        for other in later
        for file, source in zip(other.files, other.sources, strict=False)
        for kind in file.kinds
    }
    return {
        (kind, file.name)
        for file, source in zip(shot.files, shot.sources, strict=False)
        for kind in file.kinds
        if kind in replaced or (kind, file.name, source["sha256"]) in again
    }


def _is_gone(
    finding: DataFinding, shot: Snapshot, good: set[tuple[str, str]], later: Sequence[Snapshot], rows: pa.Table
) -> bool:
    """Whether all that a finding speaks of was made good: its file, every file of its import, or its refused rows."""
    if how := OF_REPEATS.get(finding.kind):
        return not pc.any(pc.ends_with(rows["reason"], how), min_count=0).as_py()
    if finding.file and shot.files and finding.file not in {file.name for file in shot.files}:  # it was left out
        kinds = {kind for file in shot.files for kind in file.kinds}
        return any(
            kinds <= set(other.replaced) or finding.file in {file.name for file in other.files} for other in later
        )
    files = [file for file in shot.files if finding.file in ("", file.name)]
    return bool(files) and all((kind, file.name) in good for file in files for kind in file.kinds)
