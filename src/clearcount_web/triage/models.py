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
