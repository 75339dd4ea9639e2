"""A request in two steps: what you would like to know, then who you are.

Freedom of Information Act 2000, section 8(1): in writing, the name of the applicant and an address for
correspondence, and a description of the information. `kind_words` points at what may be missing; it never refuses.
"""

from __future__ import annotations

import re
import uuid

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clearcount_web.ground.forms import GroundForm

LONGEST = 10_000
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b", re.IGNORECASE)


class AboutForm(GroundForm):
    """What the information is."""

    text = forms.CharField(
        label=gettext_lazy("What would you like to know?"),
        help_text=gettext_lazy(
            "Say what, about which offences or events, and for which dates. You do not have to say why you ask."
        ),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 8, "autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Tell us what you would like to know"),
            "max_length": gettext_lazy("Use 10,000 characters or fewer"),
        },
    )


class RequestForm(AboutForm):
    """The whole request."""

    name = forms.CharField(
        label=gettext_lazy("Your real name"),
        help_text=gettext_lazy("The law asks for it. It is not published."),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "name", "spellcheck": "false"}),
        error_messages={
            "required": gettext_lazy("Enter your name"),
            "max_length": gettext_lazy("Use 200 characters or fewer"),
        },
    )
    contact = forms.CharField(
        label=gettext_lazy("Where to send the answer"),
        help_text=gettext_lazy("An e-mail address or a postal address. It is not published."),
        max_length=400,
        widget=forms.TextInput({"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": gettext_lazy("Enter an e-mail address or a postal address"),
            "max_length": gettext_lazy("Use 400 characters or fewer"),
        },
    )
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    field_order = ("text", "name", "contact", "token")


def kind_words(*, text: str, name: str, contact: str) -> list[str]:
    """Return what may keep us from answering, as sentences to the sender; empty when nothing stands out."""
    words = []
    if len(name.split()) < 2:
        words.append(_("The law asks for your real name. A first name or a nickname alone may not be enough."))
    if "@" not in contact and not _POSTCODE.search(contact):
        words.append(_("We do not see an e-mail address or a postcode. Check that our answer can reach you."))
    if len(text.split()) < 5:
        words.append(_("Your request is very short. A few more words may save you a letter from us."))
    return words
