"""Forms of the data room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clearcount.workflow.asking import STATES, Answers, Proposal, becomes, roles_of, shapes_of, shown_words
from clearcount_web.ground.forms import DatePartsField, GroundForm


class LookForm(GroundForm):
    """How an export is read, and of which day it is."""

    as_at = DatePartsField(label=_("On which day was the extract taken?"))
    layout = forms.ChoiceField(label=_("How is it read?"), required=False)

    def __init__(self, *args: Any, layouts: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("as the answers below say")), *layouts]
        self.fields["layout"].choices = choices  # type: ignore[attr-defined]


class AgreeForm(GroundForm):
    """On what terms an export is imported."""

    complete = forms.BooleanField(
        label=_("The export is all there is: records that it lacks leave the new snapshot"), required=False
    )
    reason = forms.CharField(
        label=_("Why an export far smaller than the last one is imported"),
        required=False,
        max_length=300,
        help_text=_("Only where the import asks for it. The record store keeps it; it is not published."),
    )


class SettleForm(GroundForm):
    """What becomes of a published answer whose figures changed."""

    settled = forms.ChoiceField(
        label=_("What becomes of the published answer?"),
        choices=[
            ("new version", _("It gets a new version: open the correction of its case")),
            ("regular", _("It becomes a regular publication: say how often, and when the next version is due")),
            ("left", _("It stays: it says what was held on the day of the request")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Why?"), max_length=300, widget=forms.Textarea({"rows": 2}))


def questions(proposal: Proposal, post: Any = None) -> list[dict[str, Any]]:
    """Return the tables of a proposal as the page asks about them: what each column is, with the shapes it holds.

    What was sent before is chosen again.
    """
    sent = post or {}
    return [
        {
            "at": at,
            "table": table,
            "roles": roles_of(table),
            "columns": [
                (
                    place,
                    each.name,
                    sent.get(f"role-{at}-{place}", each.role),
                    becomes(each, table),
                    shapes_of(table, place),
                )
                for place, each in enumerate(table.columns)
            ],
            "ask_day": bool(table.doubtful_days()) and not table.says_the_order(),
            "month_first": sent.get(f"day-{at}") == "month",
        }
        for at, table in enumerate(proposal.tables)
    ]


def words(proposal: Proposal, post: Any = None) -> list[tuple[int, str, int, str]]:
    """Return each word of a status as its place, how it may be shown, its rows, and what it is taken to mean."""
    sent = post or {}
    return [
        (at, shown, rows, sent.get(f"state-{at}", proposal.states[word]))
        for at, (word, shown, rows) in enumerate(shown_words(proposal))
    ]


def answers_of(post: Any, proposal: Proposal) -> Answers:
    """Return what a page said of a proposal."""
    roles, days, states = {}, {}, {}
    for at, table in enumerate(proposal.tables):
        for place in range(len(table.columns)):
            if (said := post.get(f"role-{at}-{place}")) is not None:
                roles[at, place] = str(said)[:100]
        if f"day-{at}" in post:
            days[at] = post[f"day-{at}"] != "month"
    for at, (word, _shown, _rows) in enumerate(shown_words(proposal)):
        if (said := post.get(f"state-{at}")) in STATES:
            states[word] = said
    return Answers(roles, days, states)
