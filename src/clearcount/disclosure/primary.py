"""Which counts must not be learnt, and what must stay possible for each.

What it does: marks every count of 1 to threshold - 1, totals too. Zeros are never sensitive.
Why: a count of one or two can point at a person; the force's policy says where "small" ends.
Example: with threshold 5, the counts 0, 3, 5 give: open, sensitive, open.
Use instead: coarser rows or periods, so that fewer counts are small in the first place.
"""

from __future__ import annotations

from dataclasses import dataclass

from clearcount.disclosure.equations import Equations
from clearcount.disclosure.policy import Policy


@dataclass(frozen=True)
class Aim:
    """What a reader must be left unsure of.

    The greatest possible value of `unknown` less the least must be `width` or more; with `reach`, both of its values
    must stay possible.
    """

    unknown: int
    width: int = 1
    reach: tuple[int, int] | None = None


def primary(equations: Equations, policy: Policy) -> tuple[int, ...]:
    """Return the unknowns to be published now whose count is small and not known from before."""
    return tuple(
        index
        for index, unknown in enumerate(equations.unknowns)
        if unknown.count is not None and policy.is_small(unknown.count) and not unknown.out
    )
