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
from typing import Any, get_args

from clearcount import data
from clearcount.errors import CodeError
from clearcount.model.codes import HomeOfficeCode
from clearcount.model.months import Month
from clearcount.model.request import DateBasis
from clearcount.offences.law import ACTS, act_key, references, section_numbers
from clearcount.offences.values import AfterEnd, OffenceCode, Provision, Row

FILE = "offence_codes.json"


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

    def sections(self, number: str) -> tuple[Provision, ...]:
        """Return every provision that is section `number` (`66E`) of any Act, in any case and spacing."""
        wanted = re.sub(r"\s", "", number).upper()
        return tuple(each for (_, section), held in self._by_law.items() if section == wanted for each in held)

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

        An entry has `code` and any of description, act, section, category, class, from, to (dates), after_end,
        after_end_source, note. It adds a code or replaces what the list says of one. The version is marked `+force`.

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
    after = {key: entry[key] for key in _AFTER_END if key in entry}
    return OffenceCode(entry["code"], rows, start, end, mark, entry.get("source", ""), entry.get("note", ""), **after)


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


_AFTER_END = ("after_end", "after_end_source")
_OVERLAY_KEYS = ("code", "description", "act", "section", "category", "class", "from", "to", "note", *_AFTER_END)


def _overlaid(codes: Mapping[str, OffenceCode], entry: Any, where: str) -> OffenceCode:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("code"), str):
        raise CodeError(f'{where} has no code; write code = "086/02"')
    if unknown := sorted(set(entry) - set(_OVERLAY_KEYS)):
        raise CodeError(f"{where} has an unknown key{_named(unknown)}; use {', '.join(_OVERLAY_KEYS)}")
    for key in ("from", "to"):
        if key in entry and type(entry[key]) is not date:
            raise CodeError(f"{where}.{key} is not a date; write {key} = 2024-01-31")
    for key in ("description", "act", "section", "category", "class", "note", *_AFTER_END):
        if not isinstance(entry.get(key, ""), str):
            raise CodeError(f"{where}.{key} is not text; put it in quotation marks")
    code = str(HomeOfficeCode.parse(entry["code"]))
    start, end = entry.get("from"), entry.get("to")
    if start and end and end < start:
        raise CodeError(f"{where} ends ({end}) before it begins ({start}); swap the dates or mend one")
    old = codes.get(code)
    after_end, after_end_source = _after_end(entry, end or (old.in_force_to if old else None), old, where)
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
        after_end,
        after_end_source,
    )


def _after_end(entry: Mapping[str, Any], end: date | None, old: OffenceCode | None, where: str) -> tuple[AfterEnd, str]:
    """Return what an overlay's entry says of records after the end of its code, and who says so."""
    words = get_args(AfterEnd)
    said = entry.get("after_end")
    if said is None:
        kept = (old.after_end, old.after_end_source) if old else ("", "")
        if "after_end_source" in entry and not kept[0]:
            raise CodeError(f'{where} has a source and no after_end; write after_end = "recorded"')
        return kept[0], entry.get("after_end_source", kept[1])
    if said not in words[1:]:
        raise CodeError(f"{where}.after_end {said!r} is not known; use {' or '.join(words[1:])}")
    if end is None:
        raise CodeError(f"{where} has after_end and no end; write to = 2024-01-30")
    return said, entry.get("after_end_source", "the force's own overlay")


def _named(keys: Sequence[str]) -> str:
    return f": {', '.join(map(repr, keys))}" if keys else ""


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _holds(start: date | None, end: date | None, day: date) -> bool:
    return (start is None or start <= day) and (end is None or end >= day)


@cache
def _text(code: OffenceCode) -> str:
    return " ".join((*code.descriptions, code.law, code.category, code.note)).lower()
