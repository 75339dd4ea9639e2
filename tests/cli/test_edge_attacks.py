"""Attacks on the edges of the command line: a file with a password, and a place to write that is a link."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_WITH_PASSWORD = 0x1


def locked(export: Path, archive: Path) -> None:
    """The export as a zip whose members carry the flag of a password."""
    with zipfile.ZipFile(archive, "w") as made:
        for file in sorted(export.iterdir()):
            made.write(file, file.name)
    content = bytearray(archive.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            struct.pack_into("<H", content, place + at, _WITH_PASSWORD)
            place = content.find(mark, place + 1)
    archive.write_bytes(bytes(content))


@pytest.mark.parametrize("name", ["export.zip", "offences.csv.zip", "50% of it.zip"])
def test_a_zip_with_a_password_is_refused_by_name(work: Path, run: Callable[..., Any], name: str) -> None:
    locked(work / "export", work / name)
    before = sorted(path.name for path in work.iterdir())
    done = run("import", work / name, "--store", work / "store")
    assert (done.code, "password" in done.err, name in done.err) == (2, True, True), done.err
    assert "Traceback" not in done.err and sorted(path.name for path in work.iterdir()) == before


def count(run: Callable[..., Any], work: Path, store: Path, out: Path, *more: str) -> Any:
    return run(
        "count", work / "request.toml", "--store", store, "--policy", work / "policy.toml", "--out", out, "--quiet",
        *more,
    )  # fmt: skip


@pytest.mark.parametrize("there", ["a full folder", "an empty folder", "nothing"])
def test_a_bundle_is_replaced_behind_a_link_and_the_link_stays(
    work: Path, run: Callable[..., Any], store: Path, there: str
) -> None:
    target, link = work / "far" / "released", work / "answer"
    target.parent.mkdir()
    if there != "nothing":
        target.mkdir()
    if there == "a full folder":
        (target / "old.txt").write_text("old")
    link.symlink_to(target, target_is_directory=True)
    if there == "a full folder":
        refused = count(run, work, store, link)
        assert refused.code == 2 and (target / "old.txt").read_text() == "old"
    for _again in range(2):
        assert count(run, work, store, link, "--replace").code == 0
        assert link.is_symlink() and link.resolve() == target
        assert (target / "release.json").exists() and not (target / "old.txt").exists()
    assert not [path for path in (*work.iterdir(), *target.parent.iterdir()) if path.name.startswith(".")]


@pytest.mark.parametrize("leads", ["in a circle", "to a file", "into a folder that is not there"])
def test_a_link_that_leads_nowhere_good_is_a_sentence_and_changes_nothing(
    work: Path, run: Callable[..., Any], store: Path, leads: str
) -> None:
    link = work / "answer"
    (work / "file").write_text("kept")
    link.symlink_to({"in a circle": link, "to a file": work / "file"}.get(leads, work / "no" / "such" / "answer"))
    done = count(run, work, store, link, "--replace")
    assert link.is_symlink() and (work / "file").read_text() == "kept"
    if done.code != 0:  # a folder that is not there may be made, like any other
        assert done.code == 2 and "Traceback" not in done.err and len(done.err.strip()) > 20
    else:
        assert leads == "into a folder that is not there" and (link / "release.json").exists()
    assert not [path for path in work.iterdir() if path.name.startswith(".")]


def test_a_file_that_is_written_behind_a_link_is_the_file_behind_it(
    work: Path, run: Callable[..., Any], store: Path
) -> None:
    target, link = work / "far.csv", work / "hits.csv"
    target.write_text("old")
    link.symlink_to(target)
    done = run("review", "export", work / "request.toml", "--store", store, "--out", link, "--replace")
    if done.code == 2 and "No such option" in done.err:
        done = run("review", "export", work / "request.toml", "--store", store, "--out", link)
    assert link.is_symlink(), done.err
    assert target.read_text() == "old" if done.code else target.read_text() != "old"
