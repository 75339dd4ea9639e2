"""What a scan reports, and the limits it keeps."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

LARGEST = 200_000_000
"""Bytes of a file, and of all that a package unpacks to: more is not an answer, and may be a decompression bomb."""

# Zero-width and bidirectional controls, tags, variation selectors and private use: characters that nobody sees and that
# can carry text. Joiners inside words (U+200C, U+200D) and plain direction marks belong to ordinary spelling.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u202a-\u202e\u2060-\u2069\ufeff\ufe00-\ufe0d"
    "\ue000-\uf8ff\U000e0000-\U000e01ef\U000f0000-\U0010ffff]"
)


def words(text: str) -> frozenset[str]:
    """Return the words of `text`, as a set of names."""
    return frozenset(text.split())


NOT_A_PACKAGE = "file that is not the package its name says"
TOO_LARGE = "package that unpacks to more than an answer can hold"
DOCUMENT_TYPE = "document type that may load or expand something"
NOT_TO_BE_PARSED = frozenset({NOT_A_PACKAGE, TOO_LARGE, DOCUMENT_TYPE})
"""What makes a file unfit for any further reading."""


UNPACKED = (
    *(zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError, ValueError),
    *(struct.error, KeyError),
)
"""How a damaged or encrypted member of a package shows itself."""


@dataclass(frozen=True)
class Finding:
    """One thing in a file that a reader would not see or an answer does not need. It never quotes what is hidden."""

    file: str
    kind: str
    where: str

    def __str__(self) -> str:
        return f"{self.file}: {self.kind} ({self.where})"


def unseen_characters(file: str, text: str, where: str) -> Iterator[Finding]:
    """Yield characters in `text` that nobody sees."""
    if match := _UNSEEN.search(text):
        yield Finding(file, f"invisible character U+{ord(match.group()):04X}", where)
