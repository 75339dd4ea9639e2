"""What a report says, by the name of each question. A question that was not put holds None, one left empty "" or ()."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

SCHEMA = 2
"""The version of the sealed answers. Version 1 kept them by the number of the page."""


class AnswersFault(ValueError):
    """Sealed answers that this version cannot read."""


@dataclass(frozen=True)
class ReportAnswers:
    """The answers of one report, field by field as the form names them."""

    danger: str | None = None
    who: str | None = None
    age: str | None = None
    what: tuple[str, ...] | None = None
    when: str | None = None
    place: str | None = None
    apps: str | None = None
    names: str | None = None
    links: str | None = None
    story: str | None = None
    kept: tuple[str, ...] | None = None
    name: str | None = None
    knows: str | None = None
    reach: str | None = None
    contact: str | None = None
    phone: str | None = None
    phone_safe: str | None = None
    voicemail: str | None = None
    text_safe: str | None = None
    email: str | None = None
    post: str | None = None
    times: str | None = None
    other: str | None = None
    help: str | None = None
    unsafe: str | None = None

    @property
    def in_danger(self) -> bool:
        """Whether somebody is or may be in danger."""
        return self.danger in ("yes", "unsure")

    def sealed(self) -> dict[str, Any]:
        """Return the version and the answers, ready to be sealed."""
        return {"schema": SCHEMA, "answers": asdict(self)}


NAMES = tuple(field.name for field in fields(ReportAnswers))


_SEVERAL = ("what", "kept")
"""Questions of which several answers may be ticked."""


def from_names(given: Mapping[str, Any]) -> ReportAnswers:
    """Return the answers of a mapping by name; a name that is no question is left out.

    Raises:
        AnswersFault: when an answer is not of its question's type: words, or a list of words.
    """
    held: dict[str, Any] = {name: given[name] for name in NAMES if given.get(name) is not None}
    for name, said in held.items():
        if name in _SEVERAL and isinstance(said, list | tuple) and all(isinstance(each, str) for each in said):
            held[name] = tuple(said)
        elif name in _SEVERAL or not isinstance(said, str):
            raise AnswersFault(
                f"An answer of this report cannot be read (question “{name}”). Open it with the version that took it."
            )
    return ReportAnswers(**held)


def from_sealed(content: Mapping[str, Any]) -> ReportAnswers:
    """Return the answers that a box holds, of this version or of an earlier one.

    Raises:
        AnswersFault: when a later version wrote them, or an answer is not of its question's type.
    """
    schema, answers = content.get("schema", 1), content.get("answers")
    if not isinstance(answers, Mapping):
        raise AnswersFault("This report holds no answers that this version can read. Upgrade, then open it again.")
    if schema == SCHEMA:
        return from_names(answers)
    if schema == 1 and all(isinstance(page, Mapping) for page in answers.values()):
        return from_names({name: said for page in answers.values() for name, said in page.items()})
    raise AnswersFault("A later version of clearcount sealed this report. Upgrade, then open it again.")
