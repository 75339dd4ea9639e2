"""Text as people read it, from columns that hold HTML or RTF; plain text is kept byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import pyarrow as pa

from clearcount.importers.layout import TextFormat

_BLOCKS = {"p", "br", "div", "li", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre"}
_SILENT = {"script", "style", "head", "title"}


def plain_text(values: pa.Array, form: TextFormat) -> pa.Array:
    """The texts without their markup."""
    if form == "plain":
        return values
    read: Callable[[str], str] = _from_html if form == "html" else _from_rtf
    return pa.array([read(text) for text in values.to_pylist()], pa.string())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS and tag not in ("br", "hr"):
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data)


def _from_html(text: str) -> str:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    lines = (line.strip() for line in "".join(reader.pieces).splitlines())
    return "\n".join(line for line in lines if line)


def _from_rtf(text: str) -> str:
    if not text.lstrip().startswith("{\\rtf"):
        return text
    from striprtf.striprtf import rtf_to_text  # only for layouts that have RTF

    return str(rtf_to_text(text, errors="replace"))  # type: ignore[no-untyped-call]
