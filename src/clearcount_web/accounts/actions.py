"""Changes to staff accounts, each with its event."""

from __future__ import annotations

from collections.abc import Collection

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from clearcount_web.accounts.models import RoleGrant, User
from clearcount_web.accounts.roles import Role
from clearcount_web.audit.actions import record
from clearcount_web.ground.sessions import SessionStore, place_of
from clearcount_web.platform.databases import STAFF

SIGN_IN_SERVICE = "sign-in service"


@transaction.atomic(using=STAFF)
def replace_roles(user: User, roles: Collection[Role]) -> None:
    """Make the roles that come from the sign-in service exactly `roles`; a role taken away is gone at once."""
    held = {Role(grant.role) for grant in user.grants.filter(source=RoleGrant.Source.OIDC)}
    for role in sorted(held - set(roles)):
        user.grants.filter(role=role, source=RoleGrant.Source.OIDC).delete()
        record("role.removed", by=SIGN_IN_SERVICE, kind="user", key=user.pk, changes={"role": (role.value, None)})
    for role in sorted(set(roles) - held):
        _, added = user.grants.get_or_create(role=role, defaults={"source": RoleGrant.Source.OIDC})
        if added:
            record("role.granted", by=SIGN_IN_SERVICE, kind="user", key=user.pk, changes={"role": (None, role.value)})
    user.__dict__.pop("roles", None)


@transaction.atomic(using=STAFF)
def set_local_roles(user: User, roles: Collection[Role], *, by: User | str) -> None:
    """Make the roles given by hand exactly `roles`; those from the sign-in service are left as they are."""
    wanted = set(roles)
    for grant in user.grants.filter(source=RoleGrant.Source.LOCAL):
        if Role(grant.role) not in wanted:
            grant.delete()
            record("role.removed", by=by, kind="user", key=user.pk, changes={"role": (grant.role, None)})
    for role in sorted(wanted):
        _, added = user.grants.get_or_create(role=role, defaults={"source": RoleGrant.Source.LOCAL})
        if added:
            record("role.granted", by=by, kind="user", key=user.pk, changes={"role": (None, role.value)})
    user.__dict__.pop("roles", None)


@transaction.atomic(using=STAFF)
def set_active(user: User, active: bool, *, by: User) -> None:
    """Let a person sign in, or ends all their sessions and lets them in no more."""
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        end_all_sessions(user)
    record("user.opened" if active else "user.closed", by=by, kind="user", key=user.pk)


@transaction.atomic(using=STAFF)
def reset_second_factor(user: User, *, by: User) -> None:
    """Remove a lost second factor and ends every session; the next sign-in must set up a new one."""
    Authenticator.objects.filter(user=user).delete()
    end_all_sessions(user)
    record("second_factor.reset", by=by, kind="user", key=user.pk)


@transaction.atomic(using=STAFF)
def note_session(user: User, *, key: str, ip: str, user_agent: str) -> None:
    """Add a session that was just opened to the person's list, and takes those off that are no more."""
    known = UserSession.objects.filter(user=user)
    known.exclude(session_key__in=Session.objects.values("session_key")).delete()
    longest = UserSession._meta.get_field("user_agent").max_length
    UserSession.objects.update_or_create(
        session_key=place_of(key), defaults={"user": user, "ip": ip, "user_agent": user_agent[:longest]}
    )


@transaction.atomic(using=STAFF)
def end_own_session(user: User, session_id: int) -> bool:
    """End one of a person's own sessions; False when it is not theirs or has ended."""
    session = UserSession.objects.filter(user=user, pk=session_id).first()
    if session is None:
        return False
    _end(session)
    record("session.ended", by=user, kind="user", key=user.pk)
    return True


def end_all_sessions(user: User) -> None:
    """Sign a person out everywhere."""
    for session in UserSession.objects.filter(user=user):
        _end(session)


def _end(session: UserSession) -> None:
    SessionStore.end(session.session_key)
    session.delete()


@transaction.atomic(using=STAFF)
def sign_in_refused(user: User | None, *, why: str) -> None:
    """Note a refused sign-in; an unknown name is not kept: people type passwords into the wrong box."""
    record("sign_in.refused", by="unknown", kind="user", key=user.pk if user else "unknown", changes={"why": why})


@transaction.atomic(using=STAFF)
def add_local_user(
    username: str, *, name: str, password: str | None, roles: Collection[Role], break_glass: bool, by: str
) -> User:
    """Return a local account with its roles; without a password nobody can sign in with it yet."""
    user = User.objects.create_user(username, name=name, password=password)
    if break_glass:
        user.is_break_glass = True
        user.save(update_fields=["is_break_glass"])
    record("user.added", by=by, kind="user", key=user.pk, changes={"break_glass": break_glass})
    set_local_roles(user, roles, by=by)
    return user


def set_preferences(user: User, *, dark: bool, single_keys: bool) -> None:
    """Keep how a person likes the pages to look and answer."""
    user.dark, user.single_keys = dark, single_keys
    user.save(update_fields=["dark", "single_keys"])
