"""The records of one snapshot for an engine and for the doubts about its count."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

import pyarrow as pa

from clearcount.engines import RecordSource
from clearcount.store import Snapshot, Store

_MOST_KEPT = 32 << 20
"""Bytes of offences, of texts and of marks that are kept for the next question about the same records."""


class _Sized(Protocol):
    @property
    def nbytes(self) -> int: ...


Piece = TypeVar("Piece", bound=_Sized)


@dataclass(frozen=True)
class _Answer(Generic[Piece]):
    occurrences: pa.Array | None
    others: frozenset[str] | None
    pieces: tuple[Piece, ...]

    @property
    def size(self) -> int:
        return sum(piece.nbytes for piece in self.pieces)


@dataclass
class _Kept(Generic[Piece]):
    """The latest answers of the store, where they are small together.

    A count and its doubts ask for the same records up to five times, and reading them is most of the work of a small
    one.
    """

    answers: tuple[_Answer[Piece], ...] = ()

    def answer(
        self, occurrences: pa.Array | None, others: Collection[str] | None, asked: Iterator[Piece]
    ) -> Iterator[Piece]:
        """Yield what is kept for these occurrences and other words, or else what `asked` yields."""
        others = frozenset(others) if others is not None else None
        for kept in self.answers:
            if others == kept.others and _same(occurrences, kept.occurrences):
                yield from kept.pieces
                return
        pieces: list[Piece] | None = []
        size = 0
        for piece in asked:
            size += piece.nbytes
            if pieces is not None and size <= _MOST_KEPT:
                pieces.append(piece)
            else:
                pieces = None
            yield piece
        if pieces is not None:
            self._keep(_Answer(occurrences, others, tuple(pieces)))

    def _keep(self, latest: _Answer[Piece]) -> None:
        answers = (latest, *self.answers)
        while sum(each.size for each in answers) > _MOST_KEPT:
            answers = answers[:-1]
        self.answers = answers


def _same(one: pa.Array | None, other: pa.Array | None) -> bool:
    return one is other if one is None or other is None else one.equals(other)


@dataclass(frozen=True)
class SnapshotRecords:
    """One snapshot of a store, as an engine reads it."""

    store: Store
    snapshot: Snapshot
    _offences: _Kept[pa.Table] = field(default_factory=_Kept, repr=False, compare=False)
    _texts: _Kept[pa.RecordBatch] = field(default_factory=_Kept, repr=False, compare=False)
    _marks: _Kept[pa.Table] = field(default_factory=_Kept, repr=False, compare=False)

    def offences(self, codes: Collection[str] | None = None) -> pa.Table:
        """Return every offence, or those of some codes."""

        def read() -> Iterator[pa.Table]:
            yield self.store.offences(self.snapshot, codes)

        (found,) = self._offences.answer(None, codes, read())
        return found

    def persons(self, role: str) -> pa.Table:
        """Return every person of a role."""
        return self.store.persons(self.snapshot, role)

    def texts(
        self, occurrences: pa.Array | None = None, fields: Collection[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Return the texts, or those of some occurrences and fields."""
        return self._texts.answer(occurrences, fields, self.store.texts(self.snapshot, occurrences, fields))

    def marks(self, occurrences: pa.Array | None = None) -> Iterator[pa.Table]:
        """Return what is known of the texts without reading them."""
        return self._marks.answer(occurrences, None, self.store.marks(self.snapshot, occurrences))

    def parts(self) -> Sequence[RecordSource]:
        """Return the records part by part."""
        return self.store.parts(self.snapshot)
