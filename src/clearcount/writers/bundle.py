"""Writes a release: one file by its extension, or every file of a bundle."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from clearcount.errors import BundleError
from clearcount.files import write_whole
from clearcount.model.release import Release
from clearcount.writers.json_file import document_of, release_json
from clearcount.writers.printed_release import PrintedRelease, printed_release

Writer: TypeAlias = Callable[[PrintedRelease], bytes]

BUNDLE = {
    "counts.csv": "csv_files:counts",
    "denominators.csv": "csv_files:denominators",
    "counts.csv-metadata.json": "csv_files:metadata",
    "table.csv": "csv_files:wide",
    "codes.csv": "csv_files:code_list",
    "counts.xlsx": "xlsx:xlsx",
    "counts.ods": "ods:ods",
    "response.html": "html:page",
    "response-body.html": "html:fragment",
    "response.docx": "letter:letter",
    "chart.svg": "svg:chart",
}
"""Every file that a bundle may have but release.json, and what writes it.

A writer's library is imported when it is needed.
"""

EXTENSIONS = {
    ".csv": "counts.csv",
    ".html": "response.html",
    ".xlsx": "counts.xlsx",
    ".ods": "counts.ods",
    ".docx": "response.docx",
    ".svg": "chart.svg",
    ".json": "release.json",
}
"""The file of a bundle that each extension stands for."""


def _writer(name: str) -> Writer:
    module, function = BUNDLE[name].split(":")
    writer: Writer = getattr(importlib.import_module(f"clearcount.writers.{module}"), function)
    return writer


def bundle_files(release: Release) -> dict[str, bytes]:
    """Return every file of the bundle by name, release.json last."""
    printed = printed_release(release)
    files = printed_files(printed)
    return {**files, "release.json": release_json(printed, document_of(release), files)}


def printed_files(release: PrintedRelease) -> dict[str, bytes]:
    """Return every file of the bundle by name but release.json."""
    return {name: printed_file(name, release) for name in names_of(release)}


def names_of(release: PrintedRelease) -> tuple[str, ...]:
    """Return the names of the files that the bundle of a release has, without release.json."""
    return tuple(name for name in BUNDLE if name != "codes.csv" or release.has_code_list)


def printed_file(name: str, release: PrintedRelease) -> bytes:
    """Return one file of the bundle but release.json."""
    return _writer(name)(release)


def write_bundle(release: Release, folder: Path) -> tuple[str, ...]:
    """Write every file of the bundle into `folder`, which is absent or empty; returns the names written.

    The caller makes the bundle whole or absent by writing beside its place and renaming the folder once.

    Raises:
        BundleError: when `folder` holds something or is not a folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BundleError(f"{folder} is not an empty folder; name a new one")
    files = bundle_files(release)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return tuple(files)


def write(release: Release, path: Path) -> None:
    """Write one file; its extension says what it holds.

    Raises:
        BundleError: for an extension that no writer knows.
    """
    name = EXTENSIONS.get(path.suffix.lower())
    if name is None:
        raise BundleError(
            f"{path.name}: no writer for {path.suffix or 'a name without extension'}; "
            f"use one of {', '.join(EXTENSIONS)}"
        )
    printed = printed_release(release)
    made = release_json(printed, document_of(release), {}) if name == "release.json" else _writer(name)(printed)
    write_whole(path, made)
