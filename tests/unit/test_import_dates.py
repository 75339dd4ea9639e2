"""Moments with an offset are told in the time of the United Kingdom, where their day is recorded."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from clearcount.importers.dates import read_dates


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
