"""Releases to write: made-up tables of every awkward shape, let out by disclosure control."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from clearcount import __version__
from clearcount.disclosure import Controlled, Policy
from clearcount.disclosure.control import control
from clearcount.model.keys import ALL, is_margin
from clearcount.model.months import TOTAL, Month, periods
from clearcount.model.population import EVERYTHING, Population
from clearcount.model.release import AnsweredQuestion, AnswerLine, CodeLine, Figure, Force, Provenance, Release
from clearcount.model.table import (
    _CONTROL,
    Cell,
    ControlledTable,
    Count,
    NotInForce,
    NotSearched,
    Rounded,
    Suppressed,
    Table,
)
from clearcount.writers import write_bundle
from drawing import Row, drawn_table, texts

SEXUAL = (
    Row("088/14", "Send photograph or film of genitals - s187 Online Safety Act 2023 / s66A SOA 2003", "HO 088/14"),
    Row(
        "088/15",
        "Send/threaten to share photograph or film of a person in an intimate state - SOA 2003 s66B",
        "HO 088/15",
    ),
    Row("175/08", "Share/threaten to share photograph or film without consent - SOA 2003 s66B (1) & (9)", "HO 175/08"),
    Row("086/02", "Take / make / distribute indecent photographs or pseudo-photographs of children", "HO 086/02"),
)
SOURCE: Mapping[str, Mapping[str, int]] = {
    "088/14": {"2024-04": 1, "2025-01": 1, "2025-06": 1},
    "088/15": {"2024-07": 1, "2024-12": 1, "2025-01": 1, "2025-02": 1, "2025-05": 1, "2025-06": 1},
    "175/08": {"2025-01": 1},
    "086/02": {
        "2023-09": 1,
        "2024-02": 1,
        "2024-03": 1,
        "2024-04": 1,
        "2024-05": 3,
        "2024-07": 2,
        "2024-09": 2,
        "2024-10": 1,
        "2024-11": 2,
        "2024-12": 1,
        "2025-01": 6,
        "2025-02": 2,
        "2025-03": 1,
        "2025-04": 3,
        "2025-05": 6,
        "2025-06": 2,
    },
}
"""The table of the source answer; it adds up to 45."""


def table_of(
    rows: tuple[Row, ...],
    first: str,
    last: str,
    cell: Callable[[Row, str], Cell | int],
    *,
    columns: str = "month",
    name: str = "mentions",
    **changes: object,
) -> Table:
    """A table whose margins add up what has a number; a margin over a hidden cell is hidden too."""
    spans = periods(Month.parse(first), Month.parse(last), columns)  # type: ignore[arg-type]
    names = {row: (row.key, *(value for _, value in row.extra)) for row in rows}
    cells: dict[tuple[str, ...], Cell] = {}
    for row in rows:
        for span in spans:
            made = cell(row, span.label)
            cells[*names[row], span.label] = Count(made) if isinstance(made, int) else made

    def total(of: list[Cell]) -> Cell:
        if any(isinstance(c, Suppressed) for c in of):
            return Suppressed("complementary")
        if any(isinstance(c, Rounded) for c in of):
            return Rounded(sum(c.n for c in of if isinstance(c, Rounded | Count)), 5)
        return Count(sum(c.n for c in of if isinstance(c, Count)))

    for row in rows:
        cells[*names[row], TOTAL] = total([cells[*names[row], span.label] for span in spans])
    whole = (TOTAL,) * len(names[rows[0]])
    for label in (*(span.label for span in spans), TOTAL):
        cells[*whole, label] = total([cells[*names[row], label] for row in rows])
    title = "Offences whose records mention the terms"
    return drawn_table(name, title, rows, spans, cells, **changes)  # type: ignore[arg-type]


def source_cell(row: Row, label: str) -> Cell | int:
    """The source answer's cell: not in force before February 2024 for the three newer offences."""
    if row.key != "086/02" and label < "2024-01":
        return NotInForce()
    return SOURCE[row.key].get(label, 0)


def _marked(row: Row, label: str) -> Cell | int:
    kinds: dict[str, Cell] = {
        "01": Count(0), "02": Suppressed("primary"), "03": NotInForce(), "04": NotSearched(),
        "05": Suppressed("primary", low=True), "06": Rounded(15, 5), "07": Rounded(0, 5),
    }  # fmt: skip
    return kinds.get(label[-2:], Count(12345))


