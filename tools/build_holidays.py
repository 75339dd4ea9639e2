"""Builds the packaged table of UK bank holidays from GOV.UK data and cross-checks it against two other sources.

    python tools/build_holidays.py --govuk bank-holidays.json --origin "fetched from GOV.UK" --taken 2026-11-22 \
        --out src/clearcount/data/bank_holidays.json

bank-holidays.json is https://www.gov.uk/bank-holidays.json, or the copy inside the PyPI package govuk-bank-holidays.
The rules of the Act (tools/holiday_rules.py) must give the same days; so must the PyPI package `holidays` where it is
installed. A day that GOV.UK's copy lacks stands in PROCLAIMED with its source. Any other difference stops the script.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from datetime import date
from pathlib import Path

import holiday_rules

from clearcount.foi.calendar import Calendar, parse_govuk

PROCLAIMED = [
    {
        "date": "2026-06-15",
        "titles": {"Scotland": "World Cup bank holiday"},
        "source": "Royal proclamation of 4 February 2026, Banking and Financial Dealings Act 1971 section 1(3)",
    }
]
FIRST_YEAR = 2012


def by_rules(last_year: int) -> set[tuple[date, str]]:
    """(day, nation) by the rules of the Act."""
    years = range(FIRST_YEAR, last_year + 1)
    nations = holiday_rules.NATIONS
    return {(day, nation) for year in years for nation in nations for day in holiday_rules.holidays(year, nation)}


def by_package(last_year: int) -> set[tuple[date, str]] | None:
    """(day, nation) by the package `holidays`, weekdays only; None where it is not installed."""
    try:
        import holidays
    except ImportError:
        return None
    found: set[tuple[date, str]] = set()
    parts = {"ENG": "England and Wales", "WLS": "England and Wales", "SCT": "Scotland", "NIR": "Northern Ireland"}
    for part, nation in parts.items():
        kept = holidays.country_holidays("GB", subdiv=part, years=range(FIRST_YEAR, last_year + 1))
        found |= {(day, nation) for day in kept if day.weekday() < 5}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--govuk", type=Path, required=True)
    parser.add_argument("--taken", type=date.fromisoformat, required=True, help="the day the file was taken")
    parser.add_argument("--origin", required=True, help="where this copy of the file comes from")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()

    raw = given.govuk.read_bytes()
    govuk = parse_govuk(json.loads(raw))
    days = {day: dict(titles) for day, titles in govuk.days.items() if day.year >= FIRST_YEAR}
    proclaimed = [entry for entry in PROCLAIMED if date.fromisoformat(entry["date"]) <= govuk.last]
    for entry in proclaimed:
        days.setdefault(date.fromisoformat(entry["date"]), {}).update(entry["titles"])
    ours = {(day, nation) for day, titles in days.items() for nation in titles}
    for name, theirs in (("the rules", by_rules(govuk.last.year)), ("holidays", by_package(govuk.last.year))):
        if theirs is None:
            print(f"{name}: not installed, not compared", file=sys.stderr)
        elif ours != theirs:
            raise SystemExit(f"GOV.UK and {name} differ: {sorted(ours ^ theirs)}")
    head = {
        "source": f"GOV.UK bank holidays ({given.origin}) and later proclamations",
        "licence": "Crown copyright, Open Government Licence v3.0",
        "address": "https://www.gov.uk/bank-holidays.json",
        "taken": given.taken.isoformat(),
        "first": f"{FIRST_YEAR}-01-01",
        "last": govuk.last.isoformat(),
        "govuk_sha256": hashlib.sha256(raw).hexdigest(),
        "proclaimed": proclaimed,
    }
    lines = [json.dumps([day.isoformat(), days[day]], ensure_ascii=False) for day in sorted(days)]
    body = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    text = f'{body},\n"days": [\n' + ",\n".join(lines) + "\n]\n}\n"
    Calendar.from_mapping(json.loads(text))
    given.out.write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(days)} days, {FIRST_YEAR} to {govuk.last.year} -> {given.out}")


if __name__ == "__main__":
    main()
