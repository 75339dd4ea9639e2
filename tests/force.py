"""A made-up force with every kind of record that requests ask about, the same for the same size and seed."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from clearcount.workflow.importing import import_export

AS_AT = date(2025, 6, 30)
NOW = datetime(2025, 7, 1, 9, tzinfo=UTC)
ROLES = ("victim", "suspect", "charged")
EXTRA = ("district", "outcome", "victim_age", "victim_sex", "suspect_age", "location", "online", "recorded_time")
KINDS = ("crimes", "incidents", "searches")
_CODES = (
    *("086/02", "086/10", "088/14", "088/15", "175/08", "030/01", "008/01", "105/01", "035/00", "008/30", "195/99"),
    *("088/05", "049/10", "058/01", "008/21"),
)
_WORDS = (
    *("deepfake", "AI generated", "Snapchat", "Tinder", "Grindr", "e-scooter", "drone", "webcam", "knife", "porn"),
    *("XL bully", "needle", "spiked drink", "clone", "Facebook", "Twitter"),
)
_FILL = ("the caller said", "officers went", "no further detail", "seen near the shop", "reported by phone")
_DISTRICTS = ("North", "South", "East Vale", "")
_OUTCOMES = ("1", "1A", "14", "15", "16", "18", "", "27")
_AGES = ("9", "13", "17", "18", "24", "31", "47", "70", "", "18-24", "65+")
_SEXES = ("Female", "Male", "")
_RECORDS = {
    "incidents": 'noun = "incident"\nsystem = "command and control system"',
    "searches": 'noun = "stop and search record"',
}
_LAYOUT = """name = "made up"
codes = "{codes}"
{records}
[[file]]
match = ["offences*"]
[file.offence]
occurrence_no = "occurrence_no"
crime_no = "crime_no"
code = "code"
offence = "offence"
recorded_on = "recorded_on"
committed_from = "committed_from"
status = "status"
markers = "markers"
[file.offence.extra]
{extra}
[[file]]
match = ["texts*"]
[[file.text]]
occurrence_no = "occurrence_no"
field = "field"
entry_no = "entry_no"
text = "text"
[[file]]
match = ["persons*"]
[[file.person]]
occurrence_no = "occurrence_no"
crime_no = "crime_no"
person_no = "person_no"
role = "role"
age = "age"
sex = "sex"
[file.person.extra]
ethnicity = "ethnicity"
"""


def _offences(dice: random.Random, kind: str, size: int) -> Iterator[list[str]]:
    codes = {"crimes": _CODES, "incidents": ("NSIR-04", "NSIR-16"), "searches": ("drugs", "weapons", "theft")}[kind]
    for number in range(size):
        for part in range(dice.choice((1, 1, 1, 2))):
            recorded = date(2020, 4, 1) + timedelta(days=dice.randrange(1900))
            committed = recorded - timedelta(days=dice.randrange(40))
            code = dice.choice(codes)
            yield [
                f"{number:07d}", f"{number:07d}/{part}", code, f"Offence {code}", str(recorded), str(committed),
                dice.choice(("recorded",) * 9 + ("cancelled",)), dice.choice(("", "", "AI", "AI:not", "Knife")),
                dice.choice(_DISTRICTS), dice.choice(_OUTCOMES), dice.choice(_AGES), dice.choice(_SEXES),
                dice.choice(_AGES), dice.choice(("dwelling", "street", "")), dice.choice(("yes", "no", "")),
                dice.choice(("", f"{dice.randrange(24):02d}:{dice.randrange(60):02d}")),
            ]  # fmt: skip


def _texts(dice: random.Random, size: int) -> Iterator[list[str]]:
    for number in range(size):
        for entry in range(dice.randrange(3)):
            words = [dice.choice(_FILL), *dice.sample(_WORDS, dice.choice((0, 0, 0, 1, 2))), dice.choice(_FILL)]
            yield [f"{number:07d}", dice.choice(("mo", "summary")), str(entry + 1), " ".join(words)]


def _persons(dice: random.Random, offences: Iterable[Sequence[str]]) -> Iterator[list[str]]:
    """A few people on most offences; a blank crime number stands for every offence of the occurrence."""
    for number, (occurrence, crime, *_) in enumerate(offences):
        for role, most in zip(ROLES, (2, 2, 1), strict=True):
            for at in range(dice.randrange(most + 1)):
                named = crime if dice.randrange(4) else ""
                yield [
                    occurrence, named, f"P{number}-{at}", role, dice.choice(_AGES), dice.choice(_SEXES),
                    dice.choice(("White", "Asian", "Black", "Mixed", "")),
                ]  # fmt: skip


def _write(path: Path, header: Sequence[str], rows: Iterable[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def make_force(folder: Path, size: int, seed: int = 7) -> None:
    """Write an export and a store for each kind of record below `folder`: `crimes/export`, `crimes/store`."""
    for at, kind in enumerate(KINDS):
        dice = random.Random(seed + at)
        export = folder / kind / "export"
        export.mkdir(parents=True)
        few = size if kind == "crimes" else size // 3
        base = ("occurrence_no", "crime_no", "code", "offence", "recorded_on", "committed_from", "status", "markers")
        offences = list(_offences(dice, kind, few))
        _write(export / "offences.csv", (*base, *EXTRA), offences)
        _write(export / "texts.csv", ("occurrence_no", "field", "entry_no", "text"), _texts(dice, few))
        people = ("occurrence_no", "crime_no", "person_no", "role", "age", "sex", "ethnicity")
        _write(export / "persons.csv", people, _persons(random.Random(seed + 100 + at), offences))
        layout = folder / kind / "layout.toml"
        extra = "\n".join(f'{name} = "{name}"' for name in EXTRA)
        codes, records = ("home-office", "") if kind == "crimes" else ("own", f"[records]\n{_RECORDS[kind]}")
        layout.write_text(_LAYOUT.format(codes=codes, records=records, extra=extra))
        import_export([export], folder / kind / "store", now=NOW, as_at=AS_AT, layout=str(layout))
