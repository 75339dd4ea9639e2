"""Reports for the tests of the desk: how they come in, and what the pages of the desk say of them."""

from __future__ import annotations

import copy
import html
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from clearcount_web.accounts.models import User
from clearcount_web.occurrences.actions import NewOffence, open_occurrence
from clearcount_web.occurrences.models import Occurrence
from clearcount_web.reporting import actions as reporting
from clearcount_web.reporting import drafts, sealing
from clearcount_web.reporting.answers import ReportAnswers
from clearcount_web.reporting.models import Draft, SealedReport
from clearcount_web.triage import actions, keyring, queries, sorting
from clearcount_web.triage.models import Report

PASSPHRASES = {"duty": "five made up words here", "recovery": "other made up words here"}
STORY = "A made-up story about a picture that somebody says was made with AI."
PLANTED = "Planted words of a colleague"


def came(officer: User, *, hours: float = 0, channel: str = "phone", **said: Any) -> Report:
    """A report that staff took some hours ago, not read by anybody since."""
    answers = ReportAnswers(**{"story": STORY + str(Report.objects.count()), **said})
    when = timezone.now() - timedelta(hours=hours)
    report = actions.enter_report(channel=channel, answers=answers, by=officer, now=when)
    Report.objects.filter(pk=report.pk).update(first_read_at=None)
    return report


def online(folder: Path, said: dict[int, dict[str, Any]]) -> tuple[SealedReport, str]:
    """A report that was sent on the public door and taken in; with its follow-up code."""
    now, key = timezone.now(), sealing.new_key()
    answers = {str(step): copy.deepcopy(given) for step, given in said.items()}
    row = Draft.objects.create(
        place=sealing.place_of(key), box=sealing.lock(answers, key), started_at=now, touched_at=now
    )
    sent = reporting.send(drafts.Open(key, row, answers), sealing.read_public_keys(folder / "public.json"), now=now)
    actions.take_reports()
    return SealedReport.objects.get(reference=sent.reference), sent.code


def message(folder: Path, sealed: SealedReport, code: str, text: str) -> None:
    keys = sealing.read_public_keys(folder / "public.json")
    reporting.add_message(sealed, text, code, keys, now=timezone.now())
    actions.take_reports()


def words(page: Any) -> str:
    plain = re.sub(r"<[^>]+>", "", page.content.decode().replace("<br>", "\n"))
    return " ".join(html.unescape(plain).split())


def told(page: Any) -> set[str]:
    """The wishes of a page, each as one line."""
    pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page.content.decode(), re.S)
    return {html.unescape(re.sub(r"<[^>]+>", "", f"{label}: {said}")) for label, said in pairs}


def listed(page: Any) -> list[str]:
    return re.findall(r'data-reference="([RS]-[A-Z0-9]{8})"', page.content.decode())


def flagged() -> dict[str, set[str]]:
    """The words of the flags of each report that waits."""
    lines = queries.waiting(now=timezone.now()).lines()
    return {line.report.reference: {flag.word for flag in line.flags} for line in lines}


def sort_all(officer: User) -> None:
    sorting.sort_new(by=officer, keys=keyring.held(officer.get_username()))


def recorded(officer: User, **said: Any) -> Occurrence:
    now = timezone.now()
    return open_occurrence(
        by=officer, now=now, reported_on=timezone.localdate(now), summary="A summary.",
        offences=(NewOffence("88/15", timezone.localdate(now)),), **said,
    )  # fmt: skip
