"""An interpreter with this code and its libraries that another user may run, wherever the clone is.

A clone in root's own home, or in a virtual environment made there, is closed to everybody else. What another user needs
is then linked or copied into a folder that everybody may enter.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

SRC = Path(__file__).resolve().parents[1] / "src"
NOBODY = 65534
_TRIED = "import clearcount_web, clearcount.workflow.importing, clearcount.workflow.answering, django, nacl.secret"


@cache
def reachable_python() -> tuple[str, dict[str, str]] | None:
    """Return an interpreter and the variables it needs, or None when no interpreter here can be run by others."""
    libraries = Path(metadata.distribution("duckdb").locate_file("")).resolve()
    plain = os.pathsep.join([str(SRC), str(libraries)])
    system = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    for name in dict.fromkeys([sys.executable, *filter(None, [system])]):
        if _runs(name, found := _environment(plain)):
            return name, found
    folder = Path(tempfile.mkdtemp(prefix="clearcount-reachable-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    copied = _copied(folder, libraries)
    for make in (lambda: system, lambda: _interpreter(folder)):
        if (name := make()) and _runs(name, found := _environment(copied, Path(name).parents[1] / "lib")):
            return name, found
    return None


def _environment(path: str, shared: Path | None = None) -> dict[str, str]:
    """Return the variables; `shared` is where a copied interpreter finds its own shared library."""
    found = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin"}
    return found if shared is None else {**found, "LD_LIBRARY_PATH": str(shared)}


def _runs(interpreter: str, environment: dict[str, str]) -> bool:
    try:
        done = subprocess.run(
            [interpreter, "-c", f"import sys; assert sys.version_info[:2] == {sys.version_info[:2]}; {_TRIED}"],
            user=NOBODY, group=NOBODY, extra_groups=[], env=environment, cwd="/", capture_output=True, check=False,
        )  # fmt: skip
    except OSError:
        return False
    return done.returncode == 0


def _copied(folder: Path, libraries: Path) -> str:
    """Put the source and the libraries that it names into `folder`; return both as a search path."""
    shutil.copytree(SRC, folder / "src", copy_function=_put, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _needed():
        for file in metadata.files(name) or ():
            source = Path(str(file.locate()))
            if source.suffix != ".pyc" and source.is_file() and source.resolve().is_relative_to(libraries):
                target = folder / "libraries" / source.resolve().relative_to(libraries)
                target.parent.mkdir(parents=True, exist_ok=True)
                _put(str(source), str(target))
    for place in (folder, *folder.rglob("*/")):
        place.chmod(0o755)
    return os.pathsep.join([str(folder / "src"), str(folder / "libraries")])


def _needed() -> set[str]:
    """Return the distributions that clearcount and its web extra rest on, as far as they are installed."""
    found: set[str] = set()
    waiting: list[tuple[str, frozenset[str]]] = [("clearcount", frozenset({"web", "reading", "fast"}))]
    while waiting:
        name, extras = waiting.pop()
        try:
            asked = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        for requirement in map(Requirement, asked):
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in (*extras, "")):
                plain = re.sub(r"[-_.]+", "-", requirement.name).lower()
                if plain not in found:
                    found.add(plain)
                    waiting.append((plain, frozenset(requirement.extras)))
    return found


def _interpreter(folder: Path) -> str:
    """Put the interpreter itself and the standard library into `folder`; return its path."""
    base = Path(sys.base_prefix)
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    home = folder / "python"
    (home / "bin").mkdir(parents=True)
    _put(str((base / "bin" / version).resolve()), str(home / "bin" / version))
    shutil.copytree(
        base / "lib" / version, home / "lib" / version, copy_function=_put,
        ignore=shutil.ignore_patterns("__pycache__", "site-packages", "test", "idlelib", "tkinter", "config-*"),
    )  # fmt: skip
    for library in (base / "lib").glob("libpython*.so*"):
        _put(str(library.resolve()), str(home / "lib" / library.name))
    for place in (home, *home.rglob("*/")):
        place.chmod(0o755)
    return str(home / "bin" / version)


def _put(source: str, target: str, *, follow_symlinks: bool = True) -> str:
    """Link a file that others may read; copy one that they may not, and let them."""
    mode = Path(source).stat().st_mode
    if mode & 0o004:
        try:
            os.link(Path(source).resolve(), target)
            return target
        except OSError:  # another file system, or one without links
            pass
    shutil.copyfile(source, target)
    Path(target).chmod(0o755 if mode & 0o100 else 0o644)
    return target
