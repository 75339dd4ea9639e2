"""From the columns of one file to records: offences and texts in the store's terms, faults apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.importers import textformat
from clearcount.importers.cells import errors, holds, is_beyond_print, placeholders, trimmed
from clearcount.importers.codes import CodeReading, masked
from clearcount.importers.dates import read_dates, read_moments
from clearcount.importers.faults import FAULTS, READ, Faults
from clearcount.importers.fit import Fit
from clearcount.importers.footers import footer_keys
from clearcount.importers.layout import Column, Layout, OffencePart, TextPart
from clearcount.importers.pieces import ORDER
from clearcount.importers.raw import ROW, Raw
from clearcount.importers.textformat import plain_text
from clearcount.model.record import STATUSES

OFFENCES = pa.schema(
    [
        ("occurrence_no", pa.string()),
        ("crime_no", pa.string()),
        ("code", pa.string()),
        ("offence", pa.string()),
        ("recorded_on", pa.date32()),
        ("reported_on", pa.date32()),
        ("committed_from", pa.date32()),
        ("committed_to", pa.date32()),
        ("status", pa.string()),
        ("markers", pa.list_(pa.string())),
        ("extra", pa.map_(pa.string(), pa.string())),
        ("file", pa.int32()),
        ("row", pa.int64()),
    ]
)
TEXTS = pa.schema(
    [
        ("occurrence_no", pa.string()),
        ("field", pa.string()),
        ("entry_no", pa.string()),
        ("entered_at", pa.string()),
        ("text", pa.string()),
        ("file", pa.int32()),
        ("row", pa.int64()),
    ]
)
_UNSEEN = "[\\p{Cc}\\p{Cf}\\p{Co}\\p{Zl}\\p{Zp}\ufe00-\ufe0f]"
"""Joiners, marks of direction, selectors of a variant, separators: a key with one looks like the key without it."""
_SCIENTIFIC = r"^\d(\.\d+)?[eE]\+\d+$"
_DATES = ("recorded_on", "reported_on", "committed_from", "committed_to")

ReadCode = Callable[[str], CodeReading]


def offences(raw: Raw, fit: Fit, part: OffencePart, read_code: ReadCode) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Return (offences, faults) of a batch of rows."""
    columns = part.columns
    raw, split_codes, suffix = _split(raw, fit, columns["code"])
    faults = Faults(raw.num_rows)
    occurrence, spoilt = key_values(fit, columns["occurrence_no"], raw, faults)
    crime, spoilt_crime = key_values(fit, columns["crime_no"], raw, faults)
    if suffix is not None:
        crime = pc.binary_join_element_wise(crime, suffix, "")
    faults.add_cells(raw, fit, (*columns.values(), *part.extra.values()))
    code_text = fit.values(columns["code"], raw) if split_codes is None else split_codes
    codes, reasons = _codes(code_text, read_code)
    faults.add(pc.is_null(codes), fit.name_of(columns["code"]) or "code", lambda index: reasons[index].as_py())
    read = {"code": (codes, pc.is_null(codes))}
    dates: dict[str, pa.Array] = {}
    for name in _DATES:
        header = fit.name_of(columns[name]) if name in columns else ""
        text = fit.values(columns.get(name), raw)
        dates[name], bad = read_dates(text, fit.form.dates or ())
        if name in READ:
            read[name] = dates[name], bad
        faults.add(bad, header or name, lambda index, text=text: _not_a_date(text[index].as_py()))  # type: ignore[misc]
    status = by_distinct(fit.values(columns.get("status"), raw), lambda word: _status(word, fit.layout), pa.string())
    faults.add(
        pc.is_null(status),
        fit.name_of(columns["status"]) if "status" in columns else "status",
        f"it is none of {', '.join(STATUSES)}; say in the layout's [status] what the word means",
    )
    separator = fit.layout.marker_separator
    markers = by_distinct(
        fit.values(columns.get("markers"), raw),
        lambda cell: [mark.strip() for mark in cell.split(separator) if mark.strip()],
        pa.list_(pa.string()),
    )
    batch = pa.RecordBatch.from_arrays(
        [
            occurrence,
            crime,
            codes,
            trimmed(fit.values(columns.get("offence"), raw)),
            *(dates[name] for name in _DATES),
            status,
            markers,
            extra_values(fit, part.extra, raw),
            pa.array(np.full(raw.num_rows, fit.number, np.int32)),
            raw.column(ROW),
        ],
        schema=OFFENCES,
    )
    keys = {"occurrence_no": known_keys(occurrence, spoilt), "crime_no": whole_keys(crime, spoilt_crime)}
    return faults.without(batch), faults.table(fit, raw.column(ROW), keys, read)


