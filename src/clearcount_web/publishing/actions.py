"""Publishing from the staff side: verified, sealed, copied out, remembered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from clearcount_web.audit.actions import record
from clearcount_web.disclosure_log import actions as disclosure_log
from clearcount_web.disclosure_log.bundle import RefusedBundle
from clearcount_web.disclosure_log.models import Release, Version
from clearcount_web.disclosure_log.seals import bytes_hold, offences_hold, release_holds, version_holds
from clearcount_web.platform.databases import STAFF
from clearcount_web.publishing.checking import ensure_fit
from clearcount_web.publishing.models import Publication

FILES_ONLY_HOST = "static.invalid"
"""The staff host of a site of files, whose databases are thrown away: there is no store to count again with."""


def publish(folder: Path, *, store: Path | None, at: datetime, by: Any, note: str = "") -> Version:
    """Verify the bundle in `folder` against its records and the force's policy, seal it and publish it.

    Raises:
        RefusedBundle: with the reason, when it may not be published.
    """
    disclosure_log.ensure_welcome(folder, note=note)
    store = store or settings.STORE_DIR
    if settings.ALLOWED_HOSTS != [FILES_ONLY_HOST]:
        if store is None:
            raise RefusedBundle(
                "no record store is named to count again with; set CLEARCOUNT_STORE_DIR or give --store"
            )
        if settings.POLICY_FILE is None:
            raise RefusedBundle("the force's policy is not named; set CLEARCOUNT_POLICY_FILE to its policy.toml")
    ensure_fit(folder, store=store, policy=settings.POLICY_FILE)
    version = disclosure_log.publish(folder, at=at, by=by, note=note)
    remember(version.release, by=by)
    return version


def withdraw(slug: str, *, at: datetime, reason: str, by: Any) -> None:
    """Withdraw a release and remember that it is.

    Raises:
        RefusedBundle: without a reason, or when no such release is published.
    """
    remember(disclosure_log.withdraw(slug, at=at, reason=reason, by=by), by=by)


def remember(release: Release, *, by: Any) -> None:
    """Keep the seal of a release on the staff side, so that an older state put back later is found."""
    with transaction.atomic(using=STAFF):
        known, _ = Publication.objects.select_for_update().get_or_create(
            slug=release.slug, defaults={"seal": "", "sealed_at": release.updated_at}
        )
        if known.seal != release.seal:
            known.seal, known.sealed_at = release.seal, release.updated_at
            known.save(update_fields=["seal", "sealed_at"])
            record("release.sealed", by=by, kind="release", key=release.slug)


@dataclass(frozen=True)
class Compared:
    """What comparing the public database with the staff side found: faults, and releases that were taken up late."""

    faults: tuple[str, ...]
    late: tuple[str, ...]
    releases: int


def compare(*, by: Any = "worker") -> Compared:
    """Compare every published answer, each file's bytes included, with its seals and with what the staff side knows.

    A release that was published just before a power cut bears a good seal that is newer than the one known here. It is
    taken up.
    """
    known = {each.slug: each for each in Publication.objects.all()}
    faults, late = [], []
    count = 0
    for release in Release.objects.prefetch_related("versions__files", "offences").iterator(chunk_size=10):
        count += 1
        mine = known.pop(release.slug, None)
        versions = list(release.versions.all())
        latest = versions[-1] if versions else None
        if not release_holds(release, latest) or not offences_hold(release):
            faults.append(f"{release.slug}: what lists show of it does not match its seal")
            continue
        faults += [
            f"{release.slug}: version {each.number} does not match its seal" for each in versions if not _whole(each)
        ]
        if mine is None or (mine.seal != release.seal and release.updated_at > mine.sealed_at):
            late.append(release.slug)
            remember(release, by=by)
        elif mine.seal != release.seal:
            faults.append(f"{release.slug}: an older state of it was put back")
    faults += [f"{slug}: was published and is not there" for slug in sorted(known)]
    return Compared(tuple(faults), tuple(late), count)


def _whole(version: Version) -> bool:
    return version_holds(version) and all(bytes_hold(file) for file in version.files.all())


def seal_again(*, by: Any) -> int:
    """Seal every published answer with the key that is set now, after a change of key or for an older version's.

    Gives their number. It makes what stands in the public database the truth, so compare it first.
    """
    releases = Release.objects.prefetch_related("versions__files")
    for release in releases:
        disclosure_log.seal(release)
        remember(release, by=by)
    return len(releases)
