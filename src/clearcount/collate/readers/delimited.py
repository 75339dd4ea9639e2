"""CSV and TSV, in the encoding and with the separator that they turn out to have."""

from __future__ import annotations

import csv
import io

from charset_normalizer import from_bytes

from clearcount.collate.grid import Cell, Grid, lay_out
from clearcount.errors import ExportError

_SEPARATORS = (",", ";", "\t", "|")


def decoded(raw: bytes, name: str) -> str:
    """Return the text of a file: by its mark, as UTF-8 where it is, else in the likeliest encoding.

    Raises:
        ExportError: when no encoding fits.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                raise ExportError(f"{name}: is damaged text in {encoding}; save it again as UTF-8") from None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        best = from_bytes(raw).best()
    if best is None:
        raise ExportError(f"{name}: is no text in a known encoding; save it again as UTF-8")
    return str(best)


def separator_of(text: str) -> str:
    """Return the separator under which the most lines have the same number of cells, more than one; else a comma."""
    best, most = ",", 0.0
    for separator in _SEPARATORS:
        try:
            widths = [
                len(row) for row in csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=separator) if row
            ]
        except csv.Error:
            continue
        wide = [width for width in widths if width > 1]
        if wide:
            common = max(set(wide), key=lambda width: (wide.count(width), width))
            score = wide.count(common) + common / 1000
            if score > most:
                best, most = separator, score
    return best


def grid_of(text: str, name: str) -> Grid:
    """Return the grid of separated text; places are lines and columns.

    Raises:
        ExportError: when a quote is left open or a cell is larger than 128 KB.
    """
    if text[:4].lower() == "sep=":
        separator, text = text[4:5], "\n" + text.partition("\n")[2]
    else:
        separator = separator_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    placed: list[tuple[int, int, Cell]] = []
    try:
        line = 0
        for row in reader:
            for column, held in enumerate(row):
                if held.strip():
                    origin = f"line {line + 1}, column {column + 1}"
                    placed.append((line, column, Cell(held.strip(), origin)))
            line = reader.line_num
    except csv.Error as error:
        raise ExportError(f"{name}, line {reader.line_num}: is no separated text ({error}); save it again") from None
    return lay_out(placed, lambda row, column: f"line {row + 1}, column {column + 1}")
