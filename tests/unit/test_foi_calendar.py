"""The bank-holiday table: what it holds, where it ends, and how it is updated."""

from __future__ import annotations

import json
import subprocess
import sys
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from clearcount import data as package_data
from clearcount.errors import CalendarError
from clearcount.foi import Calendar, due, packaged_calendar, parse_govuk
from clearcount.workflow.foi import calendar_in_use, update_calendar

CALENDAR = packaged_calendar()
ROOT = Path(__file__).parents[2]


def govuk(first: int, last: int, *more: tuple[str, str, str]) -> dict[str, Any]:
    """GOV.UK's JSON made out of the packaged table, moved on by whole years where it ends before `last`."""
    slugs = {"England and Wales": "england-and-wales", "Scotland": "scotland", "Northern Ireland": "northern-ireland"}
    events: dict[str, list[dict[str, Any]]] = {slug: [] for slug in slugs.values()}
    for year in range(first, last + 1):
        source = min(year, 2028)
        for day, titles in CALENDAR.days.items():
            if day.year == source and day not in CALENDAR.kept:
                for nation, title in titles.items():
                    moved = day + timedelta(days=365 * (year - source))
                    events[slugs[nation]].append(
                        {"title": title, "date": moved.isoformat(), "notes": "", "bunting": True}
                    )
    for slug, day_text, title in more:
        events[slug].append({"title": title, "date": day_text, "notes": "Substitute day", "bunting": False})
    return {slug: {"division": slug, "events": found} for slug, found in events.items()}


def test_the_table_says_where_it_comes_from_and_where_it_ends() -> None:
    assert (CALENDAR.first, CALENDAR.last) == (date(2012, 1, 1), date(2028, 12, 31))
    assert "GOV.UK" in CALENDAR.source and "taken 2026-11-22" in CALENDAR.source
    raw = package_data.read_json("bank_holidays.json")
    assert raw["licence"].startswith("Crown copyright") and len(raw["govuk_sha256"]) == 64
    assert CALENDAR.digest == packaged_calendar().digest and len(CALENDAR.digest) == 64


def test_a_day_is_named_with_its_reason_and_nations() -> None:
    assert CALENDAR.why_not(date(2026, 6, 15)) == "World Cup bank holiday (Scotland)"
    assert "Boyne" in CALENDAR.why_not(date(2024, 7, 12)) and "(Northern Ireland)" in CALENDAR.why_not(
        date(2024, 7, 12)
    )
    assert CALENDAR.why_not(date(2025, 12, 25)) == "Christmas Day (England and Wales, Northern Ireland, Scotland)"
    both = CALENDAR.why_not(date(2012, 1, 2))
    assert "2nd January (Scotland)" in both and "substitute day (England and Wales, Northern Ireland)" in both
    assert (CALENDAR.why_not(date(2025, 9, 6)), CALENDAR.why_not(date(2025, 9, 7))) == ("Saturday", "Sunday")
    assert CALENDAR.why_not(date(2025, 12, 27)) == "Saturday"
    assert CALENDAR.why_not(date(2025, 9, 8)) == ""


@pytest.mark.parametrize("day", [date(2011, 12, 31), date(2029, 1, 1), date.max, date.min])
def test_a_day_outside_the_table_raises_and_says_what_to_do(day: date) -> None:
    with pytest.raises(CalendarError, match="clearcount calendar update"):
        CALENDAR.is_working(day)


def test_a_deadline_that_needs_a_day_past_the_horizon_raises() -> None:
    assert due("2028-11-28").due == date(2028, 12, 29)
    with pytest.raises(CalendarError, match="2029-01-01 lies outside"):
        due("2028-12-04")
    with pytest.raises(CalendarError):
        due("2025-09-03", "pit:1000")
    assert due("2028-12-20", "clarify:2028-12-21/").due is None


@pytest.mark.data
def test_every_published_day_is_in_the_table(data: Path) -> None:
    published = parse_govuk(
        json.loads((data / "conformance/uk_bank_holidays_to_2025.json").read_text(encoding="utf-8"))
    )
    for day, titles in published.days.items():
        assert set(titles) == set(CALENDAR.days[day])
    ours = {day for day in CALENDAR.days if day <= published.last}
    assert ours == set(published.days)


