"""Doubts about people: who could have counted and did not, and who may count although the rows do not agree."""

from __future__ import annotations

from collections.abc import Iterator

from clearcount.answer.account import LeftOut, PeopleAccount
from clearcount.answer.values import many, slug
from clearcount.model.record import spoken_of
from clearcount.model.request import Doubt

SAY = "or say why the answer stands without"


def of_left_out(left: LeftOut, unit: str, where: str) -> Iterator[Doubt]:
    """Yield doubts about records that a filter leaves out although they may be what was asked for."""
    named = f"{left.column} of {unit}" if unit != "offences" else left.column
    one, more = spoken_of(unit)
    if left.blank:
        yield Doubt(
            f"where-{slug(named)}-blank",
            f"scope.where.{left.column}",
            f"{many(left.blank, one, more)} {where} with nothing in {left.column}: the filter leaves them out",
            f'ask for them with "" in {left.column}, {SAY} them',
        )
    if left.unsaid:
        yield Doubt(
            f"where-{slug(named)}-unsaid",
            f"scope.where.{left.column}",
            f"{many(left.unsaid, one, more)} {where} with no number in {left.column}, or "
            "with a band across the edge asked for: the filter leaves them out",
            f"ask for whole bands, or for these values by name, {SAY} them",
        )


def of_people(people: PeopleAccount) -> Iterator[Doubt]:
    """Yield doubts about people who could have counted and did not, or whose rows do not agree."""
    unit, (one, more) = people.unit, spoken_of(people.unit)
    if people.offences and not people.total:
        yield Doubt(
            f"{slug(unit)}-none-in-scope",
            "scope.unit",
            f"no {more} are recorded on any of {many(people.offences, 'offence', 'offences')} in scope",
            f"import an export of people that covers the period, {SAY} them",
        )
    if people.astray:
        yield Doubt(
            f"{slug(unit)}-of-unknown-crimes",
            "store",
            f"{many(people.astray, one, more)} of occurrences in scope with a crime number that no offence has: "
            "not counted",
            f"have the export name the crimes as the offences do, or leave the number blank, {SAY} them",
        )
    if people.stray:
        yield Doubt(
            f"{slug(unit)}-of-unknown-occurrences",
            "store",
            f"{many(people.stray, one, more)} of occurrences that no offence names: not counted",
            f"import the offences of these occurrences, {SAY} them",
        )
    if people.twice:
        yield Doubt(
            f"{slug(unit)}-given-twice",
            "store",
            f"{many(people.twice, one, more)} on offences in scope with rows that do not agree on age, sex or another "
            "column: the first that meets the filter counts",
            "have the export give each person once, or say why either row may count",
        )
    if people.unread_age:
        yield Doubt(
            f"{slug(unit)}-age-unread",
            "store",
            f"{many(people.unread_age, one, more)} on offences in scope with an age that is neither years nor a band",
            f"have the ages mended, {SAY} them",
        )
