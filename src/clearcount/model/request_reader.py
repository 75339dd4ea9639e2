"""Reads a request from plain values; every fault is reported at once, with where it stands and what to do."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar, cast, get_args

from clearcount.errors import CodeError, TermError
from clearcount.model.columns import Condition, Grouping, NumberRange, folded
from clearcount.model.keys import BandKey
from clearcount.model.months import COLUMNS, Month
from clearcount.model.request import (
    DEFAULT_FIELDS,
    DEFAULT_TERMS,
    Accepted,
    Cancelled,
    CountRequest,
    DateBasis,
    Edge,
    Empty,
    Fault,
    FaultyRequest,
    Marker,
    MarkerUse,
    Question,
    Scope,
    TableShape,
    Terms,
)
from clearcount.model.selection import Selection
from clearcount.model.terms import Rule, TermSet
from clearcount.model.visible import cleaned

_SCOPE = ("records", "from", "to", "date_basis", "unit", "cancelled", "where", "codes", "alongside")
_TERMS = ("rule", "fields", "any", "all", "none")
_TABLE = ("title", "of", "rows", "columns", "empty")
_SECTIONS: dict[str, tuple[str, ...]] = {
    "request": ("reference", "title", "received", "version_date", "text"),
    "scope": _SCOPE,
    "question": ("text", *_SCOPE, *_TERMS),
    "terms": _TERMS,
    "marker": ("name", "use"),
    "table": _TABLE,
    "column": ("bands", "groups", "blank", "other"),
    "accepted": ("doubt", "reason"),
}
OFFENCE_DIMENSIONS = ("offence", "question", "category", "sub-class", "class")
TIME_DIMENSIONS = COLUMNS
OTHER_DIMENSIONS = ("term", "marker", "state", "weekday", "hour")
DIMENSIONS = (*OFFENCE_DIMENSIONS, *TIME_DIMENSIONS, *OTHER_DIMENSIONS)
"""What a table may have in rows and columns; any other name is a column of the layout."""
STORE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")
STORE_NAME_SPOKEN = "a letter, then letters, digits and hyphens, at most 40"
_RANGE = ("from", "to", "below", "blank", "not", "values")
_Word = TypeVar("_Word", bound=str)
_NO_SCOPE = Scope(date.min, date.min)


def parse_request(data: Mapping[str, object], *, own_codes: bool | Collection[str] = False) -> CountRequest:
    """Return the request that `data` (the TOML as a mapping) describes.

    With `own_codes` the codes are the data's own and are taken as written. Otherwise each must be a Home Office code in
    any spelling and comes back canonical. Where only some stores have codes of their own, these are named.

    Raises:
        FaultyRequest: with every fault at once.
    """
    data, unseen = cleaned(data)
    reader = _Reader(data, own_codes)
    request = reader.section("request")
    scope = reader.default_scope()
    terms = reader.default_terms()
    questions = reader.questions(scope, terms)
    parsed = CountRequest(
        reference=reader.text(request, "request", "reference", required=True),
        title=reader.text(request, "request", "title"),
        received=reader.day(request, "request", "received", required=True) or date.min,
        version_date=reader.day(request, "request", "version_date"),
        text=reader.text(request, "request", "text"),
        scope=scope or (reader.faults == [] and questions[0].scope) or _NO_SCOPE,
        questions=questions,
        terms=terms,
        marker=reader.marker(),
        tables=reader.tables(questions),
        accepted=reader.accepted(),
        groupings=reader.groupings(),
        unseen=unseen,
        source=data,
    )
    reader.check_dimensions(parsed)
    if reader.faults:
        raise FaultyRequest(reader.faults, parsed)
    return parsed


def _text_of(value: object) -> str:
    """The value, which is a text. Raises TypeError for anything else."""
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return value


class _Reader:
    """Reads the mapping and gathers faults instead of stopping at the first."""

    def __init__(self, data: Mapping[str, object], own_codes: bool | Collection[str]) -> None:
        self.data = data
        self.own_codes = own_codes
        self.faults: list[Fault] = []
        for name in data:
            if name not in _SECTIONS:
                self.fault(str(name), "is not a section of a request", f"use one of {', '.join(_SECTIONS)}")

    def fault(self, where: str, what: str, do: str) -> None:
        self.faults.append(Fault(where, what, do))

    def section(self, name: str) -> Mapping[str, object]:
        value = self.data.get(name, {})
        if not isinstance(value, Mapping):
            self.fault(name, "is not a section", f"write [{name}] and its keys below it")
            return {}
        self.known(value, name, name)
        return value

    def known(self, value: Mapping[str, object], section: str, where: str) -> None:
        for key in value:
            if key not in _SECTIONS[section]:
                self.fault(f"{where}.{key}", "is an unknown key", f"use {', '.join(_SECTIONS[section])}")

    def entries(self, name: str) -> list[tuple[str, Mapping[str, object]]]:
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

    def text(self, section: Mapping[str, object], where: str, key: str, *, required: bool = False) -> str:
        value = section.get(key, "")
        if not isinstance(value, str):
            self.fault(f"{where}.{key}", f"{value!r} is not text", "put it in quotation marks")
            return ""
        if required and not value.strip():
            self.fault(f"{where}.{key}", "is missing", f'write {key} = "…"')
        return value.strip()

    def day(self, section: Mapping[str, object], where: str, key: str, *, required: bool = False) -> date | None:
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
            return date.fromisoformat(_text_of(value))
        except (TypeError, ValueError):
            self.fault(f"{where}.{key}", f"{value!r} is not a date", "write it like 2025-07-22")
            return None

    def edge(self, section: Mapping[str, object], where: str, key: str) -> date | Edge | None:
        """Return the first or last day that a month or a day gives; `latest` and `extract` as they stand."""
        value, ends = section.get(key), key == "to"
        if value is None:
            self.fault(f"{where}.{key}", "is missing", f'write {key} = "2023-01"')
            return None
        if ends and value in get_args(Edge):
            return cast(Edge, value)
        if isinstance(value, date):
            return value.date() if isinstance(value, datetime) else value
        try:
            month = Month.parse(_text_of(value))
            return month.last_day if ends else month.first_day
        except (TypeError, ValueError):
            pass
        try:
            return date.fromisoformat(_text_of(value))
        except (TypeError, ValueError):
            also = ', "latest" or "extract"' if ends else ""
            what = f"{value!r} is not a month" if isinstance(value, str) else f"{value!r} is not a month or a day"
            self.fault(f"{where}.{key}", what, f'write it like "2023-01" or "2023-01-31"{also}')
            return None

    def word(
        self, section: Mapping[str, object], where: str, key: str, words: tuple[_Word, ...], default: _Word
    ) -> _Word:
        value = section.get(key, default)
        if value not in words:
            self.fault(f"{where}.{key}", f"{value!r} is not known", f"use {' or '.join(words)}")
            return default
        return words[words.index(value)]

    def words(self, value: object, where: str, example: str) -> tuple[str, ...]:
        if isinstance(value, str) or not isinstance(value, Sequence) or not all(isinstance(v, str) for v in value):
            self.fault(where, f"{value!r} is not a list of texts", f"write it like {example}")
            return ()
        return tuple(value)

    def default_scope(self) -> Scope | None:
        """Return the scope of the request, or None where it gives no period, which each part must then give."""
        section = self.section("scope")
        own = self.data.get("question", ())
        parts = [each for each in own if isinstance(each, Mapping)] if isinstance(own, Sequence) else []
        if not ("from" in section or "to" in section) and parts and all("from" in p and "to" in p for p in parts):
            return None
        return self.scope(section, "scope", None)

    def scope(self, section: Mapping[str, object], where: str, default: Scope | None) -> Scope:
        """Return the scope that a section gives; what it leaves out is as in `default`."""
        base = default or _NO_SCOPE
        start = base.start if default and "from" not in section else self.edge(section, where, "from")
        end = base.end if default and "to" not in section else self.edge(section, where, "to")
        if isinstance(start, date) and isinstance(end, date) and end < start:
            shown = [f"{section.get(key, value)}" for key, value in (("from", start), ("to", end))]
            self.fault(
                f"{where}.from", f"{shown[0]} comes after to = {shown[1]}", "swap them or mend the one that is wrong"
            )
        return Scope(
            start=start if isinstance(start, date) else date.min,
            end=end if end is not None else date.min,
            date_basis=self.word(section, where, "date_basis", get_args(DateBasis), base.date_basis),
            unit=self.unit(section, where, base.unit),
            cancelled=self.word(section, where, "cancelled", get_args(Cancelled), base.cancelled),
            where=self.where(section["where"], f"{where}.where") if "where" in section else base.where,
            alongside=self.alongside(section, where) if "alongside" in section else base.alongside,
            records=self.records_of(section, where) or base.records,
        )

    def records_of(self, section: Mapping[str, object], where: str) -> str:
        """Return the name of a store; it is printed and stands in the names of doubts."""
        name = self.text(section, where, "records")
        if name and not STORE_NAME.fullmatch(name):
            self.fault(f"{where}.records", f"{name!r} is no name of a store", f"use {STORE_NAME_SPOKEN}")
            return ""
        return name

    def alongside(self, section: Mapping[str, object], where: str) -> tuple[Selection, ...]:
        if section["alongside"] == []:
            self.fault(f"{where}.alongside", "names no code", "name one, or take alongside out")
        return self.codes(section, where, "alongside", self.own(section))

    def unit(self, section: Mapping[str, object], where: str, default: str) -> str:
        value = section.get("unit", default)
        if not isinstance(value, str) or not value.replace(" ", "").replace("-", "").isalpha():
            self.fault(f"{where}.unit", f"{value!r} is not known", "use offences, occurrences or a role like victims")
            return default
        return value.strip().casefold()

    def where(self, value: object, where: str) -> dict[str, Condition]:
        if not isinstance(value, Mapping):
            self.fault(where, "is not a set of columns", 'write where = { column = ["value"] }')
            return {}
        return {str(column): self.condition(given, f"{where}.{column}") for column, given in value.items()}

    def condition(self, given: object, where: str) -> Condition:
        if isinstance(given, str | bool | int | float):
            self.fault(where, f"{given!r} is not a list of texts", 'write it like ["under 18"]')
            return Condition()
        if not isinstance(given, Mapping):
            values = self.words(given, where, '["under 18"]')
            if not values and isinstance(given, Sequence) and not given:
                self.fault(where, "asks for nothing", "name a value, or take the column out")
            return Condition(values=values)
        for key in given:
            if key not in _RANGE:
                self.fault(f"{where}.{key}", "is an unknown key", f"use {', '.join(_RANGE)}")
        if not given or any(isinstance(given.get(key), list) and not given[key] for key in ("values", "not")):
            self.fault(where, "asks for nothing", "name a value, a range or blank")
        low, high = self.number(given, where, "from"), self.number(given, where, "to")
        below = self.number(given, where, "below")
        if below is not None:
            high = below - 1 if high is None else min(high, below - 1)
        if low is not None and high is not None and low > high:
            self.fault(where, "holds no number", "swap from and to")
        blank = given.get("blank")
        if blank is not None and not isinstance(blank, bool):
            self.fault(f"{where}.blank", f"{blank!r} is neither true nor false", "write blank = true")
            blank = None
        return Condition(
            values=self.words(given.get("values", []), f"{where}.values", '["North"]'),
            low=low,
            high=high,
            blank=blank,
            excluded=self.words(given.get("not", []), f"{where}.not", '["01"]'),
        )

    def number(self, given: Mapping[str, object], where: str, key: str) -> int | None:
        value = given.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.fault(f"{where}.{key}", f"{value!r} is not a whole number", f"write {key} = 18")
            return None
        return value

    def own(self, section: Mapping[str, object]) -> bool:
        """Return whether the codes of a section are the data's own, as those of the store in which it counts."""
        if isinstance(self.own_codes, bool):
            return self.own_codes
        default = self.data.get("scope", {})
        named = section.get("records") or (default.get("records", "") if isinstance(default, Mapping) else "")
        return named in self.own_codes

    def codes(self, section: Mapping[str, object], where: str, key: str, own: bool) -> tuple[Selection, ...]:
        found = []
        for given in self.words(section.get(key, []), f"{where}.{key}", '["086/02"]'):
            try:
                found.append(Selection.parse(given, own_codes=own))
            except CodeError as error:
                self.fault(f"{where}.{key}", str(error), "write one code of the list, or take it out")
        return tuple(dict.fromkeys(found))

    def questions(self, scope: Scope | None, terms: Terms | None) -> tuple[Question, ...]:
        found = []
        section = self.section("scope")
        defaults = {own: self.codes(section, "scope", "codes", own) for own in {self.own({})}}
        for number, (where, entry) in enumerate(self.entries("question"), 1):
            own = any(key in entry for key in _SCOPE if key != "codes")
            opaque = self.own(entry)
            if "codes" in entry:
                selections = self.codes(entry, where, "codes", opaque)
            elif opaque not in defaults:
                selections = defaults[opaque] = self.codes(section, "scope", "codes", opaque)
            else:
                selections = defaults[opaque]
            found.append(
                Question(
                    number,
                    self.text(entry, where, "text", required=True),
                    tuple(each.name for each in selections if not each.is_wide),
                    selections,
                    self.scope(entry, where, scope) if own else scope,
                    self.terms(entry, where, terms) if any(key in entry for key in _TERMS) else terms,
                )
            )
        if not found:
            self.fault("question", "there is none", "write at least one [[question]] with text and codes")
        return tuple(found)

    def default_terms(self) -> Terms | None:
        if "terms" not in self.data:
            return None
        return self.terms(self.section("terms"), "terms", None)

    def terms(self, section: Mapping[str, object], where: str, default: Terms | None) -> Terms | None:
        """Return the terms of a section; in a part an empty `any` takes the words of the request away."""
        if default is None and where != "terms" and "any" not in section and "all" not in section:
            self.fault(where, "says how to look for words and names none", "write any, or a [terms] section")
            return None
        base = default or Terms(TermSet("word", DEFAULT_TERMS), DEFAULT_FIELDS)
        rule = cast(Rule, self.word(section, where, "rule", get_args(Rule), base.set.rule))
        fields = self.words(section.get("fields", list(base.fields)), f"{where}.fields", '["oel", "summary"]')
        together = self.lists(section["all"], f"{where}.all") if "all" in section else base.together
        standard: tuple[str, ...] = () if together and default is None else base.set.terms
        wanted = self.words(section.get("any", list(standard)), f"{where}.any", '["AI"]')
        exceptions = self.words(section.get("none", list(base.set.none)), f"{where}.none", '["AI Smith"]')
        if not fields and f"{where}.fields" not in {fault.where for fault in self.faults}:
            self.fault(f"{where}.fields", "names no field", 'write fields = ["oel", "summary", "mo"]')
        if not wanted and not together:
            if where == "terms":
                self.fault("terms.any", "holds no term", "name a term, or take [terms] out to count every offence")
            return None
        faulty = len(self.faults)
        named = [("any", wanted), ("none", exceptions), *((f"all[{n}]", each) for n, each in enumerate(together, 1))]
        for key, entries in named:
            for number, term in enumerate(entries, 1):
                try:
                    TermSet(rule=rule, terms=(term,), none=())
                except TermError as error:
                    self.fault(f"{where}.{key}[{number}]", str(error), "mend the term")
        if len(self.faults) > faulty or any(fault.where.startswith(f"{where}.") for fault in self.faults):
            return None
        first, rest = (wanted, together) if wanted else (together[0], together[1:])
        try:
            made = Terms(TermSet(rule=rule, terms=first, none=exceptions), tuple(dict.fromkeys(fields)), rest)
            assert made.searched
        except TermError as error:
            self.fault(f"{where}.any", str(error), "mend the terms")
            return None
        return made

    def lists(self, value: object, where: str) -> tuple[tuple[str, ...], ...]:
        if isinstance(value, str) or not isinstance(value, Sequence) or any(isinstance(each, str) for each in value):
            self.fault(where, f"{value!r} is not a list of lists", 'write it like [["porn", "nude*"]]')
            return ()
        lists = tuple(
            tuple(dict.fromkeys(self.words(each, f"{where}[{n}]", '["porn"]'))) for n, each in enumerate(value, 1)
        )
        for number, each in enumerate(lists, 1):
            if not each:
                self.fault(f"{where}[{number}]", "holds no term", "name a term, or take the list out")
        return tuple(filter(None, lists))

    def marker(self) -> Marker | None:
        if "marker" not in self.data:
            return None
        section = self.section("marker")
        name = self.text(section, "marker", "name") or "AI"
        return Marker(name, self.word(section, "marker", "use", get_args(MarkerUse), "instead"))

    def tables(self, questions: tuple[Question, ...]) -> tuple[TableShape, ...]:
        value = self.data.get("table", {})
        if isinstance(value, Mapping):
            self.known(value, "table", "table")
            return (self.table(value, "table", questions),)
        found = tuple(self.table(entry, where, questions) for where, entry in self.entries("table"))
        return tuple(replace(shape, place=place) for place, shape in enumerate(found, 1)) or (TableShape(),)

    def table(self, section: Mapping[str, object], where: str, questions: tuple[Question, ...]) -> TableShape:
        rows = self.dimensions(section.get("rows", ["offence"]), f"{where}.rows")
        columns = self.dimensions(section.get("columns", ["month"]), f"{where}.columns")
        for kind, names in (("offences", OFFENCE_DIMENSIONS), ("time", TIME_DIMENSIONS)):
            several = [name for name in (*rows, *columns) if name in names]
            if len(several) > 1:
                what = f"{' and '.join(several)} both cut {kind}"
                self.fault(f"{where}.rows", what, "use one of them in a table, and a further [[table]] for the other")
        return TableShape(
            rows=rows,
            columns=columns,
            empty=self.word(section, where, "empty", get_args(Empty), "show"),
            title=self.text(section, where, "title"),
            of=self.numbers(section.get("of", []), f"{where}.of", len(questions)),
        )

    def check_dimensions(self, request: CountRequest) -> None:
        """Refuse a line by term without words, and one by marker without a marker."""
        instead = request.marker is not None and request.marker.use == "instead"
        for number, shape in enumerate(request.tables, 1):
            where = f"table[{number}]" if isinstance(self.data.get("table"), list) else "table"
            words = not instead and all(part.terms for part in request.parts(shape))
            scopes = [request.scope_of(part) for part in request.parts(shape)]
            for key, values in (
                ("date_basis", {scope.date_basis for scope in scopes}),
                ("unit", {scope.unit for scope in scopes}),
                ("records", {scope.records for scope in scopes}),
            ):
                if "question" in shape.dimensions and len(values) > 1:
                    what = f"its questions differ in {key}: {', '.join(sorted(values))}"
                    self.fault(f"{where}.rows", what, "write a [[table]] with of = [...] for each of them")
            for name in shape.dimensions:
                if name in ("term", "state") and not words:
                    self.fault(f"{where}.rows", f"{name!r} needs words to look for", "write [terms], or take it out")
                if name == "marker" and request.marker is None:
                    self.fault(f"{where}.rows", "'marker' needs the force's marker", "write [marker], or take it out")

    def dimensions(self, value: object, where: str) -> tuple[str, ...]:
        names = (value,) if isinstance(value, str) else self.words(value, where, '["offence"]')
        for name in names:
            if not name.strip():
                self.fault(where, f"{name!r} is no dimension", f"use {', '.join(DIMENSIONS)} or a column")
            elif names.count(name) > 1:
                self.fault(where, f"{name!r} is named twice", "name it once")
        return tuple(dict.fromkeys(names))

    def numbers(self, value: object, where: str, most: int) -> tuple[int, ...]:
        if not isinstance(value, Sequence) or not all(isinstance(n, int) and not isinstance(n, bool) for n in value):
            self.fault(where, f"{value!r} is not a list of numbers", "write of = [1, 3]")
            return ()
        for number in value:
            if not 1 <= number <= most:
                self.fault(where, f"there is no question {number}", f"name questions 1 to {most}")
        return tuple(dict.fromkeys(value))

    def groupings(self) -> dict[str, Grouping]:
        sections = self.data.get("column", {})
        if not isinstance(sections, Mapping):
            self.fault("column", "is not a set of sections", "write [column.victim_age] and its keys below it")
            return {}
        found = {}
        for name, section in sections.items():
            where = f"column.{name}"
            if not isinstance(section, Mapping):
                self.fault(where, "is not a section", f"write [{where}] and its keys below it")
                continue
            self.known(section, "column", where)
            found[str(name)] = self.grouping(section, where)
        return found

    def grouping(self, section: Mapping[str, object], where: str) -> Grouping:
        bands: list[BandKey] = []
        for text in self.words(section.get("bands", []), f"{where}.bands", '["0-9", "10-17", "18+"]'):
            span = NumberRange.parse(text)
            if span is None:
                self.fault(f"{where}.bands", f"{text!r} is no band", 'write it like "10-17" or "18+"')
                continue
            band = BandKey(span.low, span.high, " ".join(text.split()))
            for other in bands:
                if span.meets(other.low, other.high):
                    what = f"{other.text!r} and {text!r} share a number"
                    self.fault(f"{where}.bands", what, "a number may stand in one band only")
            bands.append(band)
        groups = self.groups(section.get("groups", {}), f"{where}.groups")
        blank = self.text(section, where, "blank")
        grouping = Grouping(tuple(bands), groups, other=self.text(section, where, "other"))
        grouping = replace(grouping, blank=blank) if blank else grouping
        named = [folded(key.text) for key in grouping.leaves] + [folded(grouping.blank)]
        named += [folded(grouping.other)] if grouping.other else []
        for name in sorted({name for name in named if named.count(name) > 1}):
            self.fault(where, f"two of its lines are called {name!r}", "give each a name of its own")
        return grouping

    def groups(self, value: object, where: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        if not isinstance(value, Mapping):
            self.fault(where, "is not a set of groups", 'write groups = { "Charged" = ["1", "1A"] }')
            return ()
        groups = tuple((str(n), self.words(v, f"{where}.{n}", '["1", "1A"]')) for n, v in value.items())
        places: dict[str, str] = {}
        for name, values in groups:
            for each in values:
                if places.setdefault(folded(each), name) != name:
                    what = f"{each!r} is in the groups {places[folded(each)]!r} and {name!r}"
                    self.fault(where, what, "a value may stand in one group only")
        return groups

    def accepted(self) -> tuple[Accepted, ...]:
        return tuple(
            Accepted(self.text(entry, where, "doubt", required=True), self.text(entry, where, "reason", required=True))
            for where, entry in self.entries("accepted")
        )
