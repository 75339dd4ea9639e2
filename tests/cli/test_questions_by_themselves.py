"""Questions with a period or filter of their own in one table: where they share records, somebody must look."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.cli.publishing import Office, records

COUNTS = {(code, f"2024-0{month}", "North"): 9 for code in ("086/02", "086/10") for month in range(1, 7)}
NAME = "questions-by-themselves"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Callable[..., Any]], Office]:
    made: dict[str, Office] = {}

    def of(run: Callable[..., Any]) -> Office:
        if not made:
            made["one"] = Office(tmp_path_factory.mktemp("office"), run)
            made["one"].imports(records(COUNTS))
        return made["one"]

    return of


def _doubts(office: Office, questions: str, tables: str) -> set[str]:
    request = office.folder / "asked.toml"
    request.write_text(
        '[request]\nreference = "FOI/1"\nreceived = 2025-02-03\n[scope]\nfrom = "2024-01"\nto = "2024-06"\n'
        + questions
        + tables,
        encoding="utf-8",
    )
    said = office.run("check", request, "--store", office.store, "--json")
    return {doubt["id"] for doubt in json.loads(said.out)["doubts"]}


def _question(codes: str = '["086/02"]', more: str = "") -> str:
    return f'[[question]]\ntext = "How many?"\ncodes = {codes}\n{more}\n'


BY_QUESTION = '[[table]]\nrows = ["question"]\ncolumns = []\n'
EACH = '[[table]]\nof = [1]\nrows = ["offence"]\n[[table]]\nof = [2]\nrows = ["offence"]\n'
SHORT, LONG = 'to = "2024-04"', 'to = "2024-05"'
NORTH = 'where = { district = ["North"] }'


@pytest.mark.parametrize(
    ("first", "second", "tables", "doubted"),
    [
        (_question(more=SHORT), _question(more=LONG), BY_QUESTION, True),
        (_question(more=SHORT), _question('["086/02", "086/10"]', LONG), BY_QUESTION, True),
        (_question(more=NORTH), _question(), BY_QUESTION, True),
        (_question(more=SHORT), _question('["086/10"]', LONG), BY_QUESTION, False),
        (_question(more=SHORT), _question(more='from = "2024-05"'), BY_QUESTION, False),
        (_question(), _question(), BY_QUESTION, False),
        (_question(more=SHORT), _question(more=LONG), EACH, False),
        (_question(more=NORTH), _question(), EACH, False),
        (_question(more=SHORT), _question('["086/10"]', LONG), BY_QUESTION + EACH, True),
    ],
    ids=["longer", "wider", "a district", "other codes", "one after the other", "alike", "apart", "filters", "beside"],
)
def test_questions_that_share_records_are_a_doubt(
    office: Any, run: Callable[..., Any], first: str, second: str, tables: str, doubted: bool
) -> None:
    assert (NAME in _doubts(office(run), first + second, tables)) == doubted
