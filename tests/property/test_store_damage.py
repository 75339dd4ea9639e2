"""Whatever happens to the files of a store: no figure changes without a refusal, and the check names the damage."""

from __future__ import annotations

import os
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from clearcount.disclosure import Policy
from clearcount.errors import ClearcountError
from clearcount.model.decision import Decision
from clearcount.store import open_store
from clearcount.store.decisions import DecisionStore, Sheet
from clearcount.store.force_key import force_key
from clearcount.store.holds import held, place_hold
from clearcount.store.ledger import Ledger, LedgerEntry
from clearcount.workflow.answering import answer_request
from clearcount.workflow.importing import import_export
from clearcount.workflow.inputs import Inputs, one_store
from clearcount.workflow.storing import check_store, compact_store, purge_store

NOW = datetime(2025, 7, 1, 9, 0, tzinfo=UTC)
REQUEST = {
    "request": {"reference": "R/1", "received": date(2025, 2, 1)},
    "scope": {"from": "2024-01", "to": "2024-12"},
    "question": [{"text": "Which?", "codes": ["086/02", "088/15"]}],
    "terms": {"any": ["AI", "deepfake*"]},
}
POLICY = Policy.parse({"disclosure": {"rule": "none", "reason": "made-up records", "approved_by": "nobody"}})
PRINTED = {
    "dimensions": {"offence": {"leaves": ["035/00"]}, "month": {"leaves": ["2023-01"]}},
    "tables": [{"name": "t", "by": ["offence", "month"], "cells": [[["035/00", "2023-01"], 7, 7]]}],
}
OFFENCES = "occurrence_no,crime_no,home_office_code,offence,recorded_on,status,markers"
TEXTS = "occurrence_no,field,entry_no,text"
FREE = {"lock", "decisions.lock", "holds.lock", "verified.json"}
"""Files that hold nothing which could be lost: locks, and the list that only saves work."""


def _export(folder: Path, edition: int) -> Path:
    folder.mkdir()
    offences, texts = [OFFENCES], [TEXTS]
    for n in range(40 + 10 * edition):
        code = ("086/02", "088/15", "035/00")[n % 3]
        status = "cancelled" if (n * edition) % 7 == 3 else "recorded"
        offences.append(f"O{n},C{n},{code},Made up,2024-{1 + n % 12:02d}-05,{status},{'AI' if n % 5 == 0 else ''}")
        texts.append(f"O{n},oel,1,{'Picture by AI é' if (n + edition) % 4 == 0 else 'Plain'} {edition}")
    offences.append(f"O{edition}x,C{edition}x,086/02,Made up,in May,recorded,")
    (folder / "offences.csv").write_text("\n".join([*offences, ""]), encoding="utf-8")
    (folder / "texts.csv").write_text("\n".join([*texts, ""]), encoding="utf-8")
    return folder


