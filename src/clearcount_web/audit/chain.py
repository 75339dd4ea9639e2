"""The chain as pure functions: how an event is hashed, and what a verifier finds in a list of events."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

START = "0" * 64
SEALED_FIELDS = ("number", "at", "actor", "verb", "kind", "key", "changes", "reason")


@dataclass(frozen=True)
class Finding:
    """What is wrong, and at which event."""

    number: int
    fault: str

    def __str__(self) -> str:
        return f"event {self.number}: {self.fault}"


def mac_of(event: Mapping[str, object], before: str, key: str) -> str:
    """Return the HMAC-SHA-256 under `key` of the event's fields and the mac of the event before it, as hex."""
    body = json.dumps([before, *(event[name] for name in SEALED_FIELDS)], ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key.encode(), body.encode(), hashlib.sha256).hexdigest()


def seal_of(number: int, mac: str, key: str) -> str:
    """Return the HMAC of where the chain ends, so that a head cannot be written without the key."""
    return hmac.new(key.encode(), f"head:{number}:{mac}".encode(), hashlib.sha256).hexdigest()


def faults(events: Iterable[Mapping[str, object]], head: Mapping[str, object] | None, key: str) -> Iterator[Finding]:
    """Yield every place where the chain does not hold; nothing for a whole chain.

    `events` come in order of number. An edited, removed, inserted or reordered event breaks the chain at its place.
    Events cut off at the end, and a head without events, are found by the head.
    """
    before, last = START, 0
    for event in events:
        number = int(str(event["number"]))
        if number != last + 1:
            yield Finding(number, f"follows event {last}: an event is missing, added or moved")
        if not hmac.compare_digest(mac_of(event, before, key), str(event["mac"])):
            yield Finding(number, "does not match its hash: it or the event before it was changed")
        before, last = str(event["mac"]), number
    if head is None:
        if last:
            yield Finding(last, "the head of the chain is missing")
        return
    if not hmac.compare_digest(seal_of(int(str(head["number"])), str(head["mac"]), key), str(head["seal"])):
        yield Finding(int(str(head["number"])), "the head of the chain was changed")
    if (head["number"], head["mac"]) != (last, before):
        yield Finding(last, f"the chain ends here, its head stands at {head['number']}: events were cut off or added")
