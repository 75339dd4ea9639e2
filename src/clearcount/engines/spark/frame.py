"""Records in scope that lie on the cluster, and how they are asked for: grouped, in stretches, or one column whole."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as sql

from clearcount.counting.found import Flag, InScope, Searched
from clearcount.engines.columns import AnyColumn, ArrowColumn, Flags, Mask, Numbers, as_mask
from clearcount.engines.spark.session import said
from clearcount.engines.spark.work import OFFENCES, RowLayout
from clearcount.errors import EngineUnavailable

_STRETCH = 200_000
"""Records that come to this process at a time."""
_SAMPLES = 64
"""Keys looked at for each stretch, to find where it ends."""


class Frame:
    """The records of one kind: offences, or people of a role. `many` is how many there are."""

    def __init__(self, rows: DataFrame, layout: RowLayout, kind: str, many: int, owner: object) -> None:
        self.rows = rows.where(sql.col("kind") == kind)
        self.owner = owner  # the rows go from the cluster when nobody has it any more
        self.layout, self.kind, self.many = layout, kind, many
        self._values: dict[str, pa.Table] = {}

    def in_scope(self) -> InScope:
        """Return the records as columns that come here when somebody asks for their values."""
        layout = self.layout
        return InScope(
            occurrence_no=RemoteColumn(self, "occurrence_no"),
            crime_no=RemoteColumn(self, "crime_no"),
            code=RemoteColumn(self, "code"),
            label=RemoteColumn(self, "label"),
            days={basis: RemoteColumn(self, layout.value(f"day:{basis}")) for basis in layout.search.bases},
            values={name: RemoteColumn(self, layout.value(f"value:{name}")) for name in layout.search.columns},
            states=RemoteColumn(self, "state"),
            flags={flag: RemoteFlags(self, layout.flag(flag)) for flag in layout.flags},
            person_no=() if self.kind == OFFENCES else RemoteColumn(self, "person_no"),
            elsewhere=self,
        )

    def any_of(self, flags: Sequence[Flag]) -> Column:
        """Return the condition that a record carries one of the flags."""
        found = sql.lit(False)
        for flag in flags:
            found = found | sql.col(self.layout.flag(flag))
        return found

    def values(self, name: str) -> pa.Table:
        """Return the different values of a column with which flags their records carry: value, f0, f1, …; once asked
        for, they are kept.
        """
        if name not in self._values:
            columns = [self.layout.flag(flag) for flag in self.layout.flags]
            carried = [sql.max(sql.col(column).cast("int")).alias(column) for column in columns]
            grouped = self.rows.groupBy(sql.col(self.layout.value(name)).alias("value")).agg(*carried)
            self._values[name] = arrow(grouped)
        return self._values[name]

    def distinct(self, flags: Sequence[Flag], name: str) -> list[object]:
        """Return the different values of a column among the records with one of `flags`."""
        held = self.values(name)
        carried = np.zeros(len(held), bool)
        for flag in flags:
            carried |= held[self.layout.flag(flag)].to_numpy() > 0
        found: list[object] = held["value"].filter(pa.array(carried)).to_pylist()
        return found

    def chunks(self) -> Iterator[InScope]:
        """Yield the records in order of occurrence and crime, a stretch at a time."""
        for condition in self._stretches():
            part = self.rows if condition is None else self.rows.where(condition)
            yield self._here(part)

    def carrying(self, flag: Flag) -> InScope:
        """Return the records that carry a flag, in this process."""
        return self._here(self.rows.where(self.any_of([flag])))

    @cached_property
    def whole(self) -> InScope:
        """All records in this process: for who must look at each, as readers' decisions do."""
        return self._here(self.rows)

    def crimes_twice(self) -> int:
        """Return how many crimes stand under more than one occurrence or spelling."""
        pairs = sql.count_distinct(sql.col("oid"), sql.col("crime_no"))
        spelled = self.rows.groupBy("alike").agg(pairs.alias("many")).where(sql.col("many") > 1)
        return int(arrow(spelled.agg(sql.count(sql.lit(1)).alias("n")))["n"][0].as_py())

    def among(self, numbers: Set[str]) -> Set[str]:
        """Return those of some occurrence numbers under which there is one of the records."""
        asked = pa.table({"asked": pa.array(sorted(numbers), pa.string())})
        table = self.rows.sparkSession.createDataFrame(asked)
        found = self.rows.join(sql.broadcast(table), sql.col("occurrence_no") == sql.col("asked"), "inner")
        return frozenset(arrow(found.select("asked").distinct())["asked"].to_pylist())

    def numbers_with(self, flag: Flag) -> frozenset[str]:
        """Return the occurrences of the records that carry a flag."""
        found = self.rows.where(self.any_of([flag])).select("occurrence_no").distinct()
        return frozenset(arrow(found)["occurrence_no"].to_pylist())

    def _stretches(self) -> Iterator[Column | None]:
        """The conditions that cut the records, in order, into stretches of about the same size."""
        if self.many <= _STRETCH:
            yield None
            return
        every = max(1, _STRETCH // _SAMPLES)
        sampled = self.rows.where(sql.col("rid") % every == 0).select("occurrence_no")
        keys = sorted(arrow(sampled)["occurrence_no"].to_pylist(), key=str.encode)
        borders = list(dict.fromkeys(keys[_SAMPLES::_SAMPLES]))
        number = sql.col("occurrence_no")
        for low, high in zip([None, *borders], [*borders, None], strict=True):
            above = number >= low if low is not None else sql.lit(True)
            yield above & (number < high) if high is not None else above

    def _here(self, rows: DataFrame) -> InScope:
        table = arrow(rows.select(*self.layout.columns).orderBy("occurrence_no", "rid"))
        table = table.select(list(self.layout.columns)).cast(pa.schema(list(self.layout.columns.items())))
        layout = self.layout

        def column(name: str) -> AnyColumn:
            return ArrowColumn(table[layout.value(name)])

        return InScope(
            occurrence_no=column("occurrence_no"),
            crime_no=column("crime_no"),
            code=column("code"),
            label=column("label"),
            days={basis: column(f"day:{basis}") for basis in layout.search.bases},
            values={name: column(f"value:{name}") for name in layout.search.columns},
            states=column("state"),
            flags={flag: Flags(as_mask(table[layout.flag(flag)])) for flag in layout.flags},
            person_no=() if self.kind == OFFENCES else column("person_no"),
        )


class RemoteColumn(AnyColumn):
    """A column of records on the cluster; it comes here when its values are asked for."""

    def __init__(self, frame: Frame, name: str) -> None:
        self.frame, self.name = frame, name

    @cached_property
    def here(self) -> AnyColumn:
        """The column in this process."""
        return _column_of(self.frame.whole, self.name, self.frame.layout)

    @property
    def array(self) -> pa.Array:
        """The values."""
        return self.here.array

    # Python 3.11 has one lock for `encoded` of every column. Sail counts in this process and asks for it too, so the
    # values are fetched before it is taken.
    @property
    def items(self) -> list[object]:
        """The values."""
        return self.here.items

    @property
    def encoded(self) -> tuple[Numbers, list[object]]:
        """The number of each value, and the different values."""
        return self.here.encoded

    def __len__(self) -> int:
        return self.frame.many


class RemoteFlags(Flags):
    """A flag of records on the cluster; it comes here when its values are asked for."""

    def __init__(self, frame: Frame, name: str) -> None:
        self.frame, self.name = frame, name

    @cached_property
    def mask(self) -> Mask:  # type: ignore[override]  # it is never written, here or there
        """The values."""
        flags = {self.frame.layout.flag(flag): held for flag, held in self.frame.whole.flags.items()}
        held = flags[self.name]
        assert isinstance(held, Flags)
        return held.mask

    def __len__(self) -> int:
        return self.frame.many


class RemoteNumbers(Set[str]):
    """The occurrences of the records on the cluster that carry a flag; `many` are known without them."""

    def __init__(self, frame: Frame, many: int) -> None:
        self.frame, self.many = frame, many

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The occurrence numbers."""
        return self.frame.numbers_with(Searched())

    def __len__(self) -> int:
        return self.many

    def __iter__(self) -> Iterator[str]:
        return iter(self.numbers)

    def __contains__(self, number: object) -> bool:
        return number in self.numbers


def arrow(rows: DataFrame) -> pa.Table:
    """Return rows in this process. Raises as `session.said`."""
    with said():
        table: pa.Table = rows.toArrow()
        return table


def keep(rows: DataFrame, owner: object) -> DataFrame:
    """Return the same rows, kept on the cluster for as long as `owner` lives.

    Sail keeps none, whatever it says: it has no level with disks. It writes them to a private folder of this machine,
    which goes with the owner.

    Raises:
        EngineUnavailable: when a server that keeps no rows runs on another machine.
    """
    held = rows.persist()
    if held.storageLevel.useDisk:
        weakref.finalize(owner, _let_go, held)
        return held
    folder = Path(tempfile.mkdtemp(prefix="clearcount-rows-"))
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    rows.write.parquet(str(folder / "rows"))
    if not any(folder.glob("rows/*.parquet")):
        raise EngineUnavailable(
            "the server of Spark Connect keeps no rows for a second question, and it runs on another machine. Run it "
            "on this one, or use a server of Spark itself"
        )
    spark = rows.sparkSession
    return spark.read.schema(rows.schema).parquet(str(folder / "rows"))


def _let_go(rows: DataFrame) -> None:
    with suppress(Exception):  # the session may have ended before
        rows.unpersist()


def _column_of(records: InScope, name: str, layout: RowLayout) -> AnyColumn:
    columns: Mapping[str, object] = {
        "occurrence_no": records.occurrence_no,
        "crime_no": records.crime_no,
        "person_no": records.person_no,
        "code": records.code,
        "label": records.label,
        "state": records.states,
        **{layout.value(f"day:{basis}"): days for basis, days in records.days.items()},
        **{layout.value(f"value:{each}"): values for each, values in records.values.items()},
    }
    found = columns[name]
    assert isinstance(found, ArrowColumn)
    return found
