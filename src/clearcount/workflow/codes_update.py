"""A newer list of the Home Office against the packaged one: what came, went and changed, and what that touches."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from clearcount.errors import ClearcountError, CodeError, ForeignFileError
from clearcount.files import write_whole
from clearcount.foreign import parse_json
from clearcount.lines import toml_value
from clearcount.model.request import CountRequest, FaultyRequest
from clearcount.model.request_reader import parse_request
from clearcount.offences import CodeList, code_list
from clearcount.offences.published import Listed, is_header, listed
from clearcount.offences.values import HOME_OFFICE, CodeRow, OffenceCode
from clearcount.workflow.reading_files import read_request_file
from clearcount.workflow.selecting import codes_of

_LARGEST = 64 << 20
"""Bytes of a CSV file; the list of April 2026 has 360,000."""
_TITLE_ROWS = 20
"""Rows above the column names in which they are looked for."""
_WORDS = {
    "description": "offence",
    "act": "act",
    "section": "section",
    "category": "category",
    "class_": "class",
    "sub_class": "sub_class",
    "mode": "mode",
    "based": "based",
}
"""What of a line of the list is compared, with the name that people see; sentences change often and count nothing."""


@dataclass(frozen=True)
class CodeChange:
    """One code that differs: its label, and which parts of its lines do (empty for one that came or went)."""

    code: str
    label: str
    parts: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return the values for a machine."""
        return {"code": self.code, "label": self.label, **({"changed": list(self.parts)} if self.parts else {})}


@dataclass(frozen=True)
class Touched:
    """A file that asks for codes which differ."""

    path: Path
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Update:
    """What a newer list changes, and the requests and releases that name what changed."""

    came: tuple[CodeChange, ...]
    went: tuple[CodeChange, ...]
    changed: tuple[CodeChange, ...]
    lines: dict[str, tuple[Listed, ...]]
    touched: tuple[Touched, ...]
    unread: tuple[Path, ...]


def compare_list(file: Path, look_in: Sequence[Path] = ()) -> Update:
    """Compare the Home Office's list in `file` (XLSX, ODS, XLS or CSV) with the packaged one.

    Requests (`*.toml`) and releases (`release.json`) below each of `look_in` are read for the codes that differ.

    Raises:
        CodeError: when the file is not the list, or a row of it cannot be read.
    """
    codes = code_list()
    lines: dict[str, list[Listed]] = defaultdict(list)
    for each in _lines(file):
        lines[each.code].append(_as_kept(each, codes.codes.get(each.code)))
    old = {code: known for code, known in codes.codes.items() if known.listed}
    if 2 * len(lines) < len(old):
        raise CodeError(
            f"{file.name} holds {len(lines):,} codes and the list in use {len(old):,}, so it looks cut; "
            "take the whole list"
        )
    came = [CodeChange(code, lines[code][0].row.description) for code in sorted(set(lines) - set(old))]
    went = [CodeChange(code, old[code].label) for code in sorted(set(old) - set(lines))]
    changed = []
    for code in sorted(set(old) & set(lines)):
        before = [row for row in old[code].rows if row.source == HOME_OFFICE]
        if parts := _differing(before, [each.row for each in lines[code]]):
            changed.append(CodeChange(code, lines[code][0].row.description, parts))
    differing = frozenset(each.code for each in (*came, *went, *changed))
    touched, unread = _touched(look_in, differing, codes)
    kept = {code: tuple(each) for code, each in lines.items()}
    return Update(tuple(came), tuple(went), tuple(changed), kept, touched, unread)


def write_overlay(update: Update, path: Path) -> None:
    """Write what differs to `path` as an overlay for `--codes`."""
    write_whole(path, "\n".join(_toml(update)) + "\n")


def _lines(file: Path) -> Iterator[Listed]:
    for sheet in _sheets(file):
        rows = iter(sheet)
        for _, (_, cells) in zip(range(_TITLE_ROWS), rows, strict=False):
            if is_header(cells):
                try:
                    found = list(listed(cells, rows))
                except CodeError as error:
                    raise CodeError(f"{file.name}: {error}") from None
                if not found:
                    raise CodeError(f"{file.name} has column names and no current code below them; take the whole list")
                yield from found
                return
    raise CodeError(
        f"{file.name} is not the Home Office's list: no sheet has the columns 'Offence' and 'Home Office code' in one "
        f"of its first {_TITLE_ROWS} rows"
    )


