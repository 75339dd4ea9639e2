"""What an engine is: it narrows and moves rows; the matcher decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from clearcount.counting.found import Found
from clearcount.model.months import Month
from clearcount.model.request import CountRequest
from clearcount.store import Snapshot, Store


@dataclass(frozen=True)
class Question:
    """One run: the request, with the period's last month settled."""

    request: CountRequest
    last: Month


class Engine(Protocol):
    """Runs a request on one snapshot of a store."""

    def __call__(self, store: Store, snapshot: Snapshot, question: Question) -> Found:
        """The offences in scope and the mentions in their texts; the same on every engine."""
        ...
