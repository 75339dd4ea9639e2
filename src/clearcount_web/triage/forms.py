"""Forms of triage."""

from __future__ import annotations

from django import forms

from clearcount_web.ground.forms import DatePartsField, GroundForm
from clearcount_web.triage.actions import CHANNELS
from clearcount_web.triage.models import Report


class UnlockForm(GroundForm):
    """The passphrase of the duty key."""

    passphrase = forms.CharField(
        label="Passphrase of the duty key",
        help_text="The key stays in this process's memory until it is locked or lies unused for eight hours.",
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )


class EnterForm(GroundForm):
    """A report that came another way."""

    channel = forms.ChoiceField(label="How did it reach you?", choices=[(word, word.capitalize()) for word in CHANNELS])
    danger = forms.ChoiceField(
        label="Is anyone in danger now?", choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect
    )
    story = forms.CharField(label="What happened", max_length=5000, widget=forms.Textarea({"rows": 8}))
    name = forms.CharField(label="Name to use (optional)", required=False, max_length=500)
    contact = forms.CharField(label="How to reach them (optional)", required=False, widget=forms.Textarea({"rows": 2}))
    voicemail = forms.ChoiceField(
        label="Is it safe to leave a voicemail?", choices=[("no", "No"), ("yes", "Yes")], widget=forms.RadioSelect
    )


class CloseForm(GroundForm):
    """An outcome other than an occurrence here."""

    outcome = forms.ChoiceField(
        label="Outcome",
        choices=[(value, label) for value, label in Report.Outcome.choices if value != "occurrence"],
        widget=forms.RadioSelect,
    )
    number = forms.CharField(
        label="Number in the force's own system, or the other force", required=False, max_length=40
    )
    reason = forms.CharField(label="Reason", help_text="Do not name anybody.", required=False, max_length=500)


class RecordForm(GroundForm):
    """An occurrence here."""

    code = forms.CharField(
        label="Offence code",
        help_text="In any spelling, such as 088/15 or 88/15.",
        max_length=20,
        widget=forms.TextInput({"class": "govuk-input--width-10"}),
    )
    committed_from = DatePartsField(label="When did it happen, or begin? (optional)", required=False)
    summary = forms.CharField(label="Summary", widget=forms.Textarea({"rows": 6}))
    mo = forms.CharField(label="MO (optional)", required=False, widget=forms.Textarea({"rows": 3}))


class ReplyForm(GroundForm):
    """A reply that only the visitor's code opens."""

    text = forms.CharField(label="Reply", widget=forms.Textarea({"rows": 5}))
