"""Text columns are trimmed and searched by their bytes where that is enough."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearcount.importers.cells import holds, trimmed

VALUES = st.lists(st.text(alphabet="ab+ \t\n\x1c\x1f\x7f\u00a0\u2003\u200bé", max_size=5), max_size=6)


@given(VALUES, st.integers(0, 6), st.integers(0, 6))
def test_trimming_is_that_of_unicode_for_any_stretch(values: list[str], start: int, length: int) -> None:
    column = pa.array(values, pa.string()).slice(min(start, len(values)), length)
    assert trimmed(column).to_pylist() == pc.utf8_trim_whitespace(column).to_pylist()
    assert holds(column, "+") is any("+" in value for value in column.to_pylist())


@pytest.mark.parametrize("values", [["O1", "O22"], [], [""]])
def test_a_column_without_white_space_is_not_copied(values: list[str]) -> None:
    column = pa.array(values, pa.string())
    assert trimmed(column) is column
