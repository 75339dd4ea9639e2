"""Forms of the fixed pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from clearcount_web.ground.forms import GroundForm

_NO_TRACE = {"autocomplete": "off", "spellcheck": "false"}


class FeedbackForm(GroundForm):
    """One box."""

    text = forms.CharField(
        label=_("What should we know about this site?"),
        help_text=_("Do not report a crime here. Do not give names, phone numbers or addresses."),
        max_length=2000,
        widget=forms.Textarea({"rows": 6, **_NO_TRACE}),
        error_messages={
            "required": _("Write what we should know about this site"),
            "max_length": _("Use 2,000 characters or fewer"),
        },
    )


class ComplaintForm(GroundForm):
    """A complaint about how personal data is used."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": _("Enter your name"), "max_length": _("Use 200 characters or fewer")},
    )
    contact = forms.CharField(
        label=_("How we can reach you"),
        help_text=_("An e-mail address, a phone number or a postal address, whichever is best for you."),
        max_length=300,
        widget=forms.TextInput({"spellcheck": "false"}),
        error_messages={
            "required": _("Enter an e-mail address, a phone number or a postal address"),
            "max_length": _("Use 300 characters or fewer"),
        },
    )
    text = forms.CharField(
        label=_("What went wrong"),
        help_text=_("Say what happened to your personal data, when, and what you would like us to do."),
        max_length=5000,
        widget=forms.Textarea({"rows": 8, **_NO_TRACE}),
        error_messages={
            "required": _("Tell us what went wrong"),
            "max_length": _("Use 5,000 characters or fewer"),
        },
    )
