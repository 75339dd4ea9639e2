"""One answer over several record stores: each figure is of one store, and each ledger knows its part."""

from __future__ import annotations

import contextlib
import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clearcount.store import ledger as ledger_room
from clearcount.workflow.library import open_store

CRIMES = """name = "crimes"
[[file]]
match = ["offences*"]
[file.offence]
occurrence_no = "occurrence_no"
crime_no = "crime_no"
code = "code"
recorded_on = "recorded_on"
[file.offence.extra]
district = "district"
[[file]]
match = ["texts*"]
[[file.text]]
occurrence_no = "occurrence_no"
field = "field"
text = "text"
"""
INCIDENTS = CRIMES.replace('name = "crimes"', 'name = "calls"\ncodes = "own"').replace("district", "ward")
POLICY = """[disclosure]
rule = "{rule}"
reason = "r"
approved_by = "a"
"""
REQUEST = """[request]
reference = "FOI/7"
received = 2025-02-03
version_date = 2025-02-20
[scope]
records = "crimes"
from = "2024-01"
to = "2024-12"
[[question]]
text = "Robbery and theft with a scooter, by quarter"
codes = ["034/01", "039/00"]
[[question]]
text = "Calls about a scooter, by ward"
records = "incidents"
codes = ["riding", "noise"]
{more}
[terms]
fields = ["mo"]
any = ["scooter"]
[[table]]
of = [1]
rows = ["offence"]
columns = ["quarter"]
[[table]]
of = [2]
title = "Calls by ward"
rows = ["ward"]
columns = []
"""
Rows = list[tuple[str, str, str, str, str]]
"""(occurrence, code, day, place, text)"""


def rows(prefix: str, codes: tuple[str, ...], places: tuple[str, ...], size: int) -> Rows:
    """Records that hold the word every other time, spread over a year."""
    return [
        (
            f"{prefix}{n:05}",
            codes[n % len(codes)],
            f"2024-{n % 12 + 1:02}-0{n % 7 + 1}",
            places[n % len(places)],
            "A scooter was seen." if n % 2 else "Nothing of note.",
        )
        for n in range(size)
    ]


CRIME_ROWS = rows("CR", ("034/01", "039/00", "039/00"), ("North", "South"), 120)
CALL_ROWS = rows("IN", ("riding", "noise"), ("Abbey", "Castle", "Mill"), 90)


@pytest.fixture
def force(work: Path, run: Callable[..., Any]) -> Callable[..., Any]:
    """Two stores of a force, and a function that runs a command with both."""

    def put(name: str, layout: str, found: Rows, as_at: str) -> None:
        export = work / f"export-{name}-{as_at}"
        export.mkdir()
        place = "ward" if name == "incidents" else "district"
        with (export / "offences.csv").open("w", newline="", encoding="utf-8") as file:
            lines = csv.writer(file)
            lines.writerow(["occurrence_no", "crime_no", "code", "recorded_on", place])
            lines.writerows([number, f"{number}/1", code, day, where] for number, code, day, where, _ in found)
        with (export / "texts.csv").open("w", newline="", encoding="utf-8") as file:
            lines = csv.writer(file)
            lines.writerow(["occurrence_no", "field", "text"])
            lines.writerows([number, "mo", text] for number, _, _, _, text in found)
        (work / f"{name}.toml").write_text(layout, encoding="utf-8")
        done = run("import", export, "--store", work / name, "--layout", work / f"{name}.toml", "--as-at", as_at)
        assert done.code == 0, done.err

    put("crimes", CRIMES, CRIME_ROWS, "2025-01-31")
    put("incidents", INCIDENTS, CALL_ROWS, "2025-01-15")
    (work / "policy.toml").write_text(POLICY.format(rule="suppress"), encoding="utf-8")
    (work / "both.toml").write_text(REQUEST.format(more=""), encoding="utf-8")

    def act(command: str, *more: object, stores: tuple[str, ...] = ("crimes", "incidents")) -> Any:
        given = [part for name in stores for part in ("--store", f"{name}={work / name}")]
        return run(command, *more, *given)

    act.put = put  # type: ignore[attr-defined]
    return act


