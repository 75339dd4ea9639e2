"""Drafts and sealed reports, in the public database. Nothing here can be read with what the public process holds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Draft(models.Model):
    """The answers of a report that is being filled in, encrypted under a key that only the visitor's cookie holds."""

    place = models.CharField(max_length=64, unique=True)
    """A hash of the key: finds the row, opens nothing."""
    box = models.BinaryField()
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField(db_index=True)


class SealedReport(models.Model):
    """A report as it was sent: sealed once for the duty desk and once for recovery."""

    place = models.CharField(max_length=64, unique=True)
    """The place of the draft it was: the same draft sent twice is one report."""
    reference = models.CharField(max_length=16, unique=True)
    duty_box = models.BinaryField()
    recovery_box = models.BinaryField()
    danger = models.BooleanField()
    received_at = models.DateTimeField(db_index=True)
    code_hash = models.CharField(max_length=64, unique=True)
    reply_key = models.BinaryField()
    """The public key made from the follow-up code: a reply sealed to it opens only with the code."""

    class Meta:
        ordering: ClassVar = ["pk"]


class SealedMessage(models.Model):
    """A later message: from the visitor, sealed to the two desks, or a reply, sealed to the visitor's code."""

    report = models.ForeignKey(SealedReport, on_delete=models.CASCADE, related_name="messages")
    place = models.CharField(max_length=64, unique=True, null=True)
    """A hash of the text under the visitor's code: the same message sent again is found, and cannot be guessed."""
    from_visitor = models.BooleanField()
    box = models.BinaryField()
    recovery_box = models.BinaryField(default=b"")
    sent_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
