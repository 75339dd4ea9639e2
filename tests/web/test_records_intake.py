"""The data room: an export of the inbox is asked about, read, imported once, and nothing of a record is told."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils.timezone import localdate

sys.path.insert(0, str(Path(__file__).parent))
from casework import person
from test_cases_counts import Work

from clearcount.store import open_store
from clearcount_web.accounts.roles import EVERY_ROLE, Role
from clearcount_web.audit.models import Event
from clearcount_web.ground.refusals import Refused
from clearcount_web.jobs.models import Job
from clearcount_web.records import inbox, intakes
from clearcount_web.records.models import Intake

ROWS = (
    ("Ref", "Crime Number", "HO Code", "Recorded", "State", "Summary"),
    ("QX-1", "NC-1", "046/00", "04/05/2025", "Live", "Bottle taken by Wilhelmina Orme from a shop in the middle."),
    ("QX-2", "NC-2", "086/02", "04/05/2025", "Live", "A picture was made with AI, says the caller who rang us twice."),
    ("QX-3", "NC-3", "105/01", "05/05/2025", "No crime", "Reported twice by mistake, as the log of that day says."),
)  # fmt: skip
DAY = {"as_at_0": "6", "as_at_1": "5", "as_at_2": "2025"}


@pytest.fixture
def room(db: None, tmp_path: Path) -> Iterator[Path]:
    """An inbox with one export, and the place of a record store that is not there yet."""
    folder = tmp_path / "inbox" / "may"
    folder.mkdir(parents=True)
    with (folder / "crimes.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(ROWS)
    with override_settings(INBOX_DIR=tmp_path / "inbox", STORE_DIR=tmp_path / "store", READING_STORE_DIR=None):
        yield tmp_path


def worked(kind: str) -> Work:
    """Does the last job of a kind, as the worker would."""
    work = Work(Job.objects.filter(kind=kind).latest("id"))
    {intakes.EXPLAIN: intakes.explain_intake, intakes.IMPORT: intakes.import_intake}[kind](work)
    return work


def looked(staff: Client, **said: str) -> Intake:
    """Sends the answers of the page of the export, and lets the worker read it."""
    address = f"/records/inbox/{inbox.key_of('may')}/"
    sent = staff.post(address, {**DAY, **said})
    assert sent.status_code == 302, sent.content.decode()[:3000]
    worked(intakes.EXPLAIN)
    return Intake.objects.latest("pk")


def test_from_the_inbox_to_a_snapshot(room: Path, staff: Client, sign_in: Callable[..., Any]) -> None:
    sign_in("amir", Role.ANALYST)
    assert "may" in staff.get("/records/").content.decode()
    page = staff.get(f"/records/inbox/{inbox.key_of('may')}/").content.decode()
    for words in ("HO Code", "recorded_on", "one offence a row", "No crime", "aaaa"):
        assert words in page, words
    assert "Wilhelmina" not in page and "QX-1" not in page, "values are shapes"
    asked = looked(staff)
    assert (asked.state, asked.fault) == ("explained", "")
    page = staff.get(f"/records/imports/{asked.pk}/").content.decode()
    assert "3 rows, 0 would be quarantined" in page and "Wilhelmina" not in page
    assert not settings.STORE_DIR.exists(), "nothing is imported before somebody agrees"
    assert staff.post(f"/records/imports/{asked.pk}/", {}).status_code == 302
    again = staff.post(f"/records/imports/{asked.pk}/", {})
    assert "Somebody was faster" in again.content.decode()
    work = worked(intakes.IMPORT)
    assert work.told[0] == (0, 3)
    asked.refresh_from_db()
    assert (asked.state, asked.snapshot, asked.new, asked.fault) == ("imported", 1, True, "")
    assert asked.counts["offences"]["added"] == 3 and asked.agreed_by.username == "amir"
    assert open_store(settings.STORE_DIR).snapshot().as_at == date(2025, 5, 6)
    worked(intakes.IMPORT)  # the same job after a stop: it has ended
    assert len(open_store(settings.STORE_DIR).snapshots()) == 1
    page = staff.get("/records/snapshots/1/").content.decode()
    assert "046/00" in page and "Wilhelmina" not in page
    assert "status" in staff.get("/records/snapshots/1/values/").content.decode()
    values = staff.get("/records/snapshots/1/values/?column=status").content.decode()
    assert "cancelled" in values
    assert staff.get("/records/snapshots/1/values/?column=nothing").status_code == 403
    assert staff.get("/records/snapshots/2/").status_code == 404
    verbs = list(Event.objects.filter(verb__startswith="import.").order_by("number").values_list("verb", flat=True))
    assert verbs == ["import.explained", "import.agreed", "import.ended"]
    assert "Wilhelmina" not in str(list(Intake.objects.values())) + str(list(Event.objects.values()))


def test_what_a_person_says_is_what_is_imported(room: Path, staff: Client, sign_in: Callable[..., Any]) -> None:
    sign_in("amir", Role.ANALYST)
    address = f"/records/inbox/{inbox.key_of('may')}/"
    twice = staff.post(address, {**DAY, "role-0-1": "occurrence_no"}).content.decode()
    assert "two columns are occurrence_no" in twice
    lacking = staff.post(address, {**DAY, "role-0-2": ""}).content.decode()
    assert "no column is code" in lacking
    strange = staff.post(address, {**DAY, "role-0-2": "password"}).content.decode()
    assert "cannot be that" in strange
    day = localdate() + timedelta(days=2)
    early = staff.post(address, {"as_at_0": day.day, "as_at_1": day.month, "as_at_2": day.year}).content.decode()
    assert "still to come" in early
    assert not Intake.objects.exists()
    asked = looked(staff, **{"state-0": "cancelled", "day-0": "month"})
    assert "2025-04-05" not in asked.layout and "%m/%d/%Y" in asked.layout
    assert 'Live = "cancelled"' in asked.layout or '"Live" = "cancelled"' in asked.layout


def test_files_that_changed_since_somebody_looked_are_not_imported(
    room: Path, staff: Client, sign_in: Callable[..., Any]
) -> None:
    sign_in("amir", Role.ANALYST)
    asked = looked(staff)
    with (room / "inbox" / "may" / "crimes.csv").open("a", encoding="utf-8") as file:
        file.write("QX-9,NC-9,046/00,04/05/2025,Live,More.\r\n")
    assert "have changed" in staff.post(f"/records/imports/{asked.pk}/", {}).content.decode()
    asked = looked(staff)
    assert staff.post(f"/records/imports/{asked.pk}/", {}).status_code == 302
    (room / "inbox" / "may" / "crimes.csv").unlink()
    worked(intakes.IMPORT)
    asked.refresh_from_db()
    assert asked.state == "failed" and asked.fault and str(room) not in asked.fault
    assert not settings.STORE_DIR.exists()


def test_an_import_that_the_library_refuses_says_why_and_can_be_put_aside(
    room: Path, staff: Client, sign_in: Callable[..., Any]
) -> None:
    sign_in("amir", Role.ANALYST)
    asked = looked(staff, layout="niche")
    assert asked.state == "failed" and asked.fault and str(room) not in asked.fault
    asked = looked(staff)
    assert staff.post(f"/records/imports/{asked.pk}/put-aside").status_code == 302
    asked.refresh_from_db()
    assert asked.state == "dropped"
    with pytest.raises(Refused, match="put aside"):
        intakes.agree(asked.pk, {}, by=person("amir", Role.ANALYST))


def test_work_that_broke_off_ends_the_import(room: Path, staff: Client, sign_in: Callable[..., Any]) -> None:
    sign_in("amir", Role.ANALYST)
    asked = looked(staff)
    staff.post(f"/records/imports/{asked.pk}/", {})
    Job.objects.filter(kind=intakes.IMPORT).update(state=Job.State.FAILED)
    assert "broken off" in staff.get(f"/records/imports/{asked.pk}/").content.decode()
    worked(intakes.IMPORT)
    assert not settings.STORE_DIR.exists(), "what was ended is not done after all"


def test_links_and_what_is_no_file_are_not_read(room: Path, staff: Client, sign_in: Callable[..., Any]) -> None:
    (room / "secret.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (room / "inbox" / "link.csv").symlink_to(room / "secret.csv")
    (room / "inbox" / "may" / "inside.csv").symlink_to(room / "secret.csv")
    (room / "inbox" / ".hidden").write_text("x", encoding="utf-8")
    (room / "inbox" / "empty").mkdir()
    found = {each.name: each.refused for each in inbox.exports()}
    assert set(found) == {"link.csv", "may", "empty"}
    assert "link" in found["link.csv"] and "link" in found["may"] and "no file" in found["empty"]
    sign_in("amir", Role.ANALYST)
    assert staff.get(f"/records/inbox/{inbox.key_of('link.csv')}/").status_code == 403
    assert staff.get("/records/inbox/0123456789abcdef/").status_code == 403


@pytest.mark.parametrize("role", sorted(EVERY_ROLE))
def test_who_opens_the_data_room(room: Path, staff: Client, sign_in: Callable[..., Any], role: Role) -> None:
    sign_in("amir", Role.ANALYST)
    asked = looked(staff)
    sign_in(f"one-{role}", role)
    looks, imports = role in (Role.FOI_OFFICER, Role.ANALYST), role is Role.ANALYST
    assert staff.get("/records/").status_code == (200 if looks else 403)
    assert staff.get(f"/records/imports/{asked.pk}/").status_code == (200 if looks else 403)
    assert staff.get(f"/records/inbox/{inbox.key_of('may')}/").status_code == (200 if imports else 403)
    assert staff.post(f"/records/imports/{asked.pk}/", {}).status_code == (302 if imports else 403)
    asked.refresh_from_db()
    assert asked.state == ("importing" if imports else "explained")


def test_without_an_inbox_or_a_store_the_room_says_so(staff: Client, sign_in: Callable[..., Any]) -> None:
    sign_in("amir", Role.ANALYST)
    page = staff.get("/records/").content.decode()
    assert "CLEARCOUNT_INBOX_DIR" in page and "no record store" in page
