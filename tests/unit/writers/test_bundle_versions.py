"""A new version beside the one it replaces: the earlier numbers as a table, and what is said about the change."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from clearcount.disclosure import Policy
from clearcount.disclosure.control import control
from clearcount.errors import BundleError
from clearcount.model.months import TOTAL
from clearcount.model.table import Count, NotInForce, Suppressed
from clearcount.workflow.superseding import EARLIER, read_earlier, release_difference, what_changed
from clearcount.workflow.verifying import verify
from clearcount.writers import bundle_files, write_bundle
from drawing import Row, grid, lines_of

POLICY = Policy.parse({"rule": "none", "reason": "Asked for as it is.", "approved_by": "A. Officer"})
ROWS = (Row("086/02", "Photographs", "HO 086/02"), Row("088/15", "Images", "HO 088/15"))


def released(release: Any) -> dict[str, Any]:
    return dict(json.loads(bundle_files(release)["release.json"]))


def test_the_earlier_table_holds_what_was_printed(releasing: Any, tabling: Any) -> None:
    old = tabling(ROWS, "2024-01", "2024-03", lambda r, p: NotInForce() if p < "2024-02" and r.key == "088/15" else 4)

    earlier = release_difference(released(releasing(old)))

    assert earlier is not None
    assert (earlier.name, earlier.population.filter) == (EARLIER, "01/FOI/25/000123/X, version of 2025-08-19")
    assert earlier.cells == old.cells
    assert lines_of(earlier) == ["086/02", "088/15", TOTAL]


def test_a_line_with_a_hidden_number_stays_hidden(releasing: Any, tabling: Any) -> None:
    old = tabling(ROWS, "2024-01", "2024-02", lambda r, p: Suppressed("primary") if r.key == "088/15" else 4)

    earlier = release_difference(released(releasing(old)))

    assert earlier is not None
    assert lines_of(earlier) == ["086/02", TOTAL]
    assert grid(earlier)[TOTAL, TOTAL] == Count(8)
    hidden = tabling(ROWS, "2024-01", "2024-02", lambda r, p: Suppressed("primary"))
    assert release_difference(released(releasing(hidden))) is None


@pytest.mark.parametrize("columns", ["month", "quarter", "year", "financial-year"])
@pytest.mark.parametrize(("first", "last"), [("2024-04", "2024-06"), ("2024-02", "2025-05"), ("2024-01", "2024-12")])
def test_periods_of_every_width_come_back_with_the_months_that_counted(
    releasing: Any, tabling: Any, columns: str, first: str, last: str
) -> None:
    old = tabling(ROWS, first, last, lambda r, p: 4, columns=columns)

    earlier = release_difference(released(releasing(old)))

    assert earlier is not None
    assert earlier.columns[0].leaves == old.columns[0].leaves


def test_a_new_version_prints_both_tables_and_says_what_changed_and_why(
    releasing: Any, tabling: Any, tmp_path: Any
) -> None:
    old = tabling(ROWS, "2024-01", "2024-02", lambda r, p: 4)
    write_bundle(releasing(old), tmp_path / "a")
    earlier = read_earlier(tmp_path / "a")
    new = tabling(ROWS, "2024-01", "2024-03", lambda r, p: 5 if (r.key, p) == ("088/15", "2024-02") else 4)
    base = releasing(new)
    assert earlier.table is not None
    under = replace(new, name="denominators", title="All recorded offences in scope")
    let = control([new, under, earlier.table], policy=POLICY)
    made = replace(
        base.provenance, extract_date="2025-09-01", request={**base.provenance.request, "terms": {"any": ["AI"]}}
    )
    note = what_changed(earlier, made, answer=let.tables["mentions"], tables=let.tables, reason="Late entries.")
    release = replace(
        base, answer=let.tables["mentions"], denominators=let.tables["denominators"], others=(let.tables[EARLIER],),
        document=let.document, control=let.record, provenance=made, notes=note, supersedes=earlier.name,
    )  # fmt: skip
    write_bundle(release, tmp_path / "b")

    page = (tmp_path / "b" / "response.html").read_text()
    assert "This version replaces 01/FOI/25/000123/X, version of 2025-08-19. Reason: Late entries." in page
    assert (
        "The first answer used records extracted on 2025-08-01. This one uses records extracted on 2025-09-01." in page
    )
    assert "The search terms have changed." in page
    assert "HO 088/15 Images, Feb 2024: 4 then, 5 now." in page
    assert page.count(" then, ") == 1
    assert "Table 3: The earlier version of this answer, of 2025-08-19" in page
    assert verify(tmp_path / "b").ok


def test_a_change_that_disclosure_control_hides_is_not_told(releasing: Any, tabling: Any, tmp_path: Any) -> None:
    write_bundle(releasing(tabling(ROWS, "2024-01", "2024-02", lambda r, p: 9)), tmp_path / "a")
    earlier = read_earlier(tmp_path / "a")
    assert earlier.table is not None
    now = releasing(tabling(ROWS, "2024-01", "2024-02", lambda r, p: Suppressed("primary")))
    before = control([earlier.table], policy=POLICY).tables[EARLIER]

    tables = {now.answer.name: now.answer, EARLIER: before}
    note = what_changed(earlier, now.provenance, answer=now.answer, tables=tables, reason="")

    assert not [part for line in note for part in line if not isinstance(part, str)]


def test_what_is_no_bundle_is_refused(tmp_path: Any) -> None:
    with pytest.raises(BundleError, match=r"holds no release\.json"):
        read_earlier(tmp_path)
    with pytest.raises(BundleError, match="does not hold the table"):
        release_difference({"printed": []})


def test_earlier_mentions_are_held_against_mentions_and_not_against_what_was_confirmed(
    releasing: Any, tabling: Any, tmp_path: Any
) -> None:
    write_bundle(releasing(tabling(ROWS, "2024-01", "2024-02", lambda r, p: 4)), tmp_path / "a")
    earlier = read_earlier(tmp_path / "a")
    assert earlier.table is not None and earlier.counts == "mentions"
    mentions = tabling(ROWS, "2024-01", "2024-02", lambda r, p: 5 if (r.key, p) == ("088/15", "2024-02") else 4)
    confirmed = tabling(ROWS, "2024-01", "2024-02", lambda r, p: 1, name="confirmed", population="confirmed")
    tables = control([confirmed, mentions, earlier.table], policy=POLICY).tables

    base = releasing(mentions)
    note = what_changed(earlier, base.provenance, answer=tables["confirmed"], tables=tables, reason="")

    assert ("Table 1 counted every mention. Now it counts what people confirmed.",) in note
    told = [line for line in note if any(not isinstance(part, str) for part in line)]
    assert len(told) == 1 and "Feb 2024" in str(told[0][0])
