"""Reads of the disclosure log."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Prefetch, QuerySet

from clearcount_web.disclosure_log import search
from clearcount_web.disclosure_log.models import Offence, Release, Version
from clearcount_web.disclosure_log.seals import release_holds

log = logging.getLogger("clearcount_web.disclosure_log")
MOST_DIFFERENCES = 200
CHOICES_SECONDS = 60


@dataclass(frozen=True)
class Difference:
    """One cell that two versions print differently; empty where a version has no such cell."""

    table: str
    line: str
    column: str
    before: str
    after: str


def found(*, words: str, code: str, year: int | None) -> QuerySet[Release]:
    """Return published releases, the last changed first, narrowed by words, offence code and a year that they cover."""
    releases = search.holding(Release.objects.filter(withdrawn_at__isnull=True), words)
    if code:
        releases = releases.filter(offences__code=code)
    if year is not None:
        releases = releases.filter(first_year__lte=year, last_year__gte=year)
    return releases


def with_seals(releases: QuerySet[Release]) -> QuerySet[Release]:
    """Return the same releases with what their seals need of their versions."""
    return releases.prefetch_related(Prefetch("versions", Version.objects.only("release_id", "number", "seal", "note")))


def sealed(releases: Iterable[Release]) -> list[Release]:
    """Return those of `releases` that are as the staff side published them; the others are logged and not shown."""
    given = list(releases)
    good = [each for each in given if release_holds(each, _last(each))]
    if len(good) < len(given):
        log.error("published answers do not match their seals", extra={"count": len(given) - len(good)})
    return good


def _last(release: Release) -> Version | None:
    versions = list(release.versions.all())
    return versions[-1] if versions else None


def last_change() -> str:
    """Return when the log last changed, as a word; empty for an empty log."""
    latest = Release.objects.order_by("-updated_at").values_list("updated_at", flat=True).first()
    return latest.isoformat() if latest else ""


def offence_choices() -> dict[str, str]:
    """Return code -> label of every offence that a release answers for, by code; at most a minute old."""
    return cache.get_or_set("log:offences", _offences, CHOICES_SECONDS) or {}


def _offences() -> dict[str, str]:
    published = Offence.objects.filter(release__withdrawn_at__isnull=True)
    return dict(published.order_by("code", "label").values_list("code", "label").distinct())


def year_choices() -> list[int]:
    """Return every year that a release covers, the latest first; at most a minute old."""
    return cache.get_or_set("log:years", _years, CHOICES_SECONDS) or []


def _years() -> list[int]:
    spans = (
        Release.objects.filter(withdrawn_at__isnull=True).order_by().values_list("first_year", "last_year").distinct()
    )
    return sorted({year for first, last in spans for year in range(first, last + 1)}, reverse=True)


def differences(before: Version, after: Version) -> list[Difference]:
    """Return every cell that differs between two versions, in print order, and cells that only one of them has."""
    old, new = _cells(before.printed), _cells(after.printed)
    keys = list(dict.fromkeys((*new, *old)))
    return [Difference(*key, old.get(key, ""), new.get(key, "")) for key in keys if old.get(key) != new.get(key)]


def _cells(printed: list[Mapping[str, Any]]) -> dict[tuple[str, str, str], str]:
    return {(table, line, column): shown for table, line, column, shown in _walk(printed)}


def _walk(printed: list[Mapping[str, Any]]) -> Iterator[tuple[str, str, str, str]]:
    for table in printed:
        for line, row in zip(table["lines"], table["cells"], strict=True):
            heading = " ".join(part for part in map(str, line[2:]) if part and part != "total")
            for column, shown in zip(table["columns"], row, strict=True):
                yield str(table["title"]), heading, str(column[1]), str(shown)
