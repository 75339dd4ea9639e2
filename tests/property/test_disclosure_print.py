"""Whole random answers, attacked from the request and the printed files alone.

A reader knows which records a cell counts from what was asked, and reads the cells in counts.csv and denominators.csv.
Occurrences are sets: one may have offences in several cells. Where people read the mentions, each mention is confirmed,
unclear, not relevant or undecided, and the tables of what they decided are read too. The attack is in `print_attack`
and shares no code with disclosure control.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner
from tests.cli.publishing import Office, Record
from tests.property.print_attack import Reader
from tests.property.printed_cells import AGES, CODES, DISTRICTS, MONTHS, STATES, TERMS, TEXTS, PrintedCell, cells_of

from clearcount.cli import cli


@dataclass(frozen=True)
class _Done:
    code: int
    out: str
    err: str


def _run(*arguments: object) -> _Done:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="clearcount")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return _Done(result.exit_code, result.stdout, result.stderr)


def _records(random: Random) -> list[Record]:
    """Some hundred offences; some occurrences hold several, and their text is that of all of them."""
    found: list[Record] = []
    occurrences = random.randint(40, 160)
    weights = [random.random() + 0.1 for _ in CODES]
    for number in range(random.randint(60, 220)):
        occurrence = random.randrange(occurrences)
        text = list(TEXTS.values())[(occurrence * 7 + random.randrange(1)) % 4]
        found.append(
            Record(
                f"N{occurrence:05d}",
                random.choices(CODES, weights)[0],
                random.choice(MONTHS),
                random.choice(DISTRICTS),
                text,
                random.choice(AGES),
                f"C{number}",
            )
        )
    return found


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Mapping[int, tuple[Office, list[Record]]]:
    """Stores with different records, made when they are first asked for."""

    class Made(dict[int, tuple[Office, list[Record]]]):
        def __missing__(self, seed: int) -> tuple[Office, list[Record]]:
            office = Office(tmp_path_factory.mktemp(f"office{seed}"), _run)
            records = _records(Random(seed))
            office.imports(records)
            self[seed] = office, records
            return self[seed]

    return Made()


def _tables(random: Random, words: bool, unit: str, *, read: bool) -> list[tuple[list[str], list[str]]]:
    if unit == "occurrences":
        return [(["offence"], [random.choice(("month", "quarter", "year"))])]
    rows = [["offence"], ["offence", "district"], ["question"], ["district", "age"], ["age"], ["offence", "age"]]
    if words:
        rows.append(["term"])
    if read:
        rows += [["state"], ["offence", "state"], ["state", "district"]]
    columns = [["month"], ["quarter"], ["year"], [], ["month", "district"], ["age"]]
    first = random.choice((["offence"], ["offence", "district"])), [random.choice(("month", "quarter", "year"))]
    found = [first]
    while len(found) < random.choice((1, 1, 2, 3)):
        line, head = random.choice(rows), random.choice(columns)
        if not set(line) & set(head):
            found.append((line, head))
    return found


def _inside(record: Record, cell: PrintedCell, decisions: Mapping[tuple[str, str], str]) -> bool:
    text = next(words for words, said in TEXTS.items() if said == record.text)
    return (
        record.code in cell.codes
        and record.month in cell.months
        and record.district in cell.districts
        and record.age in cell.ages
        and text in cell.texts
        and decisions.get((record.occurrence, record.code), STATES[-1]) in cell.states
    )


def _attacked(
    cells: Sequence[PrintedCell],
    records: Sequence[Record],
    unit: str,
    months: Sequence[str],
    decisions: Mapping[tuple[str, str], str],
) -> list[str]:
    codes = tuple(dict.fromkeys(code for cell in cells for code in cell.codes))
    if unit == "offences":
        dimensions = {"c": codes, "m": months, "d": DISTRICTS, "a": AGES, "t": tuple(TEXTS), "s": STATES}
        boxes = [
            {"c": cell.codes, "m": cell.months, "d": cell.districts, "a": cell.ages, "t": cell.texts, "s": cell.states}
            for cell in cells
        ]
        # a dimension that no figure cuts tells a reader nothing
        cut = {n: leaves for n, leaves in dimensions.items() if any(set(box[n]) < set(leaves) for box in boxes)}
        reader = Reader(cut or {"c": codes})
        for cell, box in zip(cells, boxes, strict=True):
            mask = reader.mask(**{name: side for name, side in box.items() if name in reader.dimensions})
            reader.sees(mask, cell.shown, sum(_inside(record, cell, decisions) for record in records), cell.table)
        return reader.learns()
    spans = list(dict.fromkeys(cell.months for cell in cells if len(cell.months) < len(months))) or [tuple(months)]
    places = [f"{code} {','.join(span)}" for code, span in product(codes, spans)]
    sets = ["|".join(combo) for size in range(1, len(places) + 1) for combo in combinations(places, size)]
    reader = Reader({"s": sets, "t": tuple(TEXTS)})
    for cell in cells:
        met = {f"{c} {','.join(span)}" for c in cell.codes for span in spans if set(span) <= set(cell.months)}
        mask = reader.mask(s=[each for each in sets if met & set(each.split("|"))], t=cell.texts)
        truth = len({record.occurrence for record in records if _inside(record, cell, decisions)})
        reader.sees(mask, cell.shown, truth, cell.table)
    return reader.learns()


def _attack(office: Office, records: Sequence[Record], seed: int) -> list[str] | None:
    """What a reader of one random answer learns; None for an answer that was refused."""
    random = Random(seed)
    words = random.random() < 0.6
    unit = "occurrences" if random.random() < 0.25 else "offences"
    size = random.randint(1, 2) if unit == "occurrences" else random.randint(1, 3)
    codes = random.sample(CODES, size)
    questions = [[code] for code in codes]
    if size > 1 and random.random() < 0.3 and unit == "offences":
        questions = [codes[:1], codes]
    first, last = (0, random.randint(1, 3)) if unit == "offences" else (0, 2)
    months = MONTHS[first : last + 1]
    asked = random.sample(TERMS, random.randint(1, 2))
    read = words and unit == "offences" and random.random() < 0.4
    tables = _tables(random, words, unit, read=read)
    if len(questions) > 1 and questions[0] == codes[:1]:
        tables = [(["question"], head) for _, head in tables[:1]]
    text = "".join(f"[[table]]\nrows = {json.dumps(r)}\ncolumns = {json.dumps(c)}\n" for r, c in tables)
    settings: dict[str, Any] = {"words": {"rule": "word", "any": asked}} if words else {}
    name = f"a{seed}"
    decisions: dict[tuple[str, str], str] = {}

    def reads(request: Path) -> Sequence[Any]:
        return ["--decisions", _decisions(office, request, random, decisions)] if read else []

    asked_for = {"first": months[0], "last": months[-1], "codes": questions, "unit": unit, "tables": text}
    done = office.counts(name, **asked_for, **settings, arguments=reads)
    if done.code:
        return None
    cells = list(cells_of(office.folder / name, questions, months, asked if words else (), read=read))
    for cell in cells:
        truth = sum(_inside(record, cell, decisions) for record in records)
        assert unit != "offences" or not cell.shown.isdigit() or int(cell.shown) == truth, cell
    return _attacked(cells, records, unit, months, decisions)


def _decisions(office: Office, request: Path, random: Random, decisions: dict[tuple[str, str], str]) -> Path:
    """A sheet of hits in which some were read, each decided at random; what was decided goes into `decisions`."""
    sheet = office.folder / f"{request.stem}-hits.csv"
    done = office.run("review", "export", request, "--store", office.store, "--out", sheet)
    assert done.code == 0, done.err
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    weights = [random.random() for _ in STATES]
    for row in rows:
        state = random.choices(STATES, weights)[0]
        if state != "undecided":
            decisions[row["occurrence_no"], row["offence_code"]] = state
            row["code"] = {"confirmed": "relevant", "not relevant": "not_relevant"}.get(state, state)
            row["coder"], row["at"] = "one", "2024-07-01T10:00:00+00:00"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, list(rows[0]) if rows else ["occurrence_no"])
        lines.writeheader()
        lines.writerows(rows)
    return sheet


@pytest.mark.parametrize("seed", range(40))
def test_a_reader_of_the_print_learns_no_small_count(offices: Any, seed: int) -> None:
    office, records = offices[seed % 2]
    assert not _attack(office, records, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1300))
def test_a_reader_of_the_print_learns_no_small_count_three_hundred_times(offices: Any, seed: int) -> None:
    office, records = offices[seed % 20]
    assert not _attack(office, records, seed)
