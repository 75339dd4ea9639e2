"""Staff who read cards, and counts that run meanwhile: `staff_for_tests.py NUMBER` with the staff side's settings.

Makes so many readers with a session each and one round for all, and prints them as JSON. Then it asks for count after
count until its input ends.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

import django

django.setup()

from django.utils import timezone  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent))
from casework import act, opened, person  # noqa: E402
from reading_store import REQUEST, given  # noqa: E402
from staff_sessions import cookie  # noqa: E402

from clearcount_web.accounts.roles import Role  # noqa: E402
from clearcount_web.cases.models import Case, Run  # noqa: E402
from clearcount_web.review import rounds  # noqa: E402


def planned() -> Case:
    """A case that can be counted."""
    case = opened()
    act(case, "confirm", day=case.received_on)
    act(case, "plan", texts=["How many offences mention AI, by month?"])
    act(case, "write_plan", plan=REQUEST.replace('"R1"', f'"{case.reference}"'))
    act(case, "search")
    return case


readers = [person(f"reader-{number}", Role.READER) for number in range(int(sys.argv[1]))]
asked = rounds.open_round(given(sitting_minutes=0), by=person("amir", Role.ANALYST), now=timezone.now())
round_ = rounds.draw_round(asked.pk, now=timezone.now())
assert round_.state == "open", round_.error
case = planned()
cookies = {reader.username: cookie(reader) for reader in readers}
print(json.dumps({"round": round_.pk, "cards": round_.cards.count(), "cookies": cookies}), flush=True)

os.set_blocking(0, False)
while True:
    with suppress(BlockingIOError):
        if not os.read(0, 1):
            break
    if not Run.objects.filter(case=case, ended_at=None).exists():
        act(case, "count", by=person("amir", Role.ANALYST), snapshot=None)
    time.sleep(0.05)
print(json.dumps([run.fault for run in Run.objects.filter(case=case).exclude(ended_at=None)]), flush=True)
