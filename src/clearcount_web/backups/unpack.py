"""The files that settings name, taken out of a backup before the settings can be read: on a machine that is empty."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from clearcount_web.platform.files import Guarded, make_file

FOLDER = "files"


def settings_of(backup: Path) -> Iterator[tuple[str, Path]]:
    """Yield each setting that names a file, with the copy that the backup holds."""
    for copy in sorted((backup / FOLDER).glob("*")):
        yield f"CLEARCOUNT_{copy.name.upper()}", copy


def fill_in(backup: Path, environ: Mapping[str, str] = os.environ) -> None:
    """Put each file that a setting names, and that is not there, in its place."""
    for name, copy in settings_of(backup):
        place = Path(environ.get(name, ""))
        if environ.get(name) and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            make_file(Guarded(place), copy.read_bytes())
