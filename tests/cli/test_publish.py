"""`clearcount publish` and `clearcount ledger`: what is refused, and what a power cut or a full disk leaves."""

from __future__ import annotations

import csv
import errno
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.publishing import Office, records

from clearcount.store import ledger as ledger_module

MONTHS = [f"2024-{month:02d}" for month in range(1, 13)]


@pytest.fixture
def office(tmp_path: Path, run: Callable[..., Any]) -> Office:
    """An office with 41 offences from January to June and 2 in July, and an answer to June that is not published."""
    office = Office(tmp_path, run)
    counts = zip(MONTHS, (7, 7, 7, 7, 7, 6, 2), strict=False)
    office.imports(records({("086/02", month): n for month, n in counts}))
    assert office.counts("first", columns="year").code == 0
    return office


def _entries(office: Office) -> list[Any]:
    done = office.run("ledger", office.store, "list", "--json")
    assert done.code == 0, done.err
    found: list[Any] = json.loads(done.out)["entries"]
    return found


def test_a_dry_run_publishes_nothing(office: Office) -> None:
    done = office.publishes("first", "--dry-run", "--json")
    said = json.loads(done.out)
    assert done.code == 0 and said["dry_run"] and not said["published"] and _entries(office) == []
    done = office.publishes("first", "--json")
    assert done.code == 0 and json.loads(done.out)["number"] == 1
    assert [entry["name"] for entry in _entries(office)] == ["FOI/first"]


def test_a_changed_bundle_is_refused(office: Office) -> None:
    table = office.folder / "first" / "counts.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(",41,", ",42,"), encoding="utf-8")
    done = office.publishes("first")
    assert done.code == 1 and "changed" in done.err and _entries(office) == []


def test_a_draft_is_refused(office: Office) -> None:
    """A period after the extract is a doubt, and nobody accepted it."""
    assert office.counts("late", last="2025-06", columns="year").code == 0
    request = (office.folder / "late.toml").read_text(encoding="utf-8")
    (office.folder / "late.toml").write_text(request.split("[[accepted]]")[0], encoding="utf-8")
    policy, out = office.folder / "policy.toml", office.folder / "draft"
    done = office.run("count", office.folder / "late.toml", "--store", office.store, "--policy", policy, "--out", out)
    assert done.code == 0, done.err
    refused = office.publishes("draft")
    assert refused.code == 1 and "draft" in refused.err and "what to do" in refused.err and _entries(office) == []


def test_a_bundle_of_another_store_is_refused(office: Office) -> None:
    other = Office(office.folder / "other", office.run)
    other.folder.mkdir()
    other.imports(records({("086/02", month): 9 for month in MONTHS[:7]}))
    done = office.run("publish", office.folder / "first", "--store", other.store)
    assert done.code in (1, 2) and "first" in done.err + done.out
    assert json.loads(other.run("ledger", other.store, "list", "--json").out)["entries"] == []


class _Cut(BaseException):
    """A power cut."""


@pytest.mark.parametrize("before", [True, False])
def test_a_power_cut_publishes_or_does_not(office: Office, monkeypatch: pytest.MonkeyPatch, before: bool) -> None:
    """Before the entry is renamed into place nothing left; after it, the answer is published and said to be."""
    real = Path.rename

    def rename(path: Path, target: Any) -> Path:
        if not Path(target).name.isdecimal():
            return real(path, target)
        if not before:
            real(path, target)
        raise _Cut

    monkeypatch.setattr(Path, "rename", rename)
    assert office.publishes("first").code != 0
    monkeypatch.undo()
    assert len(_entries(office)) == (0 if before else 1)
    done = office.publishes("first", "--json")
    assert done.code == 0 and json.loads(done.out)["number"] == 1 and json.loads(done.out)["already"] is not before
    assert len(_entries(office)) == 1


def test_a_full_disk_publishes_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes, *, mode: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(ledger_module, "write_whole", full)
    done = office.publishes("first")
    assert done.code == 2 and "No space left" in done.err and "nothing was published" in done.err
    monkeypatch.undo()
    assert _entries(office) == []
    assert office.publishes("first").code == 0


def test_an_outside_table_is_knowledge(office: Office) -> None:
    """Somebody printed January to July; an answer to June then gives July away."""
    table = office.folder / "open-data.csv"
    months = ",".join(MONTHS[:7])
    table.write_text(f"offence,{months}\n086/02,7,7,7,7,7,6,c\n", encoding="utf-8")
    whole = office.folder / "year.json"
    leaves = {"offence": ["86/2"], "month": MONTHS[:7]}
    whole.write_text(
        json.dumps(
            {
                "dimensions": {name: {"leaves": found, "totals": {"all": found}} for name, found in leaves.items()},
                "tables": [{"name": "year", "by": ["offence", "month"], "cells": [[["all", "all"], 43, 43]]}],
            }
        ),
        encoding="utf-8",
    )
    for file in (table, whole):
        assert office.run("ledger", office.store, "add", file).code == 0
    again = office.run("ledger", office.store, "add", whole)
    assert again.code == 2 and "already" in again.err
    assert [entry["kind"] for entry in _entries(office)] == ["outside", "outside"]
    checked = office.run("ledger", office.store, "check")
    assert checked.code == 1 and "entry 2" in checked.err


