"""Occurrences that must not be purged while a case that counted them is open: one file per case in STORE/holds/."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from pathlib import Path

from clearcount.files import write_whole
from clearcount.store.layout import private_files


def place_hold(store: Path, case: str, occurrences: Iterable[str]) -> None:
    """Keeps `occurrences` from being purged until `lift_hold`; a second hold of the same case replaces the first."""
    with private_files():
        path = _path(store, case)
        path.parent.mkdir(exist_ok=True)
        write_whole(path, "\n".join([case, *sorted(set(occurrences))]) + "\n")


def lift_hold(store: Path, case: str) -> None:
    """Ends the hold of a case; nothing happens when there is none."""
    _path(store, case).unlink(missing_ok=True)


def held(store: Path, occurrences: Collection[str]) -> dict[str, int]:
    """How many of `occurrences` each open case holds."""
    wanted = set(occurrences)
    found = {}
    for path in sorted((store / "holds").glob("*.txt")):
        case, *numbers = path.read_text(encoding="utf-8").splitlines()
        if both := wanted.intersection(numbers):
            found[case] = len(both)
    return found


def _path(store: Path, case: str) -> Path:
    """Case references hold slashes; the file is named by their digest and says the reference in its first line."""
    return store / "holds" / f"{hashlib.sha256(case.encode()).hexdigest()[:32]}.txt"
