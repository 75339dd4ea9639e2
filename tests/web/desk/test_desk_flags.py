"""Flags, and what the list of reports is narrowed to."""

from __future__ import annotations

import io
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

sys.path.insert(0, str(Path(__file__).parent))
from desk_reports import STORY, came, flagged, listed, sort_all, words

from clearcount_web.accounts.models import User
from clearcount_web.audit.models import Event
from clearcount_web.triage import actions, flags, keyring, notes
from clearcount_web.triage.models import Mark, Report


def test_flags_are_shown_before_anybody_reads_and_each_sorting_is_an_event(officer: User, staff: Client) -> None:
    child = came(officer, age="13-15", danger="no")
    grown = came(officer, age="18+")
    unsaid = came(officer)
    shut = keyring.held("corin")
    actions.lock(by=officer)
    assert flagged() == {r.reference: {"NOT SORTED"} for r in (child, grown, unsaid)}
    assert "NOT SORTED" in words(staff.get("/reports/"))
    keyring.hold(shut, officer="corin")
    page = staff.get("/reports/")
    assert flagged() == {
        child.reference: {"CHILD"},
        grown.reference: set(),
        unsaid.reference: {"AGE NOT KNOWN"},
    }
    assert "CHILD" in words(page) and "unread" in words(page)
    events = Event.objects.using("default").filter(verb="report.sorted")
    assert sorted(events.values_list("key", flat=True)) == sorted(r.reference for r in (child, grown, unsaid))
    assert set(events.values_list("actor", flat=True)) == {"corin"}
    assert not Report.objects.exclude(first_read_at=None).exists()


