"""What whoever calls must know first: the same facts in the same words, on every page and in every copy."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import override

from clearcount_web.occurrences.actions import NewPerson
from clearcount_web.occurrences.models import Wish
from clearcount_web.reporting.answers import ReportAnswers
from clearcount_web.reporting.forms import UNDER_18, choices_of, field_of, in_words

_CONTACT = {
    "yes": ("YES", "in a safe way only"),
    "no": ("NO", "wants to stay anonymous"),
    "code": ("NO", "only by code on the site"),
}
_DANGER = {
    "yes": ("IN DANGER", "the person said that somebody is in danger"),
    "unsure": ("MAY BE IN DANGER", "the person was not sure"),
    "no": ("nobody", "as the person said"),
}
_ABOUT = {
    "me": "the person who reports",
    "other": "somebody else",
    "witness": "what the person who reports saw or heard",
}
_WAYS = (
    ("Voicemail", "voicemail", "leave a voicemail"),
    ("Calls", "phone_safe", "call"),
    ("Text messages", "text_safe", "send text messages"),
)
_WORDS = (
    ("Number", "phone"),
    ("E-mail", "email"),
    ("Letter", "post"),
    ("Safe times", "times"),
    ("If someone else answers", "other"),
    ("Interpreter or BSL", "help"),
    ("What makes them unsafe", "unsafe"),
)


@dataclass(frozen=True)
class SafeContact:
    """The facts of one report: of everybody, of the reporting person, and of the person it happened to."""

    everybody: tuple[Wish, ...]
    reporter: tuple[Wish, ...]
    other: tuple[Wish, ...]

    @property
    def all(self) -> tuple[Wish, ...]:
        """Return every fact once, in the order in which it is shown."""
        return (*self.everybody, *self.reporter, *self.other)


def facts_of(answers: ReportAnswers) -> SafeContact:
    """Return the facts of a report. A question that was not put is NOT ASKED, one left empty NOT SAID, never NO."""
    everybody = (
        _known("Danger", answers.danger, _DANGER, "ask first"),
        _known("About", answers.who, {value: (words, "") for value, words in _ABOUT.items()}, "ask"),
        _age(answers.age),
    )
    said = [Wish(label, words) for label, name in _WORDS if (words := getattr(answers, name))]
    reporter = (_known("Contact", answers.contact, _CONTACT, "ask before any contact"), *_ways(answers), *said)
    return SafeContact(everybody, reporter, _other(answers))


def _known(label: str, given: str | None, words: dict[str, tuple[str, str]], ask: str) -> Wish:
    if given and given not in words:  # an answer of another version: nobody may guess what it meant
        return Wish(label, "NOT ASKED", f"{ask}; the answer “{given}” is one that this version does not know")
    return Wish(label, *words[given]) if given else Wish(label, _unsaid(given), ask)


def _unsaid(given: str | None) -> str:
    return "NOT ASKED" if given is None else "NOT SAID"


def _age(given: str | None) -> Wish:
    """The age group in the words of the form; a child is named as one."""
    if not given:
        return Wish("Age group", _unsaid(given), "treat as a child until it is known")
    with override("en"):
        words = in_words(field_of("age"), given)
    if given not in choices_of("age"):
        return Wish("Age group", "NOT ASKED", f"treat as a child until it is known; “{given}” was answered")
    return Wish("Age group", words, "a child" if given in UNDER_18 else "")


def _ways(answers: ReportAnswers) -> tuple[Wish, ...]:
    """Each way of contact. Who wants no contact was not asked for ways: every way is a NO, because they said so."""
    wishes = []
    for label, name, act in _WAYS:
        given = getattr(answers, name)
        if given == "yes" and answers.contact not in ("no", "code"):
            wishes.append(Wish(label, "YES"))
        elif given == "no" or answers.contact in ("no", "code"):
            wishes.append(Wish(label, "NO", f"do not {act}"))
        else:
            wishes.append(Wish(label, _unsaid(given), f"do not {act} before you have asked"))
    return tuple(wishes)


def _other(answers: ReportAnswers) -> tuple[Wish, ...]:
    """What was said of the person it happened to, when that is not the person who reports."""
    if answers.who not in ("other", "witness"):
        return ()
    label = "The person it happened to"
    if answers.reach == "yes":
        reach = Wish(label, "YES", "may be contacted")
    elif answers.reach == "no":
        reach = Wish(label, "NO", "do not contact them")
    elif answers.reach == "unsure":
        reach = Wish(label, "NO", "do not contact them: the person was not sure that it is safe")
    else:
        reach = Wish(label, _unsaid(answers.reach), "do not contact them before you know that it is safe")
    knows = {"yes": ("YES", ""), "no": ("NO", "do not let them learn of it"), "unsure": ("not sure", "")}
    return reach, _known("They know of this report", answers.knows, knows, "find out first")


def people_of(answers: ReportAnswers, *, report: str) -> tuple[NewPerson, ...]:
    """Return the people of a report for its occurrence. Together their wishes are all the facts of the report."""
    facts = facts_of(answers)
    told = (("danger", answers.danger), ("age_group", answers.age), ("about", answers.who))
    questions = {"age_group": "age", "about": "who"}
    given = {name: said if said and said in choices_of(questions.get(name, name)) else "" for name, said in told}
    given["report"] = report
    name = (answers.name or "")[:200]
    if answers.who not in ("other", "witness"):
        role = "victim" if answers.who == "me" else "other"
        return (NewPerson(role, name, wishes=facts.all, **given),)
    role = "witness" if answers.who == "witness" else "other"
    return (
        NewPerson("victim", wishes=(*facts.everybody, *facts.other), **given),
        NewPerson(role, name, wishes=facts.reporter, report=report, about=given["about"]),
    )
