"""What somebody probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Sequence


def nearest(given: str, known: Sequence[str]) -> str:
    """Return `the nearest is 'status'`, or the list of all that is known when nothing is near."""
    folded = {name.strip().lower(): name for name in known}
    close = difflib.get_close_matches(given.strip().lower(), list(folded), n=1, cutoff=0.6)
    if close:
        return f"the nearest is {folded[close[0]]!r}"
    return f"known: {', '.join(known)}" if known else "nothing is known"
