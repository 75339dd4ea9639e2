"""What a check of a bundle is given, and how it ends whatever the bundle does to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from clearcount.errors import ForeignFileError
from clearcount.writers.bundle import BUNDLE
from clearcount.writers.printed import PrintedTable, plain

_BROKEN_OFF = "the check broke off, because a file or release.json is not as clearcount writes it"


@dataclass(frozen=True)
class Given:
    """A bundle to check: `files` are its plain files, `unfit` names those that no reader may be given."""

    folder: Path
    released: Mapping[str, object]
    tables: tuple[PrintedTable, ...]
    files: Mapping[str, Path]
    unfit: frozenset[str]


@dataclass(frozen=True)
class Check:
    """One thing that was checked: what it was, every fault found, and remarks that are no faults."""

    name: str
    faults: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def checked(name: str, faults: Iterable[str], remarks: Iterable[str] = ()) -> Check:
    """Return the check of `name` with every fault; a check that breaks off is itself a fault.

    A bundle may come from anywhere, and a reader that meets what nobody foresaw must end in "no", not in a traceback.
    """
    found: list[str] = []
    try:
        found.extend(faults)
    except ForeignFileError as error:
        found.append(str(error))
    except Exception as error:
        found.append(f"{_BROKEN_OFF} ({type(error).__name__})")
    return Check(name, tuple(dict.fromkeys(found)), tuple(remarks))


def mapping(value: object) -> Mapping[str, object]:
    """Return `value` where it is a JSON object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def digests(released: Mapping[str, object]) -> Mapping[str, object]:
    """Return the digests in the provenance of a release.json."""
    return mapping(mapping(released.get("provenance")).get("digests"))


def shown_name(name: str) -> str:
    """Return the name of a file as a message may print it: one of a bundle's as it is, others without odd signs."""
    return name if name in BUNDLE or name == "release.json" else plain(name.encode("utf-8", "replace").decode())[:80]
