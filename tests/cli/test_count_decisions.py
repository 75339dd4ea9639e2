"""A count with decisions: mentions, confirmed, confirmed or unclear and undecided, side by side."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def sheet(work: Path, run: Callable[..., Any], codes: dict[tuple[str, str], str]) -> Path:
    """The hits as `review export` hands them out, with `codes` written in."""
    path = work / "hits.csv"
    done = run("review", "export", work / "request.toml", "--store", work / "store", "--out", path)
    assert done.code == 0, done.err
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["occurrence_no"], row["offence_code"]) for row in rows} >= set(codes)
    for row in rows:
        row["code"] = codes.get((row["occurrence_no"], row["offence_code"]), "")
        row["coder"] = "one" if row["code"] else ""
        row["at"] = "2024-07-01T10:00:00+00:00" if row["code"] else ""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


def totals(work: Path, run: Callable[..., Any], decisions: Path) -> dict[str, str]:
    words = ["count", work / "request.toml", "--store", work / "store", "--policy", work / "policy.toml"]
    done = run(*words, "--out", work / "answer", "--decisions", decisions, "--replace")
    assert done.code == 0, done.err
    printed = json.loads((work / "answer" / "release.json").read_text(encoding="utf-8"))
    found = {}
    for table in printed["tables"]:
        for at, low, high in table["cells"]:
            if set(at) == {"total"} or at == ["total", "total"]:
                found[table["name"]] = str(low) if low == high else "hidden"
    return found


@pytest.mark.usefixtures("store")
def test_every_state_is_counted_apart(work: Path, run: Callable[..., Any]) -> None:
    path = sheet(work, run, {("A1", "086/02"): "relevant", ("A1", "088/15"): "unclear"})
    got = totals(work, run, path)
    assert (got["mentions"], got["confirmed"], got["confirmed_or_unclear"], got["undecided"]) == ("3", "1", "2", "1")
    page = (work / "answer" / "response.html").read_text(encoding="utf-8")
    assert "in part read by people" in page


@pytest.mark.usefixtures("store")
def test_all_decided_is_said(work: Path, run: Callable[..., Any]) -> None:
    codes = {("A1", "086/02"): "relevant", ("A1", "088/15"): "not_relevant", ("A2", "086/02"): "relevant"}
    got = totals(work, run, sheet(work, run, codes))
    assert (got["confirmed"], got["undecided"]) == ("2", "0")
    assert "all read by people" in (work / "answer" / "response.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("store")
def test_a_changed_text_reopens_the_record(work: Path, run: Callable[..., Any]) -> None:
    path = sheet(work, run, {("A2", "086/02"): "relevant"})
    texts = work / "export" / "texts.csv"
    texts.write_text(texts.read_text(encoding="utf-8").replace("sent again", "sent once more"), encoding="utf-8")
    assert run("import", work / "export", "--store", work / "store", "--as-at", "2024-07-01").code == 0
    got = totals(work, run, path)
    assert (got["confirmed"], got["undecided"]) == ("0", "3")
    assert "changed since they were read" in (work / "answer" / "response.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("store")
def test_decisions_about_no_words_are_refused(work: Path, run: Callable[..., Any]) -> None:
    path = sheet(work, run, {})
    request = work / "request.toml"
    request.write_text(request.read_text(encoding="utf-8").split("[terms]")[0], encoding="utf-8")
    words = ["count", request, "--store", work / "store", "--policy", work / "policy.toml", "--out", work / "answer"]
    done = run(*words, "--decisions", path)
    assert done.code == 2
    assert "decisions" in done.err
    assert not (work / "answer").exists()


@pytest.mark.usefixtures("store")
def test_a_table_by_what_readers_decided_counts_their_decisions(work: Path, run: Callable[..., Any]) -> None:
    """The lines of the table and the tables of the decisions are the same records."""
    request = work / "request.toml"
    request.write_text(
        request.read_text(encoding="utf-8")
        + '\n[[table]]\nrows = ["offence"]\ncolumns = ["month"]\n[[table]]\nrows = ["state"]\ncolumns = []\n',
        encoding="utf-8",
    )
    codes = {("A1", "086/02"): "relevant", ("A1", "088/15"): "unclear"}
    path = sheet(work, run, codes)
    words = ["count", request, "--store", work / "store", "--policy", work / "policy.toml", "--out", work / "answer"]
    assert run(*words, "--decisions", path, "--replace").code == 0
    with (work / "answer" / "counts.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = {row["state"]: row["value"] for row in csv.DictReader(file) if row["table"] == "2"}
    assert lines == {"confirmed": "1", "unclear": "1", "not relevant": "0", "undecided": "1", "total": "3"}
