"""The inbox of requests, in the public database. Staff read it; the public side only inserts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class InboxRequest(models.Model):
    """One request as it was sent; `taken_at` is set when staff say that it is a case of the force."""

    token = models.UUIDField(unique=True)
    reference = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=200)
    contact = models.CharField(max_length=400)
    text = models.TextField()
    received_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    """When staff were told that it came in."""
    taken_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        ordering: ClassVar = ["pk"]
