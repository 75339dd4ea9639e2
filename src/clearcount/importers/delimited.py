"""CSV, TSV and their like: record batches of text columns, every value as it stands, with its row number."""

from __future__ import annotations

import codecs
import csv
import io
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from clearcount.errors import ExportError
from clearcount.importers.hashing import Digest
from clearcount.importers.raw import ROW, Fault, Raw
from clearcount.importers.scan import Scan, scan
from clearcount.importers.sources import Source

_DELIMITERS = (",", ";", "\t", "|")
_BLOCK, _LONGEST = 2 << 20, 16 << 20
"""Bytes read at a time: few, so that they stay in the processor's cache. A file with a longer row is read again with
the most, and a row that is longer still is refused; a whole investigation log is far below it."""

_LONG_ROW = "straddling"
"""What Arrow says of a row that does not fit in a block."""


@dataclass(frozen=True)
class Delimited:
    """A delimited text file, looked at but not yet read."""

    source: Source
    scan: Scan
    delimiter: str
    header: tuple[str, ...]
    header_row: int
    hashing: Digest

    @property
    def digest(self) -> str:
        """SHA-256 of the unpacked bytes."""
        return self.hashing.sha256

    @property
    def how(self) -> str:
        """`utf-8, comma`: how the file is read, for people."""
        names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
        return f"{self.scan.encoding}, {names.get(self.delimiter, self.delimiter)}"

    def batches(self, refused: Callable[[Fault], None]) -> Iterator[Raw]:
        """Every row but the header and blank ones; rows with too many or too few cells go to `refused`."""
        yield from _batches(self, refused)


def look(
    source: Source, wanted: Sequence[str], *, encoding: str = "", delimiter: str = "", header_row: int = 1
) -> Delimited:
    """Finds the encoding, the delimiter and the header of a file.

    The delimiter is the one under which the header has most of the `wanted` columns, then most columns.
    """
    seen = scan(source, encoding)
    known = {name.strip().lower() for name in wanted}
    choices = (delimiter,) if delimiter else _DELIMITERS
    headers = {choice: _header(seen.head, choice, header_row) for choice in choices}
    best = max(
        choices, key=lambda choice: (len(known & {h.strip().lower() for h in headers[choice]}), len(headers[choice]))
    )
    header = tuple(name.strip() for name in headers[best])
    if not any(header):
        raise ExportError(f"{source.name}: row {header_row} holds no column names; the first row must name the columns")
    return Delimited(source, seen, best, header, header_row, Digest(source))


def _header(head: str, delimiter: str, header_row: int) -> list[str]:
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST))
    try:
        for number, row in enumerate(reader, start=1):
            if number == header_row:
                return row
    except csv.Error:
        pass
    return []


def _batches(file: Delimited, refused: Callable[[Fault], None]) -> Iterator[Raw]:
    told: set[int] = set()
    given = 0

    def once(fault: Fault) -> None:
        if fault.row not in told:
            told.add(fault.row)
            refused(fault)

    for block in (_BLOCK, _LONGEST):
        try:
            for batch in _read(file, once, block):
                if batch.column(ROW)[0].as_py() <= given:  # the file is read a second time: this was given before
                    batch = batch.filter(pc.greater(batch.column(ROW), given))
                if batch.num_rows:
                    given = batch.column(ROW)[-1].as_py()
                    yield batch
        except pa.ArrowInvalid as error:
            if block == _LONGEST or _LONG_ROW not in str(error):
                raise ExportError(_sentence(file, str(error))) from error
        else:
            return


def _read(file: Delimited, refused: Callable[[Fault], None], block: int) -> Iterator[Raw]:
    names = [f"c{number}" for number in range(len(file.header))]
    skipped: list[int] = []
    unclosed: list[int] = []

    def refuse(row: pacsv.InvalidRow) -> str:
        skipped.append(row.number)
        lines = row.text.count("\n") + 1
        spans = f" and it runs over {lines} lines: is a quote left open?" if lines > 1 else ""
        if row.actual_columns != 1 or row.text.strip():
            refused(
                Fault(row.number, "", f"{row.actual_columns} cells where the header has {row.expected_columns}{spans}")
            )
        if lines > 1 and not file.scan.quotes_pair:
            unclosed.append(row.number)
        return "skip"

    with file.hashing.reading() as stream:
        reader = pacsv.open_csv(
            _utf8(stream, file.scan),
            read_options=pacsv.ReadOptions(
                use_threads=False,  # only then does the parser say which row it refuses, and it is no slower
                block_size=block,
                column_names=names,
                skip_rows=file.header_row - 1,
                skip_rows_after_names=1,
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=file.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=refuse,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
                check_utf8=False,  # the scan did, or the transcoder makes nothing else
            ),
        )
        row = file.header_row + 1
        last: pa.RecordBatch | None = None
        for batch in reader:
            rows, row = _row_numbers(row, batch.num_rows, skipped)
            if batch.num_rows:
                last = batch
            yield from _without_blank(batch, rows, file, refused)
        if not file.scan.quotes_pair:
            _refuse_open_quote(file, last, unclosed)


