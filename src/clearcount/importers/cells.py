"""Typed values of spreadsheets, databases and columnar files as the text that a delimited export would hold."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc


def cell_text(value: object) -> str:
    """One value as text: dates in ISO form, whole numbers without a point, nothing for nothing."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        case datetime() if value.time() == time(0):
            return value.date().isoformat()
        case datetime():
            return value.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")
        case date():
            return value.isoformat()
        case Decimal() if value == value.to_integral_value():
            return str(int(value))
        case list() | tuple():
            return "|".join(cell_text(item) for item in value)
    return str(value)


def column_text(values: pa.Array) -> pa.Array:
    """A column as text, null as blank."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        values, kind = values.dictionary_decode(), kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pc.fill_null(values.cast(pa.string()), "")
    if pa.types.is_integer(kind) or pa.types.is_date32(kind) or pa.types.is_null(kind):
        return pc.fill_null(values.cast(pa.string()), "")
    return pa.array([cell_text(value) for value in values.to_pylist()], pa.string())
