"""Random answers about people, published one after another: a reader of all of them learns no small count.

The requests differ in filters and their spelling, in lines and columns. The reader knows which people each counts.
The attack is in `print_attack`, which shares no code with disclosure control.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner
from tests.cli.people import People, Person
from tests.property.print_attack import Reader

from clearcount.cli import cli

SEXES, KINDS, MONTHS, AGES = ("Female", "Male"), ("A1", "B1"), ("2024-01", "2024-02"), ("16", "34")
FILTERS: Sequence[tuple[str, dict[str, Sequence[str]]]] = (
    ("", {}),
    ('sex = ["Female"]', {"sex": SEXES[:1]}),
    ('sex = ["FEMALE", "nobody"]', {"sex": SEXES[:1]}),
    ('sex = ["Male"]', {"sex": SEXES[1:]}),
    ('ethnicity = ["A1"]', {"kind": KINDS[:1]}),
    ('sex = ["Female"], ethnicity = ["A1"]', {"sex": SEXES[:1], "kind": KINDS[:1]}),
    ("age = { below = 18 }", {"age": AGES[:1]}),
    ("age = { from = 18 }", {"age": AGES[1:]}),
)


class _Done:
    def __init__(self, result: Any) -> None:
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr


def _run(*arguments: object) -> _Done:
    return _Done(CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="clearcount"))


def _published(folder: Path, seed: int) -> tuple[int, list[str]]:
    """How many answers left, and what a reader of them learns."""
    random = Random(seed)
    office = People(folder, _run)
    weights = [random.random() ** 2 + 0.02 for _ in range(16)]
    every: list[Person] = [(m, k, a, s) for m in MONTHS for k in KINDS for a in AGES for s in SEXES]
    world = random.choices(every, weights, k=random.randint(40, 140))
    office.imports(world)
    reader = Reader({"m": MONTHS, "kind": KINDS, "age": AGES, "sex": SEXES})
    left = 0
    for number in range(3):
        where, inside = random.choice(FILTERS)
        rows = random.choice(("", "sex", "ethnicity"))
        rows = "" if rows == "sex" and "sex" in inside else rows
        columns = random.choice(("", "month"))
        lines = f"rows = [{repr(rows) if rows else ''}]\ncolumns = [{repr(columns) if columns else ''}]"
        name = f"r{number}"
        done = office.answers(name, where=f"where = {{ {where} }}" if where else "", table=lines)
        if done.code:
            assert "small count" in done.err or "safe" in done.err, done.err
            continue
        left += 1
        for file in ("counts.csv",):
            for at, shown in office.cells(name, file).items():
                place = dict(at)
                sides: dict[str, Sequence[str]] = dict(inside)
                for column, side in (("sex", "sex"), ("ethnicity", "kind")):
                    if place.get(column, "total") not in ("total", ""):
                        sides[side] = (place[column],)
                if place["period"] in MONTHS:
                    sides["m"] = (place["period"],)
                truth = sum(
                    all(
                        value in sides.get(key, (value,))
                        for key, value in zip(("m", "kind", "age", "sex"), who, strict=True)
                    )
                    for who in world
                )
                assert not shown.isdigit() or int(shown) == truth
                reader.sees(reader.mask(**sides), shown, truth, f"{number} {file}")
    return left, reader.learns()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_reader_of_three_answers_about_people_learns_no_small_count(tmp_path: Path, seed: int) -> None:
    left, learnt = _published(tmp_path, seed)
    assert left >= 2
    assert not learnt


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 140))
def test_a_reader_of_three_answers_about_people_learns_no_small_count_forty_times(tmp_path: Path, seed: int) -> None:
    _, learnt = _published(tmp_path, seed)
    assert not learnt
