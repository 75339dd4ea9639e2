"""Decisions beside the record store: STORE/decisions, append-only.

    decisions.json      the index: every file with its SHA-256
    decisions/
    ├── 000001.csv      one import each, in the columns of a decisions file; never changed but by a purge
    ├── 000002.csv
    └── sheets/         what was handed out to be read, frozen: a file per sheet with its plan and its keys
        └── sample-3f2a….json

A run that is stopped has added all of its decisions or none, and two imports at once get two numbers.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from clearcount.errors import DecisionError, StoreDamaged
from clearcount.model.decision import Decision
from clearcount.model.facts import FactAsked
from clearcount.reading.sheets import read_sheet, to_csv
from clearcount.store.vouched import FolderChange, VouchedFolder

FOLDER = "decisions"
_SHEETS = "sheets/"
_WITHDRAWN = "withdrawn/"


@dataclass(frozen=True)
class Sheet:
    """What was handed out to be read. `id` is in the column `sample_id` of each of its rows.

    `kind` is match, ranked, random, hits (a random part of the matches), round-2 or round-adjudication. `size`, `seed`
    and `looks` are the plan of a random sample, fixed before it was drawn. `ranker` names the force's own ranker that
    ordered the sheet, with the SHA-256 of its file. `drawn_at` is the clock's time, ISO 8601.
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
    facts: tuple[FactAsked, ...] = ()
    ranker: str = ""


