"""The offence codes: what each one records, under which law, and from when to when.

The list is a packaged, dated file. The published lists hold one row per description, so a code has several rows; they
hold no expired code and few dates, so a history kept by hand fills both in, each entry with its source and a mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from string import ascii_uppercase, digits
from typing import Any, Literal

from clearcount import data
from clearcount.errors import CodeError
from clearcount.model.codes import HomeOfficeCode
from clearcount.model.months import Month
from clearcount.offences.law import ACTS, act_key, references, section_numbers

Span = Literal["all", "part", "none"]
"""How much of a period an offence was in force."""

FILE = "offence_codes.json"


@dataclass(frozen=True)
class Row:
    """One published line of a code. `based`: S state based, V victim based, S/V either; `mode`: I, E or S."""

    description: str = ""
    act: str = ""
    section: str = ""
    category: str = ""
    class_: str = ""
    sub_class: str = ""
    mode: str = ""
    max_sentence: str = ""
    based: str = ""
    listed_from: str = ""
    source: str = ""


@dataclass(frozen=True)
class OffenceCode:
    """One Home Office code with all its rows, those of the Home Office first.

    `in_force_from` and `in_force_to` are the first and last day on which the offence could be committed; None is
    "not known", which counts as in force. `mark` says how sure the dates are: listed (the published list), read,
    recalled or unconfirmed; `source` and `note` say why. `listed` is false for a code that the current Home Office
    list does not hold.
    """

    code: str
    rows: tuple[Row, ...]
    in_force_from: date | None = None
    in_force_to: date | None = None
    mark: str = ""
    source: str = ""
    note: str = ""

    @property
    def descriptions(self) -> tuple[str, ...]:
        """Every distinct description, in the order of the rows."""
        return tuple(dict.fromkeys(row.description for row in self.rows if row.description))

    @property
    def label(self) -> str:
        """The first description, or the code where a list gives none."""
        return next(iter(self.descriptions), self.code)

    @property
    def act(self) -> str:
        """The Act of the first row that names one."""
        return next((row.act for row in self.rows if row.act), "")

    @property
    def section(self) -> str:
        """The section of the first row that names one, as the list prints it."""
        return next((row.section for row in self.rows if row.section), "")

    @property
    def law(self) -> str:
        """Every distinct Act and section of the code, joined by semicolons."""
        return "; ".join(dict.fromkeys(" ".join(filter(None, (row.act, row.section))) for row in self.rows if row.act))

    @property
    def category(self) -> str:
        """The Home Office category, such as `86 Obscene Publications etc`."""
        return next((row.category for row in self.rows if row.category), "")

    @property
    def class_(self) -> str:
        """The offence class, such as `Sexual offences`."""
        return next((row.class_ for row in self.rows if row.class_), "")

    @property
    def sub_class(self) -> str:
        """The sub-class within the class; empty where there is none."""
        return next((row.sub_class for row in self.rows if row.sub_class), "")

    @property
    def mode(self) -> str:
        """How it is tried: I indictable, E either way, S summary."""
        return next((row.mode for row in self.rows if row.mode), "")

    @property
    def state_based(self) -> bool:
        """Whether the crime is recorded against the State only, so that its records name no victim."""
        return all(row.based == "S" for row in self.rows if row.based) and any(row.based for row in self.rows)

    @property
    def listed(self) -> bool:
        """Whether the current Home Office list holds the code."""
        return any(row.source == "home-office" for row in self.rows)

    @property
    def sources(self) -> tuple[str, ...]:
        """Where the rows come from: home-office, moj, history, force."""
        return tuple(dict.fromkeys(row.source for row in self.rows))

    def in_force(self, month: Month) -> bool:
        """Whether the offence was in force in any part of `month`; an unknown start or end counts as in force."""
        started = self.in_force_from is None or self.in_force_from < month.next().first_day
        return started and (self.in_force_to is None or self.in_force_to >= month.first_day)

    def in_force_during(self, first: Month, last: Month) -> Span:
        """Whether it was in force on every day, some days or no day of the months from `first` to `last`."""
        return _span(self.in_force_from, self.in_force_to, first, last)

    @property
    def in_force_spoken(self) -> str:
        """`from 31 January 2024`, `until 30 January 2024`, `from … until …`, or `start not known`."""
        return _spoken(self.in_force_from, self.in_force_to) or "start not known, counted as in force"


@dataclass(frozen=True)
class Provision:
    """One section of an Act that makes something an offence; `codes` is empty where no Home Office code exists.

    `before` are codes that recorded the conduct until `in_force_from`; `parts` are subsections that its code cannot
    tell apart; `words` are lower-case phrases by which people ask for it. `mark` is read, recalled or unconfirmed
    (enacted, but its commencement was not found: `in_force_from` is None).
    """

    id: str
    act: str
    section: str
    title: str
    codes: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    in_force_from: date | None = None
    in_force_to: date | None = None
    mark: str = ""
    source: str = ""
    note: str = ""

    def in_force_during(self, first: Month, last: Month) -> Span:
        """Whether it was in force on every day, some days or no day of the months from `first` to `last`."""
        return _span(self.in_force_from, self.in_force_to, first, last)

    @property
    def in_force_spoken(self) -> str:
        """`from 6 February 2026`; where the commencement was not found, it says so."""
        if self.mark == "unconfirmed":
            return "enacted, the day on which it began is not confirmed"
        return _spoken(self.in_force_from, self.in_force_to) or "start not known, counted as in force"


@dataclass(frozen=True)
class CodeList:
    """Every known code by its canonical spelling, and the provisions of law; `version` names the edition."""

    version: str
    codes: Mapping[str, OffenceCode]
    provisions: tuple[Provision, ...] = ()
    sources: tuple[Mapping[str, str], ...] = field(default=(), repr=False)

    def get(self, code: str) -> OffenceCode | None:
        """The code in any spelling that `HomeOfficeCode.parse` takes, or None when no list knows it."""
        try:
            return self.codes.get(str(HomeOfficeCode.parse(code)))
        except CodeError:
            return None

    def in_force(self, code: str, month: Month) -> bool:
        """Whether the offence was in force in any part of `month`. An unknown code or start counts as in force."""
        found = self.get(code)
        return found is None or found.in_force(month)

    @cached_property
    def acts(self) -> Mapping[str, str]:
        """Every Act, order and regulation that a code or a provision names, by its `act_key`."""
        named = [provision.act for provision in self.provisions]
        named += [row.act for code in self.codes.values() for row in code.rows if row.act]
        return {act_key(name): name for name in (*named, *ACTS.values())}

    @cached_property
    def _by_law(self) -> Mapping[tuple[str, str], tuple[Provision, ...]]:
        """Provisions by Act and section: those kept by hand, and for every other section one made from the lists."""
        found = {(act_key(kept.act), kept.section): [kept] for kept in self.provisions}
        listed: dict[tuple[str, str], list[tuple[OffenceCode, Row]]] = {}
        for code in self.codes.values():
            for row in code.rows:
                for number in section_numbers(row.section) if row.act else ():
                    listed.setdefault((act_key(row.act), number), []).append((code, row))
        for key, lines in listed.items():
            if key not in found:
                found[key] = [_listed_provision(key[1], lines)]
        return {key: tuple(provisions) for key, provisions in found.items()}

    def law(self, text: str) -> tuple[Provision, ...]:
        """The provisions that `text` names by section: `Section 66B Sexual Offences Act 2003`, `s66E-F SOA 2003`.

        A section without an Act is taken where only one provision kept by hand has that number with a letter.
        Provisions without a code, such as section 66E, come back with empty `codes`.
        """
        found: dict[str, Provision] = {}
        for reference in references(text, self.acts):
            for provision in self._provisions(reference.section, reference.act):
                found.setdefault(provision.id, provision)
        return tuple(found.values())

    def _provisions(self, section: str, act: str) -> tuple[Provision, ...]:
        if not act:
            lettered = [kept for kept in self.provisions if kept.section == section and not section.isdigit()]
            return tuple(lettered) if len(lettered) == 1 else ()
        if exact := self._by_law.get((act_key(act), section)):
            return exact
        # "Section 1a" of an Act that has no section 1A, but a section 1(1) with a paragraph (a)
        number, letter = section.rstrip(ascii_uppercase), section.lstrip(digits).lower()
        parts = self._by_law.get((act_key(act), number), ())
        return tuple(each for each in parts if f"{number}(1)({letter})" in each.parts)

    def search(self, query: str, on: date | None = None) -> tuple[OffenceCode, ...]:
        """Codes that `query` names: a code in any spelling, a class (`86`), a section of an Act, or words.

        Every word must start a word of the descriptions, the law or the category. With `on`, only codes in force on
        that day. An empty query gives every code. In the order of the codes.
        """
        found = self._search(query.strip())
        return tuple(code for code in found if on is None or _holds(code.in_force_from, code.in_force_to, on))

    def _search(self, query: str) -> Iterable[OffenceCode]:
        if not query:
            return self.codes.values()
        if code := self.get(query):
            return (code,)
        if re.fullmatch(r"[0-9]{1,3}", query):
            return [code for code in self.codes.values() if int(code.code[:3]) == int(query)]
        if provisions := self.law(query):
            wanted = {code for each in provisions for code in (*each.codes, *each.before)}
            return [code for code in self.codes.values() if code.code in wanted]
        patterns = [re.compile(rf"(?<![a-z0-9]){re.escape(word)}") for word in query.lower().split()]
        return [code for code in self.codes.values() if all(pattern.search(_text(code)) for pattern in patterns)]

    def overlay(self, entries: Mapping[str, Any]) -> CodeList:
        """This list with a force's own additions: the mapping of an overlay file, `{"code": [{…}, …]}`.

        An entry has `code` and any of description, act, section, category, class, from, to (dates), note. It adds a
        code or replaces what the list says of one. The version is marked `+force`.

        Raises:
            CodeError: naming the entry and the key that cannot be read.
        """
        unknown = sorted(set(entries) - {"code"})
        if unknown or not isinstance(entries.get("code", []), Sequence) or isinstance(entries.get("code"), str):
            raise CodeError(f"a code overlay holds only [[code]] entries{_named(unknown)}; see docs/reference/codes.md")
        codes = dict(self.codes)
        for number, entry in enumerate(entries.get("code", []), 1):
            code = _overlaid(codes, entry, f"code[{number}]")
            codes[code.code] = code
        return replace(self, version=f"{self.version}+force", codes=dict(sorted(codes.items())))


@cache
def code_list() -> CodeList:
    """The packaged list: dated, versioned, read once."""
    raw = data.read_json(FILE)
    return CodeList(
        version=raw["version"],
        codes={entry["code"]: _code(entry) for entry in raw["codes"]},
        provisions=tuple(_provision(entry) for entry in raw["provisions"]),
        sources=tuple(raw["sources"]),
    )


def _code(entry: Mapping[str, Any]) -> OffenceCode:
    rows = tuple(
        Row(**{("class_" if key == "class" else key): value for key, value in row.items()}) for row in entry["rows"]
    )
    start, end = _day(entry.get("from")), _day(entry.get("to"))
    mark = entry.get("mark", "listed" if start else "")
    return OffenceCode(entry["code"], rows, start, end, mark, entry.get("source", ""), entry.get("note", ""))


def _provision(entry: Mapping[str, Any]) -> Provision:
    plain: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    start, end = _day(plain.pop("from", None)), _day(plain.pop("to", None))
    return Provision(**plain, in_force_from=start, in_force_to=end)


def _listed_provision(section: str, lines: Sequence[tuple[OffenceCode, Row]]) -> Provision:
    codes = tuple(dict.fromkeys(code.code for code, _ in lines))
    starts = [code.in_force_from for code, _ in lines]
    known = [start for start in starts if start is not None]
    act = lines[0][1].act
    return Provision(
        id=f"{act} s{section}",
        act=act,
        section=section,
        title=lines[0][1].description,
        codes=codes,
        in_force_from=min(known) if len(known) == len(starts) else None,
        mark="listed",
        source="the published lists",
    )


_OVERLAY_KEYS = ("code", "description", "act", "section", "category", "class", "from", "to", "note")


def _overlaid(codes: Mapping[str, OffenceCode], entry: Any, where: str) -> OffenceCode:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("code"), str):
        raise CodeError(f'{where} has no code; write code = "086/02"')
    if unknown := sorted(set(entry) - set(_OVERLAY_KEYS)):
        raise CodeError(f"{where} has an unknown key{_named(unknown)}; use {', '.join(_OVERLAY_KEYS)}")
    for key in ("from", "to"):
        if key in entry and type(entry[key]) is not date:
            raise CodeError(f"{where}.{key} is not a date; write {key} = 2024-01-31")
    for key in ("description", "act", "section", "category", "class", "note"):
        if not isinstance(entry.get(key, ""), str):
            raise CodeError(f"{where}.{key} is not text; put it in quotation marks")
    code = str(HomeOfficeCode.parse(entry["code"]))
    start, end = entry.get("from"), entry.get("to")
    if start and end and end < start:
        raise CodeError(f"{where} ends ({end}) before it begins ({start}); swap the dates or mend one")
    old = codes.get(code)
    own = {("class_" if key == "class" else key): entry[key] for key in _OVERLAY_KEYS[1:6] if key in entry}
    first = replace(old.rows[0] if old else Row(), source="force", **own)
    if not first.description:
        raise CodeError(f'{where} has no description; write description = "…"')
    return OffenceCode(
        code,
        (first, *(old.rows[1:] if old else ())),
        start or (old.in_force_from if old else None),
        end or (old.in_force_to if old else None),
        "force",
        "the force's own overlay",
        entry.get("note", old.note if old else ""),
    )


def _named(keys: Sequence[str]) -> str:
    return f": {', '.join(map(repr, keys))}" if keys else ""


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _holds(start: date | None, end: date | None, day: date) -> bool:
    return (start is None or start <= day) and (end is None or end >= day)


def _span(start: date | None, end: date | None, first: Month, last: Month) -> Span:
    begins, after = first.first_day, last.next().first_day
    if (start and start >= after) or (end and end < begins):
        return "none"
    whole = (start is None or start <= begins) and (end is None or end.toordinal() >= after.toordinal() - 1)
    return "all" if whole else "part"


def _spoken(start: date | None, end: date | None) -> str:
    parts = [f"{word} {day.day} {day:%B %Y}" for word, day in (("from", start), ("until", end)) if day]
    return " ".join(parts)


@cache
def _text(code: OffenceCode) -> str:
    return " ".join((*code.descriptions, code.law, code.category, code.note)).lower()
