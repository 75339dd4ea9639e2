"""The form renderer: GOV.UK's markup from Django's own forms."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django import forms
from lxml import html

from clearcount_web.ground.forms import DatePartsField, GroundForm

CHOICES = [("a", "First"), ("b", "Second")]


class Everything(GroundForm):
    name = forms.CharField(label="Your name", help_text="As on letters", error_messages={"required": "Enter your name"})
    story = forms.CharField(label="What happened", widget=forms.Textarea({"class": "wide"}), required=False)
    kind = forms.ChoiceField(label="Which kind", choices=CHOICES, widget=forms.RadioSelect)
    many = forms.MultipleChoiceField(
        label="Which ones", choices=CHOICES, widget=forms.CheckboxSelectMultiple, required=False
    )
    place = forms.ChoiceField(label="Where", choices=CHOICES)
    when = DatePartsField(label="When", required=False)
    agree = forms.BooleanField(label="I agree", required=False)
    hidden = forms.CharField(widget=forms.HiddenInput, required=False)


def tree(form: forms.Form) -> Any:
    return html.fromstring(f"<form>{form}</form>")


def one(node: Any, path: str) -> Any:
    [found] = node.xpath(path)
    return found


def test_each_control_has_its_class_and_its_label() -> None:
    page = tree(Everything())
    for name, css in (("name", "input"), ("story", "textarea"), ("place", "select"), ("agree", "checkboxes__input")):
        control = one(page, f"//*[@name='{name}']")
        assert f"govuk-{css}" in control.get("class").split()
        assert one(page, f"//label[@for='{control.get('id')}']").text_content().strip()
    for kind, name in (("radios", "kind"), ("checkboxes", "many")):
        items = page.xpath(f"//fieldset//div[@class='govuk-{kind}']/div[@class='govuk-{kind}__item']")
        assert [item.xpath("string(label)") for item in items] == ["First", "Second"]
        assert {item.xpath("string(input/@class)") for item in items} == {f"govuk-{kind}__input"}
        assert {item.xpath("string(input/@name)") for item in items} == {name}
        assert all(item.xpath("string(input/@id)") == item.xpath("string(label/@for)") for item in items)
    assert len(page.xpath("//div[@class='govuk-date-input']//input[@inputmode='numeric']")) == 3
    assert "wide" in one(page, "//*[@name='story']").get("class").split()
    assert one(page, "//*[@name='name']").get("aria-describedby") == "id_name_helptext"
    assert not page.xpath("//*[@required]")
    assert len(page.xpath("//input[@type='hidden']")) == 1
    assert one(page, "//legend[normalize-space()='Which kind']").getparent().tag == "fieldset"


def test_errors_are_tied_to_their_controls() -> None:
    page = tree(Everything({"name": "", "kind": "", "when_0": "31", "when_1": "2", "when_2": "2026", "place": "a"}))
    name = one(page, "//*[@name='name']")
    assert name.get("aria-describedby").split() == ["id_name_helptext", "id_name_error"]
    assert name.get("aria-invalid") == "true"
    assert "govuk-input--error" in name.get("class").split()
    assert "Enter your name" in one(page, "//*[@id='id_name_error']").text_content()
    assert one(page, "//fieldset[.//legend[normalize-space()='Which kind']]").get("aria-describedby") == "id_kind_error"
    assert "real date" in one(page, "//*[@id='id_when_error']").text_content()
    assert len(page.xpath("//*[contains(@class, 'govuk-form-group--error')]")) == 3


def test_the_summary_links_to_the_first_control_of_a_group() -> None:
    form = Everything({"place": "a"})
    assert not form.is_valid()
    page = tree(form)
    for field, target in (("kind", "id_kind_0"), ("name", "id_name"), ("when", "id_when_0")):
        assert form[field].first_control == target  # type: ignore[attr-defined]
        assert one(page, f"//*[@id='{target}']").tag == "input"


def test_what_was_typed_is_escaped_and_kept() -> None:
    page = str(Everything({"name": '"><script>alert(1)</script>', "kind": "a", "place": "a"}))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (("27", "3", "2026"), date(2026, 3, 27)),
        ((" 7", "03", "2026 "), date(2026, 3, 7)),
        (("", "", ""), None),
        (("29", "2", "2024"), date(2024, 2, 29)),
    ],
)
def test_a_date_in_three_boxes(typed: tuple[str, ...], expected: date | None) -> None:
    data = {"name": "x", "kind": "a", "place": "a", **{f"when_{part}": value for part, value in enumerate(typed)}}
    form = Everything(data)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["when"] == expected


@pytest.mark.parametrize(
    "typed", [("31", "2", "2026"), ("27", "", "2026"), ("a", "3", "2026"), ("1", "1", "99"), ("٣", "³", "2026")]
)
def test_a_day_that_is_none(typed: tuple[str, ...]) -> None:
    form = Everything({"name": "x", "kind": "a", "place": "a", **{f"when_{n}": value for n, value in enumerate(typed)}})
    assert "when" in form.errors
