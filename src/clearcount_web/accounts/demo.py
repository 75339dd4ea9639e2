"""The made-up staff of the demo. They exist only where the demo setting is on, which keeps both doors on loopback."""

from __future__ import annotations

import hashlib
from base64 import b32encode

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.cache import cache

from clearcount_web.accounts.actions import add_local_user
from clearcount_web.accounts.models import User
from clearcount_web.accounts.roles import Role

PASSWORD = "seven-quiet-lanterns"  # noqa: S105
_STAFF: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
    ("olive", "Olive Farrow", (Role.FOI_OFFICER,)),
    ("amir", "Amir Stott", (Role.ANALYST,)),
    ("wren", "Wren Abbot", (Role.ANALYST, Role.READER)),
    ("rhona", "Rhona Pike", (Role.READER,)),
    ("dilys", "Dilys Okoro", (Role.DECISION_MAKER,)),
    ("percy", "Percy Lund", (Role.PUBLISHER,)),
    ("corin", "Corin Vale", (Role.CONTACT_OFFICER,)),
    ("dep", "Depak Marsh", (Role.DEPARTMENT,)),
    ("ada", "Ada Quill", (Role.ADMINISTRATOR,)),
)


def fill() -> None:
    """Add each made-up member of staff that is not there yet, with the demo's password and second factor."""
    missing = [person for person in _STAFF if not User.objects.filter(username=person[0]).exists()]
    hashed = make_password(PASSWORD) if missing else ""  # once: a good hash takes its time
    for username, name, roles in missing:
        user = add_local_user(username, name=name, password=None, roles=roles, break_glass=False, by="demo")
        user.password = hashed
        user.save(update_fields=["password"])
        TOTP.activate(user, _secret())


def people() -> list[User]:
    """Return the made-up staff, in order."""
    found = {user.username: user for user in User.objects.prefetch_related("grants")}
    return [found[username] for username, _, _ in _STAFF if username in found]


def code_now(user: User) -> str:
    """Return the newest code that the demo's authenticator may show and that this person has not used yet."""
    codes = [str(format_hotp_value(hotp_value(_secret(), counter))) for counter in yield_hotp_counters_from_time()]
    totp = TOTP(Authenticator(user=user, type=Authenticator.Type.TOTP))
    unused = [code for code in codes if totp._get_used_cache_key(code) not in cache]
    return (unused or codes)[-1]


def _secret() -> str:
    digest = hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=20, person=b"clearcount-demo").digest()
    return b32encode(digest).decode()
