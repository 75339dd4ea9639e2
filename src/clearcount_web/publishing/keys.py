"""The pair of keys that seals published answers: made once, the private half for the staff side alone."""

from __future__ import annotations

from pathlib import Path

from nacl.encoding import HexEncoder
from nacl.signing import SigningKey

from clearcount_web.platform.files import Guarded, make_file, make_folder


class SealKeyFault(Exception):
    """Why the keys cannot be made, in a sentence."""


def settings_with_keys(folder: Path) -> dict[str, str]:
    """Return the settings that name the keys in `folder`, which are made when they are not there yet."""
    if not (folder / "seal.key").exists():
        make(folder)
    return {
        "CLEARCOUNT_SEAL_KEY_FILE": str(folder / "seal.key"),
        "CLEARCOUNT_SEAL_PUBLIC_FILE": str(folder / "seal.pub"),
    }


def make(folder: Path) -> None:
    """Write seal.key and seal.pub to `folder`. Raises SealKeyFault when one is there already."""
    if not folder.exists():
        make_folder(Guarded(folder))
    there = [name for name in ("seal.key", "seal.pub") if (folder / name).exists()]
    if there:
        raise SealKeyFault(f"{', '.join(there)} is there already; name another folder")
    key = SigningKey.generate()
    make_file(Guarded(folder / "seal.key"), key.encode(HexEncoder) + b"\n")
    make_file(Guarded(folder / "seal.pub"), key.verify_key.encode(HexEncoder) + b"\n")
