"""Adding up by arrays: every cell of a table, and its margins, in one grouped pass over the columns for each set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from clearcount.counting.axes import Axis, ByValue
from clearcount.counting.found import Flag, InScope
from clearcount.engines.columns import ArrowColumn, Mask, Numbers, column_of, mask_of
from clearcount.engines.memory import column
from clearcount.model.keys import ALL, Key, Place

_DENSE = 1 << 22
"""Cells up to which a plain array of counts is smaller than sorting the records."""


@dataclass(frozen=True)
class _Placed:
    """For each record, how many lines of one axis it stands in, and where those begin in `lines`."""

    keys: tuple[Key, ...]
    many: Numbers
    start: Numbers
    lines: Numbers


def tally(records: InScope, flags: Sequence[Flag], axes: Sequence[Axis], once: bool, rows: int) -> Mapping[Place, int]:
    """Count the records with one of `flags` at every place; the first `rows` axes share a margin, so do the others."""
    selected = _any(records, flags)
    placed = [_placed(records, axis) for axis in axes]
    for each in placed:
        selected = selected & (each.many > 0)
    at = np.flatnonzero(selected)
    numbers = column_of(records.occurrence_no).encoded[0] if once else None
    counted: dict[Place, int] = {}
    for with_rows in (True, False) if rows else (True,):
        for with_columns in (True, False) if len(axes) > rows else (True,):
            inside = [with_rows if n < rows else with_columns for n in range(len(axes))]
            counted |= _group(at, placed, inside, numbers)
    return counted


def distinct(records: InScope, flags: Sequence[Flag], name: str) -> list[object]:
    """Return the different values of a column among the records with one of `flags`."""
    indices, values = _encoded(records, name)
    return [values[number] for number in np.unique(indices[_any(records, flags)]).tolist()]


def _any(records: InScope, flags: Sequence[Flag]) -> Mask:
    return reduce(np.logical_or, [mask_of(records.flags[flag]) for flag in flags], np.zeros(len(records), bool))


def _placed(records: InScope, axis: Axis) -> _Placed:
    if isinstance(axis, ByValue):
        indices, values = _encoded(records, axis.column)
        found = [tuple(axis.keys(value)) for value in values]
        keys = tuple(dict.fromkeys(key for each in found for key in each))
        number = {key: n for n, key in enumerate(keys)}
        many = np.array([len(each) for each in found], np.int64)
        lines = np.array([number[key] for each in found for key in each], np.int64)
        start = np.cumsum(many) - many
        return _Placed(keys, many[indices], start[indices], lines) if values else _empty(len(records))
    masks = [_any(records, flags) for _, flags in axis.lines]
    if not masks:
        return _empty(len(records))
    grid = np.column_stack(masks)
    many = grid.sum(axis=1).astype(np.int64)
    return _Placed(
        tuple(key for key, _ in axis.lines), many, np.cumsum(many) - many, np.nonzero(grid)[1].astype(np.int64)
    )


def _empty(records: int) -> _Placed:
    nothing = np.zeros(records, np.int64)
    return _Placed((), nothing, nothing, np.zeros(0, np.int64))


def _encoded(records: InScope, name: str) -> tuple[Numbers, list[object]]:
    values: ArrowColumn[object] = column_of(column(records, name))
    return values.encoded


def _group(at: Numbers, placed: Sequence[_Placed], inside: Sequence[bool], numbers: Numbers | None) -> dict[Place, int]:
    """The counts of one set of axes; those not inside are at their margin."""
    cell = np.zeros(len(at), np.int64)
    shape: list[int] = []
    for each, used in zip(placed, inside, strict=True):
        if not used:
            continue
        many = each.many[at]
        offset = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        line = each.lines[np.repeat(each.start[at], many) + offset]
        cell = np.repeat(cell, many) * len(each.keys) + line
        at = np.repeat(at, many)
        shape.append(len(each.keys))
    if numbers is not None:
        cell = np.unique(np.stack([cell, numbers[at]]), axis=1)[0] if len(cell) else cell
    if int(np.prod(shape, dtype=np.int64)) <= _DENSE:
        counts = np.bincount(cell)
        cells = np.flatnonzero(counts)
        counts = counts[cells]
    else:
        cells, counts = np.unique(cell, return_counts=True)
    found = {}
    for number, count in zip(cells.tolist(), counts.tolist(), strict=True):
        keys: list[Key] = []
        for each, used in zip(reversed(placed), reversed(inside), strict=True):
            if used:
                number, line = divmod(number, len(each.keys))
            keys.append(each.keys[line] if used else ALL)
        found[tuple(reversed(keys))] = count
    return found
