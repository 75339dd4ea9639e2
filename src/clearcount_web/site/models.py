"""What visitors send through the fixed pages, and page counts without an identifier. All in the public database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from django.db import models


class Feedback(models.Model):
    """One message about the site. No name, no address, nothing about the browser."""

    text = models.TextField()
    received_on = models.DateField()

    class Meta:
        ordering: ClassVar = ["id"]


class Complaint(models.Model):
    """One data-protection complaint; staff acknowledge it within 30 days of `received_on`."""

    ACKNOWLEDGE_DAYS = 30

    reference = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=200)
    contact = models.CharField(max_length=300)
    text = models.TextField()
    received_on = models.DateField()
    acknowledged_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    """When staff were told that it came in."""

    class Meta:
        ordering: ClassVar = ["id"]

    @property
    def acknowledge_by(self) -> date:
        """The last day on which the acknowledgement is in time."""
        return self.received_on + timedelta(days=self.ACKNOWLEDGE_DAYS)


class PageCount(models.Model):
    """How often a kind of page was shown on one day to people who accepted additional cookies."""

    day = models.DateField()
    page = models.CharField(max_length=40)
    shown = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "page"], name="one_count_a_day")]
        ordering: ClassVar = ["day", "page"]
