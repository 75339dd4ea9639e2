"""The record stores that one answer counts in: where each lies, what a request calls it, and which snapshot of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from clearcount.errors import StoreError
from clearcount.model.request_reader import STORE_NAME, STORE_NAME_SPOKEN
from clearcount.store import Snapshot, Store, open_store
from clearcount.store.force_key import force_key, has_force_key


@dataclass(frozen=True)
class StorePlace:
    """Where a store lies. `name` is what a request calls its records, empty where there is one store.

    `number` is the snapshot asked for; without it the newest is.
    """

    folder: Path
    name: str = ""
    number: int | None = None


@dataclass(frozen=True)
class NamedStore:
    """An open store with the name that a request gives it and the number of the snapshot asked for."""

    store: Store
    name: str = ""
    number: int | None = None

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot asked for, else the newest. Raises StoreError when there is none."""
        return self.store.snapshot(self.number)


def places_of(texts: Sequence[str], numbers: Sequence[str] = ()) -> tuple[StorePlace, ...]:
    """Return the stores that `DIR` or `NAME=DIR` name, each with the snapshot that `N` or `NAME=N` gives it.

    A text that is a folder as it stands is one, whatever signs its name holds.

    Raises:
        StoreError: for a name that is none, two stores of one name or without a name, or a snapshot of no store.
    """
    found = [place_of(text) for text in texts]
    names = [place.name for place in found]
    if len(found) > 1 and "" in names:
        raise StoreError("there are several stores; name each as a request names its records: --store NAME=DIR")
    if twice := [name for name in names if names.count(name) > 1]:
        raise StoreError(f"two stores are named {twice[0]!r}; give each a name of its own")
    for text in numbers:
        name, _, number = text.rpartition("=")
        if not number.strip().isdecimal():
            raise StoreError(f"--snapshot {text}: {number!r} is no number of a snapshot; write N, or NAME=N")
        at = [place for place, known in enumerate(names) if known == name or (not name and len(names) == 1)]
        if not at:
            what = f"no store is named {name!r}" if name else "there are several stores"
            raise StoreError(f"--snapshot {text}: {what}; write NAME=N with one of {', '.join(names)}")
        found[at[0]] = replace(found[at[0]], number=int(number))
    return tuple(found)


def place_of(text: str, number: int | None = None) -> StorePlace:
    """Return the one store that `DIR` or `NAME=DIR` names. Raises StoreError for a name that is none."""
    name, sign, folder = text.partition("=")
    if not sign or Path(text).is_dir() or "/" in name or "\\" in name:
        return StorePlace(Path(text), number=number)
    return replace(named_places({name: Path(folder)})[0], number=number)


def named_places(folders: Mapping[str, Path]) -> tuple[StorePlace, ...]:
    """Return stores by their names. Raises StoreError for a name that is none."""
    for name in folders:
        if not STORE_NAME.fullmatch(name):
            raise StoreError(f"{name!r} is no name of a store; use {STORE_NAME_SPOKEN}")
    return tuple(StorePlace(folder, name) for name, folder in folders.items())


def opened(places: Sequence[StorePlace]) -> tuple[NamedStore, ...]:
    """Return the stores, open.

    Raises:
        StoreError: when one cannot be opened, or two of them are the same store.
    """
    found = tuple(NamedStore(open_store(place.folder), place.name, place.number) for place in places)
    check_apart(found)
    return found


def check_apart(stores: Sequence[NamedStore]) -> None:
    """Raise StoreError when two names stand for the same records: one store, or a store and its copy."""
    seen: dict[object, str] = {}
    for each in stores:
        folder = each.store.path.resolve()
        marks: list[object] = [folder, force_key(folder)] if has_force_key(folder) else [folder]
        for mark in marks:
            if mark in seen:
                raise StoreError(
                    f"{each.name!r} is the same store as {seen[mark]!r}, or a copy of it; name each store once"
                )
            seen[mark] = each.name
