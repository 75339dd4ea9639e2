"""The force's key, and digests that nobody without it can try values against.

A plain hash over a hidden count or a decision gives it away: a reader hashes every likely value and compares. So a
digest over counts, decisions or records is an HMAC (RFC 2104) under a key that stays in the record store.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from clearcount.errors import StoreError

_NAME = "digest.key"
_BYTES = 32


def force_key(store: Path) -> bytes:
    """Return the key of the store at `store`; it is made at first use, whole, and readable by its owner only.

    Raises:
        StoreError: when the key file is damaged or cannot be written.
    """
    path = store / _NAME
    try:
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return _made(path)
    except (OSError, UnicodeDecodeError):
        text = ""
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise StoreError(f"{path}: is not a key of {_BYTES} bytes; put the right one back from a backup")
    return key


def has_force_key(store: Path) -> bool:
    """Return whether the store has a key already."""
    return (store / _NAME).exists()


def _made(path: Path) -> bytes:
    """A new key, whole before anybody can see it; where another process makes one too, the first stays."""
    key = secrets.token_bytes(_BYTES)
    beside = path.with_name(f".{_NAME}-{secrets.token_hex(8)}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(key.hex() + "\n")
                file.flush()
                os.fsync(file.fileno())
            if path.exists():
                return force_key(path.parent)
            try:
                os.link(beside, path)
            except FileExistsError:
                return force_key(path.parent)
            except OSError:  # a file system without links
                beside.rename(path)
                return key
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{path}: the force's key cannot be written: {error.strerror}") from None
    return key


def keyed_digest(key: bytes, *parts: str) -> str:
    """The HMAC-SHA256 of `parts` in hexadecimal; where one part ends and the next begins counts."""
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        mac.update(len(encoded).to_bytes(8, "big") + encoded)
    return mac.hexdigest()
