"""Files and folders that appear whole or not at all, also behind a link and on a full disk."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from clearcount.errors import BundleError
from clearcount.files import behind_links, whole_file, whole_folder, write_whole

Linked = Callable[[Path, Path], tuple[Path, ...]]


def _to_file(link: Path, target: Path) -> tuple[Path, ...]:
    link.symlink_to(target)
    return (link,)


def _relative(link: Path, target: Path) -> tuple[Path, ...]:
    link.symlink_to(os.path.relpath(target, link.parent))
    return (link,)


def _chain(link: Path, target: Path) -> tuple[Path, ...]:
    middle = link.with_name("middle")
    middle.symlink_to(target)
    link.symlink_to(middle)
    return link, middle


def _through_folder(link: Path, target: Path) -> tuple[Path, ...]:
    """The folder above the place is a link."""
    link.parent.rmdir()
    link.parent.symlink_to(target.parent, target_is_directory=True)
    target.rename(target.with_name(link.name)) if target.exists() else None
    return (link.parent,)


LINKS = {"absolute": _to_file, "relative": _relative, "chain": _chain, "folder": _through_folder}


@pytest.mark.parametrize("kind", LINKS)
@pytest.mark.parametrize("there", [True, False], ids=["onto a file", "onto nothing"])
def test_a_file_is_replaced_behind_its_link(tmp_path: Path, kind: str, there: bool) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "near").mkdir()
    target, link = tmp_path / "far" / "real", tmp_path / "near" / "link"
    if there:
        target.write_text("old")
    links = LINKS[kind](link, target)
    write_whole(link, "new")
    assert all(each.is_symlink() for each in links)
    assert behind_links(link).read_text() == link.read_text() == "new"
    assert behind_links(link).parent == target.parent
    assert not list(tmp_path.rglob(".new-*"))


@pytest.mark.parametrize("kind", LINKS)
@pytest.mark.parametrize("there", [True, False], ids=["onto a folder", "onto nothing"])
def test_a_folder_is_replaced_behind_its_link(tmp_path: Path, kind: str, there: bool) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "near").mkdir()
    target, link = tmp_path / "far" / "real", tmp_path / "near" / "link"
    if there:
        target.mkdir()
        (target / "old.txt").write_text("old")
    links = LINKS[kind](link, target)
    with whole_folder(link, replace=True) as fresh:
        (fresh / "new.txt").write_text("new")
    assert all(each.is_symlink() for each in links)
    assert [path.name for path in link.iterdir()] == ["new.txt"]
    assert not [path for path in (*target.parent.iterdir(), *link.parent.iterdir()) if path.name.startswith(".")]


def test_a_link_to_a_full_folder_needs_replace_and_is_left_alone(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    (real / "kept").write_text("kept")
    link.symlink_to(real)
    with pytest.raises(BundleError, match="is not empty"), whole_folder(link, replace=False):
        raise AssertionError
    assert link.is_symlink()
    assert (real / "kept").read_text() == "kept"


def test_links_in_a_circle_are_an_error_of_the_system_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(OSError), whole_file(tmp_path / "a") as file:
        file.write(b"x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


@pytest.mark.parametrize("name", ["a*b", "a[1]", "what?", "50%20", "with space", "ümläut", "back\\slash", "line\nend"])
def test_names_are_taken_as_they_are(tmp_path: Path, name: str) -> None:
    other = tmp_path / ".aXb.new-leftover"
    other.mkdir()
    for content in ("one", "two"):
        with whole_folder(tmp_path / name, replace=True) as fresh:
            (fresh / "x").write_text(content)
    assert (tmp_path / name / "x").read_text() == "two"
    assert other.exists(), "another name's leftover is not ours to take away"
    write_whole(tmp_path / f"{name}.txt", "three")
    assert (tmp_path / f"{name}.txt").read_text() == "three"


def test_the_mode_stays_or_is_the_one_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "file"
    before = os.umask(0o027)
    try:
        write_whole(path, "one")
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
    finally:
        os.umask(before)
    path.chmod(0o604)
    write_whole(path, "two")
    assert stat.S_IMODE(path.stat().st_mode) == 0o604
    write_whole(path, "three", mode=0o600)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_failure_in_the_middle_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(RuntimeError), whole_file(path) as file:
        file.write(b"half")
        raise RuntimeError
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "x").write_text("old")
    with pytest.raises(RuntimeError), whole_folder(folder, replace=True) as fresh:
        (fresh / "x").write_text("half")
        raise RuntimeError
    assert path.read_text() == (folder / "x").read_text() == "old"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "folder"]


def test_a_rename_that_fails_brings_the_old_folder_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "x").write_text("old")
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if ".new-" in self.name:
            raise OSError(errno.EIO, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError), whole_folder(folder, replace=True) as fresh:
        (fresh / "x").write_text("new")
    assert (folder / "x").read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["folder"]


_FULL = """
import resource, signal, sys
from pathlib import Path
from clearcount.files import write_whole
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
try:
    write_whole(Path(sys.argv[1]), "x" * 100_000)
except OSError as error:
    print(error.errno, error.filename)
"""


def test_a_disk_that_is_full_half_way_changes_nothing_and_the_error_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    done = subprocess.run([sys.executable, "-c", _FULL, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(errno.EFBIG), str(path)], done
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_device_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE)
    write_whole(pipe, "through")
    assert reader.communicate(timeout=30)[0] == b"through"
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    with pytest.raises(OSError) as full:
        write_whole(Path("/dev/full"), "x")
    assert full.value.errno == errno.ENOSPC
