"""How django-allauth behaves here: nobody signs up, the sign-in service's groups are the roles, codes stay secret."""

from __future__ import annotations

import hashlib
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from nacl.encoding import URLSafeBase64Encoder
from nacl.secret import SecretBox

from clearcount_web.accounts.actions import end_all_sessions, replace_roles, sign_in_refused
from clearcount_web.accounts.claims import roles_of, used_second_factor, values_of
from clearcount_web.accounts.models import User
from clearcount_web.accounts.oidc import answers_this_sign_in
from clearcount_web.accounts.sessions import BEGAN
from clearcount_web.ground.errors import page

NO_SECOND_FACTOR = (
    "Your sign-in did not use a second factor. Sign in again with one, or ask your service desk to add it."
)
OTHER_SIGN_IN = (
    "The sign-in service answered another sign-in than the one begun here. Start again from the sign-in page; if it "
    "happens twice, tell your service desk."
)
NO_ROLE = "Your account has no role in clearcount. Ask your service desk to add you to the right group."


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Local accounts: made by an administrator or the demo, never by signing up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: nobody signs up."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Leave counting wrong passwords to django-axes.

        Its counter is by name and address together. One by name alone would let anybody lock out the break-glass
        account from anywhere (ASVS 6.1.1).
        """

    def _rollback_login_failed_rl_usage(self) -> None:
        """Nothing was counted."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return the user, when the password is right and the account may use one here."""
        user: User | None = super().authenticate(request, **credentials)
        if user is not None and settings.LOCAL_ACCOUNTS == "break-glass" and not user.is_break_glass:
            return None
        return user

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Return whether a password was typed a moment ago, so that it is not asked for again."""
        began = context.request.session.get(BEGAN, 0)
        return bool(timezone.now().timestamp() - began > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Drop the message: each page says what happened."""


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The force's own sign-in service."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Return whether a person may have an account at the first sign-in: whoever comes with a role."""
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Let a sign-in begun here go on, with a second factor and at least one role; roles are replaced.

        Raises:
            ImmediateHttpResponse: with a page that says what is missing.
        """
        claims = sociallogin.account.extra_data
        # Only what identifies the account is kept. For a known account django-allauth has just saved the whole token.
        sociallogin.account.extra_data = {}
        if sociallogin.account.pk:
            sociallogin.account.save(update_fields=["extra_data"])
        if not answers_this_sign_in(sociallogin, claims):  # before anything in the token is believed
            self._refuse(request, None, why="wrong nonce", sentence=OTHER_SIGN_IN)
        id_token = claims.get("id_token") or {}
        groups = values_of({**(claims.get("userinfo") or {}), **id_token}, settings.OIDC_GROUPS_CLAIM)
        roles = roles_of(groups, settings.OIDC_GROUP_ROLES)
        user = sociallogin.user if sociallogin.is_existing else None
        if not used_second_factor(id_token, settings.OIDC_MFA):
            self._refuse(request, user, why="no second factor", sentence=NO_SECOND_FACTOR)
        if user is not None:
            replace_roles(user, roles)
        if not roles:
            if user is not None:
                end_all_sessions(user)
            self._refuse(request, user, why="no role", sentence=NO_ROLE)
        # Accounts are matched by the service's own key for a person, never by an address.
        sociallogin.email_addresses = []
        sociallogin.clearcount_roles = roles

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> User:
        """Return the new user with the roles of the first sign-in."""
        user: User = super().save_user(request, sociallogin, form)
        replace_roles(user, sociallogin.clearcount_roles)
        return user

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        """Fill in the name shown beside what the person does."""
        user: User = super().populate_user(request, sociallogin, data)
        user.email = str(data.get("email") or "")[:254]
        user.name = str(data.get("name") or data.get("username") or "Unnamed")[:150]
        return user

    def _refuse(self, request: HttpRequest, user: User | None, *, why: str, sentence: str) -> None:
        sign_in_refused(user, why=why)
        raise ImmediateHttpResponse(page(request, status=403, title="You are not signed in", sentences=[sentence]))


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Authenticator codes for local accounts."""

    def build_totp_svg(self, url: str) -> str:
        """Return the QR code as SVG to stand inline in the page: the content policy allows no `data:` images."""
        code = segno.make(url, error="m")
        # Without a size of its own it has a view box, and so is scaled by the page instead of cut off.
        return str(code.svg_inline(border=4, dark="#0b1f33", light="#ffffff", omitsize=True))

    def get_totp_issuer(self) -> str:
        """Return what the authenticator app calls this service."""
        return f"clearcount ({settings.FORCE.name})"

    def encrypt(self, text: str) -> str:
        """Return the secret sealed under a key that is not in the database."""
        return SecretBox(_totp_key()).encrypt(text.encode(), encoder=URLSafeBase64Encoder).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret again."""
        return SecretBox(_totp_key()).decrypt(encrypted_text.encode(), encoder=URLSafeBase64Encoder).decode()


def _totp_key() -> bytes:
    return hashlib.blake2b(
        settings.SECRET_KEY.encode(), digest_size=SecretBox.KEY_SIZE, person=b"clearcount-totp"
    ).digest()
