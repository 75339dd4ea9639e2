"""Turns an export of the AI Incident Database into the default export layout, to try the product on real prose.

    python tools/aiid_to_niche.py aiid_export.csv.gz OUT_FOLDER

One incident becomes one occurrence with one offence under a constant code, 049/10: the incidents are no crimes, and
the code only stands in for one. The title becomes the summary, the description the MO. Every incident's date is taken
as the recorded date.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from pathlib import Path

CODE = "049/10"
OFFENCES = (
    "occurrence_no",
    "crime_no",
    "home_office_code",
    "offence",
    "recorded_on",
    "reported_on",
    "committed_from",
    "committed_to",
    "status",
    "markers",
)
TEXTS = ("occurrence_no", "field", "entry_no", "entered_at", "text")


def convert(export: Path, out: Path) -> int:
    """Writes `out/offences.csv` and `out/texts.csv`; returns how many incidents there were."""
    content = gzip.decompress(export.read_bytes()) if export.suffix == ".gz" else export.read_bytes()
    incidents = list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
    out.mkdir(parents=True, exist_ok=True)
    with (out / "offences.csv").open("w", encoding="utf-8", newline="") as offences:
        writer = csv.writer(offences)
        writer.writerow(OFFENCES)
        for row in incidents:
            key = row["incident_id"]
            writer.writerow([key, key, CODE, "AI incident", row["date"], "", "", "", "recorded", ""])
    with (out / "texts.csv").open("w", encoding="utf-8", newline="") as texts:
        writer = csv.writer(texts)
        writer.writerow(TEXTS)
        for row in incidents:
            writer.writerow([row["incident_id"], "summary", "1", row["date"], row["title"]])
            writer.writerow([row["incident_id"], "mo", "1", row["date"], row["description"]])
    return len(incidents)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(f"{convert(Path(sys.argv[1]), Path(sys.argv[2]))} incidents")
