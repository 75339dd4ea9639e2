"""Published releases. A row exists here only after publication; drafts never enter the public database."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse

PUBLIC_URLS = "clearcount_web.project.urls_public"
"""Publishing happens in the staff process, whose own addresses are others."""


class Release(models.Model):
    """One published answer at its permanent address; its words and files are in its versions."""

    slug = models.SlugField(max_length=120, unique=True)
    reference = models.CharField(max_length=200, unique=True)
    title = models.CharField(max_length=400)
    force = models.CharField(max_length=200)
    received = models.DateField()
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField()
    updated_at = models.DateTimeField(db_index=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawal_reason = models.TextField(blank=True)
    offences_digest = models.CharField(max_length=64, default="")
    seal = models.CharField(max_length=128, default="")
    """Ed25519 over everything above and the last version's number and seal; only the staff side can make one."""

    class Meta:
        ordering: ClassVar = ["-updated_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) | ~models.Q(withdrawal_reason=""),
                name="a_withdrawal_has_a_reason",
            )
        ]

    def get_absolute_url(self) -> str:
        """Return the permanent address."""
        return reverse("disclosure_log:release", PUBLIC_URLS, [self.slug])


class Version(models.Model):
    """One version of a release as it was published; never changed afterwards."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    version_date = models.DateField()
    published_at = models.DateTimeField()
    note = models.TextField(blank=True)
    html = models.TextField()
    printed = models.JSONField()
    digest = models.CharField(max_length=64)
    seal = models.CharField(max_length=128, default="")

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["release", "number"], name="one_version_a_number"),
            models.CheckConstraint(condition=models.Q(number=1) | ~models.Q(note=""), name="a_correction_has_a_note"),
        ]

    def get_absolute_url(self) -> str:
        """Return the permanent address of this version."""
        return reverse("disclosure_log:version", PUBLIC_URLS, [self.release.slug, self.number])

    def file_address(self, name: str) -> str:
        """Return the permanent address of one of its files."""
        return reverse("disclosure_log:file", PUBLIC_URLS, [self.release.slug, self.number, name])


class File(models.Model):
    """One file of a version, byte for byte as in the bundle."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=100)
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "name"], name="one_file_a_name")]


class Offence(models.Model):
    """An offence code that a release answers for, to find releases by offence."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="offences")
    code = models.CharField(max_length=40)
    label = models.CharField(max_length=400)

    class Meta:
        ordering: ClassVar = ["code"]
        indexes: ClassVar = [models.Index(fields=["code", "label"])]
        constraints: ClassVar = [models.UniqueConstraint(fields=["release", "code"], name="one_offence_a_release")]
