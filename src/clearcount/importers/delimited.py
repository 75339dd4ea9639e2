"""CSV, TSV and their like: record batches of text columns, every value as it stands, with its row number."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from clearcount.errors import ExportError
from clearcount.importers.cells import rows_with_lines
from clearcount.importers.footers import is_footer, stated_rows
from clearcount.importers.hashing import Digest
from clearcount.importers.header import find_header, first_rows
from clearcount.importers.layout import AS_FOUND, Form
from clearcount.importers.likeness import Likeness, row_start
from clearcount.importers.raw import ROW, Noticed, Raw, RowFault, no_line_end
from clearcount.importers.rows import grammar
from clearcount.importers.scan import Scan, scan
from clearcount.importers.sieve import RowNumbers, RowReading, Sieve
from clearcount.importers.sources import Source
from clearcount.importers.streams import below, whole_line_ends

_BLOCK, _LONGEST = 2 << 20, 16 << 20
"""Bytes read at a time: few, so that they stay in the processor's cache. A file with a longer row is read again with
the most, and a row that is longer still is refused; a whole investigation log is far below it."""

_CHUNK = 1 << 20
"""Bytes that are turned into UTF-8 at a time."""
_NO_ROWS = "Empty CSV"
_LONG_ROW = "straddling"
"""What Arrow says of a stream without a byte, and of a row that does not fit in a block."""


@dataclass(frozen=True)
class Delimited:
    """A delimited text file, looked at but not yet read."""

    source: Source
    scan: Scan
    header: tuple[str, ...]
    header_row: int
    hashing: Digest
    quoted: bool = True

    @property
    def noticed(self) -> tuple[Noticed, ...]:
        """That the last row has no line end."""
        if self.scan.ended:
            return ()
        return (no_line_end(self.source),)

    @property
    def delimiter(self) -> str:
        """The sign between two cells."""
        return self.scan.header.delimiter

    @property
    def digest(self) -> str:
        """SHA-256 of the unpacked bytes."""
        return self.hashing.sha256

    @property
    def how(self) -> str:
        """`utf-8, comma`: how the file is read, for people."""
        names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
        return f"{self.scan.encoding}, {names.get(self.delimiter, self.delimiter)}"

    def top(self) -> dict[int, list[str]]:
        """Return the header and the first rows under it, as far as they can be told apart."""
        below = first_rows(self.scan.sample, grammar(self.delimiter, quoted=self.quoted))
        return {self.header_row: list(self.header)} | dict(enumerate(below, start=self.header_row + 1))

    def batches(self, refused: Callable[[RowFault], None]) -> Iterator[Raw]:
        """Yield every row but the header and blank ones; rows with too many or too few cells go to `refused`."""
        yield from _batches(self, refused)


def look(source: Source, wanted: Sequence[str], form: Form = AS_FOUND) -> Delimited:
    """Find the encoding, the delimiter and the header of a file, where `form` does not say them.

    The delimiter is the one under which the header has most of the `wanted` columns, then most columns.
    """
    header_row = form.header_row or 1
    find = partial(find_header, wanted=wanted, form=form)
    seen = scan(source, find, form.encoding or "", quoted=form.quotes != "none")
    if seen.header.fault == "open":
        raise ExportError(
            f"{source.name}: a quote is opened in row {header_row}, which names the columns, and not closed; export it "
            "again with quotes doubled"
        )
    header = seen.header.names(seen.encoding if seen.encoding in ("utf-8", "cp1252") else "utf-8")
    if not any(header):
        raise ExportError(f"{source.name}: row {header_row} holds no column names; say header_row in the layout")
    return Delimited(source, seen, header, header_row, Digest(source), form.quotes != "none")


def _batches(file: Delimited, refused: Callable[[RowFault], None]) -> Iterator[Raw]:
    """Every row. The file is begun again with larger blocks for a long row, and with care where quotes are doubtful."""
    told: set[int] = set()
    given = 0
    block = _BLOCK
    careful = file.quoted and (not file.scan.sound or file.scan.header.line_end == b"\r")

    def once(fault: RowFault) -> None:
        if fault.row not in told:
            told.add(fault.row)
            refused(fault)

    while True:
        try:
            for batch in _read(file, once, block, careful=careful):
                if batch.column(ROW)[0].as_py() <= given:  # the file is read a second time: this was given before
                    batch = batch.filter(pc.greater(batch.column(ROW), given))
                if batch.num_rows:
                    given = batch.column(ROW)[-1].as_py()
                    yield batch
        except _Doubtful:
            careful = True
        except pa.ArrowInvalid as error:
            if block == _LONGEST or _LONG_ROW not in str(error):
                raise ExportError(_sentence(file, str(error))) from error
            block = _LONGEST
        else:
            return


class _Doubtful(Exception):
    """A cell of several lines may hold rows of its own: the file has to be read with more care."""


def _read(file: Delimited, refused: Callable[[RowFault], None], block: int, *, careful: bool) -> Iterator[Raw]:
    names = [f"c{number}" for number in range(len(file.header))]
    numbers = RowNumbers(file.header_row)
    reading = grammar(file.delimiter, quoted=file.quoted)
    likeness = row_start(file.scan.sample, reading, len(names)) if file.quoted else None
    doubtful = False
    waiting: list[RowFault] = []  # until it is sure that the numbers of these rows are right

    def refuse(row: pacsv.InvalidRow) -> str:
        nonlocal doubtful
        if not careful and likeness is not None and likeness.within(row.text.encode()):
            doubtful = True
            return "error"
        number = numbers.refuse(row.number)
        if row.actual_columns != 1 or row.text.strip():
            waiting.append(_misshapen(row, number, file.delimiter))
        return "skip"

    def tell() -> None:
        for fault in waiting:
            refused(fault)
        waiting.clear()

    with file.hashing.reading() as stream:
        rows = whole_line_ends(below(_utf8(stream, file.scan), file.scan.start))
        if careful:
            whole_ends = file.scan.header.line_end in (b"\n", b"\r\n")
            how = RowReading(file.source.name, reading, len(names), likeness, _LONGEST, whole_ends)
            sieve = Sieve(rows, how, file.header_row + 1, numbers.keep_back, refused)
            rows = whole_line_ends(cast(BinaryIO, sieve))
        try:
            for batch in _opened(rows, file, names, block, refuse):
                if not careful and likeness is not None and _holds_rows(batch, likeness):
                    raise _Doubtful
                tell()
                yield from _without_blank(batch, numbers.following(batch.num_rows), file, refused)
        except pa.ArrowInvalid as error:
            if doubtful:
                raise _Doubtful from error
            if _NO_ROWS not in str(error):
                raise
        tell()


def _misshapen(row: pacsv.InvalidRow, number: int, delimiter: str) -> RowFault:
    """A row with too many or too few cells, or a line under a report."""
    said = row.text.replace('"', "").strip(f"{delimiter} \t\r\n")
    if row.actual_columns < row.expected_columns and is_footer(said):
        return RowFault(number, "", "", True, stated_rows(said.replace(delimiter, " ")))
    return RowFault(number, "", f"{row.actual_columns} cells where the header has {row.expected_columns}")


def _opened(
    rows: BinaryIO, file: Delimited, names: list[str], block: int, refuse: Callable[[pacsv.InvalidRow], str]
) -> pacsv.CSVStreamingReader:
    return pacsv.open_csv(
        rows,
        read_options=pacsv.ReadOptions(
            use_threads=False,  # only then does the parser say which row it refuses, and it is no slower
            block_size=block,
            column_names=names,
        ),
        parse_options=pacsv.ParseOptions(
            delimiter=file.delimiter,
            quote_char='"' if file.quoted else False,
            newlines_in_values=file.quoted,
            ignore_empty_lines=False,
            invalid_row_handler=refuse,
        ),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=False,
            check_utf8=False,  # the scan did, or the transcoder makes nothing else
        ),
    )


def _holds_rows(batch: pa.RecordBatch, likeness: Likeness) -> bool:
    """Whether a cell of several lines has a line that looks like the beginning of a row."""
    return any(
        likeness.within(column[index].as_py().encode())
        for column in batch.columns
        for index in sorted(rows_with_lines(column, likeness.first))
    )


def _without_blank(
    batch: pa.RecordBatch, rows: pa.Array, file: Delimited, refused: Callable[[RowFault], None]
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
            refused(RowFault(number, "", "it holds bytes that are not UTF-8 as the rest of the file is"))
        batch, rows = batch.filter(pc.invert(broken)), rows.filter(pc.invert(broken))
    if batch.num_rows:
        yield pa.RecordBatch.from_arrays([*batch.columns, rows], names=[*batch.schema.names, ROW])


def _sentence(file: Delimited, problem: str) -> str:
    if _LONG_ROW in problem:
        return (
            f"{file.source.name} has a row longer than {_LONGEST >> 20} MB: a quote may be left open, "
            f"or the delimiter is not {file.delimiter!r}"
        )
    return f"{file.source.name} cannot be read as delimited text ({file.how})"


def _utf8(stream: BinaryIO, seen: Scan) -> BinaryIO:
    if seen.encoding == "utf-8" and not seen.mixed:
        return stream
    return io.BufferedReader(_Transcoded(stream, seen), _CHUNK)


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
            chunk = self._stream.read(_CHUNK)
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
