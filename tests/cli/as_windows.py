"""Runs commands in this process as if it were Windows, as far as Linux can play it: python as_windows.py COMMANDS.json

Played are: no fcntl, resource, pwd or grp; locks by msvcrt; a file that is open can be neither deleted, replaced nor
moved, and no more can a folder above it; a folder cannot be opened; text mode where os.open is not told otherwise; no
rename onto what is there. Not played are drive letters, access lists, the console and the names that Windows reserves.

COMMANDS.json is a list of lists of arguments. One line of JSON for each goes to standard output: its exit code.
"""

from __future__ import annotations

import errno
import fcntl
import importlib
import json
import os
import shutil
import sys
import tempfile
import types
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

_LIBRARIES = (
    *("click.testing", "click.shell_completion", "pyarrow.parquet", "pyarrow.csv", "pyarrow.json", "pyarrow.dataset"),
    *("numpy", "duckdb", "deltalake", "deltalake.transaction", "highspy", "jinja2", "xlsxwriter", "docx"),
    *("lxml.etree", "python_calamine", "xlrd", "charset_normalizer", "striprtf.striprtf", "nacl.signing", "ftfy"),
    *("sqlite3", "email", "decimal", "uuid", "urllib.request", "importlib.metadata", "zoneinfo", "multiprocessing"),
)
_BINARY = 1 << 30


def play_windows() -> None:
    """Change this process for good; the libraries are loaded before, as what they are."""
    for name in _LIBRARIES:
        importlib.import_module(name)
    take = fcntl.flock
    for name in ("fcntl", "resource", "pwd", "grp", "termios"):
        sys.modules[name] = None  # type: ignore[assignment]

    def locking(descriptor: int, mode: int, count: int) -> None:
        assert (mode, count) == (2, 1)
        take(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    played: Any = types.ModuleType("msvcrt")
    played.LK_NBLCK, played.locking = 2, locking
    sys.modules["msvcrt"] = played
    for name in ("getuid", "geteuid", "getgid", "fork", "chown", "mkfifo", "getpgid", "setsid", "sched_getaffinity"):
        if hasattr(os, name):
            delattr(os, name)
    shutil._use_fd_functions = False  # type: ignore[attr-defined]
    os.O_BINARY = _BINARY  # type: ignore[attr-defined]
    tempfile._bin_openflags |= _BINARY  # type: ignore[attr-defined]
    os.open = _opening(os.open)
    for name in ("unlink", "remove", "rename", "replace", "rmdir"):
        setattr(os, name, _sharing(getattr(os, name), name))
    sys.platform = "win32"


def _opening(real: Callable[..., int]) -> Callable[..., int]:
    def opened(path: Any, flags: int, *others: Any, **named: Any) -> int:
        if Path(path).is_dir():
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        writes = flags & (os.O_WRONLY | os.O_RDWR)
        assert not writes or flags & _BINARY, f"{path} is opened in text mode: each line end would get a sign more"
        return real(path, flags & ~_BINARY, *others, **named)

    return opened


def _sharing(real: Callable[..., Any], name: str) -> Callable[..., Any]:
    def done(path: Any, *others: Any, **named: Any) -> Any:
        for place in (path, *others):
            if _is_open(str(Path(place).absolute())):
                raise PermissionError(errno.EACCES, f"{os.strerror(errno.EACCES)} (open)", str(place))
        if name == "rename" and os.path.lexists(others[0]):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(others[0]))
        return real(path, *others, **named)

    return done


def _is_open(place: str) -> bool:
    return any(found == place or found.startswith(f"{place}/") for found in _open_files())


def _open_files() -> Iterator[str]:
    for each in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            yield str(each.readlink())
    for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
        _, _, mapped = line.partition("/")
        if mapped:
            yield f"/{mapped}"


def main() -> None:
    """Run each command, and print how it ended."""
    commands = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    play_windows()
    from click.testing import CliRunner

    from clearcount.cli import cli

    for command in commands:
        done = CliRunner().invoke(cli, command)
        said = {"code": done.exit_code, "out": done.stdout, "err": done.stderr}
        print(json.dumps({**said, "fault": repr(done.exception) if done.exit_code > 2 or done.exception else ""}))


if __name__ == "__main__":
    main()
