"""Text without characters that nobody sees: they come along when words are copied from a mail or a web page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

_AS_SPACE = re.compile(" ?[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029]+ ?")
"""Control characters, the zero width space and the separators of lines: a word ends there."""
_AS_NOTHING = re.compile(
    "[\u00ad\u202a-\u202e\u2060-\u2069\ufeff\ufe00-\ufe0d\ufff9-\uffff\ud800-\udfff\ue000-\uf8ff"
    "\U000e0000-\U000e01ef\U000f0000-\U0010ffff]"
)
"""Soft hyphens, overrides of direction, joiners of words, marks of byte order, selectors of a variant, tags, halves of
characters and characters for private use. Joiners in words (U+200C, U+200D) and plain marks of direction stay: they
belong to ordinary spelling."""
Plain: TypeAlias = Any
"""A value of TOML: text, a number, a day, a list or a table of them."""


def visible(text: str) -> str:
    """Return `text` without characters that nobody sees; one that ends a word becomes a space."""
    return _AS_SPACE.sub(" ", _AS_NOTHING.sub("", text))


def is_visible(text: str) -> bool:
    """Return whether `text` holds no character that `visible` takes out."""
    return not (_AS_NOTHING.search(text) or _AS_SPACE.search(text))


def unseen_in(text: str) -> str:
    """Return the first characters of `text` that nobody sees, as `U+200B, U+FEFF`."""
    found = dict.fromkeys(sign for sign in text if not is_visible(sign))
    return ", ".join(f"U+{ord(sign):04X}" for sign in list(found)[:3])


def cleaned(value: Plain, where: str = "") -> tuple[Plain, tuple[str, ...]]:
    """Return a value of TOML with every text in it visible, and where something was taken out: `request.text: U+200B`.

    `where` is the place of the value itself.
    """
    if isinstance(value, str):
        return (value, ()) if is_visible(value) else (visible(value), (f"{where}: {unseen_in(value)}",))
    if isinstance(value, Mapping):
        parts = {name: cleaned(part, f"{where}.{name}" if where else str(name)) for name, part in value.items()}
        return {name: part for name, (part, _) in parts.items()}, _places(found for _, found in parts.values())
    if isinstance(value, list | tuple):
        listed = [cleaned(part, f"{where}[{at}]") for at, part in enumerate(value, 1)]
        return type(value)(part for part, _ in listed), _places(found for _, found in listed)
    return value, ()


def _places(found: Any) -> tuple[str, ...]:
    return tuple(place for each in found for place in each)
