"""Lines that reports write under their rows: totals, counts, end marks, when and by whom they were run. No records.

A line is taken for one only where it holds nothing that a record needs, so that no record is ever lost to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.importers.cells import holds, last_bytes
from clearcount.importers.raw import ROW, Raw

_COUNTED = r"(?:rows?|records?|results?|entries|lines|crimes|offences|occurrences|incidents|items)"
_NUMBER = r"(\d{1,3}(?:[, ]\d{3})+|\d+)"
_STATED = re.compile(
    rf"\W*(?:(?:grand |sub-?)?totals?|number|no\.?|count)?(?: number)?(?: of)? ?{_COUNTED}(?: (?:returned|selected|"
    rf"affected|exported|found|read|in (?:report|file|extract)))? ?[:=]? ?{_NUMBER}\W*|\W*{_NUMBER} {_COUNTED}\b\D*",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"\W*(?:(?:grand |sub-? ?)?totals?|sum|end of (?:report|file|data|extract|list|document|export|page)|\*+ ?end ?\*+|"
    r"-+ ?end ?-+|end|page \d+|(?:report|extract|data|file|query|document)? ?(?:run|generated|created|produced|printed|"
    r"exported|extracted|refreshed|last (?:run|refreshed|updated)) (?:on|at|by|from|date)|report (?:date|title|name|id|"
    r"parameters|filters?)|prompts?|filters?|query filters?|source|copyright|official(?:-sensitive)?|restricted|"
    r"not protectively marked|no (?:more )?(?:data|rows|records))\b.*",
    re.IGNORECASE | re.DOTALL,
)
_RULE = re.compile(r"[-=*_#~. ]{3,}")
_MAYBE = (
    "(?i)row|record|result|entr|line|crime|offence|occurrence|incident|item|total|sum|end|page|report|extract|data|file"
    "|query|document|run|generated|created|produced|printed|exported|refreshed|updated|prompt|filter|source|copyright"
    r"|official|restricted|protectively|no\s|^[-=*_#~.\s]*$"
)
"""A word that some line under a report has, for RE2: what has none is none, and a whole column is asked at once."""


def is_footer(text: str) -> bool:
    """Return whether a text reads like a line under a report."""
    bare = " ".join(text.split())
    return bool(bare) and any(pattern.fullmatch(bare) for pattern in (_STATED, _FOOTER, _RULE))


def stated_rows(text: str) -> int | None:
    """Return the number of rows that a line states, as `Rows: 123` or `123 rows`."""
    found = _STATED.fullmatch(" ".join(text.split()))
    number = found and next((group for group in found.groups() if group), None)
    return int(re.sub(r"\D", "", number)) if number else None


def footer_keys(keys: pa.Array) -> np.ndarray:
    """Return the places of the keys that read like a line under a report."""
    return np.array([at for at in _odd(keys) if is_footer(keys[at].as_py())], np.int64)


def footer_lines(raw: Raw, keys: Sequence[int], needed: Sequence[int], header: Sequence[str] = ()) -> dict[int, str]:
    """Return the lines of a batch that are no rows, by their place: what the first cell that is not blank says.

    `keys` are the columns of occurrence numbers, `needed` those of crime numbers, codes and texts. A line under a
    report has nothing in any of them but what makes it one. The `header` again, as where one extract was written behind
    another, is no row either.
    """
    found: dict[int, str] = {}
    names = [name.strip().lower() for name in header]
    for at in sorted({at for column in keys for at in _odd(raw.column(column), names[column : column + 1])}):
        cells = [raw.column(column)[at].as_py().strip() for column in range(raw.schema.get_field_index(ROW))]
        if [cell.lower() for cell in cells] == names:
            found[at] = ""
            continue
        first = next((column for column, cell in enumerate(cells) if cell), 0)
        others = any(cells[column] for column in {*keys, *needed} if column != first)
        if not others and is_footer(cells[first]):
            found[at] = cells[first]
    return found


def _odd(keys: pa.Array, names: Sequence[str] = ()) -> Iterable[int]:
    """The places of keys that may be none: blank, or unlike the number of a record and with a word of such a line.

    A key that is the name of its column is none either.
    """
    last = last_bytes(keys)
    odd = ~((last >= ord("0")) & (last <= ord("9")))
    if holds(keys, " ") or holds(keys, ":"):
        odd |= pc.match_substring_regex(keys, "[ :]").to_numpy(zero_copy_only=False)
    if odd.any():
        places = np.flatnonzero(odd)
        odd[places] = pc.match_substring_regex(keys.take(pa.array(places)), _MAYBE).to_numpy(zero_copy_only=False)
    for name in filter(None, names):
        odd |= pc.equal(pc.utf8_lower(pc.utf8_trim_whitespace(keys)), name).to_numpy(zero_copy_only=False)
    return np.flatnonzero(odd).tolist()
