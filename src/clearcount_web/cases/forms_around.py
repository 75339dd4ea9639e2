"""Forms for departments, the national unit and the regulator, and the table of every act's form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clearcount_web.cases import asking
from clearcount_web.cases.forms import FORMS, ActForm, DayForm, words_field
from clearcount_web.cases.models import Complaint, DepartmentTask
from clearcount_web.ground.forms import DatePartsField


class RegulatorForm(DayForm):
    """How the regulator decided."""

    decision = forms.ChoiceField(label=_("How did the regulator decide?"), choices=Complaint.Decision.choices)


class OrderForm(RegulatorForm):
    """What the regulator orders."""

    steps_due = DatePartsField(label=_("By which day does the decision notice want the fresh answer?"))


class ReferForm(ActForm):
    """What is asked, and by when."""

    asks = words_field(_("What is asked. Leave out who asks"), rows=6)
    due_on = DatePartsField(label=_("By which day?"))


class DepartmentForm(ReferForm):
    """Which department is asked, for what, and by when."""

    to = forms.TypedChoiceField(label=_("Who answers for the department"), coerce=int)
    field_order = ("to", "asks", "due_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(each.pk, each.name) for each in asking.departments()]  # type: ignore[attr-defined]


class _TaskForm(ActForm):
    """A form about a task that waits."""

    kinds: tuple[str, ...] = tuple(DepartmentTask.Kind)
    number = forms.TypedChoiceField(label=_("Task"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = asking.waiting(self.case).filter(kind__in=self.kinds) if self.case is not None else ()
        self.fields["number"].choices = [  # type: ignore[attr-defined]
            (task.number, f"{task.number}. {task.asks[:80]}") for task in found
        ]


class ChaseForm(_TaskForm):
    """A task that is asked for again."""

    due_on = DatePartsField(label=_("A later day, where you give one"), required=False)


class DropForm(_TaskForm):
    """Why no answer is waited for."""

    reason = words_field(_("Why?"), most=200)


class AnswerTaskForm(ActForm):
    """What a department answers."""

    held = forms.ChoiceField(label=_("Do you hold it?"), choices=DepartmentTask.Held.choices)
    answer = words_field(_("Your answer"), rows=6, help_text=_("Names of people do not belong here."))
    searched = words_field(_("Where and how you looked"), rows=3)
    minutes = forms.IntegerField(label=_("Minutes that it took"), min_value=0, max_value=100_000, required=False)


class ReplyForm(_TaskForm):
    """What the national unit said."""

    kinds = (DepartmentTask.Kind.REFERRAL,)
    answer = words_field(_("What the unit said"), rows=6)


EVERY_FORM: dict[str, type[ActForm]] = {
    **FORMS,
    "regulator_ended": RegulatorForm,
    "answer_order": OrderForm,
    "ask_department": DepartmentForm,
    "refer": ReferForm,
    "chase": ChaseForm,
    "note_reply": ReplyForm,
    "drop_task": DropForm,
}
"""The form of each act; an act that is not here asks nothing but to be done."""
OF_TASKS = frozenset({"chase", "note_reply", "drop_task"})
"""Acts whose form is about a task that waits."""
