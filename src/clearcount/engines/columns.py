"""Arrow columns as sequences: adding up reads them as arrays, and only who needs single values turns them into any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, TypeAlias, TypeVar, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
_Value = TypeVar("_Value")


class ArrowColumn(Sequence[_Value]):
    """One Arrow array as a sequence; it is turned into Python values when the first of them is asked for."""

    def __init__(self, array: pa.Array | pa.ChunkedArray) -> None:
        self.array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array

    @cached_property
    def items(self) -> list[_Value]:
        """The values."""
        return list(self.array.to_pylist())

    @cached_property
    def encoded(self) -> tuple[Numbers, list[_Value]]:
        """The number of each value, and the different values."""
        encoded = pc.dictionary_encode(self.array, null_encoding="encode")
        return encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), encoded.dictionary.to_pylist()

    def __len__(self) -> int:
        return len(self.array)

    @overload
    def __getitem__(self, at: int) -> _Value: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[_Value]: ...
    def __getitem__(self, at: int | slice) -> _Value | Sequence[_Value]:
        return self.items[at]

    def __iter__(self) -> Iterator[_Value]:
        return iter(self.items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self.items == list(other)

    def __hash__(self) -> int:
        return id(self)


AnyColumn: TypeAlias = ArrowColumn[Any]
"""A column whose values are of the kind that its name says."""


class Flags(Sequence[bool]):
    """One true or false for each record."""

    def __init__(self, mask: Mask) -> None:
        self.mask = mask

    def __len__(self) -> int:
        return len(self.mask)

    @overload
    def __getitem__(self, at: int) -> bool: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[bool]: ...
    def __getitem__(self, at: int | slice) -> bool | Sequence[bool]:
        return list(map(bool, self.mask[at])) if isinstance(at, slice) else bool(self.mask[at])

    def __iter__(self) -> Iterator[bool]:
        return iter(self.mask.tolist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    def __hash__(self) -> int:
        return id(self)


def mask_of(flags: Sequence[bool]) -> Mask:
    """Return the flags as an array."""
    return flags.mask if isinstance(flags, Flags) else np.array(list(flags), dtype=bool)


def column_of(values: Sequence[object]) -> AnyColumn:
    """Return the values as a column."""
    return values if isinstance(values, ArrowColumn) else ArrowColumn(pa.array(list(values)))


def as_mask(array: pa.Array | pa.ChunkedArray) -> Mask:
    """Return a boolean Arrow array as a mask; null is false."""
    filled = pc.fill_null(array, False)
    return np.asarray(
        filled.to_numpy() if isinstance(filled, pa.ChunkedArray) else filled.to_numpy(zero_copy_only=False)
    )
