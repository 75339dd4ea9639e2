"""Sign-in events of Django and django-allauth, written to the audit."""

from __future__ import annotations

from typing import Any

from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from clearcount_web.accounts.actions import note_session, sign_in_refused
from clearcount_web.accounts.models import User
from clearcount_web.accounts.sessions import BEGAN, SET_UP_HERE
from clearcount_web.audit.actions import record
from clearcount_web.platform.databases import STAFF


def _note(verb: str, user: User | None) -> None:
    if user is not None:
        with transaction.atomic(using=STAFF):
            record(verb, by=user, kind="user", key=user.pk)


@receiver(user_logged_in)
def signed_in(request: Any, user: User, **_: Any) -> None:
    """Start the clock of the session and notes the sign-in."""
    request.session[BEGAN] = timezone.now().timestamp()
    request.session.save()
    note_session(
        user,
        key=request.session.session_key,
        ip=request.META.get("REMOTE_ADDR") or "0.0.0.0",  # noqa: S104 - the column needs an address
        user_agent=request.META.get("HTTP_USER_AGENT", ""),
    )
    _note("user.signed_in", user)


@receiver(user_logged_out)
def signed_out(user: User | None, **_: Any) -> None:
    """Note the sign-out."""
    _note("user.signed_out", user)


@receiver(user_login_failed)
def refused(credentials: dict[str, Any], **_: Any) -> None:
    """Note a wrong password, by the account when there is one of that name."""
    known = User.objects.filter(username__iexact=str(credentials.get("username", ""))[:150]).first()
    sign_in_refused(known, why="wrong name or password")


@receiver(authentication_failed)
def wrong_code(user: User, **_: Any) -> None:
    """Note a wrong code of the second factor."""
    sign_in_refused(user, why="wrong code")


@receiver(authenticator_added)
def factor_added(request: Any, user: User, **_: Any) -> None:
    """Note a new second factor; the session that proved it by a code goes on with it."""
    request.session[SET_UP_HERE] = True
    _note("second_factor.added", user)


@receiver(authenticator_removed)
def factor_removed(user: User, **_: Any) -> None:
    """Note a removed second factor."""
    _note("second_factor.removed", user)
