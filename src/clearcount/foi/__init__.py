"""The Freedom of Information Act 2000 as pure functions: working days, the clock, the cost limit, outcomes."""

from clearcount.foi.afterwards import Afterwards, afterwards
from clearcount.foi.calendar import Calendar, packaged_calendar, parse_govuk
from clearcount.foi.cost import (
    ACTIVITIES,
    LIMITS,
    Cost,
    CostedWork,
    Limit,
    aggregate,
    cost,
    estimate,
    minutes_from_sample,
)
from clearcount.foi.deadline import LONDON, Day, Deadline, due, local_date
from clearcount.foi.outcomes import Exemption, Outcome, exemption, exemptions, outcomes

__all__ = [
    "ACTIVITIES",
    "LIMITS",
    "LONDON",
    "Afterwards",
    "Calendar",
    "Cost",
    "CostedWork",
    "Day",
    "Deadline",
    "Exemption",
    "Limit",
    "Outcome",
    "afterwards",
    "aggregate",
    "cost",
    "due",
    "estimate",
    "exemption",
    "exemptions",
    "local_date",
    "minutes_from_sample",
    "outcomes",
    "packaged_calendar",
    "parse_govuk",
]