BOTH = [{"SEVERAL VICTIMS"}, {"REPEAT", "SEVERAL VICTIMS"}]
AGAIN = [set(), {"REPEAT"}]
ONE, TWO = "07700 900001", "07700 900002"
CASES: dict[str, tuple[list[dict[str, str]], list[set[str]]]] = {
    "nothing shared": ([{"names": "one_name"}, {"names": "two_name"}], [set(), set()]),
    "same phone, two writings": ([{"phone": ONE}, {"phone": "+44 7700 900001"}], AGAIN),
    "same e-mail": ([{"email": "A@post.example"}, {"email": "a@POST.example "}], AGAIN),
    "same address": ([{"post": "1 Made-up Road, Moor"}, {"post": "1 made up road\nMoor"}], AGAIN),
    "same account, other people": ([{"names": "@bad_one", "phone": ONE}, {"names": "bad_one", "phone": TWO}], BOTH),
    "same account, same person": ([{"names": "bad_one", "phone": ONE}, {"names": "bad_one", "phone": ONE}], AGAIN),
    "same account, nobody known": ([{"names": "bad_one"}, {"names": "bad_one"}], BOTH),
    "same story twice": (
        [{"names": "bad_one", "story": STORY}, {"names": "bad_one", "story": STORY.upper()}],
        AGAIN,
    ),
    "a link and a name": ([{"links": "https://chat.example/bad_one"}, {"names": "bad_one"}], BOTH),
    "the victim's number is no account": ([{"phone": ONE}, {"names": ONE}], [set(), set()]),
    "nothing said": ([{"names": "unknown", "phone": ""}, {"names": "Unknown", "phone": ""}], [set(), set()]),
    "one person by way of a third report": (
        [
            {"names": "bad_one", "phone": ONE},
            {"phone": ONE, "email": "a@post.example"},
            {"names": "bad_one", "email": "a@post.example"},
        ],
        [set(), {"REPEAT"}, {"REPEAT"}],
    ),
    "three, two of one person": (
        [{"names": "bad_one", "phone": ONE}, {"names": "bad_one", "phone": ONE}, {"names": "bad_one"}],
        [*BOTH, {"REPEAT", "SEVERAL VICTIMS"}],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_repeats_and_several_victims_of_one_account(officer: User, name: str) -> None:
    said, wanted = CASES[name]
    reports = [came(officer, hours=10 - number, age="18+", **each) for number, each in enumerate(said)]
    sort_all(officer)
    found = flagged()
    assert [found[report.reference] for report in reports] == wanted


def test_a_flood_from_one_contact_does_not_stop_the_list(officer: User, staff: Client) -> None:
    """The work grows with the number of marks, not with its square: counted in statements and marks, not in time."""
    now = timezone.now()
    Report.objects.bulk_create(
        Report(reference=f"R-{n:08d}", duty_box=b"", recovery_box=b"", received_at=now, sorted_by="1:x!")
        for n in range(1500)
    )
    Mark.objects.bulk_create(
        Mark(report=report, kind=kind, digest="same")
        for report in Report.objects.all()
        for kind in ("contact", "account")
    )
    with CaptureQueriesContext(connections["default"]) as asked:
        found = flags.shared()
    assert len(asked) == 2 and "EXISTS" not in str(asked.captured_queries)
    assert (len(found.repeat), len(found.several)) == (1499, 0)
    page = staff.get("/reports/")
    assert "Showing 1 to 50 of 1500." in words(page) and "SEVERAL VICTIMS" not in words(page).replace("Several", "")
    report = came(officer, names="bad_one")
    sort_all(officer)
    digests = report.marks.values_list("digest", flat=True)
    Mark.objects.filter(digest="same", kind="account").update(digest=digests[0])
    page = words(staff.get(f"/reports/{report.reference}/"))
    assert "and 1470 more" in page and "SEVERAL VICTIMS another person reports the same account" in page


def test_a_purge_takes_marks_and_flags_with_it(officer: User) -> None:
    first, second = (came(officer, hours=9 - n, age="18+", names="bad_one") for n in range(2))
    sort_all(officer)
    actions.close(first, outcome="information", number="", reason="Why.", by=officer, now=timezone.now())
    Report.objects.filter(pk=first.pk).update(outcome_at=timezone.now() - timedelta(days=400))
    call_command("purge_reports", stdout=io.StringIO())
    assert set(Mark.objects.values_list("report", flat=True)) == {second.pk}
    assert flagged() == {second.reference: set()}


def test_filters_by_flag_state_holder_age_and_type(officer: User, staff: Client) -> None:
    child = came(officer, hours=30, age="under13", what=("threat",), danger="yes")
    unknown = came(officer, hours=5, what=("fake", "threat"))
    grown = came(officer, hours=2, age="18+", what=("paid",), names="bad_one")
    again = came(officer, hours=1, age="18+", names="bad_one")
    staff.post(f"/reports/{grown.reference}/hold", {"holds": "yes", "seen": ""})
    notes.add_note(again, "Call the school.", waits=True, by=officer, now=timezone.now())
    assert staff.get(f"/reports/{grown.reference}/").status_code == 200
    wanted = {
        "": [child, unknown, grown, again],
        "flag=danger": [child],
        "flag=child": [child, unknown],
        "flag=repeat": [again],
        "flag=several": [grown, again],
        "state=unread": [child, unknown, again],
        "state=read": [grown],
        "state=message": [],
        "state=to-do": [again],
        "state=over": [child],
        "holder=mine": [grown],
        "holder=free": [child, unknown, again],
        "holder=by:corin": [grown],
        "holder=by:mine": [],
        "older=1": [child, unknown, grown, again],
        "older=4": [child, unknown],
        "older=24": [child],
        "type=threat": [child, unknown],
        "type=fake": [unknown],
        "type=paid": [grown],
        "type=paid&flag=several&holder=mine&older=1&state=read": [grown],
        "type=paid&flag=child": [],
        "flag=x&state=x&holder=x&older=-1&type=x": [child, unknown, grown, again],
    }
    for query, reports in wanted.items():
        for address in ("/reports/", "/reports/rows"):
            page = staff.get(f"{address}?{query}")
            assert listed(page) == [report.reference for report in reports], query
    assert listed(staff.get("/reports/?older=1&page=1&ended=7"))


def test_paging_keeps_what_the_list_is_narrowed_to_and_the_other_list_stays(officer: User, staff: Client) -> None:
    for number in range(53):
        came(officer, hours=2 + number / 100, age="18+", what=("fake",))
    page = staff.get("/reports/?type=fake").content.decode()
    assert 'href="/reports/?type=fake&amp;ended=1&amp;page=2"' in page
    # the page that refreshes itself pages to the list, not to the bare rows
    assert 'href="/reports/?type=fake&amp;ended=1&amp;page=2"' in staff.get("/reports/rows?type=fake").content.decode()
    assert len(listed(staff.get("/reports/?type=fake&page=2"))) == 3
