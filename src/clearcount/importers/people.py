"""From the columns of one file to people: a role, an age or a band, a sex and what else the layout names.

Neither names nor dates of birth are kept: a layout that names such a column is refused. An age that is no age is not
stored as written, because it may be a date of birth.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.importers.cells import trimmed
from clearcount.importers.faults import Faults
from clearcount.importers.fit import Fit
from clearcount.importers.layout import Layout, PersonPart
from clearcount.importers.mapping import by_distinct, extra_values, key_values, known_keys, whole_keys
from clearcount.importers.raw import ROW, Raw
from clearcount.model.columns import NumberRange
from clearcount.model.record import ROLES, UNREAD_AGE

PERSONS = pa.schema(
    [
        ("occurrence_no", pa.string()),
        ("crime_no", pa.string()),
        ("person_no", pa.string()),
        ("role", pa.string()),
        ("age", pa.string()),
        ("sex", pa.string()),
        ("extra", pa.map_(pa.string(), pa.string())),
        ("file", pa.int32()),
        ("row", pa.int64()),
    ]
)
OLDEST = 125
"""Years; nobody was older."""
_NOT_RECORDED = frozenset(
    (
        *("not recorded", "not known", "unknown", "unk", "n/k", "nk", "u/k", "not stated", "not given", "not provided"),
        *("null", "none", "n/a", "-", "?", "age not recorded", "age unknown"),
    )
)
"""How systems write that an age is not recorded."""
_WHOLE = re.compile(r"(\d{1,3})(?:\.0+)?\s*(?:y|yrs?|years?)?\.?(?:\s*old)?", re.IGNORECASE)
_LONGEST = 60
"""Characters of a sex or of another column of a person; a controlled value has no more."""


def read_age(text: str) -> str:
    """Return an age in whole years or a band as `10-17`, "" where it is not recorded, else `UNREAD_AGE`."""
    bare = " ".join(text.split())
    if not bare or bare.casefold() in _NOT_RECORDED:
        return ""
    if found := _WHOLE.fullmatch(bare):
        return str(int(found[1])) if int(found[1]) <= OLDEST else UNREAD_AGE
    span = NumberRange.parse(bare)
    return bare if span is not None and max(span.low, span.high or 0) <= OLDEST else UNREAD_AGE


def persons(raw: Raw, fit: Fit, part: PersonPart, *, blanks: bool) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Return (people, faults) of a batch of rows; `blanks`: whether a row without a person's number is a person too."""
    columns = part.columns
    if not blanks:
        raw = raw.filter(pc.not_equal(trimmed(fit.values(columns["person_no"], raw)), ""))
    faults = Faults(raw.num_rows)
    occurrence, bad_key = key_values(fit, columns["occurrence_no"], raw, faults)
    number, bad_number = key_values(fit, columns["person_no"], raw, faults)
    named = by_distinct(number, _looks_like_a_name, pa.bool_())
    faults.add(named, fit.name_of(columns["person_no"]), "it looks like a name; give each person a number")
    crime_column = columns.get("crime_no")
    crime = trimmed(fit.values(crime_column, raw))
    spoilt = Faults(raw.num_rows)
    _, bad_crime = key_values(fit, crime_column, raw, spoilt)
    blank = pc.equal(pc.binary_length(crime), 0)
    spoilt.drop(blank)
    faults.join(spoilt)
    role = by_distinct(fit.values(columns["role"], raw), lambda word: _role(word, fit.layout), pa.string())
    why = f"it is none of {', '.join(ROLES)}; say in the layout's [role] what the word means"
    faults.add(pc.is_null(role), fit.name_of(columns["role"]) or "role", why)
    faults.add_cells(raw, fit, (*columns.values(), *part.extra.values()))
    sex = trimmed(fit.values(columns.get("sex"), raw))
    for name, column in (("sex", columns.get("sex")), *part.extra.items()):
        long = pc.greater(pc.utf8_length(trimmed(fit.values(column, raw))), _LONGEST)
        header = fit.name_of(column) if column else name
        faults.add(long, header or name, f"it has more than {_LONGEST} characters; no value of a list does")
    batch = pa.RecordBatch.from_arrays(
        [
            occurrence,
            crime,
            number,
            role,
            by_distinct(fit.values(columns.get("age"), raw), read_age, pa.string()),
            sex,
            extra_values(fit, part.extra, raw),
            pa.array(np.full(raw.num_rows, fit.number, np.int32)),
            raw.column(ROW),
        ],
        schema=PERSONS,
    )
    keys = {
        "occurrence_no": known_keys(occurrence, bad_key),
        "crime_no": whole_keys(crime, bad_crime & ~np.asarray(blank)),
        "person_no": whole_keys(number, bad_number | np.asarray(named)),
        "role": role,
    }
    return faults.without(batch), faults.table(fit, raw.column(ROW), keys, {})


def _role(word: str, layout: Layout) -> str | None:
    folded = " ".join(word.split()).lower()
    if folded in layout.role:
        return layout.role[folded]
    return folded if folded in ROLES else None


def _looks_like_a_name(number: str) -> bool:
    """Whether a number of a person has letters enough for a name and no figure."""
    letters = sum(sign.isalpha() for sign in number)
    return letters > 4 and not any(sign.isdigit() for sign in number)
