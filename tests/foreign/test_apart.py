"""A reader in a process of its own gives its answers, and when it misbehaves the file is refused in a sentence."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from clearcount.errors import ExportError, ForeignFileError
from clearcount.foreign import Allowance, read_apart


@pytest.fixture(scope="module")
def tasks() -> ModuleType:
    """The module of readers, importable here and in the process apart."""
    folder = str(Path(__file__).parent)
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module("tasks")


def test_values_come_back_in_order(tasks: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(b"x" * 100_000)
    assert list(read_apart(tasks.lengths, path, name="x.bin", more=[1, 2])) == [100_000, {"more": [1, 2]}]
    assert list(read_apart(tasks.lengths, b"abc", name="x.bin", more=[])) == [3, {"more": []}]


def test_batches_come_back_as_batches(tasks: ModuleType) -> None:
    found = list(read_apart(tasks.batches, b"", name="x"))
    assert [batch.to_pydict() for batch in found] == [{"a": [f"{n}"] * 2, "b": [n, None]} for n in range(3)]


def test_a_refusal_keeps_its_sentence(tasks: ModuleType) -> None:
    answers = read_apart(tasks.refuses, b"", name="x.xlsx", error=ExportError)
    assert next(answers) == 1
    with pytest.raises(ExportError, match=r"^sheet Two does not fit$"):
        next(answers)


def test_an_error_gives_a_sentence_and_its_place_without_its_words(tasks: ModuleType) -> None:
    with pytest.raises(ForeignFileError, match=r"^x\.xlsx cannot be read: it is damaged") as caught:
        list(read_apart(tasks.breaks, b"", name="x.xlsx"))
    assert caught.value.fault.startswith("ValueError at tasks:")
    assert "words" not in caught.value.fault


@pytest.mark.parametrize("name", ["aborts", "garbles"])
def test_a_reader_that_breaks_off_is_refused(tasks: ModuleType, name: str) -> None:
    with pytest.raises(ForeignFileError, match=r"^x\.xlsx cannot be read: the file is damaged or claims"):
        list(read_apart(getattr(tasks, name), b"", name="x.xlsx"))


@pytest.mark.skipif(sys.platform != "linux", reason="bounds on memory are Linux's")
def test_a_reader_that_eats_memory_is_refused(tasks: ModuleType) -> None:
    with pytest.raises(ForeignFileError, match=r"claims to be far larger than it is"):
        list(read_apart(tasks.eats_memory, b"", name="x.xlsx"))


@pytest.mark.skipif(sys.platform == "win32", reason="bounds on processor time are POSIX's")
def test_a_reader_that_never_ends_is_refused(tasks: ModuleType) -> None:
    with pytest.raises(ForeignFileError, match=r"^x\.xlsx takes longer to read than 1 seconds"):
        list(read_apart(tasks.never_ends, b"", name="x.xlsx", allowance=Allowance(seconds=1)))


def test_a_reader_that_waits_is_refused(tasks: ModuleType) -> None:
    answers = read_apart(tasks.sleeps, b"", name="x.xlsx", allowance=Allowance(seconds=1))
    assert next(answers) == 1
    with pytest.raises(ForeignFileError, match="takes longer to read"):
        next(answers)


def test_a_reader_that_is_not_read_to_its_end_is_ended(tasks: ModuleType) -> None:
    answers = read_apart(tasks.leaves_a_trail, b"", name="x")
    pid = next(answers)
    assert next(answers) == 0
    answers.close()
    assert isinstance(pid, int)
    assert not Path(f"/proc/{pid}").exists()


def test_a_missing_file_is_refused(tasks: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"^gone\.xlsx cannot be read: No such file"):
        list(read_apart(tasks.batches, tmp_path / "gone.xlsx", name="gone.xlsx", error=ExportError))
