"""Fills a staff database with cases and measures the list: `python -m bench.web.cases_list CASES TIMES BOUND`."""

from __future__ import annotations

import random
import sys
import time
from datetime import timedelta

import django

PAGES = ("/cases/", "/cases/?only=late", "/cases/?q=station", "/cases/?page=200", "/cases/backlog/")


def main() -> int:
    """Returns 1 when the 95th percentile of a page is above the bound."""
    number, times, bound = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    django.setup()
    from django.conf import settings
    from django.test import Client
    from django.utils.timezone import localdate

    from clearcount_web.accounts.actions import set_local_roles
    from clearcount_web.accounts.models import User
    from clearcount_web.accounts.roles import Role
    from clearcount_web.cases.clock import Steps, clock_of
    from clearcount_web.cases.models import Case
    from clearcount_web.cases.table import ENDED, OPEN

    draw = random.Random(20261201)
    user = User.objects.create_user("olive")
    set_local_roles(user, [Role.FOI_OFFICER], by="bench")
    words = [
        "thefts",
        "bicycles",
        "station",
        "ward",
        "month",
        "solved",
        "vehicles",
        "speed",
        "checks",
        "stops",
        "response",
        "times",
    ]
    today, states = localdate(), sorted(OPEN) * 9 + sorted(ENDED)
    made, clocks = [], {}
    for at in range(number):
        received, state = today - timedelta(days=draw.randrange(90)), draw.choice(states)
        case = Case(
            reference=f"FOI-BENCH-{at:05d}", title=" ".join(draw.sample(words, 4)), channel="email", state=state,
            received_on=received, held_by=user if at % 3 else None, ended_on=today if state in ENDED else None,
        )  # fmt: skip
        clock = clocks.setdefault((received, state), clock_of(case, [], [], Steps()))
        case.due, case.due_why, case.calendar = clock.due, clock.why, clock.calendar
        made.append(case)
    Case.objects.bulk_create(made, batch_size=500)
    client = Client(HTTP_HOST=settings.ALLOWED_HOSTS[0])
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    session = client.session  # as after a sign-in with a second factor
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    held = True
    for page in PAGES:
        taken = []
        for _ in range(times):
            begun = time.perf_counter()
            answer = client.get(page)
            taken.append((time.perf_counter() - begun) * 1000)
            assert answer.status_code == 200, (page, answer.status_code)
        taken.sort()
        worst = taken[int(0.95 * (len(taken) - 1))]
        print(f"{number} cases, {page}: median {taken[len(taken) // 2]:.0f} ms, p95 {worst:.0f} ms (bound {bound:.0f})")
        held &= worst <= bound
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
