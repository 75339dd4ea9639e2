"""The catalogue of forces: where the records of each lie, and the policy and the file that its answer is made by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clearcount.errors import RequestError
from clearcount.model.request_reader import STORE_NAME, STORE_NAME_SPOKEN
from clearcount.workflow.reading_files import read_toml
from clearcount.workflow.stores import StorePlace

_PATHS = ("store", "policy", "force", "letter_template")
_NEEDED = ("name", "store", "policy", "force")


@dataclass(frozen=True)
class ForcePlace:
    """One force of a catalogue: its name there, its store and the files of its answer."""

    name: str
    store: StorePlace
    policy: Path
    force: Path
    letter_template: Path | None = None


def read_forces(path: Path) -> tuple[ForcePlace, ...]:
    """Return the forces of the catalogue at `path`, whose own paths are relative to it.

    Raises:
        RequestError: with every fault at once: an unknown or missing key, a name that is none, or one name twice.
    """
    data = read_toml(path, "catalogue")
    entries = data.get("force")
    faults = [f"{path}: {key!r} is not known; a catalogue holds [[force]] alone" for key in data if key != "force"]
    if not isinstance(entries, list) or not entries:
        raise RequestError("\n".join([*faults, f"{path}: names no force; write [[force]] for each"]))
    found: list[ForcePlace] = []
    for number, entry in enumerate(entries, 1):
        where = f"{path}: [[force]] {number}"
        wrong = _faults(entry, where)
        faults += wrong
        if not wrong:
            found.append(_place(entry, path.parent))
    names = [force.name.casefold() for force in found]  # each names a folder, and some systems fold the case
    faults += [f"{path}: two forces are named {name!r}" for name in dict.fromkeys(names) if names.count(name) > 1]
    if faults:
        raise RequestError("\n".join(faults))
    return tuple(found)


def _faults(entry: object, where: str) -> list[str]:
    if not isinstance(entry, Mapping):
        return [f"{where}: is no table; write [[force]] above its keys"]
    known = ("name", "snapshot", *_PATHS)
    faults = [f"{where}: {key!r} is not known; use {', '.join(known)}" for key in entry if key not in known]
    faults += [f"{where}: {key} is missing" for key in _NEEDED if not entry.get(key)]
    texts = ("name", *_PATHS)
    faults += [f"{where}: {key} is no text" for key in texts if not isinstance(entry.get(key, ""), str)]
    name = entry.get("name")
    if isinstance(name, str) and name and not STORE_NAME.fullmatch(name):
        faults.append(f"{where}: {name!r} is no name of a force here; use {STORE_NAME_SPOKEN}")
    snapshot = entry.get("snapshot", 1)
    if not isinstance(snapshot, int) or isinstance(snapshot, bool) or snapshot < 1:
        faults.append(f"{where}: snapshot is no number of one")
    return faults


def _place(entry: Mapping[str, object], beside: Path) -> ForcePlace:
    paths = {key: beside / str(entry[key]) for key in _PATHS if entry.get(key)}
    number = entry.get("snapshot")
    store = StorePlace(paths["store"], number=number if isinstance(number, int) else None)
    return ForcePlace(
        str(entry["name"]), store, paths["policy"], paths["force"], letter_template=paths.get("letter_template")
    )
