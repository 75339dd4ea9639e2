"""Reads a request from plain values; every fault is reported at once, with where it stands and what to do."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import cast, get_args

from clearcount.errors import CodeError, TermError
from clearcount.model.facts import read_facts
from clearcount.model.months import COLUMNS
from clearcount.model.request import (
    DEFAULT_FIELDS,
    DEFAULT_TERMS,
    Accepted,
    Cancelled,
    CountRequest,
    DateBasis,
    Empty,
    FaultyRequest,
    Marker,
    MarkerUse,
    Question,
    Scope,
    TableShape,
    Terms,
)
from clearcount.model.request_columns import ColumnReader
from clearcount.model.request_sections import SCOPE_KEYS, TERM_KEYS
from clearcount.model.selection import Selection
from clearcount.model.terms import Rule, TermSet
from clearcount.model.visible import cleaned

OFFENCE_DIMENSIONS = ("offence", "question", "category", "sub-class", "class")
TIME_DIMENSIONS = COLUMNS
OTHER_DIMENSIONS = ("term", "marker", "state", "weekday", "hour")
DIMENSIONS = (*OFFENCE_DIMENSIONS, *TIME_DIMENSIONS, *OTHER_DIMENSIONS)
"""What a table may have in rows and columns; any other name is a column of the layout."""
STORE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")
STORE_NAME_SPOKEN = "a letter, then letters, digits and hyphens, at most 40"
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
        facts=read_facts(reader.entries("fact"), reader.fault, DIMENSIONS),
        unseen=unseen,
        source=data,
    )
    reader.check_dimensions(parsed)
    if reader.faults:
        raise FaultyRequest(reader.faults, parsed)
    return parsed


class _Reader(ColumnReader):
    """Reads the mapping part by part; `own_codes` says where the codes are the data's own."""

    def __init__(self, data: Mapping[str, object], own_codes: bool | Collection[str]) -> None:
        super().__init__(data)
        self.own_codes = own_codes

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
            own = any(key in entry for key in SCOPE_KEYS if key != "codes")
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
                    self.terms(entry, where, terms) if any(key in entry for key in TERM_KEYS) else terms,
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
                fact = next((each for each in request.facts if each.name == name), None)
                if fact is not None and fact.several:
                    what = f"{name!r} may have several values, so a record would stand in several lines"
                    self.fault(f"{where}.rows", what, "ask for one value, or take it out of the table")
                if (name in ("term", "state") or fact is not None) and not words:
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

    def accepted(self) -> tuple[Accepted, ...]:
        return tuple(
            Accepted(self.text(entry, where, "doubt", required=True), self.text(entry, where, "reason", required=True))
            for where, entry in self.entries("accepted")
        )
