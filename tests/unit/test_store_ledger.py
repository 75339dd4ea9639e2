"""The ledger of a store: an entry is there whole or not at all, and one that was changed or taken away is missed."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import stat
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clearcount.disclosure.records import Records
from clearcount.errors import StoreError
from clearcount.store import ledger as ledger_module
from clearcount.store.force_key import force_key
from clearcount.store.ledger import Ledger, LedgerEntry

DOCUMENT = {"dimensions": {"offence": {"leaves": ["086/02"], "totals": {}}}, "tables": []}


def _entry(name: str) -> LedgerEntry:
    records = Records(
        np.array([1, 2, 3], np.uint64),
        np.array([738000, 738001, 738002], np.int32),
        {"offence": np.zeros(3, np.int32), "records": np.array([0, 1, -1], np.int32)},
        {"offence": ("086/02",), "records": ("all", "all & terms")},
        {"all": frozenset({"all"}), "all & terms": frozenset({"all", "terms"})},
    )
    return LedgerEntry("release", name, DOCUMENT, reference=name, bundle=name * 2, records=records)


def _append(ledger: Ledger, *names: str) -> None:
    for name in names:
        with ledger.locked():
            ledger.append(_entry(name))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """An empty ledger."""
    return Ledger(tmp_path)


def test_entries_come_back_as_they_were_added(ledger: Ledger, tmp_path: Path) -> None:
    assert ledger.entries() == () and not ledger.is_missing
    _append(ledger, "one", "two")
    one, two = ledger.entries()
    assert (one.name, one.number, two.name, two.number) == ("one", 1, "two", 2)
    assert two.records is not None and two.records.held == _entry("two").records.held  # type: ignore[union-attr]
    assert two.records.keys.tolist() == [1, 2, 3] and two.records.sides["records"].tolist() == [0, 1, -1]
    for path in (tmp_path / "digest.key", tmp_path / "ledger.head", *tmp_path.glob("ledger/0*/*")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def _change_document(folder: Path) -> None:
    path = folder / "ledger" / "0001" / "entry.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    raw["document"]["tables"] = [{"name": "made up", "by": [], "cells": []}]
    path.write_text(json.dumps(raw), encoding="utf-8")


def _change_records(folder: Path) -> None:
    path = folder / "ledger" / "0001" / "records.npz"
    path.write_bytes((folder / "ledger" / "0002" / "records.npz").read_bytes()[:-1] + b"x")


def _change_head(folder: Path) -> None:
    path = folder / "ledger.head"
    path.write_text(path.read_text(encoding="utf-8").replace('"count":2', '"count":1'), encoding="utf-8")


def _another_key(folder: Path) -> None:
    (folder / "digest.key").write_text("ab" * 32 + "\n", encoding="ascii")


DAMAGES = {
    "a document is changed": _change_document,
    "records are changed": _change_records,
    "the head is changed": _change_head,
    "the first entry is gone": lambda folder: shutil.rmtree(folder / "ledger" / "0001"),
    "the last entry is gone": lambda folder: shutil.rmtree(folder / "ledger" / "0002"),
    "the ledger is gone": lambda folder: shutil.rmtree(folder / "ledger"),
    "the key is another": _another_key,
    "the key is gone": lambda folder: (folder / "digest.key").unlink(),
    "entries changed places": lambda folder: [
        (folder / "ledger" / "0001").rename(folder / "ledger" / "x"),
        (folder / "ledger" / "0002").rename(folder / "ledger" / "0001"),
        (folder / "ledger" / "x").rename(folder / "ledger" / "0002"),
    ],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_whatever_is_done_to_it_is_seen(ledger: Ledger, tmp_path: Path, damage: str) -> None:
    _append(ledger, "one", "two")
    DAMAGES[damage](tmp_path)
    with pytest.raises(StoreError, match=r"back|key"):
        ledger.entries()


class _Killed(BaseException):
    """What a power cut looks like from inside."""


@pytest.mark.parametrize("step", range(14))
def test_a_kill_at_any_step_leaves_an_entry_or_none(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Every flush, opening and rename is a place to die."""
    _append(ledger, "one")
    left = [step]

    def dying(real: Any) -> Any:
        def call(*arguments: Any, **more: Any) -> Any:
            if left[0] == 0:
                raise _Killed
            left[0] -= 1
            return real(*arguments, **more)

        return call

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", dying(os.fsync))
        patched.setattr(os, "open", dying(os.open))
        patched.setattr(Path, "rename", dying(Path.rename))
        patched.setattr(os, "replace", dying(os.replace))
        with contextlib.suppress(_Killed):
            _append(ledger, "two")
    names = [entry.name for entry in ledger.entries()]
    assert names in (["one"], ["one", "two"])
    _append(ledger, "three")
    assert [entry.name for entry in ledger.entries()] == [*names, "three"]
    assert not list((tmp_path / "ledger").glob(".new-*"))


@pytest.mark.parametrize("step", range(3))
def test_a_full_disk_adds_nothing(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    _append(ledger, "one")
    real, left = ledger_module.write_whole, [step]

    def full(path: Path, content: bytes, *, mode: int) -> None:
        if left[0] == 0:
            path.write_bytes(content[: len(content) // 2])
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        left[0] -= 1
        real(path, content, mode=mode)

    monkeypatch.setattr(ledger_module, "write_whole", full)
    if step < 2:
        with pytest.raises(StoreError, match="nothing was published"):
            _append(ledger, "two")
        assert [entry.name for entry in ledger.entries()] == ["one"]
        assert not list((tmp_path / "ledger").glob(".new-*"))
    monkeypatch.undo()
    _append(ledger, "three")
    assert [entry.name for entry in ledger.entries()] == ["one", "three"]


def test_one_writer_at_a_time(ledger: Ledger, tmp_path: Path) -> None:
    """The second waits for the first, and numbers its entry behind it."""
    told = threading.Event()

    def second() -> None:
        other = Ledger(tmp_path)
        with other.locked(told.set):
            other.append(_entry("second"))

    thread = threading.Thread(target=second)
    with ledger.locked():
        thread.start()
        assert told.wait(30)
        ledger.append(_entry("first"))
    thread.join(30)
    assert [entry.name for entry in ledger.entries()] == ["first", "second"]


def test_two_processes_make_one_key(tmp_path: Path) -> None:
    found: set[bytes] = set()
    threads = [threading.Thread(target=lambda: found.add(force_key(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1 and stat.S_IMODE((tmp_path / "digest.key").stat().st_mode) == 0o600
