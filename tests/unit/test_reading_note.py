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


RANKER = f"force_ranker.py {'0a' * 32}"


def test_the_note_names_the_forces_own_ranker_its_hash_and_its_share_of_the_finds():
    made = [replace(row, ranker=RANKER) if row.source == "ranked" else row for row in rows(2, ranked=7)]
    text = said(note(measure(made), PERIOD), {"rule": "none"})
    assert f"by a ranker of the force's own: force_ranker.py (SHA-256 {'0a' * 32})." in text
    assert "found in its order: 7; relevant records found without a term in all: 9." in text
    assert "ranker" not in said(note(measure(rows(2, ranked=7)), PERIOD), {"rule": "none"})
    without_sample = [row for row in made if row.source != "random"]
    text = said(note(measure(without_sample), PERIOD), {"rule": "none"})
    assert "found in its order: 7; relevant records found without a term in all: 7." in text
    assert "No random sample" in text


def test_the_note_counts_the_decisions_that_were_applied_to_nearly_equal_texts():
    read = "t" + "1" * 32
    made = [replace(row, text_hash=read) if n == 0 else row for n, row in enumerate(rows(2))]
    made = [replace(row, applied_from=read) if 1 <= n <= 9 else row for n, row in enumerate(made)]
    text = said(note(measure(made), PERIOD), {"rule": "none"})
    assert "Of the 52 records with a term that were decided, 9 have nearly the same text as one that was read." in text
    assert measure(made).applied == 9 and any("9 hits were decided by the reading" in r for r in measure(made).remarks)
    hidden = said(note(measure(made), PERIOD, smallest_shown=12), {"rule": "suppress", "threshold": 12})
    assert "52 records with a term that were decided, 9 " not in hidden
    overturned = [*made, replace(made[0], code="not_relevant", reason="", coder="B", round="2", at="2025-08-02")]
    assert measure(overturned).applied == 0 and measure(overturned).matches.undecided == 9
