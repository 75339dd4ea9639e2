"""Links between reports, and to occurrences here and in the store."""

from __future__ import annotations

import io
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone

sys.path.insert(0, str(Path(__file__).parent))
from desk_reports import came, message, online, recorded, told, words

from clearcount_web.accounts.models import User
from clearcount_web.audit.models import Event
from clearcount_web.occurrences.models import Person
from clearcount_web.triage import actions, queries
from clearcount_web.triage.models import OccurrenceLink, Report, ReportLink
from clearcount_web.triage.safe_contact import facts_of, people_of


def test_reports_are_linked_both_ways_and_found_by_what_they_share(officer: User, staff: Client) -> None:
    one, two = (came(officer, hours=9 - n, names="bad_one") for n in range(2))
    assert words(staff.get(f"/reports/{one.reference}/")).count("the same account name") == 0  # two is not sorted yet
    page = staff.get(f"/reports/{two.reference}/")
    assert f"{one.reference}: the same account name" in words(page)
    address = f"/reports/{two.reference}/link"
    for _ in range(2):
        given = {"kind": "account", "number": f" {one.reference.lower()} "}
        assert staff.post(address, given)["Location"] == f"/reports/{two.reference}/#links"
    link = ReportLink.objects.get()
    assert (link.first, link.second) == (one, two)
    for here, there in ((one, two), (two, one)):
        assert f"{there.reference}: the same suspect account (corin" in words(staff.get(f"/reports/{here.reference}/"))
    for number, fault in (("R-NOTHING2", "no report of that reference"), (two.reference, "That is this report")):
        assert fault in words(staff.post(address, {"kind": "person", "number": number}))
    assert staff.post(f"/reports/{one.reference}/unlink", {"report": str(link.pk)}).status_code == 302
    assert staff.post(f"/reports/{one.reference}/unlink", {"report": str(link.pk)}).status_code == 403
    assert staff.post(f"/reports/{one.reference}/unlink", {"report": "x"}).status_code == 403
    verbs = list(Event.objects.using("default").filter(verb__contains="link").values_list("verb", "key"))
    assert verbs == [("report.linked", two.reference), ("report.unlinked", one.reference)]


def test_a_report_linked_to_an_occurrence_here_brings_its_wishes_there(
    officer: User, staff: Client, folder: Path
) -> None:
    first = came(officer, who="me", voicemail="no", contact="yes")
    opened = actions.open_report(first, by=officer, now=timezone.now())
    new = actions.NewRecord("88/15", None, "A summary.")
    occurrence = actions.record_here(opened, new, by=officer, now=timezone.now())
    said = {3: {"who": "me"}, 4: {"age": "13-15"}, 9: {"contact": "yes"}, 10: {"voicemail": "no", "phone": "a number"}}
    sealed, code = online(folder, said)
    second = Report.objects.get(reference=sealed.reference)
    given = {"kind": "occurrence", "number": occurrence.number.lower()}
    assert staff.post(f"/reports/{second.reference}/link", given).status_code == 302
    page = staff.get(f"/occurrences/{occurrence.number}/")
    for report in (first, second):
        assert f'href="/reports/{report.reference}/"' in page.content.decode()
        assert (
            f'href="/occurrences/{occurrence.number}/"' in staff.get(f"/reports/{report.reference}/").content.decode()
        )
    opened = actions.open_report(second, by=officer, now=timezone.now())
    assert {wish.line for wish in facts_of(opened.answers).all} <= told(page)
    assert Person.objects.filter(report=second.reference).count() == len(people_of(opened.answers, report="x"))
    # ended as information it may go: its wishes stand where it is dealt with
    actions.close(second, outcome="information", number="", reason="Same event.", by=officer, now=timezone.now())
    assert not queries.not_carried_on(second)
    # a later message puts the sign on the occurrence, and one report's word does not take another's off
    message(folder, sealed, code, "Do not ring at all.")
    occurrence.refresh_from_db()
    assert occurrence.message_waits and queries.not_carried_on(second)
    page = staff.get(f"/occurrences/{occurrence.number}/")
    assert f"Read it and carry it on: {second.reference}" in words(page)
    first.refresh_from_db()
    actions.carry_on(
        actions.open_report(first, by=officer, now=timezone.now()), later="", by=officer, now=timezone.now()
    )
    occurrence.refresh_from_db()
    assert occurrence.message_waits
    actions.carry_on(
        actions.open_report(second, by=officer, now=timezone.now()), later="Never ring.", by=officer, now=timezone.now()
    )
    occurrence.refresh_from_db()
    assert not occurrence.message_waits
    assert "Never ring." in words(staff.get(f"/occurrences/{occurrence.number}/"))
    # after the purge the occurrence says that the report is gone and keeps the wishes
    Report.objects.filter(pk=second.pk).update(outcome_at=timezone.now() - timedelta(days=400))
    call_command("purge_reports", stdout=io.StringIO())
    page = staff.get(f"/occurrences/{occurrence.number}/")
    assert f"{second.reference}, deleted on" in words(page) and "Never ring." in words(page)
    assert f'href="/reports/{second.reference}/"' not in page.content.decode()


