"""The smallest tables that show what a cell is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from clearcount.counting import InScope, tabulate
from clearcount.counting.dimensions import axes_of
from clearcount.counting.found import Flag, InPart, Matched
from clearcount.counting.plan import CountingFacts, Counts, wanted_tables
from clearcount.counting.tabulate import TableHeading, dropped
from clearcount.engines import engine
from clearcount.model.keys import ALL, Key
from clearcount.model.months import TOTAL, Month
from clearcount.model.request import CountRequest
from clearcount.model.request_reader import parse_request
from clearcount.model.table import Count, NotInForce, NotSearched, Table
from drawing import heads_of, lines_of, texts


def request(**changes: object) -> CountRequest:
    data = {
        "request": {"reference": "R1", "received": date(2024, 6, 1)},
        "scope": {"from": "2024-01", "to": "2024-03"},
        "terms": {"any": ["AI"]},
        "question": [{"text": "A", "codes": ["88/15"]}, {"text": "B", "codes": []}, {"text": "C", "codes": ["86/2"]}],
    }
    for key, value in changes.items():
        data[key] = {**data.get(key, {}), **value} if isinstance(value, dict) else value  # type: ignore[dict-item]
    return parse_request(data)


def in_scope(
    asked: CountRequest, rows: list[tuple[str, str, date]], counted: list[bool], **values: list[str]
) -> InScope:
    """Offences of (occurrence, code, day) in the scope of every part that names their code."""
    flags: dict[Flag, list[bool]] = {}
    for part in asked.questions:
        inside = [code in part.codes for _, code, _ in rows]
        flags[InPart(part.number)] = inside
        flags[Matched(part.number)] = [i and c for i, c in zip(inside, counted, strict=True)]
    return InScope(
        occurrence_no=[row[0] for row in rows],
        crime_no=[f"{n}" for n in range(len(rows))],
        code=[row[1] for row in rows],
        label=[""] * len(rows),
        days={"recorded": [row[2] for row in rows]},
        values=values,
        states=["undecided"] * len(rows),
        flags=flags,
    )


OFFENCES = [
    ("1", "086/02", date(2024, 1, 5)),
    ("1", "088/15", date(2024, 2, 5)),
    ("2", "086/02", date(2024, 2, 6)),
    ("3", "086/02", date(2024, 2, 7)),
]


def made(
    asked: CountRequest,
    records: InScope,
    in_force: Callable[[Key, Month], bool],
    *,
    held_to: date | None = None,
    counts: Counts = "scope",
    recorded: Table | None = None,
) -> Table:
    until = {part.number: asked.scope.end for part in asked.questions}
    facts = CountingFacts(in_force, until, held_to, lambda code: f"label {code}")  # type: ignore[arg-type]
    (wanted,) = wanted_tables(asked, facts.until)
    reference = engine("memory")
    axes = axes_of(wanted, counts, lambda flags, name: reference.distinct(records, flags, name), facts)
    once = wanted.unit == "occurrences"
    tally = reference.tally(records, wanted.flags(counts), (*axes[0], *axes[1]), once, len(axes[0]))
    heading = TableHeading(counts, "")
    population = wanted.population(counts, facts)
    return tabulate(tally, axes, wanted=wanted, facts=facts, heading=heading, population=population, recorded=recorded)


def table(asked: CountRequest, counted: list[bool] | None = None, *, held_to: date | None = None) -> Table:
    def in_force(key: Key, month: Month) -> bool:
        return {"088/15": month >= Month(2024, 2), "q2": False}.get(key.text, True)

    records = in_scope(asked, OFFENCES, counted or [True] * 4)
    recorded = made(asked, records, in_force, held_to=held_to)
    if counted is None:
        return recorded
    mentions = made(asked, records, in_force, held_to=held_to, counts="terms", recorded=recorded)
    return dropped(mentions) if asked.table.empty == "drop" else mentions


def drawn(table: Table) -> dict[str, list[object]]:
    """The table as lists: a number, z or x per cell, the total last."""

    def sign(cell: object) -> object:
        return cell.n if isinstance(cell, Count) else {NotInForce: "z", NotSearched: "x"}[type(cell)]

    lines = {line[0].text if line[0] == ALL else "|".join(texts(line)): line for line in table.lines}
    return {name: [sign(table.cells[*line, *head]) for head in table.heads] for name, line in lines.items()}


def test_every_month_is_there_and_zero_is_not_the_same_as_not_in_force() -> None:
    assert drawn(table(request())) == {
        "088/15": ["z", 1, 0, 1],
        "q2": ["z", "z", "z", "z"],
        "086/02": [1, 2, 0, 3],
        TOTAL: [1, 3, 0, 4],
    }


def test_a_mention_count_of_zero_where_something_is_recorded_is_a_zero() -> None:
    assert drawn(table(request(), [True, False, False, True])) == {
        "088/15": ["z", 0, 0, 0],
        "q2": ["z", "z", "z", "z"],
        "086/02": [1, 1, 0, 2],
        TOTAL: [1, 1, 0, 2],
    }


def test_months_after_the_extract_are_not_held() -> None:
    assert drawn(table(request(), held_to=date(2024, 2, 29)))["086/02"] == [1, 2, "x", 3]


def test_a_question_without_a_code_whose_offence_is_in_force_is_not_searched() -> None:
    asked = request()
    found = made(asked, in_scope(asked, OFFENCES, [True] * 4), lambda *_: True)
    assert drawn(found)["q2"] == ["x", "x", "x", "x"]


def test_occurrences_are_counted_once_in_every_margin() -> None:
    counted = table(request(scope={"unit": "occurrences"}))
    assert drawn(counted) == {
        "088/15": ["z", 1, 0, 1],
        "q2": ["z", "z", "z", "z"],
        "086/02": [1, 2, 0, 3],
        TOTAL: [1, 3, 0, 3],
    }
    assert not counted.additive


def test_questions_that_share_a_code_do_not_add_up() -> None:
    asked = request(
        question=[{"text": "make", "codes": ["86/2"]}, {"text": "share", "codes": ["86/2", "88/15"]}],
        table={"rows": ["question"]},
    )
    counted = table(asked)
    assert drawn(counted) == {"q1": [1, 2, 0, 3], "q2": [1, 3, 0, 4], TOTAL: [1, 3, 0, 4]}
    assert not counted.additive


def test_drop_removes_and_lists_what_holds_no_count() -> None:
    counted = table(request(table={"empty": "drop"}), [True, False, False, False])
    assert lines_of(counted) == ["086/02", TOTAL]
    assert heads_of(counted) == ["2024-01", TOTAL]
    assert [texts(line) for line in counted.omitted_rows] == [("088/15",), ("q2",)]
    assert [texts(head) for head in counted.omitted_columns] == [("2024-02",), ("2024-03",)]


def test_a_further_row_dimension_multiplies_the_lines() -> None:
    asked = request(scope={"where": {"age": ["under 18", "18+"]}}, table={"rows": ["offence", "age"]})
    rows = [("1", "086/02", date(2024, 1, 1)), ("2", "086/02", date(2024, 1, 1))]
    found = made(asked, in_scope(asked, rows, [True] * 2, age=["Under 18", "18+"]), lambda *_: True)
    assert drawn(found)["086/02|under 18"] == [1, 0, 0, 1]
    assert [line[1].text for line in found.lines if line[0].text == "086/02"] == ["under 18", "18+"]
    assert found.cells[found.whole] == Count(2)
