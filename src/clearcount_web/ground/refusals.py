"""Saying no with a sentence."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied


class Refused(PermissionDenied):
    """A 403 whose sentence is shown to the person: what may not be done, and who may."""


def enforce(refusal: str | None) -> None:
    """Raise the refusal; do nothing for `None`.

    Raises:
        Refused: with the sentence that a permission function returned.
    """
    if refusal is not None:
        raise Refused(refusal)
