"""Reads all of an RTF text: every document in it, notes and boxes too, in whatever code page it was written.

The tables of destinations and of fonts come from striprtf. Its reader stops after the first document and leaves out
footnotes, headers and text boxes. It breaks off at half a character or a number out of range.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace

from striprtf.striprtf import charset_map, destinations

_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|([\r\n]+)|([^\\{}\r\n]+)|(\\)", re.DOTALL
)
_START = "{\\rtf"
_ASIDE = frozenset(
    (
        *("annotation", "dptxbxtext", "footnote", "shptxt"),
        *(f"{edge}{pages}" for edge in ("header", "footer") for pages in ("", "f", "l", "r")),
    )
)
"""Destinations whose text stands somewhere else on the page: here it follows the document."""
_TEXTS = frozenset(
    ("do", "fldrslt", "listtext", "object", "pntext", "result", "shp", "shpgrp", "shpinst", "upr", *_ASIDE)
)
"""Destinations that hold what a person reads."""
_SILENT = (frozenset(destinations) - _TEXTS) | frozenset(("sp", "sn", "sv", "blipuid", "xe", "tc", "listtable"))
_SIGNS = {
    **dict.fromkeys(("par", "sect", "page", "column", "line", "row", "nestrow", "softline", "lbr"), "\n"),
    **dict.fromkeys(("tab", "cell", "nestcell"), "\t"),
    "emdash": "\u2014",
    "endash": "\u2013",
    "emspace": "\u2003",
    "enspace": "\u2002",
    "qmspace": "\u2005",
    "bullet": "\u2022",
    "lquote": "\u2018",
    "rquote": "\u2019",
    "ldblquote": "\u201c",
    "rdblquote": "\u201d",
}
_ESCAPED = {"~": "\u00a0", "-": "\u00ad", "_": "\u2011", "\n": "\n", "\r": "\n", "\t": "\t"} | {
    sign: sign for sign in "{}\\"
}
_PAGES = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850", "ansi": "cp1252"}
_DEEPEST = 10_000


def rtf_text(text: str) -> str:
    """Return what a person reads in a text that holds RTF: documents one after the other, and what lies round them."""
    if _START not in text:
        return text
    pieces: list[str] = []
    at = 0
    while (start := text.find(_START, at)) >= 0:
        pieces.append(text[at:start])
        document = _Document()
        at = document.read(text, start)
        pieces.append(document.text())
    pieces.append(text[at:])
    lines = (line.strip() for line in "\n".join(pieces).replace("\0", "").splitlines())
    return "\n".join(line for line in lines if line)


@dataclass(frozen=True)
class _Group:
    """What ends with a group: whether its text shows, the font, how many signs follow a Unicode one in its stead."""

    silent: bool = False
    aside: bool = False
    starred: bool = False
    font: str = ""
    fonts: bool = False
    skip: int = 1


class _Document:
    """The state of one document."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._notes: list[str] = []
        self._bytes = bytearray()
        self._page = "cp1252"
        self._fonts: dict[str, str] = {}
        self._default = ""
        self._group = _Group()
        self._outer: list[_Group] = []
        self._too_deep = 0
        self._to_skip = 0

    def text(self) -> str:
        """Return what shows; halves of signs that found each other are one."""
        self._end_bytes()
        return "".join([*self._out, *self._notes]).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def read(self, text: str, start: int) -> int:
        """Read the document that begins at `start`, and return where the text goes on after it."""
        at = start
        while found := _TOKEN.match(text, at):
            at = found.end()
            word, number, byte, sign, brace, _, plain, _ = found.groups()
            if word is not None:
                if word == "bin":
                    at += max(0, int(number or 0))
                else:
                    self._word(word, number)
            elif byte is not None:
                self._byte(int(byte, 16))
            elif sign is not None:
                self._sign(sign)
            elif brace == "{":
                self._open()
            elif brace == "}":
                if self._close():
                    return at
            elif plain is not None:
                self._plain(plain)
        return len(text)

    def _open(self) -> None:
        self._end_bytes()
        self._to_skip = 0
        if len(self._outer) >= _DEEPEST:
            self._too_deep += 1
        else:
            self._outer.append(self._group)
            self._group = replace(self._group, starred=False)

    def _close(self) -> bool:
        """Whether the document ends with the group."""
        self._end_bytes()
        self._to_skip = 0
        if self._too_deep:
            self._too_deep -= 1
            return False
        self._group = self._outer.pop()
        return not self._outer

    def _word(self, word: str, number: str | None) -> None:
        self._end_bytes()
        value = int(number) if number else 0
        group = self._group
        if word == "u":
            self._unicode(value)
            return
        self._to_skip = 0
        if (group.starred and word not in _TEXTS) or word in _SILENT:
            self._group = replace(group, starred=False, silent=True, fonts=word == "fonttbl")
        elif word in _ASIDE:
            self._notes.append("\n")
            self._group = replace(group, aside=True)
        elif word in _SIGNS:
            self._show(_SIGNS[word])
        elif word == "uc":
            self._group = replace(group, skip=min(max(0, value), 20))
        elif word == "f":
            self._group = replace(group, font=str(value))
        elif word == "fcharset" and group.fonts:
            self._fonts[group.font] = charset_map.get(value, "")
        elif word == "plain":
            self._group = replace(group, font=self._default)
        elif word == "deff":
            self._default = str(value)
        elif word == "ansicpg":
            self._page = _known(f"cp{value}") or self._page
        elif word in _PAGES:
            self._page = _PAGES[word]

    def _unicode(self, value: int) -> None:
        self._to_skip = self._group.skip
        code = value + 0x10000 if value < 0 else value
        if 0 < code < 0x110000:
            self._show(chr(code))

    def _sign(self, sign: str) -> None:
        self._end_bytes()
        self._to_skip = 0
        if sign == "*":
            self._group = replace(self._group, starred=True)
        else:
            self._show(_ESCAPED.get(sign, ""))

    def _byte(self, value: int) -> None:
        if self._to_skip:
            self._to_skip -= 1
        elif not self._group.silent:
            self._bytes.append(value)

    def _plain(self, plain: str) -> None:
        self._end_bytes()
        skipped = min(self._to_skip, len(plain))
        self._to_skip -= skipped
        self._show(plain[skipped:])

    def _show(self, text: str) -> None:
        if not self._group.silent:
            (self._notes if self._group.aside else self._out).append(text)

    def _end_bytes(self) -> None:
        """Bytes of one font that follow each other may be one sign of two bytes."""
        if self._bytes:
            page = _known(self._fonts.get(self._group.font, "")) or self._page
            self._show(bytes(self._bytes).decode(page, "replace"))
            self._bytes.clear()


def _known(page: str) -> str:
    """The name of the code page where Python knows it, else nothing."""
    try:
        return codecs.lookup(page).name if page else ""
    except LookupError:
        return ""
