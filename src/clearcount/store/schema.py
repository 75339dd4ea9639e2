"""The columns of the store's tables, and of the rows that an importer refuses."""

from __future__ import annotations

import pyarrow as pa

OFFENCES = pa.schema(
    [
        ("occurrence_no", pa.string()),
        ("crime_no", pa.string()),
        ("code", pa.string()),
        ("offence", pa.string()),
        ("recorded_on", pa.date32()),
        ("reported_on", pa.date32()),
        ("committed_from", pa.date32()),
        ("committed_to", pa.date32()),
        ("status", pa.string()),
        ("markers", pa.list_(pa.string())),
        ("extra", pa.map_(pa.string(), pa.string())),
        ("content", pa.int64()),  # hash of all columns but the keys
    ]
)
TEXTS = pa.schema(
    [
        ("lead_code", pa.string()),  # of the occurrence; the order within a part, so that a code's texts lie together
        ("occurrence_no", pa.string()),
        ("field", pa.string()),
        ("entry_no", pa.string()),
        ("entered_at", pa.string()),
        ("text", pa.string()),
        ("folded", pa.string()),  # null where it would equal the lower-cased ASCII text
        ("length", pa.int32()),  # code points
        ("mojibake", pa.bool_()),
        ("content", pa.int64()),
    ]
)
OCCURRENCES = pa.schema(
    [
        ("occurrence_no", pa.string()),
        ("part", pa.int32()),  # where its offences and texts lie; given once, changed only by compaction
        ("lead_code", pa.string()),  # the lowest of its codes when it was placed
    ]
)
PERSONS = pa.schema(
    [
        ("occurrence_no", pa.string()),
        ("crime_no", pa.string()),  # "" for every offence of the occurrence
        ("person_no", pa.string()),  # tells the people of an occurrence apart
        ("role", pa.string()),
        ("age", pa.string()),  # a number, a band, `UNREAD_AGE`, or "" where it is not recorded
        ("sex", pa.string()),
        ("extra", pa.map_(pa.string(), pa.string())),
        ("content", pa.int64()),
    ]
)
"""People have neither name nor date of birth here."""
QUARANTINE = pa.schema(
    [
        ("snapshot", pa.int64()),
        ("file", pa.string()),
        ("row", pa.int64()),
        ("column", pa.string()),
        ("reason", pa.string()),
        ("kind", pa.string()),  # offences, texts or persons: what the row would have given; null in stores of format 1
        ("occurrence_no", pa.string()),  # "" where the row does not say
        ("code", pa.string()),  # of an offence: null where it cannot be read, "" where it is blank
        ("recorded_on", pa.date32()),
        ("reported_on", pa.date32()),
        ("committed_from", pa.date32()),
        ("unread", pa.list_(pa.string())),  # which of code and the three dates are there and cannot be read
        ("crime_no", pa.string()),  # the rest of its key: null where it cannot be read or the kind has none
        ("field", pa.string()),
        ("entry_no", pa.string()),
        ("person_no", pa.string()),
        ("role", pa.string()),
    ]
)
"""A row of an export that was not kept, and what of it could be read."""
DATA_TABLES = {
    "offences": OFFENCES,
    "texts": TEXTS,
    "occurrences": OCCURRENCES,
    "quarantine": QUARANTINE,
    "persons": PERSONS,
}

FAULTS = pa.schema(
    [
        ("file", pa.int32()),  # its number in the import
        *(QUARANTINE.field(name) for name in QUARANTINE.names if name not in ("snapshot", "file", "kind")),
    ]
)
"""What an importer says of a row that it refuses."""
UNREAD = ("code", "recorded_on", "reported_on", "committed_from")
"""What a count asks of an offence; `unread` names those of a refused row that cannot be read."""

OFFENCE_KEY = ("occurrence_no", "crime_no")
TEXT_KEY = ("occurrence_no", "field", "entry_no")
PERSON_KEY = ("occurrence_no", "crime_no", "person_no", "role")
KEYS = {"offences": OFFENCE_KEY, "texts": TEXT_KEY, "persons": PERSON_KEY}
"""What tells the records of each kind apart."""
OFFENCE_VALUES = tuple(name for name in OFFENCES.names if name not in (*OFFENCE_KEY, "content"))
