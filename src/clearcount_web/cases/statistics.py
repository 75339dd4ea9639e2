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
from clearcount.foi.outcomes import exemptions
from clearcount_web.cases.clock import deadline
from clearcount_web.cases.models import Case, Complaint, Part, Review
from clearcount_web.cases.table import ENDED

STATISTIC = {each.key: each.statistic for each in outcomes()}
LINES = ("granted in full", "granted in part", "withheld", "not held", "lapsed", "not counted")
"""Lines of the return that say how a request ended."""
TIMES = (
    *("answered in time", "answered in extended time", "answered late", "answered, day unknown"),
    *("open", "open and late", "ended unanswered"),
)
"""Lines that say whether it was in time; each request is on one of them, and the first four are answered in full."""


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

    A request is in time when each of its parts was answered by the twentieth working day. It is in extended time when
    a part kept its own day under a public interest test. The applicant was then told of the test by the twentieth. One
    whose day cannot be worked out is said to be so and not called in time.
    """
    cases = list(
        Case.objects.filter(received_on__gte=quarter.first, received_on__lt=quarter.after)
        .defer("plan")
        .prefetch_related("parts", "pauses")
    )
    told: Counter[str] = Counter()
    sections: Counter[str] = Counter()
    for case in cases:
        parts = list(case.parts.all())
        told[_timeliness(case, parts, today)] += 1
        told["with a public interest test"] += any(part.test_days for part in parts)
        if line := ended_as(case, parts):
            told[line] += 1
        told["section 12 relied on"] += any(part.outcome.startswith("cost") and part.issued_on for part in parts)
        sections.update({part.exemption for part in parts if part.exemption and part.issued_on})
    complaints = Complaint.objects.filter(began_on__gte=quarter.first, began_on__lt=quarter.after)
    reviews = Review.objects.filter(asked_on__gte=quarter.first, asked_on__lt=quarter.after)
    rows = [("received", len(cases)), ("answered in full", sum(told[name] for name in TIMES[:4]))]
    rows += [(name, told[name]) for name in TIMES]
    rows += [("with a public interest test", told["with a public interest test"])]
    rows += [(name, told[name]) for name in LINES]
    rows += [("section 12 relied on", told["section 12 relied on"])]
    rows += [(f"section {section} relied on", sections[section]) for section in _in_order(sections)]
    return [
        *rows,
        ("internal reviews asked for", reviews.count()),
        ("internal reviews answered", reviews.filter(answered_on__isnull=False).count()),
        ("internal reviews that changed the answer", reviews.filter(changed=True).count()),
        ("complaints to the regulator", complaints.count()),
        ("complaints upheld or upheld in part", complaints.filter(decision__in=("upheld", "partly")).count()),
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
    extended = False
    for part in parts:
        if day is None or part.issued_on is None:
            return "answered, day unknown"
        if part.issued_on <= day:
            continue
        if part.due is None or part.issued_on > part.due or part.test_told_on is None or part.test_told_on > day:
            return "answered late"
        extended = True
    return "answered in extended time" if extended else "answered in time"


def _in_order(sections: Counter[str]) -> list[str]:
    """The sections that were relied on, in the order of the Act."""
    return [each.section for each in exemptions() if sections[each.section]]


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
