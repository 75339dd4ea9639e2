"""How many reports came in, by week and by one answer at a time; also of those that were deleted since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Min, QuerySet
from django.utils.timezone import localdate

from clearcount_web.reporting.forms import choices_of
from clearcount_web.triage.models import Report, TypeTicked, WeekCount

NOT_SORTED = "not sorted"
_REPLY_HOURS = ((1, "1"), (4, "4"), (12, "12"), (24, "24"))


@dataclass(frozen=True)
class About:
    """One thing that weeks are counted by: its name in the table of counts, its heading, and value -> words."""

    name: str
    heading: str
    values: dict[str, str]
    note: str = ""


def abouts() -> tuple[About, ...]:
    """Return what is counted, in the order of the page."""
    unseen = {NOT_SORTED: "Not opened by an unlocked key"}
    return (
        About("all", "All reports", {"": "Reports"}),
        About("channel", "Channel", {name: name for name in ("online", "phone", "counter", "messenger", "e-mail")}),
        About("type", "What is happening", choices_of("what") | {"none": "Nothing ticked"} | unseen,
              "One report may tick several, so these do not add up to all reports."),
        About("age", "Age group", choices_of("age") | {"": "Not asked, or not said"} | unseen),
        About("reply", "Time to the first reply",
              {"1": "Within 1 hour", "4": "1 to 4 hours", "12": "4 to 12 hours", "24": "12 to 24 hours",
               "later": "Over 24 hours", "none": "No reply left"},
              "Online reports alone: only they can be replied to by code."),
    )  # fmt: skip


def monday(moment: datetime) -> date:
    """Return the Monday of the week in which something came in, in the force's time."""
    day = localdate(moment)
    return day - timedelta(days=day.weekday())


Key = tuple[date, str, str]


def counts_of(reports: QuerySet[Any]) -> Counter[Key]:
    """Return how many of these reports came in each week (its Monday) with each answer: (week, about, value)."""
    counted: Counter[Key] = Counter()
    ticked: dict[int, list[str]] = {}
    for key, name in TypeTicked.objects.filter(report__in=reports.values("pk")).values_list("report", "name"):
        ticked.setdefault(key, []).append(name)
    rows = reports.annotate(replied_at=Min("replies__sent_at")).values_list(
        "pk", "received_at", "channel", "age_group", "sorted_by", "replied_at"
    )
    for key, received_at, channel, age, sorted_by, replied_at in rows:
        week, is_sorted = monday(received_at), bool(sorted_by) and not sorted_by.endswith("!")
        counted[week, "all", ""] += 1
        counted[week, "channel", channel] += 1
        counted[week, "age", age if is_sorted else NOT_SORTED] += 1
        for name in ticked.get(key) or (["none"] if is_sorted else [NOT_SORTED]):
            counted[week, "type", name] += 1
        if channel == "online":
            counted[week, "reply", _reply_class(received_at, replied_at)] += 1
    return counted


def _reply_class(received_at: datetime, replied_at: datetime | None) -> str:
    if replied_at is None:
        return "none"
    hours = (replied_at - received_at).total_seconds() / 3600
    return next((name for most, name in _REPLY_HOURS if hours <= most), "later")


def keep_counts(reports: QuerySet[Any]) -> None:
    """Add reports that are about to be deleted to what is kept of deleted ones, in the transaction of the deletion."""
    for (week, about, value), count in sorted(counts_of(reports).items()):
        row, _ = WeekCount.objects.get_or_create(week=week, about=about, value=value)
        WeekCount.objects.filter(pk=row.pk).update(count=F("count") + count)


@dataclass(frozen=True)
class Table:
    """One table: what it counts by, and for each week (its Monday), newest first, the counts in the order of values."""

    about: About
    rows: tuple[tuple[date, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Statistics:
    """All counts, those of deleted reports among them, for every week from the first report to today."""

    weeks: tuple[date, ...]
    counted: Counter[Key]

    def tables(self, weeks: tuple[date, ...]) -> tuple[Table, ...]:
        """Return a table for each thing that is counted; a value of another version has a column too."""
        return tuple(self._table(about, weeks) for about in abouts())

    def _table(self, about: About, weeks: tuple[date, ...]) -> Table:
        found = {value for _, name, value in self.counted if name == about.name}
        values = about.values | {value: value for value in sorted(found - about.values.keys())}
        rows = tuple((week, tuple(self.counted[week, about.name, value] for value in values)) for week in weeks)
        return Table(About(about.name, about.heading, values, about.note), rows)

    def lines(self) -> Iterator[tuple[str, ...]]:
        """Yield the lines of the CSV: week, what it counts by, value, count and who may see it."""
        yield "week_beginning", "counted_by", "value", "reports", "status"
        for table in self.tables(self.weeks):
            for week, counts in table.rows:
                for words, count in zip(table.about.values.values(), counts, strict=True):
                    yield week.isoformat(), table.about.heading, words, str(count), STAFF_ONLY


STAFF_ONLY = "staff only: small numbers are not protected, do not publish"


def statistics(*, today: date) -> Statistics:
    """Return the counts of all weeks, the newest first; a week without a report is there with zeros."""
    counted = counts_of(Report.objects.all())
    for kept in WeekCount.objects.all():
        counted[kept.week, kept.about, kept.value] += kept.count
    first = min((week for week, _, _ in counted), default=today - timedelta(days=today.weekday()))
    last = max((week for week, _, _ in counted), default=first)
    this = max(today - timedelta(days=today.weekday()), last)
    weeks = tuple(this - timedelta(weeks=number) for number in range((this - first).days // 7 + 1))
    return Statistics(weeks, counted)
