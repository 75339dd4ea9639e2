"""Reports as the staff side keeps them: still sealed; what is known without opening them stands beside."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models

RECORDING_HOURS = 24
"""Hours from report to record: a crime is to be recorded within a day (Home Office Crime Recording Rules)."""


class Report(models.Model):
    """One report, online or taken by staff. Its content stays sealed to the duty and the recovery key."""

    class Outcome(models.TextChoices):
        """How it ended."""

        OCCURRENCE = "occurrence", "Recorded here as an occurrence"
        FORCE = "force", "Recorded in the force's own system"
        NOT_CRIME = "not_crime", "Not a crime"
        PASSED = "passed", "Passed to another force"
        INFORMATION = "information", "Information only"

    reference = models.CharField(max_length=16, unique=True)
    channel = models.CharField(max_length=20, default="online")
    duty_box = models.BinaryField()
    recovery_box = models.BinaryField()
    danger = models.BooleanField(default=False)
    received_at = models.DateTimeField(db_index=True)
    first_read_at = models.DateTimeField(null=True, blank=True)
    alerted_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    likeness = models.CharField(max_length=64, blank=True, db_index=True)
    """A keyed fingerprint of the story, made when it is first read: equal for a report that was sent twice."""
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True, db_index=True)
    outcome_number = models.CharField(max_length=40, blank=True)
    outcome_at = models.DateTimeField(null=True, blank=True)
    held_by = models.CharField(max_length=150, blank=True)
    """The officer who said "I have this"."""
    held_at = models.DateTimeField(null=True, blank=True)
    carried_on_at = models.DateTimeField(null=True, blank=True)
    """When safe contact was carried on to where the report is dealt with; a purge waits for it."""
    age_group = models.CharField(max_length=8, blank=True)
    """The age group that was answered, for flags and statistics; empty when it was not, or nobody has looked yet."""
    sorted_by = models.CharField(max_length=80, blank=True, db_index=True)
    """The stamp of the key and version that made age group, types and marks; empty when none has made them."""

    class Meta:
        ordering: ClassVar = ["-danger", "received_at"]

    @property
    def record_by(self) -> datetime:
        """When a day has passed."""
        return self.received_at + timedelta(hours=RECORDING_HOURS)


class Message(models.Model):
    """A later message of the visitor, still sealed."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="messages")
    public_id = models.BigIntegerField(unique=True)
    box = models.BinaryField()
    recovery_box = models.BinaryField(default=b"")
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    alerted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]


class Reply(models.Model):
    """A reply that was left for the visitor's code, sealed to the duty and the recovery key for the desk."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="replies")
    box = models.BinaryField()
    recovery_box = models.BinaryField()
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=150)

    class Meta:
        ordering: ClassVar = ["pk"]


class TypeTicked(models.Model):
    """One answer to "What is happening?" of a report, for filters and statistics."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="types")
    name = models.CharField(max_length=20, db_index=True)

    class Meta:
        ordering: ClassVar = ["pk"]


class Mark(models.Model):
    """A keyed digest of a way of contact or of an account name in a report: equal for equal ones, opens nothing."""

    class Kind(models.TextChoices):
        """What it is a digest of."""

        CONTACT = "contact", "the same way of contact"
        ACCOUNT = "account", "the same account name"

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "kind", "digest"], name="mark_once")]
        indexes: ClassVar = [models.Index(fields=["kind", "digest"], name="mark_lookup")]


class Note(models.Model):
    """A note of an officer, sealed to the duty and the recovery key. `waits`: something is still to be done."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="notes")
    box = models.BinaryField()
    recovery_box = models.BinaryField()
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=150)
    waits = models.BooleanField(default=False)
    for_whom = models.CharField(max_length=150, blank=True)
    """The officer it waits for; empty for whoever has the desk."""
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]


class ReportLink(models.Model):
    """Two reports that an officer found to belong together; `first` is the one that came in earlier."""

    class Kind(models.TextChoices):
        """What they share."""

        PERSON = "person", "the same person"
        ACCOUNT = "account", "the same suspect account"

    first = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="later_links")
    second = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="earlier_links")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second", "kind"], name="reports_linked_once")
        ]


class OccurrenceLink(models.Model):
    """A report and an occurrence that it belongs to: one recorded here, or one of the force's own system by number."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="occurrence_links")
    number = models.CharField(max_length=40, db_index=True)
    here = models.BooleanField()
    """Whether it is recorded here, so that it has a page."""
    in_store = models.BooleanField(null=True)
    """Whether the record store held the number when the link was made; None where no store is set."""
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "number"], name="occurrence_linked_once")]


class WeekCount(models.Model):
    """What is left of deleted reports: how many came in a week (its Monday) with one answer, one answer at a time."""

    week = models.DateField()
    about = models.CharField(max_length=8)
    value = models.CharField(max_length=20, blank=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["week", "about", "value"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["week", "about", "value"], name="week_counted_once")]
