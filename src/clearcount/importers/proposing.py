"""What each column of an export probably is, from its name and from what its values look like. Nothing is decided here.

A proposal is shown to a person, changed by them, and written as a layout. Evidence is counted on the first rows only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from clearcount.importers.codes import read_code
from clearcount.importers.column_names import is_of_text, is_personal, named, state_of, synonyms
from clearcount.importers.dates import reads_days
from clearcount.importers.layout import OFFENCE_COLUMNS, PERSON_COLUMNS
from clearcount.importers.raw import RawFile

LOOKED_AT = 5_000
"""Rows of a table that are looked at."""
_VALUES = 400
"""Different values of a column that are looked at, spread over its rows: files are sorted by their dates."""
_DATES = ("recorded_on", "reported_on", "committed_from", "committed_to")
_LOOSELY = (*_DATES, "entered_at", "status")
"""Roles that a name may say in words of its own, because the values confirm them."""
_SHAPES = (
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y",
    "%d-%b-%y", "%d/%m/%y", "%m/%d/%y", "%b %d %Y", "%B %d, %Y", "%b %d, %Y", "%Y/%m/%d", "%Y%m%d", "%Y-%m", "%b-%y",
    "%b %Y", "%B %Y", "%m/%Y",
)  # fmt: skip
"""Shapes of days, without the time; the likeliest first where two read the same."""
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", "T%H:%M:%S", "T%H:%M", " %H:%M:%S.%f", "T%H:%M:%S.%f")
_RANGES = (" - ", " to ", " – ", "-to-", " until ", " and ")
_READ_ANYWAY = frozenset(
    f"{day}{time}" for day in ("%Y-%m-%d", "%d/%m/%Y") for time in ("", " %H:%M", " %H:%M:%S", "T%H:%M", "T%H:%M:%S")
)
"""Shapes that an import reads when a layout names none."""
_MOST_SHAPES = 3
FEW_WORDS = 60
"""Different values up to which a column is a list of words."""
_LONG, _LONG_WORDS = 60, 8
"""Characters and words of a value from which it is free text."""

Role = str
"""A column of an offence or a text, `extra` (kept for filters), `mo` and the like for a text, or "" (not kept)."""
Kind = Literal["offences", "texts", "persons"]


@dataclass(frozen=True)
class ColumnFacts:
    """What the first rows of a column hold: how many are filled and different, how long, how many are codes or days."""

    filled: int
    distinct: int
    longest: int
    words: float
    codes: float
    shapes: tuple[str, ...]
    range_sign: str
    counts: Mapping[str, int] = field(repr=False)
    ambiguous: bool = False

    @property
    def is_free_text(self) -> bool:
        """Whether the values are sentences."""
        return self.longest >= _LONG and self.words >= _LONG_WORDS

    @property
    def cancelling(self) -> dict[str, int]:
        """The words of a short list that may say that a crime was cancelled or transferred, with their rows."""
        if self.distinct > FEW_WORDS:
            return {}
        return {word: rows for word, rows in self.counts.items() if state_of(word) in ("cancelled", "transferred")}

    @property
    def is_key(self) -> bool:
        """Whether nearly every value stands once."""
        return self.filled > 0 and self.distinct >= 0.9 * self.filled


@dataclass(frozen=True)
class Proposed:
    """One column: its name as the file has it, what it is taken for, how sure (0 to 1), and its values."""

    name: str
    role: Role
    sure: float
    values: ColumnFacts


@dataclass(frozen=True)
class ProposedTable:
    """One table of the export: its file or sheet, where its names stand, its kind, its columns, its first rows."""

    match: str
    header_row: int
    group_row: int
    kind: Kind
    columns: tuple[Proposed, ...]
    rows: tuple[tuple[str, ...], ...] = field(repr=False)
    own_codes: bool = False
    """Whether the column of codes holds words of the system's own instead of Home Office codes."""

    def with_role(self, at: int, role: Role) -> ProposedTable:
        """Return the table with another role for the column `at`; whoever had a role that one column has, loses it."""
        single = role in (*OFFENCE_COLUMNS, *PERSON_COLUMNS, "field", "entry_no", "entered_at")
        columns = [
            replace(each, role="extra" if each.values.distinct <= 60 else "") if single and each.role == role else each
            for each in self.columns
        ]
        columns[at] = replace(columns[at], role=role, sure=1.0)
        return self.settled(columns)

    def settled(self, columns: Sequence[Proposed]) -> ProposedTable:
        """Return the table with these columns, and whether its codes are its own."""
        code = next((each for each in columns if each.role == "code"), None)
        return replace(self, columns=tuple(columns), own_codes=code is not None and code.values.codes < 0.5)

    def column(self, role: Role) -> Proposed | None:
        """Return the column that has a role, or None."""
        return next((each for each in self.columns if each.role == role), None)

    def cancelling(self) -> tuple[Proposed, ...]:
        """Return the columns that are not read as the status and may say that a crime was cancelled."""
        return tuple(each for each in self.columns if each.role != "status" and each.values.cancelling)

    def days(self) -> tuple[Proposed, ...]:
        """Return the columns that are read as days."""
        return tuple(each for each in self.columns if each.values.shapes and each.role in (*_DATES, "entered_at"))

    def doubtful_days(self) -> tuple[Proposed, ...]:
        """Return the columns of which every value reads with the day first and with the month first."""
        return tuple(each for each in self.days() if each.values.ambiguous)

    def says_the_order(self) -> str:
        """Return `day` or `month`, whichever other days of the table show to come first; "" where none shows it."""
        told = [each.values.shapes[0] for each in self.days() if not each.values.ambiguous]
        told = [shape for shape in told if not shape.startswith("%Y")]
        return "" if not told else "month" if told[0].startswith("%m") else "day"

    def in_order(self, *, day_first: bool) -> ProposedTable:
        """Return the table with its doubtful days read with the day first, or with the month first."""
        doubtful = self.doubtful_days()
        return self.settled([_in_order(each, day_first) if each in doubtful else each for each in self.columns])

    @property
    def dates(self) -> tuple[str, ...]:
        """The shapes of the table's dates; none where an import reads them without."""
        shapes = [
            shape for each in self.columns if each.role in (*_DATES, "entered_at") for shape in each.values.shapes
        ]
        return () if set(shapes) <= _READ_ANYWAY else tuple(dict.fromkeys(shapes))


