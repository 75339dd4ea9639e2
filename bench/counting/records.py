"""Made-up records as columns, of any size: the same for the same size."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.offences import code_list
from clearcount.store import Snapshot

ENTRIES = 20
"""Log entries of an occurrence."""
_BATCH = 1 << 16
_SENTENCES = 4000
_HITS = 40
"""Of the different sentences, how many hold a term: one entry in a hundred."""
SNAPSHOT = Snapshot(
    number=1,
    as_at=date(2025, 6, 30),
    imported_at=datetime(2025, 7, 1, tzinfo=UTC),
    layout="made up",
    versions={},
    text_fields=("oel",),
    layout_fields=("oel",),
    extra_columns=("district", "outcome", "victim_age"),
)


@dataclass(frozen=True)
class MadeUp:
    """Records in memory with the face of a store: one offence an occurrence, and its entries."""

    size: int

    def __post_init__(self) -> None:
        dice = np.random.default_rng(7)
        codes = pa.array(sorted(code_list().codes)[:900])
        at = pa.array(np.arange(self.size))
        number = pc.cast(at, pa.string())
        day = pa.array((np.datetime64("2021-01-01") + dice.integers(0, 1600, self.size)).astype("datetime64[D]"))

        def drawn(values: list[str]) -> pa.Array:
            return pa.array(values).take(pa.array(dice.integers(0, len(values), self.size)))

        extra = {name: drawn(values) for name, values in (
            ("district", ["North", "South", "East", "West", ""]),
            ("outcome", [*map(str, range(1, 22)), ""]),
            ("victim_age", [*map(str, range(90)), ""]),
        )}  # fmt: skip
        keys = pa.array(list(extra) * self.size)
        values = pa.chunked_array([pa.array(np.column_stack([v.to_pylist() for v in extra.values()]).ravel())])
        offsets = pa.array(np.arange(self.size + 1, dtype=np.int32) * len(extra))
        columns = {
            "occurrence_no": number,
            "crime_no": number,
            "code": codes.take(pa.array(dice.integers(0, len(codes), self.size))),
            "offence": pa.array([""]).take(pa.array(np.zeros(self.size, int))),
            "recorded_on": day,
            "reported_on": day,
            "committed_from": day,
            "committed_to": day,
            "status": pa.array(["recorded"]).take(pa.array(np.zeros(self.size, int))),
            "markers": pa.array([None] * self.size, pa.list_(pa.string())),
            "extra": pa.MapArray.from_arrays(offsets, keys, values.combine_chunks()),
        }
        table = pa.table(columns).sort_by([("occurrence_no", "ascending")])
        object.__setattr__(self, "table", table)
        words = [
            "officer",
            "attended",
            "the",
            "address",
            "spoke",
            "to",
            "caller",
            "who",
            "said",
            "that",
            "nothing",
            "seen",
        ]
        told = [" ".join(dice.choice(words, 30)) for _ in range(_SENTENCES)]
        for n in range(_HITS):
            told[n] += " a deepfake was mentioned"
        object.__setattr__(self, "told", pa.array(told))

    def snapshot(self, number: int | None = None) -> Snapshot:
        """Return the only snapshot."""
        return SNAPSHOT

    def codes(self, snapshot: Snapshot) -> tuple[str, ...]:
        """Return the codes that are held."""
        return tuple(sorted(self.table["code"].unique().to_pylist()))  # type: ignore[attr-defined]

    def offences(self, snapshot: Snapshot, codes: Collection[str] | None = None) -> pa.Table:
        """Return the offences, of some codes when given."""
        table: pa.Table = self.table  # type: ignore[attr-defined]
        return table if codes is None else table.filter(pc.is_in(table["code"], pa.array(sorted(codes))))

    def texts(
        self, snapshot: Snapshot, occurrences: pa.Array | None = None, fields: Collection[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Yield the entries, of some occurrences when given."""
        numbers = self.table["occurrence_no"].combine_chunks()  # type: ignore[attr-defined]
        if occurrences is not None:
            numbers = numbers.filter(pc.is_in(numbers, occurrences))
        dice = np.random.default_rng(8)
        step = _BATCH // ENTRIES
        for start in range(0, len(numbers), step):
            here = numbers[start : start + step]
            many = len(here) * ENTRIES
            told = self.told.take(pa.array(dice.integers(0, _SENTENCES, many)))  # type: ignore[attr-defined]
            yield pa.RecordBatch.from_arrays(
                [
                    here.take(pa.array(np.repeat(np.arange(len(here)), ENTRIES))),
                    pa.array(["oel"]).take(pa.array(np.zeros(many, int))),
                    pa.array([str(n) for n in range(ENTRIES)]).take(pa.array(np.tile(np.arange(ENTRIES), len(here)))),
                    pa.array([""]).take(pa.array(np.zeros(many, int))),
                    told,
                    pa.nulls(many, pa.string()),
                ],
                ["occurrence_no", "field", "entry_no", "entered_at", "text", "folded"],
            )
