"""What people do with a record store besides importing into it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from clearcount.errors import StoreError
from clearcount.store import Snapshot, open_store
from clearcount.store.check import check
from clearcount.store.compare import Difference, difference
from clearcount.store.decisions import FOLDER as DECISIONS
from clearcount.store.decisions import DecisionStore
from clearcount.store.head import is_marked, read_format
from clearcount.store.holds import FOLDER as HOLDS
from clearcount.store.holds import lift_hold, place_hold
from clearcount.store.layout import network_share
from clearcount.store.ledger import Ledger
from clearcount.store.lock import write_lock
from clearcount.store.purge import Purged, older_than, purge, refuse_held
from clearcount.store.reading import FOLDING
from clearcount.store.rewrite import Rewritten, compact
from clearcount.store.upgrade import upgrade_format

__all__ = [
    "Difference",
    "Purged",
    "Rewritten",
    "StoreFacts",
    "Upgraded",
    "check_store",
    "compact_store",
    "compare_snapshots",
    "describe_store",
    "kept_still",
    "lift_hold",
    "place_hold",
    "purge_candidates",
    "purge_store",
    "upgrade_store",
]


@dataclass(frozen=True)
class StoreFacts:
    """What `clearcount store` shows: every snapshot; of one, the offences by code and the quarantine by reason."""

    path: Path
    format: int
    network: str
    snapshots: tuple[Snapshot, ...]
    shown: Snapshot
    codes: Mapping[str, int]
    quarantine: tuple[Mapping[str, object], ...]


def describe_store(path: Path, *, number: int | None = None, as_at: date | None = None) -> StoreFacts:
    """Return the store and one of its snapshots: number `number`, the one in force on `as_at`, or the newest."""
    store = open_store(path)
    shown = store.snapshot_at(as_at) if as_at is not None else store.snapshot(number)
    counts = store.offences(shown).group_by("code").aggregate([("crime_no", "count")]).sort_by("code").to_pylist()
    return StoreFacts(
        path=path,
        format=read_format(path),
        network=network_share(path),
        snapshots=store.snapshots(),
        shown=shown,
        codes={row["code"]: row["crime_no_count"] for row in counts},
        quarantine=tuple(store.quarantine(shown).to_pylist()),
    )


def check_store(path: Path) -> tuple[str, ...]:
    """Return every fault of the store as a sentence, after reading all its files; none for a sound one."""
    return check(path)


@contextmanager
def kept_still(path: Path, *, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Let nobody write to the store while the block copies it: files of two moments are no store.

    Raises:
        StoreError: when another writer is not done in ten minutes.
    """
    with ExitStack() as stack:
        if is_marked(path):
            for name in ("lock", f"{DECISIONS}.lock", f"{HOLDS}.lock"):
                stack.enter_context(write_lock(path, wait=600.0, waiting=waiting, name=name))
            stack.enter_context(Ledger(path).locked(waiting))
        yield


def compare_snapshots(path: Path, first: int, second: int) -> tuple[Difference, ...]:
    """Return what changed from snapshot `first` to `second`, by kind and month."""
    store = open_store(path)
    with tempfile.TemporaryDirectory() as scratch:
        return difference(store, store.snapshot(first), store.snapshot(second), Path(scratch))


def compact_store(path: Path, *, now: float, waiting: Callable[[], None] = lambda: None) -> Rewritten:
    """Lay the newest snapshot out anew in few files; `now` in seconds since 1970."""
    open_store(path)
    return compact(path, now=now, waiting=waiting)


@dataclass(frozen=True)
class Upgraded:
    """What an upgrade did: the format that the store had, where it was older, and the files that were folded anew."""

    format_before: int | None
    rewritten: Rewritten | None


def upgrade_store(path: Path, *, now: float, waiting: Callable[[], None] = lambda: None) -> Upgraded | None:
    """Bring a store to what this version writes; return None when it is that already.

    A store of an older format is read whole and gets a head and digests. A store folded by an earlier matcher answers
    rightly but slowly, and is folded anew.

    Raises:
        StoreDamaged: when a file is missing or is not what was written; the store is then left as it is.
    """
    before = upgrade_format(path, waiting=waiting)
    snapshots = open_store(path).snapshots()
    if snapshots and snapshots[-1].folding != FOLDING:
        return Upgraded(before, compact(path, now=now, waiting=waiting))
    return Upgraded(before, None) if before is not None else None


def purge_candidates(path: Path, *, listed: Path | None, before: date | None) -> frozenset[str]:
    """Return the occurrences named in a file, one a line, and those recorded and reported before a day.

    Raises:
        StoreError: when the file cannot be read.
    """
    store = open_store(path)
    found: frozenset[str] = frozenset()
    if listed is not None:
        try:
            lines = listed.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(f"the list {listed} cannot be read as UTF-8 text") from error
        found |= frozenset(line.strip() for line in lines if line.strip())
    return found | (older_than(store, before) if before is not None else frozenset())


def purge_store(path: Path, occurrences: frozenset[str], *, waiting: Callable[[], None] = lambda: None) -> Purged:
    """Take occurrences out of every snapshot and of the decisions about them for good, and proves it."""
    open_store(path)
    refuse_held(path, occurrences)
    DecisionStore(path).forget(occurrences)
    return purge(path, occurrences, waiting=waiting)
