"""The statistics of the desk."""

from __future__ import annotations

import csv
import io
import re
import sys
from datetime import date, timedelta
from pathlib import Path

from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone

sys.path.insert(0, str(Path(__file__).parent))
from desk_reports import PASSPHRASES, came, online, sort_all, words

from clearcount_web.accounts.models import User
from clearcount_web.audit.models import Event
from clearcount_web.reporting import sealing
from clearcount_web.triage import actions, keyring, tally
from clearcount_web.triage.models import Report, WeekCount


def test_statistics_add_up_before_and_after_a_purge(officer: User, staff: Client, folder: Path) -> None:
    online(folder, {3: {"who": "me"}, 4: {"age": "13-15"}, 5: {"what": ["fake", "threat"]}})
    actions.reply(Report.objects.get(), "A reply.", by=officer, now=timezone.now() + timedelta(hours=3))
    came(officer, hours=24 * 21, age="18+", what=("paid",))
    came(officer, hours=24 * 21)
    sort_all(officer)
    before = staff.get("/reports/statistics.csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(before)))
    counts = {(row["counted_by"], row["value"]): 0 for row in rows}
    for row in rows:
        counts[row["counted_by"], row["value"]] += int(row["reports"])
    assert counts["All reports", "Reports"] == 3
    assert counts["Channel", "online"] == 1 and counts["Channel", "phone"] == 2
    assert counts["Age group", "13 to 15"] == counts["Age group", "18 or over"] == 1
    assert counts["Age group", "Not asked, or not said"] == 1
    assert counts["What is happening", "The image is fake or made with AI"] == 1
    assert counts["What is happening", "Nothing ticked"] == 1
    assert counts["Time to the first reply", "1 to 4 hours"] == 1
    weeks = {row["week_beginning"] for row in rows}
    assert len(weeks) == 4 and all(date.fromisoformat(week).weekday() == 0 for week in weeks)
    assert {row["status"] for row in rows} == {tally.STAFF_ONLY}
    for report in Report.objects.all():
        how = {"outcome": "information", "number": "", "reason": "Why."}
        actions.close(report, **how, by=officer, now=timezone.now())
    Report.objects.update(outcome_at=timezone.now() - timedelta(days=400))
    call_command("purge_reports", stdout=io.StringIO())
    assert not Report.objects.exists() and WeekCount.objects.exists()
    assert staff.get("/reports/statistics.csv").content.decode() == before
    assert "Staff only." in words(staff.get("/reports/statistics"))
    assert Event.objects.using("default").filter(verb="statistics.read").count() == 3


def test_a_report_that_nobody_could_open_is_counted_as_that(officer: User, tmp_path: Path) -> None:
    keyring.make(tmp_path / "others", PASSPHRASES)
    with override_settings(REPORT_KEYS=sealing.read_public_keys(tmp_path / "others" / "public.json")):
        came(officer, age="18+", what=("fake",))
    sort_all(officer)
    counted = tally.counts_of(Report.objects.all())
    assert {(about, value) for _, about, value in counted if about in ("age", "type")} == {
        ("age", tally.NOT_SORTED),
        ("type", tally.NOT_SORTED),
    }


def test_every_week_is_on_some_page_of_the_statistics(officer: User, staff: Client) -> None:
    came(officer, hours=24 * 7 * 40)
    seen: list[str] = []
    for number in range(1, 5):
        page = staff.get(f"/reports/statistics?page={number}").content.decode()
        assert "of 41, the newest first" in page
        table = page[page.index('id="s-all"') : page.index('id="s-channel"')]
        seen += re.findall(r'<th scope="row"[^>]*>([^<]+)</th>', table)
    assert len(seen) == len(set(seen)) == 41
