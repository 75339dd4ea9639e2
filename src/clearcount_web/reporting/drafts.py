"""The draft of a report: found by the key in the visitor's cookie, opened by it, gone without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse
from nacl.exceptions import CryptoError

from clearcount_web.platform.databases import PUBLIC
from clearcount_web.reporting import sealing
from clearcount_web.reporting.draft_answers import LOST, ByStep, DraftContent, from_content
from clearcount_web.reporting.models import Draft
from clearcount_web.site import cookies

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=2)


@dataclass
class Open:
    """A draft that is open in this request: its key, its row, its answers by step, and whether some were lost."""

    key: bytes
    row: Draft
    answers: ByStep
    lost: bool = False


def key_in(request: HttpRequest) -> bytes | None:
    """Return the key that the visitor's cookie holds; None when there is none or it is not one."""
    try:
        key = bytes.fromhex(request.COOKIES.get(cookies.REPORT, ""))
    except ValueError:
        return None
    return key if len(key) == sealing.KEY_BYTES else None


def counted_as(request: HttpRequest) -> str | None:
    """Give what a visitor with a draft is counted under. A key that opens no draft counts for nothing."""
    key = key_in(request)
    if key is None or not Draft.objects.filter(place=sealing.place_of(key)).exists():
        return None
    return f"draft:{sealing.place_of(key)}"


def start(response: HttpResponse, *, now: datetime) -> None:
    """Make an empty draft and gives the visitor its key."""
    key = sealing.new_key()
    Draft.objects.create(
        place=sealing.place_of(key), box=sealing.lock(DraftContent({}).sealed(), key), started_at=now, touched_at=now
    )
    cookies.remember(response, cookies.REPORT, key.hex(), age=None)


def current(request: HttpRequest, *, now: datetime) -> Open | None:
    """Return the visitor's draft, or None when there is none. One that lay idle too long is shredded."""
    key = key_in(request)
    row = Draft.objects.filter(place=sealing.place_of(key)).first() if key else None
    if key is None or row is None:
        return None
    if expired(row, now=now):
        row.delete()
        return None
    content = _content(row, key)
    return Open(key, row, content.answers, content.lost)


def _content(row: Draft, key: bytes) -> DraftContent:
    """Return what a draft holds. A row that was damaged, or that a later version wrote, is lost, and said to be."""
    try:
        return from_content(sealing.unlock(row.box, key))
    except (CryptoError, ValueError):
        return LOST


def expired(row: Draft, *, now: datetime) -> bool:
    """Return whether a draft has lain idle for 30 minutes or is two hours old."""
    return now - row.touched_at > IDLE or now - row.started_at > LONGEST


def keep(draft: Open, step: str, given: dict[str, Any], *, now: datetime) -> None:
    """Put the answers of one step into the draft. Two tabs may write at once: each step is merged into the newest."""
    with transaction.atomic(using=PUBLIC):
        row = Draft.objects.select_for_update().filter(pk=draft.row.pk).first()
        if row is None:
            return
        content = _content(row, draft.key)
        draft.answers, draft.lost = content.answers | {step: given}, content.lost
        row.box = sealing.lock(DraftContent(draft.answers, draft.lost).sealed(), draft.key)
        row.touched_at = now
        row.save(update_fields=["box", "touched_at"])


def take_out(draft: Open, void: Mapping[str, frozenset[str]], *, now: datetime) -> None:
    """Take answers that a change made void out of the draft: page -> names."""
    for step, names in void.items():
        if left := draft.answers.get(step):
            keep(draft, step, {name: said for name, said in left.items() if name not in names}, now=now)


def touch(draft: Open, *, now: datetime) -> None:
    """Note that the visitor is still there."""
    Draft.objects.filter(pk=draft.row.pk).update(touched_at=now)


def shred(request: HttpRequest) -> None:
    """Delete the visitor's draft; with the row and the cookie gone, nobody can bring it back."""
    if key := key_in(request):
        Draft.objects.filter(place=sealing.place_of(key)).delete()
        empty_journal()


def empty_journal() -> None:
    """Take what was deleted out of SQLite's write-ahead log too; it would stay there until it is written over."""
    connection = connections[PUBLIC]
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def purge(*, now: datetime) -> int:
    """Delete every draft that has expired; gives their number."""
    old = Draft.objects.filter(touched_at__lt=now - IDLE) | Draft.objects.filter(started_at__lt=now - LONGEST)
    gone = old.delete()[0]
    empty_journal()
    return gone
