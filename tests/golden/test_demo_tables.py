"""The example request on the made-up export: the table of the source answer cell by cell, and the honest one.

Both tables stand in files beside this test; neither was written by the product. `published_table.csv` was typed from
the source answer. `honest_table.csv` was counted by a plain loop with one regular expression over the made-up texts.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from clearcount.cli import cli
from clearcount.model.keys import CodeKey
from clearcount.model.months import TOTAL, Month, month_range
from clearcount.model.table import ControlledTable
from clearcount.workflow.demo import Demo, make_demo
from drawing import at, heads_of, lines_of

HERE = Path(__file__).parent
BEFORE = [str(month) for month in month_range(Month(2023, 1), Month(2023, 12))]


def expected(name: str) -> Counter[tuple[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return Counter({(row["code"], row["period"]): int(row["value"]) for row in csv.DictReader(file)})


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("golden") / "demo"
    return make_demo(folder, occurrences=1500, now=datetime(2026, 1, 2, 9, tzinfo=UTC))


def check_cells(table: ControlledTable, golden: Counter[tuple[str, str]], not_in_force: set[tuple[str, str]]) -> None:
    """Every cell, margins too: the golden number, 0 where it has none, z where the offence did not exist."""
    codes = [line[0].text for line in table.lines if isinstance(line[0], CodeKey)]
    labels = heads_of(table)[:-1]
    for code in codes:
        for label in labels:
            place = at(table, code, label)
            shown = (table.value(place), table.marker(place))
            assert shown == (("", "z") if (code, label) in not_in_force else (str(golden[code, label]), "")), place
        assert table.value(at(table, code, TOTAL)) == str(sum(n for key, n in golden.items() if key[0] == code))
    for label in labels:
        printed = table.value(at(table, TOTAL, label))
        assert printed == str(sum(n for key, n in golden.items() if key[1] == label))
    assert table.value(table.whole) == str(golden.total())


def test_the_table_of_the_source_answer_comes_out_cell_by_cell(demo: Demo) -> None:
    table = demo.published.release.answer
    golden = expected("published_table.csv")
    assert lines_of(table) == ["088/14", "088/15", "175/08", "086/02", TOTAL]
    assert heads_of(table)[:-1] == sorted({period for _, period in golden})
    assert (len(table.lines), len(table.heads), golden.total()) == (5, 17, 45)
    check_cells(table, golden, {(code, "2023-09") for code in ("088/14", "088/15", "175/08")})
    assert [line[0].text for line in table.omitted_rows] == ["088/09", "q2"]
    assert len(table.omitted_columns) == 14


def test_the_honest_table_comes_out_cell_by_cell(demo: Demo) -> None:
    table = demo.honest.release.answer
    golden = expected("honest_table.csv")
    assert lines_of(table) == ["088/15", "175/08", "008/71", "q2", "086/02", "086/10", TOTAL]
    assert len(table.heads) == 31
    gone = {(code, p) for code in ("088/15", "175/08") for p in BEFORE}  # 008/71 can be recorded after its end
    check_cells(table, golden, gone)
    assert all(table.marker(at(table, "q2", label)) == "z" for label in heads_of(table))
    for key, published in expected("published_table.csv").items():
        assert key[0] == "088/14" or golden[key] >= published


def test_the_bundle_holds_the_honest_table_and_no_record(demo: Demo) -> None:
    with (demo.folder / "answer" / "counts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    printed = Counter({(row["row"], row["period"]): int(row["value"]) for row in rows if row["value"] not in ("", "0")})
    inner = Counter({key: n for key, n in printed.items() if TOTAL not in key})
    assert inner == expected("honest_table.csv")
    number = re.compile(rb"\b2[2-5]\d{7}\b")
    for file_name in ("counts.csv", "response.html", "release.json", "response-body.html", "table.csv"):
        content = (demo.folder / "answer" / file_name).read_bytes()
        assert not number.search(content) and b"examiner" not in content, file_name


def test_what_is_wrong_with_the_first_is_said_and_nothing_is_open_in_the_second(demo: Demo) -> None:
    said = {doubt.id for doubt in demo.published.checked.doubts}
    assert said >= {
        *("088/09-not-asked", "088/14-not-asked", "q2-no-code", "086/10-not-searched", "008/71-not-searched"),
        *("088/15-not-in-force", "086/02-answers-several", "wording-from", "wording-fields", "rule-contains"),
    }
    assert demo.published.release.draft_because
    assert demo.honest.open_doubts == ()
    assert demo.honest.release.draft_because == ()
    assert demo.imported.quarantined == 0


def test_the_command_prints_both_tables_and_refuses_to_overwrite(tmp_path: Path) -> None:
    out = tmp_path / "demo"
    run = CliRunner()
    first = run.invoke(cli, ["demo", "--out", str(out), "--occurrences", "300"])
    assert first.exit_code == 0, first.output
    assert re.search(r"Total +3 +6 +1 +35 +45\n", first.stdout)
    assert str(out / "answer") in first.stdout and re.search(r"Doubts open: [1-9]", first.stdout)
    for name in ("export", "store", "request.toml", "policy.toml", "force.toml", "answer"):
        assert (out / name).exists()
    again = run.invoke(cli, ["demo", "--out", str(out), "--occurrences", "300"])
    assert again.exit_code == 2 and "--replace" in again.stderr
    export = (out / "export" / "texts.csv").read_bytes()
    assert run.invoke(cli, ["demo", "--out", str(out), "--occurrences", "300", "--replace", "--quiet"]).output == ""
    assert (out / "export" / "texts.csv").read_bytes() == export


def test_too_few_occurrences_are_refused_with_the_least(tmp_path: Path) -> None:
    refused = CliRunner().invoke(cli, ["demo", "--out", str(tmp_path / "demo"), "--occurrences", "5"])
    assert refused.exit_code == 2 and "at least" in refused.stderr
