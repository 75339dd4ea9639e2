"""Flags of a report, as queries over what stands beside it: nothing is opened to show one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

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
REPEAT = Flag("repeat", "REPEAT", "the same contact or account stands in an earlier report")
NOT_SORTED = Flag("unsorted", "NOT SORTED", "unlock the duty key to see its other flags")
CHOICES = (
    ("danger", "Danger"),
    ("child", "Child, or age not known"),
    ("repeat", "Repeat"),
    ("several", "Several victims of one account"),
)


def with_flags(reports: QuerySet[Any]) -> QuerySet[Any]:
    """Return the reports with `is_repeat` and `is_several`."""
    own = Mark.objects.filter(report=OuterRef("pk"))
    came_before = Q(report__received_at__lt=OuterRef("report__received_at")) | Q(
        report__received_at=OuterRef("report__received_at"), report__lt=OuterRef("report")
    )
    equal = Mark.objects.filter(kind=OuterRef("kind"), digest=OuterRef("digest"))
    contacts = Mark.objects.filter(kind=Mark.Kind.CONTACT)
    own_contact = contacts.filter(report=OuterRef(OuterRef(OuterRef("report"))), digest=OuterRef("digest"))
    one_person = contacts.filter(report=OuterRef("report")).filter(Exists(own_contact))
    sent_twice = Report.objects.filter(pk=OuterRef("report"), likeness=OuterRef(OuterRef("report__likeness"))).exclude(
        likeness=""
    )
    others = equal.exclude(report=OuterRef("report")).filter(~Exists(one_person), ~Exists(sent_twice))
    flagged: QuerySet[Any] = reports.annotate(
        is_repeat=Exists(own.filter(Exists(equal.filter(came_before)))),
        is_several=Exists(own.filter(kind=Mark.Kind.ACCOUNT).filter(Exists(others))),
    )
    return flagged


def narrowed(reports: QuerySet[Any], flag: str) -> QuerySet[Any]:
    """Return the reports that carry a flag, from `with_flags`; all of them for a word that is no flag."""
    wanted = {
        "danger": Q(danger=True),
        "child": CHILD | AGE_NOT_KNOWN,
        "repeat": Q(is_repeat=True),
        "several": Q(is_several=True),
    }
    return reports.filter(wanted[flag]) if flag in wanted else reports


def flags_of(report: Any) -> tuple[Flag, ...]:
    """Return the flags of a report of `with_flags`, the gravest first."""
    age = CHILD_FLAG if report.age_group in UNDER_18 else AGE_FLAG if report.age_group in ("", "unknown") else None
    sorted_already = bool(report.sorted_by) and not report.sorted_by.endswith("!")
    found = (
        DANGER if report.danger else None,
        age if sorted_already else None,
        SEVERAL if report.is_several else None,
        REPEAT if report.is_repeat else None,
        None if sorted_already else NOT_SORTED,
    )
    return tuple(flag for flag in found if flag)


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
