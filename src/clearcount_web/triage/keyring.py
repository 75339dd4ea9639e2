"""The private keys of reports: on disk under a passphrase, in memory only after an operator has unlocked them.

A key file is JSON: a list of keys, newest first, each encrypted under a key that Argon2id makes of the passphrase
(libsodium's `pwhash`). Older keys stay in the file after a rotation, because older reports are sealed to them.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nacl import pwhash
from nacl.encoding import HexEncoder
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey
from nacl.secret import SecretBox
from nacl.utils import random

from clearcount.files import write_whole
from clearcount_web.reporting import sealing

IDLE_SECONDS = 8 * 60 * 60
NAMES = ("duty", "recovery")
OPS, MEM = pwhash.argon2id.OPSLIMIT_MODERATE, pwhash.argon2id.MEMLIMIT_MODERATE
"""The work that each try at a passphrase costs: 256 MiB, most of a second."""


class KeyFault(Exception):
    """Why keys cannot be used, in a sentence. It never holds a key or a passphrase."""


@dataclass
class _Unlocked:
    """The keys that one officer unlocked, and when they were last used."""

    keys: tuple[PrivateKey, ...]
    used_at: float


class _Held:
    """The keys that this process holds, officer by officer; nothing is ever written."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.by_officer: dict[str, _Unlocked] = {}


_held = _Held()


def hold(keys: tuple[PrivateKey, ...], *, officer: str) -> None:
    """Keep the keys for one officer in this process's memory until `forget` or eight hours without use."""
    with _held.lock:
        _held.by_officer[officer] = _Unlocked(keys, time.monotonic())


def forget(officer: str | None = None) -> None:
    """Drop the keys of one officer, of all of them by default."""
    with _held.lock:
        if officer is None:
            _held.by_officer.clear()
        else:
            _held.by_officer.pop(officer, None)


def held(officer: str, *, uses: bool = True) -> tuple[PrivateKey, ...]:
    """Return the keys that this officer unlocked; none when they have not, or when the keys lay unused too long.

    `uses=False` is a look by a page that refreshes itself: it must not keep a key unlocked that nobody uses.
    """
    with _held.lock:
        found = _held.by_officer.get(officer)
        if found is None:
            return ()
        if time.monotonic() - found.used_at > IDLE_SECONDS:
            del _held.by_officer[officer]
            return ()
        if uses:
            found.used_at = time.monotonic()
        return found.keys


def open_with(keys: tuple[PrivateKey, ...], box: bytes | memoryview) -> dict[str, Any]:
    """Return the content of a sealed box, with the first key that opens it. Raises KeyFault when none does."""
    for key in keys:
        try:
            return sealing.open_sealed(box, key)
        except CryptoError:
            continue
    raise KeyFault("None of the unlocked keys opens this report; unlock with the key file it was sealed to.")


def make(folder: Path, passphrases: Mapping[str, str]) -> None:
    """Write duty.key, recovery.key and public.json to `folder`. Raises KeyFault when one is there already."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    there = [name for name in ("duty.key", "recovery.key", "public.json") if (folder / name).exists()]
    if there:
        raise KeyFault(f"{', '.join(there)} is there already; rotate it, or name an empty folder")
    _check(passphrases)
    made = {name: PrivateKey.generate() for name in NAMES}
    for name in NAMES:
        _write(folder / f"{name}.key", [_locked(made[name], passphrases[name])])
    _write_public(folder, {name: bytes(made[name].public_key).hex() for name in NAMES})


def rotate(folder: Path, name: str, passphrase: str) -> None:
    """Put a new key before the old ones in NAME.key and its public half into public.json.

    Raises:
        KeyFault: when the passphrase does not open the old keys.
    """
    unlock(folder / f"{name}.key", passphrase)
    fresh = PrivateKey.generate()
    entries = _entries(folder / f"{name}.key")
    _write(folder / f"{name}.key", [_locked(fresh, passphrase), *entries])
    public = json.loads((folder / "public.json").read_text(encoding="ascii"))
    _write_public(folder, {**public, name: bytes(fresh.public_key).hex()})


def unlock(path: Path, passphrase: str) -> tuple[PrivateKey, ...]:
    """Return the private keys in the file, newest first. Raises KeyFault for a wrong passphrase or a damaged file."""
    keys = []
    for entry in _entries(path):
        try:
            made = pwhash.argon2id.kdf(
                SecretBox.KEY_SIZE, passphrase.encode(), bytes.fromhex(entry["salt"]), entry["ops"], entry["mem"]
            )
            keys.append(PrivateKey(SecretBox(made).decrypt(bytes.fromhex(entry["box"]))))
        except (CryptoError, KeyError, TypeError, ValueError):
            raise KeyFault("The passphrase does not open the key file, or the file is damaged.") from None
    return tuple(keys)


def check(folder: Path, passphrases: Mapping[str, str]) -> None:
    """Prove that each key named opens what its public half seals. Raises KeyFault naming the one that does not."""
    public = sealing.read_public_keys(folder / "public.json")
    for name, passphrase in passphrases.items():
        box = sealing.seal({"proof": name}, getattr(public, name))
        try:
            open_with(unlock(folder / f"{name}.key", passphrase), box)
        except KeyFault as fault:
            raise KeyFault(f"{name}: {fault}") from None


def _check(passphrases: Mapping[str, str]) -> None:
    for name in NAMES:
        if len(passphrases.get(name, "")) < 15:
            raise KeyFault(f"the passphrase of the {name} key needs 15 characters or more; five random words are good")
    if passphrases["duty"] == passphrases["recovery"]:
        raise KeyFault("the two passphrases are the same; the recovery key is kept offline under another one")


def _locked(key: PrivateKey, passphrase: str) -> dict[str, Any]:
    salt = random(pwhash.argon2id.SALTBYTES)
    made = pwhash.argon2id.kdf(SecretBox.KEY_SIZE, passphrase.encode(), salt, OPS, MEM)
    public = key.public_key.encode(HexEncoder).decode()
    return {
        "public": public,
        "salt": salt.hex(),
        "ops": OPS,
        "mem": MEM,
        "box": SecretBox(made).encrypt(bytes(key)).hex(),
    }


def _entries(path: Path) -> list[dict[str, Any]]:
    try:
        entries = json.loads(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        raise KeyFault(f"{path.name} cannot be read; put the key file back from its backup") from None
    if not isinstance(entries, list) or not entries:
        raise KeyFault(f"{path.name} holds no key; put the key file back from its backup")
    return entries


def _write(path: Path, entries: list[dict[str, Any]]) -> None:
    write_whole(path, json.dumps(entries, indent=1), mode=0o600)


def _write_public(folder: Path, public: Mapping[str, str]) -> None:
    write_whole(folder / "public.json", json.dumps(dict(public), indent=1) + "\n", mode=0o644)
