"""Events and the head of their chain. No foreign keys: an event outlives what it speaks of."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Event(models.Model):
    """One thing that happened. `mac` is an HMAC over the event and the `mac` before it."""

    number = models.BigIntegerField(primary_key=True)
    at = models.CharField(max_length=32)  # UTC, ISO 8601, as hashed: a timestamp column would lose digits on the way
    actor = models.CharField(max_length=150)
    verb = models.CharField(max_length=60, db_index=True)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=100, db_index=True)
    changes = models.TextField()  # JSON as hashed
    reason = models.CharField(max_length=2000)
    mac = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.verb}"


class Head(models.Model):
    """Where the chain ends: one row, so that cutting off the last events is found too."""

    id = models.SmallIntegerField(primary_key=True)
    number = models.BigIntegerField()
    mac = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"head at {self.number}"
