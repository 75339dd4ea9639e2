"""Precision and recall of flags: against a plain count, on real coders' columns, and rankers of a force's own."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from clearcount.cli import cli
from clearcount.errors import DecisionError
from clearcount.reading.evaluate import JudgedRecord, evaluate, evaluate_by
from clearcount.reading.plugin import load_ranker
from clearcount.workflow.importing import import_export

NOW = datetime(2026, 8, 1, 9, 0, tzinfo=UTC)


def clopper_pearson(found: int, read: int) -> tuple[float, float]:
    """The interval by the beta distribution of another library."""
    low = beta.ppf(0.025, found, read - found + 1) if found else 0.0
    high = beta.ppf(0.975, found + 1, read - found) if found < read else 1.0
    return float(low), float(high)


def second_way(pairs: list[tuple[bool, bool]]) -> dict[str, tuple[float, float, float]]:
    """Precision and recall by plain counting."""
    both = sum(flag and true for flag, true in pairs)
    found = {}
    for name, whole in (("precision", sum(f for f, _ in pairs)), ("recall", sum(t for _, t in pairs))):
        found[name] = (both / whole, *clopper_pearson(both, whole))
    return found


records = st.lists(st.tuples(st.booleans(), st.sampled_from([True, False, None]), st.sampled_from("abc")), max_size=60)


@given(records)
def test_every_record_is_counted_once_and_the_shares_are_those_of_a_plain_count(made) -> None:
    judged = [JudgedRecord(flag, true, (group,)) for flag, true, group in made]
    found = evaluate(judged)
    assert found.records == len(judged)
    known = [(flag, true) for flag, true, _ in made if true is not None]
    if any(flag for flag, _ in known) and any(true for _, true in known):
        for name, (share, low, high) in second_way(known).items():
            interval = getattr(found, name)
            assert interval.estimate == pytest.approx(share)
            assert (interval.lower, interval.upper) == pytest.approx((low, high), abs=1e-6)
    groups = evaluate_by(judged, 0)
    assert sum(each.records for each in groups.values()) == found.records
    assert sum(each.right for each in groups.values()) == found.right
    assert list(groups) == sorted(groups)


@pytest.mark.parametrize(
    ("pairs", "precision", "recall"),
    [
        ([], None, None),
        ([(True, None)], None, None),
        ([(False, True)], None, 0.0),
        ([(True, False)], 0.0, None),
        ([(True, True), (True, None), (False, None)], 1.0, 1.0),
        ([(True, True), (True, False), (False, True)], 0.5, 0.5),
    ],
)
def test_a_share_of_nothing_is_not_said(pairs, precision, recall) -> None:
    found = evaluate(JudgedRecord(*pair) for pair in pairs)
    assert (found.precision and found.precision.estimate, found.recall and found.recall.estimate) == (precision, recall)


REQUEST = """[request]
reference = "N1"
received = 2026-01-15
[scope]
from = "2020-01"
to = "2020-12"
date_basis = "recorded"
codes = ["all"]
[[question]]
text = "Injuries"
[terms]
rule = "word"
fields = {fields}
any = ["etoh", "alcohol", "beer", "intoxicated", "drunk", "bac"]
"""


def rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    text = gzip.decompress(path.read_bytes()).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


@pytest.mark.data
def test_the_terms_against_the_hospital_coders_flag(data: Path, tmp_path: Path) -> None:
    source = data / "neiss_2020_unpowered_scooters.tsv.gz"
    import_export([source], tmp_path / "store", layout="neiss", now=NOW)
    (tmp_path / "request.toml").write_text(REQUEST.format(fields='["narrative"]'))
    command = ["evaluate", str(tmp_path / "request.toml"), "--store", str(tmp_path / "store"), "--flag", "terms",
               "--against", "alcohol=1", "--by", "month", "--by", "sex", "--json"]  # fmt: skip
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    word = re.compile(r"(?<!\w)(?:etoh|alcohol|beer|intoxicated|drunk|bac)(?!\w)", re.IGNORECASE)
    told = [(bool(word.search(row["Narrative_1"])), row["Alcohol"] == "1", row) for row in rows(source, "\t")]
    expected = second_way([(flag, true) for flag, true, _ in told])
    for name in ("precision", "recall"):
        figures = found["all"][name]
        assert (figures["estimate"], figures["lower"], figures["upper"]) == pytest.approx(expected[name], abs=1e-6)
    assert found["all"]["right"] >= 5 and found["all"]["missed"] + found["all"]["wrong"] >= 1
    months = {}
    for flag, true, row in told:
        month = f"2020-{row['Treatment_Date'][:2]}"
        months.setdefault(month, []).append((flag, true))
    assert {name: each["right"] for name, each in found["by"]["month"].items()} == {
        name: sum(flag and true for flag, true in pairs) for name, pairs in months.items()
    }


@pytest.mark.data
@pytest.mark.parametrize(
    ("file", "text", "flag", "label"),
    [
        ("osha_accidents_part1.csv.gz", "summary", r"\bladders?\b", "ladder"),
        ("osha_accidents_part1.csv.gz", "summary", r"\bscaffold(?:s|ing)?\b", "scaffold"),
        ("osha_accidents_part1.csv.gz", "title", r"\broofs?\b", "roof"),
    ],
)
def test_terms_against_the_words_that_the_inspectorate_gave(
    data: Path, file: str, text: str, flag: str, label: str
) -> None:
    found = rows(data / file)
    pairs = [
        (bool(re.search(flag, row[text], re.IGNORECASE)), label in row["osha_keywords"].casefold()) for row in found
    ]
    mine = evaluate(JudgedRecord(*pair) for pair in pairs)
    expected = second_way(pairs)
    assert mine.precision is not None and mine.recall is not None and mine.right > 20
    assert (mine.precision.estimate, mine.precision.lower, mine.precision.upper) == pytest.approx(expected["precision"])
    assert (mine.recall.estimate, mine.recall.lower, mine.recall.upper) == pytest.approx(expected["recall"])


@pytest.mark.data
def test_terms_against_the_labels_of_the_incident_database(data: Path) -> None:
    labels = {row["incident_id"]: row["cset_ai_system"] for row in rows(data / "aiid_to_2023_labels.csv.gz")}
    word = re.compile(r"(?<!\w)(?:AI|algorithms?|deepfakes?|artificial intelligence)(?!\w)", re.IGNORECASE)
    truth = {"yes": True, "no": False}
    told = [
        (bool(word.search(f"{row['title']} {row['description']}")), truth.get(labels.get(row["incident_id"], "")))
        for row in rows(data / "aiid_to_2023_export_2026-07.csv.gz")
    ]
    mine = evaluate(JudgedRecord(*pair) for pair in told)
    expected = second_way([(flag, true) for flag, true in told if true is not None])
    assert mine.unknown == sum(true is None for _, true in told) > 0
    assert mine.precision is not None and mine.recall is not None
    assert (mine.recall.estimate, mine.recall.lower, mine.recall.upper) == pytest.approx(expected["recall"])
    assert mine.precision.estimate == pytest.approx(expected["precision"][0])


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x = 1", "no function rank"),
        ("rank = 3", "no function rank"),
        ("raise ValueError('secret text')", "cannot be loaded: ValueError"),
        ("def rank(texts, decisions): raise KeyError(texts[0])", "failed with KeyError"),
        ("def rank(texts, decisions): return [1.0]", "one finite number for each of 3"),
        ("def rank(texts, decisions): return [float('nan')] * len(texts)", "one finite number"),
        ("def rank(texts, decisions): return texts", "failed with ValueError"),
        ("def rank(texts, decisions): texts.clear(); return [1.0, 2.0]", "one finite number for each of 3"),
    ],
)
def test_a_ranker_that_cannot_be_used_is_refused_without_a_word_of_a_text(
    tmp_path: Path, source: str, words: str
) -> None:
    (tmp_path / "own.py").write_text(source)
    with pytest.raises(DecisionError, match=words) as fault:
        load_ranker(tmp_path / "own.py").rank(["secret text", "b", "c"], [True, None, False])
    assert "secret" not in str(fault.value)


def test_a_ranker_orders_and_its_file_is_named_by_its_hash(tmp_path: Path) -> None:
    import hashlib

    body = "def rank(texts, decisions):\n    return [len(text) for text in texts]\n"
    (tmp_path / "own.py").write_text(body)
    ranker = load_ranker(tmp_path / "own.py")
    assert (ranker.name, ranker.digest) == ("own.py", hashlib.sha256(body.encode()).hexdigest())
    assert ranker.rank(["aaa", "b", "cc"], [None, None, True]) == [3.0, 1.0, 2.0]


@pytest.fixture(scope="module")
def read_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up store whose hits and a part of whose other records are decided."""
    import sys
    from dataclasses import replace

    sys.path.insert(0, str(Path(__file__).parents[1] / "web"))
    from reading_store import REQUEST as ASKED
    from reading_store import make_store

    from clearcount.workflow.reading import Asked, hand_out
    from clearcount.workflow.reading_records import open_scope
    from clearcount.workflow.reading_room import keep_decisions
    from clearcount.workflow.stores import StorePlace, opened

    folder = tmp_path_factory.mktemp("evaluated")
    texts = dict.fromkeys(range(20, 60, 3), "A face swap app made it.")
    make_store(folder, hits=16, quiet=60, texts=texts)
    (folder / "request.toml").write_text(ASKED + '[marker]\nname = "AI"\nuse = "beside"\n')
    scope = open_scope(folder / "request.toml", opened((StorePlace(folder / "store"),))[0])
    sheet = hand_out(scope, Asked(), now=NOW)
    codes = {0: "relevant", 1: "not_relevant", 2: "relevant", 3: "unclear"}
    said = [
        replace(row, code=codes[int(row.occurrence_no[1:]) % 4], coder="A", at="2026-01-01T00:00:00+00:00")
        for row in sheet.rows
    ]
    keep_decisions(folder / "store", said)
    return folder


