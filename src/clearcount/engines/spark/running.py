"""A search on the cluster, and its tables: one job that reads and matches, then a grouping for each table."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as sql

from clearcount.counting.axes import Axis, ByFlag
from clearcount.counting.found import Flag, Found, InScope, Same
from clearcount.engines import tallying
from clearcount.engines.base import Engine, Part, RecordSource, Search
from clearcount.engines.crimes import crimes_twice as twice_here
from clearcount.engines.local import expansions
from clearcount.engines.memory import place
from clearcount.engines.spark.frame import Frame, RemoteNumbers, arrow, keep
from clearcount.engines.spark.session import check_workers, said, session
from clearcount.engines.spark.work import (
    DROPPED,
    HIT_COLUMNS,
    KEPT,
    OFFENCES,
    PART,
    RowLayout,
    calling,
    counting,
)
from clearcount.model.keys import ALL, Key, Place
from clearcount.model.mention import Mention


class _Owner:
    """Who keeps the rows of a run on the cluster: they go when no frame of it is left."""


def run(records: RecordSource, search: Search) -> Found:
    """Read, narrow and match part by part on the workers; bring back numbers and hits.

    Raises:
        EngineUnavailable: when the cluster cannot count.
        StoreError: when a worker says what is wrong with the store.
    """
    layout, owner = RowLayout(search), _Owner()
    sources = records.parts()
    with said():
        spark = session()
        numbers = spark.range(0, len(sources), 1, max(1, len(sources)))
        rows = keep(numbers.mapInArrow(counting(sources, search), layout.ddl), owner)
        sums = [sql.sum(name).alias(name) for name in ("undated", "spread", "searched")]
        grouped = arrow(rows.groupBy("kind", "version").agg(sql.count(sql.lit(1)).alias("many"), *sums))
    known = {row["kind"]: row for row in grouped.to_pylist()}
    parts = grouped.filter(pc.equal(grouped["kind"], PART))
    if len(sources):
        check_workers(set(parts["version"].to_pylist()))
    sums_of = {name: pc.sum(parts[name]).as_py() or 0 for name in ("undated", "spread", "searched")}
    many = {kind: known[kind]["many"] if kind in known else 0 for kind in (OFFENCES, *search.roles)}
    frames = {kind: Frame(rows, layout, kind, many[kind], owner) for kind in many}
    hits = _hits(rows) if KEPT in known or DROPPED in known else {KEPT: (), DROPPED: ()}
    return Found(
        offences=frames[OFFENCES].in_scope(),
        mentions=hits[KEPT],
        dropped=hits[DROPPED],
        searched=RemoteNumbers(frames[OFFENCES], sums_of["searched"]),
        undated=sums_of["undated"],
        spread=sums_of["spread"],
        expansion=expansions(search),
        people={role: frames[role].in_scope() for role in search.roles},
    )


def tally(records: InScope, flags: Sequence[Flag], axes: Sequence[Axis], once: bool, rows: int) -> Mapping[Place, int]:
    """Count by grouping sets in Spark; records that lie here are counted here."""
    frame = records.elsewhere
    if not isinstance(frame, Frame):
        return tallying.tally(records, flags, axes, once, rows)
    found = frame.rows.where(frame.any_of(flags))
    keys: list[Sequence[Key]] = []
    several = False
    for number, axis in enumerate(axes):
        found, of_axis, more = _lines(found, frame, records, axis, f"line{number}")
        keys.append(of_axis)
        several |= more
    count = f"count(DISTINCT {'oid' if once else 'rid'})" if once or several else "count(1)"
    lines = [f"line{number}" for number in range(len(axes))]
    sets = [
        (lines[:rows] if with_rows else []) + (lines[rows:] if with_columns else [])
        for with_rows in ((True, False) if rows else (True,))
        for with_columns in ((True, False) if len(axes) > rows else (True,))
    ]
    counted = arrow(_grouped(found, lines, sets, count))
    columns = [counted[line].to_pylist() for line in lines]
    made: dict[Place, int] = {}
    for at, many in enumerate(counted["many"].to_pylist()):
        if many:
            line = (column[at] for column in columns)
            made[tuple(ALL if n is None else of[n] for n, of in zip(line, keys, strict=True))] = many
    return made


def distinct(records: InScope, flags: Sequence[Flag], name: str) -> list[object]:
    """Return the different values of a column among the records with one of `flags`."""
    frame = records.elsewhere
    if not isinstance(frame, Frame):
        return tallying.distinct(records, flags, name)
    if (same := _same(records, name)) is not None:
        number = frame.rows.where(frame.any_of(flags)).limit(1)
        return [same.value] if len(arrow(number.select("rid"))) else []
    return frame.distinct(flags, name)


def over(records: RecordSource, work: Callable[[RecordSource], Part]) -> Iterator[Part]:
    """Yield what `work` gives for each part, in their order; it runs on the workers."""
    sources = records.parts()
    if not sources:
        return
    with said():
        numbers = session().range(0, len(sources), 1, len(sources))
        made = arrow(numbers.mapInArrow(calling(sources, work), "place bigint, made binary"))
    for each in made.sort_by("place")["made"].to_pylist():
        yield pickle.loads(each)  # noqa: S301 - the workers of the cluster that counts for us wrote it


def crimes_twice(records: InScope) -> int:
    """Return how many crimes in scope stand under more than one occurrence or spelling."""
    frame = records.elsewhere
    return frame.crimes_twice() if isinstance(frame, Frame) else twice_here(records)


def _hits(rows: DataFrame) -> dict[str, tuple[Mention, ...]]:
    table = arrow(rows.where(sql.col("kind").isin(KEPT, DROPPED)).select("kind", *HIT_COLUMNS))
    found: dict[str, list[Mention]] = {KEPT: [], DROPPED: []}
    columns = [table[name].to_pylist() for name in HIT_COLUMNS]
    for kind, *values, hints in zip(table["kind"].to_pylist(), *columns, strict=True):
        found[kind].append(Mention(**dict(zip(HIT_COLUMNS, values, strict=False)), hints=tuple(hints or ())))
    return {kind: tuple(sorted(hits, key=place)) for kind, hits in found.items()}


def _lines(
    rows: DataFrame, frame: Frame, records: InScope, axis: Axis, line: str
) -> tuple[DataFrame, Sequence[Key], bool]:
    """The rows with the number of their line of an axis, one row for each; the lines; whether a record has several."""
    if isinstance(axis, ByFlag):
        held = [sql.when(frame.any_of(flags), sql.lit(number)) for number, (_, flags) in enumerate(axis.lines)]
        if not held:
            return rows.withColumn(line, sql.lit(0)).where(sql.lit(False)), [], False
        found = rows.withColumn(line, sql.explode(sql.array(*held))).where(sql.col(line).isNotNull())
        return found, [key for key, _ in axis.lines], True
    if (same := _same(records, axis.column)) is not None:
        keys = list(axis.keys(same.value))
        found = rows.withColumn(line, sql.explode(sql.array(*map(sql.lit, range(len(keys)))))) if keys else rows
        return (found if keys else rows.withColumn(line, sql.lit(0)).where(sql.lit(False))), keys, len(keys) > 1
    values = frame.values(axis.column)["value"]
    keys_of = [tuple(axis.keys(value)) for value in values.to_pylist()]
    every = list(dict.fromkeys(key for each in keys_of for key in each))
    number = {key: n for n, key in enumerate(every)}
    at = [n for n, each in enumerate(keys_of) for _ in each]
    taken = values.take(pa.array(at, pa.int64()))
    table = pa.table(
        {f"{line}_value": taken, line: pa.array([number[k] for each in keys_of for k in each], pa.int32())}
    )
    if not every:
        return rows.withColumn(line, sql.lit(0)).where(sql.lit(False)), [], False
    lines = rows.sparkSession.createDataFrame(table)
    column = sql.col(frame.layout.value(axis.column))
    found = rows.join(sql.broadcast(lines), column.eqNullSafe(sql.col(f"{line}_value")), "inner")
    return found, every, any(len(each) > 1 for each in keys_of)


def _grouped(rows: DataFrame, lines: Sequence[str], sets: Sequence[Sequence[str]], count: str) -> DataFrame:
    """The counts of every set of lines, null where a line is at its margin; as SQL, which Sail reads as Spark does."""
    picked = "".join(f"{line}, " for line in lines)
    by = f"GROUP BY GROUPING SETS ({', '.join('(' + ', '.join(each) + ')' for each in sets)})" if lines else ""
    # the names are this module's own, and no value is in the text
    return rows.sparkSession.sql(f"SELECT {picked}{count} AS many FROM {{rows}} {by}", rows=rows)  # noqa: S608


def _same(records: InScope, name: str) -> Same[str] | None:
    """The column as one value for all records, where the workflow added it here."""
    kind, _, rest = name.partition(":")
    held = records.values.get(rest) if kind == "value" else None
    return held if isinstance(held, Same) else None


ENGINE = Engine("spark", run, tally, distinct, over, crimes_twice)
