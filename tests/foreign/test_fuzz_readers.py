"""Damaged files for every reader: an answer or one sentence, no word of a record, nothing half written."""

from __future__ import annotations

import random
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from clearcount.cli import cli
from clearcount.edge import end_of
from clearcount.errors import ClearcountError
from clearcount.writers.letter import starter

sys.path.append(str(Path(__file__).parent))
from fuzzing import COUNTS, OFFENCES, POLICY, REQUEST, TEXTS, WORDS, Reader, csv_of, damaged, readers, snapshot

LONGEST = 700
"""Characters of one line of a message."""


def _run(*arguments: object) -> tuple[int, str]:
    """What a command ends with and says on standard error, as at the command line; a fault of ours is raised."""
    result = CliRunner().invoke(cli, [str(each) for each in arguments], prog_name="clearcount")
    if result.exception is None or isinstance(result.exception, SystemExit):
        return result.exit_code, result.stderr
    if isinstance(result.exception, ClearcountError | OSError):
        end = end_of(result.exception)
        return end.code, "\n".join(end.lines)
    raise result.exception


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store, a bundle, a sheet of decisions and a table, made by the product from honest files."""
    folder = tmp_path_factory.mktemp("base")
    export = folder / "export"
    export.mkdir()
    for name, rows in (("offences.csv", OFFENCES), ("texts.csv", TEXTS)):
        (export / name).write_bytes(csv_of(rows))
    (folder / "offences.csv").write_bytes(csv_of(OFFENCES))
    (folder / "counts.csv").write_bytes(csv_of(COUNTS))
    (folder / "true.csv").write_text("offence,Jan,Feb,Total\nA,1,9,10\nB,30,4,34\nTotal,31,13,44\n")
    (folder / "request.toml").write_text(REQUEST)
    (folder / "policy.toml").write_text(POLICY)
    (folder / "template.docx").write_bytes(starter())
    store, request = folder / "store", folder / "request.toml"
    protect = ("protect", folder / "true.csv", "--policy", folder / "policy.toml", "--out", folder / "document.json")
    steps = [
        ("import", export, "--store", store, "--as-at", "2024-06-30"),
        ("count", request, "--store", store, "--policy", folder / "policy.toml", "--out", folder / "bundle"),
        ("review", "export", request, "--store", store, "--out", folder / "hits.csv"),
        ("review", "export", request, "--store", store, "--out", folder / "hits.xlsx"),
        protect,
    ]
    for step in steps:
        code, said = _run(*step)
        assert code == 0, said
    return folder


def _tried(reader: Reader, folder: Path, dice: random.Random, honest: bytes | None = None) -> int:
    """The exit code for one damaged file, after looking at what was said and left behind."""
    folder.mkdir()
    file = folder / reader.file
    file.write_bytes(damaged(reader.content, dice) if honest is None else honest)
    code, said = _run(*reader.arguments(folder, file))
    shown = f"{reader.name}: {code}: {said[-800:]}"
    assert code in (0, 1, 2), shown
    assert code != 2 or said.strip(), shown
    assert "Traceback" not in said and "clearcount has a fault" not in said, shown
    assert all(len(line) < LONGEST for line in said.splitlines()), shown
    plain = said.replace(str(folder), "")
    assert [word for word in WORDS if word.lower() in plain.lower()] == [], shown
    if code == 2:
        left = {path.name for path in folder.iterdir()} - {reader.file, "bundle", "papers"}
        assert not left, f"{shown} left {left}"
    shutil.rmtree(folder)
    return code


def _fuzz(base: Path, folder: Path, count: int, seed: int) -> dict[str, list[int]]:
    """The exit codes of each reader for `count` damaged files in all."""
    every = readers(base)
    held = snapshot(base / "store" / "log") if (base / "store" / "log").is_dir() else {}
    spread = [reader for turn in range(9) for reader in every if turn < reader.weight]
    codes: dict[str, list[int]] = {}
    for number in range(count):
        reader = spread[number % len(spread)]
        dice = random.Random(f"{seed} {number}")
        codes.setdefault(reader.name, []).append(_tried(reader, folder / f"{number}", dice))
    assert held == (snapshot(base / "store" / "log") if held else {})
    return codes


@pytest.mark.slow
def test_every_reader_reads_its_honest_file(base: Path, tmp_path: Path) -> None:
    for number, reader in enumerate(readers(base)):
        assert _tried(reader, tmp_path / f"{number}", random.Random(0), reader.content) in (0, 1), reader.name


def test_sixty_damaged_files_are_read_or_refused(base: Path, tmp_path: Path) -> None:
    codes = [code for each in _fuzz(base, tmp_path, 60, seed=1).values() for code in each]
    assert {0, 2} <= set(codes)


@pytest.mark.slow
def test_two_thousand_damaged_files_are_read_or_refused(base: Path, tmp_path: Path) -> None:
    codes = _fuzz(base, tmp_path, 2_000, seed=2)
    assert len(codes) == len(readers(base))
    assert sum(2 in each for each in codes.values()) > 30
