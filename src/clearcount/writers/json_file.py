"""release.json: how to repeat the answer, the tables as a reader knows them, and the hash of every other file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from clearcount.model.release import Release
from clearcount.writers.printed import plain, printed_tables
from clearcount.writers.words import words

FORMAT = 1
"""The number of the layout of release.json; a reader refuses a higher one."""
_DOCUMENT_KEYS = ("dimensions", "tables", "known_zero", "links")


def manifest(release: Release, letter: bytes = b"") -> dict[str, Any]:
    """release.json without its hashes. The keys of the tables document stand at the top, so the file itself is one."""
    document = {key: release.document[key] for key in _DOCUMENT_KEYS if key in release.document}
    return {
        "format": FORMAT,
        "reference": plain(release.reference),
        "title": plain(release.title),
        "force": plain(release.force.name),
        "answered_by": {**asdict(release.force), "contact": dict(release.force.contact)},
        "received": release.received.isoformat(),
        "version_date": release.version_date.isoformat(),
        "draft": bool(release.draft_because),
        "draft_because": [plain(doubt) for doubt in release.draft_because],
        "accepted": [[doubt, plain(reason)] for doubt, reason in release.accepted],
        "supersedes": plain(release.supersedes),
        "provenance": release.provenance.as_dict(),
        "disclosure": dict(release.control),
        **document,
        "printed": [table.as_dict() for table in printed_tables(release)],
        "words": list(words(release, letter)),
    }


def release_json(release: Release, files: Mapping[str, bytes]) -> bytes:
    """release.json for a bundle that also holds `files`."""
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    return (
        json.dumps(
            {**manifest(release, files.get("response.docx", b"")), "files": hashes}, ensure_ascii=False, indent=1
        )
        + "\n"
    ).encode()
