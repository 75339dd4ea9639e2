"""What an engine is: it narrows and moves rows; the matcher decides."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from clearcount.counting.found import Found
from clearcount.model.months import Month
from clearcount.model.request import CountRequest


@dataclass(frozen=True)
class Question:
    """One run: the request, with the period's last month settled."""

    request: CountRequest
    last: Month


class Records(Protocol):
    """The records of one snapshot, as Arrow."""

    def offences(self, codes: Collection[str] | None = None) -> pa.Table:
        """Every offence, or those of some codes, with the columns of `model.record.Offence`."""
        ...

    def texts(
        self, occurrences: pa.Array | None = None, fields: Collection[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The texts (of some occurrences, in some fields): occurrence_no, field, entry_no, entered_at, text, folded."""
        ...


class Engine(Protocol):
    """Runs a request on the records of one snapshot."""

    def __call__(self, records: Records, question: Question) -> Found:
        """The offences in scope and the mentions in their texts; the same on every engine."""
        ...
