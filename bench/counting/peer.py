"""DuckDB adds up the same twelve tables from the same columns; each figure above 0 must be the same.

What is matched is given to it as columns, because matching is no work of a database.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import duckdb
import pyarrow as pa

from clearcount.counting.found import HoldsTerm, Matched
from clearcount.engines.columns import column_of, mask_of
from clearcount.model.keys import TotalKey
from clearcount.model.table import Count, Table
from clearcount.offences import CodeList
from clearcount.workflow.counting import Counted

_BLANK = "coalesce(nullif({0}, ''), 'not recorded')"
_AGE = "CAST(nullif(victim_age, '') AS INTEGER)"
_TOTAL = "total"
SQL = {
    "offence": "code",
    "class": "coalesce(nullif(class, ''), 'not in the code list')",
    "category": "coalesce(nullif(category, ''), 'not in the code list')",
    "year": "strftime(day, '%Y')",
    "financial-year": "year(day - INTERVAL 3 MONTH) || '/' || right((year(day - INTERVAL 3 MONTH) + 1)::VARCHAR, 2)",
    "month": "strftime(day, '%Y-%m')",
    "quarter": "strftime(day, '%Y') || '-Q' || quarter(day)",
    "weekday": "dayname(day)",
    "district": _BLANK.format("district"),
    "outcome": _BLANK.format("outcome"),
    "victim_age": f"CASE WHEN {_AGE} IS NULL THEN 'not recorded' WHEN {_AGE} < 10 THEN '0-9'"
    f" WHEN {_AGE} < 18 THEN '10-17' WHEN {_AGE} < 25 THEN '18-24' ELSE '25+' END",
    "term": "term",
}
Figures = dict[tuple[str, ...], int]


def columns(counted: Counted, codes: CodeList) -> tuple[pa.Table, pa.Table]:
    """(one row a record in scope, one row a code with its class and category)."""
    found = counted.found.offences
    part = counted.request.questions[0].number
    terms = counted.request.terms.searched.terms if counted.request.terms else ()
    held = {name: column_of(found.values[name]).array for name in ("district", "outcome", "victim_age")}
    flags = {f"term {n}": pa.array(mask_of(found.flags[HoldsTerm(part, term)])) for n, term in enumerate(terms)}
    records = pa.table(
        {
            "code": column_of(found.code).array,
            "day": column_of(found.days["recorded"]).array,
            "matched": pa.array(mask_of(found.flags[Matched(part)])),
            **held,
            **flags,
        }
    )
    listed = [(code.code, code.class_, code.category) for code in codes.codes.values()]
    return records, pa.table(
        dict(zip(("code", "class", "category"), map(list, zip(*listed, strict=True)), strict=True))
    )


def tables(
    records: pa.Table, listed: pa.Table, terms: Sequence[str], shapes: Sequence[tuple[list[str], list[str]]]
) -> tuple[list[Figures], float]:
    """Return the figures of every shape, margins included, and the processor seconds that DuckDB took."""
    connection = duckdb.connect()
    connection.register("records", records)
    connection.register("listed", listed)
    begin = time.process_time()
    connection.execute("CREATE TABLE m AS SELECT * FROM records JOIN listed USING (code) WHERE matched")
    by_term = " UNION ALL ".join(
        f"SELECT *, '{term}' AS term FROM m WHERE \"term {n}\"" for n, term in enumerate(terms)
    )
    found: list[Figures] = []
    for rows, head in shapes:
        figures: Figures = {}
        for names in ([*rows, *head], rows, head, []):
            source = f"({by_term})" if "term" in names else "m"
            picked = ", ".join(SQL[name] for name in names)
            query = f"SELECT {picked + ', ' if picked else ''}count(*) FROM {source} {'GROUP BY ALL' if picked else ''}"
            for line in connection.execute(query).fetchall():
                given = iter(line[:-1])
                place = tuple(str(next(given)) if name in names else _TOTAL for name in (*rows, *head))
                figures[place] = line[-1]
        found.append({place: n for place, n in figures.items() if n})
    return found, time.process_time() - begin


def figures_of(table: Table) -> Figures:
    """Return what one of our tables holds above 0, margins included."""
    return {
        tuple(_TOTAL if isinstance(key, TotalKey) else key.text for key in place): cell.n
        for place, cell in table.cells.items()
        if isinstance(cell, Count) and cell.n
    }
