"""Terms to consider in the room: found by the worker, with their counts, and examples one click away."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone

sys.path.insert(0, str(Path(__file__).parent))
from reading_store import given, make_store

from clearcount_web.accounts.models import User
from clearcount_web.accounts.roles import Role
from clearcount_web.audit.models import Event
from clearcount_web.jobs.models import Job
from clearcount_web.review import rounds, suggestions
from clearcount_web.review.models import ReadingRound, SuggestedTerm


@pytest.fixture
def round_(db: None, tmp_path: Path) -> Iterator[ReadingRound]:
    texts = {n: f"Log {n}. <b>A\u202e deepfaek</b> page was seen." for n in range(8, 12)}
    made = make_store(tmp_path, hits=6, quiet=9, texts=texts)
    with override_settings(READING_STORE_DIR=made):
        by = User.objects.create_user("opener")
        yield rounds.draw_round(rounds.open_round(given(), by=by, now=timezone.now()).pk, now=timezone.now())


def test_terms_have_counts_and_examples_one_click_away(
    staff: Client, sign_in: Callable[..., Any], round_: ReadingRound
) -> None:
    sign_in("amir", Role.ANALYST)
    address = f"/reading/{round_.pk}/terms"
    assert "No term was found yet." in staff.get(address).content.decode()
    assert staff.post(address).status_code == 302
    assert Job.objects.filter(kind="suggest-terms").count() == 1
    assert suggestions.find_terms(round_.pk, now=timezone.now()) == SuggestedTerm.objects.count() > 0
    term = SuggestedTerm.objects.get(term="deepfaek")
    assert (term.kind, term.records, term.unread, len(term.examples)) == ("variant", 4, 4, 4)
    page = staff.get(address).content.decode()
    assert re.search(r"<bdi>deepfaek</bdi>.*another spelling.*>4<.*>4<", page, re.DOTALL)
    shown = staff.get(f"{address}/{term.pk}").content.decode()
    assert shown.count("<mark>deepfaek</mark>") == 4
    assert "&lt;b&gt;A[U+202E] " in shown and "\u202e" not in shown, "text is shown as text"
    assert Event.objects.filter(verb="term.shown", actor="amir").count() == 1
    held = str(list(SuggestedTerm.objects.values()))
    assert "page was seen" not in held, "words and places, no text"
    before = SuggestedTerm.objects.count()
    assert suggestions.find_terms(round_.pk, now=timezone.now()) == before == SuggestedTerm.objects.count()
    assert staff.get(f"/reading/{round_.pk + 1}/terms/{term.pk}").status_code == 404


def test_a_reader_sees_no_terms(staff: Client, sign_in: Callable[..., Any], round_: ReadingRound) -> None:
    suggestions.find_terms(round_.pk, now=timezone.now())
    term = SuggestedTerm.objects.first()
    assert term is not None
    sign_in("rhona", Role.READER)
    for path in ("terms", f"terms/{term.pk}"):
        assert staff.get(f"/reading/{round_.pk}/{path}").status_code in (403, 404)
    assert "Terms to consider" not in staff.get(f"/reading/{round_.pk}/").content.decode()
