"""The seal of an answer: one SHA-256 over all that it says, so that an approval is of these very words."""

from __future__ import annotations

import hashlib
import json

from clearcount_web.cases.folders import answer_folder
from clearcount_web.cases.models import Case, Part
from clearcount_web.disclosure_log.bundle import MANIFEST

ANSWERS = ("answer", "review", "ordered", "correction")
"""The letters that are part of an answer."""
SEALED = (
    *("number", "text", "reading", "held", "outcome", "exemption", "limb", "why", "interest_for", "interest_against"),
    *("log_address", "tables", "test_days", "test_limb", "due"),
)


def seal_of(case: Case) -> str:
    """Return the seal of the answer of a case as it stands now; the day of sending is no part of what it says."""
    return hashlib.sha256(sealed_text(case).encode()).hexdigest()


def sealed_text(case: Case) -> str:
    """Return all that the answer of a case says, as the JSON that the seal is the SHA-256 of."""
    parts = [{name: _plain(getattr(part, name)) for name in SEALED} for part in Part.objects.filter(case=case)]
    said = {
        "reference": case.reference,
        "title": case.title,
        "received": str(case.received_on),
        "round": case.round,
        "parts": parts,
        "plan": case.plan,
        "bundle": _bundle(case),
        "letters": [
            digest_of(paragraphs)
            for paragraphs in case.letters.filter(round=case.round, kind__in=ANSWERS)
            .order_by("number")
            .values_list("paragraphs", flat=True)
        ],
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(paragraphs: object) -> str:
    """Return the SHA-256 of a letter's paragraphs, each with its legal basis."""
    return hashlib.sha256(json.dumps(paragraphs, ensure_ascii=False).encode()).hexdigest()


def _bundle(case: Case) -> str:
    """The SHA-256 of the manifest as it is on disk now; the manifest holds the hash of each file of the bundle."""
    if case.run is None:
        return ""
    try:
        return hashlib.sha256((answer_folder(case.run) / MANIFEST).read_bytes()).hexdigest()
    except OSError:
        return "missing"


def _plain(value: object) -> str | int | None:
    return value if value is None or isinstance(value, (str, int)) else str(value)