def test_an_answer_after_an_outside_table_is_protected(office: Office) -> None:
    whole = office.folder / "year.json"
    leaves = {"offence": ["86/2"], "month": MONTHS[:7]}
    cells = [[["all", "all"], 43, 43]]
    document = {
        "dimensions": {name: {"leaves": found, "totals": {"all": found}} for name, found in leaves.items()},
        "tables": [{"name": "year", "by": ["offence", "month"], "cells": cells}],
    }
    whole.write_text(json.dumps(document), encoding="utf-8")
    assert office.run("ledger", office.store, "add", whole).code == 0
    refused = office.publishes("first")
    assert refused.code == 1 and "small count" in refused.err
    assert office.counts("second", columns="year").code == 0
    assert office.cells("second")["086/02", "2024"] == "[c]"


def test_the_folder_of_an_older_policy_is_read_once(office: Office) -> None:
    folder = office.folder / "published"
    folder.mkdir()
    shutil.copy(office.folder / "first" / "release.json", folder / "first.json")
    office.policy += 'published = "published/"\n'
    done = office.counts("second", last="2024-07", columns="year")
    assert done.code == 0 and "take it out of the policy" in done.out
    assert len(_entries(office)) == 1 and office.cells("second")["086/02", "2024"] == "[c]"
    done = office.counts("third", last="2024-07", columns="year")
    assert done.code == 0 and "take it out" not in done.out and len(_entries(office)) == 1


def test_a_lost_ledger_stops_a_count(office: Office) -> None:
    assert office.publishes("first").code == 0
    shutil.rmtree(office.store / "ledger")
    (office.folder / "again.toml").write_text((office.folder / "first.toml").read_text("utf-8"), encoding="utf-8")
    checked = office.run("check", office.folder / "again.toml", "--store", office.store, "--json")
    assert "ledger" in checked.out + checked.err
    done = office.run(
        "count", office.folder / "again.toml", "--store", office.store, "--policy", office.folder / "policy.toml",
        "--out", office.folder / "again",
    )  # fmt: skip
    if done.code == 0:
        assert "DRAFT" in done.out + done.err
        assert office.publishes("again").code != 0


def test_nothing_public_points_at_a_hidden_figure(office: Office) -> None:
    assert office.publishes("first").code == 0
    assert office.counts("second", last="2024-07", columns="year").code == 0
    text = (office.folder / "second" / "release.json").read_text(encoding="utf-8")
    for word in ("primary", "complementary", "known_before", '"exact"', "narrowest", "less answer", '"sheet"'):
        assert word not in text
    runs = [json.loads(path.read_text(encoding="utf-8")) for path in office.store.glob("runs/*/run.json")]
    sheets = [run["disclosure"]["sheet"] for run in runs]
    lines = [line for sheet in sheets for line in sheet["figures"]]
    assert any("difference" in line["reason"] for line in lines)
    assert any(line["count"] == 43 and line["protects"] for line in lines)


def test_the_same_answer_twice_has_the_same_bytes(office: Office) -> None:
    assert office.publishes("first").code == 0
    for name in ("one", "two"):
        assert office.counts(name, last="2024-07", columns="year").code == 0
    first, second = ((office.folder / name / "counts.csv").read_bytes() for name in ("one", "two"))
    assert first.replace(b"FOI/one", b"FOI/two") == second


def _decided(office: Office, name: str, confirmed: int) -> Path:
    """A file in which the first of the hits are confirmed."""
    path = office.folder / f"{name}-{confirmed}-hits.csv"
    done = office.run("review", "export", office.folder / f"{name}.toml", "--store", office.store, "--out", path)
    assert done.code == 0, done.err
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        row["code"] = "relevant" if number < confirmed else ""
        row["coder"] = "one" if row["code"] else ""
        row["at"] = "2024-07-01T10:00:00+00:00" if row["code"] else ""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, rows[0].keys())
        lines.writeheader()
        lines.writerows(rows)
    return path


def test_what_was_confirmed_since_does_not_come_out(office: Office) -> None:
    """Six of the mentions are confirmed in one answer and fourteen of the same in the next; both go out."""
    found = records({("086/02", month): 7 for month in MONTHS[:6]}, text="a deepfake was sent")
    office.imports(found, as_at="2025-02-28")
    words = {"rule": "word", "any": ["deepfake"]}
    assert office.counts("plain", columns="year", words=words).code == 0
    for name, confirmed in (("one", 6), ("two", 14)):
        decisions = _decided(office, "plain", confirmed)
        done = office.counts(name, columns="year", words=words, arguments=["--decisions", str(decisions)])
        assert done.code == 0, done.err
        assert "this answer" not in done.out
        released = json.loads((office.folder / name / "release.json").read_text(encoding="utf-8"))
        cells = {table["name"]: table["cells"][0][1:] for table in released["tables"]}
        assert cells["confirmed"] == [confirmed, confirmed], cells
        published = office.publishes(name)
        assert published.code == 0, published.err


def test_accounts_of_several_releases_are_said_not_to_be_audited_together(office: Office) -> None:
    first = json.loads(office.publishes("first", "--json").out)
    assert first["published"] and first["accounts"] == 0
    assert office.counts("second", columns="year").code == 0
    done = office.publishes("second", "--dry-run")
    assert done.code == 0 and "accounts (What was counted and what could not be) are not audited together" in done.out
    assert json.loads(office.publishes("second", "--dry-run", "--json").out)["accounts"] == 1
    both = [office.folder / name / "release.json" for name in ("first", "second")]
    assert "the lines of 2 accounts" in office.run("audit", *both).err
    assert "accounts" not in office.run("audit", both[0]).err
