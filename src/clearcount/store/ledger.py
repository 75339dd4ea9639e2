"""The ledger of a record store: what left, in order, sealed with the force's key. Nothing in it is ever taken out.

STORE/ledger/0001/entry.json     one release or outside table: its document as a reader knows it, and where it is from
STORE/ledger/0001/records.npz    the records that it counts, by keyed digest; only of releases
STORE/ledger/pending/ID/         the records of a count that has not been published
STORE/ledger.head                how many entries there are, and the seal of the last

An entry is written beside its place and renamed into it, so it is there whole or not at all. Its seal holds the seal of
the entry before it. The head is written last; an entry that a killed run left behind it is taken in again.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np

from clearcount.disclosure.records import Keys, Numbers, Records
from clearcount.errors import StoreError
from clearcount.files import flush_folder, move_folder, write_whole
from clearcount.store.force_key import force_key, has_force_key
from clearcount.store.lock import write_lock

_FORMAT = 1
_WAIT = 60.0


@dataclass(frozen=True)
class LedgerEntry:
    """One thing that left: a release that was published, or a table that somebody else printed.

    `document` is the JSON of docs/reference/tables.md. `bundle` is the SHA-256 of the release's release.json.
    `supersedes` is the number of the entry that it replaces, 0 for none. A replaced entry stays known.
    """

    kind: Literal["release", "outside"]
    name: str
    document: Mapping[str, object]
    reference: str = ""
    version_date: str = ""
    bundle: str = ""
    supersedes: int = 0
    number: int = 0
    records: Records | None = field(default=None, repr=False, compare=False)

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of its tables."""
        tables = self.document.get("tables")
        return tuple(str(table["name"]) for table in tables) if isinstance(tables, list) else ()

    @property
    def title(self) -> str:
        """What a person calls it."""
        return ", version of ".join(filter(None, (self.name, self.version_date)))


