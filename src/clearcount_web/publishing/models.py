"""What the staff side knows to be published, apart from the public database that holds it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Publication(models.Model):
    """One published answer: the seal of its release as the staff side made it last."""

    slug = models.SlugField(max_length=120, unique=True)
    seal = models.CharField(max_length=128)
    sealed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["slug"]

    def __str__(self) -> str:
        return self.slug
