"""The questions, one form a page. Three must be answered; every other may be left empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clearcount_web.ground.forms import GroundForm
from clearcount_web.reporting.answers import ReportAnswers, from_names

STORY = 5000
_SHORT = 500
_STORY_HELP = _("Up to 5,000 characters. Do not send or paste any intimate image or a link to one.")
_NO_IMAGES = _("Do not send or paste any intimate image or a link to one.")
_TOO_LONG = {"max_length": _("Use %(limit_value)s characters or fewer. You have used %(show_value)s.")}


def _choose(label: Any, choices: list[tuple[str, Any]], *, required: str | Any = "", help_text: Any = "") -> Any:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=bool(required),
        widget=forms.RadioSelect,
        help_text=help_text,
        error_messages={"required": required} if required else None,
    )


def _tick(label: Any, choices: list[tuple[str, Any]], *, help_text: Any = "") -> Any:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, help_text=help_text
    )


def _line(label: Any, *, help_text: Any = "", **attributes: str) -> Any:
    """One line. `attributes` choose the keyboard of a phone; nothing is filled in or corrected by the browser.

    Nothing is called by its purpose either (`autocomplete="tel"`): a browser keeps such an entry and offers it to
    whoever types next.
    """
    return forms.CharField(
        label=label,
        required=False,
        max_length=_SHORT,
        error_messages=_TOO_LONG,
        help_text=help_text,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", **attributes}),
    )


class TextField(forms.CharField):
    """A text of several lines. A line break counts as one character, as it does for whoever types it.

    The box takes more than it allows, so that nothing is cut off unseen; the error says how much is too much.
    `counted`: a script says while one types how much is left; the help text says the limit to everybody.
    `exact`: names and links, which no keyboard may correct or begin with a capital.
    """

    def __init__(self, *, rows: int, most: int, counted: bool, exact: bool = False, **kwargs: Any) -> None:
        self._counted = counted
        plain = {"autocapitalize": "none", "spellcheck": "false"} if exact else {}
        super().__init__(
            required=False,
            max_length=most,
            widget=forms.Textarea({"rows": rows, "autocomplete": "off", **plain}),
            error_messages=_TOO_LONG,
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        """Return the text with plain line breaks."""
        return str(super().to_python(value)).replace("\r\n", "\n")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Return the limit for the script where it counts, and no `maxlength`."""
        return {"data-most": self.max_length} if self._counted else {}


def _box(
    label: Any, *, rows: int = 3, most: int = 2000, help_text: Any = "", counted: bool = False, exact: bool = False
) -> TextField:
    return TextField(label=label, rows=rows, most=most, help_text=help_text, counted=counted, exact=exact)


NO_WAYS = _(
    "Give one way to reach you: a phone number, an e-mail address or a postal address. If none is safe, go back and "
    "choose to come back with a code"
)
NO_WAY = _(
    "You said that calls and text messages are not safe. Give another way to reach you, or go back and choose to come "
    "back with a code"
)


def has_way(ways: Mapping[str, Any]) -> bool:
    """Return whether a way to reach somebody is left open: a number that may be called or texted, or an address."""
    by_phone = ways.get("phone") and not (ways.get("phone_safe") == "no" and ways.get("text_safe") == "no")
    return bool(by_phone or ways.get("email") or ways.get("post"))


class Danger(GroundForm):
    """1. Is anyone in danger now?"""

    danger = _choose(
        _("Is anyone in danger right now?"),
        [("yes", _("Yes")), ("no", _("No")), ("unsure", _("I am not sure"))],
        help_text=_("You or somebody else. Thoughts of suicide count as danger."),
    )


class Who(GroundForm):
    """3. Who is this about?"""

    who = _choose(
        _("Who is this about?"),
        [("me", _("Me")), ("other", _("Someone else")), ("witness", _("I saw or heard it"))],
        required=_("Choose who this is about"),
    )


class Age(GroundForm):
    """4. Age band."""

    age = _choose(
        _("How old is the person this happened to?"),
        [
            ("under13", _("Under 13")),
            ("13-15", _("13 to 15")),
            ("16-17", _("16 or 17")),
            ("18+", _("18 or over")),
            ("unknown", _("I do not know, or do not want to say")),
        ],
        required=_("Choose an age, or say that you do not know"),
    )


