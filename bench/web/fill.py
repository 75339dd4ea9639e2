"""Fills a public database with made-up releases: `python -m bench.web.fill NUMBER`, with the staff door's settings."""

from __future__ import annotations

import random
import sys
from datetime import UTC, date, datetime, timedelta

import django

_WORDS = """
burglary theft vehicle image photograph deepfake stalking harassment fraud knife robbery assault arson cycle
rural wildlife drugs speeding dogs drones overtime stop search custody response times hate crime domestic
abuse missing children schools hospital transport football cyber phishing blackmail exposure voyeurism
grooming parking tasers
"""
WORDS = _WORDS.split()
CODES = [f"HO {number:03d}/{part:02d}" for number in range(1, 60) for part in range(3)]


def fill(number: int) -> None:
    """Writes `number` releases with words, offences, tables and a page of the size that count writes."""
    from django.db import transaction

    from clearcount_web.disclosure_log import search
    from clearcount_web.disclosure_log.actions import seal
    from clearcount_web.disclosure_log.models import Offence, Release, Version

    draw = random.Random(20261122)
    months = [[f"{2020 + i // 12}-{i % 12 + 1:02d}", "Jan 2020", False] for i in range(30)]
    body = "<article class='cc-answer'><h2>The answer</h2><table><tbody>%s</tbody></table></article>"
    html = body % ("<tr><th scope='row'>Line</th>" + "<td>0</td>" * 31 + "</tr>") * 120  # 45 kB, as written by count
    with transaction.atomic(using="public"):
        for at in range(number):
            title = " ".join(draw.sample(WORDS, 6))
            year = draw.randrange(2015, 2026)
            when = datetime(2016, 1, 1, tzinfo=UTC) + timedelta(hours=8 * at)
            release = Release.objects.create(
                slug=f"made-up-{at}", reference=f"FOI {at}", title=title, force="Made-up force",
                received=date(year, 1, 5), first_year=year, last_year=year + draw.randrange(3),
                published_at=when, updated_at=when,
            )  # fmt: skip
            Version.objects.create(
                release=release, number=1, version_date=date(year, 2, 1), published_at=when, html=html,
                printed=[{"title": title, "columns": months, "lines": [], "cells": []}], digest=f"{at:064d}",
            )  # fmt: skip
            codes = draw.sample(CODES, 5)
            Offence.objects.bulk_create(Offence(release=release, code=code, label=f"Offence {code}") for code in codes)
            seal(release)
            search.index(release, "\n".join([title, f"FOI {at}", *codes, " ".join(draw.choices(WORDS, k=120))]))


if __name__ == "__main__":
    django.setup()
    fill(int(sys.argv[1]))
