"""Seals of published answers: made with a key that only the staff side has, compared by whoever shows them.

The public process holds the other half and can make none. Whoever writes the public database can therefore take an
answer away, but not show another one. Ed25519 by libsodium.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from nacl.encoding import HexEncoder
from nacl.exceptions import BadSignatureError, CryptoError

if TYPE_CHECKING:
    from clearcount_web.disclosure_log.models import File, Release, Version


class NoKey(Exception):
    """The key that makes seals is not set."""


def seal_version(version: Version, files: Iterable[File]) -> str:
    """Return the seal of a version: its page, its tables, the list of its files. Raises NoKey."""
    return sign(_version_body(version, files))


def seal_release(release: Release, latest: Version | None) -> str:
    """Return the seal of a release: what lists show of it, and which version is the last. Raises NoKey."""
    return sign(_release_body(release, latest))


def version_holds(version: Version) -> bool:
    """Return whether a version is as the staff side published it; its files by their digests alone.

    Give it with its files prefetched without their content.
    """
    return holds(_version_body(version, version.files.all()), version.seal)


def release_holds(release: Release, latest: Version | None) -> bool:
    """Return whether what lists show of a release is what the staff side published, `latest` being its last version."""
    return holds(_release_body(release, latest), release.seal)


def file_holds(file: File) -> bool:
    """Return whether a file's bytes are those that its version's seal names."""
    return bytes_hold(file) and version_holds(file.version)


def bytes_hold(file: File) -> bool:
    """Return whether a file's bytes have the digest that stands beside them."""
    return hashlib.sha256(bytes(file.content)).hexdigest() == file.sha256


def offences_hold(release: Release) -> bool:
    """Return whether the offences by which a release is found are those of its seal."""
    return release.offences_digest == offences_digest((each.code, each.label) for each in release.offences.all())


def offences_digest(offences: Iterable[tuple[str, str]]) -> str:
    """Return the digest of codes with their labels, whatever their order."""
    return hashlib.sha256(json.dumps(sorted(offences)).encode()).hexdigest()


def _version_body(version: Version, files: Iterable[File]) -> bytes:
    return _canonical(
        {
            "kind": "version",
            "release": version.release.slug,
            "number": version.number,
            "version_date": version.version_date.isoformat(),
            "published_at": _moment(version.published_at),
            "note": version.note,
            "html": hashlib.sha256(version.html.encode()).hexdigest(),
            "printed": version.printed,
            "digest": version.digest,
            "files": sorted([file.name, file.media_type, file.sha256, file.size] for file in files),
        }
    )


def _release_body(release: Release, latest: Version | None) -> bytes:
    return _canonical(
        {
            "kind": "release",
            "slug": release.slug,
            "reference": release.reference,
            "title": release.title,
            "force": release.force,
            "received": release.received.isoformat(),
            "years": [release.first_year, release.last_year],
            "published_at": _moment(release.published_at),
            "updated_at": _moment(release.updated_at),
            "withdrawn_at": _moment(release.withdrawn_at),
            "withdrawal_reason": release.withdrawal_reason,
            "offences": release.offences_digest,
            "latest": [latest.number, latest.seal] if latest else None,
        }
    )


def _canonical(body: Mapping[str, object]) -> bytes:
    return json.dumps(body, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None


def sign(body: bytes) -> str:
    """Return the seal of some bytes, which begin with what kind of thing they are. Raises NoKey."""
    if settings.SEAL_KEY is None:
        raise NoKey
    return str(settings.SEAL_KEY.sign(body, encoder=HexEncoder).signature.decode())


def holds(body: bytes, seal: str) -> bool:
    """Return whether a seal is of these very bytes."""
    if settings.SEAL_PUBLIC is None:
        return False
    try:
        settings.SEAL_PUBLIC.verify(body, bytes.fromhex(seal))
    except (BadSignatureError, CryptoError, ValueError, TypeError):
        return False
    return True
