"""What clearcount writes, collate reads back exactly: the shapes of real requests in every format of a bundle."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from clearcount.cli import cli
from clearcount.collate import Line
from clearcount.collate.readers.opening import READERS
from clearcount.workflow.collating import read_page
from clearcount.workflow.released import counts_of, released_at
from force import make_force

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "real-requests.md"
REQUESTS = dict(enumerate(re.findall(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL), 1))
KIND = {
    int(number): kind
    for number, kind in re.findall(
        r"^-- (\d+) (\w+)", Path(__file__).with_name("real_requests.sql").read_text("utf-8"), re.MULTILINE
    )
}
FORMATS = ("counts.csv", "release.json", "counts.xlsx", "counts.ods", "response.docx", "response.html")
FURTHER = ("response-body.html",)
SOME = (1, 16, 20, 29)
"""Months, outcomes by number, days with quarters, weeks."""
POLICY = '[disclosure]\nrule = "none"\nreason = "A test of made-up records."\napproved_by = "Tester"\n'
Cell = tuple[str, str, str]


def bundle(folder: Path, number: int) -> Path | None:
    """Return the bundle of a request, or None where `count` refuses it, which is said and no matter of this test."""
    request, out = folder / f"{number}.toml", folder / f"answer {number}"
    request.write_text(REQUESTS[number], encoding="utf-8")
    (folder / "policy.toml").write_text(POLICY, encoding="utf-8")
    store = folder / KIND[number] / "store"
    done = CliRunner().invoke(
        cli, ["count", str(request), "--store", str(store), "--policy", str(folder / "policy.toml"), "--out", str(out)]
    )
    assert done.exit_code in (0, 2), done.output
    return out if done.exit_code == 0 else None


def truth(out: Path, table: str = "") -> Counter[Cell]:
    rows = csv.DictReader(io.StringIO((out / "counts.csv").read_text("utf-8-sig"), newline=""))
    return Counter(
        (row["period_from"], row["period_to"], row["value"] or row["marker"].split("|")[0])
        for row in rows
        if not table or row["table"] == table
    )


def lines(path: Path) -> list[Line]:
    raw = counts_of(released_at(path), path) if path.name == "release.json" else path.read_bytes()
    kind = ".csv" if path.name == "release.json" else path.suffix
    return read_page(READERS[kind](raw, path.name))[0]


def read_back(out: Path) -> list[str]:
    """Return what is not read back exactly, format by format."""
    wrong = []
    pages: dict[str, Counter[tuple[str, ...]]] = {}
    for name in (*FORMATS, *FURTHER, "table.csv"):
        found = lines(out / name)
        wanted = truth(out, "1" if name == "table.csv" else "")
        cells = Counter((line.period_from, line.period_to, line.value or line.marker.split("|")[0]) for line in found)
        unread = [f"{line.origin} {line.note}" for line in found if line.unread]
        if wanted - cells or unread:
            wrong.append(f"{out.name} {name}: missing {sum((wanted - cells).values())}, unread {unread[:2]}")
        if name in ("counts.csv", "release.json", "table.csv") and cells - wanted:
            wrong.append(f"{out.name} {name}: {(cells - wanted).most_common(2)} are not printed")
        pages[name] = Counter(
            (line.label.split()[-1] if line.label else "", *cell)
            for line, cell in zip(
                found, ((each.period_from, each.period_to, each.value or each.marker) for each in found), strict=True
            )
        )
    for name in ("counts.ods", "response.docx", "response.html", "response-body.html"):
        if pages[name] != pages["counts.xlsx"]:
            extra, less = pages[name] - pages["counts.xlsx"], pages["counts.xlsx"] - pages[name]
            wrong.append(f"{out.name}: counts.xlsx and {name} differ: {list(extra)[:2]} {list(less)[:2]}")
    return wrong


def test_some_shapes_come_back_exact_from_every_format(tmp_path: Path) -> None:
    make_force(tmp_path, 300)
    wrong = []
    for number in SOME:
        out = bundle(tmp_path, number)
        assert out is not None
        wrong += read_back(out)
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_every_shape_comes_back_exact_from_every_format(tmp_path: Path) -> None:
    make_force(tmp_path, 300)
    found = {number: bundle(tmp_path, number) for number in REQUESTS}
    counted = [out for out in found.values() if out is not None]
    assert len(counted) >= 25
    wrong = [each for out in counted for each in read_back(out)]
    assert not wrong, "\n".join(wrong)
