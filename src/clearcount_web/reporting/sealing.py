"""The cryptography of a report, all of it PyNaCl (libsodium): boxes, sealed boxes, and what a code is made into.

The public process has two public keys and no private one, so that taking it over opens no report that was sent.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nacl.encoding import HexEncoder
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox
from nacl.utils import random

KEY_BYTES = SecretBox.KEY_SIZE
_ALPHABET = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
"""Base32 to Crockford's letters: no I, L, O or U to misread."""
_MISREAD = str.maketrans("ILO", "110")


@dataclass(frozen=True)
class PublicKeys:
    """The two keys that a report is sealed to."""

    duty: PublicKey
    recovery: PublicKey


def read_public_keys(path: Path) -> PublicKeys:
    """Return the public keys in the JSON file `{"duty": hex, "recovery": hex}`.

    Raises:
        ValueError: when the file is missing, is not such a file, or both keys are the same.
    """
    try:
        raw = json.loads(path.read_text(encoding="ascii"))
        keys = PublicKeys(*(PublicKey(raw[name].encode(), HexEncoder) for name in ("duty", "recovery")))
    except (OSError, ValueError, KeyError, TypeError, CryptoError) as error:
        raise ValueError(
            f"cannot be read as two public keys ({type(error).__name__}); make it with: manage keys"
        ) from None
    if bytes(keys.duty) == bytes(keys.recovery):
        raise ValueError("holds one key twice; the recovery key must be another one, kept offline")
    return keys


def new_key() -> bytes:
    """Return a fresh key for a draft."""
    return bytes(random(KEY_BYTES))


def place_of(key: bytes) -> str:
    """Return where the draft of this key lies; the key cannot be worked out from it."""
    return hashlib.sha256(b"clearcount draft place" + key).hexdigest()


def lock(answers: Mapping[str, Any], key: bytes) -> bytes:
    """Return the answers encrypted under the key."""
    return bytes(SecretBox(key).encrypt(json.dumps(answers, ensure_ascii=False).encode("utf-8", "surrogatepass")))


def unlock(box: bytes | memoryview, key: bytes) -> dict[str, Any]:
    """Return the answers. Raises CryptoError when the key is not the one."""
    answers: dict[str, Any] = json.loads(SecretBox(key).decrypt(bytes(box)).decode("utf-8", "surrogatepass"))
    return answers


def seal(content: Mapping[str, Any], to: PublicKey) -> bytes:
    """Return the content sealed so that only the private key opens it."""
    return bytes(SealedBox(to).encrypt(json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")))


def open_sealed(box: bytes | memoryview, key: PrivateKey) -> dict[str, Any]:
    """Return the content. Raises CryptoError when the key is not the one."""
    content: dict[str, Any] = json.loads(SealedBox(key).decrypt(bytes(box)).decode("utf-8", "surrogatepass"))
    return content


def code_for(key: bytes) -> str:
    """Return the follow-up code of a draft: 20 letters, 100 bits, the same each time it is made from the same draft."""
    digest = hashlib.blake2b(b"clearcount follow-up code", key=key, digest_size=13).digest()
    letters = base64.b32encode(digest).decode().translate(_ALPHABET)[:20]
    return "-".join(letters[at : at + 5] for at in range(0, 20, 5))


def plain_code(typed: str) -> str:
    """Return a code as typed, without spaces and dashes, small letters and easily misread letters put right."""
    return "".join(typed.split()).replace("-", "").upper().translate(_MISREAD)


def hash_of_code(code: str) -> str:
    """Return what the database keeps of a code. A plain hash will do: 100 random bits cannot be tried through."""
    return hashlib.sha256(b"clearcount code" + plain_code(code).encode("utf-8", "replace")).hexdigest()


def place_of_message(code: str, text: str) -> str:
    """Return where a visitor's message lies. Without the code nobody can try texts against it."""
    key = plain_code(code).encode("utf-8", "replace")[:64]
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=key, digest_size=32).hexdigest()


def reply_key(code: str) -> PrivateKey:
    """Return the private key that a code stands for; its public half is kept with the report."""
    seed = hashlib.blake2b(
        b"clearcount reply key", key=plain_code(code).encode("utf-8", "replace")[:64], digest_size=32
    )
    return PrivateKey(seed.digest())
