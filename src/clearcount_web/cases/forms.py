"""Forms of casework, in house style: one for each act that asks something."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clearcount_web.cases.letters import KINDS, STATES
from clearcount_web.cases.models import REFERENCE, Case, Part
from clearcount_web.cases.parts import USUAL_TEST, outcome_choices
from clearcount_web.ground.forms import DatePartsField, GroundForm

MOST_WORDS = 50_000


def words_field(label: Any, *, rows: int = 4, required: bool = True, help_text: Any = "", most: int = 20_000) -> Any:
    return forms.CharField(
        label=label, required=required, help_text=help_text, max_length=most, widget=forms.Textarea({"rows": rows})
    )


class ActForm(GroundForm):
    """A form of one act on one case."""

    def __init__(self, *args: Any, case: Case | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case


class NewCaseForm(GroundForm):
    """A request that came by e-mail, post or another way."""

    title = forms.CharField(
        label=_("What is it about?"),
        max_length=200,
        help_text=_("A few words that may be printed. Leave the applicant out of it."),
    )
    reference = forms.CharField(
        label=_("Reference"),
        required=False,
        max_length=40,
        validators=[REFERENCE],
        help_text=_("The force's own. Leave it empty and one is given."),
    )
    channel = forms.ChoiceField(label=_("How did it come?"), choices=Case.Channel.choices, initial=Case.Channel.EMAIL)
    received_on = DatePartsField(
        label=_("When did it arrive?"),
        help_text=_("The day on which it reached any mailbox or desk of the force, weekends and holidays included."),
    )
    name = forms.CharField(label=_("Who asks"), max_length=200)
    address = forms.CharField(label=_("Where the answer goes"), max_length=400)
    letter = words_field(_("The letter in whole"), rows=12, most=MOST_WORDS)
    message_id = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    token = forms.RegexField(
        r"^[0-9a-f]{10}\Z", required=False, widget=forms.HiddenInput, initial=partial(secrets.token_hex, 5)
    )
    """Made new for each page, so that a page sent twice opens one case."""


class MailForm(GroundForm):
    """A mail as a file."""

    mail = forms.FileField(
        label=_("The mail, saved as an .eml file"),
        help_text=_("Its words, its sender and its day of arrival are filled in below. No attachment is opened."),
        allow_empty_file=True,
    )


class PlanForm(ActForm):
    """The plan as TOML."""

    plan = forms.CharField(
        label=_("The request to count"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea({"rows": 30, "class": "cc-code", "spellcheck": "false"}),
        strip=False,
    )


class CountForm(ActForm):
    """The snapshot to count on."""

    snapshot = forms.TypedChoiceField(label=_("Snapshot"), coerce=int, required=False, empty_value=None)
    with_decisions = forms.BooleanField(label=_("Count what readers decided about the hits as well"), required=False)

    def __init__(self, *args: Any, snapshots: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newest = [("", _("The newest"))] if snapshots else []
        self.fields["snapshot"].choices = [*newest, *snapshots]  # type: ignore[attr-defined]


class DoubtForm(ActForm):
    """Why a doubt is accepted."""

    doubt = forms.CharField(max_length=200, widget=forms.HiddenInput)
    reason = words_field(_("Why it is accepted. The answer prints this"), rows=2, most=1000)


class TitleForm(GroundForm):
    """What a request of the public form is about."""

    title = NewCaseForm.base_fields["title"]


class DayForm(ActForm):
    """The day on which something happened."""

    day = DatePartsField(label=_("On which day?"))


class DayReasonForm(DayForm):
    """A day, and why."""

    reason = words_field(_("Why?"), most=1000)


class ReasonForm(ActForm):
    """Why something is done."""

    reason = words_field(_("Why?"), most=1000)


class CorrectForm(ActForm):
    """Why a published answer is corrected."""

    reason = words_field(_("Why? The new version and the letter print this"), rows=2, most=300)


class TakeForm(ActForm):
    """Who has the case."""

    free = forms.BooleanField(label=_("Free it instead: nobody has it"), required=False)


class MarkForm(ActForm):
    """Whether the same request went to many forces."""

    round_robin = forms.BooleanField(label=_("The same request went to many forces"), required=False)


class PartsForm(ActForm):
    """Parts as asked."""

    parts = words_field(
        _("Parts, as asked"),
        rows=8,
        help_text=_("One part a paragraph, with an empty line between two. Leave out who asks."),
    )

    def clean(self) -> dict[str, Any]:
        """Return the parts one by one."""
        given: dict[str, Any] = super().clean() or {}
        lines = str(given.get("parts", "")).splitlines()  # a browser ends each with two signs
        blocks = "\n".join(line.strip() for line in lines).split("\n\n")
        given["texts"] = [" ".join(block.split()) for block in blocks]
        return given


class PartForm(ActForm):
    """How a part ends."""

    number = forms.TypedChoiceField(label=_("Part"), coerce=int)
    reading = words_field(_("How we read it"), rows=2, required=False)
    held = forms.ChoiceField(
        label=_("Do we hold it?"), choices=[("", _("Not said")), *Part.Held.choices], required=False
    )
    outcome = forms.ChoiceField(label=_("Outcome"))
    limb = forms.CharField(
        label=_("Exemption with its limb"), required=False, max_length=40, help_text=_("Such as 31(1)(a) or 40(2).")
    )
    why = words_field(_("Why the refusal applies"), required=False)
    interest_for = words_field(_("Public interest for disclosure"), required=False)
    interest_against = words_field(_("Public interest against"), required=False)
    log_address = forms.CharField(label=_("Where it is published already (section 21)"), required=False, max_length=300)
    tables = forms.CharField(label=_("Tables that answer it"), required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose_part(self)
        self.fields["outcome"].choices = outcome_choices()  # type: ignore[attr-defined]


class InterestForm(ActForm):
    """A part that needs longer for its public interest test."""

    number = forms.TypedChoiceField(label=_("Part"), coerce=int)
    limb = forms.CharField(label=_("Qualified exemption with its limb"), max_length=40)
    why = words_field(_("Why the exemption applies, where that is not apparent (section 17(1))"), required=False)
    days = forms.IntegerField(label=_("Further working days"), min_value=1, max_value=200, initial=USUAL_TEST)
    reason = words_field(_("Why so long (for more than 20)"), required=False, most=1000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose_part(self)


class SentForm(DayForm):
    """The day on which the answer was sent."""

    how = forms.CharField(label=_("How, and where the copy is filed"), max_length=200)

    changed = forms.BooleanField(label=_("This is the decision of a review, and it changes the answer"), required=False)


class CostForm(ActForm):
    """The cost worksheet."""

    records = forms.IntegerField(label=_("Records that somebody would read"), min_value=1, max_value=10_000_000)
    minutes = forms.CharField(
        label=_("Minutes that each timed record took"),
        max_length=4000,
        help_text=_("One number a record, with spaces between. Draw the records at random and time at least five."),
    )
    other_minutes = forms.IntegerField(
        label=_("Minutes for finding out whether it is held, locating and retrieving, together"),
        min_value=0,
        max_value=100_000,
        required=False,
        help_text=_("Redaction, exemptions, consultation and the public interest test are not counted."),
    )
    method = words_field(_("How the estimate was made"), rows=3, most=2000)
    advice = words_field(_("How the request could be narrowed"), rows=3, most=2000)
    read = forms.IntegerField(label=_("Records of a random sample that were read"), min_value=1, required=False)
    found = forms.IntegerField(label=_("How many of them were relevant"), min_value=0, required=False)

    def clean_minutes(self) -> list[float]:
        """Return the minutes as numbers."""
        try:
            return [float(each) for each in str(self.cleaned_data["minutes"]).replace(",", " ").split()]
        except ValueError:
            raise forms.ValidationError(_("Write numbers with spaces between, such as 2.5 4 3")) from None


class LetterForm(ActForm):
    """Which letter, and what the officer adds."""

    kind = forms.ChoiceField(label=_("Letter"))
    own_words = words_field(
        _("Words of your own"),
        required=False,
        most=5000,
        help_text=_("A clarification: what we need to know. The other letters: a paragraph before the rights."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(KINDS.items())  # type: ignore[attr-defined]


class LetterSentForm(DayForm):
    """When and how a letter was sent."""

    number = forms.TypedChoiceField(label=_("Letter"), coerce=int)
    how = forms.CharField(label=_("How, and where the copy is filed"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = self.case.letters.filter(sent_on=None) if self.case is not None else ()
        self.fields["number"].choices = [  # type: ignore[attr-defined]
            (letter.number, f"{letter.number}. {KINDS[letter.kind]}") for letter in waiting if letter.kind not in STATES
        ]


class ApproveForm(ActForm):
    """The seal of the answer that was read."""

    seal = forms.CharField(max_length=64, widget=forms.HiddenInput)


class PublishForm(ActForm):
    """What a correction changes."""

    note = words_field(
        _("What changed and why"),
        required=False,
        most=2000,
        help_text=_("For a correction of an answer that is published already. The public reads it."),
    )


class RegularForm(ActForm):
    """How often an answer is published."""

    every_months = forms.TypedChoiceField(
        label=_("How often?"),
        coerce=int,
        initial=3,
        choices=[(1, _("Every month")), (3, _("Every three months")), (6, _("Twice a year")), (12, _("Every year"))],
    )
    next_on = DatePartsField(label=_("When is the next version due?"))


class KeepForm(ActForm):
    """Why the identity is kept."""

    reason = words_field(
        _("Why it is kept past its day"),
        required=False,
        most=200,
        help_text=_("A review, a complaint or a case in court. Empty: it is not kept any longer."),
    )


def _choose_part(form: ActForm) -> None:
    parts = form.case.parts.all() if form.case is not None else ()
    form.fields["number"].choices = [  # type: ignore[attr-defined]
        (part.number, f"{part.number}. {part.text[:80]}") for part in parts
    ]


FORMS: dict[str, type[ActForm]] = {
    "take": TakeForm,
    "confirm": DayForm,
    "mend_receipt": DayReasonForm,
    "find_invalid": ReasonForm,
    "cure": DayForm,
    "plan": PartsForm,
    "mark": MarkForm,
    "answer_part": PartForm,
    "test_interest": InterestForm,
    "ask": DayForm,
    "clarified": DayForm,
    "charge": DayForm,
    "paid": DayForm,
    "lapse": DayForm,
    "send_back": ReasonForm,
    "approve": ApproveForm,
    "reopen": ReasonForm,
    "sent": SentForm,
    "close": DayForm,
    "withdraw": DayForm,
    "ask_review": DayForm,
    "to_regulator": DayForm,
    "back_to_review": DayForm,
    "correct": CorrectForm,
    "make_regular": RegularForm,
    "end_regular": ReasonForm,
    "publish": PublishForm,
    "withdraw_answer": ReasonForm,
    "estimate_cost": CostForm,
    "write_letter": LetterForm,
    "letter_sent": LetterSentForm,
    "keep": KeepForm,
}
"""The form of each act on the answer; `forms_around` has those for departments and the regulator."""
NOT_A_FORM = frozenset(
    {"see_applicant", "read_letter", "write_plan", "accept_doubt", "choose_run", "count", "see_hits", "compare_rules"}
    | {"see_task", "answer_task", "make_bundle"}
)
"""Acts with a page of their own."""
