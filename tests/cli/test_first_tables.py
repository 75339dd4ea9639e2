"""Any shape may stand first: check, count and verify ask nothing of the first table that another shape lacks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from clearcount.cli import cli

OFFENCES = [
    "occurrence_no,crime_no,home_office_code,recorded_on,status,markers",
    *(
        f"O{n},C{n},{('086/02', '088/15', '030/01')[n % 3]},2024-0{n % 4 + 1}-05,recorded,{('', 'AI')[n % 2]}"
        for n in range(24)
    ),
    "O30,C30,088/15,2023-05-05,recorded,",
]
TEXTS = [
    "occurrence_no,field,entry_no,entered_at,text",
    *(f"O{n},mo,1,,{('drone seen', 'a webcam and a drone', 'nothing', 'webcam')[n % 4]}" for n in range(24)),
]
PEOPLE = ["occurrence_no,crime_no,person_no,role,age,sex", *(f"O{n},,1,victim,{n},Female" for n in range(24))]
POLICY = '[disclosure]\nrule = "suppress"\nthreshold = 3\nreason = "made up"\napproved_by = "a test"\n'
REQUEST = """[request]
reference = "F/1"
received = 2024-06-01
[scope]
from = "2023-04"
to = "2024-04"
codes = ["086/02", "088/15", "030/01"]
{unit}
[terms]
any = ["drone", "webcam"]
fields = ["mo"]
[marker]
name = "AI"
use = "beside"
[[question]]
text = "First"
[[question]]
text = "Second"
codes = ["030/01"]
any = []
[[table]]
rows = {rows}
columns = {columns}
{more}
[[table]]
rows = ["offence"]
columns = ["quarter"]
"""
SHAPES = [
    *(((), ()), (("term",), ()), (("term",), ("month",)), ((), ("year",)), (("class",), ("financial-year",))),
    *((("state",), ("quarter",)), (("marker",), ()), (("question",), ()), (("class",), ("state",)), ((), ("term",))),
    *((("category",), ("marker",)), (("offence",), ("term",)), (("sub-class", "marker"), ("year",))),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("first")
    (folder / "export").mkdir()
    for name, lines in (("offences", OFFENCES), ("texts", TEXTS), ("persons", PEOPLE)):
        (folder / "export" / f"{name}.csv").write_text("\n".join(lines) + "\n")
    (folder / "policy.toml").write_text(POLICY)
    done = CliRunner().invoke(
        cli, ["import", str(folder / "export"), "--store", str(folder / "store"), "--as-at", "2024-05-01", "--quiet"]
    )
    assert done.exit_code == 0, done.output
    return folder


def written(folder: Path, rows: tuple[str, ...], columns: tuple[str, ...], unit: str = "", more: str = "") -> str:
    path = folder / "request.toml"
    if {"term", "state"} & {*rows, *columns} and not more:
        more = "of = [1]"  # the second part looks for no words
    path.write_text(REQUEST.format(rows=json.dumps(rows), columns=json.dumps(columns), unit=unit, more=more))
    return str(path)


def answered(folder: Path, out: Path, request: str) -> None:
    store, policy = str(folder / "store"), str(folder / "policy.toml")
    for words in (
        ("count", request, "--store", store, "--out", str(out), "--policy", policy),
        ("verify", str(out), "--store", store),
    ):
        done = CliRunner().invoke(cli, list(words))
        assert done.exit_code == 0, done.output
    names = [table["name"] for table in json.loads((out / "release.json").read_text())["printed"]]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("rows", "columns"), SHAPES)
def test_check_takes_any_shape_first(store: Path, rows: tuple[str, ...], columns: tuple[str, ...]) -> None:
    done = CliRunner().invoke(cli, ["check", written(store, rows, columns), "--store", str(store / "store"), "--json"])
    assert done.exit_code == 0, done.output
    assert "088/15-recorded-out-of-force" in [doubt["id"] for doubt in json.loads(done.output)["doubts"]]


@pytest.mark.parametrize(("rows", "columns"), SHAPES[1:4])
def test_any_shape_first_is_counted_and_verified(
    store: Path, tmp_path: Path, rows: tuple[str, ...], columns: tuple[str, ...]
) -> None:
    answered(store, tmp_path / "out", written(store, rows, columns))


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "columns"), [SHAPES[0], *SHAPES[4:]])
def test_every_shape_first_is_counted_and_verified(
    store: Path, tmp_path: Path, rows: tuple[str, ...], columns: tuple[str, ...]
) -> None:
    answered(store, tmp_path / "out", written(store, rows, columns))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "more"),
    [
        (("term",), ""),
        (("age",), '[column.age]\nbands = ["0-9", "10-17", "18+"]'),
        (("sex", "term"), ""),
        (("state",), ""),
        ((), "of = [2]"),
    ],
)
@pytest.mark.parametrize("unit", ["victims", "occurrences"])
def test_every_unit_first_is_counted_and_verified(
    store: Path, tmp_path: Path, rows: tuple[str, ...], more: str, unit: str
) -> None:
    if unit == "occurrences" and {"age", "sex"} & set(rows):
        return
    answered(store, tmp_path / "out", written(store, rows, (), f'unit = "{unit}"', more))


@pytest.mark.parametrize("basis", ["recorded", "reported", "committed"])
def test_an_hour_without_a_time_of_day_is_refused_in_a_sentence(store: Path, basis: str) -> None:
    request = written(store, ("hour",), (), f'date_basis = "{basis}"')
    done = CliRunner().invoke(cli, ["check", request, "--store", str(store / "store"), "--json"])
    assert done.exit_code == 2
    (fault,) = json.loads(done.output)["faults"]
    assert fault["what"] == f"the store holds no time of day: no column '{basis}_time'"
    assert fault["do"] == f"import with a layout that keeps the time as {basis}_time"
