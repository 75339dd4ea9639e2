"""Lists that refresh themselves, and lists of staff that have no end that nobody is told of."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

sys.path.insert(0, str(Path(__file__).parent))
from desk_reports import came, listed, recorded, words

from clearcount_web.accounts.models import User
from clearcount_web.accounts.roles import Role
from clearcount_web.audit.models import Event
from clearcount_web.triage import keyring


def test_a_refresh_keeps_nothing_unlocked_and_is_one_event_a_quarter_of_an_hour(
    officer: User, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    came(officer, age="under13")
    clock = [1000.0]
    monkeypatch.setattr(keyring.time, "monotonic", lambda: clock[0])
    keyring.hold(keyring.held("corin", uses=False), officer="corin")
    assert "CHILD" in words(staff.get("/reports/rows"))
    looks = Event.objects.using("default").filter(verb="reports.listed")
    assert looks.count() == 1
    for _ in range(3):
        clock[0] += keyring.IDLE_SECONDS / 3 + 1
        page = staff.get("/reports/rows")
        assert page.status_code == 200 and "<html" not in page.content.decode()
    assert not keyring.held("corin")
    assert looks.count() == 1
    staff.get("/reports/rows?flag=child")
    assert list(looks.values_list("key", flat=True)) == ["all", "child"]
    staff.get("/reports/"), staff.get("/reports/")
    assert looks.count() == 4
    before = (timezone.now() - timedelta(minutes=16)).isoformat()
    assert not looks.filter(at__lt=before).exists()


@pytest.mark.parametrize(
    "typed", ["Sam", "Sam Sample", "sample_account_1", "07700900123", "sam@post.example", "Ω" * 40]
)
def test_words_typed_into_the_search_are_in_no_event_and_no_address(officer: User, staff: Client, typed: str) -> None:
    came(officer)
    page = staff.get("/reports/", {"q": typed, "flag": typed, "holder": f"by:{typed}", "state": typed})
    assert listed(page) == []
    assert not [each for each in Event.objects.using("default").values() if typed.upper() in str(each).upper()]
    addresses = re.findall(r'(?:href|data-rows|action)="([^"]*)"', page.content.decode())
    assert not [address for address in addresses if typed.upper() in address.upper()]


def test_every_row_of_every_staff_list_can_be_reached(
    officer: User, sign_in: Callable[..., User], staff: Client
) -> None:
    from clearcount_web.jobs.models import Job
    from clearcount_web.site.actions import keep_feedback

    numbers = {recorded(officer).number for _ in range(103)}
    seen: set[str] = set()
    for page in (1, 2):
        shown = staff.get(f"/occurrences/?page={page}")
        seen |= set(re.findall(r'href="/occurrences/(W\d{8})/"', shown.content.decode()))
        assert "of 103." in words(shown)
    assert seen == numbers
    for number in range(103):
        keep_feedback(text=f"Remark {number}.", today=timezone.localdate())
        Job.objects.create(kind="take-reports", state="done", created_by="worker", run_after=timezone.now())
    sign_in("ada", Role.ADMINISTRATOR)
    for address, pattern, count in (
        ("/correspondence/", r"Remark (\d+)\.", 103),
        ("/jobs/", r'<th scope="row">(\d+)</th>', Job.objects.count()),
        ("/audit/?verb=occurrence.opened", r'<th scope="row" class="cc-number">(\d+)</th>', 103),
    ):
        found: list[str] = []
        sign = "&" if "?" in address else "?"
        for number in (1, 2):
            page = staff.get(f"{address}{sign}page={number}")
            rows = re.findall(pattern, page.content.decode())
            found += [row for row in rows if row not in found]
            assert f"of {count}." in words(page), address
        assert len(found) == count, address