def run(folder: Path, *words: str, exit_code: int = 0) -> str:
    names = ["request.toml", "--store", "store"]
    command = [*words[:1], *(str(folder / name) if not name.startswith("-") else name for name in names), *words[1:]]
    if words[0] == "review":
        command = ["review", words[1], *command[1:4], *words[2:]]
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == exit_code, done.output
    return done.output


def test_terms_and_marker_against_decisions_with_what_nobody_knows(read_store: Path) -> None:
    found = json.loads(run(read_store, "evaluate", "--flag", "terms", "--by", "year", "--by", "offence", "--json"))
    figures = found["all"]
    assert (figures["right"], figures["wrong"], figures["missed"]) == (8, 4, 0)
    assert figures["unknown"] == 64 and figures["flagged_unknown"] == 4, "unclear is not known"
    assert sum(each["right"] for each in found["by"]["year"].values()) == 8
    marked = json.loads(run(read_store, "evaluate", "--flag", "marker", "--json"))["all"]
    assert (marked["right"], marked["missed"], marked["precision"]) == (0, 8, None)
    assert "precision nothing to say" in run(read_store, "evaluate", "--flag", "marker")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--flag", "magic"), "nothing that can be evaluated"),
        (("--flag", "weather=sun"), "no column"),
        (("--flag", "terms", "--against", "maybe"), "nothing that can be evaluated"),
        (("--flag", "terms", "--by", "weather"), "no column"),
        (("--flag", "ranker:nowhere.py"), "no such ranker"),
    ],
)
def test_what_cannot_be_evaluated_is_said_in_a_sentence(read_store: Path, words: tuple[str, ...], told: str) -> None:
    assert told in run(read_store, "evaluate", *words, exit_code=2)


