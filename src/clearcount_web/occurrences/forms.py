"""Forms of the record system."""

from __future__ import annotations

from django import forms

from clearcount_web.ground.forms import DatePartsField, GroundForm
from clearcount_web.occurrences.actions import AI_BASES
from clearcount_web.occurrences.models import STATUSES, Entry


class OpenForm(GroundForm):
    """A new occurrence with its first offence and texts."""

    code = forms.CharField(
        label="Offence code",
        help_text="In any spelling, such as 088/15 or 88/15. The offence must have been in force on the day.",
        max_length=20,
        widget=forms.TextInput({"class": "govuk-input--width-10"}),
    )
    reported_on = DatePartsField(label="When was it reported?", help_text="For example, 27 3 2026")
    committed_from = DatePartsField(label="When did it happen, or begin? (optional)", required=False)
    committed_to = DatePartsField(label="When did it end? (optional)", required=False)
    channel = forms.ChoiceField(
        label="How did it reach you?",
        choices=[
            (word, word.capitalize()) for word in ("online", "phone", "counter", "messenger", "e-mail", "officer")
        ],
    )
    summary = forms.CharField(label="Summary", widget=forms.Textarea({"rows": 5}))
    mo = forms.CharField(label="MO (optional)", required=False, widget=forms.Textarea({"rows": 4}))


class OffenceForm(GroundForm):
    """One more offence on an occurrence."""

    code = forms.CharField(
        label="Offence code", max_length=20, widget=forms.TextInput({"class": "govuk-input--width-10"})
    )
    committed_from = DatePartsField(label="When did it happen, or begin? (optional)", required=False)
    committed_to = DatePartsField(label="When did it end? (optional)", required=False)


class EntryForm(GroundForm):
    """One more text, or a correction of one."""

    field = forms.ChoiceField(label="Which text?", choices=Entry.Field.choices, initial="oel")
    text = forms.CharField(label="Text", widget=forms.Textarea({"rows": 6}))
    corrects = forms.IntegerField(required=False, widget=forms.HiddenInput())


class MarkerForm(GroundForm):
    """The AI marker, on or off, with its basis."""

    on = forms.ChoiceField(
        label="AI was", choices=[("yes", "used"), ("no", "not used after all")], widget=forms.RadioSelect
    )
    basis = forms.ChoiceField(
        label="On what does this rest?", choices=[(basis, basis.capitalize()) for basis in AI_BASES]
    )


def _carried_on() -> forms.BooleanField:
    return forms.BooleanField(
        label="I have carried safe contact on, word for word, to where it is dealt with now", required=False
    )


class StatusForm(GroundForm):
    """A change of status with its reason."""

    status = forms.ChoiceField(label="Status", choices=[(value, word.capitalize()) for value, word in STATUSES])
    reason = forms.CharField(label="Reason", help_text="Do not name anybody here.", max_length=500)
    carried_on = _carried_on()


class NumberForm(GroundForm):
    """The number in the force's own system."""

    number = forms.CharField(
        label="Number in the force's own system",
        max_length=40,
        widget=forms.TextInput({"class": "govuk-input--width-20"}),
    )
    carried_on = _carried_on()


class PersonForm(GroundForm):
    """Somebody on the occurrence, kept apart from its texts."""

    role = forms.ChoiceField(
        label="Who is this?",
        choices=[("victim", "Victim"), ("witness", "Witness"), ("suspect", "Suspect"), ("other", "Other")],
    )
    name = forms.CharField(label="Name (optional)", required=False, max_length=200)
    contact = forms.CharField(label="Contact (optional)", required=False, widget=forms.Textarea({"rows": 2}))
    safe_contact = forms.CharField(
        label="What is safe (optional)",
        help_text="For example: text only, no voicemail.",
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
