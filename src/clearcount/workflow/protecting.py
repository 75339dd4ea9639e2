"""Disclosure control of tables in files: JSON documents, release.json, and CSV tables long or wide."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from clearcount.disclosure import AuditResult, Policy, Protection, audit, protect
from clearcount.disclosure.document_json import document_json, parse_document
from clearcount.disclosure.linked import together
from clearcount.errors import DisclosureError, ForeignFileError
from clearcount.foreign import parse_json
from clearcount.model.marks import marks_of
from clearcount.workflow.reading_files import read_toml

Blank = Literal["refuse", "zero", "hidden"]
Zeros = Literal["shown", "ambiguous"]

_DOCUMENT_KEYS = ("dimensions", "tables", "known_zero", "links", "targets", "hidden")
_MARGINS = {"total", "grand total", "all"}
_TOTAL = "total"
_LONG = ("row", "period", "value")
_NOT_DIMENSIONS = {
    "force",
    "reference",
    "table",
    "row",
    "code",
    "label",
    "period",
    "value",
    "marker",
    "period_from",
    "period_to",
}
_NUMBER = re.compile(r"^\d+$|^\d{1,3}(,\d{3})+$")
_BELOW = re.compile(r"^<\s*(\d+)$")


@dataclass(frozen=True)
class ReadingRule:
    """How a CSV table is read: what a blank means, whether zeros are ever hidden, and what `low` is below."""

    blank: Blank = "refuse"
    zeros: Zeros = "shown"
    threshold: int = 5


def untied_tables(paths: Sequence[Path], rule: ReadingRule) -> tuple[str, ...]:
    """Return the tables that count records of their own, which nobody can compare with those of the others."""
    found = [table for path in paths for table in parse_document(read_document(path, rule)).tables]
    if len({table.population for table in found}) < 2:
        return ()
    return tuple(dict.fromkeys(table.name for table in found if table.population))


def accounts_in(paths: Sequence[Path]) -> int:
    """Return how many of the files are a release.json that prints an account."""
    released = [parse_json(_text(path), str(path)) for path in paths if path.suffix == ".json"]
    return sum(isinstance(each, dict) and bool(each.get("statements")) for each in released)


def beside(accounts: int) -> str:
    """Return the sentence on accounts of several releases, which are rounded one by one and audited by nothing."""
    return (
        f"the lines of {accounts} accounts (What was counted and what could not be) are not audited together. Where "
        "the codes of one answer are those of others put together, look whether their [low] lines reveal each other"
    )


def audit_files(paths: Sequence[Path], rule: ReadingRule) -> AuditResult:
    """Return what a reader of all the tables in `paths` together can work out.

    Raises:
        DisclosureError: a file that cannot be read, naming file, line and column.
    """
    return audit(together([parse_document(read_document(path, rule)) for path in paths]).document)


def protect_file(path: Path, policy_file: Path, rule: ReadingRule) -> Protection:
    """Return the table in `path` under the policy in `policy_file`, beside the policy's ledger.

    Raises:
        DisclosureError: a file that cannot be read, or a table that cannot be protected as it stands.
    """
    policy = Policy.parse(read_toml(policy_file, "policy", DisclosureError))
    published = read_ledger(policy_file.parent / policy.published) if policy.published else ()
    return protect(read_document(path, rule), policy, published=published)


def written(protection: Protection) -> dict[str, object]:
    """Return the document that `protect` writes: what a reader sees, and beside it why each cell is hidden."""
    return {**protection.document, **protection.as_dict()}


def read_ledger(folder: Path) -> tuple[Mapping[str, object], ...]:
    """Return every document in a folder of published tables, in the order of their names. Raises DisclosureError."""
    return tuple(map(_json_document, ledger_files(folder)))


def ledger_files(folder: Path) -> tuple[Path, ...]:
    """Return every document in a folder of published tables, in the order of their names.

    Takes tables documents, release.json files and bundle folders with one. A ledger that is not there is refused:
    without it nobody can say what a new table gives away.

    Raises:
        DisclosureError: naming the folder or the file.
    """
    if not folder.is_dir():
        raise DisclosureError(
            f"{folder}: the policy's folder of published tables is not there; make it, empty at first"
        )
    files = sorted([*folder.glob("*.json"), *folder.glob("*/release.json")])
    return tuple(file for file in files if not file.name.endswith("-metadata.json"))


def read_document(path: Path, rule: ReadingRule | None = None) -> dict[str, object]:
    """Return the tables document in a JSON or CSV file; a CSV file is one table named after the file.

    Raises:
        DisclosureError: naming file, line and column.
    """
    if path.suffix.lower() == ".json":
        return _json_document(path)
    return _csv_document(path, rule or ReadingRule())


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise DisclosureError(f"{path}: there is no such file; name a table as CSV or JSON") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _json_document(path: Path) -> dict[str, object]:
    try:
        found = parse_json(_text(path), str(path))
    except ForeignFileError as fault:
        raise DisclosureError(f"{fault} (docs/reference/tables.md shows the form)") from None
    if not isinstance(found, dict):
        raise DisclosureError(f"{path}: holds no JSON object with dimensions and tables")
    if "provenance" in found:  # a release.json holds the document among other things
        found = {key: found[key] for key in _DOCUMENT_KEYS if key in found}
    return found


def _csv_document(path: Path, rule: ReadingRule) -> dict[str, object]:
    text = _text(path)
    head = text.split("\n", 1)[0]
    separator = max((",", ";", "\t"), key=head.count)
    lines = [(number, line) for number, line in _lines(path, text, separator) if any(cell.strip() for cell in line)]
    if len(lines) < 2:
        raise DisclosureError(f"{path}: holds no table: a header and at least one line are needed")
    header = [cell.strip() for cell in lines[0][1]]
    for number, line in lines[1:]:
        if len(line) != len(header):
            raise DisclosureError(f"{path}: line {number}: {len(line)} cells under a header of {len(header)}")
    if all(name in header for name in _LONG):
        return _long(path, header, lines[1:], rule)
    return _wide(path, header, lines[1:], rule)


def _lines(path: Path, text: str, separator: str) -> Iterable[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for line in reader:
            yield reader.line_num, line
    except csv.Error as fault:
        raise DisclosureError(f"{path}: line {reader.line_num}: is not CSV: {fault}") from None


def _long(
    path: Path, header: list[str], lines: Sequence[tuple[int, list[str]]], rule: ReadingRule
) -> dict[str, object]:
    """One table, or each of the tables that the column `table` numbers; their lines are the same records."""
    if "table" not in header:
        return _long_table(path, path.stem, header, lines, rule)
    number = header.index("table")
    groups: dict[str, list[tuple[int, list[str]]]] = {}
    for line in lines:
        groups.setdefault(line[1][number].strip(), []).append(line)
    if len(groups) == 1:
        return _long_table(path, path.stem, header, lines, rule)
    parts = [_long_table(path, f"{path.stem} {name}", header, found, rule) for name, found in groups.items()]
    return document_json(together([parse_document(part) for part in parts]).document)


def _long_table(
    path: Path, name: str, header: list[str], lines: Sequence[tuple[int, list[str]]], rule: ReadingRule
) -> dict[str, object]:
    """A dimension in which no line of the table has a name is none of its dimensions."""
    names = {"row": "offence", "period": "month"}
    wanted = ["row", *(column for column in header if column not in _NOT_DIMENSIONS), "period"]
    columns = [header.index(column) for column in wanted]
    used = [at for at in columns if any(line[at].strip() for _, line in lines)]
    dimensions = [names.get(header[at], header[at]) for at in used]
    value, marker = header.index("value"), header.index("marker") if "marker" in header else None
    read = []
    for number, line in lines:
        marks = marks_of(line[marker]) if marker is not None else ()
        text = line[value].strip()
        for mark in marks:
            if mark != "p":
                text = f"[{mark}]" if not text else f"{text} [{mark}]"
        at = [line[column].strip() for column in used]
        if at and _is_margin(at[0]):
            at = [name if name else _TOTAL for name in at]
        read.append((at, text, f"{path}: line {number}"))
    return _document(path, name, dimensions, read, rule)


def _wide(
    path: Path, header: list[str], lines: Sequence[tuple[int, list[str]]], rule: ReadingRule
) -> dict[str, object]:
    read = [
        ([line[0].strip(), period], cell.strip(), f"{path}: line {number}, column {column + 2} ({period})")
        for number, line in lines
        for column, (period, cell) in enumerate(zip(header[1:], line[1:], strict=True))
    ]
    return _document(path, path.stem, ["offence", "month"], read, rule)


def _is_margin(name: str) -> bool:
    return name.casefold() in _MARGINS


def _document(
    path: Path, table: str, dimensions: list[str], read: Sequence[tuple[list[str], str, str]], rule: ReadingRule
) -> dict[str, object]:
    labelled = any("[low]" in text for _, text, _ in read)  # our own long files: then `c` is not small
    leaves: dict[str, dict[str, None]] = {name: {} for name in dimensions}
    margins: dict[str, dict[str, None]] = {name: {} for name in dimensions}
    cells: dict[tuple[str, ...], list[object]] = {}
    zeros: list[list[str]] = []
    for at, text, where in read:
        if not all(at):
            raise DisclosureError(f"{where}: a row or column has no name")
        if tuple(at) in cells:
            raise DisclosureError(f"{where}: {' / '.join(at)} stands in the table twice")
        bounds = _bounds(text, where, rule, labelled)
        for name, place in zip(dimensions, at, strict=True):
            (margins if _is_margin(place) else leaves)[name][place] = None
        cells[tuple(at)] = [list(at), *bounds] if bounds else []
        if text.strip("[]") == "z" and not any(map(_is_margin, at)):
            zeros.append(list(at))
    for name in dimensions:
        if not leaves[name]:
            raise DisclosureError(f"{path}: every {name} is a total; at least one line and one column are needed")
    return {
        "dimensions": {
            name: {
                "leaves": list(leaves[name]),
                "totals": {margin: list(leaves[name]) for margin in margins[name]},
            }
            for name in dimensions
        },
        "tables": [{"name": table, "by": dimensions, "cells": [cell for cell in cells.values() if cell]}],
        "known_zero": zeros,
    }


def _bounds(text: str, where: str, rule: ReadingRule, labelled: bool) -> tuple[int, int | None] | None:
    """A reader's (low, high) of a cell; None for a cell that was not searched."""
    floor = 1 if rule.zeros == "shown" else 0
    text = text.removesuffix("[p]").strip()
    if text == "":
        if rule.blank == "zero":
            return 0, 0
        if rule.blank == "hidden":
            return floor, None
        raise DisclosureError(f"{where}: is blank; say what a blank means with --blank zero or --blank hidden")
    if _NUMBER.match(text):
        count = int(text.replace(",", ""))
        return count, count
    if below := _BELOW.match(text):
        if int(below[1]) < 2:
            raise DisclosureError(f"{where}: {text!r} leaves nothing to hide; print the count")
        return floor, int(below[1]) - 1
    mark = text.strip("[]")
    if mark == "low":
        return floor, rule.threshold - 1
    if mark in ("c", "*"):
        # where small counts have a label of their own, another suppressed cell is not small
        return (rule.threshold if labelled else floor), None
    if mark == "z":
        return 0, 0
    if mark == "x":
        return None
    raise DisclosureError(
        f"{where}: is neither a whole number nor one of c [c] * <N z x; for rounded figures give the JSON document"
    )
