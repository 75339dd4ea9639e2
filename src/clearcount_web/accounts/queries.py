"""Reading accounts."""

from __future__ import annotations

from allauth.usersessions.models import UserSession

from clearcount_web.accounts.models import User


def open_sessions(user: User) -> list[UserSession]:
    """The person's sessions that have not ended, newest first."""
    alive = UserSession.objects.purge_and_list(user)
    return sorted(alive, key=lambda session: session.created_at, reverse=True)
