"""Which offences a request counts: the reference rule that every engine is held to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from clearcount.model.months import Month
from clearcount.model.record import Offence
from clearcount.model.request import DateBasis, Scope


def month_of(offence: Offence, basis: DateBasis) -> Month | None:
    """The month that the date basis gives; None when the date is missing. A committed range counts by its start."""
    day: date | None = {
        "recorded": offence.recorded_on,
        "reported": offence.reported_on,
        "committed": offence.committed_from,
    }[basis]
    return Month.of(day) if day else None


def in_scope(offence: Offence, scope: Scope, codes: frozenset[str]) -> bool:
    """Whether the offence counts, its date apart: its code, its status and the extra columns asked for."""
    if offence.code not in codes:
        return False
    if scope.cancelled == "exclude" and offence.status != "recorded":
        return False
    return matches_where(offence.extra, scope.where)


def matches_where(extra: Mapping[str, str], where: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether every extra column holds one of its values; case and outer spaces do not matter."""
    return all(where_value(extra.get(column, ""), values) is not None for column, values in where.items())


def where_value(held: str, values: tuple[str, ...]) -> str | None:
    """The asked-for value that `held` is, as the request spells it; None when it is none of them."""
    folded = held.strip().casefold()
    return next((value for value in values if value.strip().casefold() == folded), None)
