"""Occurrences as an export in the default layout, so that they are imported like any other source."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime

from clearcount.files import write_whole
from clearcount_web.audit.actions import record
from clearcount_web.occurrences.models import Occurrence
from clearcount_web.occurrences.queries import current_markers
from clearcount_web.platform.databases import STAFF

OFFENCES = (
    *("occurrence_no", "crime_no", "home_office_code", "offence", "recorded_on", "reported_on"),
    *("committed_from", "committed_to", "status", "markers"),
)
TEXTS = ("occurrence_no", "field", "entry_no", "entered_at", "text")


def export_occurrences(folder: Path, *, by: Any, now: datetime) -> tuple[int, int]:
    """Write offences.csv and texts.csv to `folder`; gives the number of offences and texts.

    An occurrence that the force's own system holds too (it has a force number) is left to that system. If it went out
    in an earlier export, its offences go out once more as transferred, so that the records already imported stop
    counting. A corrected text goes out empty, so that an earlier export of it stops counting too. People never go out.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    offence_rows: list[tuple[str, ...]] = []
    text_rows: list[tuple[str, ...]] = []
    with transaction.atomic(using=STAFF):
        occurrences = Occurrence.objects.prefetch_related("offences", "entries__corrected_by", "markers").order_by("pk")
        for occurrence in occurrences:
            moved = bool(occurrence.force_number)
            if moved and occurrence.exported_at is None:
                continue
            markers = "|".join(marker.name for marker in current_markers(occurrence))
            offence_rows += [
                (
                    occurrence.number,
                    offence.crime_no,
                    offence.code,
                    offence.label,
                    offence.recorded_on.isoformat(),
                    occurrence.reported_on.isoformat(),
                    offence.committed_from.isoformat() if offence.committed_from else "",
                    offence.committed_to.isoformat() if offence.committed_to else "",
                    "transferred" if moved else offence.status,
                    markers,
                )
                for offence in occurrence.offences.all()
            ]
            text_rows += [
                (
                    occurrence.number,
                    entry.field,
                    str(entry.number),
                    f"{localtime(entry.entered_at):%Y-%m-%d %H:%M}",
                    entry.text if entry.holds else "",
                )
                for entry in occurrence.entries.all()
            ]
            if occurrence.exported_at is None:
                occurrence.exported_at = now
                occurrence.save(update_fields=["exported_at"])
        _write(folder / "offences.csv", OFFENCES, offence_rows)
        _write(folder / "texts.csv", TEXTS, text_rows)
        changes = {"offences": len(offence_rows), "texts": len(text_rows)}
        record("occurrences.exported", by=by, kind="export", key="occurrences", changes=changes)
    return len(offence_rows), len(text_rows)


def _write(path: Path, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Write the rows whole or not at all, readable by the owner only."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    write_whole(path, text.getvalue(), mode=0o600)
