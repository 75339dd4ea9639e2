"""The same decisions, made on the screen, in a spreadsheet and in Python, give the same counts and quality figures."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from django.test import Client, override_settings
from django.utils import timezone

sys.path.insert(0, str(Path(__file__).parent))
from reading_store import REQUEST, given, make_store

from clearcount.cli import cli
from clearcount.model.facts import FactSaid
from clearcount.workflow.reading import Asked, hand_out
from clearcount.workflow.reading_records import open_scope
from clearcount.workflow.reading_room import keep_decisions
from clearcount.workflow.stores import StorePlace, opened
from clearcount_web.accounts.roles import Role
from clearcount_web.review import cards, deciding, keeping, queries, rounds

POLICY = '[disclosure]\nrule = "none"\nreason = "made up"\napproved_by = "nobody"\n'


FACTS = """
[[fact]]
name = "platform"
text = "Which platform was named?"
values = ["Snapchat", "Another app"]
[[fact]]
name = "kind"
text = "What was done with the picture?"
values = ["threatened", "shared", "kept"]
several = true
[[table]]
rows = ["offence"]
columns = "month"
[[table]]
rows = ["platform"]
columns = ["year"]
"""


def facts(occurrence_no: str, code: str) -> dict[str, list[str]]:
    """What everybody codes of a relevant record, by its number alone."""
    number = int(occurrence_no[1:])
    if verdict(occurrence_no, code)[0] != "relevant":
        return {}
    kinds = [["threatened"], ["threatened", "shared"], ["cannot tell"]][number % 3]
    return {"platform": [("Snapchat", "Another app", "cannot tell")[number % 4 % 3]], "kind": kinds}


def verdict(occurrence_no: str, code: str) -> tuple[str, str]:
    """What everybody says of a record, by its number alone."""
    said = ("relevant", "not_relevant", "relevant", "unclear", "cannot_decide")[int(occurrence_no[1:]) % 5]
    return said, {"relevant": "asserted", "not_relevant": "negated"}.get(said, "") if code == "086/02" else ""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("same")
    make_store(folder, hits=15, quiet=20, twice=(2, 4, 9))
    (folder / "request.toml").write_text(REQUEST + FACTS)
    (folder / "policy.toml").write_text(POLICY)
    return folder


def command(*words: object) -> str:
    done = CliRunner().invoke(cli, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done.output


def in_python(folder: Path) -> None:
    scope = open_scope(folder / "request.toml", opened((StorePlace(folder / "store"),))[0])
    sheet = hand_out(scope, Asked(), now=datetime(2026, 1, 5, tzinfo=UTC))
    at = datetime(2026, 1, 5, 12, tzinfo=UTC).isoformat()
    said = []
    for row in sheet.rows:
        code, reason = verdict(*row.key)
        coded = tuple(FactSaid(name, tuple(values)) for name, values in facts(*row.key).items())
        said.append(replace(row, code=code, reason=reason, coder="rhona", at=at, facts=coded))
    assert keep_decisions(folder / "store", said) == 18
    assert keep_decisions(folder / "store", said) == 0


def by_spreadsheet(folder: Path) -> None:
    file = folder / "hits.xlsx"
    command("review", "export", folder / "request.toml", "--store", folder / "store", "--out", file)
    book = openpyxl.load_workbook(file)
    sheet = book.active
    header = [cell.value for cell in sheet[1]]
    for cells in sheet.iter_rows(min_row=2):
        row = dict(zip(header, cells, strict=True))
        row["code"].value, reason = verdict(row["occurrence_no"].value, row["offence_code"].value)
        row["reason"].value, row["coder"].value = reason or None, "rhona"
        for name, values in facts(row["occurrence_no"].value, row["offence_code"].value).items():
            row[f"fact:{name}"].value = " ; ".join(value.upper() for value in reversed(values))
    book.save(file)
    command("review", "import", file, "--store", folder / "store")


def on_screen(folder: Path, client: Client) -> None:
    with override_settings(READING_STORE_DIR=folder / "store"):
        round_ = rounds.open_round(
            given(request=REQUEST + FACTS),
            by=type("U", (), {"get_username": lambda self: "amir"})(),
            now=timezone.now(),
        )
        round_ = rounds.draw_round(round_.pk, now=timezone.now())
        client.post(f"/reading/{round_.pk}/take")
        for _ in range(18):
            html = client.get(f"/reading/{round_.pk}/read").content.decode()
            token = re.search(r'name="token" value="\d+\.(\d+)\.\d+"', html)
            assert token is not None
            card = round_.cards.get(pk=token[1])
            code, reason = verdict(card.occurrence_no, card.offence_code)
            sent: dict[str, Any] = {"token": token[0].split('"')[3], "code": code, "reason": reason}
            sent |= {f"fact-{name}": values for name, values in facts(card.occurrence_no, card.offence_code).items()}
            client.post(f"/reading/{round_.pk}/decide", sent)
        client.post(f"/reading/{round_.pk}/leave")


def figures(folder: Path) -> dict[str, Any]:
    """The decisions as they stand, the quality figures, and the answer's every count."""
    request, store = folder / "request.toml", folder / "store"
    command("review", "decisions", request, "--store", store, "--out", folder / "kept.csv")
    lines = (folder / "kept.csv").read_text().splitlines()
    at = lines[0].split(",").index("at")
    kept = sorted(",".join(cell for place, cell in enumerate(line.split(",")) if place != at) for line in lines)
    quality = json.loads(command("quality", "--decisions", folder / "kept.csv", "--json"))
    command("count", request, "--store", store, "--policy", folder / "policy.toml", "--out", folder / "out",
            "--decisions", folder / "kept.csv")  # fmt: skip
    assert "counted again, it comes out the same" in command("verify", folder / "out", "--store", store)
    answer = {
        path.name: path.read_text() for path in sorted((folder / "out").iterdir()) if path.suffix in (".csv", ".html")
    }
    return {"kept": kept, "quality": quality, "answer": answer}


