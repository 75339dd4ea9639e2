"""Files and folders that appear whole or not at all.

Each is written beside its place, flushed to the disk, and renamed into place. A link stays a link: what lies behind it
is replaced. The promise is the same on Windows, where a rename waits for readers to close the old file.
"""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from clearcount.errors import BundleError

_WINDOWS_TRIES = 40
"""How often a rename is tried on Windows, a twentieth of a second apart, while a reader holds a file open."""


def write_whole(path: Path, content: bytes | str, *, mode: int | None = None) -> None:
    """Write `content` (text as UTF-8) to `path`, whole or not at all.

    `mode` are the permission bits; without it the file keeps those it has, and a new one gets the usual ones.

    Raises:
        OSError: naming `path`; what was there before is unchanged.
    """
    with whole_file(path, mode=mode) as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)


@contextlib.contextmanager
def whole_file(path: Path, *, mode: int | None = None) -> Iterator[IO[bytes]]:
    """Give a binary file to write to, which becomes `path` when the block ends well and vanishes when it does not.

    A device or a pipe is written to as it is.

    Raises:
        OSError: naming `path`; what was there before is unchanged.
    """
    target = behind_links(path)
    if target.exists() and not target.is_file():
        with path.open("wb") as file:
            yield file
        return
    beside = target.parent / f".new-{secrets.token_hex(8)}"
    with _named(path):
        bits = mode if mode is not None else 0o666
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), bits)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            with _named(path):
                file.flush()
                os.fsync(file.fileno())
        with _named(path):
            if mode is not None:
                beside.chmod(mode)
            elif target.exists():
                beside.chmod(target.stat().st_mode & 0o7777)
            put_in_place(beside, target)
    except BaseException as error:
        beside.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:  # the disk refused a write: say which file's
            raise OSError(error.errno, error.strerror or str(error), str(path)) from error
        raise


def write_new(path: Path, content: bytes, *, mode: int) -> None:
    """Write `content` to `path`, which must not exist, whole or not at all.

    Raises:
        FileExistsError: when somebody else was quicker; what is there is unchanged.
        OSError: naming `path`.
    """
    beside = path.parent / f".new-{secrets.token_hex(8)}"
    try:
        write_whole(beside, content, mode=mode)
        with _named(path):
            try:
                os.link(beside, path)
            except FileExistsError:
                raise
            except OSError:  # a file system without links: the rename may meet a quicker writer, and then wins
                if path.exists():
                    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
                beside.rename(path)
        flush_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)


@contextlib.contextmanager
def whole_folder(out: Path, *, replace: bool, mode: int = 0o755) -> Iterator[Path]:
    """Give a fresh folder that takes the place of `out` when the block ends well, and vanishes when it does not.

    With `replace` the old folder is moved aside first and removed last. At every moment there is a whole old bundle, a
    whole new one, or for an instant none. What a killed run left beside `out` is put right first.

    Raises:
        BundleError: when `out` is a file, holds something and may not be replaced, or its folder cannot be written.
    """
    if out.exists() and not out.is_dir():  # --replace is said of a folder: a letter or a sheet never goes by it
        raise BundleError(f"{out} is a file; name a folder")
    if out.is_dir() and any(out.iterdir()) and not replace:
        raise BundleError(f"{out} is not empty; name another folder or add --replace")
    try:
        target = behind_links(out)
        target.parent.mkdir(parents=True, exist_ok=True)
        _put_right(target)
        fresh = target.parent / f".{target.name}.new-{secrets.token_hex(8)}"
        # On Windows later Pythons shut others out of a folder of mode 0700 and of no other; it stays so once renamed.
        fresh.mkdir(mode if sys.platform == "win32" else 0o700)
    except OSError as error:
        raise BundleError(f"{out.parent}: {error.strerror}; choose a folder that you may write") from None
    try:
        yield fresh
        flush_tree(fresh)
        fresh.chmod(mode)
        aside = target.parent / f".{target.name}.old-{fresh.name.rsplit('-', 1)[1]}"
        if target.exists():
            move_folder(target, aside)
        try:
            move_folder(fresh, target)
        except OSError:
            if aside.exists():
                move_folder(aside, target)
            raise
        flush_folder(target.parent)
        _remove(aside)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def behind_links(path: Path) -> Path:
    """Return the place that `path` means when every link on the way is followed; it need not exist.

    Raises:
        OSError: when the links lead in a circle.
    """
    place = Path(os.path.realpath(path))
    if place.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    return place


def put_in_place(fresh: Path, target: Path) -> None:
    """Rename the file `fresh` to `target` in one step, and flush the folder, so that a power cut keeps the rename."""
    _patiently(lambda: fresh.replace(target))
    flush_folder(target.parent)


def move_folder(folder: Path, target: Path) -> None:
    """Rename a folder to `target`, which does not exist. Raises OSError naming both."""
    _patiently(lambda: folder.rename(target))


def _patiently(rename: Callable[[], object]) -> None:
    """Rename; on Windows once more and again while another program, such as a virus scanner, has a file open."""
    for _ in range(_WINDOWS_TRIES if sys.platform == "win32" else 0):
        with contextlib.suppress(PermissionError):
            rename()
            return
        time.sleep(0.05)
    rename()


def flush_file(path: Path) -> None:
    """Return when the bytes of a file are on the disk."""
    with path.open("r+b" if sys.platform == "win32" else "rb") as file:
        os.fsync(file.fileno())


@contextlib.contextmanager
def flushing() -> Iterator[Callable[[Path], object]]:
    """Give a function that begins to flush a file on a thread of its own; who flushes it at last waits less."""
    pool = ThreadPoolExecutor(1)
    try:
        yield lambda path: pool.submit(flush_file, path)
    finally:
        pool.shutdown(cancel_futures=True)


def flush_folder(folder: Path) -> None:
    """Return when the names in a folder are on the disk; nothing to do on Windows and where folders have no flush."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        os.close(descriptor)


def flush_tree(folder: Path) -> None:
    """Return when every file and name below a folder is on the disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            flush_file(path)
        elif path.is_dir():
            flush_folder(path)
    flush_folder(folder)


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """Raise what goes wrong inside as an error of `path`: the file beside it means nothing to its reader."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error


def _put_right(target: Path) -> None:
    """Remove the half-written folder of a killed run; bring back a folder that it had moved aside."""
    for kind in ("new", "gone"):
        for left in target.parent.glob(f".{glob.escape(target.name)}.{kind}-*"):
            shutil.rmtree(left, ignore_errors=True)
    for aside in target.parent.glob(f".{glob.escape(target.name)}.old-*"):
        if target.exists():
            _remove(aside)
        else:
            move_folder(aside, target)


def _remove(aside: Path) -> None:
    """Remove a folder that was moved aside. It gets another name first: under its own one it is brought back whole."""
    if not aside.is_dir() or aside.is_symlink():
        aside.unlink(missing_ok=True)
        return
    gone = aside.with_name(".gone-".join(aside.name.rsplit(".old-", 1)))
    move_folder(aside, gone)
    flush_folder(gone.parent)
    shutil.rmtree(gone, ignore_errors=True)
