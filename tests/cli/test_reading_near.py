"""Nearly equal hits by commands: read once, applied by choice, taken back, and told in the figures; and settlements."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "web"))
from reading_store import REQUEST, make_store

from clearcount.cli import cli
from clearcount.store.decisions import DecisionStore

LETTER = (
    "A letter came to the office on day {n}. It says that the voice on the telephone was made with {hit} and that the "
    "caller asked for money to be sent at once. The letter was kept, and the office told its bank about the call."
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten hits: six copies of one letter, one that denies, three others."""
    texts = {n: LETTER.format(n=n, hit="AI") for n in range(1, 7)}
    texts[7] = LETTER.format(n=7, hit="AI").replace("was made", "was not made")
    make_store(tmp_path, hits=10, quiet=3, texts=texts)
    (tmp_path / "request.toml").write_text(REQUEST)
    return tmp_path


def ask(*words: object, fails: bool = False) -> str:
    done = CliRunner().invoke(cli, [str(word) for word in words])
    assert (done.exit_code == 2) is fails, done.output
    return done.output


def near(folder: Path, *words: str) -> dict[str, int]:
    told = ask("review", "near", folder / "request.toml", "--store", folder / "store", "--json", *words)
    found: dict[str, int] = json.loads(told)
    return found


def export(folder: Path, name: str, *words: str) -> list[dict[str, str]]:
    where = ("--store", folder / "store", "--out", folder / name)
    ask("review", "export", folder / "request.toml", *where, *words)
    return list(csv.DictReader(io.StringIO((folder / name).read_text(encoding="utf-8"), newline="")))


def bring(folder: Path, name: str, rows: list[dict[str, str]], **changes: str) -> str:
    with (folder / name).open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, **changes} for row in rows)
    return ask("review", "import", folder / name, "--store", folder / "store", "--json")


def quality(folder: Path) -> dict[str, object]:
    kept = folder / "kept.csv"
    where = ("--store", folder / "store", "--out", kept, "--replace")
    ask("review", "decisions", folder / "request.toml", *where)
    found: dict[str, object] = json.loads(ask("quality", "--decisions", kept, "--json"))
    return found


def test_copies_are_read_once_applied_by_choice_and_taken_back(folder: Path) -> None:
    rows = export(folder, "once.csv", "--once")
    assert len(rows) == 5 and sorted(row["near_texts"] for row in rows) == ["0", "0", "0", "0", "5"]
    assert near(folder, "--apply")["applied"] == 0, "nothing is applied before somebody has read"
    bring(folder, "once.csv", rows, code="relevant", coder="rhona")
    before = near(folder)
    assert before == {"hits": 10, "near": 5, "undecided": 5, "waiting": 5, "applied": 0, "taken_back": 0}
    assert quality(folder)["matches"]["undecided"] == 5  # type: ignore[index]
    assert near(folder, "--apply")["applied"] == 5
    assert near(folder, "--apply")["applied"] == 0
    found = quality(folder)
    assert found["applied"] == 5 and found["matches"]["relevant"] == 10  # type: ignore[index]
    applied = [row for row in DecisionStore(folder / "store").decisions() if row.applied_from]
    assert len({row.occurrence_no for row in applied}) == 5 and len({row.applied_from for row in applied}) == 1
    assert near(folder, "--take-back")["taken_back"] == 5
    assert quality(folder)["matches"]["undecided"] == 5  # type: ignore[index]
    assert near(folder)["waiting"] == 5
    assert near(folder, "--apply")["applied"] == 5, "what was taken back can be applied anew"
    assert "not both" in ask("review", "near", folder / "request.toml", "--store", folder / "store", "--apply",
                             "--take-back", fails=True)  # fmt: skip


def test_the_answer_says_how_many_were_applied(folder: Path) -> None:
    bring(folder, "once.csv", export(folder, "once.csv", "--once"), code="relevant", coder="rhona")
    near(folder, "--apply")
    quality(folder)
    policy = '[disclosure]\nrule = "none"\nreason = "made up"\napproved_by = "nobody"\n'
    (folder / "policy.toml").write_text(policy)
    ask("count", folder / "request.toml", "--store", folder / "store", "--policy", folder / "policy.toml",
        "--decisions", folder / "kept.csv", "--out", folder / "out")  # fmt: skip
    page = " ".join((folder / "out" / "response.html").read_text(encoding="utf-8").split())
    assert "Of the 10 records with a term that were decided, 5 have nearly the same text as one that was read" in page
    assert "comes out the same" in ask("verify", folder / "out", "--store", folder / "store")


def test_a_decision_that_is_overturned_takes_what_was_applied_with_it(folder: Path) -> None:
    rows = export(folder, "once.csv", "--once")
    bring(folder, "once.csv", rows, code="relevant", coder="rhona")
    near(folder, "--apply")
    second = export(folder, "second.csv", "--round", "2")
    read = next(row["occurrence_no"] for row in rows if row["near_texts"] == "5")
    one = [row for row in second if row["occurrence_no"] == read]
    bring(folder, "second.csv", one, code="not_relevant", coder="wren")
    found = quality(folder)
    assert found["applied"] == 0 and found["matches"]["undecided"] == 5  # type: ignore[index]


def test_an_applied_row_that_names_a_strange_text_is_refused(folder: Path) -> None:
    rows = export(folder, "hits.csv")
    rows = [{**row, "applied_from": "t" + "0" * 32} for row in rows]
    with (folder / "hits.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "code": "relevant", "coder": "rhona"} for row in rows)
    told = ask("review", "import", folder / "hits.csv", "--store", folder / "store", fails=True)
    assert "10 decisions were applied from a text that this store has not handed out; nothing was kept" in told
    assert DecisionStore(folder / "store").decisions() == ()


def test_one_of_the_two_settles_nothing_and_both_together_do(folder: Path) -> None:
    bring(folder, "hits.csv", export(folder, "hits.csv"), code="relevant", coder="rhona")
    bring(folder, "second.csv", export(folder, "second.csv", "--round", "2"), code="not_relevant", coder="wren")
    rows = export(folder, "settle.csv", "--round", "adjudication")
    assert len(rows) == 10
    assert json.loads(bring(folder, "settle.csv", rows, code="relevant", coder="Wren"))["half_settled"] == 10
    agreed = quality(folder)["agreement"]
    assert agreed["unsettled"] == 10 and agreed["settled_jointly"] == 0  # type: ignore[index]
    assert quality(folder)["matches"]["relevant"] == 0  # type: ignore[index]
    some = json.loads(bring(folder, "settle.csv", rows[:6], code="relevant", coder="rhona"))
    assert some["half_settled"] == 0
    bring(folder, "settle.csv", rows[6:8], code="unclear", coder="una")
    agreed = quality(folder)["agreement"]
    assert [agreed[name] for name in ("settled_jointly", "settled_by_third", "unsettled")] == [6, 2, 2]  # type: ignore[index]
    assert quality(folder)["matches"]["relevant"] == 6  # type: ignore[index]
