"""The demo's inbox: an export of made-up records that can be read and imported."""

from __future__ import annotations

import csv
from pathlib import Path

from django.conf import settings

_ROWS = (
    ("Ref", "Crime Number", "HO Code", "Recorded", "State", "Summary"),
    ("NEW-1", "NC-1", "046/00", "04/08/2025", "Live", "Bottle taken from a shop."),
    ("NEW-2", "NC-2", "086/02", "04/08/2025", "Live", "A picture was made with AI, says the caller."),
    ("NEW-3", "NC-3", "105/01", "05/08/2025", "No crime", "Reported twice by mistake."),
)


def fill() -> None:
    """Put the export into the inbox, once."""
    folder: Path | None = settings.INBOX_DIR
    if folder is None or folder.exists():
        return
    folder.mkdir(mode=0o700, parents=True)
    (folder / "august").mkdir(mode=0o700)
    with (folder / "august" / "crimes.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(_ROWS)
