"""Rows of one text are joined where the layout names their order, and searched as one; gaps and doubles are told."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from clearcount.errors import ExportError
from clearcount.importers.layout_file import parse_layout
from clearcount.store import Account, Store, open_store
from clearcount.workflow.importing import ImportTerms, explain_export, import_export

NOW = datetime(2025, 7, 1, tzinfo=UTC)
HEAD = (
    "occurrence_no,crime_no,home_office_code,offence,recorded_on,reported_on,committed_from,committed_to,status,markers"
)
OFFENCES = f"{HEAD}\nO1,C1,044/00,x,2024-05-01,,,,recorded,\nO2,C2,044/00,x,2024-05-01,,,,recorded,\n"
LAYOUT = """
name = "pieces"
[[file]]
match = ["offences*"]
[file.offence]
occurrence_no = "occurrence_no"
crime_no = "crime_no"
code = "home_office_code"
recorded_on = "recorded_on"
[[file]]
match = ["texts*"]
[[file.text]]
occurrence_no = "occ"
field = {field}
{entry}
text = "text"
order = "line"
{more}
"""
Joined = Callable[..., tuple[dict[tuple[str, str], str], Account]]


def _layout(more: str = "", entry: str = 'entry_no = "entry"', field: str = '{ constant = "mo" }') -> str:
    return LAYOUT.format(more=more, entry=entry, field=field)


@pytest.fixture
def joined(tmp_path: Path) -> Joined:
    """Imports rows of pieces, by file; the texts by occurrence and entry, and the account."""

    def run(*files: str, **layout: Any) -> tuple[dict[tuple[str, str], str], Account]:
        (export := tmp_path / "export").mkdir(exist_ok=True)
        (export / "offences.csv").write_text(OFFENCES)
        for number, rows in enumerate(files):
            (export / f"texts_{number}.csv").write_text(rows)
        import_export([export], tmp_path / "store", layout=parse_layout(_layout(**layout)), now=NOW)
        store = open_store(tmp_path / "store")
        return _texts(store), store.account(store.snapshot())

    return run


def _texts(store: Store) -> dict[tuple[str, str], str]:
    rows = [row for batch in store.texts(store.snapshot()) for row in batch.to_pylist()]
    return {(row["occurrence_no"], row["entry_no"]): row["text"] for row in rows}


def _rows(*rows: str, head: str = "occ,entry,line,text") -> str:
    return "".join(f"{row}\n" for row in (head, *rows))


ORDERS: dict[str, tuple[str, dict[str, str]]] = {
    "in order": (_rows("O1,1,1,a dro", "O1,1,2,ne fl", "O1,1,3,ew"), {}),
    "upside down": (_rows("O1,1,3,ew", "O1,1,2,ne fl", "O1,1,1,a dro"), {}),
    "with others between": (_rows("O1,1,2,ne fl", "O2,1,1,other", "O1,1,1,a dro", "O1,1,3,ew"), {}),
    "from nought": (_rows("O1,1,0,a dro", "O1,1,1,ne fl", "O1,1,2,ew"), {}),
    "in tens": (_rows("O1,1,10,a dro", "O1,1,20,ne fl", "O1,1,30,ew"), {}),
    "with zeros before": (_rows("O1,1,001,a dro", "O1,1,002,ne fl", "O1,1,003,ew"), {}),
    "as decimals": (_rows("O1,1,1.0,a dro", "O1,1,2.0,ne fl", "O1,1,3.0,ew"), {}),
    "with a blank piece": (_rows("O1,1,1,a dro", "O1,1,2,", "O1,1,3,ne flew"), {}),
    "without an entry": (_rows("O1,1,a dro", "O1,2,ne flew", head="occ,line,text"), {"entry": ""}),
}  # fmt: skip


@pytest.mark.parametrize("case", ORDERS)
def test_pieces_are_joined_in_the_order_of_their_column(joined: Joined, case: str) -> None:
    rows, layout = ORDERS[case]
    texts, account = joined(rows, **layout)
    assert texts["O1", "1"] == "a drone flew"
    assert account.findings == ()
    assert account.rows["texts"] == len(texts)


def test_numbers_are_numbers_and_not_words(joined: Joined) -> None:
    texts, _ = joined(_rows(*(f"O1,1,{n},{n};" for n in random.Random(1).sample(range(1, 13), 12))))
    assert texts["O1", "1"] == "".join(f"{n};" for n in range(1, 13))


@pytest.mark.parametrize(("join", "whole"), [("", "ab"), (" ", "a b"), ("\n", "a\nb")])
def test_the_layout_says_what_stands_between_two_pieces(joined: Joined, join: str, whole: str) -> None:
    said = {"": "", " ": 'join = " "', "\n": 'join = "\\n"'}[join]
    assert joined(_rows("O1,1,1,a", "O1,1,2,b"), more=said)[0] == {("O1", "1"): whole}


def test_pieces_of_one_text_may_lie_in_several_files(joined: Joined) -> None:
    texts, account = joined(_rows("O1,1,1,a dro", "O1,1,2,ne"), _rows("O1,1,3, flew", "O2,1,1,x"))
    assert texts == {("O1", "1"): "a drone flew", ("O2", "1"): "x"}
    assert [(file.name, file.rows, file.by_row.added, file.empty) for file in account.imports[0].files[1:]] == [
        ("texts_0.csv", 2, 1, 1),
        ("texts_1.csv", 2, 1, 1),
    ]


def test_where_no_entry_is_numbered_the_moment_tells_entries_apart(joined: Joined) -> None:
    head = "occ,at,line,text"
    first, second = "O1,2024-05-01 09:00", "O1,2024-05-02 10:00"
    rows = (f"{first},1,a dro", f"{first},2,ne", f"{second},1,an", f"{second},2,other")
    texts, account = joined(_rows(*rows, head=head), entry='entered_at = "at"')
    assert sorted(texts.values()) == ["a drone", "another"]
    assert account.findings == ()


def test_markup_is_read_and_letters_are_mended_once_the_pieces_are_joined(joined: Joined) -> None:
    texts, _ = joined(_rows("O1,1,1,<p>a dr<b", "O1,1,2,>one</b>&n", "O1,1,3,bsp;flew</p>"), more='format = "html"')
    assert " ".join(texts["O1", "1"].split()) == "a drone flew"
    texts, _ = joined(_rows("O2,1,1,caf\u00c3", "O2,1,2,\u00a9 open"), more='mend = "mojibake"')
    assert texts["O2", "1"] == "caf\u00e9 open"


FAULTS: dict[str, tuple[str, str, int, str]] = {
    "a gap": (_rows("O1,1,1,a", "O1,1,3,c"), "gaps in the order of pieces", 1, "ac"),
    "the first is missing": (_rows("O1,1,2,b", "O1,1,3,c"), "gaps in the order of pieces", 1, "bc"),
    "two gaps": (_rows("O1,1,1,a", "O1,1,3,c", "O1,1,7,g"), "gaps in the order of pieces", 2, "acg"),
    "a gap of a ten": (_rows("O1,1,10,a", "O1,1,30,c"), "gaps in the order of pieces", 1, "ac"),
    "every second is missing": (_rows("O1,1,1,a", "O1,1,3,c", "O1,1,5,e"), "gaps in the order of pieces", 2, "ace"),
    "the same twice": (_rows("O1,1,1,a", "O1,1,2,b", "O1,1,2,b"), "two pieces in one place", 1, "ab"),
    "others in one place": (_rows("O1,1,1,a", "O1,1,2,b", "O1,1,2,c"), "two pieces in one place", 1, "abc"),
    "two entries as one": (_rows("O1,1,1,a", "O1,1,2,b", "O1,1,1,c"), "two pieces in one place", 1, "acb"),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_gaps_and_doubles_are_findings(joined: Joined, case: str) -> None:
    rows, kind, number, whole = FAULTS[case]
    texts, account = joined(rows)
    assert texts["O1", "1"] == whole
    assert [(finding.kind, finding.rows) for finding in account.findings] == [(kind, number)]


@pytest.mark.parametrize("number", ["", "one", "-1", "1.5", "1e2", "#N/A", "1/2"])
def test_a_piece_without_a_place_is_set_aside(joined: Joined, number: str) -> None:
    texts, account = joined(_rows("O1,1,1,a", f"O1,1,{number},b"))
    assert texts == {("O1", "1"): "a"}
    assert account.refused.num_rows == 1


LAYOUTS = {
    "join without order": ('join = " "', 'order = "line"\n', "join without order"),
    "another join": ('join = ", "', "", "join = ', '"),
    "order is a number": ("", 'order = "line"', "order = 3"),
    "order is a constant": ("", 'order = "line"', 'order = { constant = "1" }'),
    "order is optional": ("", 'order = "line"', 'order = { header = "line", optional = true }'),
    "order is the entry": ("", 'order = "line"', 'order = "entry"'),
    "order is the occurrence": ("", 'order = "line"', 'order = "Occ"'),
}


@pytest.mark.parametrize("case", LAYOUTS)
def test_a_layout_that_cannot_order_pieces_is_refused(case: str) -> None:
    more, old, new = LAYOUTS[case]
    text = _layout(more)
    text = text.replace(old, "" if new.startswith("join") else new) if old else text
    with pytest.raises(ExportError, match=r"order|join"):
        parse_layout(text)


def test_many_pieces_are_joined_on_disk_as_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(7)
    whole = {f"O{n}": "".join(chance.choices("abcd", k=200)) for n in range(60)}
    rows = [f"{key},1,{at // 10},{text[at : at + 10]}" for key, text in whole.items() for at in range(0, 200, 10)]
    chance.shuffle(rows)
    (tmp_path / "offences.csv").write_text(OFFENCES)
    (tmp_path / "texts.csv").write_text(_rows(*rows))
    found = []
    for name, size in (("memory", 32 << 20), ("disk", 2_000)):
        monkeypatch.setattr("clearcount.importers.pieces._LOT_BYTES", size)
        import_export([tmp_path], tmp_path / name, layout=parse_layout(_layout()), now=NOW)
        found.append(_texts(open_store(tmp_path / name)))
    assert found[0] == found[1] == {(key, "1"): text for key, text in whole.items()}


def test_the_same_pieces_again_change_nothing_and_others_do(tmp_path: Path) -> None:
    (tmp_path / "offences.csv").write_text(OFFENCES)
    layout = parse_layout(_layout())

    def again(*rows: str) -> tuple[int, int, int, bool]:
        (tmp_path / "texts.csv").write_text(_rows(*rows))
        done = import_export([tmp_path], tmp_path / "store", layout=layout, now=NOW, terms=ImportTerms(reason="a test"))
        return done.by_kind["texts"].added, done.by_kind["texts"].changed, done.read, done.new

    assert again("O1,1,1,a", "O1,1,2,b") == (1, 0, 4, True)
    assert again("O1,1,2,b", "O1,1,1,a")[:3] == (0, 0, 4)
    assert again("O1,1,1,a", "O1,1,2,b", "O1,1,3,c")[:3] == (0, 1, 5)


def test_a_look_at_the_export_shows_the_order(tmp_path: Path) -> None:
    (tmp_path / "offences.csv").write_text(OFFENCES)
    (tmp_path / "texts.csv").write_text(_rows("O1,1,1,a", "O1,1,x,b"))
    files, _ = explain_export([tmp_path], layout=parse_layout(_layout()))
    assert [column.source for column in files[1].columns if column.becomes.endswith("order")] == ["line"]
    assert files[1].quarantined == 1
