"""What the findings need to know about texts, part by part: all texts and offences of an occurrence lie in one part.

Each file is read once, its narrow columns only, and counted in whole columns, so memory is bounded by a few parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.matching.ahead import ahead
from clearcount.store.parquet import opened, part_of

_TEXTS = ["occurrence_no", "field", "entered_at", "length", "mojibake", "content"]
_CODED = ["occurrence_no", "field", "entered_at"]
_OFFENCES = ["occurrence_no", "recorded_on", "reported_on", "committed_from"]
_MIX = np.uint64(0x9E3779B97F4A7C15)
"""Spreads small numbers over 64 bits, so that they can be added to a hash (2**64 divided by the golden ratio)."""
_UNDATED = -(2**31)

SPREAD = pa.schema([("field", pa.string()), ("year", pa.string()), ("length", pa.int32()), ("rows", pa.int64())])
"""How many texts of a field and a year (blank where not dated) have a length."""


@dataclass(frozen=True)
class Counts:
    """Rows with a property: occurrences of offences that hold no text, texts in all other cases."""

    textless: int = 0
    stray: int = 0
    future: int = 0
    early: int = 0
    mojibake: int = 0
    doubled: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, part.name) + getattr(other, part.name) for part in fields(Counts)))


def text_facts(files: Mapping[str, Sequence[Path]], as_at: date) -> tuple[Counts, pa.Table]:
    """Return the counts over the parts whose `texts` and `offences` lie in `files`, and how long texts are
    (`SPREAD`).
    """
    texts, offences = ({part_of(file): file for file in files[kind]} for kind in ("texts", "offences"))

    def of_part(part: int) -> tuple[Counts, pa.Table]:
        rows = _texts(texts.get(part))
        return _counts(rows, _began(offences.get(part)), as_at), _spread(rows)

    counts = Counts()
    spread: list[pa.Table] = [SPREAD.empty_table()]
    for more, lengths in ahead(partial(of_part, part) for part in sorted(texts.keys() | offences.keys())):
        counts += more
        spread.append(lengths)
    whole = pa.concat_tables(spread).group_by(["field", "year", "length"]).aggregate([("rows", "sum")])
    return counts, whole.rename_columns(SPREAD.names)


def _texts(file: Path | None) -> pa.Table:
    if file is None:
        coded = pa.dictionary(pa.int32(), pa.string())
        kinds = dict(zip(_TEXTS, (coded, coded, coded, pa.int32(), pa.bool_(), pa.int64()), strict=True))
        return pa.schema(list(kinds.items())).empty_table()
    with opened(file, read_dictionary=_CODED) as parquet:
        return parquet.read(columns=_TEXTS, use_threads=False)


def _began(file: Path | None) -> pa.Table:
    """occurrence_no and the earliest of all days of its offences, as a number of days; null where there is none."""
    if file is None:
        return pa.table({"occurrence_no": pa.array([], pa.string()), "began": pa.array([], pa.int32())})
    with opened(file) as parquet:
        offences = parquet.read(columns=_OFFENCES, use_threads=False)
    days = pc.min_element_wise(*(offences[name].cast(pa.int32()) for name in _OFFENCES[1:]))
    earliest = pa.table({"occurrence_no": offences["occurrence_no"], "day": days})
    return earliest.group_by("occurrence_no").aggregate([("day", "min")]).rename_columns(["occurrence_no", "began"])


def _column(table: pa.Table, name: str) -> tuple[np.ndarray, pa.Array]:
    """(number of each row's value, the distinct values) of a column that was read as a dictionary."""
    coded = table[name].unify_dictionaries().combine_chunks()
    return coded.indices.to_numpy(), coded.dictionary


def _counts(texts: pa.Table, began: pa.Table, as_at: date) -> Counts:
    occurrence, numbers = _column(texts, "occurrence_no")
    moment, moments = _column(texts, "entered_at")
    field, names = _column(texts, "field")
    filled = texts["length"].to_numpy() > 0
    days = _days(moments)[moment]
    place = pc.index_in(numbers, began["occurrence_no"].combine_chunks())
    known = pc.is_valid(place).to_numpy(zero_copy_only=False)
    first = began["began"].combine_chunks().take(place)
    starts = pc.fill_null(first, _UNDATED).to_numpy()[occurrence]
    holds_text = np.zeros(len(numbers), bool)
    holds_text[occurrence[filled]] = True
    searchable = pc.is_in(began["occurrence_no"], numbers.filter(pa.array(holds_text)))
    group = occurrence.astype(np.uint64) * np.uint64(len(names)) + field.astype(np.uint64)
    entries = np.sort((texts["content"].to_numpy().view(np.uint64) + group * _MIX)[filled])
    return Counts(
        textless=began.num_rows - (pc.sum(searchable).as_py() or 0),
        stray=int(np.count_nonzero(~known[occurrence])),
        future=int(np.count_nonzero(days > as_at.toordinal() - date(1970, 1, 1).toordinal())),
        early=int(np.count_nonzero((days < starts) & (days > _UNDATED))),
        mojibake=pc.sum(texts["mojibake"]).as_py() or 0,
        doubled=int(np.count_nonzero(entries[1:] == entries[:-1])),
    )


def _days(moments: pa.Array) -> np.ndarray:
    """The days of ISO moments as numbers since 1970, `_UNDATED` for a blank."""
    days = pc.utf8_slice_codeunits(moments, 0, 10)
    dated = pc.if_else(pc.equal(days, ""), pa.scalar(None, pa.string()), days).cast(pa.date32())
    return np.asarray(pc.fill_null(dated.cast(pa.int32()), _UNDATED))


def _spread(texts: pa.Table) -> pa.Table:
    moment, moments = _column(texts, "entered_at")
    year, years = _recoded(moment, pc.utf8_slice_codeunits(moments, 0, 4))
    field, names = _column(texts, "field")
    length = texts["length"].to_numpy().astype(np.int64)
    most = int(length.max(initial=0)) + 1
    found = pc.value_counts(pa.array((field.astype(np.int64) * len(years) + year) * most + length))
    field_year, length = np.divmod(found.field("values").to_numpy(), most)
    field, year = np.divmod(field_year, max(1, len(years)))
    rows = found.field("counts")
    columns = [names.take(pa.array(field)), years.take(pa.array(year)), pa.array(length, pa.int32()), rows]
    return pa.table(columns, schema=SPREAD)


def _recoded(numbers: np.ndarray, values: pa.Array) -> tuple[np.ndarray, pa.Array]:
    """The same column when several of its numbered values are equal."""
    coded = values.dictionary_encode()
    return coded.indices.to_numpy().astype(np.int64)[numbers], coded.dictionary
