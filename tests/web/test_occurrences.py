"""Occurrences: recorded once, corrected by new entries, exported as a source like any other."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.test import Client

from clearcount_web.accounts.models import User
from clearcount_web.accounts.roles import Role
from clearcount_web.audit.models import Event
from clearcount_web.ground.refusals import Refused
from clearcount_web.occurrences import actions, queries
from clearcount_web.occurrences.export import export_occurrences
from clearcount_web.occurrences.models import Occurrence

NOW = datetime(2026, 6, 2, 10, 0, tzinfo=UTC)
TEXT = "Caller says a picture was made with AI."


@pytest.fixture
def officer(sign_in: Callable[..., User]) -> User:
    return sign_in("corin", Role.CONTACT_OFFICER)


def opened(by: User, *codes: str, on: date = date(2026, 6, 1)) -> Occurrence:
    return actions.open_occurrence(
        by=by,
        now=NOW,
        reported_on=on,
        summary=TEXT,
        offences=tuple(actions.NewOffence(code, on) for code in codes or ("88/15",)),
    )


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_an_occurrence_has_a_number_offences_and_texts(officer: User) -> None:
    first, second = opened(officer), opened(officer, "086/02", "HO 035/00")
    assert (first.number, second.number) == ("W26000001", "W26000002")
    shown = queries.opened(second.number, by=officer)
    assert [(offence.crime_no, offence.code) for offence in shown.offences] == [
        ("W26000002-1", "086/02"),
        ("W26000002-2", "035/00"),
    ]
    assert shown.summary is not None and shown.summary.text == TEXT


@pytest.mark.parametrize(
    ("code", "day", "word"),
    [
        ("999/98", date(2026, 6, 1), "no list"),
        ("088/15", date(2024, 1, 30), "not in force"),
        ("88/15", date(2027, 1, 1), "future"),
    ],
)
def test_a_code_must_be_known_and_in_force_that_day(officer: User, code: str, day: date, word: str) -> None:
    with pytest.raises(Refused, match=word):
        opened(officer, code, on=day)


def test_a_correction_is_a_new_entry_and_the_old_one_stays(officer: User) -> None:
    occurrence = opened(officer)
    wrong = actions.add_entry(occurrence, field="oel", text="Wrong.", by=officer, now=NOW)
    right = actions.add_entry(occurrence, field="oel", text="Right.", by=officer, now=NOW, corrects=wrong)
    log = queries.opened(occurrence.number, by=officer).log
    assert [(entry.text, entry.holds) for entry in log] == [("Wrong.", False), ("Right.", True)]
    with pytest.raises(RuntimeError):
        wrong.save()
    with pytest.raises(RuntimeError):
        right.delete()
    with pytest.raises(Refused):
        actions.add_entry(occurrence, field="oel", text="Again.", by=officer, now=NOW, corrects=wrong)


def test_every_act_and_every_reading_is_an_event_without_text(officer: User) -> None:
    occurrence = opened(officer)
    actions.set_marker(occurrence, name="AI", on=True, basis="victim says so", by=officer, now=NOW)
    actions.set_status(occurrence.offences.get(), status="cancelled", reason="Recorded twice.", by=officer)
    queries.opened(occurrence.number, by=officer)
    events = list(Event.objects.order_by("number"))
    verbs = [event.verb for event in events]
    for verb in (
        "occurrence.opened",
        "offence.recorded",
        "entry.added",
        "marker.set",
        "offence.changed",
        "occurrence.read",
    ):
        assert verb in verbs
    assert not [event for event in events if TEXT in event.changes or "picture" in event.changes]


def test_the_export_is_in_the_default_layout_and_names_nobody(officer: User, tmp_path: Path) -> None:
    occurrence = opened(officer, "88/15", "86/2")
    actions.set_marker(occurrence, name="AI", on=True, basis="officer saw it", by=officer, now=NOW)
    actions.add_person(occurrence, actions.NewPerson("victim", "Made-up Name", contact="01"), by=officer)
    wrong = actions.add_entry(occurrence, field="oel", text="Wrong.", by=officer, now=NOW)
    actions.add_entry(occurrence, field="oel", text="Right.", by=officer, now=NOW, corrects=wrong)
    assert export_occurrences(tmp_path / "out", by=officer, now=NOW) == (2, 3)
    assert [
        (row["crime_no"], row["home_office_code"], row["markers"]) for row in rows(tmp_path / "out", "offences.csv")
    ] == [
        ("W26000001-1", "088/15", "AI"),
        ("W26000001-2", "086/02", "AI"),
    ]
    texts = rows(tmp_path / "out", "texts.csv")
    assert [(row["field"], row["entry_no"], row["text"]) for row in texts] == [
        ("oel", "1", ""),
        ("oel", "2", "Right."),
        ("summary", "1", TEXT),
    ]
    assert "Made-up Name" not in "".join(path.read_text() for path in (tmp_path / "out").iterdir())
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "out").iterdir())


def test_what_the_force_holds_under_its_own_number_is_never_counted_twice(officer: User, tmp_path: Path) -> None:
    early, late = opened(officer), opened(officer)
    actions.set_force_number(late, number="N-1", by=officer)
    export_occurrences(tmp_path, by=officer, now=NOW)
    assert [row["occurrence_no"] for row in rows(tmp_path, "offences.csv")] == [early.number]
    actions.set_force_number(early, number="N-2", by=officer)
    export_occurrences(tmp_path, by=officer, now=NOW)
    assert [(row["occurrence_no"], row["status"]) for row in rows(tmp_path, "offences.csv")] == [
        (early.number, "transferred")
    ]
    with pytest.raises(Refused):
        actions.set_force_number(opened(officer), number="N-1", by=officer)


def test_the_pages_work_for_a_contact_officer_and_nobody_else(staff: Client, sign_in: Callable[..., User]) -> None:
    sign_in("corin", Role.CONTACT_OFFICER)
    made = staff.post(
        "/occurrences/new",
        {
            "code": "88/15",
            "reported_on_0": "1",
            "reported_on_1": "6",
            "reported_on_2": "2026",
            "channel": "phone",
            "summary": TEXT,
        },
    )
    assert made.status_code == 302, made.content.decode()[:3000]
    page = staff.get(made["Location"])
    assert TEXT in page.content.decode()
    assert staff.post(made["Location"] + "text", {"field": "oel", "text": "<b>One more</b>"}).status_code == 302
    assert "&lt;b&gt;One more&lt;/b&gt;" in staff.get(made["Location"]).content.decode()
    wrong = staff.post("/occurrences/new", {"code": "999/98", "summary": ""})
    assert wrong.status_code == 200 and "There is a problem" in wrong.content.decode()
    sign_in("amir", Role.ANALYST)
    assert staff.get(made["Location"]).status_code == 403
