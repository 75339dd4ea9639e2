"""Parses XML of packages: no document type, so that nothing can expand, and no more depth than an office file has."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from clearcount.errors import ForeignFileError
from clearcount.foreign.bounds import MEGABYTE

DEEPEST = 256
"""libxml2 stops there as well."""
LARGEST = 64 * MEGABYTE


def parse_xml(content: bytes, name: str) -> Element:
    """Return the root element; `name` is what messages call the file or part.

    Raises:
        ForeignFileError: for a text that is too large, too deep, has a document type, or is not XML.
    """
    if len(content) > LARGEST:
        raise ForeignFileError(
            f"{name}: holds more than {LARGEST // MEGABYTE} MB of XML; save it again, or a part of it"
        )
    parser = XMLParser(target=_Bounded(name))  # noqa: S314  the target refuses document types, so nothing expands
    try:
        parser.feed(content)
        root: Element = parser.close()
    except (ParseError, ValueError, LookupError):
        raise ForeignFileError(f"{name}: is not XML that can be read; save the file again") from None
    return root


class _Bounded(TreeBuilder):
    """Builds a tree and counts how deep it is. The parser hands over a document type before it reads its entities."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._depth = 0

    def doctype(self, name: str, public: str, system: str) -> None:
        raise ForeignFileError(f"{self._name}: holds a document type, which can hide or multiply text; save it again")

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ForeignFileError(f"{self._name}: elements lie more than {DEEPEST} deep; the file is damaged")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)