def test_browser_spreadsheet_and_python_agree(
    staff: Client, sign_in: Callable[..., Any], made: Path, tmp_path: Path
) -> None:
    sign_in("rhona", Role.READER)
    found = {}
    ways = {"python": in_python, "spreadsheet": by_spreadsheet, "screen": lambda folder: on_screen(folder, staff)}
    for name, way in ways.items():
        folder = tmp_path / name
        shutil.copytree(made, folder)
        way(folder)
        found[name] = figures(folder)
    assert found["screen"] == found["spreadsheet"] == found["python"]
    assert found["screen"]["quality"]["precision"]["found"] == 7
    assert len(found["screen"]["kept"]) == 19 and "confirmed" in str(found["screen"]["answer"])
    second = [line for line in found["screen"]["answer"]["counts.csv"].splitlines() if ",2," in line]
    told = {(line.split(",")[5], line.split(",")[7]) for line in second}
    assert second and told


def second(occurrence_no: str, code: str) -> str:
    """What the second reader says: something else of every fifth record."""
    said = verdict(occurrence_no, code)[0]
    return (
        {"relevant": "not_relevant", "not_relevant": "relevant"}.get(said, said) if number_of(occurrence_no) else said
    )


def number_of(occurrence_no: str) -> bool:
    return int(occurrence_no[1:]) % 3 == 0


STAGES = (("1", "rhona"), ("2", "wren"), ("adjudication", "wren"), ("adjudication", "rhona"))
"""Who reads in which round, in this order; the two settle together what both have said."""


def says(round_: str, coder: str, key: tuple[str, str]) -> str | None:
    """The code that somebody gives in a stage; None for a record that is left to a third person."""
    if round_ == "1":
        return verdict(*key)[0]
    if round_ == "2":
        return second(*key)
    return None if coder == "rhona" and int(key[0][1:]) % 2 else "unclear"


def stages_in_python(folder: Path) -> None:
    for round_, coder in STAGES:
        scope = open_scope(folder / "request.toml", opened((StorePlace(folder / "store"),))[0])
        now = datetime.now(UTC)
        sheet = hand_out(scope, Asked(round_, share=1), now=now)  # type: ignore[arg-type]
        rows = [(row, says(round_, coder, row.key)) for row in sheet.rows]
        at = now.isoformat()
        keep_decisions(folder / "store", [replace(row, code=c, coder=coder, at=at) for row, c in rows if c])  # type: ignore[arg-type]


def stages_by_spreadsheet(folder: Path) -> None:
    for place, (round_, coder) in enumerate(STAGES):
        file = folder / f"stage-{place}.xlsx"
        where = ("--store", folder / "store", "--out", file, "--round", round_)
        command("review", "export", folder / "request.toml", *where)
        book = openpyxl.load_workbook(file)
        header = [cell.value for cell in book.active[1]]
        for cells in book.active.iter_rows(min_row=2):
            row = dict(zip(header, cells, strict=True))
            row["code"].value = says(round_, coder, (row["occurrence_no"].value, row["offence_code"].value))
            row["coder"].value = coder if row["code"].value else None
        book.save(file)
        command("review", "import", file, "--store", folder / "store")


def stages_on_screen(folder: Path) -> None:
    by = type("U", (), {"get_username": lambda self: "amir"})()
    joint = None
    with override_settings(READING_STORE_DIR=folder / "store"):
        for round_, coder in STAGES:
            what = {"1": "match", "2": "second", "adjudication": "joint"}[round_]
            opened_ = joint or rounds.open_round(given(request=REQUEST, what=what, share=1), by=by, now=timezone.now())
            drawn = rounds.draw_round(opened_.pk, now=timezone.now())
            joint = drawn if what == "joint" else None
            seen: list[int] = []
            while (card := cards.give(drawn, reader=coder, now=timezone.now(), seen=seen)) is not None:
                seen.append(card.pk)
                if code := says(round_, coder, (card.occurrence_no, card.offence_code)):
                    tokens = [queries.token_of(card)]
                    deciding.decide(drawn, tokens, deciding.Said(code), reader=coder, now=timezone.now())
            cards.let_go(coder, drawn)
            keeping.keep_pending(drawn, now=timezone.now())


def test_a_second_reading_and_a_settlement_by_the_two_agree_in_all_three(db: None, made: Path, tmp_path: Path) -> None:
    found = {}
    ways = {"python": stages_in_python, "spreadsheet": stages_by_spreadsheet, "screen": stages_on_screen}
    for name, way in ways.items():
        folder = tmp_path / name
        shutil.copytree(made, folder)
        (folder / "request.toml").write_text(REQUEST)
        way(folder)
        found[name] = figures(folder)
    assert found["screen"] == found["spreadsheet"] == found["python"]
    twice = found["screen"]["quality"]["agreement"]
    assert twice["settled_jointly"] > 0 < twice["unsettled"] and twice["settled_by_third"] == 0
