"""The content of a draft, by version: answers by the name of their question, so that pages may move.

An answer that this version cannot read is left out and said to be lost. It is never sent as something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from clearcount_web.reporting.forms import STEPS, choices_of, field_of

SCHEMA = 2
"""The version of a draft's content. Version 1 kept answers by the number of the page, without a version."""

ByStep = dict[str, dict[str, Any]]
"""Answers as the pages use them: number of the page -> name -> answer."""


@dataclass(frozen=True)
class DraftContent:
    """What a draft holds: its answers by page, and whether an answer was lost when the form changed."""

    answers: ByStep
    lost: bool = False

    def sealed(self) -> dict[str, Any]:
        """Return the version, the answers by name and whether some were lost, ready to be encrypted."""
        by_name = {name: said for page in self.answers.values() for name, said in page.items()}
        return {"schema": SCHEMA, "answers": by_name, "lost": self.lost}


LOST = DraftContent({}, lost=True)
"""What is left of a draft that cannot be read at all."""


def from_content(content: Any) -> DraftContent:
    """Return the draft that was encrypted by this version or an earlier one; `LOST` for one of a later version."""
    if not isinstance(content, Mapping):
        return LOST
    schema = content.get("schema", 1)
    if schema == 1:
        pages = [page for page in content.values() if isinstance(page, Mapping)]
        by_name = {name: said for page in pages for name, said in page.items()}
        lost = len(pages) < len(content)
    elif schema == SCHEMA and isinstance(content.get("answers"), Mapping):
        by_name, lost = dict(content["answers"]), bool(content.get("lost", False))
    else:
        return LOST
    answers: ByStep = {}
    for step, form in STEPS.items():
        for name in form.base_fields.keys() & by_name.keys():
            said = by_name.pop(name)
            if _readable(name, said):
                answers.setdefault(str(step), {})[name] = said
            else:
                lost = True
    return DraftContent(answers, lost or any(by_name.values()))


def _readable(name: str, said: Any) -> bool:
    """Return whether an answer is one that the form gives today."""
    known = choices_of(name)
    if isinstance(field_of(name), forms.MultipleChoiceField):
        return isinstance(said, list) and all(isinstance(each, str) and each in known for each in said)
    return isinstance(said, str) and (not said or not known or said in known)
