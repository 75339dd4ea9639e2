"""A force's own additions to the code list: codes and provisions, laid over the packaged ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import get_args

from clearcount.errors import CodeError
from clearcount.model.codes import HomeOfficeCode
from clearcount.offences.codes import CodeList, Entry
from clearcount.offences.law import act_key
from clearcount.offences.values import HOME_OFFICE, AfterEnd, CodeRow, OffenceCode, Provision

_ROW = ("description", "act", "section", "category", "class", "sub_class", "mode", "based")
_AFTER_END = ("after_end", "after_end_source")
_CODE = ("code", *_ROW, "from", "to", "note", "listed", *_AFTER_END, "row")
_PROVISION = ("act", "section", "title", "codes", "before", "words", "from", "to", "source", "note")
_FORCE = "force"


def overlaid(codes: CodeList, entries: Entry) -> CodeList:
    """Return `codes` with the content of an overlay file, `{"code": [{…}], "provision": [{…}]}`; see codes.md.

    A code entry adds a code or replaces what the list says of one. Its `row` entries replace the lines of the Home
    Office; `listed` says whether the Home Office's current list holds it. A provision entry adds or replaces a section
    of an Act. The version is marked `+force`.

    Raises:
        CodeError: naming the entry and the key that cannot be read.
    """
    if unknown := sorted(set(entries) - {"code", "provision"}):
        raise CodeError(f"a code overlay holds only [[code]] and [[provision]] entries{_named(unknown)}; see codes.md")
    held = dict(codes.codes)
    for where, entry in _entries(entries, "code"):
        code = _code(held, entry, where)
        held[code.code] = code
    provisions = {each.id: each for each in codes.provisions}
    for where, entry in _entries(entries, "provision"):
        provision = _provision(codes, held, entry, where)
        provisions[provision.id] = provision
    return replace(
        codes, version=f"{codes.version}+force", codes=dict(sorted(held.items())), provisions=tuple(provisions.values())
    )


def _entries(entries: Entry, name: str) -> list[tuple[str, Entry]]:
    held = entries.get(name, [])
    if not isinstance(held, Sequence) or isinstance(held, str):
        raise CodeError(f"a code overlay holds only [[code]] and [[provision]] entries; write [[{name}]]")
    found = [(f"{name}[{number}]", entry) for number, entry in enumerate(held, 1)]
    for where, entry in found:
        if not isinstance(entry, Mapping):
            raise CodeError(f"{where} is not an entry; write [[{name}]] and its keys below it")
    return found


def _code(held: Mapping[str, OffenceCode], entry: Entry, where: str) -> OffenceCode:
    if not isinstance(entry.get("code"), str):
        raise CodeError(f'{where} has no code; write code = "086/02"')
    _check(entry, where, _CODE, texts=(*_ROW, "note", *_AFTER_END))
    code = str(HomeOfficeCode.parse(entry["code"]))
    start, end = entry.get("from"), entry.get("to")
    _check_order(start, end, where)
    if not isinstance(entry.get("listed", True), bool):
        raise CodeError(f"{where}.listed is neither true nor false; write listed = false")
    old = held.get(code)
    after_end, after_end_source = _after_end(entry, end or (old.in_force_to if old else None), old, where)
    return OffenceCode(
        code,
        _rows(old, entry, where),
        start or (old.in_force_from if old else None),
        end or (old.in_force_to if old else None),
        _FORCE,
        "the force's own overlay",
        entry.get("note", old.note if old else ""),
        after_end,
        after_end_source,
    )


def _after_end(entry: Entry, end: date | None, old: OffenceCode | None, where: str) -> tuple[AfterEnd, str]:
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


def _rows(old: OffenceCode | None, entry: Entry, where: str) -> tuple[CodeRow, ...]:
    given = entry.get("row", [])
    if not isinstance(given, list) or not all(isinstance(row, Mapping) for row in given):
        raise CodeError(f"{where}.row is no list of lines; write [[code.row]] and its keys below it")
    source = HOME_OFFICE if entry.get("listed") else _FORCE
    if given:
        for number, row in enumerate(given, 1):
            _check(row, f"{where}.row[{number}]", _ROW, texts=_ROW)
        further = tuple(row for row in (old.rows if old else ()) if row.source not in (HOME_OFFICE, _FORCE))
        rows = (*(_row(CodeRow(), row, source) for row in given), *further)
    else:
        rows = (_row(old.rows[0] if old else CodeRow(), entry, source), *(old.rows[1:] if old else ()))
    if not rows[0].description:
        raise CodeError(f'{where} has no description; write description = "…"')
    if entry.get("listed", True):
        return rows
    return tuple(replace(row, source=_FORCE) if row.source == HOME_OFFICE else row for row in rows)


def _row(base: CodeRow, entry: Entry, source: str) -> CodeRow:
    own = {("class_" if key == "class" else key): entry[key] for key in _ROW if key in entry}
    return replace(base, source=source, **own)


def _provision(codes: CodeList, held: Mapping[str, OffenceCode], entry: Entry, where: str) -> Provision:
    _check(entry, where, _PROVISION, texts=("act", "section", "title", "source", "note"))
    for key in ("act", "section", "title"):
        if not entry.get(key):
            raise CodeError(f'{where} has no {key}; write {key} = "…"')
    lists = {}
    for key in ("codes", "before", "words"):
        values = entry.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise CodeError(f'{where}.{key} is no list of texts; write {key} = ["…"]')
        lists[key] = tuple(values)
    for key in ("codes", "before"):
        lists[key] = tuple(str(HomeOfficeCode.parse(code)) for code in lists[key])
        if missing := [code for code in lists[key] if code not in held]:
            raise CodeError(f"{where}.{key} names {missing[0]}, which is on no list; add it as a [[code]] first")
    start, end = entry.get("from"), entry.get("to")
    _check_order(start, end, where)
    section = entry["section"].replace(" ", "").upper()
    same = [each for each in codes.sections(section) if act_key(each.act) == act_key(entry["act"])]
    return Provision(
        id=same[0].id if same else f"{entry['act']} s{section}",
        act=same[0].act if same else entry["act"],
        section=section,
        title=entry["title"],
        codes=lists["codes"],
        before=lists["before"],
        words=tuple(word.lower() for word in lists["words"]),
        in_force_from=start,
        in_force_to=end,
        mark=_FORCE,
        source=entry.get("source", "the force's own overlay"),
        note=entry.get("note", ""),
    )


def _check(entry: Entry, where: str, keys: Sequence[str], *, texts: Sequence[str]) -> None:
    if unknown := sorted(set(entry) - set(keys)):
        raise CodeError(f"{where} has an unknown key{_named(unknown)}; use {', '.join(keys)}")
    for key in ("from", "to"):
        if key in keys and key in entry and type(entry[key]) is not date:
            raise CodeError(f"{where}.{key} is not a date; write {key} = 2024-01-31")
    for key in texts:
        if not isinstance(entry.get(key, ""), str):
            raise CodeError(f"{where}.{key} is not text; put it in quotation marks")


def _check_order(start: date | None, end: date | None, where: str) -> None:
    if start and end and end < start:
        raise CodeError(f"{where} ends ({end}) before it begins ({start}); swap the dates or mend one")


def _named(keys: Sequence[str]) -> str:
    return f": {', '.join(map(repr, keys))}" if keys else ""
