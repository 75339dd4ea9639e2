"""One signed request that several forces run unchanged, and their answers side by side."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from clearcount.model.method import method_facts
from clearcount.model.request_reader import parse_request

from .conftest import OFFENCES, POLICY, REQUEST, TEXTS, Done

Run = Callable[..., Done]
FORCES = {"Alder Police": "2024-02", "Birch Police": "2024-03", "Cedar Police": "2024-04"}


@pytest.fixture
def pack(work: Path, run: Run) -> Path:
    made = run("pack", work / "request.toml", "--out", work / "ai.pack", "--key", work / "keys" / "pack.key")
    assert made.code == 0, made.err
    return work / "ai.pack"


def answered(run: Run, folder: Path, force: str, request: Path, *further: object) -> Path:
    """Return the bundle of a made-up force whose records all lie in one month, without a word on the screen."""
    export = folder / "export"
    export.mkdir(parents=True)
    month = FORCES[force]
    (export / "offences.csv").write_text(re.sub(r"2024-0[234]-(\d\d)", rf"{month}-\1", OFFENCES), encoding="utf-8")
    (export / "texts.csv").write_text(TEXTS, encoding="utf-8")
    (folder / "force.toml").write_text(f'[force]\nname = "{force}"\n', encoding="utf-8")
    (folder / "policy.toml").write_text(POLICY, encoding="utf-8")
    store = folder / "store"
    assert run("import", export, "--store", store, "--as-at", "2024-06-30").code == 0
    options = ("--policy", folder / "policy.toml", "--force", folder / "force.toml", "--out", folder / "answer")
    done = run("count", request, "--store", store, *options, *further)
    assert done.code == 0, done.err
    return folder / "answer"


def report(path: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(path.with_name(f"{path.stem}.report.json").read_text("utf-8"))
    return found


def test_three_forces_run_one_pack_and_their_answers_combine(work: Path, pack: Path, run: Run) -> None:
    bundles = [answered(run, work / force, force, pack) for force in FORCES]
    out = work / "all.csv"
    done = run("collate", *bundles, "--out", out)
    assert done.code == 0, done.out + done.err
    assert "counted in one way: codes, period, date, unit, cancelled records, term rule, terms" in done.out
    assert "counted in different ways" not in done.out
    lines = list(csv.DictReader(io.StringIO(out.read_text("utf-8"), newline="")))
    found = {
        (line["force"], line["period"], line["value"])
        for line in lines
        if line["row"] == "086/02" and line["value"] not in ("", "0") and line["period"] != "total"
    }
    assert found == {(force, month, "2") for force, month in FORCES.items()}
    assert not any(line["marker"] == "unread" for line in lines)
    methods = report(out)["methods"]
    assert methods["differs"] == [] and methods["not_said_by"] == []  # type: ignore[index]


def test_what_a_release_says_is_enough_without_its_pages(work: Path, pack: Path, run: Run) -> None:
    bundle = answered(run, work / "Alder Police", "Alder Police", pack)
    assert run("collate", bundle, "--out", work / "whole.csv").code == 0
    alone = work / "sent" / "release.json"
    alone.parent.mkdir()
    alone.write_bytes((bundle / "release.json").read_bytes())
    assert run("collate", alone, "--out", work / "alone.csv").code == 0
    tables = [
        [
            {key: value for key, value in line.items() if key != "source"}
            for line in csv.DictReader(io.StringIO(path.read_text("utf-8"), newline=""))
        ]
        for path in (work / "whole.csv", work / "alone.csv")
    ]
    assert tables[0] == tables[1] and len(tables[0]) == 18


@pytest.mark.parametrize(
    ("change", "name", "values"),
    [
        ('[scope]\ndate_basis = "reported"', "date", {"recorded", "reported"}),
        ('[scope]\nunit = "occurrences"', "unit", {"offences", "occurrences"}),
        ('[scope]\ncancelled = "include"', "cancelled records", {"excluded", "included"}),
    ],
)
def test_a_force_that_counts_otherwise_is_told_apart(
    work: Path, pack: Path, run: Run, change: str, name: str, values: set[str]
) -> None:
    own = work / "own.toml"
    own.write_text(REQUEST.replace("[scope]", change), encoding="utf-8")
    bundles = [answered(run, work / "a", "Alder Police", pack), answered(run, work / "b", "Birch Police", own)]
    done = run("collate", *bundles, "--out", work / "all.csv")
    assert f"counted in different ways: {name}: " in done.out
    (difference,) = report(work / "all.csv")["methods"]["differs"]  # type: ignore[index]
    assert difference["name"] == name and set(difference["values"]) == values


def test_a_force_with_other_codes_or_terms_is_told_apart(work: Path, pack: Path, run: Run) -> None:
    own = work / "own.toml"
    own.write_text(REQUEST.replace('"88/15"', '"88/15", "175/08"').replace('"AI", ', ""), encoding="utf-8")
    bundles = [answered(run, work / "a", "Alder Police", pack), answered(run, work / "b", "Birch Police", own)]
    done = run("collate", *bundles, "--out", work / "all.csv")
    assert (
        "counted in different ways: codes: part 1: 088/15; part 2: 086/02 (Alder Police); part 1: 088/15, " in done.out
    )
    assert "counted in different ways: terms: AI or deepfake (Alder Police); deepfake (Birch Police)" in done.out


def test_an_answer_that_does_not_say_its_method_is_named(work: Path, pack: Path, run: Run) -> None:
    bundles = [answered(run, work / force, force, pack) for force in list(FORCES)[:2]]
    (work / "other.csv").write_text("Offence,2024\nArson,3\n", encoding="utf-8")
    done = run("collate", *bundles, work / "other.csv", "--out", work / "all.csv")
    assert f"do not say how they counted: {work / 'other.csv'}" in done.out


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("deepfake", "deepfaks"),
        ("088/15", "088/14"),
        ('"2024-01"', '"2024-02"'),
        ("recorded.", "reported."),
        ('"clearcount_pack": 1,', '"clearcount_pack": 1, "more": 1,'),
        ('"signature": "', '"signature": "00'),
        ('"key": "', '"key": "00'),
    ],
)
@pytest.mark.parametrize("command", ["count", "check"])
def test_a_changed_pack_is_refused(pack: Path, store: Path, run: Run, old: str, new: str, command: str) -> None:
    text = pack.read_text("utf-8")
    assert old in text
    pack.write_text(text.replace(old, new, 1), encoding="utf-8")
    options = ("--policy", store.parent / "policy.toml", "--out", store.parent / "out") if command == "count" else ()
    done = run(command, pack, "--store", store, *options)
    assert done.code == 2
    assert f"{pack}: was changed after it was signed" in done.err
    assert not (store.parent / "out").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{}", "is no pack"),
        ("{", "ask for the pack again"),
        ('{"clearcount_pack": 9}', "another format"),
        ("[" * 3000, "values lie inside each other"),
        ('{"clearcount_pack": 1, "a": ' + "[" * 3000, "ask for the pack again"),
    ],
)
def test_what_is_no_pack_is_refused(work: Path, run: Run, content: str, said: str) -> None:
    (work / "x.pack").write_text(content, encoding="utf-8")
    done = run("check", work / "x.pack")
    assert done.code == 2 and done.err.startswith("error:")
    assert said in done.err


def test_a_pack_of_another_key_is_refused_where_one_is_asked_for(pack: Path, store: Path, run: Run) -> None:
    options = ("--store", store, "--policy", store.parent / "policy.toml", "--out", store.parent / "out")
    again = run("pack", store.parent / "request.toml", "--out", pack, "--replace", "--key", store.parent / "b.key")
    other = next(line.split()[-1] for line in again.out.splitlines() if line.startswith("signed by"))
    wrong = run("count", pack, *options, "--signed-by", "0000-1111-2222-3333-4444")
    assert wrong.code == 2 and f"is signed by {other}" in wrong.err
    right = run("count", pack, *options, "--signed-by", other.upper().replace("-", " "))
    assert right.code == 0 and f"pack signed by  {other}" in right.out
    toml = run("count", store.parent / "request.toml", *options, "--replace", "--signed-by", other)
    assert toml.code == 2 and "nobody signed it" in toml.err


def test_a_pack_holds_no_record_and_its_key_stays(work: Path, pack: Path) -> None:
    text = pack.read_text("utf-8")
    held = json.loads(text)
    assert list(held) == [
        *("clearcount_pack", "reference", "title", "request", "codes_version", "codes", "account", "key", "signature")
    ]
    assert [each["code"] for each in held["codes"]] == ["088/15", "086/02"]
    assert "Terms: AI or deepfake." in held["account"]
    key = work / "keys" / "pack.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.read_text("ascii").strip() not in text


def test_the_same_request_and_key_give_the_same_pack(work: Path, pack: Path, run: Run) -> None:
    before = pack.read_bytes()
    assert run("pack", work / "request.toml", "--out", pack, "--key", work / "keys" / "pack.key").code == 2
    made = run("pack", work / "request.toml", "--out", pack, "--key", work / "keys" / "pack.key", "--replace", "--json")
    assert made.code == 0 and pack.read_bytes() == before
    assert json.loads(made.out)["codes"] == ["088/15", "086/02"]


def test_what_was_accepted_of_records_stays_with_its_force(work: Path, run: Run) -> None:
    accepted = (
        '[[accepted]]\ndoubt = "texts-without-offence"\nreason = "We looked."\n'
        '[[accepted]]\ndoubt = "086/02-answers-several"\nreason = "No such doubt."\n'
    )
    (work / "request.toml").write_text(REQUEST + accepted, encoding="utf-8")
    assert run("pack", work / "request.toml", "--out", work / "a.pack", "--key", work / "k").code == 0
    assert "We looked." not in (work / "a.pack").read_text("utf-8")


@pytest.mark.parametrize(
    ("content", "said"),
    [("not a key", "holds no key for packs"), ("00" * 31, "holds no key for packs"), ("", "holds no key for packs")],
)
def test_a_file_that_is_no_key_is_refused(work: Path, run: Run, content: str, said: str) -> None:
    (work / "k").write_text(content, encoding="utf-8")
    done = run("pack", work / "request.toml", "--out", work / "a.pack", "--key", work / "k")
    assert done.code == 2 and said in done.err
    assert not (work / "a.pack").exists()


def test_a_faulty_request_is_not_packed(work: Path, run: Run) -> None:
    (work / "request.toml").write_text(REQUEST.replace("086/02", "999/77"), encoding="utf-8")
    done = run("pack", work / "request.toml", "--out", work / "a.pack", "--key", work / "k")
    assert done.code == 2 and "999/77" in done.err
    assert not (work / "a.pack").exists()


def test_facts_do_not_depend_on_the_order_in_which_a_request_writes_them() -> None:
    request = {
        "request": {"reference": "1", "received": "2024-06-01"},
        "scope": {"from": "2024-01", "to": "2024-05"},
        "question": [{"text": "a", "codes": ["88/15", "086/02"]}],
        "terms": {"any": ["b", "a"], "fields": ["mo", "oel"]},
    }
    turned = {
        **request,
        "question": [{"text": "b", "codes": ["86/2", "HO 088/15"]}],
        "terms": {"any": ["a", "b"], "fields": ["oel", "mo"]},
    }
    assert method_facts(parse_request(request)) == method_facts(parse_request(turned))
