"""Each form of the public site: who receives what is sent, how they are told, and when it is deleted.

The report and its later messages are in test_hand_over.py (the first test): the contact desk receives them, a note goes
out, and they go some days after their outcome.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client, override_settings
from django.utils import timezone

import clearcount_web
from clearcount_web.accounts.models import User
from clearcount_web.accounts.roles import EVERY_ROLE, Role
from clearcount_web.audit.models import Event
from clearcount_web.correspondence import alerts
from clearcount_web.requesting import actions as requesting
from clearcount_web.requesting.models import InboxRequest
from clearcount_web.site import actions as site
from clearcount_web.site import retention
from clearcount_web.site.models import Complaint, Feedback

TEXT = "Some made-up words."


@dataclass(frozen=True)
class Form:
    """Where staff see what was sent and which roles may, what the note begins with, how to age it past its days."""

    send: Callable[[], Any]
    page: str
    roles: frozenset[Role]
    note: str
    end: Callable[[], Any]
    rows: Any


def request() -> None:
    requesting.keep_request(token=uuid4(), name="Sam", contact="sam@post.example", text=TEXT, at=timezone.now())


def complain() -> None:
    site.keep_complaint(name="Sam", contact="sam@post.example", text=TEXT, today=timezone.localdate())


def ended(rows: Any, field: str, days: int) -> Callable[[], Any]:
    return lambda: rows.objects.update(**{field: timezone.now() - timedelta(days=days + 1)})


INBOX = frozenset({Role.FOI_OFFICER, Role.ADMINISTRATOR})
FORMS = {
    "requesting/about.html": Form(
        request, "/correspondence/requests/", frozenset({Role.FOI_OFFICER}), "Requests for information new: 1.",
        ended(InboxRequest, "taken_at", requesting.TAKEN_DAYS), InboxRequest,
    ),
    "site/complaint.html": Form(
        complain, "/correspondence/", INBOX, "Data-protection complaints new: 1.",
        ended(Complaint, "closed_on", retention.COMPLAINT_DAYS), Complaint,
    ),
    "site/feedback.html": Form(
        lambda: site.keep_feedback(text=TEXT, today=timezone.localdate()), "/correspondence/", INBOX, "",
        ended(Feedback, "received_on", retention.FEEDBACK_DAYS + 1), Feedback,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("role", sorted(EVERY_ROLE))
def test_who_receives_what_is_sent(sign_in: Callable[..., User], staff: Client, name: str, role: Role) -> None:
    form = FORMS[name]
    form.send()
    sign_in("somebody", role)
    page = staff.get(form.page)
    if role in form.roles:
        assert TEXT in page.content.decode()
    else:
        assert page.status_code == 403 and TEXT not in page.content.decode()


@pytest.mark.parametrize("name", FORMS)
def test_how_they_are_told_once_and_without_a_word_of_it(staff: Client, name: str) -> None:
    form = FORMS[name]
    form.send()
    mail.outbox = []
    with override_settings(REQUEST_ALERT_EMAIL="inbox@force.example"):
        assert alerts.tell(now=timezone.now()) == (1 if form.note else 0)
        assert alerts.tell(now=timezone.now()) == 0
    assert [(letter.to, letter.body) for letter in mail.outbox] == (
        [(["inbox@force.example"], form.note)] if form.note else []
    )
    assert TEXT not in str(list(Event.objects.using("default").values()))


def test_a_note_that_did_not_go_out_is_tried_again(staff: Client) -> None:
    request()
    with override_settings(
        REQUEST_ALERT_EMAIL="inbox@force.example",
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=9,
    ):
        assert alerts.tell(now=timezone.now()) == 0
    assert InboxRequest.objects.filter(told_at=None).count() == 1
    with override_settings(REQUEST_ALERT_EMAIL="inbox@force.example"):
        assert alerts.tell(now=timezone.now()) == 1


@pytest.mark.parametrize("name", FORMS)
def test_when_it_is_deleted(staff: Client, name: str) -> None:
    form = FORMS[name]
    form.send()

    def purge() -> int:
        site.delete_expired(today=timezone.localdate())
        requesting.purge(now=timezone.now())
        return int(form.rows.objects.count())

    assert purge() == 1
    form.end()
    assert purge() == 0


def test_no_form_of_the_public_site_is_left_out() -> None:
    rooms = Path(clearcount_web.__file__).parent
    posting = {
        f"{template.parent.name}/{template.name}"
        for room in ("site", "requesting", "reporting", "disclosure_log", "advice")
        for template in (rooms / room / "templates").rglob("*.html")
        if 'method="post"' in template.read_text(encoding="utf-8")
    }
    keeps_nothing = {
        "site/leaving.html", "site/cookies.html", "site/cookie_banner.html",  # a cookie
        "requesting/details.html", "requesting/check.html",  # steps of the same form
    }  # fmt: skip
    assert {name for name in posting if not name.startswith("reporting/")} == {*FORMS, *keeps_nothing}