def test_a_link_made_by_mistake_takes_the_people_off_again(officer: User, staff: Client) -> None:
    occurrence, report = recorded(officer), came(officer, name="Sam", contact="yes")
    staff.post(f"/reports/{report.reference}/link", {"kind": "occurrence", "number": occurrence.number})
    assert occurrence.people.count() == 1
    link = OccurrenceLink.objects.get()
    staff.post(f"/reports/{report.reference}/unlink", {"occurrence": str(link.pk)})
    assert not occurrence.people.exists() and not OccurrenceLink.objects.exists()
    report.refresh_from_db()
    assert report.carried_on_at is None
    verbs = Event.objects.using("default").filter(key=occurrence.number).values_list("verb", flat=True)
    assert list(verbs)[-2:] == ["person.added", "person.removed"]


@pytest.mark.parametrize("number", ["N/2026/000123", "NM 4711-26", "nm-77"])
def test_a_report_is_linked_to_an_occurrence_of_the_store_both_ways(
    officer: User, staff: Client, tmp_path: Path, number: str
) -> None:
    from clearcount.workflow.importing import import_export

    out = tmp_path / "out"
    out.mkdir()
    (out / "offences.csv").write_text(
        "occurrence_no,crime_no,home_office_code,offence,recorded_on,reported_on,committed_from,committed_to,status,markers\n"
        f"{number},C-1,088/15,Offence,2026-03-01,2026-03-01,,,recorded,\n",
        encoding="utf-8",
    )
    (out / "texts.csv").write_text(
        f"occurrence_no,field,entry_no,entered_at,text\n{number},summary,1,2026-03-01 10:00,Words.\n", encoding="utf-8"
    )
    import_export([out], tmp_path / "store", now=timezone.now())
    report = came(officer)
    address = f"/reports/{report.reference}/link"
    with override_settings(STORE_DIR=tmp_path / "store"):
        staff.post(address, {"kind": "occurrence", "number": f" {number} "})
        staff.post(address, {"kind": "occurrence", "number": "N/2026/999999"})
    with override_settings(STORE_DIR=tmp_path / "nothing"):
        staff.post(address, {"kind": "occurrence", "number": "N/2026/888888"})
    found = dict(OccurrenceLink.objects.values_list("number", "in_store"))
    assert found == {number: True, "N/2026/999999": False, "N/2026/888888": None}
    page = words(staff.get(f"/reports/{report.reference}/"))
    for said in ("in the record store (", "not in the record store yet", "no record store could be asked"):
        assert said in page
    # and back: from the number to the report; the number is in no address
    assert report.reference in staff.post("/reports/find", {"number": number.lower()}).content.decode()
    assert "0 reports" in words(staff.post("/reports/find", {"number": "N/2026/777777"}))
    assert "Number of an occurrence: That is no number" in words(staff.post("/reports/find", {"number": "Sam Sample"}))
    # whoever deals with it there must be told how the person may be reached
    actions.close(report, outcome="information", number="", reason="Same event.", by=officer, now=timezone.now())
    assert queries.not_carried_on(report)
    staff.post(f"/reports/{report.reference}/carry-on", {"later": "", "carried_on": "on"})
    assert not queries.not_carried_on(report)


@pytest.mark.parametrize("number", ["W26999999", "w00000000", "Sam", "'; drop", "x" * 41, "12\x00", "<b>1</b>"])
def test_a_number_that_is_none_is_refused(officer: User, staff: Client, number: str) -> None:
    report = came(officer)
    page = staff.post(f"/reports/{report.reference}/link", {"kind": "occurrence", "number": number})
    assert page.status_code == 200 and "There is a problem" in words(page)
    assert not OccurrenceLink.objects.exists()
