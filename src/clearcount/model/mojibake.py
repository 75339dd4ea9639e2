"""Finds letters that were read in the wrong encoding, as `â€™` for an apostrophe.

UTF-8 writes a sign beyond ASCII as two to four bytes. Read as the encodings of Windows, DOS or the Macintosh they
become two to four signs, the first of which is often a letter. What is found here is damage, so it is no part of a
word (`clearcount.matching.folding`); whether it is mended is the layout's to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_SIGNS = (
    "\u2010\u2011\u2013\u2014\u2015\u2018\u2019\u201a\u201c\u201d\u201e\u2022\u2026\u2032\u2033\u2039\u203a"
    "\u20ac\u2122\u2212\ufeff\ufffd"
)
"""Signs of three bytes that stand beside words."""
_NARROW = ("cp1250", "cp1251", "cp1253", "cp1254", "cp437", "cp850", "mac_roman")
"""Encodings in which those signs alone are looked for: there two bytes often make a true pair of letters."""
_LATIN = "".join(map(chr, range(0xA0, 0x100)))
_DRAWN = ("cp437", "cp850", "mac_roman")
"""Encodings in which the first byte of a Latin letter is a line or a sign, as in `├®`: no true pair."""


def _byte(byte: int, encoding: str) -> str:
    """The sign of a byte; where the encoding has none, programs take the control character of its number."""
    try:
        return bytes((byte,)).decode(encoding)
    except UnicodeDecodeError:
        return chr(byte)


def _misread(encoding: str) -> Iterator[str]:
    """The signs as they look in another encoding, those that hold a letter: others end a word by themselves."""
    for sign in (*_SIGNS, *(_LATIN if encoding in _DRAWN else "")):
        text = "".join(_byte(byte, encoding) for byte in sign.encode())
        if any(unicodedata.category(part)[0] in "LM" for part in text):
            yield text


_CONTINUED = "".join(sorted({_byte(byte, name) for byte in range(0x80, 0xC0) for name in ("cp1252", "latin-1")}))
"""What a byte that is not the first of its sign looks like in Windows-1252 and Latin-1."""
_SEQUENCES = sorted({text for encoding in _NARROW for text in _misread(encoding)}, key=lambda text: (-len(text), text))
PATTERN = "|".join(
    (
        f"[\u00c2\u00c3][{_CONTINUED}]",
        "[\u00c4\u00c5][\u0080-\u00bf]",
        f"[\u00e2\u00ef][{_CONTINUED}]{{2}}",
        *_SEQUENCES,
        "\u00e2\u20ac",  # its third sign is often lost
        f"\u00f0[\u0178\u009f][{_CONTINUED}]{{0,2}}",
    )
)
"""In the syntax that Python's `re` and RE2 share; the longest of each kind is taken."""
MOJIBAKE = re.compile(PATTERN)
DAMAGED = f"{PATTERN}|\ufffd"
"""The same, and the sign that programs put for bytes that they could not read."""
