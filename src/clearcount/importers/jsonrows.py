"""JSON: one object a line, or an array of objects; every value as text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NoReturn

import pyarrow as pa

from clearcount.errors import ExportError, ForeignFileError
from clearcount.foreign import parse_json
from clearcount.importers.cells import cell_text
from clearcount.importers.headings import shown
from clearcount.importers.raw import ROW, Noticed, Raw, RowFault, no_line_end, top_of, without_nul
from clearcount.importers.sources import Source

_BATCH = 20_000
_LOOK = 1_000
"""Rows that are looked at for column names; a later new name is a fault of its row."""
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class JsonRows:
    """A file with one JSON object a line, or one array of objects. A row's number is that of its line or element."""

    source: Source
    header: tuple[str, ...]
    digest: str
    array: bool
    noticed: tuple[Noticed, ...]
    header_row: int = 1

    @property
    def how(self) -> str:
        """`JSON Lines, utf-8`, for people."""
        return "JSON array, utf-8" if self.array else "JSON Lines, utf-8"

    def top(self) -> dict[int, list[str]]:
        """Return the column names and the first rows."""
        return top_of(self, 1)

    def batches(self, refused: Callable[[RowFault], None]) -> Iterator[Raw]:
        """Yield every row but blank ones; what is not one flat object of known names is refused."""
        rows = _elements(self.source) if self.array else _lines(self.source)
        while chunk := list(islice(rows, _BATCH)):
            yield from self._batch(chunk, refused)

    def _batch(self, chunk: list[tuple[int, _Row]], refused: Callable[[RowFault], None]) -> Iterator[Raw]:
        known = set(self.header)
        kept: list[tuple[str, ...]] = []
        numbers: list[int] = []
        for number, found in chunk:
            if isinstance(found, str):
                refused(RowFault(number, "", found))
            elif found.keys() - known:
                refused(RowFault(number, "", "it has a name that no earlier row has"))
            else:
                kept.append(tuple(found.get(name, "") for name in self.header))
                numbers.append(number)
        if not kept:
            return
        try:
            yield without_nul(_table(kept, numbers), refused)
        except UnicodeEncodeError:
            whole = [at for at, row in enumerate(kept) if _is_whole("".join(row))]
            for at in sorted(set(range(len(kept))) - set(whole)):
                refused(RowFault(numbers[at], "", "it holds half a sign (a lone surrogate)"))
            if whole:
                yield without_nul(_table([kept[at] for at in whole], [numbers[at] for at in whole]), refused)


_Row = dict[str, str] | str
"""The values of a row by name, or why it is none."""


def look(source: Source) -> JsonRows:
    """Return a JSON file's names, those of its first thousand rows.

    Raises:
        ExportError: when it is not UTF-8, or no row is an object.
    """
    digest = hashlib.sha256()
    first = last = b""
    with source.open() as stream:
        while chunk := stream.read(1 << 20):
            first, last = first or chunk, chunk
            digest.update(chunk)
    if not first:
        raise ExportError(f"{source.name} is empty; export it again")
    if b"\0" in first[:100]:
        raise ExportError(f"{source.name} is not UTF-8; save it again as UTF-8")
    array = first.removeprefix(_MARK).lstrip()[:1] == b"[" and _is_array(source)
    header: dict[str, None] = {}
    for _, found in islice(_elements(source) if array else _lines(source), _LOOK):
        if isinstance(found, dict):
            header.update(dict.fromkeys(found))
    if not header:
        raise ExportError(
            f"{source.name}: none of its first rows is a JSON object; export one object a line, or an array of objects"
        )
    if any(not _is_whole(name) for name in header):
        raise ExportError(f"{source.name}: a column name holds half a sign (a lone surrogate); export it again")
    noticed = () if array or last.endswith((b"\n", b"\r")) else (no_line_end(source),)
    return JsonRows(source, tuple(header), digest.hexdigest(), array, noticed)


def _is_array(source: Source) -> bool:
    """Whether a file that begins with a bracket is one array; otherwise its lines may be arrays of their own."""
    with source.open() as stream:
        line = stream.readline().removeprefix(_MARK).strip()
        another = stream.readline().strip()
    return not (line.endswith(b"]") and another.startswith(b"["))


def _elements(source: Source) -> Iterator[tuple[int, _Row]]:
    with source.open() as stream:
        content = stream.read()
    try:
        found = parse_json(content, source.name, pairs=_pairs)
    except ForeignFileError as error:
        raise ExportError(str(error)) from None
    for number, element in enumerate(found, start=1):
        yield number, _values(element)


def _lines(source: Source) -> Iterator[tuple[int, _Row]]:
    with source.open() as stream:
        for number, line in enumerate(stream, start=1):
            bare = line.removeprefix(_MARK) if number == 1 else line
            if bare.strip():
                yield number, _object(bare)


class _Twice(dict[str, object]):
    """An object in which a name stands twice: one of its values would be lost."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, object]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Twice(found)


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def _object(line: bytes) -> _Row:
    try:
        return _values(json.loads(line, object_pairs_hook=_pairs, parse_constant=_no_number))
    except (ValueError, RecursionError):
        return "the row is not JSON"


def _values(found: object) -> _Row:
    if not isinstance(found, dict):
        return "the row is not a JSON object"
    if isinstance(found, _Twice):
        return "one name stands in it twice"
    values = {}
    for name, value in found.items():
        if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(v, dict | list) for v in value)):
            return f"{shown(name)} holds a table inside a cell"
        values[name] = cell_text(value)
    return values


def _table(rows: list[tuple[str, ...]], numbers: list[int]) -> Raw:
    names = [*(f"c{number}" for number in range(len(rows[0]))), ROW]
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    return pa.RecordBatch.from_arrays([*columns, pa.array(numbers, pa.int64())], names=names)


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
