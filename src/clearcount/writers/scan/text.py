"""CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from clearcount.writers.printed import FORMULA_STARTS
from clearcount.writers.release_keys import RELEASE_KEYS
from clearcount.writers.scan.finding import Finding, unseen_characters

_DEEPEST = 60


def decoded(file: str, content: bytes) -> tuple[str, list[Finding]]:
    """Return the text of a UTF-8 file, and a finding when it is none."""
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError as error:
        return content.decode("utf-8", "replace"), [Finding(file, "bytes that are not UTF-8", f"byte {error.start}")]


def scan_csv(file: str, content: bytes) -> Iterator[Finding]:
    """Yield formula-like cells, ragged lines, columns without a heading, and characters that nobody sees."""
    text, faults = decoded(file, content)
    yield from faults
    csv.field_size_limit(10_000_000)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        yield Finding(file, "text that is not CSV", "the file")
        return
    width = len(lines[0]) if lines else 0
    for number, line in enumerate(lines, start=1):
        if len(line) != width:
            yield Finding(file, "line with more or fewer cells than the heading", f"line {number}")
        for column, cell in enumerate(line, start=1):
            where = f"line {number}, column {column}"
            if cell.startswith(FORMULA_STARTS):
                yield Finding(file, "cell that a spreadsheet may run as a formula", where)
            if number == 1 and not cell.strip():
                yield Finding(file, "column without a heading", where)
            if "\n" in cell or "\r" in cell:
                yield Finding(file, "line break inside a cell", where)
            yield from unseen_characters(file, cell, where)


def scan_json(file: str, content: bytes) -> Iterator[Finding]:
    """Yield keys that a release does not have, repeated keys (of which readers see only the last), unseen
    characters.
    """
    text, faults = decoded(file, content)
    yield from faults
    repeated: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, object]:
        repeated.extend(key for key, _ in items if [name for name, _ in items].count(key) > 1)
        return dict(items)

    try:
        value = json.loads(text, object_pairs_hook=pairs)
    except (ValueError, RecursionError):
        yield Finding(file, "text that is not JSON", "the file")
        return
    if repeated:
        yield Finding(file, "key that stands twice in one object", "the file")
    if file == "release.json" and isinstance(value, dict) and not set(value) <= RELEASE_KEYS:
        yield Finding(file, "key that a release does not have", "the top of the file")
    yield from _strings(file, value, "", 0)


def _strings(file: str, value: object, where: str, depth: int) -> Iterator[Finding]:
    if depth > _DEEPEST:
        yield Finding(file, "values nested too deeply to read", "the file")
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from unseen_characters(file, str(key), f"a key under {where or 'the top'}")
            yield from _strings(file, part, where or str(key), depth + 1)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(file, part, where, depth + 1)
    elif isinstance(value, str):
        yield from unseen_characters(file, value.replace("\n", " ").replace("\t", " "), where or "the top")