def _decision(number: int, code: str) -> Decision:
    return Decision(
        f"O{number}", "086/02", code, "", "A", "1", "ai-1", "q1", f"{number:064x}", "2025-08-01T09:00:00", "match"
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of three imports, a compaction and a purge, with decisions, a sheet, a hold, a key and working papers."""
    folder = tmp_path_factory.mktemp("damage")
    store = folder / "store"
    for edition in (1, 2):
        import_export([_export(folder / f"export{edition}", edition)], store, now=NOW)
    compact_store(store, now=NOW.timestamp())
    purge_store(store, frozenset({"O1"}))
    import_export([_export(folder / "export3", 3)], store, now=NOW)
    decisions = DecisionStore(store)
    decisions.append([_decision(2, "relevant"), _decision(3, "not_relevant")])
    decisions.append([_decision(4, "unclear")])
    decisions.freeze(Sheet("sample-1", "random", "q1", 3, "2025-08-01", (_decision(5, ""),), size=1, seed=7))
    place_hold(store, "01/FIN/25/000001", ["O2", "O3"])
    force_key(store)
    (store / "runs" / "one").mkdir(parents=True)
    (store / "runs" / "one" / "scope.csv").write_text("occurrence_no\nO2\n", encoding="utf-8")
    figures(store)
    ledger = Ledger(store)
    with ledger.locked():
        ledger.append(LedgerEntry("outside", "printed elsewhere", PRINTED))
    assert check_store(store) == ()
    return store


def _tables(store: Path, snapshot: int | None) -> Any:
    answer = answer_request(Inputs(REQUEST, one_store(open_store(store), snapshot), policy=POLICY))
    return answer.counted.tables, answer.checked.as_dict()


def _kept(store: Path) -> Any:
    opened = open_store(store)
    shot = opened.snapshot()
    return opened.account(shot), opened.quarantine(shot).to_pylist(), opened.snapshots(), opened.codes(shot)


PIECES: dict[str, Callable[[Path], Any]] = {
    "the newest count": lambda store: _tables(store, None),
    "the first count": lambda store: _tables(store, 1),
    "the account": _kept,
    "decisions": lambda store: DecisionStore(store).decisions(),
    "sheets": lambda store: DecisionStore(store).sheets(),
    "holds": lambda store: held(store, ["O2", "O3", "O4"]),
    "the key": force_key,
    "the ledger": lambda store: Ledger(store).entries(),
}


def figures(store: Path) -> dict[str, Any]:
    """Everything that is told from a store; a refusal is an error in its place."""
    found: dict[str, Any] = {}
    for name, ask in PIECES.items():
        try:
            found[name] = ask(store)
        except ClearcountError as error:
            found[name] = error
    return found


Damage = Callable[[Path, Path, random.Random], None]


def _flip(store: Path, file: Path, dice: random.Random) -> None:
    content = bytearray(file.read_bytes())
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    file.write_bytes(content)


def _cut(store: Path, file: Path, dice: random.Random) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: dice.randrange(len(content))])


def _zeros(store: Path, file: Path, dice: random.Random) -> None:
    content = bytearray(file.read_bytes())
    start = dice.randrange(len(content))
    end = min(len(content), start + 512)
    if not any(content[start:end]):
        end = len(content)
    content[start:end] = bytes(end - start)
    file.write_bytes(content)


def _lost(store: Path, file: Path, dice: random.Random) -> None:
    file.unlink()


def _garbage(store: Path, file: Path, dice: random.Random) -> None:
    file.write_bytes(dice.randbytes(dice.choice([0, 1, 40, 5000])))


def _other(store: Path, file: Path, dice: random.Random) -> None:
    """The content of another file of the same kind, as a restore under wrong names leaves it."""
    others = [path for path in store.rglob(f"*{file.suffix}") if path.is_file() and path != file]
    content = {path.read_bytes() for path in others} - {file.read_bytes()}
    file.write_bytes(dice.choice(sorted(content)) if content else b"")


def _appended(store: Path, file: Path, dice: random.Random) -> None:
    with file.open("ab") as stream:
        stream.write(dice.choice([b"\n", b"{}", file.read_bytes()]))


DAMAGES: dict[str, Damage] = {
    "a bit": _flip,
    "a cut": _cut,
    "zeros": _zeros,
    "lost": _lost,
    "garbage": _garbage,
    "another file": _other,
    "appended": _appended,
}


def _files(store: Path) -> list[Path]:
    return sorted(path for path in store.rglob("*") if path.is_file() and path.stat().st_size)


def _trials(whole: Path, folder: Path, seeds: range) -> Iterator[tuple[str, Path, Path]]:
    for seed in seeds:
        dice = random.Random(seed)
        store = folder / f"store{seed}"
        shutil.copytree(whole, store)
        if dice.random() < 0.5:
            figures(store)  # every file is remembered as held
        kind, file = dice.choice(sorted(DAMAGES)), dice.choice(_files(store))
        times = file.stat()
        DAMAGES[kind](store, file, dice)
        if file.exists() and dice.random() < 0.5:
            os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
        yield f"{seed}: {kind} in {file.relative_to(store).as_posix()}", store, file
        shutil.rmtree(store)


def _damage(whole: Path, folder: Path, seeds: range) -> None:
    right = figures(whole)
    assert not [name for name, found in right.items() if isinstance(found, ClearcountError)]
    seen: Counter[str] = Counter()
    for what, store, file in _trials(whole, folder, seeds):
        now = figures(store)
        for name, found in now.items():
            if isinstance(found, ClearcountError):
                assert str(store) in str(found), what
                assert re.search("damaged|newer clearcount|is not a record store|put it back", str(found)), (
                    what,
                    str(found),
                )
            else:
                assert found == right[name] or (name == "the key" and "lost in" in what), (what, name)
        refused = any(isinstance(found, ClearcountError) for found in now.values())
        try:
            faults: tuple[str, ...] = check_store(store)
        except ClearcountError as error:  # a mark of a newer format, or none, is said by every command
            faults = (str(error),)
        free = file.name in FREE or "runs" in file.parts
        # A file that only an older version of a table held, or one that is made anew; a key without its check, and the
        # ledger's head with a blank more, which say the same.
        superseded = not refused and (": lost in " in what or file.name in {"digest.key", "ledger.head"})
        assert bool(faults) or free or superseded, f"{what}: the check finds nothing"
        assert not (faults and free), (what, faults)
        assert not refused or faults, what
        seen["refused" if refused else "right"] += 1
    assert seen["refused"] > seen["right"], seen


def test_thirty_damages(whole: Path, tmp_path: Path) -> None:
    _damage(whole, tmp_path, range(30))


@pytest.mark.slow
def test_five_hundred_damages(whole: Path, tmp_path: Path) -> None:
    _damage(whole, tmp_path, range(1000, 1500))


def _imports(whole: Path, folder: Path, seeds: range) -> None:
    """An import into a damaged store refuses, or comes to what it comes to in a whole one; damage is not taken over."""
    export = _export(folder / "export4", 4)
    sound = folder / "sound"
    shutil.copytree(whole, sound)
    import_export([export], sound, now=NOW)
    right = _tables(sound, None)[0]
    seen: Counter[str] = Counter()
    for what, store, _ in _trials(whole, folder, seeds):
        try:
            import_export([export], store, now=NOW)
            assert _tables(store, None)[0] == right, what
            seen["right"] += 1
        except ClearcountError:
            seen["refused"] += 1
            left = [path.name for path in (store / "tables").rglob("*") if re.search(r"-[0-9a-f]{32}\.new", path.name)]
            assert not left
    assert seen["refused"] > 0, seen


def test_ten_imports_into_damaged_stores(whole: Path, tmp_path: Path) -> None:
    _imports(whole, tmp_path, range(2000, 2010))


@pytest.mark.slow
def test_two_hundred_imports_into_damaged_stores(whole: Path, tmp_path: Path) -> None:
    _imports(whole, tmp_path, range(3000, 3200))


@pytest.mark.parametrize("table", ["offences", "texts", "occurrences", "quarantine", "snapshots"])
def test_each_log_entry_that_is_lost_is_named(whole: Path, tmp_path: Path, table: str) -> None:
    entries = sorted((whole / "tables" / table / "_delta_log").glob("*.json"))
    for entry in entries:
        store = tmp_path / f"store{entry.stem[-3:]}"
        shutil.copytree(whole, store)
        (store / entry.relative_to(whole)).unlink()
        faults = check_store(store)
        assert any(f"tables/{table}/_delta_log/{entry.name} is missing" in fault for fault in faults), (entry, faults)


@pytest.mark.parametrize("name", ["offences", "texts", "snapshots", "quarantine"])
def test_a_file_that_nothing_names_is_told_and_counts_for_nothing(whole: Path, tmp_path: Path, name: str) -> None:
    store = tmp_path / "store"
    shutil.copytree(whole, store)
    file = sorted((store / "tables" / name).glob("*.parquet"))[0]
    shutil.copy(file, file.with_name(f"000099-{'0' * 32}.parquet"))
    assert check_store(store) == (
        f"nothing names the file tables/{name}/000099-{'0' * 32}.parquet; restore the store from a backup, or delete "
        "it if you know where it comes from",
    )
    assert figures(store) == figures(whole)


def test_older_files_beside_newer_ones_are_refused(whole: Path, tmp_path: Path) -> None:
    """A backup of which only a part was put back: each of the files that say what there is, older than the rest."""
    store = tmp_path / "store"
    shutil.copytree(whole, store)
    older = {name: (store / name).read_bytes() for name in ("clearcount-store.json", "decisions.json", "holds.json")}
    import_export([_export(tmp_path / "export4", 4)], store, now=NOW)
    DecisionStore(store).append([_decision(9, "relevant")])
    place_hold(store, "another", ["O9"])
    for name, content in older.items():
        newest = (store / name).read_bytes()
        (store / name).write_bytes(content)
        assert check_store(store), name
        assert any(isinstance(found, ClearcountError) for found in figures(store).values()), name
        (store / name).write_bytes(newest)
    assert check_store(store) == ()


def _each_kind(whole: Path, tmp_path: Path, take: Callable[[int, int], bool]) -> None:
    """Damage a file of each kind in each way that `take` wants of the number of the file and of the way."""
    kinds: dict[str, Path] = {}
    for file in _files(whole):
        where = file.relative_to(whole)
        kinds.setdefault(f"{where.parent} {where.suffix}" if len(where.parts) > 1 else where.name, where)
    right = figures(whole)
    for number, (kind, where) in enumerate(kinds.items()):
        for way, (name, damage) in enumerate(DAMAGES.items()):
            if not take(number, way):
                continue
            store = tmp_path / f"{number}{name}"
            shutil.copytree(whole, store)
            damage(store, store / where, random.Random(number))
            for piece, found in figures(store).items():
                lost_key = piece == "the key" and name == "lost"  # another one is made: it is no figure
                assert lost_key or isinstance(found, ClearcountError) or found == right[piece], (kind, name, piece)
            shutil.rmtree(store)


def test_each_kind_of_file_and_each_kind_of_damage(whole: Path, tmp_path: Path) -> None:
    """Each kind of file is damaged once and each kind of damage is done, so that none is left to chance."""
    _each_kind(whole, tmp_path, lambda number, way: number % len(DAMAGES) == way)


@pytest.mark.slow
def test_every_kind_of_damage_in_every_kind_of_file(whole: Path, tmp_path: Path) -> None:
    _each_kind(whole, tmp_path, lambda _number, _way: True)