def _as_kept(line: Listed, known: OffenceCode | None) -> Listed:
    """The line with the law that is kept by hand for its code: a correction of the list is not undone by the list."""
    if known is None or known.mark not in ("read", "recalled", "unconfirmed"):
        return line
    return replace(line, row=replace(line.row, act=known.act, section=known.section))


def _sheets(file: Path) -> Iterator[Iterable[tuple[int, Sequence[str]]]]:
    if file.suffix.lower() in (".csv", ".txt"):
        yield enumerate(_csv_rows(file), start=1)
        return
    from clearcount.foreign.workbooks import open_workbook  # here: a code is looked up without this library

    for sheet in open_workbook(file, file.name, CodeError).sheets:
        yield sheet.first_rows(1 << 20)


def _csv_rows(file: Path) -> list[list[str]]:
    try:
        if file.stat().st_size > _LARGEST:
            raise CodeError(f"{file.name} is larger than {_LARGEST >> 20} MB; it is not the list of codes")
        content = file.read_bytes()
    except OSError as error:
        raise CodeError(f"{file}: cannot be read: {error.strerror}") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("windows-1252", errors="replace")
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        raise CodeError(f"{file.name} is not a CSV file; save the list as CSV or take the workbook") from None


def _differing(before: Sequence[CodeRow], after: Sequence[CodeRow]) -> tuple[str, ...]:
    parts = [
        name
        for field, name in _WORDS.items()
        if {getattr(row, field) for row in before} != {getattr(row, field) for row in after}
    ]
    if {row.listed_from for row in before} != {row.listed_from for row in after}:
        parts.append("commencement")
    return tuple(parts)


def _touched(
    look_in: Sequence[Path], differing: frozenset[str], codes: CodeList
) -> tuple[tuple[Touched, ...], tuple[Path, ...]]:
    found, unread = [], []
    for folder in look_in:
        if not folder.exists():
            raise CodeError(f"{folder} is not there; name a folder with requests or releases")
        for path in sorted([*folder.rglob("*.toml"), *folder.rglob("release.json")]):
            try:
                request = _request(path)
            except (ClearcountError, OSError, KeyError, TypeError):
                unread.append(path)
                continue
            if request is None:
                continue
            named = {
                code
                for question in request.questions
                for selection in question.selections
                for code in codes_of(selection, codes, differing)
            }
            if theirs := sorted(named & differing):
                found.append(Touched(path, tuple(theirs)))
    return tuple(found), tuple(unread)


def _request(path: Path) -> CountRequest | None:
    """The request in a file; None for a file of another kind."""
    if path.name == "release.json":
        held = parse_json(path.read_bytes(), str(path))
        source = held["provenance"]["request"]
    else:
        source = read_request_file(path)
        if "question" not in source:
            return None
    try:
        return parse_request(source)
    except FaultyRequest as error:
        if error.request is None:
            raise ForeignFileError(str(path)) from error
        return error.request


def _toml(update: Update) -> Iterator[str]:
    yield "# Written by clearcount codes update; give it with --codes."
    for change in (*update.came, *update.changed):
        lines = update.lines[change.code]
        yield from ("", "[[code]]", f'code = "{change.code}"', "listed = true")
        began = [each.began for each in lines]
        known = [day for day in began if day]
        if known and len(known) == len(began):
            yield f"from = {min(known).isoformat()}"
        ended = [each.ended for each in lines]
        if all(ended):
            yield f"to = {max(day or date.min for day in ended).isoformat()}"
        for each in lines:
            yield "[[code.row]]"
            yield from (
                f"{'class' if field == 'class_' else field} = {toml_value(value)}"
                for field in _WORDS
                if (value := getattr(each.row, field))
            )
    for change in update.went:
        yield from ("", "[[code]]", f'code = "{change.code}"', "listed = false")
