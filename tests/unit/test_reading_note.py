"""The note on the reading: every number passes disclosure control, and no estimate gives a small count away."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from clearcount.disclosure import Policy
from clearcount.disclosure.control import control
from clearcount.model.decision import Decision
from clearcount.model.months import TOTAL, Month, Period, month_range
from clearcount.model.release import Figure
from clearcount.model.table import Count, Table
from clearcount.quality import missed_records
from clearcount.reading.note import Note, note
from clearcount.reading.report import measure
from drawing import Row, drawn_table, grid

PERIOD = Period("2023-01 to 2024-12", tuple(month_range(Month(2023, 1), Month(2024, 12))))


def rows(found: int, *, ranked: int = 0, twice: tuple[int, int] = (0, 0)) -> list[Decision]:
    """52 hits, 45 of them relevant; 600 of 12,000 others read at random, `found` of them relevant."""

    def row(number: int, code: str, **changes: object) -> Decision:
        return replace(Decision(f"{number:05d}", "086/02", code, coder="A"), **changes)

    made = [row(n, "relevant" if n < 45 else "not_relevant") for n in range(52)]
    for n in range(600):
        code = "relevant" if n < found else "not_relevant"
        made.append(row(1_000 + n, code, source="random", stratum="all", frame_size=12_000))
    made += [
        row(5_000 + n, "relevant" if n < ranked else "not_relevant", source="ranked")
        for n in range(100 if ranked else 0)
    ]
    alike, different = twice
    for n in range(alike + different):
        code = "relevant" if (n < alike) == (n < 45) else "not_relevant"
        made.append(row(n, code, coder="B", round="2"))
    return made


def counts(name: str, n: int) -> Table:
    cells = {(key, label): Count(n) for key in ("086/02", TOTAL) for label in (PERIOD.label, TOTAL)}
    return drawn_table(name, name, (Row("086/02", "x"),), (PERIOD,), cells, population=name)


def said(written: Note, policy: dict) -> str:
    """The note as a reader sees it, after disclosure control."""
    tables = [counts("mentions", 52), counts("confirmed", 45), counts("confirmed_or_unclear", 46), *written.tables]
    settings = {"disclosure": {"reason": "r", "approved_by": "a", **policy}}
    controlled = control(tables, links=written.links, policy=Policy.parse(settings)).tables
    parts = [part for paragraph in written.paragraphs for part in (*paragraph, " ")]
    return "".join(p if isinstance(p, str) else controlled[p.table].shown(p.at) for p in parts)


def test_reading_note_says_what_was_read_found_and_missed():
    text = said(note(measure(rows(2)), PERIOD), {"rule": "none"})
    assert (
        "52 offences have a record that holds one of the terms (Table 3). One person read them and confirmed 45" in text
    )
    assert "we read 600 drawn at random; relevant among those read: 2." in text
    assert "We estimate that 40 of the records" in text
    assert "(95 per cent interval 6 to 141" in text
    assert "not what happened" in text


def test_reading_note_holds_no_number_outside_a_table():
    written = note(measure(rows(2, ranked=7, twice=(40, 8))), PERIOD)
    words = " ".join(part for paragraph in written.paragraphs for part in paragraph if isinstance(part, str))
    assert re.findall(r"\d+", re.sub("95 per cent|AC1|Table [13]", "", words)) == []
    named = {part.table for paragraph in written.paragraphs for part in paragraph if isinstance(part, Figure)}
    assert {table.name for table in written.tables} <= named


@pytest.mark.parametrize("found", [1, 2, 3, 4])
def test_reading_note_gives_no_small_find_away(found):
    written = note(measure(rows(found)), PERIOD, smallest_shown=5)
    assert {table.name for table in written.tables} == {
        "read without a term",
        "found without a term",
        "missed, at most",
    }
    bound = missed_records(4, 600, 12_000, sided="upper").upper
    assert grid(written.tables[-1])[TOTAL, TOTAL] == Count(int(bound))
    # Whatever was found below the threshold, all but the hidden count itself is the same.
    other = note(measure(rows(2)), PERIOD, smallest_shown=5)
    assert written.paragraphs == other.paragraphs
    assert [t for t in written.tables if t.name != "found without a term"] == [
        t for t in other.tables if t.name != "found without a term"
    ]


def test_reading_note_says_zero_where_zeros_are_shown_and_hides_it_where_they_are_not():
    shown = said(note(measure(rows(0)), PERIOD, smallest_shown=5), {"rule": "suppress", "threshold": 5})
    assert "relevant among those read: 0." in shown
    assert "We estimate that 0" in shown
    hidden = note(measure(rows(0)), PERIOD, smallest_shown=5, zeros_shown=False)
    assert [t.cells for t in hidden.tables if t.name == "missed, at most"] == [
        t.cells for t in note(measure(rows(3)), PERIOD, smallest_shown=5).tables if t.name == "missed, at most"
    ]


def test_reading_note_prints_no_estimate_beside_a_small_find_by_rank():
    written = note(measure(rows(8, ranked=3)), PERIOD, smallest_shown=5)
    assert not [table for table in written.tables if table.name.startswith("missed")]
    assert "would give small counts away" in said(written, {"rule": "suppress", "threshold": 5})


def test_reading_note_under_rounding_prints_no_estimate():
    written = note(measure(rows(8)), PERIOD, estimates=False)
    assert not [table for table in written.tables if table.name.startswith("missed")]
    assert "would give exact counts away" in said(written, {"rule": "round", "base": 5})


def test_reading_note_on_agreement():
    figures = measure(rows(8, twice=(49, 3)))
    text = said(note(figures, PERIOD), {"rule": "none"})
    assert "Two people read them" in text
    assert "49 of 52 were coded alike" in text
    assert f"Cohen's kappa {round(100 * figures.twice.measured.kappa)}, Gwet's AC1" in text
    few = note(measure(rows(8, twice=(50, 2))), PERIOD, smallest_shown=5)
    hidden = said(few, {"rule": "suppress", "threshold": 5})
    assert "kappa" not in hidden
    table = next(table for table in few.tables if table.name == "read twice")
    assert grid(table)["coded differently", TOTAL] == Count(2)


def test_reading_note_without_a_sample_or_with_hits_left_says_so():
    some = rows(0)[:52]
    some[3] = replace(some[3], code="", coder="")
    text = said(note(measure(some), PERIOD), {"rule": "none"})
    assert "Not all of them have been decided yet" in text
    assert "nobody can say how many were missed" in text


@pytest.mark.parametrize("found", [1, 2, 3, 4])
def test_reading_note_reads_the_same_for_every_small_number_of_finds(found):
    text = said(note(measure(rows(found)), PERIOD, smallest_shown=5), {"rule": "suppress", "threshold": 5})
    assert "relevant among those read: [c]." in text
    assert text == said(note(measure(rows(2)), PERIOD, smallest_shown=5), {"rule": "suppress", "threshold": 5})
