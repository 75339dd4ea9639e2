"""Moments with an offset are told in the time of the United Kingdom, where their day is recorded."""

from __future__ import annotations

import random
from datetime import date

import pyarrow as pa
import pytest

from clearcount.importers.dates import read_dates, read_moments, reads_days


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-02-05T10:00:00", date(2024, 2, 5)),
        ("2024-02-05T10:00Z", date(2024, 2, 5)),
        ("2024-02-05T10:00:00.123456+00:00", date(2024, 2, 5)),
        ("2024-06-30T23:30:00Z", date(2024, 7, 1)),
        ("2024-07-01T00:30:00+02:00", date(2024, 6, 30)),
        ("5/2/2024", date(2024, 2, 5)),
    ],
)
def test_moments_with_and_without_an_offset(text: str, day: date) -> None:
    days, bad = read_dates(pa.array([text, ""]))
    assert days.to_pylist() == [day, None]
    assert bad.to_pylist() == [False, False]


@pytest.mark.parametrize("text", ["31/02/2024", "2024-02-30T10:00Z", "yesterday", "2024-02-05T25:00Z"])
def test_what_is_no_date_is_marked(text: str) -> None:
    days, bad = read_dates(pa.array([text]))
    assert days.to_pylist() == [None] and bad.to_pylist() == [True]


@pytest.mark.parametrize("seed", range(4))
def test_a_column_read_at_once_says_what_its_values_say_one_by_one(seed: int) -> None:
    draw = random.Random(seed)
    near = ["2024-01-31", "2024-01-31 13:45", "2024-01-31T13:45:09", "0999-12-31", "2024-01-31 1345Z9", "20240131T1345"]
    for _ in range(500):
        column = []
        for _ in range(3):
            text = list(draw.choice(near))
            if draw.random() < 0.5:
                text[draw.randrange(len(text))] = draw.choice("0129-T :Z+/t ")
            column.append("".join(text))
        moments, bad = read_moments(pa.array(column))
        # A value with an offset is never read with the column, so beside one every value is looked at by itself.
        alone, wrong = read_moments(pa.array([*column, "2024-02-05T10:00Z"]))
        assert bad.to_pylist() == wrong.to_pylist()[:3], column
        seconds = [value and value.replace("T", " ")[:16] for value in moments.to_pylist()]
        assert seconds == [value and value.replace("T", " ")[:16] for value in alone.to_pylist()[:3]]


@pytest.mark.parametrize("shape", ["%Y-%m-%Y", "%d/%m/%Y %d", "%H:%H %d %m %Y", "%", "%Q", "%d%d%d", "%p%p", "", "(%d"])
def test_a_shape_that_no_day_comes_back_from_is_none(shape: str) -> None:
    assert reads_days(shape) is None
