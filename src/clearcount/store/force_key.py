"""The force's key, and digests that nobody without it can try values against.

A plain hash over a suppressed count or a decision gives it away: a reader hashes every likely value and compares. So a
digest over counts, decisions or records is an HMAC (RFC 2104) under a key that stays in the record store.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import secrets
from pathlib import Path

from clearcount.errors import StoreDamaged, StoreError
from clearcount.files import write_new

_NAME = "digest.key"
_BYTES = 32


def force_key(store: Path) -> bytes:
    """Return the key of the store at `store`; it is made at first use, whole, and readable by its owner only.

    Raises:
        StoreDamaged: when the key file is not what was written.
        StoreError: when it cannot be written, or this user may not read it.
    """
    path = store / _NAME
    if not path.exists():
        _make(path)
    try:
        figures, *check = path.read_bytes().decode("ascii").split()
        key = bytes.fromhex(figures)
        if len(key) == _BYTES and check in ([], [_check(key)]):  # keys of earlier versions carry no check
            return key
    except PermissionError as error:
        raise StoreError(
            f"{path}: the force's key cannot be read: {error.strerror}; do this as the user whom the store belongs to"
        ) from None
    except (OSError, ValueError):
        pass
    raise StoreDamaged(store, f"its file {_NAME} is not what was written")


def has_force_key(store: Path) -> bool:
    """Return whether the store has a key already."""
    return (store / _NAME).exists()


def _make(path: Path) -> None:
    """Make a key, whole before anybody can see it; where another process makes one too, the first stays."""
    key = secrets.token_bytes(_BYTES)
    try:
        with contextlib.suppress(FileExistsError):
            write_new(path, f"{key.hex()} {_check(key)}\n".encode(), mode=0o600)
    except OSError as error:
        raise StoreError(
            f"{path}: the force's key cannot be written: {error.strerror}; do this once where the store may be written"
        ) from None


def _check(key: bytes) -> str:
    """Return eight figures by which a changed key shows; they say nothing of the key."""
    return hashlib.sha256(key).hexdigest()[:8]


def keyed_digest(key: bytes, *parts: str) -> str:
    """Return the HMAC-SHA256 of `parts` in hexadecimal; where one part ends and the next begins counts."""
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        mac.update(len(encoded).to_bytes(8, "big") + encoded)
    return mac.hexdigest()
