"""ZIP packages (XLSX, ODS, DOCX) whose bytes depend on their content only."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_FIXED = (1980, 1, 1, 0, 0, 0)


def package(members: Mapping[str, bytes]) -> bytes:
    """Return a ZIP of `members` in their order, without a clock, owner or compression.

    Members are stored, not deflated: compressed bytes differ between zlib builds, and a plain search through the file
    then sees all that is in it.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, _FIXED)
            info.create_system = 3  # zipfile writes the machine it runs on; every file says Unix
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return out.getvalue()


def repacked(content: bytes) -> bytes:
    """Return the same members as the ZIP in `content`, packed by `package`."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return package({info.filename: archive.read(info) for info in archive.infolist()})
