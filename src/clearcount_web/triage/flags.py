"""Flags of a report, from what is kept beside it: nothing is opened to show one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from django.db.models import Exists, OuterRef, Q

from clearcount_web.reporting.forms import UNDER_18
from clearcount_web.triage.models import Mark, Report

CHILD = Q(age_group__in=UNDER_18)
AGE_NOT_KNOWN = Q(age_group__in=("", "unknown"))


@dataclass(frozen=True)
class Flag:
    """One flag: the value of its filter, the word that is shown, and what it means. `alarms`: shown filled."""

    name: str
    word: str
    means: str
    alarms: bool = False


DANGER = Flag("danger", "DANGER", "somebody is or may be in danger", alarms=True)
CHILD_FLAG = Flag("child", "CHILD", "the person it happened to is under 18", alarms=True)
AGE_FLAG = Flag("child", "AGE NOT KNOWN", "treat as a child until it is known")
SEVERAL = Flag("several", "SEVERAL VICTIMS", "another person reports the same account", alarms=True)
REPEAT = Flag("repeat", "REPEAT", "the same contact or account appears in an earlier report")
NOT_SORTED = Flag("unsorted", "NOT SORTED", "unlock the duty key to see its other flags")
CHOICES = (
    ("danger", "Danger"),
    ("child", "Child, or age not known"),
    ("repeat", "Repeat"),
    ("several", "Several victims of one account"),
)


@dataclass(frozen=True)
class Shared:
    """The reports whose contact or account is in an earlier report, and those whose account other people report too."""

    repeat: frozenset[int]
    several: frozenset[int]


def shared() -> Shared:
    """Return which reports share what, from all marks at once.

    Reports that share a contact, or tell the same story, are of one person, also by way of a third report. The marks
    are read once, in time that grows with their number: a flood of reports from one contact must not stop the list.
    """
    rows = Mark.objects.order_by("kind", "digest", "report__received_at", "report")
    alike: list[list[int]] = []
    accounts: list[list[int]] = []
    repeat: set[int] = set()
    for (kind, _), marks in groupby(rows.values_list("kind", "digest", "report"), key=itemgetter(0, 1)):
        reports = [report for *_, report in marks]
        if len(reports) > 1:
            (accounts if kind == Mark.Kind.ACCOUNT else alike).append(reports)
            repeat.update(reports[1:])
    stories = Report.objects.exclude(likeness="").order_by("likeness", "pk").values_list("likeness", "pk")
    alike += [[pk for _, pk in told] for _, told in groupby(stories, key=itemgetter(0))]
    person = _people(alike)
    several: set[int] = set()
    for reports in accounts:
        if len({person.get(report, report) for report in reports}) > 1:
            several.update(reports)
    return Shared(frozenset(repeat), frozenset(several))


def _people(alike: list[list[int]]) -> dict[int, int]:
    """Return for each report of these groups one report that stands for its person: groups that meet are one."""
    parent: dict[int, int] = {}

    def root(report: int) -> int:
        parent.setdefault(report, report)
        while parent[report] != report:
            parent[report] = report = parent[parent[report]]
        return report

    for first, *others in alike:
        for other in others:
            parent[root(other)] = root(first)
    return {report: root(report) for report in list(parent)}


def flags_of(report: Report, found: Shared) -> tuple[Flag, ...]:
    """Return the flags of a report, the gravest first."""
    age = CHILD_FLAG if report.age_group in UNDER_18 else AGE_FLAG if report.age_group in ("", "unknown") else None
    sorted_already = bool(report.sorted_by) and not report.sorted_by.endswith("!")
    told = (
        DANGER if report.danger else None,
        age if sorted_already else None,
        SEVERAL if report.pk in found.several else None,
        REPEAT if report.pk in found.repeat else None,
        None if sorted_already else NOT_SORTED,
    )
    return tuple(flag for flag in told if flag)


MOST_SHOWN = 30
"""Other reports that a page names; it says how many more there are."""


@dataclass(frozen=True)
class Shares:
    """Another report that shares a mark with this one, and what they share."""

    reference: str
    kind: str
    words: str


def sharing(report: Report) -> tuple[Shares, ...]:
    """Return the reports that share a contact or an account name with this one, oldest first, each kind once."""
    marks = Mark.objects.filter(report=report)
    found = (
        Mark.objects.exclude(report=report)
        .filter(Exists(marks.filter(kind=OuterRef("kind"), digest=OuterRef("digest"))))
        .order_by("report__received_at", "report", "kind")
        .values_list("report__reference", "kind")
    )
    told = dict.fromkeys((reference, kind) for reference, kind in found)
    return tuple(Shares(reference, kind, Mark.Kind(kind).label) for reference, kind in told)