_WELSH = Row("086/02", "Tynnu ffotograffau anweddus: ŵ ŷ â ê î ô û ẁ Ŵ Ŷ, Dŵr a Thân, Llanfairpwll", "HO 086/02")
_RTL = Row("088/15", "صورة خاصة (שיתוף תמונה) shared without consent", "HO 088/15")
_WHERE = tuple(
    Row(code, label, f"HO {code}", extra=(("victim_age", age),))
    for code, label in (("086/02", "Indecent photographs"), ("088/15", "Intimate images"))
    for age in ("under 18", "18 and over")
)
_LONG = tuple(
    Row(f"{code}/0{n}", f"Offence {n} " + "of a very long name that goes on, " * 12 + "and ends", f"HO {code}/0{n}")
    for n, code in enumerate(("101", "102", "103"), start=1)
)


def ten_tables() -> dict[str, Table]:
    """The shapes that every format must carry."""
    wide_rows = tuple(Row(f"{n:03d}/01", f"Offence number {n}", f"HO {n:03d}/01") for n in range(1, 101))
    return {
        "the source table": table_of(SEXUAL, "2023-01", "2025-06", source_cell),
        "all zero": table_of(SEXUAL, "2024-02", "2025-01", lambda row, label: 0),
        "all suppressed": table_of(SEXUAL, "2024-02", "2025-01", lambda row, label: Suppressed("primary")),
        "100 rows by 60 months": table_of(
            wide_rows, "2020-01", "2024-12", lambda row, label: (int(row.key[:3]) * int(label[-2:])) % 7
        ),
        "long names": table_of(_LONG, "2024-01", "2024-03", lambda row, label: 3),
        "Welsh letters": table_of((_WELSH,), "2024-01", "2024-03", lambda row, label: 12),
        "right-to-left label": table_of((_RTL,), "2024-01", "2024-03", lambda row, label: 7),
        "every marker": table_of(
            SEXUAL, "2024-01", "2024-08", _marked, provisional=("2024-08",)
        ),
        "further dimension by quarter": table_of(
            _WHERE, "2024-01", "2024-12", lambda row, label: 2, columns="quarter"
        ),
        "questions, financial years, any of these": table_of(
            (Row("q1", "=Question that starts like a formula"), Row("q2", "@home & <b>bold</b> \"quoted\"; 'single'")),
            "2022-04", "2025-03", lambda row, label: 4, columns="financial-year", unit="occurrences", additive=False,
            total_label="any of these offences",
        ),
    }  # fmt: skip


POLICY = Policy.parse({"rule": "none", "reason": "Asked for as it is.", "approved_by": "A. Officer"})


QUESTIONS = (
    "Under section 66B of the Sexual Offences Act 2003",
    "Under section 66E-F of the Sexual Offences Act 2003",
)
REQUEST = {
    "request": {"reference": "01/FOI/25/000123/X", "title": "Image offences that mention AI", "received": "2025-07-22"},
    "scope": {"from": "2023-01", "to": "2025-06"},
    "question": [{"text": text, "codes": []} for text in QUESTIONS],
}


def let_out(*tables: Table) -> Controlled:
    """The tables as disclosure control lets them out.

    Control takes exact counts only; a table made up with hidden cells is let out here as it stands, so that the
    writers meet every kind of cell without a policy that happens to make one.
    """
    if all(isinstance(cell, Count | NotInForce | NotSearched) for table in tables for cell in table.cells.values()):
        return control(tables, policy=POLICY)
    made = {table.name: ControlledTable(**{**_fields(table), "controlled_by": _CONTROL}) for table in tables}
    return Controlled(made, _document(tables), {"policy": POLICY.as_dict(), "reader": POLICY.reader})


def _fields(table: Table) -> dict[str, Any]:
    return {
        each.name: getattr(table, each.name)
        for each in fields(table)
        if each.name in {known.name for known in fields(ControlledTable)}
    }


def _document(tables: tuple[Table, ...]) -> dict[str, object]:
    def bounds(cell: Cell) -> list[int | None] | None:
        match cell:
            case Count(n):
                return [n, n]
            case NotInForce():
                return [0, 0]
            case Suppressed():
                return [1, 4 if cell.low else None]
            case Rounded(n):
                return [max(0, n - 4), n + 4]
        return None

    drawn = [
        {
            "name": table.name,
            "by": ["offence", "month"],
            "cells": [[list(texts(at)), *low] for at in table.coordinates() if (low := bounds(table.cells[at]))],
        }
        for table in tables
    ]
    axes = zip(("offence", "month"), (tables[0].dimensions[0], tables[0].dimensions[-1]), strict=True)
    leaves = {name: [leaf.key.text for leaf in dimension.leaves] for name, dimension in axes}
    dimensions = {name: {"leaves": found, "totals": {TOTAL: found}} for name, found in leaves.items()}
    return {"dimensions": dimensions, "tables": drawn}


