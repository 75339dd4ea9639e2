"""Periods as a reader meets them: a quarter by its months, a year in part with the part that counts."""

from __future__ import annotations

import pytest

from clearcount.model.months import Columns, Month, periods


@pytest.mark.parametrize(
    ("first", "last", "columns", "spoken"),
    [
        ("2024-01", "2024-02", "month", ["Jan 2024", "Feb 2024"]),
        ("2024-01", "2024-06", "quarter", ["Jan–Mar 2024", "Apr–Jun 2024"]),
        ("2024-02", "2024-04", "quarter", ["Feb–Mar 2024", "Apr 2024"]),
        ("2024-01", "2025-06", "year", ["2024", "2025 (Jan–Jun)"]),
        ("2024-12", "2025-12", "year", ["2024 (Dec)", "2025"]),
        ("2023-01", "2024-04", "financial-year", ["2022/23 (Jan–Mar)", "2023/24", "2024/25 (Apr)"]),
    ],
)
def test_a_column_is_headed_by_what_counts_in_it(first: str, last: str, columns: Columns, spoken: list[str]) -> None:
    assert [period.spoken for period in periods(Month.parse(first), Month.parse(last), columns)] == spoken
