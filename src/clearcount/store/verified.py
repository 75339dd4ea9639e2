"""Data files held against the digest in their names, once per change of the file.

What was checked is remembered in STORE/verified.json, together with size, times and number of the file. So a count does
not read the whole store again. The list only ever saves work. Whoever cannot read it, or finds it damaged, holds every
file anew; and it speaks of file names, which say the digest themselves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from clearcount.errors import StoreDamaged
from clearcount.files import write_whole

LIST = "verified.json"
_THREADS = 2

State: TypeAlias = tuple[int, ...]
"""Size, time of the last write and of the last change of any kind in nanoseconds, number and device of a file."""


def digest_of(file: Path) -> str:
    """Return the first 32 hexadecimal digits of the SHA-256 of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:32]


def hold(store: Path, files: Sequence[Path]) -> None:
    """Return when each of `files` is known to have the bytes that were written.

    Raises:
        StoreDamaged: naming the first file that is missing, cannot be read, or is not what was written.
    """
    known = _read(store)
    fresh = _fresh(store, files, known)
    if not fresh:
        return
    with ThreadPoolExecutor(_THREADS) as pool:
        for _ in pool.map(lambda each: _hold_one(store, *each), fresh):
            pass
    _write(store, {**known, **{_name(store, file): state for file, state in fresh}})


def not_held(store: Path, files: Sequence[Path]) -> frozenset[Path]:
    """Return those of `files` that nobody has held since they last changed. Raises StoreDamaged for a missing one."""
    return frozenset(file for file, _ in _fresh(store, files, _read(store)))


def _fresh(store: Path, files: Sequence[Path], known: Mapping[str, State]) -> list[tuple[Path, State]]:
    """The files that are not what is remembered of them, with their state."""
    return [(file, state) for file in files if (state := _state(store, file)) != known.get(_name(store, file))]


def remember(store: Path, files: Iterable[Path]) -> None:
    """Note files as held, whose bytes the caller has just written, read back and digested."""
    found = {_name(store, file): _state(store, file) for file in files}
    if found:
        _write(store, {**_read(store), **found})


def forget(store: Path) -> None:
    """Drop the list: every file is held anew when it is next read."""
    (store / LIST).unlink(missing_ok=True)


def hold_bytes(store: Path, file: Path) -> None:
    """Return when a file has the bytes that were written, whatever is remembered of it. Raises StoreDamaged."""
    try:
        right = file.stem.endswith(f"-{digest_of(file)}")
    except FileNotFoundError:
        raise StoreDamaged(store, f"its file {_name(store, file)} is missing") from None
    except OSError as error:
        raise StoreDamaged(store, f"its file {_name(store, file)} cannot be read ({error.strerror})") from error
    if not right:
        raise StoreDamaged(store, f"its file {_name(store, file)} is not what was written")


def _hold_one(store: Path, file: Path, state: State) -> None:
    hold_bytes(store, file)
    if _state(store, file) != state:
        raise StoreDamaged(store, f"its file {_name(store, file)} is not what was written")


def _name(store: Path, file: Path) -> str:
    return file.relative_to(store).as_posix()


def _state(store: Path, file: Path) -> State:
    try:
        stat = file.stat()
    except FileNotFoundError:
        raise StoreDamaged(store, f"its file {_name(store, file)} is missing") from None
    except OSError as error:
        raise StoreDamaged(store, f"its file {_name(store, file)} cannot be read ({error.strerror})") from error
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino, stat.st_dev


def _read(store: Path) -> dict[str, State]:
    try:
        found = json.loads((store / LIST).read_bytes())
        states = {str(name): tuple(map(int, state)) for name, state in found["files"].items()}
        return states if found["sha256"] == _digest(states) else {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _write(store: Path, states: Mapping[str, State]) -> None:
    """Keep the list, without files that are gone; where the store may not be written, it is not kept."""
    kept = {name: state for name, state in sorted(states.items()) if (store / name).exists()}
    with suppress(OSError):
        write_whole(store / LIST, json.dumps({"files": kept, "sha256": _digest(kept)}) + "\n", mode=0o600)


def _digest(states: Mapping[str, State]) -> str:
    return hashlib.sha256(json.dumps(sorted(states.items())).encode()).hexdigest()
