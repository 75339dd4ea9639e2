"""Text as people read it, from columns that hold HTML or RTF, or letters of a wrong encoding; plain text as it is."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from clearcount.importers.layout import TextFormat
from clearcount.model.mojibake import DAMAGED


def plain_text(values: pa.Array, form: TextFormat) -> pa.Array:
    """Return the texts without their markup. A text in RTF is read as such in a column of HTML too."""
    if form == "plain":
        return values
    read: Callable[[str], str] = _from_html if form == "html" else _from_rtf
    return pa.array([read(text) for text in values.to_pylist()], pa.string())


def mended(values: pa.Array) -> tuple[pa.Array, int]:
    """Return (texts, how many changed): letters that were read in the wrong encoding put right, where ftfy is sure of
    it.
    """
    from ftfy import fix_encoding  # only for layouts that ask for it

    damaged = pc.match_substring_regex(values, DAMAGED)
    if not pc.any(damaged, min_count=0).as_py():
        return values, 0
    before = values.filter(damaged).to_pylist()
    after = [fix_encoding(text) for text in before]
    changed = sum(old != new for old, new in zip(before, after, strict=True))
    return pc.replace_with_mask(values, damaged, pa.array(after, pa.string())), changed


def _from_html(text: str) -> str:
    from clearcount.importers.htmltext import html_text

    return _from_rtf(text) if text.lstrip().startswith("{\\rtf") else html_text(text)


def _from_rtf(text: str) -> str:
    from clearcount.importers.rtftext import rtf_text

    return rtf_text(text)
