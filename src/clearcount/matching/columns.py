"""Whole columns of texts folded at once, as a store keeps them beside the texts.

A character that joins no other is folded the same wherever it stands. So the bytes of all texts that hold only such
ones are made lower case in one go, then each distinct character beyond ASCII is replaced in one go; all the others
are folded text by text.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.matching.folding import fold_text, folded_region, joins

_MOST = 64
"""With more distinct characters to replace, going over all bytes for each is no faster than going text by text."""


def fold(texts: pa.Array) -> pa.Array:
    """The folded column that a store keeps beside `texts`: null for ASCII-only and null rows, else the folded form.

    Args:
        texts: a string array of any kind, sliced or not.
    """
    texts = texts.cast(pa.string())
    beyond = pc.invert(pc.string_is_ascii(texts)).fill_null(False)
    done = _fold_all(texts.filter(beyond))
    return pc.replace_with_mask(pa.nulls(len(texts), pa.string()), beyond, done)


def _fold_all(texts: pa.StringArray) -> pa.StringArray:
    """`fold_text` of every text; none is null."""
    if not len(texts):
        return texts
    table = {character: folded_region(character) for character in set(_beyond(texts))}
    moved = {character for character, form in table.items() if form != character}
    # What one character becomes must not be taken for another one that is still to be replaced.
    unsafe = {c for c, form in table.items() if joins(c) or moved.intersection(form) - {c}}
    if len(moved) > _MOST:
        return _one_by_one(texts)
    if not unsafe:
        return _at_once(texts, {character: table[character] for character in moved})
    apart = pc.match_substring_regex(texts, f"[{re.escape(''.join(sorted(unsafe)))}]")
    rest = texts.filter(pc.invert(apart))
    folded = _at_once(rest, {character: table[character] for character in moved - unsafe})
    held = pc.replace_with_mask(pa.nulls(len(texts), pa.string()), pc.invert(apart), folded)
    return pc.replace_with_mask(held, apart, _one_by_one(texts.filter(apart)))


def _one_by_one(texts: pa.StringArray) -> pa.StringArray:
    return pa.array(map(fold_text, texts.to_pylist()), pa.string())


def _at_once(texts: pa.StringArray, table: dict[str, str]) -> pa.StringArray:
    """The texts with ASCII in lower case and the characters of `table` replaced, none of which makes another one."""
    data, offsets = _bytes(texts)
    begins = np.flatnonzero(data >= _LEAD)
    grown = np.zeros(len(begins) + 1, np.int64)  # how much longer all is after so many characters beyond ASCII
    characters = np.frombuffer(_beyond(texts).encode("utf-32-le"), np.uint32)
    folded = data.tobytes().lower()
    for character, form in table.items():
        old, new = character.encode(), form.encode()
        folded = folded.replace(old, new)
        grown[1:][characters == ord(character)] = len(new) - len(old)
    moved = offsets + np.cumsum(grown)[np.searchsorted(begins, offsets)]
    held = pa.array(moved).cast(pa.int32())  # an error beyond 2 GB, as for every column of texts
    return pa.StringArray.from_buffers(len(texts), held.buffers()[1], pa.py_buffer(folded))


_LEAD = 0xC0
"""The bytes from here on begin a character beyond ASCII in UTF-8; those from 0x80 on are part of one."""


def _beyond(texts: pa.StringArray) -> str:
    """All characters beyond ASCII of all texts, one after the other."""
    data, _ = _bytes(texts)
    return data[data >= 0x80].tobytes().decode()


def _bytes(texts: pa.StringArray) -> tuple[np.ndarray, np.ndarray]:
    """(UTF-8 of all texts one after the other, where each begins in it and where the last ends)."""
    _, offsets, data = texts.buffers()
    held = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    return np.frombuffer(data or b"", np.uint8)[held[0] : held[-1]], held - held[0]
