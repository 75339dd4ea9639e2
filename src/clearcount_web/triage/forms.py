"""Forms of triage."""

from __future__ import annotations

import copy
from typing import Any

from django import forms

from clearcount_web.ground.forms import DatePartsField, GroundForm
from clearcount_web.reporting.answers import NAMES, ReportAnswers, from_names
from clearcount_web.reporting.forms import STEPS
from clearcount_web.triage.actions import CHANNELS
from clearcount_web.triage.models import Report
from clearcount_web.triage.notes import ANYBODY, officers


class UnlockForm(GroundForm):
    """The passphrase of the duty key."""

    passphrase = forms.CharField(
        label="Passphrase of the duty key",
        help_text="The key stays in this process's memory until it is locked or lies unused for eight hours.",
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )


def _choices(question: forms.Field) -> list[Any]:
    """Return the choices of a question."""
    return list(getattr(question, "choices", ()))


class EnterForm(GroundForm):
    """A report that came another way: the questions of the online form, each of which may not have been asked."""

    channel = forms.ChoiceField(label="How did it reach you?", choices=[(word, word.capitalize()) for word in CHANNELS])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take each question of the online form over; a choice begins at "Not asked"."""
        super().__init__(*args, **kwargs)
        for form in STEPS.values():
            for name, question in form.base_fields.items():
                self.fields[name] = field = copy.deepcopy(question)
                field.required = name == "story"
                if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.MultipleChoiceField):
                    field.choices = [("", "Not asked"), *_choices(question)]
                    field.initial = ""

    def answers(self) -> ReportAnswers:
        """Return what was typed. A question that was left at "Not asked", or empty, was not put."""
        return from_names({name: said for name, said in self.cleaned_data.items() if said and name in NAMES})


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
    carried_on = forms.BooleanField(
        label="I have carried safe contact on to where the report is dealt with now, word for word", required=False
    )


class CarryOnForm(GroundForm):
    """Safe contact of a report that has ended."""

    later = forms.CharField(
        label="What later messages say about safe contact (optional)",
        help_text="In the person's own words. It goes to the top of what the occurrence says about contact.",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
    )
    carried_on = forms.BooleanField(
        label="Safe contact stands, word for word, where the report is dealt with now",
        error_messages={"required": "Carry safe contact on first, then tick this"},
    )


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


class NoteForm(GroundForm):
    """A note for colleagues, and whether something is still to be done."""

    text = forms.CharField(
        label="Note",
        help_text="It is sealed like the report and deleted with it. It is part of what the person may ask for.",
        max_length=5000,
        widget=forms.Textarea({"rows": 5}),
    )
    waits = forms.BooleanField(label="This is still to be done: put it on the hand-over list", required=False)
    for_whom = forms.ChoiceField(label="Who is to do it?", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the officers of the desk."""
        super().__init__(*args, **kwargs)
        self.fields["for_whom"].choices = [(ANYBODY, "Whoever has the desk"), *officers()]  # type: ignore[attr-defined]


class LinkForm(GroundForm):
    """Another report, or an occurrence, that this report belongs to."""

    kind = forms.ChoiceField(
        label="What do they share?",
        choices=[
            ("person", "Another report: the same person"),
            ("account", "Another report: the same suspect account"),
            ("occurrence", "An occurrence, here or in the force's own system"),
        ],
        widget=forms.RadioSelect,
    )
    number = forms.CharField(
        label="Reference of the report, or number of the occurrence",
        help_text="An occurrence that is recorded here gets the people of this report with their wishes about contact.",
        max_length=40,
        widget=forms.TextInput({"class": "govuk-input--width-20", "autocomplete": "off", "spellcheck": "false"}),
    )


class FindForm(GroundForm):
    """A number to look for."""

    number = forms.CharField(
        label="Number of an occurrence",
        max_length=40,
        widget=forms.TextInput({"class": "govuk-input--width-20", "autocomplete": "off", "spellcheck": "false"}),
    )


class ReplyForm(GroundForm):
    """A reply that only the visitor's code opens."""

    text = forms.CharField(label="Reply", widget=forms.Textarea({"rows": 5}))
