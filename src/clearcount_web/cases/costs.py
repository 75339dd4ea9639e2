"""The cost worksheet: what reading would cost, what fits the limit, and the estimate that a sample gives instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any

from clearcount.foi import Cost, CostedWork, estimate, minutes_from_sample
from clearcount.reading.proportions import Interval, missed_records
from clearcount_web.cases.acting import Doing
from clearcount_web.cases.models import Case, Worksheet
from clearcount_web.cases.samples import ReadSample, sample_of
from clearcount_web.ground.refusals import Refused

LEAST_TIMED = 5
MOST_MINUTES = 600.0
_MOST_TIMES = 400
_T = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131),
    *(2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)
"""Student's t for 95 per cent, two-sided, with 1 to 30 degrees of freedom; beyond, the last is a little wide."""


@dataclass(frozen=True)
class Sheet:
    """A worksheet worked out. Hours are of reading and of the rest; `lower` and `upper` bound them at 95 per cent.

    `fits` is how many records can be read within the limit; `estimate` what a sample that was read says of all.
    """

    cost: Cost
    minutes: float
    minutes_lower: float
    minutes_upper: float
    lower: Cost
    upper: Cost
    fits: int
    width: Interval
    estimate: Interval | None

    @property
    def firm(self) -> bool:
        """Whether the whole interval lies on one side of the limit."""
        return self.lower.exceeds == self.upper.exceeds


def worked_out(sheet: Worksheet, case: Case) -> Sheet:
    """Return the worksheet in figures, by the limit of the day of receipt."""
    minutes = minutes_from_sample(sheet.minutes)
    low, high = _interval(sheet.minutes)
    cost = _cost(sheet, case, minutes)
    limit_minutes = cost.limit.hours * 60 - sheet.other_minutes
    fits = max(0, min(sheet.records, int(float(limit_minutes) / minutes))) if minutes else sheet.records
    half = max(1, fits)
    return Sheet(
        cost=cost,
        minutes=minutes,
        minutes_lower=low,
        minutes_upper=high,
        lower=_cost(sheet, case, low),
        upper=_cost(sheet, case, high),
        fits=fits,
        width=missed_records(half // 2, half, max(half, sheet.records)),
        estimate=_estimate_of(sheet),
    )


def _estimate_of(sheet: Worksheet) -> Interval | None:
    """What the sample says of all records: as the reading room drew it by term, else as a plain random one."""
    if sheet.read is None or sheet.found is None:
        return None
    if sheet.interval is not None:
        return Interval(*map(float, sheet.interval))
    return missed_records(sheet.found, sheet.read, sheet.records)


def _cost(sheet: Worksheet, case: Case, minutes: float) -> Cost:
    lines = (
        CostedWork("extracting", sheet.records, round(minutes, 3), "timed sample"),
        CostedWork("locating", 1, sheet.other_minutes, "as estimated"),
    )
    return estimate(lines, on=case.received_on)


def _interval(minutes: Sequence[float]) -> tuple[float, float]:
    """The mean minutes a record with its 95 per cent interval by Student's t; never below nothing."""
    number, mean = len(minutes), minutes_from_sample(minutes)
    spread = sqrt(sum((each - mean) ** 2 for each in minutes) / (number - 1)) if number > 1 else 0.0
    half = _T[min(number - 1, len(_T)) - 1] * spread / sqrt(number) if number > 1 else 0.0
    return max(0.0, mean - half), mean + half


def estimate_cost(now: Doing, given: Mapping[str, Any]) -> None:
    """Keep the worksheet.

    Raises:
        Refused: for too few timed records, times that cannot be, or a sample larger than the records.
    """
    minutes = [float(each) for each in given["minutes"]]
    if len(minutes) < LEAST_TIMED:
        raise Refused(f"Time at least {LEAST_TIMED} records: an estimate that rests on fewer is no evidence.")
    if not all(0 < each <= MOST_MINUTES for each in minutes):
        raise Refused(f"A record takes more than 0 and at most {MOST_MINUTES:.0f} minutes. Mend the list.")
    if len(minutes) > int(given["records"]):
        raise Refused("More records were timed than there are to read. Mend one of them.")
    read, found = given.get("read"), given.get("found")
    if (read is None) != (found is None):
        raise Refused("Give both: how many records of the sample were read, and how many of them were relevant.")
    if read is not None and not (0 <= int(found or 0) <= int(read) <= int(given["records"]) and int(read) >= 1):
        raise Refused("The sample holds at most all records, and at most all of the sample are relevant.")
    now.ensure_nameless(str(given["method"]), str(given["advice"]))
    Worksheet.objects.update_or_create(
        case=now.case,
        defaults={
            "records": given["records"],
            "minutes": minutes,
            "other_minutes": given.get("other_minutes") or 0,
            "method": given["method"],
            "advice": given["advice"],
            "read": read,
            "found": found,
            "interval": _interval_of(sample_of(now.case.reference), int(given["records"]), read, found),
        },
    )
    now.changes["records"] = int(given["records"])


def _interval_of(sample: ReadSample | None, records: int, read: int | None, found: int | None) -> list[float] | None:
    """The interval of the reading room's sample, when the worksheet speaks of that very sample."""
    if sample is None or (sample.frame, sample.read, sample.found) != (records, read, found):
        return None
    return [sample.estimate, sample.lower, sample.upper]


def in_words_of_minutes(minutes: Sequence[float]) -> str:
    """Return the times as the form takes them; of more than 400, as many spread evenly."""
    step = max(1, ceil(len(minutes) / _MOST_TIMES))
    return " ".join(f"{each:.4g}" for each in minutes[::step])
