"""Whatever is planted in a bundle, `verify` finds it from the bundle alone, though every hash was renewed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from clearcount.cli import cli
from clearcount.errors import ClearcountError
from clearcount.model.table import Suppressed
from clearcount.workflow.verifying import verify
from clearcount.writers import write_bundle

from .leaks import LEAKS, SECRET, Change
from .letters import plain_template, png, with_logo

PLANTED = [
    pytest.param(file, change, id=f"{file}: {name}")
    for file, plants in LEAKS.items()
    for name, change in plants.items()
]
WORDS = ("Heron", "heron", "Willow")


def plant(folder: Path, to: Path, file: str, change: Change) -> Path:
    """A copy of a bundle with one file changed and its hash renewed."""
    copy = Path(shutil.copytree(folder, to / "copy"))
    before = (copy / file).read_bytes()
    after = change(before)
    assert after != before, "nothing was planted"
    (copy / file).write_bytes(after)
    if file != "release.json":
        released = (copy / "release.json").read_text()
        old, new = (hashlib.sha256(content).hexdigest() for content in (before, after))
        (copy / "release.json").write_text(released.replace(old, new))
    return copy


def named(folder: Path, **options: Any) -> list[str]:
    """The faults of a bundle; one that is refused whole has its sentence."""
    try:
        return [fault for check in verify(folder, **options).checks for fault in check.faults]
    except ClearcountError as error:
        return [str(error)]


def of_another_version(release: Any) -> Any:
    return replace(release, provenance=replace(release.provenance, clearcount_version="0.0.1"))


def in_template(release: Any, template: bytes) -> Any:
    made = replace(release.provenance, digests={"letter_template": hashlib.sha256(template).hexdigest()})
    return replace(release, letter_template=template, provenance=made)


@pytest.fixture(scope="module")
def elsewhere(written: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle as another version would have written it."""
    folder = tmp_path_factory.mktemp("leaks") / "elsewhere"
    write_bundle(of_another_version(written("Welsh letters").release), folder)
    return folder


@pytest.fixture(scope="module")
def lettered(written: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle with a letter in a force's template, which is not at hand when it is checked."""
    folder = tmp_path_factory.mktemp("leaks") / "lettered"
    write_bundle(in_template(written("Welsh letters").release, with_logo(png())), folder)
    return folder


def test_there_are_at_least_as_many_leaks_as_once_passed() -> None:
    assert len(PLANTED) >= 89 * 2


@pytest.mark.parametrize(("file", "change"), PLANTED)
def test_a_planted_leak_is_found_and_not_repeated(written: Any, tmp_path: Path, file: str, change: Change) -> None:
    faults = named(plant(written("Welsh letters").folder, tmp_path, file, change))

    assert any(file in fault for fault in faults), faults
    assert not [fault for fault in faults if any(word in fault for word in WORDS)], faults


@pytest.mark.slow
@pytest.mark.parametrize(("file", "change"), PLANTED)
def test_a_leak_in_a_bundle_of_another_version_is_found(
    elsewhere: Path, tmp_path: Path, file: str, change: Change
) -> None:
    faults = named(plant(elsewhere, tmp_path, file, change))

    assert any(file in fault for fault in faults), faults
    assert not [fault for fault in faults if any(word in fault for word in WORDS)], faults


@pytest.mark.parametrize("name", LEAKS["response.docx"])
def test_a_leak_in_a_letter_whose_template_is_not_here_is_found(lettered: Path, tmp_path: Path, name: str) -> None:
    change = LEAKS["response.docx"][name]
    faults = named(plant(lettered, tmp_path, "response.docx", change))

    assert any("response.docx" in fault for fault in faults), faults
    assert not [fault for fault in faults if any(word in fault for word in WORDS)], faults


def test_clean_bundles_raise_no_alarm(elsewhere: Path, lettered: Path) -> None:
    assert named(elsewhere) == []
    assert named(lettered) == []


@pytest.mark.parametrize("template", [plain_template, lambda: with_logo(png())], ids=["plain", "logo"])
def test_a_draft_with_everything_in_a_template_raises_no_alarm(
    written: Any, tmp_path: Path, template: Callable[[], bytes]
) -> None:
    release = replace(
        written("every marker").release,
        draft_because=("088/09 was not asked for",),
        supersedes="01/FOI/25/000123/X, version of 2025-08-01",
        accepted=(("wording-from", "The wording names two starts."),),
    )
    content = template()
    write_bundle(in_template(release, content), tmp_path / "out")
    write_bundle(of_another_version(release), tmp_path / "other")

    assert named(tmp_path / "out") == []
    assert named(tmp_path / "other") == []
    (tmp_path / "template.docx").write_bytes(content)
    assert named(tmp_path / "out", letter_template=tmp_path / "template.docx") == []


def test_files_that_are_none_are_named_and_not_read(written: Any, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(written("Welsh letters").folder, tmp_path / "copy"))
    os.mkfifo(copy / "pipe.csv")
    (copy / "table.csv").unlink()
    (copy / "table.csv").symlink_to("/dev/zero")
    (copy / "chart.svg").unlink()
    (copy / "chart.svg").mkdir()
    (copy / "notes.csv").write_text(f"{SECRET}\n")
    released = json.loads((copy / "release.json").read_text())
    released["files"]["notes.csv"] = hashlib.sha256((copy / "notes.csv").read_bytes()).hexdigest()
    (copy / "release.json").write_text(json.dumps(released, ensure_ascii=False, indent=1) + "\n")

    faults = " ".join(named(copy))

    for what in ("pipe.csv", "table.csv: is not a plain file", "chart.svg", "notes.csv: is no file that a bundle has"):
        assert what in faults, what
    assert "Heron" not in faults


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"\xff" * 5000),
        lambda path: path.write_bytes(b"PK\x03\x04" + b"\0" * 500),
        lambda path: path.write_bytes(b"[" * 100_000),
        lambda path: path.write_bytes(b"<a>" * 100_000),
        lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
        lambda path: path.write_bytes(path.read_bytes() * 2),
    ],
    ids=["empty", "no text", "no package", "brackets", "elements", "cut", "doubled"],
)
def test_no_spoilt_file_ends_in_a_traceback(written: Any, tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    for name in [path.name for path in written("Welsh letters").folder.iterdir()]:
        copy = Path(shutil.copytree(written("Welsh letters").folder, tmp_path / name))
        spoil(copy / name)
        done = CliRunner().invoke(cli, ["verify", str(copy)])
        assert done.exit_code in (1, 2) and name in done.output, (name, done.output)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception


def test_what_stands_in_a_hidden_cell_cannot_be_told_by_a_bar(releasing: Any, tabling: Any, tmp_path: Path) -> None:
    """A bar drawn for a hidden count gives the count away by its height."""
    from .conftest import SEXUAL

    hidden = tabling(
        SEXUAL[:1], "2024-02", "2024-03", lambda row, label: Suppressed("primary") if label < "2024-03" else 8
    )
    write_bundle(releasing(hidden), tmp_path / "out")
    bar = '<rect x="100.0" y="100.0" width="20.0" height="24.0" fill="#28A197"/></svg>'
    copy = plant(tmp_path / "out", tmp_path, "chart.svg", lambda content: content.replace(b"</svg>", bar.encode()))

    assert any("chart.svg: differs" in fault for fault in named(copy))
