"""The acts of the reading screen and the keys that stand for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clearcount_web.ground.refusals import Refused


@dataclass(frozen=True)
class Act:
    """One thing that a key does: its name, its words on a button, its usual key, and the code that it decides."""

    name: str
    label: str
    key: str
    code: str = ""


ACTS: tuple[Act, ...] = (
    Act("relevant", "Relevant", "r", "relevant"),
    Act("not_relevant", "Not relevant", "n", "not_relevant"),
    Act("unclear", "Not sure", "s", "unclear"),
    Act("cannot_decide", "Text is missing", "c", "cannot_decide"),
    Act("undo", "Undo", "u"),
    Act("all", "Same for all offences of this record", "a"),
    Act("more", "More context", "m"),
    Act("note", "Note", "o"),
    Act("help", "Help with keys", "?"),
)
DECIDING = tuple(act for act in ACTS if act.code)
REASON_KEYS = "123456789"
"""A reason is chosen by its number, where the round asks for one; 0 is no reason."""


def keys_of(changed: Mapping[str, str]) -> dict[str, str]:
    """Return the key of each act, the reader's own where there is one."""
    return {act.name: changed.get(act.name, act.key) for act in ACTS}


def checked(keys: Mapping[str, str]) -> dict[str, str]:
    """Return keys that were asked for, in small letters.

    Raises:
        Refused: when one is no single printable sign, is a digit, or stands for two acts.
    """
    found = {act.name: keys.get(act.name, "").strip().lower() for act in ACTS}
    for act in ACTS:
        key = found[act.name]
        if len(key) != 1 or not key.isprintable() or key.isdigit() or key.isspace():
            raise Refused(f"The key for “{act.label}” must be one letter or sign. Digits are for reasons.")
    by_key: dict[str, str] = {}
    for act in ACTS:
        if (other := by_key.setdefault(found[act.name], act.label)) and other != act.label:
            raise Refused(f"“{other}” and “{act.label}” have the same key. Give each its own.")
    return found
