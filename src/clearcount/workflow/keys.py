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
    """The key of the store at `store`; made at first use, readable by its owner only.

    Raises:
        StoreError: when the key file is damaged or cannot be written.
    """
    path = store / _NAME
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
        if len(key) != _BYTES:
            raise StoreError(f"{path}: is not a key of {_BYTES} bytes; put the right one back from a backup") from None
        return key
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        key = secrets.token_bytes(_BYTES)
        file.write(key.hex() + "\n")
    return key


def keyed_digest(key: bytes, *parts: str) -> str:
    """The HMAC-SHA256 of `parts` in hexadecimal; where one part ends and the next begins counts."""
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        mac.update(len(encoded).to_bytes(8, "big") + encoded)
    return mac.hexdigest()
