"""How a count was made, as facts that can be held against those of another count: dates, unit, codes, terms, rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from clearcount.model.columns import Grouping
from clearcount.model.keys import BandKey
from clearcount.model.request import CountRequest, Question, Scope, Terms


@dataclass(frozen=True)
class MethodFact:
    """One choice of a method: what was chosen, such as "date", and how, such as "recorded"."""

    name: str
    value: str

    @property
    def sentence(self) -> str:
        """The fact as a line for people."""
        return f"{self.name[:1].upper()}{self.name[1:]}: {self.value}."


def method_facts(request: CountRequest) -> tuple[MethodFact, ...]:
    """Return the choices of a request that change its figures, in a fixed order and a normal form.

    A choice that differs between the parts is given part by part.
    """
    by_scope: tuple[tuple[str, Callable[[Scope], str]], ...] = (
        ("period", lambda scope: f"{scope.start.isoformat()} to {_end(scope.end)}"),
        ("date", lambda scope: scope.date_basis),
        ("unit", lambda scope: scope.unit),
        ("cancelled records", lambda scope: f"{scope.cancelled}d"),
        ("filter", _filter),
        ("only beside", lambda scope: ", ".join(each.spoken for each in scope.alongside)),
        ("records", lambda scope: scope.records),
    )
    by_terms: tuple[tuple[str, Callable[[Terms], str]], ...] = (
        ("term rule", lambda terms: terms.set.rule),
        ("terms", lambda terms: " and ".join(" or ".join(sorted(group)) for group in terms.groups)),
        ("phrases that do not count", lambda terms: " or ".join(sorted(terms.set.none))),
        ("fields searched", lambda terms: ", ".join(sorted(terms.fields))),
    )
    found = [("codes", _parts(request, _codes))]
    for name, scoped in by_scope:
        found.append((name, _parts(request, lambda part, scoped=scoped: scoped(request.scope_of(part)))))  # type: ignore[misc]
    for name, worded in by_terms:
        found.append((name, _parts(request, lambda part, worded=worded: _termed(request, part, worded))))  # type: ignore[misc]
    if request.marker:
        found.append(("flag", f"{request.marker.name}, {request.marker.use} of the terms"))
    shapes = (f"{' × '.join(shape.dimensions) or 'one number'}" for shape in request.tables)
    found.append(("tables", "; ".join(shapes)))
    grouped = ((name, group) for name, group in sorted(request.groupings.items()))
    found.append(("groups", "; ".join(f"{name} {_grouping(group)}" for name, group in grouped)))
    return tuple(MethodFact(name, value) for name, value in found if value)


def _parts(request: CountRequest, of: Callable[[Question], str]) -> str:
    values = {part.number: of(part) for part in request.questions}
    if len(set(values.values())) == 1:
        return next(iter(values.values()))
    return "; ".join(f"part {number}: {value or 'none'}" for number, value in values.items())


def _codes(part: Question) -> str:
    return ", ".join(sorted({each.spoken for each in part.selections} or set(part.codes))) or "none"


def _termed(request: CountRequest, part: Question, of: Callable[[Terms], str]) -> str:
    terms = part.terms or request.terms
    return of(terms) if terms else ""


def _filter(scope: Scope) -> str:
    return "; ".join(f"{column} {' '.join(scope.where[column].normal)}" for column in sorted(scope.where))


def _grouping(group: Grouping) -> str:
    bands = (_band(band) for band in group.bands)
    groups = (f"{name}: {' or '.join(values)}" for name, values in group.groups)
    lines = ", ".join((*bands, *groups)) or "each value"
    return f"{lines}; blank as {group.blank}" + (f"; others as {group.other}" if group.other else "")


def _band(band: BandKey) -> str:
    plain = BandKey(band.low, band.high).text
    return plain if band.named in ("", plain) else f"{band.named} ({plain})"


def _end(end: date | str) -> str:
    return end.isoformat() if isinstance(end, date) else end
