"""The offline bundle: which wheels a system gets, and what the install script refuses before it touches anything."""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from tools.bundle import wheels

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements" / "install.lock"
INSTALL = ROOT / "tools" / "bundle" / "install.py"


def test_each_system_gets_its_own_parts_and_each_has_digests() -> None:
    lists = {target.name: wheels.locked(LOCK, target) for target in wheels.targets(["3.11", "3.12"])}
    assert set(lists) == {"linux-3.11", "windows-3.11", "linux-3.12", "windows-3.12"}
    assert {"tzdata", "colorama"} <= lists["windows-3.11"].keys() - lists["linux-3.11"].keys()
    assert lists["linux-3.11"]["numpy"] != lists["linux-3.12"]["numpy"]
    for lines in lists.values():
        assert {"pip", "pyodbc", "django", "pyarrow", "hyperscan"} <= lines.keys()
        assert all("==" in line and " --hash=sha256:" in line for line in lines.values())
        assert not {"pytest", "pyspark", "hatchling"} & lines.keys()


def test_what_is_installed_offline_is_what_is_tested() -> None:
    """Every version of the install lock is the version of the test lock, where that has the package."""
    for target in wheels.targets(["3.11"]):
        tested = wheels.locked(ROOT / "requirements" / "dev.lock", target)
        for name, line in wheels.locked(LOCK, target).items():
            assert tested.get(name, line).split(" ")[0] == line.split(" ")[0]


def _bundle(folder: Path) -> Path:
    """A bundle as the script sees it, with one wheel that is none."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    (folder / "wheels").mkdir(parents=True)
    (folder / "requirements").mkdir()
    (folder / "install.py").write_bytes(INSTALL.read_bytes())
    (folder / "wheels" / "pip-1.0-py3-none-any.whl").write_bytes(b"no wheel")
    for system in ("linux", "windows"):
        (folder / "requirements" / f"{system}-{version}.txt").write_text("pip==1.0\n", encoding="utf-8")
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    lines = [
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(folder).as_posix()}" for file in files
    ]
    (folder / "SHA256SUMS").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def _installed(bundle: Path, target: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(bundle / "install.py"), str(target)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_a_bundle_that_changed_is_refused(tmp_path: Path) -> None:
    wheel = _bundle(tmp_path / "changed") / "wheels" / "pip-1.0-py3-none-any.whl"
    wheel.write_bytes(b"another")
    _bundle(tmp_path / "more").joinpath("wheels", "extra-1.0-py3-none-any.whl").write_bytes(b"")
    _bundle(tmp_path / "less").joinpath("wheels", "pip-1.0-py3-none-any.whl").unlink()
    said = {"changed": "is not what was packed", "more": "is no part of the bundle", "less": "is missing"}
    for name, words in said.items():
        done = _installed(tmp_path / name, tmp_path / "target")
        assert done.returncode == 2 and words in done.stderr and "Traceback" not in done.stderr, done
        assert not (tmp_path / "target").exists()


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    kept = tmp_path / "target" / "kept.txt"
    kept.parent.mkdir()
    kept.write_text("mine", encoding="utf-8")
    done = _installed(_bundle(tmp_path / "bundle"), kept.parent)
    assert done.returncode == 2 and "holds something" in done.stderr and kept.read_text(encoding="utf-8") == "mine"


def test_an_install_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """The wheel of pip in this bundle is no zip."""
    done = _installed(_bundle(tmp_path / "bundle"), tmp_path / "target")
    assert done.returncode == 2 and "pip could not install" in done.stderr and not (tmp_path / "target").exists()


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("offline_install", INSTALL)
    assert spec is not None and spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_another_python_or_machine_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = _script()
    monkeypatch.setattr(script, "HERE", _bundle(tmp_path / "bundle"))
    assert script.list_for_this_python().is_file()
    monkeypatch.setattr(script.platform, "libc_ver", lambda: ("glibc", "2.17"))
    with pytest.raises(script.Refused, match=r"needs glibc 2\.28 or later"):
        script.list_for_this_python()
    monkeypatch.setattr(script.platform, "machine", lambda: "aarch64")
    with pytest.raises(script.Refused, match="64-bit Linux and Windows on x86"):
        script.list_for_this_python()
    for file in (tmp_path / "bundle" / "requirements").iterdir():
        file.rename(file.with_stem(file.stem.split("-")[0] + "-3.9"))
    with pytest.raises(script.Refused, match=r"is for Python 3\.9, and this is 3\."):
        script.list_for_this_python()
