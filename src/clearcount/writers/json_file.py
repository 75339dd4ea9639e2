"""release.json: how to repeat the answer, the tables as a reader knows them, and the hash of every other file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from clearcount.errors import ForeignFileError
from clearcount.model.release import Release
from clearcount.writers.alike import novelties
from clearcount.writers.json_text import as_text
from clearcount.writers.letter import starter
from clearcount.writers.printed_release import PrintedRelease
from clearcount.writers.release_keys import DOCUMENT_KEYS
from clearcount.writers.words import words

FORMAT = 2
"""The number of the layout of release.json; a reader refuses a higher one.

2: columns carry their first and last day, and a rounded number is marked `round`.
"""


def document_of(release: Release) -> dict[str, object]:
    """Return what release.json holds beside the print: the tables as a reader knows them, and how they were chosen.

    The keys of the tables document stand at the top, so release.json itself is one.
    """
    document = {key: release.document[key] for key in DOCUMENT_KEYS if key in release.document}
    return {"disclosure": dict(release.control), **document}


def manifest(release: PrintedRelease, document: Mapping[str, object], files: Mapping[str, bytes]) -> dict[str, object]:
    """Return release.json as values, for a bundle that also holds `files`."""
    said = release.as_dict()
    last = {name: said.pop(name) for name in ("printed", "prose")}
    letter = files.get("response.docx", b"")
    return {
        "format": FORMAT,
        **said,
        **document,
        **last,
        "words": list(words(release, letter)),
        **({"letter_names": _letter_names(letter)} if "letter_template" in release.provenance.digests else {}),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }


def _letter_names(letter: bytes) -> list[str]:
    """What the force's template brings along beside words: names of styles, languages, fonts.

    Whoever has not the template can still tell them from what was put in later.
    """
    try:
        return sorted(novelties("response.docx", letter, starter())) if letter else []
    except ForeignFileError:
        return []


def release_json(release: PrintedRelease, document: Mapping[str, object], files: Mapping[str, bytes]) -> bytes:
    """Return release.json for a bundle that also holds `files`."""
    return as_text(manifest(release, document, files))
