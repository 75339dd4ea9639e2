"""The keys at the top of release.json: a new one is declared here, and `verify` names every other."""

from __future__ import annotations

DOCUMENT_KEYS = ("dimensions", "tables", "known_zero", "links", "rounded")
"""The keys of the tables document."""
RELEASE_KEYS = frozenset(
    (
        *("format", "reference", "title", "force", "answered_by", "received", "version_date", "draft", "draft_because"),
        *("accepted", "supersedes", "provenance", "disclosure", *DOCUMENT_KEYS, "printed", "prose", "words"),
        *("statements", "letter_names", "files", "noun"),
    )
)
