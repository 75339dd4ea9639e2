"""release.json: how to repeat the answer, the tables as a reader knows them, and the hash of every other file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from clearcount.model.release import Release
from clearcount.writers.printed_release import PrintedRelease
from clearcount.writers.words import words

FORMAT = 2
"""The number of the layout of release.json; a reader refuses a higher one.

2: columns carry their first and last day, and a rounded number is marked `round`.
"""
_DOCUMENT_KEYS = ("dimensions", "tables", "known_zero", "links", "rounded")


def document_of(release: Release) -> dict[str, Any]:
    """Return what release.json holds beside the print: the tables as a reader knows them, and how they were chosen.

    The keys of the tables document stand at the top, so release.json itself is one.
    """
    document = {key: release.document[key] for key in _DOCUMENT_KEYS if key in release.document}
    return {"disclosure": dict(release.control), **document}


def manifest(release: PrintedRelease, document: Mapping[str, Any], files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return release.json as values, for a bundle that also holds `files`."""
    said = release.as_dict()
    last = {name: said.pop(name) for name in ("printed", "prose")}
    return {
        "format": FORMAT,
        **said,
        **document,
        **last,
        "words": list(words(release, files.get("response.docx", b""))),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }


def as_text(values: Mapping[str, Any]) -> bytes:
    """Return the bytes of release.json that hold `values`."""
    return (json.dumps(values, ensure_ascii=False, indent=1) + "\n").encode()


def release_json(release: PrintedRelease, document: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """Return release.json for a bundle that also holds `files`."""
    return as_text(manifest(release, document, files))
