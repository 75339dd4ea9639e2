"""Builds the packaged list of offence codes from the published lists and the history kept by hand.

    python tools/build_codes.py --home-office LIST.csv --list-date 2026-04 --moj CODES.csv.gz \
        --history tools/offence_history.toml --out src/clearcount/data/offence_codes.json

LIST.csv is the offences sheet of the Home Office's "notifiable offences" workbook; CODES.csv.gz holds the codes of the
Ministry of Justice's manage-offences service. Same inputs, same bytes.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clearcount.model.codes import HomeOfficeCode
from clearcount.offences.published import listed

_PLACEHOLDER = re.compile(r"\s*\[Use this code only.*?\]\s*", re.IGNORECASE)


def tidy(text: str) -> str:
    """`text` without stray, doubled and trailing white space."""
    return " ".join(text.split())


def home_office_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(canonical code, row) for every row of the Home Office list."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    for found in listed(header, enumerate(rows, start=2)):
        row = {("class" if key == "class_" else key): value for key, value in vars(found.row).items()}
        yield found.code, row | ({"from": found.began.isoformat()} if found.began else {})


def moj_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(canonical code, row) for every row of the Ministry of Justice list."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            yield (
                str(HomeOfficeCode.parse(line["ho_code"])),
                {
                    "description": tidy(_PLACEHOLDER.sub(" ", line["sub_category_description"])),
                    "category": tidy(_PLACEHOLDER.sub(" ", line["category_description"])),
                    "class": tidy(line["parent_group"]).capitalize(),
                    "source": "moj",
                },
            )


def merged(home_office: Path, moj: Path, history: dict[str, Any]) -> list[dict[str, Any]]:
    """One entry per code, in the order of the codes; rows of the Home Office come first, history wins."""
    entries: dict[str, dict[str, Any]] = {}
    for code, row in [*home_office_rows(home_office), *moj_rows(moj)]:
        entries.setdefault(code, {"code": code, "rows": []})["rows"].append(_without_empty(row))
    for entry in entries.values():
        listed = [row for row in entry["rows"] if row["source"] == "home-office"]
        if listed and all("from" in row for row in listed):
            entry["from"] = min(row["from"] for row in listed)
    for kept in history["code"]:
        code = str(HomeOfficeCode.parse(kept["code"]))
        entry = entries.setdefault(code, {"code": code, "rows": [{"source": "history"}]})
        own = {key: kept[key] for key in ("description", "act", "section", "category", "class") if key in kept}
        for row in entry["rows"]:
            if row["source"] != "moj":
                row.update(own)
        for key in ("from", "to"):
            if key in kept:
                entry[key] = kept[key].isoformat()
        entry.update(
            {key: kept[key] for key in ("mark", "source", "note", "after_end", "after_end_source") if key in kept}
        )
    for entry in entries.values():
        for row in entry["rows"]:
            row.pop("from", None)
    return [entries[code] for code in sorted(entries)]


def provision(kept: dict[str, Any]) -> dict[str, Any]:
    """One provision of the history with its dates as text and its codes canonical."""
    entry = dict(kept)
    for key in ("from", "to"):
        if key in entry:
            entry[key] = entry[key].isoformat()
    for key in ("codes", "before"):
        if key in entry:
            entry[key] = [str(HomeOfficeCode.parse(code)) for code in entry[key]]
    return entry


def _without_empty(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value}


def _lines(entries: list[dict[str, Any]]) -> str:
    return ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home-office", type=Path, required=True)
    parser.add_argument("--list-date", required=True, help="the month of the Home Office list, such as 2026-04")
    parser.add_argument("--moj", type=Path, required=True)
    parser.add_argument("--history", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()

    history = tomllib.loads(given.history.read_text(encoding="utf-8"))
    codes = merged(given.home_office, given.moj, history)
    provisions = [provision(kept) for kept in history["provision"]]
    known = {entry["code"] for entry in codes}
    for entry in provisions:
        if missing := set(entry["codes"] + entry.get("before", [])) - known:
            raise SystemExit(f"{entry['id']} names codes that no list knows: {', '.join(sorted(missing))}")
    sources = [
        {
            "name": "Home Office, notifiable offences and notifiable reported incidents: offences sheet",
            "date": given.list_date,
            "licence": "Crown copyright, Open Government Licence v3.0",
            "address": "https://www.gov.uk/government/publications/counting-rules-for-recorded-crime",
            "sha256": hashlib.sha256(given.home_office.read_bytes()).hexdigest(),
        },
        {
            "name": "Ministry of Justice, manage-offences service: Home Office codes",
            "date": "",
            "licence": "MIT, Crown copyright (Ministry of Justice)",
            "address": "https://github.com/ministryofjustice/hmpps-manage-offences-api",
            "sha256": hashlib.sha256(given.moj.read_bytes()).hexdigest(),
        },
        {
            "name": "History kept by hand: expired codes, dates, provisions without a code",
            "date": history["checked"].isoformat(),
            "licence": "MIT",
            "address": "",
            "sha256": hashlib.sha256(given.history.read_bytes()).hexdigest(),
        },
    ]
    head = {"version": f"{given.list_date}.{history['version']}", "sources": sources}
    body = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    text = f'{body},\n"codes": [\n{_lines(codes)}\n],\n"provisions": [\n{_lines(provisions)}\n]\n}}\n'
    json.loads(text)
    given.out.write_text(text, encoding="utf-8", newline="\n")
    rows = Counter(row["source"] for entry in codes for row in entry["rows"])
    print(f"{len(codes)} codes, rows by source {dict(rows)}, {len(provisions)} provisions -> {given.out}")


if __name__ == "__main__":
    main()