class Happening(GroundForm):
    """5. What is happening."""

    what = _tick(
        _("What is happening?"),
        [
            ("threat", _("Someone threatens to share an image")),
            ("demand", _("Someone demands money, images or something else")),
            ("shared", _("An image has been shared")),
            ("fake", _("The image is fake or made with AI")),
            ("paid", _("Money was paid or something was sent")),
            ("contact", _("They are still in contact")),
            ("unsure", _("I am not sure")),
        ],
        help_text=_("Tick all that fit. You can leave this empty."),
    )
    when = _line(_("When did it start, or last happen?"), help_text=_("A rough time is fine."))
    place = _line(_("Which town or postcode are you in now?"), help_text=_("Only if you want to say."))


class Where(GroundForm):
    """6. Where it happened."""

    apps = _line(_("Which app, website or place?"))
    names = _box(_("User names, phone numbers or accounts that they use"), exact=True)
    links = _box(_("Links to profiles or posts"), help_text=_NO_IMAGES, exact=True)


class Story(GroundForm):
    """7. In your own words."""

    counts = True
    """A script says how much of the box is left."""
    story = _box(
        _("What happened, in your own words?"),
        rows=10,
        most=STORY,
        help_text=_STORY_HELP,
        counted=True,
    )


class Kept(GroundForm):
    """8. What has been kept, and a name."""

    kept = _tick(
        _("What do you still have?"),
        [
            ("messages", _("Messages or chats")),
            ("names", _("Names, numbers or links of their accounts")),
            ("payment", _("Payment or bank details")),
            ("emails", _("E-mails")),
            ("none", _("Nothing")),
        ],
        help_text=_("Keep it all. Do not delete anything. Do not send us images: we will tell you how to show us."),
    )
    name = _line(_("What name should we use for you?"), help_text=_("Any name. You can leave this empty."))
    knows = _choose(
        _("Does the person this happened to know that you are telling us?"),
        [("yes", _("Yes")), ("no", _("No")), ("unsure", _("I am not sure"))],
    )
    reach = _choose(
        _("Is it safe for us to contact that person?"),
        [("yes", _("Yes")), ("no", _("No")), ("unsure", _("I am not sure"))],
    )


class Contact(GroundForm):
    """9. Contact, yes or no."""

    contact = _choose(
        _("Do you want us to contact you?"),
        [
            ("yes", _("Yes, in a safe way")),
            ("no", _("No, I want to stay anonymous")),
            ("code", _("I will come back with a code, to read your answer here")),
        ],
        required=_("Choose whether we should contact you"),
    )


class Ways(GroundForm):
    """10. Safe ways."""

    phone = _line(_("Phone number"), inputmode="tel")
    phone_safe = _choose(_("Is it safe to call this number?"), [("yes", _("Yes")), ("no", _("No, do not call"))])
    voicemail = _choose(_("Is it safe to leave a voicemail?"), [("yes", _("Yes")), ("no", _("No voicemail"))])
    text_safe = _choose(_("Is it safe to send a text message?"), [("yes", _("Yes")), ("no", _("No text messages"))])
    email = _line(_("E-mail address, if e-mail is safe"), inputmode="email", autocapitalize="none")
    post = _box(_("Postal address, if a letter is safe"))
    times = _line(_("Safe days and times"))
    other = _box(_("What may we say if someone else answers?"))
    help = _line(_("Do you need an interpreter or sign language (BSL)?"))

    wanted = False
    """Whether the visitor wants contact: then one way must be left."""

    def clean(self) -> dict[str, Any]:
        """Return the ways. Adds an error when contact is wanted and no way is left open."""
        ways: dict[str, Any] = super().clean() or self.cleaned_data
        if self.wanted and not self.errors and not has_way(ways):
            self.add_error("phone", NO_WAY if ways.get("phone") else NO_WAYS)
        return ways


class Unsafe(GroundForm):
    """11. Anything that makes you unsafe."""

    unsafe = _box(_("Is there anything that makes you unsafe at home, at school or at work?"), rows=5)


class Place(GroundForm):
    """Beside the 999 page: where help would be needed."""

    place = _line(_("Which town or postcode are you in now?"), help_text=_("Only if you want to say."))


