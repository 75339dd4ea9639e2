"""The file of a portable request: JSON under an Ed25519 signature (RFC 8032), by libsodium.

The signature covers everything in the file but itself. It proves that the file is as the holder of the key made it.
Who that is, the fingerprint says: it is compared over another channel, or given with `signed_by`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clearcount.errors import ForeignFileError, RequestError
from clearcount.files import write_new
from clearcount.foreign import parse_json

if TYPE_CHECKING:
    from nacl.signing import SigningKey

FORMAT = 1
_LARGEST = 16 << 20
_KEYS = ("clearcount_pack", "reference", "title", "request", "codes_version", "codes", "account", "key", "signature")


@dataclass(frozen=True)
class PackedCode:
    """A code of the request as the list of the maker describes it: its words and the days it was in force."""

    code: str
    label: str
    in_force: str


@dataclass(frozen=True)
class Pack:
    """A portable request whose signature holds.

    `request` is the request as a mapping, `codes` are those it names, from the edition `codes_version`. `account` says
    in sentences how it counts. `fingerprint` tells the key that signed it; `digest` tells this pack from any other.
    """

    reference: str
    title: str
    request: Mapping[str, object]
    codes_version: str
    codes: tuple[PackedCode, ...]
    account: tuple[str, ...]
    fingerprint: str
    digest: str


def signing_key(path: Path) -> SigningKey:
    """Return the key in the file at `path`; it is made at first use, readable by its owner only.

    Raises:
        RequestError: when the file cannot be read or written, or holds no key.
    """
    from nacl.encoding import HexEncoder  # here, as below: most commands read no pack
    from nacl.exceptions import CryptoError
    from nacl.signing import SigningKey

    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                write_new(path, SigningKey.generate().encode(HexEncoder) + b"\n", mode=0o600)
        return SigningKey(path.read_bytes().strip(), HexEncoder)
    except OSError as error:
        raise RequestError(f"{path}: the key for packs cannot be used: {error.strerror}; name one with --key") from None
    except (ValueError, TypeError, CryptoError):
        raise RequestError(f"{path}: holds no key for packs; name the right file with --key") from None


def sealed(body: Mapping[str, object], key: SigningKey) -> bytes:
    """Return the bytes of a pack: `body` with the public key and the signature."""
    from nacl.encoding import HexEncoder

    whole = {**body, "key": key.verify_key.encode(HexEncoder).decode()}
    signature = key.sign(_canonical(whole)).signature.hex()
    return (json.dumps({**whole, "signature": signature}, ensure_ascii=False, indent=1) + "\n").encode()


def is_pack(raw: bytes) -> bool:
    """Return whether a file is meant to be a pack: JSON, which no request in TOML begins like."""
    return raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def open_pack(raw: bytes, name: str, *, signed_by: str = "") -> Pack:
    """Return the pack that `raw` holds, once its signature is checked. `signed_by` is the fingerprint wanted.

    Raises:
        RequestError: when it is no pack, was changed after it was signed, or is signed by another key.
    """
    from nacl.encoding import HexEncoder
    from nacl.exceptions import BadSignatureError, CryptoError
    from nacl.signing import VerifyKey

    if len(raw) > _LARGEST:
        raise RequestError(f"{name}: is larger than {_LARGEST >> 20} MB; a pack is a small file")
    try:
        held = parse_json(raw, name)
    except ForeignFileError as error:
        raise RequestError(f"{error}; ask for the pack again") from None
    if not isinstance(held, dict) or "clearcount_pack" not in held:
        raise RequestError(f"{name}: is no pack; name a request in TOML or a file that `clearcount pack` wrote")
    if held.get("clearcount_pack") != FORMAT:
        raise RequestError(f"{name}: is a pack of another format; install the version of clearcount that wrote it")
    if set(held) != set(_KEYS):
        raise RequestError(f"{name}: was changed after it was signed: it has other keys; ask for the pack again")
    key, signature = held["key"], held["signature"]
    body = {name_: value for name_, value in held.items() if name_ != "signature"}
    try:
        VerifyKey(str(key).encode(), HexEncoder).verify(_canonical(body), bytes.fromhex(str(signature)))
    except (BadSignatureError, CryptoError, ValueError, TypeError):
        raise RequestError(f"{name}: was changed after it was signed; ask for the pack again") from None
    fingerprint = fingerprint_of(str(key))
    if signed_by and _bare(signed_by) != _bare(fingerprint):
        raise RequestError(f"{name}: is signed by {fingerprint}, not by {signed_by}; ask who made it")
    if not isinstance(held["request"], dict) or not _listed(held["codes"]) or not isinstance(held["account"], list):
        raise RequestError(f"{name}: is signed and holds no request; ask for the pack again")
    return Pack(
        str(held["reference"]),
        str(held["title"]),
        held["request"],
        str(held["codes_version"]),
        tuple(PackedCode(str(each["code"]), str(each["label"]), str(each["in_force"])) for each in held["codes"]),
        tuple(map(str, held["account"])),
        fingerprint,
        hashlib.sha256(_canonical(body)).hexdigest(),
    )


def fingerprint_of(key: str) -> str:
    """Return the first 20 figures of the SHA-256 of a public key, in fours, to be read aloud."""
    figures = hashlib.sha256(bytes.fromhex(key)).hexdigest()[:20]
    return "-".join(figures[at : at + 4] for at in range(0, 20, 4))


def _listed(codes: object) -> bool:
    wanted = {"code", "label", "in_force"}
    return isinstance(codes, list) and all(isinstance(each, dict) and set(each) == wanted for each in codes)


def _bare(fingerprint: str) -> str:
    return "".join(sign for sign in fingerprint.casefold() if sign.isalnum())


def _canonical(body: Mapping[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass")