def test_a_rankers_file_is_evaluated_blind_and_orders_what_is_read(read_store: Path, tmp_path: Path) -> None:
    body = (
        "SEEN = []\n"
        "def rank(texts, decisions):\n"
        "    SEEN.append(sum(each is not None for each in decisions))\n"
        "    return [('swap' in text) + ('AI' in text) + ('deepfake' in text) for text in texts]\n"
    )
    (tmp_path / "own.py").write_text(body)
    found = json.loads(run(read_store, "evaluate", "--flag", f"ranker:{tmp_path / 'own.py'}", "--json"))
    assert found["ranker"]["name"] == "own.py" and len(found["ranker"]["sha256"]) == 64
    assert found["all"]["right"] + found["all"]["wrong"] == 8, "as many are flagged as are relevant"
    again = json.loads(run(read_store, "evaluate", "--flag", f"ranker:{tmp_path / 'own.py'}", "--json"))
    assert again == found
    out = tmp_path / "ranked.csv"
    said = run(
        read_store, "review", "export", "--ranked", "14", "--ranker", str(tmp_path / "own.py"), "--out", str(out)
    )
    assert "own.py" in said and "stays in the frame" in said
    with out.open(encoding="utf-8", newline="") as file:
        ranked = list(csv.DictReader(file))
    assert len(ranked) == 14 and all("face swap" in row["context"] for row in ranked)
    whole = json.loads(run(read_store, "plan", "--json"))
    assert whole["frame"] == 60, "nothing has left the frame"
    assert "say how many" in run(
        read_store,
        "review",
        "export",
        "--ranker",
        str(tmp_path / "own.py"),
        "--out",
        str(out),
        "--replace",
        exit_code=2,
    )
