"""A made-up export of any size in the default layout: 36 months, 60 codes, 20 entries of about 200 bytes each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

ENTRIES = 20
MONTHS = 36
CODES = [
    f"{class_:03d}/{sub:02d}" for class_ in (5, 8, 28, 30, 34, 49, 53, 66, 86, 88, 92, 105) for sub in (1, 2, 5, 10, 15)
]
_PROSE = """the officer attended and spoke with the caller about an image sent by message on a social media account
device phone record statement taken reviewed later closed pending enquiry made online friend request reported today"""
_WORDS = _PROSE.split()
_CHUNK = 20_000
"""Occurrences written at a time."""


def write_export(
    folder: Path, occurrences: int, *, seed: int = 1, months: range = range(MONTHS), edited: float = 0
) -> int:
    """Writes offences.csv and texts.csv for the occurrences of `months`; returns the bytes written.

    `edited` is the share of entries whose text differs from that of another call with the same seed.
    """
    folder.mkdir(parents=True)
    sentences = _sentences(seed)
    numbers = np.array([n for n in range(occurrences) if n * MONTHS // occurrences in months])
    with (
        pacsv.CSVWriter(
            folder / "offences.csv", _offences(numbers[:1], occurrences).schema, write_options=_OPTIONS
        ) as offences,
        pacsv.CSVWriter(folder / "texts.csv", _TEXTS, write_options=_OPTIONS) as texts,
    ):
        for start in range(0, len(numbers), _CHUNK):
            part = numbers[start : start + _CHUNK]
            offences.write_batch(_offences(part, occurrences))
            for batch in _texts(part, occurrences, sentences, edited, seed):
                texts.write_batch(batch)
    return sum(file.stat().st_size for file in folder.iterdir())


_OPTIONS = pacsv.WriteOptions(quoting_style="needed")
_TEXTS = pa.schema([(name, pa.string()) for name in ("occurrence_no", "field", "entry_no", "entered_at", "text")])


def _sentences(seed: int) -> pa.Array:
    random = np.random.default_rng(seed)
    made = [" ".join(random.choice(_WORDS, 17)) for _ in range(5_000)]
    for at in range(0, len(made), 40):
        made[at] += ", an AI image,"
    for at in range(0, len(made), 100):
        made[at] += '\n"café" – seen'
    return pa.array(made)


def _keys(numbers: np.ndarray) -> pa.Array:
    return pc.binary_join_element_wise("25", pc.utf8_lpad(pa.array(numbers).cast(pa.string()), 9, "0"), "")


def _days(numbers: np.ndarray, occurrences: int) -> pa.Array:
    month = numbers * MONTHS // occurrences
    first = (np.datetime64("2022-01", "M") + month).astype("datetime64[D]")
    return pa.array(first + (numbers * 7 % 28)).cast(pa.string())


def _offences(numbers: np.ndarray, occurrences: int) -> pa.RecordBatch:
    days = _days(numbers, occurrences)
    codes = pa.array(CODES).take(pa.array(numbers * 7919 % len(CODES)))
    blank, keys = pa.array([""] * len(numbers)), _keys(numbers)
    return pa.RecordBatch.from_pydict(
        {
            "occurrence_no": keys,
            "crime_no": keys,
            "home_office_code": codes,
            "offence": codes,
            "recorded_on": days,
            "reported_on": days,
            "committed_from": days,
            "committed_to": blank,
            "status": pa.array(["recorded"] * len(numbers)),
            "markers": blank,
        }
    )


def _texts(
    numbers: np.ndarray, occurrences: int, sentences: pa.Array, edited: float, seed: int
) -> Iterator[pa.RecordBatch]:
    entry = np.arange(ENTRIES)
    rows = len(numbers) * ENTRIES
    which = np.repeat(numbers, ENTRIES)
    number = np.tile(entry, len(numbers))
    random = np.random.default_rng(seed)
    first = sentences.take(pa.array((which * 31 + number * 17) % len(sentences)))
    second = sentences.take(pa.array((which * 13 + number * 7) % len(sentences)))
    mark = pa.array(np.where(random.random(rows) < edited, "edited", ""))
    fields = pa.array(["summary", "mo", "oel"]).take(pa.array(np.minimum(number, 2)))
    moment = pc.binary_join_element_wise(_days(which, occurrences), "T10:15:00", "")
    text = pc.binary_join_element_wise(first, second, pa.array(which).cast(pa.string()), mark, " ")
    yield pa.RecordBatch.from_arrays(
        [_keys(which), fields, pa.array(number).cast(pa.string()), moment, text], schema=_TEXTS
    )
