"""Publishing, correcting and withdrawing: the only writes to the disclosure log."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from clearcount_web.audit.actions import record
from clearcount_web.disclosure_log import seals, search
from clearcount_web.disclosure_log.bundle import MEDIA_TYPES, Bundle, RefusedBundle, read_bundle
from clearcount_web.disclosure_log.fragment import FragmentError, prepared
from clearcount_web.disclosure_log.models import File, Offence, Release, Version
from clearcount_web.platform.databases import PUBLIC

NO_KEY = (
    "there is no key to seal what is published; make one with: clearcount manage seal make DIR, and set "
    "CLEARCOUNT_SEAL_KEY_FILE and CLEARCOUNT_SEAL_PUBLIC_FILE"
)


def publish(folder: Path, *, at: datetime, by: Any = "command", note: str = "") -> Version:
    """Publish the bundle in `folder` and returns its version; publishing the same bundle again changes nothing.

    A bundle whose reference is already published becomes a correction: the next version, with `note` saying what
    changed and why.

    Raises:
        RefusedBundle: for a bundle that is a draft or was changed, a correction without a note, a withdrawn release.
    """
    bundle = read_bundle(folder)
    with transaction.atomic(using=PUBLIC):
        release = Release.objects.select_for_update().filter(reference=bundle.reference).first()
        if release is not None:
            if release.withdrawn_at is not None:
                raise RefusedBundle(f"{bundle.reference} was withdrawn; publish a new answer under a new reference")
            if same := release.versions.filter(digest=bundle.digest).first():
                return same
            if not note.strip():
                raise RefusedBundle(f"{bundle.reference} is published already; say with a note what changed and why")
        else:
            note = ""
            release = Release(slug=_free_slug(bundle), reference=bundle.reference, published_at=at)
        version = _write(release, bundle, at=at, note=note.strip())
        seal(release)
        version.refresh_from_db(fields=["seal"])
        record(
            "release.published",
            by=by,
            using=PUBLIC,
            kind="release",
            key=release.slug,
            changes={"version": (version.number - 1, version.number)},
        )
    return version


def ensure_welcome(folder: Path, *, note: str) -> None:
    """Return nothing when `publish` would take this bundle, so that nothing is written elsewhere for one it refuses.

    Raises:
        RefusedBundle: as `publish` does.
    """
    bundle = read_bundle(folder)
    if settings.SEAL_KEY is None:
        raise RefusedBundle(NO_KEY)
    release = Release.objects.filter(reference=bundle.reference).first()
    if release is not None and release.withdrawn_at is not None:
        raise RefusedBundle(f"{bundle.reference} was withdrawn; publish a new answer under a new reference")
    if release is not None and not release.versions.filter(digest=bundle.digest).exists() and not note.strip():
        raise RefusedBundle(f"{bundle.reference} is published already; say with a note what changed and why")


def seal(release: Release) -> None:
    """Seal a release and its versions as they stand in the database.

    Raises:
        RefusedBundle: when the key that makes seals is not set.
    """
    try:
        latest = None
        for latest in release.versions.all():
            latest.seal = seals.seal_version(latest, latest.files.defer("content"))
            latest.save(update_fields=["seal"])
        release.offences_digest = seals.offences_digest(release.offences.values_list("code", "label"))
        release.seal = seals.seal_release(release, latest)
    except seals.NoKey:
        raise RefusedBundle(NO_KEY) from None
    release.save(update_fields=["seal", "offences_digest"])


def withdraw(slug: str, *, at: datetime, reason: str, by: Any = "command") -> Release:
    """Withdraw a release and returns it: its words, tables and files are removed, its address says when and why.

    Raises:
        RefusedBundle: without a reason, or when no such release is published.
    """
    if not reason.strip():
        raise RefusedBundle("a withdrawal needs a reason; it is shown to the public")
    with transaction.atomic(using=PUBLIC):
        release = Release.objects.select_for_update().filter(slug=slug, withdrawn_at__isnull=True).first()
        if release is None:
            raise RefusedBundle(f"no published release is called {slug!r}")
        release.versions.all().delete()
        release.offences.all().delete()
        search.forget(release)
        release.withdrawn_at = release.updated_at = at
        release.withdrawal_reason = reason.strip()
        release.save()
        seal(release)
        record("release.withdrawn", by=by, using=PUBLIC, kind="release", key=release.slug, changes={})
    return release


def _free_slug(bundle: Bundle) -> str:
    wanted = slugify(bundle.reference.replace("/", "-"))[:100] or bundle.digest[:12]
    taken = Release.objects.filter(slug__startswith=wanted).values_list("slug", flat=True)
    return wanted if wanted not in taken else f"{wanted}-{bundle.digest[:8]}"


def _write(release: Release, bundle: Bundle, *, at: datetime, note: str) -> Version:
    release.title = bundle.title[:400]
    release.force = str(bundle.manifest.get("force", ""))[:200]
    release.received = bundle.day("received")
    release.first_year, release.last_year = bundle.years
    release.updated_at = at
    release.save()
    number = release.versions.count() + 1
    version = Version(
        release=release,
        number=number,
        version_date=bundle.day("version_date"),
        published_at=at,
        note=note,
        printed=bundle.printed,
        digest=bundle.digest,
    )
    try:
        version.html = prepared(bundle.body, {name: version.file_address(name) for name in bundle.files})
    except FragmentError as error:
        raise RefusedBundle(str(error)) from error
    version.save()
    File.objects.bulk_create(
        File(
            version=version,
            name=name,
            media_type=MEDIA_TYPES[Path(name).suffix],
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            content=content,
        )
        for name, content in bundle.files.items()
    )
    release.offences.all().delete()
    labels = {code: label[:400] for code, label in reversed(bundle.offences)}
    Offence.objects.bulk_create(Offence(release=release, code=code, label=labels[code]) for code in labels)
    search.index(release, bundle.request_words)
    return version
