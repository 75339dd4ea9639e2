"""Finds markup in texts: HTML and RTF that a plain reading would leave between the words."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.importers.cells import string_bytes
from clearcount.importers.htmltext import BLOCKS, INLINE

Markup = Literal["HTML", "RTF"]
_ENTITIES = (
    "amp|apos|bull|cent|copy|deg|eacute|euro|frac12|gt|hellip|laquo|ldquo|lsquo|lt|mdash|middot|nbsp|ndash|pound|quot|"
    "raquo|rdquo|reg|rsquo|sect|shy|times|trade|uuml"
)
_HTML = (
    rf"(?i)</?(?:{'|'.join(sorted(BLOCKS | INLINE))})(?:\s[^<>]*)?/?>|<!--|<!doctype|</?(?:script|style|head|title)\b|"
    rf"</?[a-z]\w*:[a-z]\w*[^<>]*>|&(?:{_ENTITIES}|#\d{{2,6}}|#x[0-9a-f]{{2,6}});"
)
_RTF = r"\{\\rtf|\\pard\b|\\par\s*\\|\\fs\d+\\"
_LETTER = np.zeros(256, dtype=bool)
_LETTER[[*range(ord("a"), ord("z") + 1), *range(ord("A"), ord("Z") + 1)]] = True
_AFTER_CHEVRON, _AFTER_AND, _AFTER_BACKSLASH = _LETTER.copy(), _LETTER.copy(), _LETTER.copy()
_AFTER_CHEVRON[[ord("/"), ord("!")]] = True
_AFTER_AND[ord("#")] = True


def markup(texts: pa.StringArray) -> dict[Markup, int]:
    """Return how many of `texts` hold markup, by its kind; kinds that none holds are left out.

    A look at the bytes leaves out most texts first: few have a sign before a letter.
    """
    found: dict[Markup, int] = {}
    html = _holding(texts, (("<", _AFTER_CHEVRON), ("&", _AFTER_AND)))
    rtf = _holding(texts, (("\\", _AFTER_BACKSLASH),))
    for kind, rows, pattern in (("HTML", html, _HTML), ("RTF", rtf, _RTF)):
        if len(rows) and (count := pc.sum(pc.match_substring_regex(texts.take(pa.array(rows)), pattern)).as_py()):
            found[kind] = count  # type: ignore[index]  # the two words above
    return found


def _holding(texts: pa.StringArray, signs: tuple[tuple[str, np.ndarray], ...]) -> np.ndarray:
    """The rows in which one of the signs stands before a byte that goes with it."""
    held, offsets = string_bytes(texts)
    if held.size < 2:
        return np.empty(0, np.int64)
    places = np.concatenate([_places(held, ord(sign), after) for sign, after in signs])
    return np.unique(np.searchsorted(offsets, places, side="right") - 1)


def _places(held: np.ndarray, sign: int, after: np.ndarray) -> np.ndarray:
    places = np.flatnonzero(held[:-1] == sign)
    found: np.ndarray = places[after[held[places + 1]]]
    return found
