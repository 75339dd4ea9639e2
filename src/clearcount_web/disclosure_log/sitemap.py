"""The addresses of published releases."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from clearcount_web.disclosure_log.models import Release
from clearcount_web.site.sitemap import Address


def addresses() -> Iterator[Address]:
    """Yield the log itself and every release that is not withdrawn."""
    yield Address(reverse("disclosure_log:list"))
    for slug, updated in Release.objects.filter(withdrawn_at__isnull=True).values_list("slug", "updated_at").iterator():
        yield Address(reverse("disclosure_log:release", args=[slug]), updated.date())
