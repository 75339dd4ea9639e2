"""Forms of the reading room."""

from __future__ import annotations

from typing import Any

from django import forms

from clearcount_web.ground.forms import GroundForm
from clearcount_web.review.models import ReadingRound

_SIZED = {ReadingRound.What.RANKED, ReadingRound.What.RANDOM, ReadingRound.What.HITS}
_NARROW = {"class": "govuk-input--width-5", "inputmode": "numeric"}


class RoundForm(GroundForm):
    """A new round of reading."""

    title = forms.CharField(label="What is this round called?", max_length=120)
    case = forms.CharField(
        label="Case reference (optional)",
        required=False,
        max_length=60,
        widget=forms.TextInput({"class": "govuk-input--width-10"}),
    )
    request = forms.CharField(
        label="The request",
        help_text="The text of the request file, as the command line takes it.",
        widget=forms.Textarea({"rows": 14, "spellcheck": "false"}),
        max_length=200_000,
    )
    what = forms.ChoiceField(label="What is to be read?", choices=ReadingRound.What.choices)
    size = forms.IntegerField(
        label="How many records? (for a sample, or the likeliest)",
        required=False,
        min_value=1,
        max_value=100_000,
        widget=forms.TextInput(_NARROW),
    )
    seed = forms.IntegerField(
        label="Seed of the draw",
        help_text="The same seed draws the same records.",
        min_value=0,
        max_value=2_000_000_000,
        initial=1,
        widget=forms.TextInput(_NARROW),
    )
    looks = forms.IntegerField(
        label="At how many points is a random sample looked at?",
        min_value=1,
        max_value=3,
        initial=1,
        widget=forms.TextInput(_NARROW),
    )
    share = forms.IntegerField(
        label="One in how many first readings is read a second time?",
        help_text="At least 30 are, with every one that is not sure and every relevant one in a small cell.",
        min_value=1,
        max_value=100,
        initial=5,
        widget=forms.TextInput(_NARROW),
    )
    guide_version = forms.CharField(
        label="Name and number of the guide (optional)",
        help_text="For example, ai-2. Without one the topic and 1 are taken.",
        required=False,
        max_length=60,
        widget=forms.TextInput({"class": "govuk-input--width-10"}),
    )
    guide = forms.CharField(
        label="The guide (optional)",
        help_text="It stands beside each card. Say what counts as relevant and what does not.",
        required=False,
        widget=forms.Textarea({"rows": 8}),
        max_length=20_000,
    )
    ask_reason = forms.BooleanField(label="Ask for a reason with each decision", required=False)
    blur = forms.BooleanField(label="Blur the text until the reader wants to see it", required=False)
    sitting_minutes = forms.IntegerField(
        label="How many minutes may anybody read before a break?",
        help_text="0 for no limit.",
        min_value=0,
        max_value=480,
        initial=45,
        widget=forms.TextInput(_NARROW),
    )

    def clean(self) -> dict[str, Any]:
        """Check that a sample has a size."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("what") in _SIZED and not given.get("size"):
            self.add_error("size", "Enter how many records to read")
        given["size"] = given.get("size") or 0
        if given.get("what") == ReadingRound.What.AGAIN and not given.get("guide_version"):
            self.add_error("guide_version", "Enter the new name of the mended guide, such as ai-2")
        return given
