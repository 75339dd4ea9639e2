"""The quarterly return of the section 45 Code (paragraphs 8.5 and 8.6), worked out from the cases."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clearcount.errors import ClearcountError
from clearcount.foi import outcomes
from clearcount_web.cases.clock import deadline
from clearcount_web.cases.models import Case, Part, Review
from clearcount_web.cases.table import ENDED

STATISTIC = {each.key: each.statistic for each in outcomes()}
LINES = ("granted in full", "granted in part", "withheld", "not held", "lapsed", "not counted")
"""Lines of the return that say how a request ended."""


@dataclass(frozen=True)
class Quarter:
    """Three months of a calendar year, 1 to 4."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def after(self) -> date:
        """The first day after it."""
        return date(self.year + 1, 1, 1) if self.number == 4 else date(self.year, 3 * self.number + 1, 1)


def measures(quarter: Quarter, *, today: date) -> list[tuple[str, int]]:
    """Return (measure, number) for the requests received in a quarter, as they stand today.

    A request is in time when each of its parts was answered by its day. That is the twentieth working day, or the
    part's own under a public interest test. One whose day cannot be worked out is said to be so and not called in time.
    """
    cases = list(
        Case.objects.filter(received_on__gte=quarter.first, received_on__lt=quarter.after)
        .defer("plan")
        .prefetch_related("parts", "pauses")
    )
    told: Counter[str] = Counter()
    for case in cases:
        parts = list(case.parts.all())
        told[_timeliness(case, parts, today)] += 1
        told["with a public interest test"] += any(part.test_days for part in parts)
        if line := ended_as(case, parts):
            told[line] += 1
        told["section 12 relied on"] += any(part.outcome.startswith("cost") for part in parts)
    reviews = Review.objects.filter(asked_on__gte=quarter.first, asked_on__lt=quarter.after)
    times = ("answered in time", "answered late", "answered, day unknown", "open", "open and late", "ended unanswered")
    rows = [("received", len(cases)), *((name, told[name]) for name in times)]
    rows += [("with a public interest test", told["with a public interest test"])]
    rows += [(name, told[name]) for name in LINES]
    rows += [("section 12 relied on", told["section 12 relied on"])]
    return [
        *rows,
        ("internal reviews asked for", reviews.count()),
        ("internal reviews answered", reviews.filter(answered_on__isnull=False).count()),
        ("internal reviews that changed the answer", reviews.filter(changed=True).count()),
    ]


def _timeliness(case: Case, parts: Sequence[Part], today: date) -> str:
    answered = bool(parts) and all(part.issued_on for part in parts)
    if not answered:
        if case.state in ENDED:
            return "ended unanswered"
        return "open and late" if case.due is not None and case.due < today else "open"
    try:
        day = deadline(case, list(case.pauses.all())).due
    except ClearcountError:
        day = None
    for part in parts:
        limit = part.due or day
        if limit is None or part.issued_on is None:
            return "answered, day unknown"
        if part.issued_on > limit:
            return "answered late"
    return "answered in time"


def ended_as(case: Case, parts: Sequence[Part]) -> str:
    """Return the line of the return for a case; empty while a part has no outcome that was told."""
    if not parts or (case.state not in ENDED and not all(part.issued_on for part in parts)):
        return ""
    lines = {STATISTIC.get(part.outcome, "") for part in parts} - {"not counted"}
    if "" in lines:
        return ""
    if len(lines) < 2:
        return next(iter(lines), "not counted")
    return "granted in part" if lines & {"granted in full", "granted in part"} else "withheld"


def as_csv(quarter: Quarter, *, today: date) -> str:
    """Return the return as CSV with one heading line: quarter, measure, number."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("quarter", "measure", "number"))
    name = f"{quarter.year}-Q{quarter.number}"
    writer.writerows((name, measure, number) for measure, number in measures(quarter, today=today))
    return out.getvalue()