def unreadable(number: int, row: int, column: str, reason: str, *, offence: bool) -> pa.RecordBatch:
    """Return the fault of a row of which nothing could be told apart; of an offence, nothing that a count asks is
    known.
    """
    unread = list(READ) if offence else []
    fault = {"file": number, "row": row, "column": column, "reason": reason, "occurrence_no": "", "unread": unread}
    return pa.RecordBatch.from_pylist([fault], schema=FAULTS)


def texts(
    raw: Raw, fit: Fit, part: TextPart, mended: Callable[[int], None], *, blanks: bool
) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Return (texts, faults) of a batch of rows; `blanks`: whether a row with an empty text is a record too.

    `mended` gets how many texts were mended, where the layout asks for it. Where rows are pieces of a text, each comes
    as it stands, with its `order`; see `readable`.
    """
    columns = part.columns
    if not blanks and part.order is None:
        raw = raw.filter(pc.not_equal(trimmed(fit.values(columns["text"], raw)), ""))
    faults = Faults(raw.num_rows)
    occurrence, spoilt = key_values(fit, columns["occurrence_no"], raw, faults)
    fields = by_distinct(fit.values(columns["field"], raw), lambda word: word.strip().lower() or None, pa.string())
    faults.add(pc.is_null(fields), fit.name_of(columns["field"]) or "field", "it is blank; it says what kind of text")
    entry = trimmed(fit.values(columns.get("entry_no"), raw))
    moments, bad = read_moments(moment_text := fit.values(columns.get("entered_at"), raw), fit.form.dates or ())
    if part.order is not None and ("entry_no" not in columns or not fit.name_of(columns["entry_no"])):
        entry = pc.fill_null(moments, "")  # then the moment tells the entries apart
    if pc.any(blank := pc.equal(pc.binary_length(entry), 0)).as_py():
        entry = pc.if_else(blank, "1", entry)
    header = fit.name_of(columns["entered_at"]) if "entered_at" in columns else ""
    faults.add(bad, header or "entered_at", lambda index: _not_a_date(moment_text[index].as_py()))
    faults.add_cells(raw, fit, columns.values())
    text = fit.values(columns["text"], raw)
    if part.order is None:
        text = readable(text, part, mended)
    batch = pa.RecordBatch.from_arrays(
        [
            occurrence,
            fields,
            entry,
            pc.fill_null(moments, "") if moments.null_count else moments,
            text,
            pa.array(np.full(raw.num_rows, fit.number, np.int32)),
            raw.column(ROW),
        ],
        schema=TEXTS,
    )
    if part.order is not None:
        faults.add_cells(raw, fit, [part.order])
        numbers = by_distinct(fit.values(part.order, raw), _place_of_piece, pa.int64())
        faults.add(pc.is_null(numbers), fit.name_of(part.order), "it is no whole number; it says the order of pieces")
        batch = batch.append_column(ORDER, numbers)
    keys = {"occurrence_no": known_keys(occurrence, spoilt), "field": fields, "entry_no": entry}
    return faults.without(batch), faults.table(fit, raw.column(ROW), keys, {})


def readable(texts: pa.Array, part: TextPart, mended: Callable[[int], None]) -> pa.Array:
    """Return texts as a reader of the system sees them: without markup, and mended where the layout asks for it."""
    plain = plain_text(texts, part.format)
    if not part.mend:
        return plain
    plain, changed = textformat.mended(plain)
    mended(changed)
    return plain


def _place_of_piece(text: str) -> int | None:
    found = re.fullmatch(r"\s*\+?0*([0-9]{1,15})(?:\.0+)?\s*", text)
    return int(found[1]) if found else None


def key_values(fit: Fit, column: Column | None, raw: Raw, faults: Faults) -> tuple[pa.Array, np.ndarray]:
    """Return (keys, mask of those that are none): a row whose key is none may belong to any record."""
    key = trimmed(fit.values(column, raw))
    header = fit.name_of(column) if column else ""
    spoilt = fit.without_value(column, raw)

    def refuse(mask: pa.Array, reason: str) -> None:
        faults.add(mask, header, reason)
        np.logical_or(spoilt, mask.to_numpy(zero_copy_only=False), out=spoilt)

    refuse(pc.equal(pc.binary_length(key), 0), "it is blank; every row needs it")
    for index, _ in errors(key):  # its fault is told with those of the other cells
        spoilt[index] = True
    for sign, name in (('"', "a quote"), ("\n", "a line break"), ("\t", "a tab")):
        if holds(key, sign):
            refuse(pc.match_substring(key, sign), f"it holds {name}; no number does")
    if is_beyond_print(key):
        unseen = pc.match_substring_regex(key, _UNSEEN)
        refuse(unseen, "it holds a sign that nobody sees, so it may be the number of another row; no number does")
    if (footers := footer_keys(key)).size:
        refuse(_mask(footers, len(key)), "it reads like a total or an end mark, not like a number")
    if (nothing := placeholders(key, keys=True)).size:
        refuse(_mask(nothing, len(key)), "it only says that there is no number; every row needs one")
    if holds(key, "+"):  # a plain search first, because few exports need the other
        lost = pc.match_substring_regex(key, _SCIENTIFIC)
        refuse(lost, "a spreadsheet turned the number into one like 5.5E+11 and lost its figures")
    return key, spoilt


def whole_keys(keys: pa.Array, spoilt: np.ndarray) -> pa.Array:
    """Return the keys, null where one is none."""
    return pc.if_else(pa.array(spoilt), None, keys) if spoilt.any() else keys


def known_keys(keys: pa.Array, spoilt: np.ndarray) -> pa.Array:
    """Return the keys, blank where one is none."""
    return pc.if_else(pa.array(spoilt), "", keys) if spoilt.any() else keys


def _mask(places: np.ndarray, size: int) -> pa.Array:
    mask = np.zeros(size, bool)
    mask[places] = True
    return pa.array(mask)


def _codes(values: pa.Array, read_code: ReadCode) -> tuple[pa.Array, pa.Array]:
    encoded = values.dictionary_encode()
    readings = [read_code(text) for text in encoded.dictionary.to_pylist()]
    codes = pa.array([reading.code for reading in readings], pa.string())
    reasons = pa.array([reading.reason for reading in readings], pa.string())
    return codes.take(encoded.indices), reasons.take(encoded.indices)


def _status(word: str, layout: Layout) -> str | None:
    folded = word.strip().lower()
    if folded in layout.status:
        return layout.status[folded]
    if not folded:
        return "recorded"
    return folded if folded in STATUSES else None


_DAY_SHAPE = re.compile(r"\s*(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\s*/\s*\d{1,2}\s*/\s*\d{4})([ T].*)?")


def _not_a_date(text: str) -> str:
    """Why a value is no date, by its shape: it may be a number or a name in the wrong column."""
    if _DAY_SHAPE.fullmatch(text):
        return f"{masked(text.strip())} is no day of the calendar"
    return f"{masked(text.strip())} is not a date; write it like 2025-01-31, or say its shape in the layout's dates"


def by_distinct(values: pa.Array, read: Callable[[str], Any], kind: pa.DataType) -> pa.Array:
    """Return what `read` makes of each value, reading each different value once."""
    encoded = values.dictionary_encode()
    return pa.array([read(text) for text in encoded.dictionary.to_pylist()], kind).take(encoded.indices)


def extra_values(fit: Fit, extra: Mapping[str, Column], raw: Raw) -> pa.Array:
    """Return the map of further columns of each row."""
    size, names = raw.num_rows, sorted(extra)
    if not names or not size:
        return pa.array([[]] * size, pa.map_(pa.string(), pa.string()))
    cells = pa.concat_arrays([trimmed(fit.values(extra[name], raw)) for name in names])
    order = np.arange(size * len(names)).reshape(len(names), size).T.ravel()
    keys = pa.array(names).take(pa.array(np.tile(np.arange(len(names)), size)))
    offsets = pa.array(np.arange(0, (size + 1) * len(names), len(names)), pa.int32())
    return pa.MapArray.from_arrays(offsets, keys, cells.take(pa.array(order)))


def _split(raw: Raw, fit: Fit, code: Column) -> tuple[Raw, pa.Array | None, pa.Array | None]:
    """Rows repeated once per part of a split code cell, with the codes and what sets their crime numbers apart."""
    if not code.split:
        return raw, None, None
    rows: list[int] = []
    codes: list[str] = []
    suffixes: list[str] = []
    for index, cell in enumerate(fit.values(code, raw).to_pylist()):
        parts = [part.strip() for part in cell.split(code.split) if part.strip()] or [""]
        for number, part in enumerate(parts, start=1):
            rows.append(index)
            codes.append(part)
            suffixes.append(f"/{number}" if len(parts) > 1 else "")
    return raw.take(pa.array(rows, pa.int64())), pa.array(codes, pa.string()), pa.array(suffixes, pa.string())
