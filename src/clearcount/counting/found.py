"""What an engine hands back: the offences in scope as columns, and the mentions in their texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from clearcount.model.mention import Mention
from clearcount.model.months import Month


@dataclass(frozen=True)
class InScope:
    """The offences in scope, one entry per offence in each column, ordered by occurrence and crime number.

    `extra` holds the values of the request's `where` columns in the request's order; `marked` says whether the
    offence carries the request's marker, `flagged` whether it carries the marker or its "not" or "unclear". Plain
    columns and not objects, because a scope may hold millions of rows.
    """

    occurrence_no: Sequence[str] = ()
    crime_no: Sequence[str] = ()
    code: Sequence[str] = ()
    month: Sequence[Month] = ()
    extra: Sequence[tuple[str, ...]] = ()
    marked: Sequence[bool] = ()
    flagged: Sequence[bool] = ()
    label: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.occurrence_no)


@dataclass(frozen=True)
class Found:
    """One run of an engine.

    `mentions` are the hits in texts of occurrences in scope, in order of occurrence, field, entry and place; `dropped`
    are hits that an exception took out. `searched` are the occurrences in scope that hold a text in one of the fields
    asked for: the others could not be searched. `undated` offences lack the date asked for and are out of scope;
    `spread` offences have a committed range that ends in another month than it starts.
    """

    offences: InScope
    mentions: tuple[Mention, ...] = ()
    dropped: tuple[Mention, ...] = ()
    searched: frozenset[str] = frozenset()
    undated: int = 0
    spread: int = 0
    expansion: tuple[tuple[str, str], ...] = field(default=())
