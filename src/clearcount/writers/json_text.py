"""The one way in which the bundle's JSON files are written."""

from __future__ import annotations

import json


def as_text(value: object) -> bytes:
    """Return `value` as the bytes of a JSON file: one space a level, letters as they are, a line end at the end."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
