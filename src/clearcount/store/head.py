"""The mark of a store, clearcount-store.json: its format, and the head that says which snapshot is the newest.

Replacing the mark is the only moment at which something written becomes part of the store. The head names a version of
the table of snapshots and the digest of that table's log. The rows of the snapshots name versions and digests of the
other tables' logs. A log names data files, each of which has the digest of its bytes in its name. So whoever reads by
the head can tell whether anything is missing or is not what was written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from clearcount.errors import StoreDamaged, StoreError
from clearcount.files import write_whole

MARK = "clearcount-store.json"
FORMAT = 4
"""The format this version writes. A store of a higher number is refused, one of a lower number wants an upgrade.

Format 1 kept no account of each file, and of refused rows only place and reason. Formats 1 and 2 have no head. Format 3
has no table of people; it is read as it is, and whoever writes makes it format 4.
"""
_HEADED = 3
"""The first format with a head."""


@dataclass(frozen=True)
class StoreHead:
    """What a store consists of: its newest snapshot (0 for none), and where the table of snapshots says so.

    `version` is that table's version and `log` the SHA-256 of its log up to there. `writing`: somebody has begun to
    change the tables and was not done when this was written, so they may hold what no snapshot knows.
    """

    snapshot: int
    version: int
    log: str
    writing: bool = False


def read_format(store: Path) -> int:
    """Return the store's format number.

    Raises:
        StoreError: when there is no store, or a newer clearcount wrote it.
        StoreDamaged: when its mark is lost or damaged.
    """
    number = _mark(store)["format"]
    assert isinstance(number, int)
    return number


def read_head(store: Path) -> StoreHead:
    """Return the head of a store of today's format or of format 3.

    Raises as `read_format`, and StoreError for an older format.
    """
    mark = _mark(store)
    if mark["format"] < _HEADED:
        raise StoreError(
            f"the store {store} has the old format {mark['format']}, in which a lost file can go unseen; "
            f"run: clearcount store {store} upgrade"
        )
    return StoreHead(**{name: mark[name] for name in StoreHead.__dataclass_fields__})


def write_head(store: Path, head: StoreHead) -> None:
    """Make `head` the store's: the mark is replaced in one step and flushed to the disk."""
    write_whole(store / MARK, _written({"format": FORMAT, **asdict(head)}), mode=0o600)


def begin_writing(store: Path) -> None:
    """Say in the mark that the tables are about to change."""
    write_head(store, replace(read_head(store), writing=True))


def is_marked(store: Path) -> bool:
    """Return whether the folder is a store already."""
    return (store / MARK).exists()


def holds_records(store: Path) -> bool:
    """Return whether the folder holds data files of a store, with or without its mark."""
    return any((store / "tables").glob("*/*.parquet"))


def _mark(store: Path) -> Mapping[str, Any]:
    try:
        content = (store / MARK).read_bytes()
    except FileNotFoundError:
        if holds_records(store):
            raise StoreDamaged(store, f"its file {MARK} is missing") from None
        raise StoreError(f"{store} is not a record store; import an export into it first") from None
    except NotADirectoryError:
        raise StoreError(f"{store} is a file, not a record store; give the folder of the store") from None
    except OSError as error:
        raise StoreError(f"the store {store} cannot be read: {error.strerror}; check its owner and its disk") from error
    found = _parsed(content)
    number = found.get("format")
    sealed = found.pop("sha256", None)
    whole = content == _written(found) if number in (_HEADED, FORMAT) else sealed == _digest(found)
    if not isinstance(number, int) or number < 1 or isinstance(number, bool):
        raise StoreDamaged(store, f"its file {MARK} is not what was written")
    if number > FORMAT and (whole or sealed is None):
        raise StoreError(
            f"the store {store} has format {number}; this clearcount knows up to {FORMAT}: use a newer clearcount"
        )
    if not whole and (number >= _HEADED or sealed is not None or found != {"format": number}):
        raise StoreDamaged(store, f"its file {MARK} is not what was written")
    return found


def _parsed(content: bytes) -> dict[str, object]:
    try:
        found = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _written(content: Mapping[str, object]) -> bytes:
    return f"{json.dumps({**content, 'sha256': _digest(content)})}\n".encode()


def _digest(content: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