def propose(raw: RawFile, match: str, group_row: int = 0) -> ProposedTable:
    """Return what each column of a table probably is; `group_row` holds names of groups over its names, 0 for none."""
    rows = _rows(raw)
    values = [_values([row[at] for row in rows]) for at in range(len(raw.header))]
    names = synonyms()
    scores: dict[Kind, dict[int, tuple[str, float]]] = {
        "offences": _assign(raw.header, values, names["offence"]),
        "texts": _assign(raw.header, values, names["text"]),
        "persons": _assign(raw.header, values, names["person"]),
    }
    kind: Kind = "offences"
    if _are_persons(scores["persons"], scores["offences"], values):
        kind = "persons"
    elif _are_texts(scores["texts"], scores["offences"], values):
        kind = "texts"
    roles = scores[kind]
    columns = []
    for at, name in enumerate(raw.header):
        role, sure = roles.get(at) or _rest(name, values[at], kind)
        if not name.strip():  # no layout can name it
            role, sure = "", 0.0
        columns.append(Proposed(name, role, sure, values[at]))
    if kind == "offences":
        columns = _with_keys(_with_code(_with_date(_with_status(columns))))
    return ProposedTable(match, raw.header_row, group_row, kind, (), rows[:5]).settled(columns)


def _rows(raw: RawFile) -> tuple[tuple[str, ...], ...]:
    found: list[tuple[str, ...]] = []
    for batch in raw.batches(lambda fault: None):
        few = batch.slice(0, LOOKED_AT - len(found))
        found += zip(*(few.column(f"c{at}").to_pylist() for at in range(len(raw.header))), strict=True)
        if len(found) >= LOOKED_AT:
            break
    return tuple(found)