class DecisionStore:
    """The decisions kept beside the records of one store."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._folder = VouchedFolder(store, FOLDER)

    def decisions(self) -> tuple[Decision, ...]:
        """Return every decision that was kept and not withdrawn, in order.

        Raises:
            StoreDamaged: naming a file that is missing or is not what was written.
        """
        return self._decisions(self._folder.files())

    def append(self, decisions: Sequence[Decision]) -> int:
        """Add what is not there yet and return how many that were; the same decisions a second time add nothing.

        Raises:
            DecisionError: when a row has no code, or could not be read back as it is; then nothing is added.
        """
        added: list[Decision] = []

        def addition(held: Mapping[str, bytes]) -> FolderChange:
            known = set(self._ever(held))  # a withdrawn one does not come back with an old sheet
            added[:] = [decision for decision in dict.fromkeys(decisions) if decision not in known]
            if any(not decision.code for decision in added):
                raise DecisionError("a row without a code is no decision; leave it out until somebody has decided")
            last = max((int(name[:6]) for name in held if "/" not in name), default=0)
            return FolderChange(put={f"{last + 1:06d}.csv": _readable(added)} if added else {})

        self._folder.change(addition)
        return len(added)

    def withdraw(self, decisions: Sequence[Decision]) -> int:
        """Note that these decisions were taken back by who made them; return how many were not yet.

        They stay in the folder as they were written; nothing that counts sees them any more.

        Raises:
            DecisionError: when a row could not be read back as it is; then nothing is noted.
        """
        fresh: list[Decision] = []

        def addition(held: Mapping[str, bytes]) -> FolderChange:
            known = set(self._withdrawn(held))
            fresh[:] = [decision for decision in dict.fromkeys(decisions) if decision not in known]
            last = max(
                (int(name.removeprefix(_WITHDRAWN)[:6]) for name in held if name.startswith(_WITHDRAWN)), default=0
            )
            return FolderChange(put={f"{_WITHDRAWN}{last + 1:06d}.csv": _readable(fresh)} if fresh else {})

        self._folder.change(addition)
        return len(fresh)

    def sheets(self) -> tuple[Sheet, ...]:
        """Return everything that was handed out, by time and id."""
        return self._sheets_of(self._folder.files())

    def sheet(self, sheet_id: str) -> Sheet | None:
        """Return the sheet of that id; None when this store has not handed it out."""
        return next((sheet for sheet in self.sheets() if sheet.id == sheet_id), None)

    def freeze(self, sheet: Sheet) -> Sheet:
        """Keep the sheet as it was first handed out: when its id is known, the kept one comes back.

        Raises:
            DecisionError: when the sheet could not be read back as it is; then nothing is kept.
        """
        kept = [sheet]

        def addition(held: Mapping[str, bytes]) -> FolderChange:
            if known := [each for each in self._sheets_of(held) if each.id == sheet.id]:
                kept[:] = known
                return FolderChange()
            body = _body(sheet)
            if self._sheet("", body) != sheet:
                raise DecisionError("a sheet with something said in its rows was not kept; hand out blank rows")
            return FolderChange(put={f"{_SHEETS}{sheet.id}.json": body})

        self._folder.change(addition)
        return kept[0]

    def forget(self, occurrences: Collection[str]) -> int:
        """Take every row about these occurrences out of decisions and sheets; return how many files that changed.

        Only for a purge of the records themselves. All files change at once.
        """
        gone = frozenset(occurrences)
        changed: dict[str, bytes] = {}

        def without(held: Mapping[str, bytes]) -> FolderChange:
            for name, content in held.items():
                if name.startswith(_SHEETS):
                    sheet = self._sheet(name, content)
                    left = tuple(row for row in sheet.rows if row.occurrence_no not in gone)
                    if len(left) != len(sheet.rows):
                        changed[name] = _body(replace(sheet, rows=left))
                else:
                    rows = self._read(name, content)
                    kept = [row for row in rows if row.occurrence_no not in gone]
                    if len(kept) != len(rows):
                        changed[name] = to_csv([(row, "", {}) for row in kept])
            return FolderChange(put=changed)

        self._folder.change(without)
        return len(changed)

    def _decisions(self, held: Mapping[str, bytes]) -> tuple[Decision, ...]:
        withdrawn = set(self._withdrawn(held))
        return tuple(decision for decision in self._ever(held) if decision not in withdrawn)

    def _ever(self, held: Mapping[str, bytes]) -> tuple[Decision, ...]:
        files = [(name, content) for name, content in held.items() if "/" not in name]
        return tuple(decision for name, content in files for decision in self._read(name, content))

    def _withdrawn(self, held: Mapping[str, bytes]) -> tuple[Decision, ...]:
        files = [(name, content) for name, content in held.items() if name.startswith(_WITHDRAWN)]
        return tuple(decision for name, content in files for decision in self._read(name, content))

    def _sheets_of(self, held: Mapping[str, bytes]) -> tuple[Sheet, ...]:
        found = [self._sheet(name, content) for name, content in held.items() if name.startswith(_SHEETS)]
        return tuple(sorted(found, key=lambda sheet: (sheet.drawn_at, sheet.id)))

    def _read(self, name: str, content: bytes) -> tuple[Decision, ...]:
        try:
            return read_sheet(content, name, own_codes=True)
        except DecisionError:
            raise StoreDamaged(self._store, f"its file {FOLDER}/{name} holds no decisions") from None

    def _sheet(self, name: str, content: bytes) -> Sheet:
        try:
            data = json.loads(content)
            rows = tuple(Decision(**row) for row in data.pop("rows"))
            facts = tuple(FactAsked(**{**each, "values": tuple(each["values"])}) for each in data.pop("facts", ()))
            return Sheet(**data, rows=rows, facts=facts)
        except (ValueError, TypeError, KeyError, RecursionError):
            raise StoreDamaged(self._store, f"its file {FOLDER}/{name} holds no sheet") from None


def _readable(rows: Sequence[Decision]) -> bytes:
    """Return the file of these rows.

    Raises:
        DecisionError: naming the first row and column that would be read back as something else.
    """
    content = to_csv([(row, "", {}) for row in rows])
    try:
        back = read_sheet(content, "the decisions", own_codes=True)
    except DecisionError as fault:
        raise DecisionError(f"nothing was kept, because it could not be read again:\n{fault}") from None
    for line, (row, again) in enumerate(zip(rows, back, strict=True), 2):
        if again != row:
            column = next(each.name for each in fields(row) if getattr(again, each.name) != getattr(row, each.name))
            raise DecisionError(
                f"nothing was kept: row {line}, column {column} would be read again as something else. "
                "Write it without spaces at its ends and as a decisions file spells it"
            )
    return content


def _body(sheet: Sheet) -> bytes:
    body = asdict(sheet)
    for row in body["rows"]:
        del row["facts"], row["applied_from"]  # nobody has said anything of what is handed out
        if not row["ranker"]:
            del row["ranker"]
    for name in ("facts", "ranker"):
        if not body[name]:
            del body[name]
    try:
        return json.dumps(body, ensure_ascii=False, indent=1).encode()
    except UnicodeEncodeError:
        raise DecisionError(
            "the sheet was not kept: a number or a fact holds half a character; import it again"
        ) from None
