"""`clearcount deadline`, `cost` and `calendar update` as a user runs them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from clearcount.cli import cli


@pytest.fixture(autouse=True)
def _settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's settings folder is this test's own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.delenv("CLEARCOUNT_CALENDAR", raising=False)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def test_deadline_prints_the_promised_json() -> None:
    found = json.loads(run("deadline", "--received", "2025-09-03", "--json").stdout)
    assert list(found) == ["due", "received", "trace", "calendar"]
    assert (found["due"], found["received"]) == ("2025-10-01", "2025-09-03")
    assert found["trace"][0] == {"date": "2025-09-03", "counted": None, "why": "day of receipt"}
    assert found["trace"][-1] == {"date": "2025-10-01", "counted": 20, "why": "working day"}
    assert isinstance(found["calendar"], str) and "2028-12-31" in found["calendar"]


def test_a_clock_that_does_not_run_is_an_answer() -> None:
    done = run("deadline", "--received", "2025-09-03", "--event", "clarify:2025-09-10/", "--json")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert (found["due"], found["trace"], found["received"]) == (None, [], "2025-09-03")


def test_the_trace_begins_on_the_day_of_the_answer() -> None:
    done = run(
        "deadline",
        "--received",
        "2025-09-03",
        "--event",
        "clarify:2025-09-10/2025-09-24;ack:",
        "--event",
        "pit:1",
        "--json",
    )
    found = json.loads(done.stdout)
    assert (found["trace"][0]["date"], found["received"], found["due"]) == ("2025-09-24", "2025-09-03", "2025-10-23")


def test_deadline_for_people_names_the_holiday() -> None:
    shown = run("deadline", "--received", "2026-06-01").stdout
    assert shown.startswith("due Tuesday 30 June 2026\n")
    assert "2026-06-15 Mon       World Cup bank holiday (Scotland)\n" in shown
    assert run("deadline", "--received", "2026-06-01", "--quiet").stdout == "2026-06-30\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("deadline", "--received", "2025-02-30"),
        ("deadline", "--received", "2025-07-22T10:00"),
        ("deadline", "--received", "2028-12-20"),
        ("deadline", "--received", "2025-09-03", "--event", "pause:1"),
        ("deadline", "--received", "2025-06-02", "--regime", "eir"),
        ("deadline", "--received", "2025-06-02", "--regime", "foisa"),
        ("deadline", "--received", "2025-06-02", "--regime", "sar"),
        ("deadline", "--received", "2025-06-02", "--review", "2025-07-14"),
        ("deadline", "--received", "2025-06-02", "--answered", "2025-06-01"),
        ("deadline", "--received", "2025-06-02", "--answered", "2025-06-30", "--review", "2025-06-29"),
        ("deadline", "--received", "2025-06-02", "--answered", "2025-06-30", "--review", "/2025-07-14"),
        ("deadline", "--received", "2025-06-02", "--answered", "2025-06-30", "--review", "2025-07-14/2025-07-13"),
        ("deadline",),
        ("cost",),
        ("cost", "--records", "5"),
        ("cost", "--records", "-5", "--minutes", "3"),
        ("cost", "--records", "5", "--minutes", "nan"),
        ("cost", "--records", "5", "--minutes", "three"),
        ("cost", "--window", "2025-09-03"),
        ("cost", "--window", "2025-09-03", "2025-13-01"),
        ("cost", "--window", "2025-09-03", "2025-10-01", "--records", "5"),
        ("calendar", "update", "/nonexistent.json"),
        ("calendar", "update"),
    ],
)
def test_wrong_use_is_exit_2_with_a_sentence(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert "rror" in done.stderr and "Traceback" not in done.output


def test_cost_prints_the_promised_json_and_exits_0_whatever_the_answer() -> None:
    done = run("cost", "--records", "1144", "--minutes", "3", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"hours": 57.2, "limit_hours": 18, "cost": 1430, "limit": 450, "exceeds": True}
    at_the_edge = json.loads(run("cost", "--records", "340", "--minutes", "3", "--other-hours", "1", "--json").stdout)
    assert at_the_edge == {"hours": 18, "limit_hours": 18, "cost": 450, "limit": 450, "exceeds": False}
    assert "within the limit of £450 (18 hours)" in run("cost", "--records", "360", "--minutes", "3").stdout
    assert run("cost", "--records", "361", "--minutes", "3", "--quiet").stdout == "exceeds\n"


def test_window_prints_the_promised_json() -> None:
    for second, answer in (("2025-08-27", True), ("2025-08-28", False)):
        done = run("cost", "--window", "2025-06-02", second, "--json")
        assert (done.exit_code, json.loads(done.stdout)) == (
            0,
            {"aggregate": answer, "within_sixty_working_days": answer},
        )
    assert "officer" in run("cost", "--window", "2025-06-02", "2025-06-03").stdout
    assert run("cost", "--window", "2025-06-02", "2026-06-03", "--quiet").stdout == "no\n"


def test_calendar_update_is_used_by_the_next_deadline(tmp_path: Path) -> None:
    events = [
        f"{year}-{day}"
        for year in (2028, 2029)
        for day in ("01-03", "04-14", "04-17", "05-01", "05-29", "08-28", "12-25", "12-26")
    ]
    raw = {
        slug: {"division": slug, "events": [{"title": "Holiday", "date": day, "notes": ""} for day in events]}
        for slug in ("england-and-wales", "scotland", "northern-ireland")
    }
    file = tmp_path / "bank-holidays.json"
    file.write_text(json.dumps(raw), encoding="utf-8")
    assert run("deadline", "--received", "2028-12-20").exit_code == 2
    done = run("calendar", "update", str(file))
    assert done.exit_code == 0, done.output
    assert "+ 2029-01-03 Holiday (Scotland)" in done.stdout and "dropped; kept in" in done.stdout
    assert (tmp_path / "settings" / "clearcount" / "bank-holidays.json").is_file()
    found = json.loads(run("deadline", "--received", "2028-12-20", "--json").stdout)
    assert date.fromisoformat(found["due"]) == date(2029, 1, 22) and "2029-12-31" in found["calendar"]
    other = run("deadline", "--received", "2028-12-20", "--calendar", str(tmp_path / "none.json"))
    assert other.exit_code == 2, "another table, here the packaged one, is taken when it is named"
    assert run("calendar", "update", str(file), "--quiet").output == ""


def test_help_has_an_example() -> None:
    for command in (("deadline",), ("cost",), ("calendar", "update"), ("codes",), ("demo",)):
        assert f"Example: clearcount {' '.join(command)}" in run(*command, "--help").stdout


def test_the_days_after_an_answer_are_those_of_the_code_and_the_regulator() -> None:
    asked = ("deadline", "--received", "2025-06-02", "--answered", "2025-06-30")
    assert json.loads(run(*asked, "--json").stdout)["after"] == {
        "answered": "2025-06-30",
        "review_until": "2025-08-28",  # 14 July, 4 and 25 August are holidays
        "review_due": None,
        "review_latest": None,
        "complaint_until": "2025-08-11",
        "regulator": "Information Commissioner",
    }
    found = json.loads(run(*asked, "--review", "2025-07-14/2026-10-01", "--json").stdout)["after"]
    assert (found["review_due"], found["review_latest"]) == ("2025-08-12", "2025-09-10")
    assert (found["complaint_until"], found["regulator"]) == ("2026-11-12", "Information Commission")
    assert "after" not in json.loads(run("deadline", "--received", "2025-06-02", "--json").stdout)
    assert "a review is to be accepted if asked for by 2025-08-28" in run(*asked).stdout
