"""Decisions beside the record store: STORE/decisions, append-only.

    decisions/
    ├── 000001.csv      one import each, in the columns of a decisions file; never changed but by a purge
    ├── 000002.csv
    └── sheets/         what was handed out to be read, frozen: a file per sheet with its plan and its keys
        └── sample-3f2a….json

A file is written beside and linked into place, so a killed run leaves a whole file or none, and two imports at once
get two numbers.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from clearcount.errors import DecisionError, StoreError
from clearcount.model.decision import Decision
from clearcount.reading.sheets import read_sheet, to_csv

FOLDER = "decisions"


@dataclass(frozen=True)
class Sheet:
    """What was handed out to be read. `id` is in the column `sample_id` of each of its rows.

    `kind` is match, ranked, random, hits (a random part of the matches), round-2 or round-adjudication; `size`, `seed`
    and `looks` are the plan of a random sample, fixed before it was drawn. `drawn_at` is the clock's time, ISO 8601.
    """

    id: str
    kind: str
    query_version: str
    snapshot: int
    drawn_at: str
    rows: tuple[Decision, ...]
    size: int = 0
    seed: int = 0
    looks: int = 1


class DecisionStore:
    """The decisions kept beside the records of one store."""

    def __init__(self, store: Path) -> None:
        self._folder = store / FOLDER
        self._sheets = self._folder / "sheets"

    def decisions(self) -> tuple[Decision, ...]:
        """Every decision ever imported, in order. Raises StoreError for a damaged file."""
        return tuple(decision for path in self._files() for decision in _read(path))

    def append(self, decisions: Sequence[Decision]) -> int:
        """Adds what is not there yet and returns how many that were; the same decisions a second time add nothing."""
        known = set(self.decisions())
        fresh = [decision for decision in dict.fromkeys(decisions) if decision not in known]
        if any(not decision.code for decision in fresh):
            raise DecisionError("a row without a code is no decision; leave it out until somebody has decided")
        if fresh:
            self._write_next(to_csv([(decision, "", {}) for decision in fresh]))
        return len(fresh)

    def sheets(self) -> tuple[Sheet, ...]:
        """Everything that was handed out, by time and id."""
        found = [_sheet(path) for path in self._sheets.glob("*.json")]
        return tuple(sorted(found, key=lambda sheet: (sheet.drawn_at, sheet.id)))

    def sheet(self, sheet_id: str) -> Sheet | None:
        """The sheet of that id; None when this store has not handed it out."""
        return next((sheet for sheet in self.sheets() if sheet.id == sheet_id), None)

    def freeze(self, sheet: Sheet) -> Sheet:
        """Keeps the sheet as it was first handed out: when its id is known, the kept one comes back."""
        if held := self.sheet(sheet.id):
            return held
        _make(self._sheets)
        try:
            _link(_body(sheet), self._sheets / f"{sheet.id}.json")
        except FileExistsError:  # somebody else has just handed out the same
            return self.freeze(sheet)
        return sheet

    def forget(self, occurrences: Collection[str]) -> int:
        """Takes every row about these occurrences out of decisions and sheets; returns how many files that changed.

        Only for a purge of the records themselves. Each file is replaced whole.
        """
        gone, changed = frozenset(occurrences), 0
        for path in list(self._files()):
            rows = _read(path)
            kept = [row for row in rows if row.occurrence_no not in gone]
            if len(kept) != len(rows):
                _swap(to_csv([(row, "", {}) for row in kept]), path)
                changed += 1
        for sheet in self.sheets():
            left = tuple(row for row in sheet.rows if row.occurrence_no not in gone)
            if len(left) != len(sheet.rows):
                _swap(_body(replace(sheet, rows=left)), self._sheets / f"{sheet.id}.json")
                changed += 1
        return changed

    def _files(self) -> Iterator[Path]:
        return iter(sorted(self._folder.glob("[0-9]*.csv")))

    def _write_next(self, body: bytes) -> None:
        _make(self._folder)
        while True:
            last = max((int(path.stem) for path in self._files()), default=0)
            try:
                return _link(body, self._folder / f"{last + 1:06d}.csv")
            except FileExistsError:
                continue


def _read(path: Path) -> tuple[Decision, ...]:
    try:
        return read_sheet(path.read_bytes(), path.name, own_codes=True)
    except DecisionError as error:
        raise StoreError(f"{FOLDER}/{path.name} is damaged: {error}; put it back from a copy of the store") from None


def _body(sheet: Sheet) -> bytes:
    return json.dumps(asdict(sheet), ensure_ascii=False, indent=1).encode()


def _sheet(path: Path) -> Sheet:
    try:
        data = json.loads(path.read_bytes())
        rows = tuple(Decision(**row) for row in data.pop("rows"))
        return Sheet(**data, rows=rows)
    except (ValueError, TypeError, KeyError):
        raise StoreError(f"{FOLDER}/sheets/{path.name} is damaged; put it back from a copy of the store") from None


def _make(folder: Path) -> None:
    for each in (folder.parent, folder) if folder.name == "sheets" else (folder,):
        each.mkdir(exist_ok=True, mode=0o700)


def _link(body: bytes, path: Path) -> None:
    """Writes `path` whole or not at all, readable by the owner only. Raises FileExistsError."""
    fresh = _beside(body, path)
    try:
        os.link(fresh, path)
    finally:
        fresh.unlink()


def _swap(body: bytes, path: Path) -> None:
    """Replaces `path` whole or not at all."""
    _beside(body, path).replace(path)


def _beside(body: bytes, path: Path) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    with os.fdopen(handle, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
