"""The form renderer: Django's own forms in GOV.UK's markup, without a wrapper package.

`{{ form }}` prints the fields; the base templates print the error summary first in main when the context has a
`form` with errors. `GroundForm` turns off the browser's own validation messages (`novalidate` stands on the form tag).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.forms.widgets import Input
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _


class GroundBoundField(BoundField):
    """A field that knows its GOV.UK class and the id of the first control an error link should go to."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Return Django's attributes plus the GOV.UK class, and the error class when there are errors."""
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        base = _class_of(widget)
        if base:
            own = widget.attrs.get("class", "")
            attrs["class"] = " ".join(part for part in (base, f"{base}--error" if self.errors else "", own) if part)
        return attrs

    @property
    def first_control(self) -> str:
        """The id an error message links to: the first radio, checkbox or date box of a group, else the control."""
        grouped = isinstance(self.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple, DatePartsWidget))
        return f"{self.auto_id}_0" if grouped else str(self.auto_id)

    @property
    def is_single_checkbox(self) -> bool:
        """Whether the label stands after the control."""
        return isinstance(self.field.widget, forms.CheckboxInput)


def _class_of(widget: forms.Widget) -> str:
    if isinstance(widget, forms.Textarea):
        return "govuk-textarea"
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return ""
    if isinstance(widget, forms.Select):
        return "govuk-select"
    if isinstance(widget, forms.CheckboxInput):
        return "govuk-checkboxes__input"
    if isinstance(widget, forms.FileInput):
        return "govuk-file-upload"
    if isinstance(widget, Input) and not widget.is_hidden:
        return "govuk-input"
    return ""


class Renderer(DjangoTemplates):
    """Finds the templates of `ground` before Django's own."""

    form_template_name = "ground/forms/form.html"
    field_template_name = "ground/forms/field.html"
    bound_field_class = GroundBoundField

    @cached_property
    def engine(self) -> Any:
        """Django's engine for form templates with ours in front: by default its own folder comes first."""
        folders = [Path(__file__).parent / "templates", Path(forms.__file__).parent / "templates"]
        return self.backend({"APP_DIRS": True, "DIRS": folders, "NAME": "ground-forms", "OPTIONS": {}})


class DatePartsWidget(forms.MultiWidget):
    """Day, month and year as three boxes (a calendar picker is slower and worse for a date one remembers)."""

    template_name = "ground/forms/date_parts.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__([forms.TextInput({"inputmode": "numeric"}) for _part in range(3)], attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the label and width of each box."""
        context = super().get_context(name, value, attrs)
        labels = ((_("Day"), 2), (_("Month"), 2), (_("Year"), 4))
        for part, (label, width) in zip(context["widget"]["subwidgets"], labels, strict=True):
            part["label"] = label
            part["attrs"]["class"] = f"govuk-input govuk-date-input__input govuk-input--width-{width}"
        return context

    def decompress(self, value: date | None) -> list[Any]:
        """Return a date as day, month, year."""
        return [value.day, value.month, value.year] if value else [None, None, None]


class DatePartsField(forms.MultiValueField):
    """A date typed as three numbers; the error names the part that is missing or that no such day exists."""

    widget = DatePartsWidget

    def __init__(self, **kwargs: Any) -> None:
        parts = (
            forms.IntegerField(min_value=1, max_value=31),
            forms.IntegerField(min_value=1, max_value=12),
            forms.IntegerField(min_value=1900, max_value=2200),
        )
        super().__init__(parts, require_all_fields=True, **kwargs)
        self.error_messages.setdefault("impossible", _("Enter a real date, such as 27 3 2026"))

    def clean(self, value: Any) -> date | None:
        """Return the date, or None when all three boxes are empty and the field is optional.

        Raises:
            ValidationError: when a part is missing or no such day exists.
        """
        given = [str(part or "").strip() for part in (value or ["", "", ""])]
        if not any(given):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        try:
            day, month, year = (int(part) for part in given)
            return date(year, month, day) if 1900 <= year <= 2200 else self._impossible()
        except ValueError:
            return self._impossible()

    def _impossible(self) -> date:
        raise ValidationError(self.error_messages["impossible"], code="impossible")


class GroundForm(forms.Form):
    """A form in house style: no `required` attributes, no asterisks, no colon after a label."""

    use_required_attribute = False
    label_suffix = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
