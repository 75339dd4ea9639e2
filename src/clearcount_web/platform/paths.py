"""Which paths of the service must be guarded, from Django's settings, and how new ones are made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from clearcount_web.platform.databases import PUBLIC
from clearcount_web.platform.files import BESIDE, Guarded, faults, make_file, make_folder


def databases(of: Any = settings) -> Iterator[Guarded]:
    """Yield the file of each SQLite database of this door."""
    for alias, database in of.DATABASES.items():
        if str(database.get("ENGINE", "")).endswith("sqlite3"):
            shared = alias == PUBLIC and of.PUBLIC_GROUP is not None
            yield Guarded(
                Path(database["NAME"]).absolute(),
                "shared" if shared else "private",
                of.PUBLIC_GROUP if shared else None,
            )


def folders(of: Any = settings) -> Iterator[Guarded]:
    """Yield the service's folder and that of each SQLite database, each once."""
    found = {file.path.parent: Guarded(file.path.parent, file.kind, file.group) for file in databases(of)}
    own = Path(of.WEB_DIR).absolute()
    found.setdefault(own, Guarded(own))
    yield from found.values()


def guarded(of: Any = settings) -> Iterator[Guarded]:
    """Yield every path that nobody else may read or change."""
    yield from folders(of)
    for file in databases(of):
        yield file
        for beside in BESIDE:
            yield Guarded(file.path.with_name(file.path.name + beside), file.kind, file.group)
    for name in ("DUTY_KEY_FILE", "SEAL_KEY_FILE", "OCCURRENCE_EXPORT_DIR"):
        if path := getattr(of, name, None):
            yield Guarded(Path(path))
    for name in ("FORCE_FILE", "REPORT_KEYS_FILE", "SEAL_PUBLIC_FILE"):
        if path := getattr(of, name, None):
            yield Guarded(Path(path), "trusted")


def open_paths(of: Any = settings) -> list[str]:
    """Return a sentence for each guarded path that is open to others; empty when all is well."""
    return list(faults(guarded(of)))


def prepare() -> None:
    """Make folders and database files with their modes; narrow a folder only before it holds a database."""
    for folder in folders():
        fresh = not any(file.path.exists() for file in databases() if file.path.parent == folder.path)
        if not folder.path.exists() or (fresh and folder.path != Path.home()):
            make_folder(folder)
    for file in databases():
        make_file(file)