def release_of(table: Table, **changes: object) -> Release:
    """A release of `table`, with ten times as many offences in scope as denominators."""
    if table.population == EVERYTHING:
        table = replace(table, population=Population(aside="terms:0123456789abcdef"))
    tenfold = {at: Count(cell.n * 10) if isinstance(cell, Count) else cell for at, cell in table.cells.items()}
    under = replace(
        table, name="denominators", title="All recorded offences in scope", cells=tenfold, provisional=frozenset(),
        population=EVERYTHING,
    )  # fmt: skip
    controlled = let_out(table, under)
    first = [leaf for leaf in table.rows[0].leaves if (leaf.key,) not in table.omitted_rows]
    lines = [(*line, *(ALL,) * len(table.columns)) for line in table.lines if not is_margin(line)][:2]
    total = Figure("mentions", table.whole)
    given: dict[str, object] = {
        "reference": "01/FOI/25/000123/X",
        "title": "Image offences that mention AI",
        "received": date(2025, 7, 22),
        "version_date": date(2025, 8, 19),
        "request_text": "The number of offences, please, by month.\n\n1. Sharing intimate images.\n2. Creating them.",
        "force": Force(
            name="Exampleshire Police", department="Performance analysis",
            contact={"email": "foi@example.police.uk", "post": "FOI team, Example Road, Exampletown EX1 1EX"},
        ),
        "questions": (
            AnsweredQuestion(
                1, QUESTIONS[0],
                tuple(CodeLine(leaf.code, leaf.label, "SOA 2003 s66B", "from 31 January 2024") for leaf in first[:2]),
                remarks=(("One code answers this question and question 3; it is counted once.",),),
                answer=(total, " offences mention the terms."),
                heads=("Mention the terms", "All offences"),
                lines=tuple(
                    AnswerLine("", ", ".join(key.text for key in at if key != ALL),
                               (Figure("mentions", at), Figure("denominators", at)))
                    for at in lines
                ),
            ),
            AnsweredQuestion(
                2, QUESTIONS[1], (),
                remarks=(("These offences were not in force in any month of the period.",),),
                answer=("No offence of this kind was in force.",),
            ),
        ),
        "answer": controlled.tables[table.name],
        "denominators": controlled.tables["denominators"],
        "provenance": Provenance(
            request=REQUEST, policy=POLICY.as_dict(),
            snapshot=1, extract_date="2025-08-01", codes_version="2026-04.1", clearcount_version=__version__,
            matcher_version="1", unicode_version="15.1.0",
        ),
        "document": controlled.document,
        "control": controlled.record,
        "asked": (("You asked how many offences mention the terms.",),),
        "data_source": (("Crime record system, records as they stood on 1 August 2025.",),),
        "data_processing": (("Recorded offences of the codes below, by the month in which they were recorded.",),),
        "method": (("The terms are matched as whole words in three text fields.",),),
        "disclosure": (("Nothing is hidden. Reason: asked for.",),),
        "notes": (("A month is the month of recording.",),),
    }  # fmt: skip
    return Release(**{**given, **changes})  # type: ignore[arg-type]


TABLES = ten_tables()


@dataclass(frozen=True)
class Written:
    """A release and the folder in which its bundle stands; tests read it and leave it as it is."""

    release: Release
    folder: Path


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Written]:
    """The bundle of one of the ten tables by name, written once."""

    @cache
    def write(name: str) -> Written:
        folder = tmp_path_factory.mktemp("bundles") / "bundle"
        release = release_of(TABLES[name])
        write_bundle(release, folder)
        return Written(release, folder)

    return write


@pytest.fixture(params=TABLES)
def bundle(request: pytest.FixtureRequest, written: Callable[[str], Written]) -> Written:
    """Each of the ten bundles."""
    return written(request.param)


@pytest.fixture
def source_release() -> Release:
    """The source table as a release."""
    return release_of(TABLES["the source table"])


@pytest.fixture
def releasing() -> Callable[..., Release]:
    """`release_of`, for a test that needs its own table."""
    return release_of


@pytest.fixture
def tabling() -> Callable[..., Table]:
    """`table_of`, for a test that needs its own table."""
    return table_of