class Ledger:
    """The ledger of the store in the folder `store`."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._folder = store / "ledger"
        self._head = store / "ledger.head"

    @property
    def is_missing(self) -> bool:
        """Whether an answer left this store and the ledger that names it is gone."""
        return self._head.exists() and not self._folder.is_dir()

    def entries(self) -> tuple[LedgerEntry, ...]:
        """Return every entry in order, each held against its seal.

        Raises:
            StoreError: an entry is missing, changed, or sealed with another key.
        """
        if self.is_missing:
            raise StoreError(
                f"{self._folder}: the ledger is gone, though answers have left this store; put it back from a backup"
            )
        head = self._read_head()
        folders = self._folders()
        found: list[LedgerEntry] = []
        seal = ""
        for number, folder in enumerate(folders, 1):
            if folder.name != f"{number:04d}":
                raise StoreError(f"{self._folder}: entry {number:04d} is missing; put it back from a backup")
            entry, seal = self._read(folder, number, seal)
            found.append(entry)
            if number == head[0] and seal != head[1]:
                raise StoreError(f"{folder}: is not the entry that was sealed; put it back from a backup")
        if len(found) < head[0]:
            raise StoreError(
                f"{self._folder}: {head[0] - len(found)} of {head[0]} entries are missing; put them back from a backup"
            )
        return tuple(found)

    @contextmanager
    def locked(self, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Hold the ledger for writing; what a killed run left half-written goes.

        Raises:
            StoreError: another process holds it for a minute, or the folder cannot be written.
        """
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{self._folder}: cannot be written: {error.strerror}; check who owns the store") from None
        with write_lock(self._folder, wait=_WAIT, waiting=waiting):
            for left in self._folder.glob(".new-*"):
                shutil.rmtree(left, ignore_errors=True)
            yield

    def append(self, entry: LedgerEntry) -> LedgerEntry:
        """Add an entry behind the last; call it while the ledger is `locked`. Return it with its number.

        Raises:
            StoreError: it cannot be written; then nothing was added.
        """
        known = self.entries()
        number = len(known) + 1
        previous = self._seal_of(number - 1)
        fresh = self._folder / f".new-{secrets.token_hex(8)}"
        try:
            fresh.mkdir(mode=0o700)
            packed = _packed(entry.records) if entry.records else b""
            if packed:
                write_whole(fresh / "records.npz", packed, mode=0o600)
            body = _body(entry, number, previous, packed)
            seal = self._sealed(body)
            write_whole(fresh / "entry.json", _canonical({**body, "seal": seal}), mode=0o600)
            move_folder(fresh, self._folder / f"{number:04d}")
            flush_folder(self._folder)
            self._write_head(number, seal)
        except OSError as error:
            shutil.rmtree(fresh, ignore_errors=True)
            if not (self._folder / f"{number:04d}").exists():
                raise StoreError(
                    f"{self._folder}: the entry cannot be written: {error.strerror}; nothing was published"
                ) from None
        return LedgerEntry(**{**vars(entry), "number": number})

    def keep(self, name: str, records: Records, notes: Mapping[str, object]) -> None:
        """Keep the records of a count until it is published; `name` is the digest of its document."""
        folder = self._folder / "pending" / name
        fresh = self._folder / "pending" / f".new-{secrets.token_hex(8)}"
        try:
            fresh.mkdir(parents=True, mode=0o700)
            write_whole(fresh / "records.npz", _packed(records), mode=0o600)
            write_whole(fresh / "notes.json", _canonical(notes), mode=0o600)
            shutil.rmtree(folder, ignore_errors=True)
            move_folder(fresh, folder)
        except OSError as error:
            shutil.rmtree(fresh, ignore_errors=True)
            if not folder.is_dir():
                raise StoreError(f"{folder.parent}: cannot be written: {error.strerror}; check the store") from None

    def kept(self, name: str) -> tuple[Records, Mapping[str, object]] | None:
        """Return the records of a count and what was noted with them, or None where it was not counted here."""
        folder = self._folder / "pending" / name
        try:
            notes = json.loads((folder / "notes.json").read_text(encoding="utf-8"))
            return _unpacked((folder / "records.npz").read_bytes()), notes
        except (OSError, ValueError, KeyError):
            return None

    def forget(self, name: str) -> None:
        """Take away what was kept of a count that is published now."""
        shutil.rmtree(self._folder / "pending" / name, ignore_errors=True)

    def _folders(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return sorted(path for path in self._folder.iterdir() if path.name.isdecimal() and path.is_dir())

    def _read(self, folder: Path, number: int, previous: str) -> tuple[LedgerEntry, str]:
        damaged = StoreError(f"{folder}: was changed or is damaged; put it back from a backup")
        try:
            raw = json.loads((folder / "entry.json").read_text(encoding="utf-8"))
            packed = (folder / "records.npz").read_bytes() if raw["records_sha256"] else b""
            seal = str(raw.pop("seal"))
            entry = LedgerEntry(
                kind=raw["kind"],
                name=raw["name"],
                document=raw["document"],
                reference=raw["reference"],
                version_date=raw["version_date"],
                bundle=raw["bundle"],
                supersedes=raw["supersedes"],
                number=number,
                records=_unpacked(packed) if packed else None,
            )
        except (OSError, ValueError, KeyError, TypeError):
            raise damaged from None
        if not hmac.compare_digest(seal, self._sealed(raw)) or raw["previous"] != previous or raw["number"] != number:
            raise damaged
        if raw["records_sha256"] != (hashlib.sha256(packed).hexdigest() if packed else ""):
            raise damaged
        return entry, seal

    def _seal_of(self, number: int) -> str:
        if not number:
            return ""
        text = (self._folder / f"{number:04d}" / "entry.json").read_text(encoding="utf-8")
        return str(json.loads(text)["seal"])

    def _sealed(self, body: Mapping[str, object]) -> str:
        if self._head.exists() and not has_force_key(self._store):
            raise StoreError(f"{self._store}: the force's key is gone, so no entry can be checked; put it back")
        return hmac.new(force_key(self._store), _canonical(body), hashlib.sha256).hexdigest()

    def _read_head(self) -> tuple[int, str]:
        try:
            raw = json.loads(self._head.read_text(encoding="utf-8"))
            body = {"format": raw["format"], "count": raw["count"], "last": raw["last"]}
            if raw["format"] != _FORMAT or not hmac.compare_digest(raw["seal"], self._sealed(body)):
                raise ValueError
            return int(raw["count"]), str(raw["last"])
        except FileNotFoundError:
            return 0, ""
        except (OSError, ValueError, KeyError, TypeError):
            raise StoreError(f"{self._head}: was changed or is damaged; put it back from a backup") from None

    def _write_head(self, count: int, last: str) -> None:
        body: dict[str, object] = {"format": _FORMAT, "count": count, "last": last}
        write_whole(self._head, _canonical({**body, "seal": self._sealed(body)}), mode=0o600)


def _body(entry: LedgerEntry, number: int, previous: str, packed: bytes) -> dict[str, object]:
    return {
        "format": _FORMAT,
        "number": number,
        "kind": entry.kind,
        "name": entry.name,
        "reference": entry.reference,
        "version_date": entry.version_date,
        "bundle": entry.bundle,
        "supersedes": entry.supersedes,
        "document": entry.document,
        "records_sha256": hashlib.sha256(packed).hexdigest() if packed else "",
        "previous": previous,
    }


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _packed(records: Records) -> bytes:
    """The records as arrays and one JSON text, without anything that is run when it is read."""
    names, arrays = _parted(records, "")
    for number, (role, found) in enumerate(records.people.items()):
        more, further = _parted(found, f"{number} ")
        names |= {**more, f"{number} role": role}
        arrays |= further
    out = io.BytesIO()
    np.savez_compressed(out, names=np.frombuffer(_canonical(names), np.uint8), **arrays)  # type: ignore[arg-type]
    return out.getvalue()


def _parted(records: Records, prefix: str) -> tuple[dict[str, object], dict[str, Keys | Numbers]]:
    """The names of some records as JSON has them, and their arrays; those of people have a prefix."""
    names: dict[str, object] = {
        f"{prefix}leaves": {name: list(leaves) for name, leaves in records.leaves.items()},
        f"{prefix}held": {leaf: sorted(held) for leaf, held in records.held.items()},
        f"{prefix}sides": list(records.sides),
    }
    arrays: dict[str, Keys | Numbers] = {f"{prefix}keys": records.keys, f"{prefix}days": records.days}
    return names, arrays | {f"{prefix}side{number}": side for number, side in enumerate(records.sides.values())}


def _unpacked(packed: bytes) -> Records:
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        names = json.loads(arrays["names"].tobytes())

        def part(prefix: str) -> Records:
            return Records(
                keys=arrays[f"{prefix}keys"],
                days=arrays[f"{prefix}days"],
                sides={name: arrays[f"{prefix}side{number}"] for number, name in enumerate(names[f"{prefix}sides"])},
                leaves={name: tuple(leaves) for name, leaves in names[f"{prefix}leaves"].items()},
                held={leaf: frozenset(found) for leaf, found in names[f"{prefix}held"].items()},
            )

        people: dict[str, Records] = {}
        while f"{len(people)} role" in names:
            people[names[f"{len(people)} role"]] = part(f"{len(people)} ")
        return replace(part(""), people=people)