def _row_numbers(first: int, count: int, skipped: list[int]) -> tuple[pa.Array, int]:
    """The numbers of the next `count` rows as a spreadsheet shows them, refused rows stepped over."""
    if not skipped:
        return pa.array(np.arange(first, first + count)), first + count
    gone = skipped[bisect_left(skipped, first) :]
    numbers = np.setdiff1d(np.arange(first, first + count + len(gone)), gone, assume_unique=True)[:count]
    return pa.array(numbers), int(numbers[-1]) + 1 if count else first


def _without_blank(
    batch: pa.RecordBatch, rows: pa.Array, file: Delimited, refused: Callable[[Fault], None]
) -> Iterator[Raw]:
    width: pa.Array = pc.binary_length(batch.column(0))
    blank = pc.equal(width, 0)
    if pc.any(blank).as_py():  # a row of nothing but delimiters is how spreadsheets export an empty line
        for column in batch.columns[1:]:
            blank = pc.and_(blank, pc.equal(pc.binary_length(column), 0))
        batch, rows = batch.filter(pc.invert(blank)), rows.filter(pc.invert(blank))
    if file.scan.mixed:
        broken = pc.match_substring(batch.column(0), "\ufffd")
        for column in batch.columns[1:]:
            broken = pc.or_(broken, pc.match_substring(column, "\ufffd"))
        for number in rows.filter(broken).to_pylist():
            refused(Fault(number, "", "it holds bytes that are not UTF-8 as the rest of the file is"))
        batch, rows = batch.filter(pc.invert(broken)), rows.filter(pc.invert(broken))
    if batch.num_rows:
        yield pa.RecordBatch.from_arrays([*batch.columns, rows], names=[*batch.schema.names, ROW])


def _refuse_open_quote(file: Delimited, last: pa.RecordBatch | None, unclosed: list[int]) -> None:
    """A quote that is opened and never closed swallows the rest of the file: nothing of it can be trusted."""
    swallowed = last is not None and any(
        "\n" in (column[-1].as_py() or "") and (column[-1].as_py() or "").endswith("\n") for column in last.columns
    )
    if unclosed or swallowed:
        where = f"row {unclosed[-1]}" if unclosed else "its last row"
        raise ExportError(
            f"{file.source.name}: a quote is opened in {where} and never closed, so the rows after it cannot be "
            "told apart; export it again with quotes doubled"
        )


def _sentence(file: Delimited, problem: str) -> str:
    if _LONG_ROW in problem:
        return (
            f"{file.source.name} has a row longer than {_LONGEST >> 20} MB: a quote may be left open, "
            f"or the delimiter is not {file.delimiter!r}"
        )
    if "Empty CSV" in problem:
        return f"{file.source.name} has no rows under its header; export it again"
    return f"{file.source.name} cannot be read as delimited text ({file.how})"


def _utf8(stream: BinaryIO, seen: Scan) -> BinaryIO:
    if seen.encoding == "utf-8" and not seen.mixed:
        return stream
    return io.BufferedReader(_Transcoded(stream, seen), 1 << 20)


class _Transcoded(io.RawIOBase):
    """UTF-8 bytes of a stream in another encoding, a chunk at a time."""

    def __init__(self, stream: BinaryIO, seen: Scan) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(seen.encoding)(errors="replace" if seen.mixed else "strict")
        self._ready = b""
        self._start = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            chunk = self._stream.read(1 << 20)
            text = self._decoder.decode(chunk, final=not chunk)
            if self._start and text:
                text, self._start = text.removeprefix("\ufeff"), False
            self._ready = text.encode("utf-8")
            if not chunk:
                break
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size
