"""Files that only the service may read: how they are made, and what is wrong with the ones that are there.

A folder is 0700 and a file 0600, whatever the umask. One exception can be declared: a public SQLite database that the
users of both doors share through a group. Its folder has mode 2770, its files 0660.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

POSIX = os.name == "posix"
"""Elsewhere there are no modes: the folder's access list is the administrator's to set."""
UMASK = 0o077
BESIDE = ("-wal", "-shm", "-journal", ".worker-lock")
"""What SQLite and the worker put beside a database."""


@dataclass(frozen=True)
class Guarded:
    """A path of the service and who may use it.

    `private`: the owner alone. `shared`: the owner and the group of number `group`. `trusted`: anybody may read it,
    nobody but its owner may change it.
    """

    path: Path
    kind: Literal["private", "shared", "trusted"] = "private"
    group: int | None = None


def group_number(name: str) -> int:
    """Return the number of a group.

    Raises:
        ValueError: when this machine has no such group.
    """
    try:
        import grp  # not on Windows

        return grp.getgrnam(name).gr_gid
    except (ImportError, KeyError):
        raise ValueError("names a group that this machine does not have") from None


def faults(guarded: Iterable[Guarded], *, user: int | None = None) -> Iterator[str]:
    """Yield a sentence for every path that is open to others or belongs to somebody else.

    `user` is the number of the user that the service runs as, this process's by default. A path that is not there is
    no fault.
    """
    if not POSIX:
        return
    user = os.geteuid() if user is None else user
    for each in guarded:
        try:
            found = each.path.stat()
        except FileNotFoundError:
            continue
        except OSError as error:
            yield f"{each.path} cannot be examined ({error.strerror}); give it to the user that runs this process"
            continue
        yield from _mode(each, found)
        yield from _owner(each, found, user)


def _mode(each: Guarded, found: os.stat_result) -> Iterator[str]:
    mode = stat.S_IMODE(found.st_mode)
    folder = stat.S_ISDIR(found.st_mode)
    if each.kind == "trusted":
        if mode & 0o022:
            yield f"{each.path} can be changed by others (mode {mode:04o}); run: chmod go-w {each.path}"
        return
    wide = 0o007 if each.kind == "shared" else 0o077
    if mode & wide:
        right = ("2770" if folder else "0660") if each.kind == "shared" else ("0700" if folder else "0600")
        yield f"{each.path} is open to others (mode {mode:04o}); run: chmod {right} {each.path}"


def _owner(each: Guarded, found: os.stat_result, user: int) -> Iterator[str]:
    if each.kind == "trusted" or found.st_uid == user:
        if each.kind == "trusted" and found.st_uid not in {0, user}:
            yield f"{each.path} belongs to user {found.st_uid}; give it to root or to user {user}, which runs this"
        return
    if each.kind == "shared" and found.st_gid == each.group:
        return
    yield f"{each.path} belongs to user {found.st_uid}, this process is user {user}; run it as the owner, or change it"


def make_folder(each: Guarded) -> None:
    """Make the folder of `each` with its mode, or narrow a new one that another program made wider."""
    mode = 0o2770 if each.kind == "shared" else 0o700
    each.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if POSIX and each.path.stat().st_uid == os.geteuid():
        _give(each, mode)


def make_file(each: Guarded, content: bytes = b"") -> None:
    """Make a file with its mode before anything is written to it; leave one that is there as it is."""
    try:
        descriptor = os.open(each.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    _give(each, 0o660 if each.kind == "shared" else 0o600)


def _give(each: Guarded, mode: int) -> None:
    if not POSIX:
        return
    if each.kind == "shared" and each.group is not None and each.path.stat().st_gid != each.group:
        os.chown(each.path, -1, each.group)
    each.path.chmod(mode)
