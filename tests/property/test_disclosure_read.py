"""Answers that rest on what people read and coded, under every policy: nobody learns a small count from the print.

A reader has release.json: the figures, the bounds of those that are suppressed or rounded, and the heading, which says
whether all mentions were read. Only a confirmed record is coded. The attack shares no code with disclosure control.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from tests.cli.publishing import Office, Record
from tests.property.print_attack import Reader

from clearcount.cli import cli

HEAD = '[disclosure]\nreason = "made up"\napproved_by = "a test"\n'
POLICIES: Mapping[str, str] = {
    "shown": 'rule = "suppress"\n',
    "ambiguous": 'rule = "suppress"\nzeros = "ambiguous"\n',
    "nearest": 'rule = "round"\nmethod = "nearest"\nbase = 3\n',
    "controlled": 'rule = "round"\nbase = 3\n',
}
CODES, MONTHS = ("086/02", "088/15"), ("2024-01", "2024-02")
FACT = '[[fact]]\nname = "app"\nvalues = ["one", "two"]\n'
CODED = ("one", "two", "cannot tell", "not coded")
READ = ("unclear", "not relevant", "undecided", *(f"confirmed, {value}" for value in CODED))
TABLES: Mapping[str, tuple[str, ...]] = {
    "denominators": ("none", *READ),
    "mentions": READ,
    "confirmed": READ[3:],
    "confirmed_or_unclear": (READ[0], *READ[3:]),
    "undecided": (READ[2],),
}


class _Done:
    def __init__(self, result: Any) -> None:
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr


def _run(*arguments: object) -> _Done:
    return _Done(CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="clearcount"))


def _sheet(office: Office, random: Random, said: dict[str, str]) -> Callable[[Path], list[Any]]:
    """Write decisions at random; what each occurrence is goes into `said`."""
    weights = [random.choice((0, 1, 3)) for _ in READ]
    weights[-1] += not sum(weights)

    def write(request: Path) -> list[Any]:
        sheet = office.folder / "hits.csv"
        done = office.run("review", "export", request, "--store", office.store, "--out", sheet)
        assert done.code == 0, done.err
        with sheet.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            what = random.choices(READ, weights)[0]
            said[row["occurrence_no"]] = what
            if what == "undecided":
                continue
            state, _, value = what.partition(", ")
            row["code"] = {"confirmed": "relevant", "not relevant": "not_relevant"}.get(state, state)
            row["coder"], row["at"] = "one", "2024-07-01T10:00:00+00:00"
            if value and value != "not coded":
                row["fact:app"] = value
        with sheet.open("w", encoding="utf-8", newline="") as file:
            lines = csv.DictWriter(file, list(rows[0]) if rows else ["occurrence_no"])
            lines.writeheader()
            lines.writerows(rows)
        return ["--decisions", sheet]

    return write


def _attack(folder: Path, policy: str, seed: int) -> list[str] | None:
    """What a reader of one random answer learns; None for one that was refused."""
    random = Random(seed)
    office = Office(folder, _run, HEAD + POLICIES[policy])
    world = [
        Record(f"N{number:05d}", random.choice(CODES), random.choice(MONTHS), text=random.choice(("alpha", "no")))
        for number in range(random.randint(4, 60))
    ]
    if all(record.text != "alpha" for record in world):
        return None  # there is nothing to read
    office.imports(world)
    shapes = [(["offence"], random.choice((["month"], [])))]
    shapes += random.sample([(["app"], ["month"]), (["app"], []), (["state"], []), (["offence", "app"], [])], 2)
    text = "".join(f"[[table]]\nrows = {json.dumps(r)}\ncolumns = {json.dumps(c)}\n" for r, c in shapes)
    said: dict[str, str] = {}
    done = office.counts(
        "a",
        first=MONTHS[0],
        last=MONTHS[-1],
        codes=[[code] for code in CODES],
        words={"rule": "word", "any": ["alpha"]},
        tables=text + FACT,
        arguments=_sheet(office, random, said),
    )
    if done.code:
        return None
    released = json.loads((office.folder / "a" / "release.json").read_text(encoding="utf-8"))
    reader = Reader({"c": CODES, "m": MONTHS, "r": ("none", *READ)})
    for table in released["tables"]:
        name = table["name"].rstrip(" 0123456789")
        if name not in TABLES:
            continue
        for at, low, high in table["cells"]:
            place = dict(zip(table["by"], at, strict=True))
            codes, months = (
                set(sides) if place.get(key, "total") == "total" else {place[key]}
                for key, sides in (("offence", CODES), ("month", MONTHS))
            )
            read = _narrowed(TABLES[name], place)
            mask = reader.mask(c=codes, m=months, r=read)
            truth = sum(r.code in codes and r.month in months and said.get(r.occurrence, "none") in read for r in world)
            assert low <= truth <= (np.inf if high is None else high), (table["name"], at)
            shown = str(low) if low == high else "[c]"
            rounded = low != high and policy in ("nearest", "controlled")
            reader.sees(mask, shown, truth, f"{table['name']} {at}", (low, high) if rounded else None)
    undecided = reader.mask(r=TABLES["undecided"])
    if released["prose"]["heading"].startswith("Confirmed mentions, all read"):
        reader.knows(undecided, 0, 0)
    else:
        reader.knows(undecided, 1)
    return reader.learns(floor=0 if policy == "ambiguous" else 1, printed=policy in ("shown", "ambiguous"))


def _narrowed(read: tuple[str, ...], place: Mapping[str, str]) -> tuple[str, ...]:
    """The states of a cell with a line by state or by what was coded."""
    if (state := place.get("state", "total")) != "total":
        read = tuple(each for each in read if each.partition(",")[0] == state)
    if (value := place.get("app", "total")) != "total":
        read = tuple(
            each for each in read if each.endswith(f", {value}") or (value == "not coded" and ", " not in each)
        )
    return read


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("seed", [0, 103])
def test_what_was_read_and_coded_gives_no_small_count_away(tmp_path: Path, policy: str, seed: int) -> None:
    assert not _attack(tmp_path, policy, seed)


@pytest.mark.slow
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("seed", range(100, 125))
def test_what_was_read_and_coded_gives_no_small_count_away_100_times(tmp_path: Path, policy: str, seed: int) -> None:
    assert not _attack(tmp_path, policy, seed)
