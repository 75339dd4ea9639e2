"""A layout is data: which files an export has, which column is what, how files, dates and status words are written."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from clearcount.model.record import OFFENCE, Noun

OFFENCE_COLUMNS = (
    "occurrence_no",
    "crime_no",
    "code",
    "offence",
    "recorded_on",
    "reported_on",
    "committed_from",
    "committed_to",
    "status",
    "markers",
)
PERSON_COLUMNS = ("occurrence_no", "crime_no", "person_no", "role", "age", "sex")
TEXT_COLUMNS = ("occurrence_no", "field", "entry_no", "entered_at", "text")
_SUFFIXES = (
    ".gz",
    ".zip",
    ".csv",
    ".tsv",
    ".txt",
    ".psv",
    ".ssv",
    ".xlsx",
    ".xlsm",
    ".xls",
    ".ods",
    ".parquet",
    ".json",
    ".jsonl",
    ".ndjson",
)

Codes = Literal["home-office", "own"]
TextFormat = Literal["plain", "html", "rtf"]
Mend = Literal["", "mojibake"]
Join = Literal["", " ", "\n"]
Quotes = Literal["double", "none"]


@dataclass(frozen=True)
class Column:
    """Where a value comes from: the first of `headers` that the file has, or the same `constant` on every row.

    `optional`: the file may lack it. `split`: one row gives one offence per part of the cell. `first_of`, `last_of`:
    the cell holds a range, its ends parted by this text, and one of its ends is the value.
    """

    headers: tuple[str, ...] = ()
    constant: str | None = None
    optional: bool = False
    split: str = ""
    first_of: str = ""
    last_of: str = ""


@dataclass(frozen=True)
class OffencePart:
    """How one row gives one offence; `extra` names further columns to keep, by the name they get."""

    columns: Mapping[str, Column]
    extra: Mapping[str, Column] = field(default_factory=dict)


@dataclass(frozen=True)
class PersonPart:
    """How one row gives one person in one role; `extra` names further columns to keep, by the name they get."""

    columns: Mapping[str, Column]
    extra: Mapping[str, Column] = field(default_factory=dict)


@dataclass(frozen=True)
class TextPart:
    """How one row gives one text; a blank cell gives none. `mend` names the damage that is to be put right.

    With `order`, a row gives a piece of a text. The pieces with the same key are joined in the order of that column,
    with `join` between two of them.
    """

    columns: Mapping[str, Column]
    format: TextFormat = "plain"
    mend: Mend = ""
    order: Column | None = None
    join: Join = ""


@dataclass(frozen=True)
class Form:
    """How a file is written; None where nobody says.

    `group_row`: the row over the header whose cells are names of groups; a column is then called `Group Name`.
    `quotes`: whether a cell may stand in quotes. `dates`: strptime shapes that replace ISO and day-first. `pad`: codes
    of figures alone have so many, zeros in front where some are missing.
    """

    header_row: int | None = None
    group_row: int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    quotes: Quotes | None = None
    dates: tuple[str, ...] | None = None
    pad: int | None = None

    def over(self, other: Form) -> Form:
        """Return this form, what it does not say taken from `other`."""
        said = {key: value for key, value in vars(self).items() if value is not None}
        return replace(other, **said)


AS_FOUND = Form()
"""A form that says nothing: everything is found in the file."""


@dataclass(frozen=True)
class FileLayout:
    """One kind of file in the export: the names it goes by and the records a row of it gives."""

    match: tuple[str, ...]
    offence: OffencePart | None
    texts: tuple[TextPart, ...]
    table: str = ""
    form: Form = AS_FOUND
    persons: tuple[PersonPart, ...] = ()

    def names(self, name: str) -> bool:
        """Return whether a file called `name` is of this kind; the extension and upper or lower case do not matter."""
        return _is_among(name, self.match)

    def columns(self) -> tuple[Column, ...]:
        """Return every column this kind of file is read from."""
        found = [column for text in self.texts for column in text.columns.values()]
        found += [text.order for text in self.texts if text.order is not None]
        found += [column for person in self.persons for column in (*person.columns.values(), *person.extra.values())]
        if self.offence:
            found = [*self.offence.columns.values(), *self.offence.extra.values(), *found]
        return tuple(found)


@dataclass(frozen=True)
class Layout:
    """How one system writes its export; `noun` is what a record of it is called, `system` its own name."""

    name: str
    files: tuple[FileLayout, ...]
    about: str = ""
    codes: Codes = "home-office"
    status: Mapping[str, str] = field(default_factory=dict)
    marker_separator: str = "|"
    form: Form = AS_FOUND
    skip: tuple[str, ...] = ()
    role: Mapping[str, str] = field(default_factory=dict)
    noun: Noun = OFFENCE
    system: str = ""

    def skips(self, name: str) -> bool:
        """Return whether a file or sheet called `name` is left out on purpose."""
        return _is_among(name, self.skip)

    def form_of(self, *names: str) -> Form:
        """Return how a table is written, by the first of `names` (a sheet, then its file) that names a kind of file."""
        kinds = next((found for name in names if (found := [file for file in self.files if file.names(name)])), [])
        form = self.form
        for kind in reversed(kinds or self.files[:1] * (len(self.files) == 1)):
            form = kind.form.over(form)
        return form

    @property
    def extra_names(self) -> tuple[str, ...]:
        """The further columns that an offence carries, which a request may use in `where`."""
        return tuple(sorted({name for file in self.files if file.offence for name in file.offence.extra}))

    @property
    def person_names(self) -> tuple[str, ...]:
        """The columns of people, which a request that counts them may use; none without people."""
        parts = [person for file in self.files for person in file.persons]
        own = [name for name in ("age", "sex") if any(name in person.columns for person in parts)]
        return (*own, *sorted({name for person in parts for name in person.extra}))


def _is_among(name: str, patterns: tuple[str, ...]) -> bool:
    stem = stem_of(name)
    return any(fnmatch.fnmatchcase(stem, pattern.lower()) for pattern in patterns)


def stem_of(name: str) -> str:
    """Return the bare name of a file: `Offences 2024.csv.gz` becomes `offences 2024`."""
    stem = name.rsplit("/", 1)[-1].lower()
    while stem.endswith(_SUFFIXES):
        stem = stem.rsplit(".", 1)[0]
    return stem
