"""Figure and account together are the truth, on exports made dirty in every way; and no single loss stays unsaid."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.property.dirty_export import HARMLESS, LOSSES, REQUEST, Dirty, Truth

from clearcount.errors import ExportError
from clearcount.model.request_reader import parse_request
from clearcount.offences import code_list
from clearcount.store import open_store
from clearcount.workflow.accounting import account_for
from clearcount.workflow.checking import check_request
from clearcount.workflow.counting import count_request
from clearcount.workflow.counting_stores import StoreCount
from clearcount.workflow.importing import import_export
from clearcount.workflow.inputs import one_store

NOW = datetime(2025, 2, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_flush(monkeypatch: pytest.MonkeyPatch) -> None:
    """No power is cut here, so nothing waits for the disk."""
    monkeypatch.setattr("os.fsync", lambda number: None)


def _answered(store: Path) -> tuple[Truth, tuple[str, ...]]:
    """What the product says: its account by line, what it found, and the names of its open doubts."""
    records = open_store(store)
    counted = count_request(parse_request(REQUEST), records, codes=code_list())
    accounted = account_for(counted, records)
    offences = accounted.account.offences
    lines = Counter(
        {
            "counted": offences.counted,
            "outside": sum(offences.outside.values()),
            "cancelled": offences.cancelled,
            "undated": offences.undated,
            "uncoded": offences.uncoded + offences.uncoded_undated,
            "without text": offences.without_text,
        }
    )
    for rows in accounted.account.rows:
        for line in ("kept", "unchanged", "in_reach", "unread", "out_of_reach", "changed", "gone", "mended"):
            lines[f"{rows.kind} {line.replace('_', ' ')}"] = getattr(rows, line)
    stores = one_store(records)
    counts = (StoreCount(stores[0], counted, accounted),)
    checked = check_request(REQUEST, codes=code_list(), stores=stores, counts=counts)
    assert not checked.faults
    figure = len({mention.occurrence_no for mention in counted.found.mentions})
    return Truth(+lines, figure), tuple(doubt.id for doubt in checked.open())


def _holds(made: Dirty, folder: Path) -> tuple[str, ...]:
    """Import and count an export, hold the account against its truth, and return the open doubts."""
    made.write(folder / "export")
    result = import_export([folder / "export"], folder / "store", now=NOW)
    said, doubts = _answered(folder / "store")
    assert said.lines == +made.truth.lines
    assert said.mentions == made.truth.mentions
    assert result.read == sum(n for line, n in made.truth.lines.items() if line.startswith(("offences ", "texts ")))
    for name in made.truth.doubts:
        assert any(doubt.startswith(name) for doubt in doubts), f"no doubt {name}, only {doubts}"
    return doubts


def _clean(seed: int, size: int = 20) -> Dirty:
    made = Dirty(random.Random(seed))
    for _ in range(size):
        made.clean()
    return made


def _mixed(seed: int) -> Dirty:
    """A clean export with up to twelve losses of any kinds, and some things that are none."""
    made = _clean(seed, 12 + seed % 20)
    kinds = {**LOSSES, **HARMLESS}
    for name in made.chance.choices(sorted(kinds), k=made.chance.randint(1, 12)):
        kinds[name](made)
    return made


def _one_of_each_doubt() -> list[Any]:
    """Every loss; those whose doubt an earlier one has opened are slow."""
    seen: set[tuple[str, ...]] = set()
    kinds = []
    for kind, plant in LOSSES.items():
        plant(made := _clean(0, 0))
        doubts = tuple(made.truth.doubts)
        kinds.append(pytest.param(kind, marks=[pytest.mark.slow] if doubts in seen else []))
        seen.add(doubts)
    return kinds


@pytest.mark.parametrize("kind", _one_of_each_doubt())
def test_one_loss_in_a_clean_export_opens_a_doubt(tmp_path: Path, kind: str) -> None:
    made = _clean(1)
    LOSSES[kind](made)
    assert made.truth.doubts
    _holds(made, tmp_path)


def test_what_is_no_loss_opens_no_doubt(tmp_path: Path) -> None:
    made = _clean(2)
    for plant in HARMLESS.values():
        plant(made)
    assert _holds(made, tmp_path) == ()


@pytest.mark.parametrize("seed", range(10))
def test_figure_and_account_are_the_truth(tmp_path: Path, seed: int) -> None:
    _holds(_mixed(seed), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("group", range(10))
def test_figure_and_account_are_the_truth_of_500_exports(tmp_path: Path, group: int) -> None:
    for seed in range(1_000 + 50 * group, 1_050 + 50 * group):
        (folder := tmp_path / str(seed)).mkdir()
        _holds(_mixed(seed), folder)


def _cut_somewhere(folder: Path, seed: int, cuts: int) -> None:
    """Cut the end of a file off, within a few rows of it: the import refuses it, or a doubt is open."""
    made = _clean(seed)
    for _ in range(3):
        made.text(made.counted(found=True), '"A drone, there\nand ""here"" too."')
    files = made.files()
    for number in range(cuts):
        name = made.chance.choice(sorted(files))
        at = made.chance.randrange(len(files[name]) - 400, len(files[name]))
        (export := folder / str(number)).mkdir()
        for each, content in files.items():
            (export / each).write_bytes(content[:at] if each == name else content)
        try:
            import_export([export], folder / f"store {number}", now=NOW)
        except ExportError as error:
            assert "ends inside a quoted cell" in str(error)
        else:
            assert _answered(folder / f"store {number}")[1], f"{name} cut at {at}"


def test_a_file_that_was_cut_off_anywhere_is_refused_or_a_doubt(tmp_path: Path) -> None:
    _cut_somewhere(tmp_path, 3, 4)


@pytest.mark.slow
def test_the_same_for_many_cuts(tmp_path: Path) -> None:
    _cut_somewhere(tmp_path, 4, 80)
