"""The request form: kind about section 8, offers what is published, keeps one row however often it is sent."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from clearcount_web.disclosure_log.actions import publish
from clearcount_web.requesting.forms import kind_words
from clearcount_web.requesting.models import InboxRequest

OWN = {"Sec-Fetch-Site": "same-origin"}
START = "/make-a-request/"
TEXT = "How many image offences mention AI or deepfake, by month, since January 2023?\nPlease answer by e-mail."


def send(client: Client, step: str, **fields: str) -> Any:
    return client.post(START, {"step": step, **fields}, headers=OWN)


def token_of(response: Any) -> str:
    found = re.search(r'name="token" value="([0-9a-f-]{36})"', response.content.decode())
    assert found
    return found[1]


def filled(client: Client, **changes: str) -> dict[str, str]:
    token = token_of(send(client, "about", text=TEXT))
    return {"text": TEXT, "name": "Sam Example", "contact": "sam@post.example", "token": token, **changes}


def test_a_request_goes_from_question_to_inbox(public: Client) -> None:
    fields = filled(public)
    check = send(public, "check", **fields)
    assert "Check your request" in check.content.decode()
    assert "nickname" not in check.content.decode()
    assert not InboxRequest.objects.exists()
    sent = send(public, "send", **fields)
    kept = InboxRequest.objects.get()
    assert kept.reference in sent.content.decode()
    assert kept.text == TEXT.replace("\n", "\r\n") or kept.text == TEXT
    assert kept.taken_at is None
    assert not sent.cookies
    assert sent.headers["Cache-Control"] == "no-store"


def test_sending_twice_keeps_one_row_and_shows_the_same_reference(public: Client) -> None:
    fields = filled(public)
    first, second = send(public, "send", **fields), send(public, "send", **fields)
    assert InboxRequest.objects.count() == 1
    reference = InboxRequest.objects.get().reference
    assert reference in first.content.decode()
    assert reference in second.content.decode()


def test_answers_that_are_published_are_offered_first(public: Client, bundle: Path) -> None:
    publish(bundle, at=datetime(2026, 11, 22, tzinfo=UTC))
    page = send(public, "about", text=TEXT).content.decode()
    assert "Have we answered this already?" in page
    assert page.index("Image offences that mention AI") < page.index('name="name"')
    other = send(public, "about", text="How many police horses are there?").content.decode()
    assert "Have we answered this already?" not in other


@pytest.mark.parametrize("missing", ["text", "name", "contact"])
def test_what_is_missing_is_named_and_the_rest_is_kept(public: Client, missing: str) -> None:
    page = send(public, "send", **filled(public, **{missing: " "})).content.decode()
    assert "There is a problem" in page
    assert "<title>Error: " in re.sub(r"\s+", " ", page)
    for kept in {"name": "Sam Example", "contact": "sam@post.example"}.items():
        assert (kept[1] in page) is (kept[0] != missing)
    assert not InboxRequest.objects.exists()


def test_section_8_is_a_hint_and_never_a_refusal(public: Client) -> None:
    fields = filled(public, name="Sam", contact="me", text="AI please")
    check = send(public, "check", **fields).content.decode()
    assert "The law asks for your real name." in check
    assert "We do not see an e-mail address or a postcode." in check
    assert "very short" in check
    assert send(public, "send", **fields).status_code == 200
    assert InboxRequest.objects.count() == 1


def test_a_postal_address_is_an_address() -> None:
    assert kind_words(text="a b c d e", name="Sam Example", contact="1 Example Street, Northmoor NM1 2AB") == []


def test_the_words_of_a_request_are_never_in_an_address(public: Client) -> None:
    for step in ("about", "check", "change", "send"):
        response = send(public, step, **filled(public))
        assert response.status_code == 200
        assert "deepfake" not in response.headers.get("Location", "")
    assert 'method="get"' not in public.get(START).content.decode()


def test_markup_in_a_request_is_shown_as_typed(public: Client) -> None:
    page = send(public, "check", **filled(public, text="<script>x()</script> & a b c d")).content.decode()
    assert "&lt;script&gt;x()&lt;/script&gt; &amp; a b c d" in page
    assert "<script>x()" not in page


def test_a_form_of_another_site_keeps_nothing(public: Client) -> None:
    fields = filled(public)
    response = public.post(START, {"step": "send", **fields}, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert not InboxRequest.objects.exists()


def test_a_made_up_token_is_refused_kindly(public: Client) -> None:
    response = send(public, "send", **filled(public, token="x"))
    assert response.status_code == 200
    assert not InboxRequest.objects.exists()


def test_the_privacy_notice_and_the_purge_agree(public: Client) -> None:
    from datetime import date, timedelta

    from clearcount_web.site import retention
    from clearcount_web.site.actions import delete_expired
    from clearcount_web.site.models import Complaint, Feedback, PageCount

    notice = public.get("/privacy/").content.decode()
    for words in ("90 days", "Until it is closed, then 1 year", "2 years"):
        assert words in notice
    assert (retention.FEEDBACK_DAYS, retention.COMPLAINT_DAYS, retention.PAGE_COUNT_DAYS) == (90, 365, 730)
    today = date(2026, 11, 22)
    for days in (0, 90, 91):
        Feedback.objects.create(text="x", received_on=today - timedelta(days=days))
    for number, days in enumerate((None, 365, 366)):
        closed = None if days is None else today - timedelta(days=days)
        Complaint.objects.create(
            reference=f"DP-{number}", name="n", contact="c", text="t", received_on=date(2020, 1, 1), closed_on=closed
        )
    for days in (730, 731):
        PageCount.objects.create(day=today - timedelta(days=days), page="home", shown=1)
    expected = {"feedback": 1, "complaints": 1, "page counts": 1}
    assert delete_expired(today=today, dry_run=True) == expected
    assert delete_expired(today=today) == expected
    assert delete_expired(today=today) == dict.fromkeys(expected, 0)
    assert Complaint.objects.count() == 2


def test_a_complaint_reaches_staff_who_acknowledge_and_close_it(staff: Client, sign_in: Any) -> None:
    from datetime import date

    from clearcount_web.site.actions import keep_complaint
    from clearcount_web.site.models import Complaint

    reference = keep_complaint(name="Sam", contact="sam@post.example", text="A wrong date.", today=date(2026, 11, 1))
    sign_in("rea", "reader")
    assert staff.get("/correspondence/").status_code == 403
    sign_in("fay", "foi_officer")
    page = staff.get("/correspondence/").content.decode()
    assert "A wrong date." in page
    assert "Acknowledge by 1 December 2026" in page
    staff.post(f"/correspondence/complaints/{reference}/acknowledge")
    assert "Acknowledged on" in staff.get("/correspondence/").content.decode()
    staff.post(f"/correspondence/complaints/{reference}/close")
    assert "No complaint is open." in staff.get("/correspondence/").content.decode()
    kept = Complaint.objects.get()
    assert kept.acknowledged_on is not None
    assert kept.closed_on is not None


def test_a_request_reaches_staff_with_its_clock_and_is_deleted_after_it_was_taken(staff: Client, sign_in: Any) -> None:
    from datetime import timedelta
    from uuid import UUID

    from clearcount_web.audit.models import Event
    from clearcount_web.requesting.actions import TAKEN_DAYS, keep_request, purge

    at = datetime(2026, 6, 29, 9, tzinfo=UTC)
    kept = keep_request(token=UUID(int=1), name="Sam Example", contact="sam@post.example", text=TEXT, at=at)
    for role in ("administrator", "contact_officer", "reader", "publisher"):
        sign_in(f"a-{role}", role)
        assert staff.get("/correspondence/requests/").status_code == 403
        assert staff.post(f"/correspondence/requests/{kept.reference}/take").status_code == 403
    sign_in("olive", "foi_officer")
    page = staff.get("/correspondence/requests/").content.decode()
    assert "Sam Example" in page and "Answer by 28 July 2026" in page
    assert Event.objects.filter(verb="requests.read").count() == 1
    assert staff.get(f"/correspondence/requests/{kept.reference}/take").status_code == 405
    for _twice in range(2):
        staff.post(f"/correspondence/requests/{kept.reference}/take")
    assert Event.objects.using("public").filter(verb="request.taken").count() == 1
    assert "No request is waiting" in staff.get("/correspondence/requests/").content.decode()
    taken = InboxRequest.objects.get().taken_at
    assert taken is not None
    assert purge(now=taken + timedelta(days=TAKEN_DAYS)) == 0
    assert purge(now=taken + timedelta(days=TAKEN_DAYS, seconds=1)) == 1
    assert staff.post("/correspondence/requests/FOI-NONE/take").status_code == 404


def test_a_closed_form_says_where_to_write_and_keeps_what_was_typed(public: Client) -> None:
    from django.conf import settings
    from django.test import override_settings

    fields = filled(public)
    force = replace(settings.FORCE, information_rights={"email": "foi@northmoor.example"})
    with override_settings(REQUEST_FORM=False, FORCE=force):
        for answer in (public.get(START), send(public, "send", **fields), send(public, "about", text=TEXT)):
            page = answer.content.decode()
            assert answer.status_code == 503 and "foi@northmoor.example" in page
            assert answer.headers["Cache-Control"] == "no-store"
        assert "How many image offences" in page
    assert not InboxRequest.objects.exists()