class Code(GroundForm):
    """A follow-up code."""

    code = forms.CharField(
        label=_("Your code"),
        max_length=100,
        help_text=_("20 letters and numbers. Capitals, spaces and dashes do not matter."),
        error_messages={"required": _("Enter your code")},
        widget=forms.TextInput(
            {
                "class": "govuk-input--width-20",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )


class More(GroundForm):
    """A further message; the code goes along, because nothing remembers it."""

    counts = True
    code = forms.CharField(widget=forms.HiddenInput, max_length=100)
    message = _box(_("Add a message"), rows=6, most=STORY, help_text=_STORY_HELP, counted=True)


STEPS: dict[int, type[GroundForm]] = {
    1: Danger,
    3: Who,
    4: Age,
    5: Happening,
    6: Where,
    7: Story,
    8: Kept,
    9: Contact,
    10: Ways,
    11: Unsafe,
}
"""The form of each page; 2 is the page about leaving, 12 checks the answers, 13 confirms."""

CHECK, SENT = 12, 13
REQUIRED = (3, 4, 9)
UNDER_18 = ("under13", "13-15", "16-17")


def field_of(name: str) -> forms.Field:
    """Return the question of that name."""
    return next(form.base_fields[name] for form in STEPS.values() if name in form.base_fields)


def choices_of(name: str) -> dict[str, str]:
    """Return the choices of a question, value -> words; empty for one that is answered in words."""
    return {str(value): str(words) for value, words in getattr(field_of(name), "choices", ())}


def following(step: int, answers: dict[str, dict[str, Any]]) -> int:
    """Return the page after `step`: the safe ways are asked only of somebody who wants to be contacted."""
    if step == 9 and answers.get("9", {}).get("contact") != "yes":
        return 11
    return step + 1


def before(step: int, answers: dict[str, dict[str, Any]]) -> int:
    """Return the page before `step`."""
    if step == 11 and answers.get("9", {}).get("contact") != "yes":
        return 9
    return step - 1


def missing(answers: dict[str, dict[str, Any]]) -> int | None:
    """Return the first page that must be answered and is not. Who wants contact must leave a way open."""
    unanswered = next((step for step in REQUIRED if not any(answers.get(str(step), {}).values())), None)
    if unanswered is None and answers["9"].get("contact") == "yes" and not has_way(answers.get("10", {})):
        return 10
    return unanswered


def unasked(answers: dict[str, dict[str, Any]]) -> int | None:
    """Return the first page with a question that follows from a changed answer and was not put yet."""
    return next((step for step in STEPS if fields_of(step, answers).keys() - answers.get(str(step), {}).keys()), None)


def changed(step: int, before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Return what a change makes void: page -> names of its answers. The age is that of the person it happened to."""
    if step == 3 and before.get("who") and (before["who"] == "me") != (given.get("who") == "me"):
        return {"4": frozenset({"age"}), "8": frozenset({"knows", "reach"})}
    return {}


def fields_of(step: int, answers: dict[str, dict[str, Any]]) -> dict[str, forms.Field]:
    """Return the questions of a page that are put to this visitor: some follow from what was answered before."""
    if step == 10 and answers.get("9", {}).get("contact") != "yes":
        return {}
    found = dict(STEPS[step].base_fields)
    if step == 8 and answers.get("3", {}).get("who") == "me":
        del found["knows"], found["reach"]
    return found


def form_of(
    step: int, answers: dict[str, dict[str, Any]], posted: Any = None, initial: dict[str, Any] | None = None
) -> GroundForm:
    """Return the form of a page with the questions that are put to this visitor."""
    form = STEPS[step](posted, initial=initial)
    if isinstance(form, Ways):
        form.wanted = answers.get("9", {}).get("contact") == "yes"
    for name in form.base_fields.keys() - fields_of(step, answers).keys() if step != 10 else ():
        del form.fields[name]
    return form


def answers_of(answers: dict[str, dict[str, Any]]) -> ReportAnswers:
    """Return the answers to the questions that were put in the end.

    Somebody who no longer wants contact sends no number either.
    """
    return from_names(
        {
            name: answers[str(step)][name]
            for step in STEPS
            for name in fields_of(step, answers)
            if name in answers.get(str(step), {})
        }
    )


def in_words(field: forms.Field, value: Any) -> str:
    """Return an answer as it was read on the page; "" when there is none."""
    words = dict(getattr(field, "choices", ()))
    given = value if isinstance(value, (list, tuple)) else [value]
    return ", ".join(str(words.get(each, each)) for each in given if each)


def summary(answers: dict[str, dict[str, Any]]) -> list[tuple[int, Any, str]]:
    """Return every question that was put with its answer in words ("" when it was left empty), for the page that
    checks.
    """
    lines = []
    for step in STEPS:
        for name, field in fields_of(step, answers).items():
            lines.append((step, field.label, in_words(field, answers.get(str(step), {}).get(name))))
    return lines
