"""A small record store for the reading room, made by the library's own import, and rounds drawn from it."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from clearcount.workflow.importing import import_export

REQUEST = """
[request]
reference = "R1"
received = 2025-01-15
[scope]
from = "2023-01"
to = "2024-12"
[[question]]
text = "Indecent photographs"
codes = ["086/02"]
[[question]]
text = "Sharing photographs"
codes = ["088/15"]
[terms]
any = ["AI", "deepfake*"]
"""
SAYS = (
    "Officer confirmed that the picture was made with AI.",
    "Suspect denies that any AI was used. Exhibit list follows.",
    "IP believes that it is a deepfake. Friend says so too.",
    "The picture was sealed. Exhibit AI/4 was booked in.",
)
QUIET = "Picture sent by phone, sender unknown."


def make_store(
    folder: Path, hits: int = 12, quiet: int = 40, *, texts: Mapping[int, str] | None = None, twice: Sequence[int] = ()
) -> Path:
    """Imports `hits` occurrences that hold a term and `quiet` that hold none; `twice` stand under two offences."""
    export = folder / "export"
    export.mkdir()
    offences = [("occurrence_no", "crime_no", "home_office_code", "offence", "recorded_on", "reported_on",
                 "committed_from", "committed_to", "status", "markers")]  # fmt: skip
    said = [("occurrence_no", "field", "entry_no", "entered_at", "text")]
    for number in range(1, hits + quiet + 1):
        name, day = f"N{number:05d}", f"{2023 + number % 2}-{1 + number % 12:02d}-11"
        for place, code in enumerate(("086/02", "088/15") if number in twice else ("086/02",)):
            offences.append((name, f"C{number}-{place}", code, "", day, day, day, "", "recorded", ""))
        text = SAYS[number % 4] if number <= hits else QUIET
        said.append((name, "oel", "1", "", (texts or {}).get(number, f"Log {number}. {text}")))
        said.append((name, "summary", "1", "", f"Report {number} taken at the front desk."))
    for file, rows in (("offences.csv", offences), ("texts.csv", said)):
        with (export / file).open("w", newline="", encoding="utf-8", errors="surrogatepass") as out:
            csv.writer(out).writerows(rows)
    store = folder / "store"
    import_export([export], store, now=datetime(2025, 1, 20, tzinfo=UTC), as_at=date(2025, 1, 18))
    return store


def given(**changes: Any) -> dict[str, Any]:
    """What the form of a new round gives."""
    usual = {"title": "Hits", "case": "F-1", "request": REQUEST, "what": "match", "size": 0, "seed": 1, "looks": 1,
             "share": 5,
             "guide_version": "", "guide": "Relevant: somebody says that AI made the picture.", "ask_reason": False,
             "blur": False, "sitting_minutes": 45}  # fmt: skip
    return {**usual, **changes}
