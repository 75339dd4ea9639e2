"""The seal of an answer: one SHA-256 over all that it says, so that an approval is of these very words."""

from __future__ import annotations

import hashlib
import json

from clearcount_web.cases.models import Case, Part

SEALED = (
    *("number", "text", "reading", "held", "outcome", "exemption", "limb", "why", "interest_for", "interest_against"),
    *("log_address", "tables", "test_days", "due", "issued_on"),
)


def seal_of(case: Case) -> str:
    """Return the seal of the answer of a case as it stands now."""
    parts = [{name: _plain(getattr(part, name)) for name in SEALED} for part in Part.objects.filter(case=case)]
    said = {
        "reference": case.reference,
        "title": case.title,
        "received": str(case.received_on),
        "round": case.round,
        "parts": parts,
        "plan": case.plan,
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> str | int | None:
    return value if value is None or isinstance(value, (str, int)) else str(value)
