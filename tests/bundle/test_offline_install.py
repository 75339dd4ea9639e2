"""The offline bundle, made and used: no index, no network, no source beside it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"


def _plain_environment() -> dict[str, str]:
    """The environment without ways to this source, and with an index that nobody answers at."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_", "UV_"))}
    return {**kept, "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_FIND_LINKS": ""}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in the zip that `make bundle` makes. Making it needs the package index; nothing below does."""
    folder = tmp_path_factory.mktemp("bundle")
    subprocess.run([sys.executable, "-m", "tools.bundle", "--out", str(folder)], cwd=ROOT, check=True, timeout=1800)
    (made,) = folder.glob("*.zip")
    digest = hashlib.sha256(made.read_bytes()).hexdigest()
    assert made.with_name(f"{made.name}.sha256").read_text(encoding="utf-8").split()[0] == digest
    with zipfile.ZipFile(made) as archive:
        archive.extractall(folder / "unpacked")
    made.unlink()
    return folder / "unpacked" / made.stem


def _offline(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command without any network where the system lets us, which leaves not even loopback."""
    apart = ["unshare", "--map-root-user", "--net"]
    alone = apart if subprocess.run([*apart, "true"], capture_output=True).returncode == 0 else []
    return subprocess.run(
        [*alone, *command], cwd=cwd, env=_plain_environment(), capture_output=True, text=True, timeout=1200
    )


def test_install_demo_verify_without_an_index(bundle: Path, tmp_path: Path) -> None:
    done = _offline("sh", str(bundle / "install.sh"), "clearcount-here", cwd=tmp_path)
    assert done.returncode == 0, done
    command = str(tmp_path / "clearcount-here" / "bin" / "clearcount")
    python = str(tmp_path / "clearcount-here" / "bin" / "python")
    where = _offline(python, "-c", "import clearcount, clearcount_web; print(clearcount.__file__)", cwd=tmp_path)
    assert where.stdout.startswith(str(tmp_path / "clearcount-here"))
    for arguments in (
        ("demo", "--out", "demo", "--occurrences", "400"),
        ("verify", "demo/answer", "--store", "demo/store"),
        ("codes", "deepfake"),
        ("new", "ours"),
        ("site", "--out", "public", "--bundle", "demo/answer", "--force", "demo/force.toml"),
    ):
        done = _offline(command, *arguments, cwd=tmp_path)
        assert done.returncode == 0, done
    pages = {path.relative_to(tmp_path / "public").as_posix() for path in (tmp_path / "public").rglob("*.html")}
    assert "index.html" in pages and len(pages) > 20
    shutil.rmtree(tmp_path / "demo")


def test_the_wheel_holds_every_file_of_the_source(bundle: Path) -> None:
    """Templates, static files, code lists and catalogues: what is in src is in the wheel, byte by byte."""
    (wheel,) = (bundle / "wheels").glob("clearcount-*.whl")
    wanted = {
        path.relative_to(SOURCE).as_posix(): path
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}
        assert found == wanted.keys()
        assert all(archive.read(name) == path.read_bytes() for name, path in wanted.items())


def test_both_lists_are_whole_and_every_part_is_named(bundle: Path) -> None:
    wheels = {hashlib.sha256(file.read_bytes()).hexdigest(): file.name for file in (bundle / "wheels").iterdir()}
    assert all(name.endswith(".whl") for name in wheels.values())
    used = set()
    for system, tag in (("linux", "manylinux"), ("windows", "win_amd64")):
        (listed,) = (bundle / "requirements").glob(f"{system}-*.txt")
        for line in listed.read_text(encoding="utf-8").splitlines():
            names = [wheels[digest] for digest in line.split(" --hash=sha256:")[1:] if digest in wheels]
            fitting = [name for name in names if tag in name or name.endswith("-any.whl")]
            assert len(fitting) == 1, (listed.name, line.split(" ")[0], names)
            used.update(fitting)
    assert used == set(wheels.values())
    parts = json.loads((bundle / "parts.cdx.json").read_text(encoding="utf-8"))
    assert (parts["bomFormat"], parts["specVersion"]) == ("CycloneDX", "1.6")
    digests = {part["hashes"][0]["content"]: part for part in parts["components"]}
    assert digests.keys() == wheels.keys()
    lacking = [part["name"] for part in parts["components"] if not part.get("licenses")]
    assert not lacking
