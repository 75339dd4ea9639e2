"""Making a backup, putting one back, and trying one out, each whole or not at all.

A backup is a folder: `backup.json` names every file with its SHA-256. The staff database is copied before the public
one. So a report that arrives in between is in the public copy, and the worker takes it in after a restore.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections, transaction

from clearcount.errors import ClearcountError
from clearcount.files import whole_folder
from clearcount.workflow.storing import kept_still
from clearcount_web.audit.actions import CHAIN_NAMES, record
from clearcount_web.audit.anchors import anchor_of, note
from clearcount_web.audit.models import Head
from clearcount_web.backups.databases import BackupFault, dump, is_sqlite, put_back, whole
from clearcount_web.platform.databases import PUBLIC, STAFF
from clearcount_web.platform.paths import prepare

FORMAT = 1
MANIFEST = "backup.json"
MARK = "restore-in-progress"
"""In the service's folder while a restore has begun and not ended; no door opens while it is there."""
_FILES = (
    "DUTY_KEY_FILE", "REPORT_KEYS_FILE", "SEAL_KEY_FILE", "SEAL_PUBLIC_FILE", "FORCE_FILE", "POLICY_FILE",
)  # fmt: skip


@dataclass(frozen=True)
class Item:
    """One thing of a backup: its name there, its kind, and where it lives."""

    name: str
    kind: str
    place: Path | None


def items() -> Iterator[Item]:
    """Yield what a backup holds, in the order in which it is copied."""
    for alias, name in ((STAFF, "staff"), (PUBLIC, "public")):
        kind = "sqlite" if is_sqlite(settings.DATABASES[alias]) else "postgresql"
        yield Item(f"{name}.{'sqlite3' if kind == 'sqlite' else 'pgdump'}", kind, None)
    if settings.STORE_DIR is not None:
        yield Item("store", "folder", settings.STORE_DIR)
    if settings.READING_STORE_DIR not in (None, settings.STORE_DIR):  # it keeps what the readers decided
        yield Item("reading-store", "folder", settings.READING_STORE_DIR)
    for setting in _FILES:
        if (path := getattr(settings, setting)) is not None:
            yield Item(f"files/{setting.lower()}", "file", path)


