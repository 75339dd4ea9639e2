"""Which offences a request counts: the reference rule that every engine is held to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from clearcount.model.record import Offence
from clearcount.model.request import Scope


def day_of(offence: Offence, basis: str) -> date | None:
    """Return the day that the date basis gives; None when it is missing. A committed range counts by its start."""
    return {
        "recorded": offence.recorded_on,
        "reported": offence.reported_on,
        "committed": offence.committed_from,
    }[basis]


def in_scope(offence: Offence, scope: Scope, codes: Collection[str] | None, of_people: Collection[str] = ()) -> bool:
    """Return whether the offence counts, its date apart: its code, its status and the extra columns asked for.

    `of_people` are columns that a person has; where people are counted they are no matter of the offence.
    """
    if codes is not None and offence.code not in codes:
        return False
    if scope.cancelled == "exclude" and offence.status != "recorded":
        return False
    skipped = of_people if scope.counts_people else ()
    return all(
        condition.holds(offence.extra.get(column, ""))
        for column, condition in scope.where.items()
        if column not in skipped
    )
