"""A request to count, parsed once into frozen values; every fault is reported at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, cast, get_args

from clearcount.errors import CodeError, RequestError, TermError
from clearcount.model.codes import HomeOfficeCode
from clearcount.model.months import Columns, Month
from clearcount.model.terms import Rule, TermSet

DateBasis = Literal["recorded", "reported", "committed"]
Unit = Literal["offences", "occurrences"]
Cancelled = Literal["exclude", "include"]
MarkerUse = Literal["instead", "beside"]
Empty = Literal["show", "drop"]
LATEST = "latest"
DEFAULT_FIELDS = ("oel", "summary", "mo")
DEFAULT_TERMS = ("AI", "artificial intelligence", "deep fake*", "deepfake*")


@dataclass(frozen=True)
class Fault:
    """What cannot be counted: where in the request, what is wrong and what to do."""

    where: str
    what: str
    do: str


@dataclass(frozen=True)
class Doubt:
    """What can be counted but should not be, unmended, unless somebody accepts it with a reason."""

    id: str
    where: str
    what: str
    do: str


@dataclass(frozen=True)
class Question:
    """One question as asked, and the canonical codes that answer it (none is allowed, and said)."""

    number: int
    text: str
    codes: tuple[str, ...]

    @property
    def key(self) -> str:
        """`q3`: the row of a question without a code, or of a table by question."""
        return f"q{self.number}"


@dataclass(frozen=True)
class Scope:
    """Which records count. `last` is None for "latest": the last complete month in the snapshot."""

    first: Month
    last: Month | None
    date_basis: DateBasis = "recorded"
    unit: Unit = "offences"
    cancelled: Cancelled = "exclude"
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Terms:
    """The words looked for, the rule that reads them and the text fields they are looked for in."""

    set: TermSet
    fields: tuple[str, ...] = DEFAULT_FIELDS


@dataclass(frozen=True)
class Marker:
    """The force's own flag, counted instead of the terms or beside them."""

    name: str
    use: MarkerUse


@dataclass(frozen=True)
class TableShape:
    """How the answer is laid out."""

    rows: tuple[str, ...] = ("offence",)
    columns: Columns = "month"
    empty: Empty = "show"


@dataclass(frozen=True)
class Accepted:
    """A doubt that somebody accepted, and why; only the reason is printed."""

    doubt: str
    reason: str


@dataclass(frozen=True)
class CountRequest:
    """A whole request. `source` is the mapping it was parsed from, as release.json prints it."""

    reference: str
    title: str
    received: date
    version_date: date | None
    text: str
    scope: Scope
    questions: tuple[Question, ...]
    terms: Terms | None
    marker: Marker | None
    table: TableShape
    accepted: tuple[Accepted, ...]
    source: Mapping[str, Any] = field(repr=False, compare=False, default_factory=dict)

    @property
    def codes(self) -> tuple[str, ...]:
        """The distinct codes in order of first mention."""
        return tuple(dict.fromkeys(code for question in self.questions for code in question.codes))


class FaultyRequest(RequestError):
    """A request with faults; `faults` lists them, `request` is what could be read, the rest standing as defaults."""

    def __init__(self, faults: Sequence[Fault], request: CountRequest | None = None) -> None:
        self.faults = tuple(faults)
        self.request = request
        lines = [f"{fault.where}: {fault.what}; {fault.do}" for fault in self.faults]
        super().__init__("\n".join(lines))


_SECTIONS: dict[str, tuple[str, ...]] = {
    "request": ("reference", "title", "received", "version_date", "text"),
    "scope": ("from", "to", "date_basis", "unit", "cancelled", "where"),
    "question": ("text", "codes"),
    "terms": ("rule", "fields", "any", "none"),
    "marker": ("name", "use"),
    "table": ("rows", "columns", "empty"),
    "accepted": ("doubt", "reason"),
}
_LISTS = ("question", "accepted")


