"""Reading accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from clearcount_web.accounts.models import User
from clearcount_web.ground.sessions import SessionStore, place_of


@dataclass(frozen=True)
class OpenSession:
    """A session of a person that has not ended: its row's number, when and from where it was opened."""

    pk: int
    created_at: datetime
    ip: str
    user_agent: str
    is_current: bool


def open_sessions(user: User, *, key: str | None) -> list[OpenSession]:
    """Return the person's sessions that have not ended, newest first; `key` is that of the session that asks."""
    here = place_of(key) if key else ""
    rows = UserSession.objects.filter(user=user).order_by("-created_at")
    return [
        OpenSession(row.pk, row.created_at, str(row.ip), row.user_agent, row.session_key == here)
        for row in rows
        if _lives(row.session_key, user)
    ]


def _lives(place: str, user: User) -> bool:
    """Whether the session at `place` still lets this person in: it ends with its time and with a change of password."""
    session = Session.objects.filter(session_key=place, expire_date__gt=timezone.now()).first()
    if session is None:
        return False
    signed = str(SessionStore().decode(session.session_data).get(HASH_SESSION_KEY, ""))
    return constant_time_compare(signed, user.get_session_auth_hash())
