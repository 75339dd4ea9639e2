"""Whole columns of texts folded at once, as a store keeps them beside the texts.

A text is folded run by run of characters beyond ASCII. A run that holds no mark is folded the same everywhere. One that
does is folded together with the ASCII character before it. Everything between runs only becomes lower case. So the
bytes of all texts are made lower case in one go, and each distinct run is folded once. Then the pieces are put together
again.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.matching.folding import LINE_END, folded_region, joins


def fold(texts: pa.Array) -> pa.Array:
    """Return the folded column that a store keeps beside `texts`: null for ASCII-only and null rows, else the folded
    form.

    Args:
        texts: a string array of any kind, sliced or not.
    """
    texts = texts.cast(pa.string())
    beyond = pc.invert(pc.string_is_ascii(texts)).fill_null(False)
    done = _fold_all(texts.filter(beyond))
    return pc.replace_with_mask(pa.nulls(len(texts), pa.string()), beyond, done)


def _fold_all(texts: pa.StringArray) -> pa.StringArray:
    """The folded form (`folding.folded`) of every text; each holds a character beyond ASCII."""
    if not len(texts):
        return texts
    data, offsets = _bytes(texts)
    begins, ends = _runs(data, offsets)
    raw = data.tobytes()
    begins, ends = _over_line_ends(raw, offsets, begins, ends)
    runs = [raw[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
    if joining := {run for run in set(runs) if any(map(joins, run.decode()))}:
        follows = ~np.isin(begins, offsets)  # an ASCII character of the same text
        begins = begins - (np.array([run in joining for run in runs]) & follows)
        runs = [raw[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
    table = {run: folded_region(run.decode()).encode() for run in set(runs)}
    forms = [table[run] for run in runs]
    lower = raw.lower()
    pieces = [b""] * (2 * len(forms) + 1)
    pieces[0::2] = [lower[end:begin] for end, begin in zip([0, *ends.tolist()], [*begins.tolist(), None], strict=True)]
    pieces[1::2] = forms
    grown = np.cumsum([0, *(len(form) - len(run) for form, run in zip(forms, runs, strict=True))])
    moved = pa.array(offsets + grown[np.searchsorted(begins, offsets)])
    held = moved.cast(pa.int32())  # an error beyond 2 GB, as for every column of texts
    return pa.StringArray.from_buffers(len(texts), held.buffers()[1], pa.py_buffer(b"".join(pieces)))


def _runs(data: np.ndarray, offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the runs of bytes beyond ASCII begin and end; none goes on from one text into the next."""
    beyond = np.flatnonzero(data >= 0x80)
    text = np.searchsorted(offsets, beyond, side="right")
    broken = (np.diff(beyond) != 1) | (np.diff(text) != 0)
    return beyond[np.append(True, broken)], beyond[np.append(broken, True)] + 1


_SOFT_HYPHEN = "\xad".encode()
_LINE_END = re.compile(LINE_END.encode())


def _over_line_ends(
    raw: bytes, offsets: np.ndarray, begins: np.ndarray, ends: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The runs, each that ends with a soft hyphen drawn out over the line end behind it, and over a run behind that."""
    data = np.frombuffer(raw, np.uint8)
    hyphen = (data[ends - 1] == _SOFT_HYPHEN[1]) & (data[np.maximum(ends - 2, 0)] == _SOFT_HYPHEN[0])
    after = data[np.minimum(ends, data.size - 1)]
    if not (wanted := np.flatnonzero(hyphen & (after <= ord(" ")))).size:
        return begins, ends
    limits = offsets[np.searchsorted(offsets, begins, side="right")].tolist()
    starts, stops, gone = begins.tolist(), ends.tolist(), set()
    for at in wanted.tolist():
        if found := _LINE_END.match(raw, stops[at], limits[at]):
            stops[at] = found.end()
    for at in range(len(starts) - 1, 0, -1):
        if stops[at - 1] == starts[at] and limits[at - 1] == limits[at] and stops[at - 1] != ends[at - 1]:
            stops[at - 1] = stops[at]
            gone.add(at)
    kept = [at for at in range(len(starts)) if at not in gone]
    return np.array(starts, np.int64)[kept], np.array(stops, np.int64)[kept]


def _bytes(texts: pa.StringArray) -> tuple[np.ndarray, np.ndarray]:
    """(UTF-8 of all texts one after the other, where each begins in it and where the last ends)."""
    _, offsets, data = texts.buffers()
    held = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    return np.frombuffer(data, np.uint8)[held[0] : held[-1]], held - held[0]