def parse_request(data: Mapping[str, Any], *, own_codes: bool = False) -> CountRequest:
    """The request that `data` (the TOML as a mapping) describes.

    With `own_codes` the codes are the data's own and are taken as they stand; otherwise each must be a Home Office
    code in any spelling and comes back canonical.

    Raises:
        FaultyRequest: with every fault at once.
    """
    reader = _Reader(data)
    request = reader.section("request")
    scope = reader.section("scope")
    first = reader.month(scope, "scope", "from")
    last = None if scope.get("to") == LATEST else reader.month(scope, "scope", "to")
    if first and last and last < first:
        reader.fault("scope.from", f"{first} comes after to = {last}", "swap them or mend the one that is wrong")
    where = reader.where(scope.get("where", {}))
    table = reader.section("table")
    parsed = CountRequest(
        reference=reader.text(request, "request", "reference", required=True),
        title=reader.text(request, "request", "title"),
        received=reader.day(request, "request", "received", required=True) or date.min,
        version_date=reader.day(request, "request", "version_date"),
        text=reader.text(request, "request", "text"),
        scope=Scope(
            first=first or Month(1, 1),
            last=last,
            date_basis=reader.word(scope, "scope", "date_basis", get_args(DateBasis), "recorded"),
            unit=reader.word(scope, "scope", "unit", get_args(Unit), "offences"),
            cancelled=reader.word(scope, "scope", "cancelled", get_args(Cancelled), "exclude"),
            where=where,
        ),
        questions=reader.questions(own_codes=own_codes),
        terms=reader.terms(),
        marker=reader.marker(),
        table=TableShape(
            rows=reader.rows(table, where),
            columns=reader.word(table, "table", "columns", get_args(Columns), "month"),
            empty=reader.word(table, "table", "empty", get_args(Empty), "show"),
        ),
        accepted=reader.accepted(),
        source=data,
    )
    if reader.faults:
        raise FaultyRequest(reader.faults, parsed)
    return parsed


