"""Occurrences that must not be purged while a case that counted them is open: one file per case in STORE/holds/."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from pathlib import Path

from clearcount.store.vouched import FolderChange, VouchedFolder

FOLDER = "holds"


def place_hold(store: Path, case: str, occurrences: Iterable[str]) -> None:
    """Keep `occurrences` from being purged until `lift_hold`; a second hold of the same case replaces the first."""
    content = "\n".join([case, *sorted(set(occurrences))]) + "\n"
    VouchedFolder(store, FOLDER).change(
        lambda held: FolderChange(put={_name(case): content.encode()}, drop=tuple(_of_case(held, case)))
    )


def lift_hold(store: Path, case: str) -> None:
    """End the hold of a case; nothing happens when there is none."""
    VouchedFolder(store, FOLDER).change(lambda held: FolderChange(drop=tuple(_of_case(held, case))))


def held(store: Path, occurrences: Collection[str]) -> dict[str, int]:
    """Return how many of `occurrences` each open case holds.

    Raises:
        StoreDamaged: when a hold is lost or is not what was written: then nothing may be purged.
    """
    wanted = set(occurrences)
    found: dict[str, int] = {}
    for content in VouchedFolder(store, FOLDER).files().values():
        case, *numbers = content.decode().splitlines()
        if both := wanted.intersection(numbers):
            found[case] = len(both)
    return found


def _of_case(held: Iterable[str], case: str) -> list[str]:
    """Return the names of the files that hold a case: one, or none."""
    return [name for name in held if name.split("~")[0].removesuffix(".txt") == _name(case).removesuffix(".txt")]


def _name(case: str) -> str:
    """Case references hold slashes; the file is named by their digest and says the reference in its first line."""
    return f"{hashlib.sha256(case.encode()).hexdigest()[:32]}.txt"
