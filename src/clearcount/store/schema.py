"""The columns of the store's tables."""

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
QUARANTINE = pa.schema(
    [
        ("snapshot", pa.int64()),
        ("file", pa.string()),
        ("row", pa.int64()),
        ("column", pa.string()),
        ("reason", pa.string()),
    ]
)
DATA_TABLES = {"offences": OFFENCES, "texts": TEXTS, "occurrences": OCCURRENCES, "quarantine": QUARANTINE}

OFFENCE_KEY = ("occurrence_no", "crime_no")
TEXT_KEY = ("occurrence_no", "field", "entry_no")
OFFENCE_VALUES = tuple(name for name in OFFENCES.names if name not in (*OFFENCE_KEY, "content"))
