"""Reads a release bundle as a folder of files: what may be published is what its hashes cover, and nothing else."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

FORMAT = 2
MANIFEST = "release.json"
BODY = "response-body.html"
MEDIA_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".html": "text/html; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_LIMIT = 50_000_000
_YEAR = re.compile(r"\b(\d{4})\b")


class RefusedBundle(Exception):
    """A bundle that cannot be published: the message says why and what to do."""


@dataclass(frozen=True)
class Bundle:
    """A whole, checked bundle. `files` are those offered for download; `body` is the fragment for the page."""

    manifest: Mapping[str, Any]
    digest: str
    body: str
    files: Mapping[str, bytes]

    @property
    def reference(self) -> str:
        """The force's reference of the request."""
        return str(self.manifest["reference"])

    @property
    def title(self) -> str:
        """What the answer is called."""
        return str(self.manifest["title"])

    @property
    def printed(self) -> list[Mapping[str, Any]]:
        """Every table as printed, the answer first."""
        return list(self.manifest["printed"])

    def day(self, key: str) -> date:
        """Return the name of the date: `received` or `version_date`."""
        return date.fromisoformat(self.manifest[key])

    @property
    def years(self) -> tuple[int, int]:
        """The first and the last year that the answer covers."""
        labels = [str(column[0]) for column in self.printed[0]["columns"] if column[0] != "total"]
        years = [int(year) for label in labels for year in _YEAR.findall(label)]
        return (min(years), max(years)) if years else (self.day("received").year,) * 2

    @property
    def offences(self) -> list[tuple[str, str]]:
        """(code, label) of every line of the answer that has a code."""
        lines = [(str(line[2]), str(line[3])) for line in self.printed[0]["lines"] if line[2]]
        return list(dict.fromkeys(lines))

    @property
    def request_words(self) -> str:
        """The words to search for: title, reference, force, questions, terms, codes and labels."""
        request = self.manifest.get("provenance", {}).get("request", {})
        questions = [str(each.get("text", "")) for each in request.get("question", ()) if isinstance(each, Mapping)]
        terms = request.get("terms", {})
        found = [str(term) for term in terms.get("any", ())] if isinstance(terms, Mapping) else []
        offences = [word for pair in self.offences for word in pair]
        force = str(self.manifest.get("force", ""))
        return "\n".join([self.title, self.reference, force, *questions, *found, *offences])


def read_bundle(folder: Path) -> Bundle:
    """Return the bundle in `folder`, when every file is there, unchanged, and none is there besides.

    Raises:
        RefusedBundle: for a draft, a newer format, a missing, changed or further file, or an unreadable manifest.
    """
    if not (folder / MANIFEST).is_file():
        raise RefusedBundle(f"{folder.name} is not a bundle: it has no {MANIFEST}; give the folder that count wrote")
    raw = (folder / MANIFEST).read_bytes()
    manifest = _manifest(raw)
    named: Mapping[str, str] = manifest["files"]
    present = {path.name for path in folder.iterdir()} - {MANIFEST}
    if missing := sorted(set(named) - present):
        raise RefusedBundle(f"{missing[0]} is named in {MANIFEST} but missing; count again into a fresh folder")
    if further := sorted(present - set(named)):
        raise RefusedBundle(f"{further[0]} is not part of the bundle; only what {MANIFEST} names may be published")
    files = {name: _file(folder / name, digest) for name, digest in named.items()}
    if BODY not in files:
        raise RefusedBundle(f"the bundle has no {BODY}; count again with this version")
    body = files.pop(BODY).decode("utf-8")
    return Bundle(manifest, hashlib.sha256(raw).hexdigest(), body, {**files, MANIFEST: raw})


def _file(path: Path, digest: str) -> bytes:
    if path.is_symlink() or not path.is_file():
        raise RefusedBundle(f"{path.name} is not a plain file")
    if path.suffix not in MEDIA_TYPES:
        raise RefusedBundle(f"{path.name} is not a kind of file that a bundle has")
    if path.stat().st_size > _LIMIT:
        raise RefusedBundle(f"{path.name} is larger than {_LIMIT // 1_000_000} MB")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise RefusedBundle(f"{path.name} was changed after the bundle was made; count again, do not edit its files")
    return content


def _manifest(raw: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(raw)
        date.fromisoformat(manifest["received"]), date.fromisoformat(manifest["version_date"])
        usable = all(manifest[key] for key in ("reference", "title", "printed", "files"))
        first = manifest["printed"][0]
        usable = usable and all(key in first for key in ("columns", "lines", "cells"))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise RefusedBundle(f"{MANIFEST} cannot be read as one that count wrote; count again") from error
    if not usable:
        raise RefusedBundle(f"{MANIFEST} has no reference, title, table or file list; count again")
    if manifest.get("format") != FORMAT:
        raise RefusedBundle(f"{MANIFEST} has format {manifest.get('format')!r}; this version publishes format {FORMAT}")
    if manifest.get("draft", True):
        doubts = ", ".join(map(str, manifest.get("draft_because", ()))) or "not stated"
        raise RefusedBundle(f"the bundle is a draft; mend or accept these doubts and count again: {doubts}")
    return dict(manifest)
