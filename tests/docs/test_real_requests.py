"""The thirty request files of docs/explanation/real-requests.md, counted, and recounted with plain SQL."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from clearcount.cli import cli
from clearcount.model.keys import TotalKey
from clearcount.model.request import FaultyRequest
from clearcount.model.request_reader import parse_request
from clearcount.model.table import Count, Table
from clearcount.offences import code_list
from clearcount.store import open_store
from clearcount.workflow.checking import faults_of
from clearcount.workflow.counting import count_request
from clearcount.workflow.inputs import one_store
from force import KINDS, make_force

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "real-requests.md"
FILES = dict(enumerate(re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL), 1))
_VIEWS = """
create view o as select occurrence_no occ, crime_no crime, code, recorded_on::date recorded, committed_from::date
  committed, markers, district, outcome, victim_age, victim_sex, suspect_age, location, online, recorded_time,
  (year(recorded_on::date - interval 3 month)) || '/' ||
    right((year(recorded_on::date - interval 3 month) + 1)::text, 2) fy,
  coalesce(g.class, 'not in the code list') class, coalesce(g.category, 'not in the code list') category
  from read_csv('{offences}', all_varchar = true, nullstr = '\\x00') left join g using (code) where status = 'recorded';
create view p as select o.*, person_no, role, age, sex, ethnicity from o join
  read_csv('{persons}', all_varchar = true, nullstr = '\\x00') t on o.occ = t.occurrence_no
    and (t.crime_no = '' or t.crime_no = o.crime);
create view x as select occurrence_no occ, field, w from read_csv('{texts}', all_varchar = true) t, words
  where contains(t.text, words.w);
create view h as select distinct occ, w from x;
create view hmo as select distinct occ, w from x where field = 'mo';
create view hsum as select distinct occ, w from x where field = 'summary';
"""
_WORDS = (
    *("deepfake", "AI generated", "Snapchat", "Tinder", "Grindr", "e-scooter", "drone", "webcam", "knife"),
    *("XL bully", "needle", "spiked drink", "Facebook", "Twitter"),
)


def _queries() -> dict[int, tuple[str, list[str]]]:
    """For each shape the kind of records, and one query for each table."""
    text = Path(__file__).with_name("real_requests.sql").read_text(encoding="utf-8")
    found = {}
    for block in re.split(r"^-- ", text, flags=re.MULTILINE)[1:]:
        head, _, body = block.partition("\n")
        number, kind = head.split(":")[0].split(" ")
        found[int(number)] = (kind, [" ".join(query.split()) for query in body.split(";") if query.strip()])
    return found


SQL = _queries()


@pytest.fixture(scope="module")
def force(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("force")
    make_force(folder, 1500)
    return folder


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large")
    make_force(folder, 30_000)
    return folder


def truth(force: Path, kind: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("create table words (w text)")
    connection.executemany("insert into words values (?)", [[word] for word in _WORDS])
    connection.execute("create table g (code text, class text, category text)")
    listed = [(code.code, code.class_, code.category) for code in code_list().codes.values()]
    with (force / kind / "export" / "offences.csv").open(newline="", encoding="utf-8") as file:
        held = {row["code"] for row in csv.DictReader(file)}
    for row in listed:
        if row[0] in held:
            connection.execute("insert into g values (?, ?, ?)", row)
    export = force / kind / "export"
    files = {name: export / f"{name}.csv" for name in ("offences", "texts", "persons")}
    connection.execute(_VIEWS.format(**files))
    return connection


def leaves(table: Table) -> dict[tuple[str, ...], int]:
    """Every count above 0 that is no margin."""
    return {
        tuple(key.text for key in place): cell.n
        for place, cell in table.cells.items()
        if isinstance(cell, Count) and cell.n and not any(isinstance(key, TotalKey) for key in place)
    }


def check(force: Path, number: int) -> None:
    data: dict[str, Any] = tomllib.loads(FILES[number])
    kind, queries = SQL[number]
    store = open_store(force / kind / "store")
    _, faults = faults_of(data, code_list(), one_store(store))
    assert not faults, faults
    counted = count_request(parse_request(data, own_codes=kind != "crimes"), store, codes=code_list())
    assert len(counted.answers) == len(queries)
    for each, query in zip(counted.answers, queries, strict=True):
        rows = truth(force, kind).execute(query).fetchall()
        expected = {tuple(map(str, row[:-1])): row[-1] for row in rows if row[-1]}
        assert leaves(each.table) == expected, f"table {each.wanted.number}"


def test_the_page_has_thirty_files() -> None:
    assert len(FILES) == len(SQL) == 30
    assert KINDS == ("crimes", "incidents", "searches")


@pytest.mark.parametrize("number", SQL)
def test_each_figure_is_what_plain_sql_counts(force: Path, number: int) -> None:
    check(force, number)


@pytest.mark.slow
@pytest.mark.parametrize("number", SQL)
def test_each_figure_is_what_plain_sql_counts_on_thirty_thousand(large: Path, number: int) -> None:
    check(large, number)


_POLICY = '[disclosure]\nrule = "suppress"\nthreshold = 5\nreason = "made up"\napproved_by = "an officer"\n'


@pytest.mark.parametrize(
    "number", [each if each in (12, 18) else pytest.param(each, marks=pytest.mark.slow) for each in SQL]
)
def test_each_shape_is_answered_under_disclosure_control(force: Path, tmp_path: Path, number: int) -> None:
    kind, queries = SQL[number]
    (tmp_path / "policy.toml").write_text(_POLICY)
    (tmp_path / "request.toml").write_text(FILES[number])
    store, out = force / kind / "store", tmp_path / "answer"
    words = ["--store", store, "--policy", tmp_path / "policy.toml", "--out", out]
    counted = CliRunner().invoke(cli, ["count", *map(str, (tmp_path / "request.toml", *words))])
    assert counted.exit_code == 0, counted.output
    verified = CliRunner().invoke(cli, ["verify", str(out)])
    assert "wrong" not in verified.output and verified.output.count("ok ") >= 5, verified.output
    with (out / "counts.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len({row["table"] for row in rows if row["table"].isdigit()}) == len(queries)
    assert not [row for row in rows if row["value"] in ("1", "2", "3", "4")]
    assert json.loads((out / "release.json").read_text())["prose"]["period"][-4:].isdecimal()


def test_a_request_without_codes_is_refused_where_none_is_meant() -> None:
    with pytest.raises(FaultyRequest):
        parse_request({"request": {"reference": "R", "received": "2025-01-01"}, "question": []})
