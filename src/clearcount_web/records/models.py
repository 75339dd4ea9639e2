"""Imports that somebody asked for, each with what was said of it and what came of it. No text of a record is kept."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clearcount.model.visible import visible
from clearcount_web.cases.models import Answer, Run


class Intake(models.Model):
    """One export of the inbox on its way into the record store.

    `fingerprint` is over the names, sizes and times of its files when somebody looked: others are not imported.
    """

    class State(models.TextChoices):
        """Where it stands."""

        EXPLAINING = "explaining", "being read"
        EXPLAINED = "explained", "read, not imported"
        IMPORTING = "importing", "being imported"
        IMPORTED = "imported", "imported"
        FAILED = "failed", "not imported"
        DROPPED = "dropped", "put aside"

    name = models.CharField(max_length=255)
    """The file or folder of the inbox."""
    fingerprint = models.CharField(max_length=64)
    layout = models.TextField()
    """The layout as TOML, or the name of one that comes with clearcount."""
    as_at = models.DateField()
    """The day on which the extract was taken."""
    state = models.CharField(max_length=12, choices=State.choices, default=State.EXPLAINING)
    complete = models.BooleanField(default=False)
    """Whether the export is all there is, so that records that it lacks leave the snapshot."""
    reason = models.CharField(max_length=300, blank=True)
    """Why an export that is far smaller than the last one is kept."""
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    job_id = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=800, blank=True)
    explained = models.JSONField(default=dict)
    """How each file was read: shapes and counts, never content."""
    snapshot = models.PositiveIntegerField(null=True)
    new = models.BooleanField(null=True)
    """Whether the snapshot is a new one; an export that changes nothing makes none."""
    counts = models.JSONField(default=dict)
    """Records read, added, changed, unchanged, quarantined and removed, by kind."""
    notes = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="imported", snapshot__isnull=False, new__isnull=False)
                | ~Q(state="imported") & Q(snapshot__isnull=True, new__isnull=True),
                name="an_import_has_its_snapshot",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("importing", "imported")) | Q(agreed_by__isnull=False),
                name="somebody_agreed_to_an_import",
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"

    @property
    def shown(self) -> str:
        """The name of the export without signs that nobody sees."""
        return visible(self.name)


class Recount(models.Model):
    """A published answer counted again on a later snapshot: which figures changed, and why.

    The figures are exact and internal. `run` is the count that was published.
    """

    class Settled(models.TextChoices):
        """What was decided on a change."""

        NEW_VERSION = "new version", "it gets a new version"
        REGULAR = "regular", "it becomes a regular publication"
        LEFT = "left", "it stays as it is"

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    snapshot = models.PositiveIntegerField()
    """The snapshot on which it was counted again."""
    counted_at = models.DateTimeField()
    fault = models.CharField(max_length=500, blank=True)
    changes = models.JSONField(default=list)
    """[table, line, column, then, now] of each figure that changed, the greatest change first."""
    changed = models.PositiveIntegerField(default=0)
    """How many figures changed; `changes` keeps the first of them."""
    causes = models.JSONField(default=dict)
    """How many records each cause concerns."""
    settled = models.CharField(max_length=20, blank=True, choices=Settled.choices)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["answer", "snapshot"], name="counted_again_once_a_snapshot"),
            models.CheckConstraint(
                condition=Q(settled="", settled_by__isnull=True, settled_at__isnull=True)
                | ~Q(settled="") & Q(settled_by__isnull=False, settled_at__isnull=False),
                name="somebody_settled_a_change",
            ),
        ]

    def __str__(self) -> str:
        return f"recount {self.pk}"