class _Reader:
    """Reads the mapping and gathers faults instead of stopping at the first."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.faults: list[Fault] = []
        for name in data:
            if name not in _SECTIONS:
                self.fault(str(name), "is not a section of a request", f"use one of {', '.join(_SECTIONS)}")

    def fault(self, where: str, what: str, do: str) -> None:
        self.faults.append(Fault(where, what, do))

    def section(self, name: str) -> Mapping[str, Any]:
        value = self.data.get(name, {})
        if not isinstance(value, Mapping):
            self.fault(name, "is not a section", f"write [{name}] and its keys below it")
            return {}
        self.known(value, name, name)
        return value

    def known(self, value: Mapping[str, Any], section: str, where: str) -> None:
        for key in value:
            if key not in _SECTIONS[section]:
                self.fault(f"{where}.{key}", "is an unknown key", f"use {', '.join(_SECTIONS[section])}")

    def entries(self, name: str) -> list[tuple[str, Mapping[str, Any]]]:
        value = self.data.get(name, [])
        if isinstance(value, Mapping) or not isinstance(value, Sequence) or isinstance(value, str):
            self.fault(name, "is not a list of sections", f"write [[{name}]] for each one")
            return []
        found = []
        for number, entry in enumerate(value, 1):
            where = f"{name}[{number}]"
            if not isinstance(entry, Mapping):
                self.fault(where, "is not a section", f"write [[{name}]] and its keys below it")
                continue
            self.known(entry, name, where)
            found.append((where, entry))
        return found

    def text(self, section: Mapping[str, Any], where: str, key: str, *, required: bool = False) -> str:
        value = section.get(key, "")
        if not isinstance(value, str):
            self.fault(f"{where}.{key}", f"{value!r} is not text", "put it in quotation marks")
            return ""
        if required and not value.strip():
            self.fault(f"{where}.{key}", "is missing", f'write {key} = "…"')
        return value.strip()

    def day(self, section: Mapping[str, Any], where: str, key: str, *, required: bool = False) -> date | None:
        value = section.get(key)
        if value is None or value == "":
            if required:
                self.fault(f"{where}.{key}", "is missing", f"write {key} = 2025-07-22")
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.fault(f"{where}.{key}", f"{value!r} is not a date", "write it like 2025-07-22")
            return None

    def month(self, section: Mapping[str, Any], where: str, key: str) -> Month | None:
        value = section.get(key)
        if value is None:
            self.fault(f"{where}.{key}", "is missing", f'write {key} = "2023-01"')
            return None
        try:
            return Month.parse(value)
        except (TypeError, ValueError):
            also = ' or "latest"' if key == "to" else ""
            self.fault(f"{where}.{key}", f"{value!r} is not a month", f'write it like "2023-01"{also}')
            return None

    def word(self, section: Mapping[str, Any], where: str, key: str, words: tuple[str, ...], default: str) -> Any:
        value = section.get(key, default)
        if value not in words:
            self.fault(f"{where}.{key}", f"{value!r} is not known", f"use {' or '.join(words)}")
            return default
        return value

    def words(self, value: Any, where: str, example: str) -> tuple[str, ...]:
        if isinstance(value, str) or not isinstance(value, Sequence) or not all(isinstance(v, str) for v in value):
            self.fault(where, f"{value!r} is not a list of texts", f"write it like {example}")
            return ()
        return tuple(value)

    def where(self, value: Any) -> dict[str, tuple[str, ...]]:
        if not isinstance(value, Mapping):
            self.fault("scope.where", "is not a set of columns", 'write where = { column = ["value"] }')
            return {}
        return {
            str(column): self.words(values, f"scope.where.{column}", '["under 18"]') for column, values in value.items()
        }

    def questions(self, *, own_codes: bool) -> tuple[Question, ...]:
        found = []
        for number, (where, entry) in enumerate(self.entries("question"), 1):
            codes = []
            for given in self.words(entry.get("codes", []), f"{where}.codes", '["086/02"]'):
                try:
                    codes.append(given if own_codes else str(HomeOfficeCode.parse(given)))
                except CodeError as error:
                    self.fault(f"{where}.codes", str(error), "write one code of the list, or take it out")
            text = self.text(entry, where, "text", required=True)
            found.append(Question(number, text, tuple(dict.fromkeys(codes))))
        if not found:
            self.fault("question", "there is none", "write at least one [[question]] with text and codes")
        return tuple(found)

    def terms(self) -> Terms | None:
        if "terms" not in self.data:
            return None
        section = self.section("terms")
        rule = cast(Rule, self.word(section, "terms", "rule", get_args(Rule), "word"))
        fields = self.words(section.get("fields", list(DEFAULT_FIELDS)), "terms.fields", '["oel", "summary"]')
        wanted = self.words(section.get("any", list(DEFAULT_TERMS)), "terms.any", '["AI"]')
        exceptions = self.words(section.get("none", []), "terms.none", '["AI Smith"]')
        if not fields and "terms.fields" not in {fault.where for fault in self.faults}:
            self.fault("terms.fields", "names no field", 'write fields = ["oel", "summary", "mo"]')
        if not wanted:
            self.fault("terms.any", "holds no term", "name a term, or take [terms] out to count every offence")
            return None
        for key, entries in (("any", wanted), ("none", exceptions)):
            for number, term in enumerate(entries, 1):
                try:
                    TermSet(rule=rule, terms=(term,), none=())
                except TermError as error:
                    self.fault(f"terms.{key}[{number}]", str(error), "mend the term")
        if any(fault.where.startswith("terms.") for fault in self.faults):
            return None
        return Terms(TermSet(rule=rule, terms=wanted, none=exceptions), tuple(dict.fromkeys(fields)))

    def marker(self) -> Marker | None:
        if "marker" not in self.data:
            return None
        section = self.section("marker")
        name = self.text(section, "marker", "name") or "AI"
        return Marker(name, self.word(section, "marker", "use", get_args(MarkerUse), "instead"))

    def rows(self, table: Mapping[str, Any], where: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        rows = self.words(table.get("rows", ["offence"]), "table.rows", '["offence"]')
        for row in rows:
            if row not in ("offence", "question", *where):
                self.fault(
                    "table.rows", f"{row!r} is not a row", "use offence or question, and columns named in scope.where"
                )
        if ("offence" in rows) == ("question" in rows) and rows:
            self.fault("table.rows", "needs exactly one of offence and question", 'write rows = ["offence"]')
        return tuple(dict.fromkeys(rows)) or ("offence",)

    def accepted(self) -> tuple[Accepted, ...]:
        return tuple(
            Accepted(self.text(entry, where, "doubt", required=True), self.text(entry, where, "reason", required=True))
            for where, entry in self.entries("accepted")
        )
