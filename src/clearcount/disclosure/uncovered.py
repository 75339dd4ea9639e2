"""What a release gives away of earlier ones, where its own counts are printed as they are.

What it does: finds the small counts that earlier releases hid and that follow once this one is read beside them.
Why: a policy that hides nothing now does not take back what was promised before.
Example: January was hidden in March. An answer in June prints January to March by district, and so January.
Use instead: `judging`, for a release that suppresses small counts of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clearcount.disclosure.auditor import audit
from clearcount.disclosure.document import Document, Piece, Target, hidden_targets
from clearcount.disclosure.promises import known_before, narrowed
from clearcount.disclosure.revised import loosened
from clearcount.errors import DisclosureError


def uncovered(joined: Sequence[Document], own: frozenset[str], threshold: int) -> tuple[Target | Piece, ...]:
    """Return the small counts, hidden in tables that are not in `own`, that are exact only with those in `own`.

    `joined` are the worlds as they were printed. A figure that was printed and has changed since is none that was
    hidden, though its world is read with bounds in its place.

    Raises:
        WorkLimit: the auditor cannot prove it in its limit of work.
        DisclosureError: the tables contradict each other, so that nothing is proven.
    """
    found: dict[Target | Piece, None] = {}
    # the worlds differ in what the figures count, and not in what is printed
    hidden = hidden_targets([table for table in joined[0].tables if table.name not in own])
    for world, _ in loosened([replace(printed, targets=()) for printed in joined], own):
        kept = tuple(each for each in hidden if world.why_hidden.get((each.table, each.cells[0])) != "complementary")
        if not kept:
            continue
        result = audit(replace(world, targets=kept))
        if not result.consistent:
            raise DisclosureError("the figures contradict what was published before; nothing is taken for safe")
        here = [item.target for item in result.exact if 1 <= item.low < threshold]
        before = set(known_before([world], own, here))
        found |= dict.fromkeys(target for target in here if target not in before)
        found |= dict.fromkeys(narrowed(world, own, result.intervals, threshold))
    return tuple(found)
