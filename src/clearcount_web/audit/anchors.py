"""Heads of the chains, noted outside the database: who can write the database cannot take them back.

A place for heads is written in one of four ways. `file:PATH` is a file of another owner that this user may only append
to. `socket:PATH` is the keeper, see `keeper`. `syslog:PATH` and `syslog:HOST:PORT` are logs of the system. Heads in a
file or at the keeper are read again by `verify`; those in a syslog are compared with `verify --anchors FILE`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import socket
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from clearcount_web.audit.chain import Finding, seal_of

KINDS = ("file", "socket", "syslog")
SECONDS = 5.0
"""How long a keeper or a syslog may take to answer; the act itself is done by then."""
_READ_AT_ONCE = 65_536


class AnchorFault(Exception):
    """Why heads cannot be noted or read, in a sentence."""


@dataclass(frozen=True)
class Place:
    """Where heads are noted."""

    kind: str
    address: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.address}"

    @property
    def readable(self) -> bool:
        """Whether `verify` can read the heads back from here by itself."""
        return self.kind != "syslog"


@dataclass(frozen=True)
class Anchor:
    """Where a chain ended at a time. `restored`: a backup was put back here, and what came after it is given up."""

    chain: str
    number: int
    mac: str
    seal: str
    at: str
    restored: bool = False

    def as_line(self) -> str:
        """Return it as one line of JSON."""
        kept = {"at": self.at, "chain": self.chain, "number": self.number, "mac": self.mac, "seal": self.seal}
        return json.dumps(kept | ({"restored": True} if self.restored else {}), separators=(",", ":"))


def places(text: str) -> tuple[Place, ...]:
    """Return the places that a setting names, with commas between them.

    Raises:
        ValueError: for one that is not `file:PATH`, `socket:PATH` or `syslog:ADDRESS`.
    """
    found = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        kind, _, address = part.partition(":")
        if kind not in KINDS or not address:
            raise ValueError("must be file:PATH, socket:PATH or syslog:ADDRESS, several with commas")
        found.append(Place(kind, address))
    return tuple(found)


def anchor_of(chain: str, head: Mapping[str, object], key: str, *, restored: bool = False) -> Anchor:
    """Return the anchor of a chain's head, sealed under the chain's key so that nobody else can add one."""
    number, mac = int(str(head["number"])), str(head["mac"])
    seal = _restored_seal(number, mac, key) if restored else seal_of(number, mac, key)
    return Anchor(chain, number, mac, seal, datetime.now(UTC).isoformat(timespec="seconds"), restored)


def _restored_seal(number: int, mac: str, key: str) -> str:
    return hmac.new(key.encode(), f"restored:{number}:{mac}".encode(), hashlib.sha256).hexdigest()


def note(anchor: Anchor, where: Sequence[Place], *, again: bool = False) -> list[str]:
    """Note an anchor at every place; return a sentence for each place that did not take it.

    `again`: this very head was noted before; a file is only tried, so that it does not grow every minute.
    """
    refused = []
    for place in where:
        try:
            _WRITERS[place.kind](place.address, "" if again and place.kind == "file" else anchor.as_line())
        except OSError as error:
            refused.append(f"{place} did not take the head of the {anchor.chain} chain ({error.strerror or error})")
    return refused


def reachable(where: Sequence[Place]) -> list[str]:
    """Return a sentence for each place that would not take a head now; nothing is written."""
    refused = []
    for place in where:
        try:
            if place.kind == "file":
                _to_file(place.address, "")
            elif place.kind == "socket":
                with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as keeper:
                    keeper.settimeout(SECONDS)
                    keeper.connect(place.address)
        except OSError as error:
            refused.append(f"{place} cannot be reached ({error.strerror or error})")
    return refused


def _to_file(path: str, line: str) -> None:
    # Never O_CREAT: a file that this user could make is a file that this user could make anew.
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        if line:
            os.write(descriptor, f"{line}\n".encode())
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _to_socket(path: str, line: str) -> None:
    if b"".join(_ask(path, f"note {line}\n")) != b"noted\n":
        raise OSError(0, "the keeper refused it")


def _ask(path: str, question: str) -> Iterator[bytes]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as keeper:
        keeper.settimeout(SECONDS)
        keeper.connect(path)
        keeper.sendall(question.encode())
        while part := keeper.recv(_READ_AT_ONCE):
            yield part


def _to_syslog(address: str, line: str) -> None:
    message = f"<110>clearcount: audit head {line}".encode()  # facility 13 (log audit), severity 6
    host, colon, port = address.rpartition(":")
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET if colon else socket.AF_UNIX
    with socket.socket(family, socket.SOCK_DGRAM) as log:
        log.settimeout(SECONDS)
        log.sendto(message, (host.strip("[]"), int(port)) if colon else address)


_WRITERS = {"file": _to_file, "socket": _to_socket, "syslog": _to_syslog}


def read(where: Sequence[Place]) -> Iterator[tuple[Place, Iterable[str]]]:
    """Yield every place that can be read, with the lines noted there, rotated files of it first.

    Raises:
        AnchorFault: when a place cannot be read.
    """
    for place in where:
        if not place.readable:
            continue
        try:
            yield place, (_file_lines(Path(place.address)) if place.kind == "file" else _keeper_lines(place.address))
        except OSError as error:
            raise AnchorFault(f"the heads at {place} cannot be read ({error.strerror or error})") from None


def _file_lines(path: Path) -> list[str]:
    rotated = sorted((each for each in path.parent.glob(f"{path.name}.*") if each.suffix != ".gz"), reverse=True)
    return [line for each in (*rotated, path) for line in lines_of(each)]


def lines_of(path: Path) -> list[str]:
    """Return the lines of a file of heads; bytes that are no text become signs that fit no head."""
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def _keeper_lines(path: str) -> list[str]:
    return b"".join(_ask(path, "read\n")).decode("utf-8", "replace").splitlines()


def parsed(line: str) -> Anchor | None:
    """Return the anchor in a line, which may stand behind a log's own words; None for any other line."""
    try:
        found = json.loads(line[line.index("{") :])
        return Anchor(
            str(found["chain"]), int(found["number"]), str(found["mac"]), str(found["seal"]), str(found["at"]),
            found.get("restored") is True,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


@dataclass(frozen=True)
class Compared:
    """What comparing a chain with the heads noted outside it found: faults, remarks, and how many heads it had."""

    faults: tuple[Finding, ...]
    remarks: tuple[str, ...]
    heads: int


def compared(chain: str, macs: Mapping[int, str], lines: Iterable[str], key: str) -> Compared:
    """Compare a chain (number -> mac of each of its events) with the heads noted outside the database.

    A head whose seal is not of this chain's key proves nothing; it is counted in a remark.
    """
    known: list[Anchor] = []
    foreign = unread = 0
    for line in lines:
        anchor = parsed(line)
        if anchor is None:
            unread += bool(line.strip())
        elif anchor.chain == chain:
            made = _restored_seal if anchor.restored else seal_of
            good = hmac.compare_digest(made(anchor.number, anchor.mac, key).encode(), anchor.seal.encode())
            known.append(anchor) if good else None
            foreign += not good
    last = max(macs, default=0)
    faults: dict[int, Finding] = {}
    remarks = []
    given_up = -1  # where the newest backup was put back
    for anchor in reversed(known):
        if anchor.restored:
            if given_up < 0 or anchor.number < given_up:
                given_up = anchor.number
            remarks.append(f"a backup that ends at event {anchor.number} was put back at {anchor.at}")
        if given_up >= 0 and anchor.number > given_up:
            continue  # noted before the backup was put back
        fault = _fault(anchor, macs, last)
        if fault:
            faults.setdefault(min(anchor.number, last), Finding(min(anchor.number, last), fault))
    if foreign:
        remarks.append(f"{foreign} noted heads do not carry the seal of this chain's key and are not counted")
    if unread:
        remarks.append(f"{unread} lines among the noted heads cannot be read")
    return Compared(tuple(faults.values()), tuple(remarks), len(known))


def _fault(anchor: Anchor, macs: Mapping[int, str], last: int) -> str:
    if anchor.number > last:
        return f"the chain ends here, but ended at event {anchor.number} at {anchor.at}: events were cut off its end"
    if anchor.number and macs.get(anchor.number) != anchor.mac:
        return f"is not the event that stood here at {anchor.at}: the chain was written anew"
    return ""


class Memory:
    """The last head that this process noted for each chain, so that an unchanged head is not noted twice."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._noted: dict[str, str] = {}

    def is_new(self, anchor: Anchor) -> bool:
        """Return whether this head differs from the one noted last."""
        with self._lock:
            return self._noted.get(anchor.chain) != anchor.mac

    def keep(self, anchor: Anchor) -> None:
        """Remember that this head was noted everywhere."""
        with self._lock:
            self._noted[anchor.chain] = anchor.mac
