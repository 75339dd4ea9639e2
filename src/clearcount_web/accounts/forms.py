"""Forms of sign-in and of people's accounts, in house style."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy as _

from clearcount_web.accounts.roles import Role
from clearcount_web.ground.forms import GroundForm


class _Plain:
    """Takes placeholders off: they vanish when typing starts and are too pale to read."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SignInForm(_Plain, LoginForm):  # type: ignore[misc]
    """Sign-in name and password of a local account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Sign-in name")
        self.fields["login"].error_messages["required"] = _("Enter your sign-in name")
        self.fields["password"].error_messages["required"] = _("Enter your password")
        for name in ("login", "password"):
            self.fields[name].widget.attrs["class"] = "govuk-input--width-20"


class _Code(_Plain):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code from your authenticator app")
        self.fields["code"].error_messages["required"] = _("Enter the code")
        self.fields["code"].widget.attrs.update({"class": "govuk-input--width-10", "inputmode": "numeric"})


class CodeForm(_Code, AuthenticateForm):  # type: ignore[misc]
    """The code of the second factor at sign-in."""


class CodeAgainForm(_Code, ReauthenticateForm):  # type: ignore[misc]
    """The code once more, before a change that matters."""


class SetUpForm(_Code, ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator."""


class RolesForm(GroundForm):
    """The roles given to a person by hand."""

    roles = forms.MultipleChoiceField(
        label=_("Roles given here"), choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