def _values(cells: Sequence[str]) -> ColumnFacts:
    filled = [cell.strip() for cell in cells if cell.strip()]
    counts = Counter(filled)
    some = list(counts)[:: max(1, len(counts) // _VALUES)]
    shapes, sign, ambiguous = _dates_of(some)
    words = sum(len(cell.split()) for cell in some) / len(some) if some else 0.0
    codes = sum(read_code(cell, ()).code is not None for cell in some) / len(some) if some else 0.0
    if any(shapes):
        codes = 0.0 if all(re.search(r"[-/.]\d{1,2}[-/.]", cell) for cell in some[:20]) else codes
    return ColumnFacts(
        filled=len(filled),
        distinct=len(counts),
        longest=max(map(len, filled), default=0),
        words=words,
        codes=codes,
        shapes=shapes,
        range_sign=sign,
        counts=counts,
        ambiguous=ambiguous,
    )


def _dates_of(cells: Sequence[str]) -> tuple[tuple[str, ...], str, bool]:
    """The shapes in which nearly all values are days, the sign between two days of a range, and whether day and month
    could be told apart."""
    if not cells or not any(sign.isdigit() for sign in cells[0]):
        return (), "", False
    for sign in ("", *_RANGES):
        ends = [end.strip() for cell in cells for end in (cell.split(sign, 1) if sign else [cell])]
        if sign and sum(sign in cell for cell in cells) * 10 < len(cells):
            continue
        shapes: list[str] = []
        left, ambiguous = list(ends), False
        while left and len(shapes) < _MOST_SHAPES:
            reads = {shape: sum(_reads(end, shape) for end in left) for shape in _candidates(left[0], left[-1])}
            best = max(reads, key=lambda shape: reads[shape], default="")
            if not best:
                break
            alike = [shape for shape in reads if reads[shape] == reads[best]]
            ambiguous |= len({shape.replace("%d", "#").replace("%m", "#") for shape in alike}) < len(alike)
            shapes.append(best)
            left = [end for end in left if not _reads(end, best)]
        if shapes and len(left) <= 0.1 * len(ends):
            return tuple(shapes), sign, ambiguous
    return (), "", False


def _candidates(*cells: str) -> list[str]:
    shapes = [f"{day}{time}" for time in _TIMES for day in _SHAPES]
    found = [shape for shape in shapes if any(_reads(cell, shape) for cell in cells)]
    return found + [other for shape in found if (other := _swapped(shape)) and other not in found]


def _swapped(shape: str) -> str:
    """The shape with day and month the other way round, where both are numbers."""
    if shape.startswith("%Y") or "%d" not in shape or "%m" not in shape:  # nobody writes year, day, month
        return ""
    return shape.replace("%d", "#").replace("%m", "%d").replace("#", "%m")


def _in_order(column: Proposed, day_first: bool) -> Proposed:
    shapes = tuple(
        _swapped(shape) if (shape.find("%d") < shape.find("%m")) != day_first and _swapped(shape) else shape
        for shape in column.values.shapes
    )
    return replace(column, values=replace(column.values, shapes=shapes, ambiguous=False))


def _reads(text: str, shape: str) -> bool:
    try:
        found = datetime.strptime(text, shape)  # noqa: DTZ007 - the day alone
    except ValueError:
        return False
    return 1900 <= found.year < 2100 and reads_days(shape) is not None


def _assign(
    header: Sequence[str], values: Sequence[ColumnFacts], names: Mapping[str, list[str]]
) -> dict[int, tuple[str, float]]:
    """Roles of columns by position, each with how sure it is; a role goes to one column, the likeliest first."""
    found = [
        (score, -at, role)
        for role, known in names.items()
        for at, name in enumerate(header)
        if (score := named(name, known, loosely=role in _LOOSELY) * _fits(role, values[at])) > 0
    ]
    taken: dict[int, tuple[str, float]] = {}
    for score, place, role in sorted(found, key=lambda each: (-each[0], -each[1], each[2])):
        if -place not in taken and (role not in {each for each, _ in taken.values()} or role == "text"):
            taken[-place] = role, score
    return taken


def _fits(role: str, values: ColumnFacts) -> float:
    """How well values suit a role: 0 where they contradict it. A column without values contradicts nothing."""
    if not values.filled:
        return 0.3
    if role in (*_DATES, "entered_at"):
        return 1.0 if values.shapes else 0.0
    if values.shapes and role != "entry_no":
        return 0.0
    if role in ("occurrence_no", "crime_no"):
        return 0.0 if values.is_free_text or values.distinct == 1 < values.filled else (1.0 if values.is_key else 0.7)
    if role == "code":
        return 0.0 if values.is_free_text else (1.2 if values.codes >= 0.5 else 0.6)
    if role in ("status", "field"):
        return 1.0 if values.distinct <= 60 and values.longest <= 60 else 0.0
    if role == "offence":
        return 1.0 if values.distinct < max(2, 0.9 * values.filled) or values.filled < 30 else 0.3
    if role == "text":
        return 1.0 if values.is_free_text else (0.4 if values.longest >= 30 else 0.1)
    if role == "role":
        return 1.0 if values.distinct <= 60 and values.longest <= 30 else 0.0
    if role in ("age", "sex"):
        return 1.0 if values.longest <= 30 else 0.0
    return 1.0


def _are_persons(
    persons: Mapping[int, tuple[str, float]], offences: Mapping[int, tuple[str, float]], values: Sequence[ColumnFacts]
) -> bool:
    """Whether a table holds a person a row: in a role, with an age or a sex, and no offence's code or day."""
    roles, others = {role for role, _ in persons.values()}, {role: at for at, (role, _) in offences.items()}
    coded = "code" in others and values[others["code"]].codes >= 0.5
    return (
        {"occurrence_no", "role"} <= roles
        and bool(roles & {"age", "sex"})
        and not coded
        and "recorded_on" not in others
    )


def _are_texts(
    texts: Mapping[int, tuple[str, float]], offences: Mapping[int, tuple[str, float]], values: Sequence[ColumnFacts]
) -> bool:
    """Whether a table holds a text a row and no offences: entries of a log."""
    roles, others = {role for role, _ in texts.values()}, {role: at for at, (role, _) in offences.items()}
    if "text" not in roles or "occurrence_no" not in roles:
        return False
    coded = "code" in others and values[others["code"]].codes >= 0.5
    return not coded and bool(roles & {"field", "entry_no"}) and not {"status", "crime_no"} & set(others)


def _rest(name: str, values: ColumnFacts, kind: Kind) -> tuple[Role, float]:
    """What a column is that has no role of its own: a text, a further column, or one that is not kept."""
    if kind == "texts":
        return "", 0.5
    if kind == "persons":
        return ("", 0.6) if is_personal(name) or values.is_free_text or values.longest > 60 else ("extra", 0.7)
    if (
        values.is_free_text
        or (is_of_text(name) and values.distinct > 0.5 * values.filled)
        or named(name, synonyms()["text"]["text"]) * _fits("text", values) >= 0.8
    ):
        return "text", 0.8
    if (
        is_personal(name)
        or (values.is_key and values.filled > 20 and values.longest > 4)
        or (values.distinct > 60 and values.words > 3)
    ):
        return "", 0.6
    return "extra", 0.7 if values.distinct <= 60 else 0.5


def _is_free(column: Proposed) -> bool:
    """Whether a column has a name, by which a layout can read it, and no role of its own yet."""
    return bool(column.name.strip()) and column.role in ("extra", "")


def _with_status(columns: list[Proposed]) -> list[Proposed]:
    """The columns with a status: the one whose words say it, where no name does. Else cancelled crimes would count."""
    if not any(each.role == "status" for each in columns):
        told = [
            (_states_told(each), -at) for at, each in enumerate(columns) if _is_free(each) and each.values.cancelling
        ]
        share, place = max(told, default=(0.0, 0))
        if share >= 0.5:
            columns[-place] = replace(columns[-place], role="status", sure=0.6)
    return columns


def _states_told(column: Proposed) -> float:
    """The share of a column's rows whose word is one that systems use for a status."""
    counts = column.values.counts
    return sum(count for word, count in counts.items() if state_of(word)) / max(1, column.values.filled)


def _with_date(columns: list[Proposed]) -> list[Proposed]:
    """The columns with a day: the first that holds days, where no name says which."""
    if not any(each.role in _DATES for each in columns):
        at = next((at for at, each in enumerate(columns) if each.values.shapes and _is_free(each)), None)
        if at is not None:
            columns[at] = replace(columns[at], role="recorded_on", sure=0.5)
    return columns


def _with_code(columns: list[Proposed]) -> list[Proposed]:
    """The columns with a code: by values where no name says it, else the kinds of offence as codes of their own."""
    if any(each.role == "code" and each.values.filled for each in columns):
        return columns
    coded = [at for at, each in enumerate(columns) if each.values.codes >= 0.8 and not each.values.is_key and each.name]
    kinds = [at for at, each in enumerate(columns) if each.role == "offence"]
    for at in (*coded[:1], *kinds[:1]):
        columns = [replace(each, role="" if each.role == "code" else each.role) for each in columns]
        columns[at] = replace(columns[at], role="code", sure=0.6)
        return columns
    return columns


def _with_keys(columns: list[Proposed]) -> list[Proposed]:
    """The columns with the key of an occurrence: where there is one key only, it is that of both."""
    roles = {each.role for each in columns}
    if "occurrence_no" in roles:
        return columns
    if "crime_no" in roles:
        at = next(at for at, each in enumerate(columns) if each.role == "crime_no")
    else:
        keys = [at for at, each in enumerate(columns) if each.values.is_key and not each.values.shapes and each.name]
        keys = [at for at in keys if not columns[at].values.is_free_text]
        if not keys:
            return columns
        at = keys[0]
    columns[at] = replace(columns[at], role="occurrence_no", sure=min(columns[at].sure, 0.7))
    return columns
