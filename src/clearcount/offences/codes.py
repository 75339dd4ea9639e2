"""The offence codes: what each one records, under which law, and from when to when.

The list is a packaged, dated file. The published lists hold one row per description, so a code has several rows. They
hold no expired code and few dates. A history kept by hand fills both in, each entry with its source and a mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from string import ascii_uppercase, digits
from typing import Any, TypeAlias

from clearcount import data
from clearcount.errors import CodeError
from clearcount.model.codes import HomeOfficeCode
from clearcount.model.months import Month
from clearcount.model.request import DateBasis
from clearcount.offences.law import ACTS, act_key, references, section_numbers
from clearcount.offences.values import CodeRow, OffenceCode, Provision

FILE = "offence_codes.json"

Entry: TypeAlias = Mapping[str, Any]
"""A section of the list of codes or of the file of additions; its keys are checked before they are read."""


@dataclass(frozen=True)
class CodeList:
    """Every known code by its canonical spelling, and the provisions of law; `version` names the edition."""

    version: str
    codes: Mapping[str, OffenceCode]
    provisions: tuple[Provision, ...] = ()
    sources: tuple[Mapping[str, str], ...] = field(default=(), repr=False)

    def get(self, code: str) -> OffenceCode | None:
        """Return the code in any spelling that `HomeOfficeCode.parse` takes, or None when no list knows it."""
        try:
            return self.codes.get(str(HomeOfficeCode.parse(code)))
        except CodeError:
            return None

    def in_force(self, code: str, month: Month) -> bool:
        """Return whether the offence was in force in any part of `month`. An unknown code or start counts as in
        force.
        """
        found = self.get(code)
        return found is None or found.in_force(month)

    def can_hold(self, code: str, month: Month, basis: DateBasis) -> bool:
        """Return whether records of `month`, by their `basis` date, can carry the code; an unknown code can."""
        found = self.get(code)
        return found is None or found.can_hold(month, basis)

    def can_be_recorded(self, provision: Provision, month: Month, basis: DateBasis) -> bool:
        """Return whether records of `month`, by their `basis` date, can be of a provision, by its own time or a code's.

        A provision that has not begun has no records, whatever its code holds.
        """
        if provision.in_force_during(month, month) != "none":
            return True
        ended = provision.in_force_to is not None and Month.of(provision.in_force_to) < month
        return ended and any(self.can_hold(code, month, basis) for code in provision.codes)

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
        listed: dict[tuple[str, str], list[tuple[OffenceCode, CodeRow]]] = {}
        for code in self.codes.values():
            for row in code.rows:
                for number in section_numbers(row.section) if row.act else ():
                    listed.setdefault((act_key(row.act), number), []).append((code, row))
        for key, lines in listed.items():
            if key not in found:
                found[key] = [_listed_provision(key[1], lines)]
        return {key: tuple(provisions) for key, provisions in found.items()}

    def law(self, text: str) -> tuple[Provision, ...]:
        """Return the provisions that `text` names by section: `Section 66B Sexual Offences Act 2003`, `s66E-F SOA
        2003`.

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

    def sections(self, number: str) -> tuple[Provision, ...]:
        """Return every provision that is section `number` (`66E`) of any Act, in any case and spacing."""
        wanted = re.sub(r"\s", "", number).upper()
        return tuple(each for (_, section), held in self._by_law.items() if section == wanted for each in held)

    def found_by(self, query: str) -> tuple[Provision, ...]:
        """Return the provisions that people look for by an everyday word of `query`, such as "deepfake"."""
        words = f" {' '.join(query.lower().split())} "
        return tuple(each for each in self.provisions if any(f" {word} " in words for word in each.found_by))

    def search(self, query: str, on: date | None = None) -> tuple[OffenceCode, ...]:
        """Return codes that `query` names: a code in any spelling, a class (`86`), a section of an Act, or words.

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


@cache
def code_list() -> CodeList:
    """Return the packaged list: dated, versioned, read once."""
    raw = data.read_json(FILE)
    return CodeList(
        version=raw["version"],
        codes={entry["code"]: _code(entry) for entry in raw["codes"]},
        provisions=tuple(_provision(entry) for entry in raw["provisions"]),
        sources=tuple(raw["sources"]),
    )


_AFTER_END = ("after_end", "after_end_source")


def _code(entry: Entry) -> OffenceCode:
    rows = tuple(
        CodeRow(**{("class_" if key == "class" else key): value for key, value in row.items()}) for row in entry["rows"]
    )
    start, end = _day(entry.get("from")), _day(entry.get("to"))
    mark = entry.get("mark", "listed" if start else "")
    after = {key: entry[key] for key in _AFTER_END if key in entry}
    return OffenceCode(entry["code"], rows, start, end, mark, entry.get("source", ""), entry.get("note", ""), **after)


def _provision(entry: Entry) -> Provision:
    plain: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    start, end = _day(plain.pop("from", None)), _day(plain.pop("to", None))
    return Provision(**plain, in_force_from=start, in_force_to=end)


def _listed_provision(section: str, lines: Sequence[tuple[OffenceCode, CodeRow]]) -> Provision:
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


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _holds(start: date | None, end: date | None, day: date) -> bool:
    return (start is None or start <= day) and (end is None or end >= day)


@cache
def _text(code: OffenceCode) -> str:
    return " ".join((*code.descriptions, code.law, code.category, code.note)).lower()
