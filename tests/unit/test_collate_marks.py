"""Several markers in one cell: each is read, whichever comes first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from clearcount.cli import cli
from clearcount.model.marks import is_hidden, joined_marks, marks_of

HEAD = "force,reference,table,row,code,label,period,period_from,period_to,value,marker"
MONTHS = {"2024-01": "2024-01-01,2024-01-31", "2024-02": "2024-02-01,2024-02-29"}


@pytest.mark.parametrize(
    ("text", "marks", "hidden"),
    [
        ("", (), False),
        ("c", ("c",), True),
        ("c|p", ("c", "p"), True),
        ("p|c", ("p", "c"), True),
        (" low | p ", ("low", "p"), True),
        ("p", ("p",), False),
        ("round|p", ("round", "p"), False),
        ("z||p", ("z", "p"), False),
    ],
)
def test_markers_are_parted_and_joined_in_one_place(text: str, marks: tuple[str, ...], hidden: bool) -> None:
    assert marks_of(text) == marks and is_hidden(text) is hidden
    assert marks_of(joined_marks(marks)) == marks


@pytest.mark.parametrize("marker", ["c", "c|p", "p|c", "low", "low|p"])
def test_a_hidden_cell_of_a_part_month_that_totals_give_away_is_told(tmp_path: Path, marker: str) -> None:
    cells = {
        ("086/02", "2024-01"): "7",
        ("086/02", "2024-02"): "",
        ("086/10", "2024-01"): "6",
        ("086/10", "2024-02"): "8",
    }
    rows = [
        f"F,R,mentions,{code},HO {code},Offence {code},{month},{MONTHS[month]},{value},{'' if value else marker}"
        for (code, month), value in cells.items()
    ]
    rows += [
        f"F,R,mentions,{code},HO {code},Offence {code},total,2024-01-01,2024-02-29,{value},"
        for code, value in (("086/02", 9), ("086/10", 14))
    ]
    (tmp_path / "counts.csv").write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
    done = CliRunner().invoke(
        cli, ["collate", str(tmp_path / "counts.csv"), "--out", str(tmp_path / "o.csv"), "--json"]
    )
    assert done.exit_code in (0, 1), done.output
    assert len(json.loads(done.stdout)["given_away"]) == 1, done.stdout