def answered(force: Callable[..., Any], work: Path, request: str = "both", out: str = "out", *more: object) -> Any:
    """The answer, with every doubt accepted."""
    checked = force("check", work / f"{request}.toml", "--json")
    doubts = [each["id"] for each in json.loads(checked.out)["doubts"]]
    accepted = [part for doubt in doubts for part in ("--accept", f"{doubt}=as agreed with the requester")]
    place = ("--policy", work / "policy.toml", "--out", work / out, "--json")
    done = force("count", work / f"{request}.toml", *place, *accepted, *more)
    assert done.code == 0, done.err
    return json.loads(done.out)


def figures(table: dict[str, Any], *names: str) -> dict[tuple[str, ...], str]:
    return {tuple(cell.get(name, "") for name in names): cell["value"] for cell in table["cells"]}


def test_each_part_is_counted_in_its_own_store(force: Callable[..., Any], work: Path) -> None:
    (work / "policy.toml").write_text(POLICY.format(rule="none"), encoding="utf-8")
    done = answered(force, work)

    first, second = done["tables"]
    crimes = Counter((row[1], (int(row[2][5:7]) - 1) // 3 + 1) for row in CRIME_ROWS if "scooter" in row[4])
    calls = Counter(row[3] for row in CALL_ROWS if "scooter" in row[4])
    told = figures(first, "row", "period")
    assert {(code, f"2024-Q{quarter}"): str(n) for (code, quarter), n in crimes.items()}.items() <= told.items()
    assert told["total", "total"] == str(crimes.total())
    told = figures(second, "ward")
    assert {(ward,): str(n) for ward, n in calls.items()} | {("total",): str(calls.total())} == told
    assert done["snapshots"] == {"crimes": 1, "incidents": 1}


def test_the_answer_names_each_store_and_its_extract(force: Callable[..., Any], work: Path) -> None:
    answered(force, work)
    page = (work / "out" / "response.html").read_text(encoding="utf-8")
    released = json.loads((work / "out" / "release.json").read_bytes())

    for said in (
        "crimes: The extract was taken on 31 January 2025",
        "incidents: The extract was taken on 15 January 2025",
        "crimes: 31 January 2025; incidents: 15 January 2025",
        "Calls by ward (incidents)",
        "What was counted and what could not be: crimes",
        "What was counted and what could not be: incidents",
        "Each figure is of one store.",
    ):
        assert said in page, said
    assert [each["name"] for each in released["provenance"]["stores"]] == ["crimes", "incidents"]
    assert "incidents: The codes are the data" in page and "crimes: The codes are the data" not in page


def test_verify_counts_again_in_both_stores_and_refuses_others(force: Callable[..., Any], work: Path) -> None:
    answered(force, work)
    assert force("verify", work / "out").code == 0, force("verify", work / "out").out
    for stores in (("crimes",), ("incidents",)):
        other = force("verify", work / "out", stores=stores)
        assert other.code == 1 and "--store crimes=DIR --store incidents=DIR" in other.out


def test_the_working_papers_of_each_store_are_apart(force: Callable[..., Any], work: Path) -> None:
    answered(force, work, "both", "out", "--internal", work / "papers")
    for name, prefix in (("crimes", "CR"), ("incidents", "IN")):
        told = (work / "papers" / name / "mentions.csv").read_text().splitlines()[1:]
        assert told and all(line.startswith(prefix) for line in told)
    answered(force, work, "both", "again")
    for name in ("crimes", "incidents"):
        (run,) = (work / name / "runs").iterdir()
        assert json.loads((run / "run.json").read_text())["store"] == name


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('records = "incidents"', 'records = "calls"'), "no store is named 'calls'"),
        (('records = "crimes"\n', ""), "names no store"),
        (('records = "incidents"\n', ""), "no part counts in the store 'incidents'"),
        (('of = [2]\ntitle = "Calls by ward"\nrows = ["ward"]', 'of = [1]\nrows = ["district"]'), "no table is about"),
        (('rows = ["ward"]', 'rows = ["district"]'), "'district' is no dimension"),
        (('rows = ["offence"]', 'rows = ["ward"]'), "'ward' is no dimension"),
        (('of = [1]\nrows = ["offence"]', 'rows = ["question"]'), "its questions differ in records"),
        (('codes = ["034/01", "039/00"]', 'codes = ["riding"]'), "riding"),
        (('records = "incidents"', 'records = "in cidents"'), "is no name of a store"),
        (('records = "incidents"', 'records = "incidents"\nwhere = { district = ["North"] }'), "question[2].where"),
        (('records = "incidents"', 'records = "incidents"\nfields = ["notes"]'), "question[2].fields"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)  # fmt: skip
def test_what_does_not_fit_the_stores_is_a_fault(
    force: Callable[..., Any], work: Path, change: tuple[str, str], said: str
) -> None:
    (work / "both.toml").write_text(REQUEST.format(more="").replace(*change), encoding="utf-8")
    for command in (("check",), ("count", "--policy", work / "policy.toml", "--out", work / "out")):
        done = force(command[0], work / "both.toml", *command[1:])
        assert done.code == 2 and said in done.err, done.err
    assert not (work / "out").exists()


def test_stores_are_named_once_and_are_not_the_same(force: Callable[..., Any], work: Path, run: Any) -> None:
    both, crimes = work / "both.toml", work / "crimes"
    for given, said in (
        ([f"crimes={crimes}", f"incidents={crimes}"], "the same store"),
        ([f"crimes={crimes}", f"crimes={work / 'incidents'}"], "two stores are named 'crimes'"),
        ([crimes, work / "incidents"], "name each"),
        ([crimes], "there is one store"),
    ):
        done = run("check", both, *(part for each in given for part in ("--store", each)))
        assert done.code == 2 and said in done.err, done.err
    done = force("check", both, "--snapshot", "1")
    assert done.code == 2 and "there are several stores" in done.err
    assert force("check", both, "--snapshot", "incidents=1").code == 0


def test_a_part_hides_what_its_own_ledger_makes_it_hide(force: Callable[..., Any], work: Path, run: Any) -> None:
    """Calls by ward are published alone; one more call later, in an answer over both stores, must not show as one."""
    alone = (
        REQUEST.format(more="").replace('records = "crimes"\n', "").replace("of = [2]\n", "").replace("of = [1]\n", "")
    )
    head, rest = alone.split('[[question]]\ntext = "Robbery')
    question = rest.split("[[question]]")[1].replace('records = "incidents"\n', "")
    table = question.split("[[table]]")
    (work / "alone.toml").write_text(f"{head}[[question]]{table[0]}[[table]]{table[2]}", encoding="utf-8")
    done = run("check", work / "alone.toml", "--store", work / "incidents", "--json")
    accepted = [part for each in json.loads(done.out)["doubts"] for part in ("--accept", f"{each['id']}=agreed")]
    place = ["--store", work / "incidents", "--policy", work / "policy.toml", "--out", work / "alone"]
    for command in (("count", work / "alone.toml", *place, *accepted), ("publish", work / "alone", *place[:2])):
        done = run(*command)
        assert done.code == 0, done.err

    more = [("IN90000", "riding", "2024-05-05", "Mill", "A scooter was seen.")]
    force.put("incidents", INCIDENTS, CALL_ROWS + more, "2025-01-20")  # type: ignore[attr-defined]
    told = figures(answered(force, work)["tables"][1], "ward")
    before = Counter(row[3] for row in CALL_ROWS if "scooter" in row[4])
    assert told["Mill",] != str(before["Mill"] + 1), "the difference is one call"
    assert force("publish", work / "out").code == 0


def test_publishing_adds_each_part_to_its_ledger_and_can_be_finished(
    force: Callable[..., Any], work: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(force, work)
    real, calls = ledger_room.Ledger.append, []

    def cut(self: Any, entry: Any) -> Any:
        calls.append(entry)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(self, entry)

    monkeypatch.setattr(ledger_room.Ledger, "append", cut)
    with contextlib.suppress(KeyboardInterrupt):
        assert force("publish", work / "out").code != 0
    assert [path.name for path in (work / "crimes" / "ledger").glob("0*")] == ["0001"]
    assert not list((work / "incidents" / "ledger").glob("0*"))
    monkeypatch.setattr(ledger_room.Ledger, "append", real)
    done = force("publish", work / "out", "--json")
    assert done.code == 0 and json.loads(done.out)["numbers"] == {"crimes": 1, "incidents": 1}, done.err
    assert json.loads(force("publish", work / "out", "--json").out)["already"]

    for name, tables in (("crimes", {"mentions", "denominators"}), ("incidents", {"mentions 2", "denominators 2"})):
        (entry,) = json.loads(run("ledger", work / name, "--json").out)["entries"]
        held = json.loads((work / name / "ledger" / "0001" / "entry.json").read_text())["document"]
        assert entry["reference"] == "FOI/7" and {table["name"] for table in held["tables"]} == tables
        assert "record store" not in held["dimensions"]


def test_a_store_named_alone_gives_the_bytes_of_a_store_without_a_name(
    force: Callable[..., Any], work: Path, run: Any
) -> None:
    """Whether other stores are asked or not, the same filter on the same store is the same population."""
    text = REQUEST.format(more="").replace('records = "incidents"\n', "").replace('["riding", "noise"]', '["034/01"]')
    text = text.replace('rows = ["ward"]', 'rows = ["district"]')
    (work / "named.toml").write_text(text, encoding="utf-8")
    (work / "plain.toml").write_text(text.replace('records = "crimes"\n', ""), encoding="utf-8")
    for name, store in (("named", f"crimes={work / 'crimes'}"), ("plain", work / "crimes")):
        place = ["--store", store, "--policy", work / "policy.toml", "--out", work / name]
        done = run("count", work / f"{name}.toml", *place)
        assert done.code == 0, done.err
    for path in (work / "plain").iterdir():
        if path.name == "release.json":
            one, two = (json.loads((work / each / path.name).read_bytes()) for each in ("named", "plain"))
            assert one["provenance"]["request"]["scope"].pop("records") == "crimes"
            assert {key: one[key] for key in one if key != "words"} == {key: two[key] for key in two if key != "words"}
        else:
            assert (work / "named" / path.name).read_bytes() == path.read_bytes(), path.name


def test_a_new_version_is_counted_in_the_same_stores(force: Callable[..., Any], work: Path, run: Any) -> None:
    answered(force, work)
    assert force("publish", work / "out").code == 0
    again = ("--supersedes", work / "out", "--reason", "A word was missing.")
    (work / "both.toml").write_text(REQUEST.format(more="").replace('["scooter"]', '["scooter", "seen"]'))
    answered(force, work, "both", "new", *again)
    assert force("verify", work / "new").code == 0, force("verify", work / "new").out
    done = force("publish", work / "new")
    assert done.code == 0, done.err
    page = (work / "new" / "response.html").read_text(encoding="utf-8")
    assert "This version replaces FOI/7" in page
    place = ["--store", f"crimes={work / 'crimes'}", "--policy", work / "policy.toml", "--out", work / "other"]
    one = (
        REQUEST.format(more="").replace('records = "incidents"\n', "").replace('rows = ["ward"]', 'rows = ["district"]')
    )
    (work / "one.toml").write_text(one.replace('["riding", "noise"]', '["034/01"]'))
    done = run("count", work / "one.toml", *place, *again)
    assert done.code == 2 and "was counted in crimes, incidents" in done.err


def test_one_store_of_several_is_compared_read_and_looked_into(force: Callable[..., Any], work: Path) -> None:
    done = force("compare", work / "both.toml", "--json", stores=("incidents",))
    assert done.code == 0, done.err
    assert json.loads(done.out)["rules"]["word"]["count"] == sum("scooter" in row[4] for row in CALL_ROWS)
    done = force("mentions", work / "both.toml", "--json", stores=("crimes",))
    assert {hit["occurrence_no"][:2] for hit in json.loads(done.out)["mentions"]} == {"CR"}
    assert force("plan", work / "both.toml", stores=("incidents",)).code == 0
    done = force("mentions", work / "both.toml", stores=("calls",))
    assert done.code == 2


def test_python_counts_over_several_stores_too(force: Callable[..., Any], work: Path) -> None:
    shell = answered(force, work)
    stores = open_store({"crimes": work / "crimes", "incidents": work / "incidents"})
    accept = {doubt.id: "as agreed with the requester" for doubt in stores.check(work / "both.toml").doubts}
    result = stores.count(work / "both.toml", policy=work / "policy.toml", accept=accept, snapshot={"incidents": 1})
    result.release.write(work / "python")
    for path in (work / "out").iterdir():
        assert (work / "python" / path.name).read_bytes() == path.read_bytes(), path.name
    assert [cell["value"] for cell in shell["tables"][1]["cells"]] == [
        str(value) if value is not None else "" for value in result.tables[1].to_arrow()["value"].to_pylist()
    ]
    assert {hit.occurrence_no[:2] for hit in result.mentions_in("incidents")} == {"IN"}
    assert stores.values("ward", store="incidents") == {"Abbey": 30, "Castle": 30, "Mill": 30}
    assert stores.compare(work / "both.toml", store="crimes").own == "word"


def test_decisions_belong_to_one_store(force: Callable[..., Any], work: Path) -> None:
    (work / "decisions.csv").write_text("occurrence_no\n")
    place = ("--policy", work / "policy.toml", "--out", work / "out", "--decisions", work / "decisions.csv")
    done = force("count", work / "both.toml", *place)
    assert done.code == 2 and "decisions are about the hits of one store" in done.err


def test_own_codes_of_a_selection_are_vouched_for_by_the_store_alone(
    force: Callable[..., Any], work: Path, run: Any
) -> None:
    """All calls by ward: no page prints the codes, and the document names them."""
    text = REQUEST.format(more="").replace('["riding", "noise"]', '["all"]')
    (work / "both.toml").write_text(text, encoding="utf-8")
    answered(force, work)
    alone, done = run("verify", work / "out"), force("verify", work / "out")
    assert alone.code == done.code == 0, alone.out + done.out
    assert "2 codes of its tables document are printed on no page" in alone.out
    assert force("publish", work / "out", "--dry-run").code == 0

    path = work / "out" / "release.json"
    released = path.read_text(encoding="utf-8").replace('"noise"', '"Smith"')
    path.write_text(released, encoding="utf-8")
    done = force("verify", work / "out")
    assert done.code == 1 and "names 1 codes that the store does not hold" in done.out


@pytest.mark.parametrize(
    ("policy", "more"),
    [
        ('rule = "round"\nbase = 5', ""),
        ('rule = "suppress"\ncoarsen = { columns = "year" }\nlabel = "<5"', ""),
        ('rule = "suppress"', 'unit = "occurrences"'),
        ('rule = "suppress"\nzeros = "ambiguous"', "marker"),
    ],
    ids=["rounded", "coarser", "occurrences", "beside a marker"],
)
def test_each_policy_holds_over_several_stores(force: Callable[..., Any], work: Path, policy: str, more: str) -> None:
    text = REQUEST.format(more="")
    if more == "marker":
        text += '[marker]\nname = "AI"\nuse = "beside"\n'
    else:
        text = text.replace('to = "2024-12"\n', f'to = "2024-12"\n{more}\n')
    (work / "both.toml").write_text(text, encoding="utf-8")
    (work / "policy.toml").write_text(f'[disclosure]\n{policy}\nreason = "r"\napproved_by = "a"\n', encoding="utf-8")
    answered(force, work)
    for done in (force("verify", work / "out"), force("publish", work / "out")):
        assert done.code == 0, done.out + done.err
