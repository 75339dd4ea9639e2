"""Occurrences. What is written stays written: a correction is a new row that names the one it corrects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models

STATUSES = (("recorded", "recorded"), ("cancelled", "cancelled"), ("transferred", "transferred"))


class AppendOnly(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save a new row. Raises RuntimeError for one that is there already."""
        if self.pk is not None and not kwargs.get("force_insert"):
            raise RuntimeError("this row is written once; add a correction instead")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse always: only the retention command removes a whole occurrence."""
        raise RuntimeError("this row is kept; add a correction instead")


class Occurrence(models.Model):
    """One thing that happened, with its offences and texts.

    `force_number` is its number in the force's own system, where it is held there too. The export then leaves it to
    that system, so that a count over both never counts it twice. `report` is the reference of the online report.
    """

    number = models.CharField(max_length=12, unique=True)
    force_number = models.CharField(max_length=40, blank=True, db_index=True)
    report = models.CharField(max_length=40, blank=True, db_index=True)
    channel = models.CharField(max_length=20, default="online")
    reported_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)
    report_deleted_at = models.DateTimeField(null=True, blank=True)
    """When the report that it was made from was deleted at the end of its time."""
    message_waits = models.BooleanField(default=False)
    """Whether its report has a later message that nobody carried on: it may change how somebody may be reached."""
    exported_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.number


class Offence(models.Model):
    """One recorded crime on an occurrence; its status changes, with a reason in the audit, and nothing else does."""

    occurrence = models.ForeignKey(Occurrence, on_delete=models.CASCADE, related_name="offences")
    crime_no = models.CharField(max_length=16, unique=True)
    code = models.CharField(max_length=6)
    label = models.CharField(max_length=1100)
    recorded_on = models.DateField()
    committed_from = models.DateField(null=True, blank=True)
    committed_to = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=STATUSES, default="recorded")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status__in=[value for value, _ in STATUSES]), name="offence_status_known"
            )
        ]

    @property
    def printed(self) -> str:
        """`HO 086/02`."""
        return f"HO {self.code}"


class Entry(AppendOnly):
    """One text: a summary, an MO or a numbered log entry. `corrects` names the text that it replaces."""

    class Field(models.TextChoices):
        """Which field of a record it is."""

        SUMMARY = "summary", "Summary"
        MO = "mo", "MO"
        OEL = "oel", "Log entry"

    occurrence = models.ForeignKey(Occurrence, on_delete=models.CASCADE, related_name="entries")
    field = models.CharField(max_length=8, choices=Field.choices)
    number = models.PositiveIntegerField()
    text = models.TextField()
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=150)
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )

    class Meta:
        ordering: ClassVar = ["field", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["occurrence", "field", "number"], name="entry_number_once")
        ]

    @property
    def holds(self) -> bool:
        """Whether no later text corrects this one."""
        return not hasattr(self, "corrected_by")


class Marker(AppendOnly):
    """A flag on an occurrence, such as AI: who set it, when and on what basis; `on` false takes it off again."""

    occurrence = models.ForeignKey(Occurrence, on_delete=models.CASCADE, related_name="markers")
    name = models.CharField(max_length=60)
    on = models.BooleanField(default=True)
    basis = models.CharField(max_length=60)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=150)

    class Meta:
        ordering: ClassVar = ["pk"]


@dataclass(frozen=True)
class Wish:
    """One wish about contact, or one fact that whoever calls must know first.

    `answer` is YES, NO, NOT SAID or NOT ASKED, or the words of the person; `means` says in words what follows.
    """

    label: str
    answer: str
    means: str = ""

    @property
    def refuses(self) -> bool:
        """Whether the answer is a NO."""
        return self.answer == "NO"

    @property
    def asks(self) -> bool:
        """Whether the person must be asked first."""
        return self.answer in ("NOT SAID", "NOT ASKED")

    @property
    def alarms(self) -> bool:
        """Whether somebody is or may be in danger."""
        return self.answer in ("IN DANGER", "MAY BE IN DANGER")

    @property
    def said(self) -> str:
        """Return the answer and what follows from it, as every page prints it."""
        return f"{self.answer} ({self.means})" if self.means else self.answer

    @property
    def line(self) -> str:
        """Return the wish as one line of plain text."""
        return f"{self.label}: {self.said}"


class Person(models.Model):
    """Somebody on an occurrence, kept apart from its texts and out of every export."""

    occurrence = models.ForeignKey(Occurrence, on_delete=models.CASCADE, related_name="people")
    role = models.CharField(
        max_length=10,
        choices=(("victim", "Victim"), ("witness", "Witness"), ("suspect", "Suspect"), ("other", "Other")),
    )
    name = models.CharField(max_length=200, blank=True)
    contact = models.TextField(blank=True)
    safe_contact = models.TextField(blank=True)
    facts = models.JSONField(default=list)
    """The wishes that came with a report, each as [label, answer, means]; read them as `wishes`."""
    danger = models.CharField(max_length=8, blank=True)
    age_group = models.CharField(max_length=8, blank=True)
    about = models.CharField(max_length=8, blank=True)
    """Who the report was about: me, other or witness."""
    report = models.CharField(max_length=40, blank=True)
    """The reference of the report that named this person."""
    report_deleted_at = models.DateTimeField(null=True, blank=True)
    """When that report was deleted at the end of its time."""

    @property
    def wishes(self) -> tuple[Wish, ...]:
        """Return what whoever calls must know first."""
        return tuple(Wish(*fact) for fact in self.facts)

    class Meta:
        ordering: ClassVar = ["pk"]