def backup(out: Path, *, at: datetime) -> int:
    """Write a backup to the folder `out`, readable by its owner alone; return the number of its files.

    Raises:
        BackupFault: when something cannot be copied; nothing is left at `out` then.
    """
    try:
        with whole_folder(out, replace=False, mode=0o700) as fresh:
            (fresh / "files").mkdir(mode=0o700)
            for item in items():
                _copy(item, fresh / item.name)
            named = {str(path.relative_to(fresh)): _digest(path) for path in _plain(fresh)}
            told = {
                "format": FORMAT,
                "made_at": at.isoformat(),
                "items": [[i.name, i.kind] for i in items()],
                "files": named,
            }
            (fresh / MANIFEST).write_text(json.dumps(told, indent=1, sort_keys=True), encoding="utf-8")
            for path in _plain(fresh):
                path.chmod(0o600)
    except (OSError, ClearcountError) as error:
        raise BackupFault(f"the backup cannot be written: {error}") from None
    with transaction.atomic(using=STAFF):
        record("backup.made", by="command", kind="backup", key=at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return len(named)


def _copy(item: Item, to: Path) -> None:
    if item.kind in ("sqlite", "postgresql"):
        dump(settings.DATABASES[STAFF if item.name.startswith("staff") else PUBLIC], to)
    elif item.place is None or not item.place.exists():
        raise BackupFault(f"{item.name}: {item.place} is not there; mend the setting that names it")
    elif item.kind == "folder":
        with kept_still(item.place):
            shutil.copytree(item.place, to, symlinks=True)
    else:
        shutil.copyfile(item.place, to)


def read(folder: Path) -> dict[str, Any]:
    """Return what `backup.json` says, when every file is there and unchanged.

    Raises:
        BackupFault: naming the file that is missing or damaged.
    """
    try:
        told: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = dict(told["files"])
    except (OSError, ValueError, KeyError, TypeError):
        raise BackupFault(f"{folder} is not a whole backup: its {MANIFEST} cannot be read") from None
    if told.get("format") != FORMAT:
        raise BackupFault(f"{folder} has format {told.get('format')}; this version reads {FORMAT}")
    for name, digest in files.items():
        if not (folder / name).is_file() or _digest(folder / name) != digest:
            raise BackupFault(f"{name} is missing from the backup or was changed; use another backup")
    for name, kind in told["items"]:
        if kind in ("sqlite", "postgresql"):
            whole(kind, folder / name)
    return told


def restore(folder: Path, *, replace: bool) -> list[str]:
    """Put a backup back where the settings say that things live; return what was put back.

    Everything is checked first and lies beside its place before the first thing is changed. From then on a mark keeps
    the doors closed until all of it is done. A restore that was killed is begun again, with the same result.

    Raises:
        BackupFault: when the backup is damaged, does not fit these settings, or would overwrite without `replace`.
    """
    told = read(folder)
    here = {item.name: item for item in items()}
    wanted = dict(told["items"])
    other = sorted(name for name, kind in wanted.items() if name not in here or here[name].kind != kind)
    if other:
        raise BackupFault(f"the settings name no place for {', '.join(other)}; set them as they were, or use its kind")
    mark = Path(settings.WEB_DIR) / MARK
    if not replace and not mark.exists() and (there := [name for name in wanted if _occupied(here[name], folder)]):
        raise BackupFault(f"{', '.join(there)} would be overwritten; stop the service and add --replace")
    connections.close_all()
    prepare()
    for name, kind in wanted.items():
        if kind in ("folder", "file"):
            _stage(folder / name, here[name])
    _write_mark(mark)
    for name, kind in wanted.items():
        if kind in ("sqlite", "postgresql"):
            put_back(settings.DATABASES[STAFF if name.startswith("staff") else PUBLIC], folder / name)
        else:
            _swap(here[name])
    _note_restored(str(told["made_at"]))
    mark.unlink()
    return list(wanted)


def _occupied(item: Item, backup: Path) -> bool:
    """Whether something else than what the backup holds is where the item belongs."""
    if item.place is not None:
        same = item.place.is_file() and _digest(item.place) == _digest(backup / item.name)
        return item.place.exists() and not same
    alias = STAFF if item.name.startswith("staff") else PUBLIC
    if item.kind == "sqlite":
        path = Path(settings.DATABASES[alias]["NAME"])
        return path.exists() and path.stat().st_size > 0
    return bool(connections[alias].introspection.table_names())


def _beside(place: Path) -> Path:
    return place.with_name(f".{place.name}.restoring")


def _stage(copy: Path, item: Item) -> None:
    assert item.place is not None
    fresh = _beside(item.place)
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.unlink(missing_ok=True)
    item.place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if item.kind == "folder":
        shutil.copytree(copy, fresh, symlinks=True)
    else:
        shutil.copyfile(copy, fresh)
        fresh.chmod(0o600)


def _swap(item: Item) -> None:
    """Move what was staged to its place. After a kill in between the staged one is there and the old one is aside."""
    assert item.place is not None
    fresh, aside = _beside(item.place), item.place.with_name(f".{item.place.name}.replaced")
    if not fresh.exists():
        return  # done before the kill
    if item.kind == "folder":
        shutil.rmtree(aside, ignore_errors=True)
        if item.place.exists():
            item.place.rename(aside)
    fresh.replace(item.place)
    shutil.rmtree(aside, ignore_errors=True)


def _write_mark(mark: Path) -> None:
    with mark.open("w", encoding="ascii") as file:
        file.write("begun\n")
        file.flush()
        os.fsync(file.fileno())


def _note_restored(made_at: str) -> None:
    """Write the restore into both chains, and beside the heads outside: what came after the backup is given up."""
    for alias, name in CHAIN_NAMES.items():
        head = Head.objects.using(alias).filter(id=1).values("number", "mac").first()
        if head is not None:
            note(anchor_of(name, head, settings.AUDIT_KEYS[alias], restored=True), settings.AUDIT_ANCHORS)
        with transaction.atomic(using=alias):
            record("backup.restored", by="command", kind="backup", key=made_at, using=alias)


def _plain(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
