"""The cookie of a member of staff who has signed in with a second factor, for tests that talk to a real door."""

from __future__ import annotations

import time

from django.conf import settings
from django.test import Client

from clearcount_web.accounts.models import User


def cookie(user: User) -> str:
    """The cookie, as a browser sends it."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    held = client.session
    held["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    held["account_authentication_methods_user"] = str(user.pk)
    held.save()
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
