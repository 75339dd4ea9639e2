"""Parses XML of packages: no document type, so that nothing can expand, and no more depth than an office file has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser
from xml.parsers import expat

from clearcount.errors import ForeignFileError
from clearcount.foreign.bounds import MEGABYTE

DEEPEST = 256
"""libxml2 stops there as well."""
LARGEST = 64 * MEGABYTE
MOST_ELEMENTS = 2_000_000
"""A tree takes some 150 bytes for each element, so that so many take less than half a gigabyte."""


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
        self._depth = self._elements = 0

    def doctype(self, name: str, public: str, system: str) -> None:
        raise ForeignFileError(f"{self._name}: holds a document type, which can hide or multiply text; save it again")

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise ForeignFileError(f"{self._name}: holds more than {MOST_ELEMENTS:,} elements; save a part of it")
        if self._depth > DEEPEST:
            raise ForeignFileError(f"{self._name}: elements lie more than {DEEPEST} deep; the file is damaged")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def local_name(tag: str) -> str:
    """Return a name without its namespace: `{http://…}sheet` and `x:sheet` are `sheet`."""
    return tag.rpartition("}")[2].rpartition(":")[2]


class XmlStream:
    """Parses XML that is too large for a tree; the handlers get local names. `name` is what messages call it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def parse(
        self,
        content: BinaryIO,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None],
        text: Callable[[str], None],
        named: Callable[[str], str] = local_name,
    ) -> Iterator[None]:
        """Feed the content to the handlers, and pause after each piece of it.

        `named` makes of a tag `uri}local` what the handlers get; it is called once a tag.

        Raises:
            ForeignFileError: for a document type, or where it is not XML.
        """
        names: dict[str, str] = {}
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.buffer_size = 64 << 10

        def name_of(tag: str) -> str:
            if tag not in names:
                if len(names) > _MOST_NAMES:
                    raise ForeignFileError(f"{self._name}: holds more kinds of elements than a workbook has")
                names[tag] = named(tag)
            return names[tag]

        def started(tag: str, attributes: dict[str, str]) -> None:
            start(names.get(tag) or name_of(tag), attributes)

        def ended(tag: str) -> None:
            end(names.get(tag) or name_of(tag))

        parser.StartElementHandler = started
        parser.EndElementHandler = ended
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = self._refuse_type
        try:
            while piece := content.read(_PIECE):
                parser.Parse(piece, False)
                yield
            parser.Parse(b"", True)
        except (expat.ExpatError, LookupError, ValueError):
            raise ForeignFileError(f"{self._name}: is not XML that can be read; save the file again") from None
        yield

    def _refuse_type(self, name: str, system: str | None, public: str | None, internal: bool) -> None:
        raise ForeignFileError(f"{self._name}: holds a document type, which can hide or multiply text; save it again")


_PIECE = 64 << 10
_MOST_NAMES = 10_000