@pytest.mark.data
def test_the_script_builds_the_table_and_stops_where_its_sources_differ(data: Path, tmp_path: Path) -> None:
    source, out = data / "conformance/uk_bank_holidays_to_2025.json", tmp_path / "table.json"
    command = [sys.executable, str(ROOT / "tools/build_holidays.py"), "--origin", "a test", "--taken", "2026-01-01"]
    built = subprocess.run([*command, "--govuk", str(source), "--out", str(out)], capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    table = Calendar.from_mapping(json.loads(out.read_text(encoding="utf-8")))
    assert table.days == {day: titles for day, titles in CALENDAR.days.items() if day.year <= 2025}
    raw = json.loads(source.read_text(encoding="utf-8"))
    raw["scotland"]["events"] = [event for event in raw["scotland"]["events"] if event["date"] != "2024-12-02"]
    lacking = tmp_path / "lacking.json"
    lacking.write_text(json.dumps(raw), encoding="utf-8")
    again = tmp_path / "again.json"
    stopped = subprocess.run([*command, "--govuk", str(lacking), "--out", str(again)], capture_output=True, text=True)
    assert stopped.returncode == 1 and "datetime.date(2024, 12, 2), 'Scotland'" in stopped.stderr
    assert not again.exists()


def test_an_update_moves_the_horizon_and_keeps_what_came_before(tmp_path: Path) -> None:
    file, kept = tmp_path / "govuk.json", tmp_path / "settings" / "table.json"
    file.write_text(json.dumps(govuk(2025, 2030, ("scotland", "2030-06-10", "Extra day"))), encoding="utf-8")
    done = update_calendar(file, kept)
    assert done.calendar.last == date(2030, 12, 31)
    assert (date(2030, 6, 10), "Extra day, substitute day (Scotland)") in done.added
    assert done.dropped == ()
    used = calendar_in_use(kept)
    assert used == done.calendar and used.digest != CALENDAR.digest
    assert used.why_not(date(2026, 6, 15)), "a day proclaimed too late for GOV.UK's copy stays"
    assert due("2028-12-20", calendar=used).due
    again = update_calendar(file, kept)
    assert (again.added, again.dropped, again.calendar.digest) == ((), (), used.digest)


def test_an_update_drops_a_day_that_was_moved_and_says_so(tmp_path: Path) -> None:
    moved = govuk(2026, 2028)
    for division in moved.values():
        for event in division["events"]:
            if event["date"] == "2027-05-03":
                event["date"] = "2027-05-07"
    file = tmp_path / "govuk.json"
    file.write_text(json.dumps(moved), encoding="utf-8")
    done = update_calendar(file, tmp_path / "table.json")
    assert {day for day, _ in done.added} == {date(2027, 5, 7)}
    assert {day for day, _ in done.dropped} == {date(2027, 5, 3)}
    assert done.calendar.is_working(date(2027, 5, 3)) and not done.calendar.is_working(date(2027, 5, 7))


def test_no_file_means_the_packaged_table(tmp_path: Path) -> None:
    assert calendar_in_use(None) is CALENDAR
    assert calendar_in_use(tmp_path / "none.json") is CALENDAR


def test_the_table_written_is_the_table_read() -> None:
    assert Calendar.from_mapping(json.loads(json.dumps(CALENDAR.to_mapping()))) == CALENDAR


def broken() -> list[tuple[str, Any]]:
    whole = govuk(2027, 2028)
    lacks, cut, wrong, untitled, uneven = (deepcopy(whole) for _ in range(5))
    del lacks["scotland"]
    cut["scotland"]["events"] = cut["scotland"]["events"][:4]
    wrong["scotland"]["events"][0]["date"] = "2027-02-30"
    untitled["northern-ireland"]["events"][0] = {"date": "2027-01-01"}
    uneven["scotland"]["events"] = [event for event in uneven["scotland"]["events"] if event["date"] < "2028"]
    gap = govuk(2028, 2031)
    for division in gap.values():
        division["events"] = [event for event in division["events"] if event["date"] > "2031"]
    return [
        ("lacks a division", lacks),
        ("looks cut", cut),
        ("without a title or a date", wrong),
        ("without a title or a date", untitled),
        ("same unbroken years", uneven),
        ("years between", gap),
        ("lacks a division", []),
        ("same unbroken years", {slug: {"events": []} for slug in whole}),
        ("without a title or a date", {slug: {"events": 5} for slug in whole}),
    ]


@pytest.mark.parametrize(("said", "content"), broken())
def test_a_file_that_is_not_whole_is_refused_and_nothing_changes(said: str, content: Any, tmp_path: Path) -> None:
    file, kept = tmp_path / "govuk.json", tmp_path / "table.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(CalendarError, match=said):
        update_calendar(file, kept)
    assert not kept.exists()


@pytest.mark.parametrize("content", [b"", b"<html>", b"\xff\xfe", b'{"days": 3}', b"[]", b'{"days": [["x"]]}'])
def test_a_kept_table_that_was_damaged_is_refused_by_name(content: bytes, tmp_path: Path) -> None:
    kept = tmp_path / "table.json"
    kept.write_bytes(content)
    with pytest.raises(CalendarError, match=r"table\.json"):
        calendar_in_use(kept)
    with pytest.raises(CalendarError):
        update_calendar(kept, tmp_path / "other.json")


def test_a_table_that_does_not_fit_its_range_is_refused() -> None:
    raw = CALENDAR.to_mapping()
    with pytest.raises(CalendarError, match="does not fit"):
        Calendar.from_mapping({**raw, "last": "2020-12-31"})
    with pytest.raises(CalendarError, match="does not fit"):
        Calendar.from_mapping({**raw, "days": []})
