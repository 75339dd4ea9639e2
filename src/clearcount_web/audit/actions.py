"""Writing an event."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connections, transaction

from clearcount_web.audit.anchors import Memory, anchor_of, note
from clearcount_web.audit.chain import START, mac_of, seal_of
from clearcount_web.audit.models import Event, Head
from clearcount_web.platform.databases import PUBLIC, STAFF

log = logging.getLogger("clearcount_web.audit")
CHAIN_NAMES = {STAFF: "staff", PUBLIC: "public"}
_noted = Memory()
_VERB = re.compile(r"[a-z_]+\.[a-z_]+")
_LONGEST_VALUE = 200
Scalar = str | int | bool | None


def record(
    verb: str,
    *,
    by: Any,
    kind: str,
    key: object,
    changes: Mapping[str, tuple[Scalar, Scalar] | Scalar] | None = None,
    reason: str = "",
    using: str | None = None,
) -> int:
    """Append one event inside the transaction of the act and returns its number.

    It comes last in the act: the head of the chain stays locked until the act ends. An act that then waited for a row
    could wait for another act that has the row and waits for the head.

    Args:
        verb: "case.opened": the app's noun, a dot, the past participle.
        by: the user, or a word for who it was: "worker", "public", "command".
        kind, key: what it happened to, by its kind and its own key; never by a name or a text.
        changes: field -> (before, after), or a value; only fields that are not sensitive, never free text of a record.
        reason: what the person gave as the reason.
        using: the database of the act; the door's own by default.

    Raises:
        RuntimeError: outside a transaction: an event without its act, or an act without its event, must not be.
        ValueError: for a verb out of form or a value that looks like free text.
    """
    alias = using or settings.OWN_DATABASE
    if not connections[alias].in_atomic_block:
        raise RuntimeError("record() belongs in the transaction of the act: wrap both in transaction.atomic(using=…)")
    if not _VERB.fullmatch(verb):
        raise ValueError("a verb reads noun.participle in small letters, such as case.opened")
    body = json.dumps(_plain(changes or {}), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    secret = settings.AUDIT_KEYS[alias]
    with transaction.atomic(using=alias):
        head = _locked_head(alias, secret)
        number, before = head.number + 1, head.mac
        fields = {
            "number": number,
            "at": datetime.now(UTC).isoformat(timespec="microseconds"),
            "actor": by if isinstance(by, str) else by.get_username(),
            "verb": verb,
            "kind": kind,
            "key": str(key),
            "changes": body,
            "reason": reason[:2000],
        }
        mac = mac_of(fields, before, secret)
        Event.objects.using(alias).create(**fields, mac=mac)
        head.number, head.mac, head.seal = number, mac, seal_of(number, mac, secret)
        head.save(using=alias)
        if settings.AUDIT_ANCHORS:
            transaction.on_commit(lambda: anchor_head(alias), using=alias, robust=True)
    return number


def anchor_head(alias: str, *, always: bool = False) -> list[str]:
    """Note where a chain ends outside the database; a head noted before only with `always`.

    Gives a sentence for each place that did not take it. What happened has happened: a place that is down is logged
    and told by the health page, and the worker tries again every minute.
    """
    found = Head.objects.using(alias).filter(id=1).values("number", "mac").first()
    if found is None:
        return []
    anchor = anchor_of(CHAIN_NAMES[alias], found, settings.AUDIT_KEYS[alias])
    again = not _noted.is_new(anchor)
    if again and not always:
        return []
    refused = note(anchor, settings.AUDIT_ANCHORS, again=again)
    if refused:
        log.error("a head of the audit could not be noted", extra={"kind": anchor.chain, "count": len(refused)})
    else:
        _noted.keep(anchor)
    return refused


def _locked_head(alias: str, secret: str) -> Head:
    """The head of the chain, locked until the transaction ends, so that events are numbered one after another."""
    heads = Head.objects.using(alias)
    head = heads.select_for_update().filter(id=1).first()
    if head is None:  # two first events at once: one waits here for the other
        first = Head(id=1, number=0, mac=START, seal=seal_of(0, START, secret))
        heads.bulk_create([first], ignore_conflicts=True)
        head = heads.select_for_update().get(id=1)
    return head


def _plain(changes: Mapping[str, Any]) -> dict[str, Any]:
    for name, change in changes.items():
        for value in change if isinstance(change, tuple) else (change,):
            if value is not None and not isinstance(value, (str, int, bool)):
                raise ValueError(f"{name}: an event keeps words, whole numbers, yes or no")
            if isinstance(value, str) and (len(value) > _LONGEST_VALUE or "\n" in value):
                raise ValueError(f"{name}: longer than a word or a key; free text does not belong in an event")
    return {name: list(change) if isinstance(change, tuple) else change for name, change in changes.items()}
