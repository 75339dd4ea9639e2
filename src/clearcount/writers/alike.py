"""Compares a file with one of its kind that cannot be made again byte for byte: by a list of what the writers can make.

That is so for a letter in a force's template that is not here, and for a bundle of another version. Every kind of part,
element, attribute, value, style rule and text must be one that the file made here holds too. Or it is a number in place
of a number, or a text that release.json lists. Everything else is named by its place and not repeated.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from clearcount.errors import ForeignFileError
from clearcount.foreign import Package, open_package, parse_json, parse_xml
from clearcount.writers.json_text import as_text
from clearcount.writers.printed import plain
from clearcount.writers.remade import PACKAGES

_NUMBER = re.compile(r"[-+]?\d{1,8}(?:\.\d{1,6})?(?:mm|cm|in|pt|px|em|rem|%)?|[0-9A-F]{8}")
"""A measure or a revision number: a value that says nothing by itself. A colour is none, because it can hide."""
_REFERENCE = re.compile(r"(?:rId|Id|_Toc|table|sheet|header|footer|image)?\d{1,9}(?:\.xml|\.png|\.jpe?g)?")
_CHART = re.compile(rb"<svg\b.*?</svg>", re.DOTALL)
_XML = (".xml", ".rels")
_BLOCKS = frozenset(("style", "script"))


@dataclass
class Vocabulary:
    """What a file of one kind may hold: tags, the values of each attribute, texts and style rules."""

    tags: set[str] = field(default_factory=set)
    values: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    texts: set[str] = field(default_factory=set)

    def learn(self, pieces: Iterable[PrintedElement]) -> None:
        """Take up every piece of a file that was made here."""
        for piece in pieces:
            self.tags.add(piece.tag)
            for name, value in piece.attributes:
                self.values[piece.tag, name].add(value)
            self.texts.update(piece.texts)

    def stranger(self, piece: PrintedElement, known: Collection[str], *, numbers: bool) -> str:
        """Return what of `piece` no writer makes, in words, or nothing. With `numbers` any number may be a value, and
        `known` lists further elements, attributes and values too.
        """
        if piece.tag not in self.tags and not (numbers and piece.tag in known):
            return "an element that is not made here"
        for name, value in piece.attributes:
            given = self.values.get((piece.tag, name))
            if given is None and not (numbers and _attribute(piece.tag, name) in known):
                return f"an attribute that is not made here, in {_local(piece.tag)}"
            foreign = numbers and (plain(value) in known or _says_nothing(value))
            if value not in (given or ()) and not foreign:
                return f"a value of the attribute {_local(name)}, in {_local(piece.tag)}"
        if any(text not in self.texts and text not in known for text in piece.texts):
            return f"a text in {_local(piece.tag)}"
        return ""


@dataclass(frozen=True)
class PrintedElement:
    """One element: where it stands, its attributes, and the plain texts directly in it or behind it."""

    where: str
    tag: str
    attributes: tuple[tuple[str, str], ...] = ()
    texts: tuple[str, ...] = ()


def strangers(name: str, given: bytes, made: bytes, known: Collection[str], *, numbers: bool = False) -> Iterator[str]:
    """Yield each place of the file `name` with something that neither `made` holds nor `known` lists.

    With `numbers` an attribute may hold any measure, as in a template that is not here.
    """
    try:
        found = list(_strangers(name, given, made, known, numbers=numbers))
    except ForeignFileError:
        found = ["the whole file, which cannot be read"]
    for place in found[:3]:
        yield f"{name}: holds what clearcount does not write: {place}"
    if len(found) > 3:
        yield f"{name}: holds what clearcount does not write in {len(found) - 3} more places"


def _strangers(name: str, given: bytes, made: bytes, known: Collection[str], *, numbers: bool) -> Iterator[str]:
    vocabulary = Vocabulary()
    if name.endswith(PACKAGES):
        with open_package(given, name) as here, open_package(made, name) as there:
            if _envelopes(given) - _envelopes(made):
                yield "how it is packed (times, extra fields, comments)"
            for part in there.members:
                vocabulary.learn(_of_part(part, there.read(part)))
            for place, part in enumerate(here.members, start=1):
                content = here.read(part)
                if not _is_known(part, content, there, known):
                    yield f"part {place} of {len(here.members)}"
                    continue
                yield from _unknown(_of_part(part, content), vocabulary, known, numbers=numbers)
        return
    vocabulary.learn(_pieces(name, made))
    if name.endswith(".json") and as_text(parse_json(given, name)) != given:
        yield "how it is written (spaces, order or escapes)"
    if _CHART.findall(given) != _CHART.findall(made):
        yield "its chart"  # bars are numbers, and a chart follows from the cells alone
    yield from _spaces(given, made)
    yield from _unknown(_pieces(name, given), vocabulary, known, numbers=numbers)


def _is_known(part: str, content: bytes, there: Package, known: Collection[str]) -> bool:
    """Whether a part is one that the writer makes too; one that is no XML must have the same bytes."""
    if _named(part, content) in known:
        return True
    if part in there.members:
        return part.endswith(_XML) or content == there.read(part)
    return part.endswith(_XML) and _made_here(part, there.members)


def _envelopes(content: bytes) -> set[tuple[object, ...]]:
    """How the parts of a package are packed, apart from what they hold."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            (info.date_time, info.compress_type, info.external_attr, info.create_system, info.extra, info.comment)
            for info in archive.infolist()
        }


def _spaces(given: bytes, made: bytes) -> Iterator[str]:
    """Lines with white space of a kind that no line made here has: runs, tabs, spaces at an end."""
    usual = {re.sub(rb"\S+", b"x", line) for line in made.split(b"\n")}
    for place, line in enumerate(given.split(b"\n"), start=1):
        if re.search(rb"[^\S ]| $|(?<=\S)  ", line) and re.sub(rb"\S+", b"x", line) not in usual:
            yield f"line {place}, white space"


def _made_here(part: str, members: Collection[str]) -> bool:
    """Whether a part is of a name that the writer gives, but for its number."""
    return re.sub(r"\d+(?=\.)", "", part) in {re.sub(r"\d+(?=\.)", "", member) for member in members}


def _unknown(
    pieces: Iterable[PrintedElement], vocabulary: Vocabulary, known: Collection[str], *, numbers: bool
) -> Iterator[str]:
    for piece in pieces:
        if what := vocabulary.stranger(piece, known, numbers=numbers):
            yield f"{piece.where}, {what}"


def novelties(name: str, content: bytes, base: bytes) -> set[str]:
    """Return what a package is made of that `base` has not: parts, elements, attributes, values, texts; no numbers.

    With these as `known` nothing in the package is a stranger to `base`.

    Raises:
        ForeignFileError: when a file cannot be read.
    """
    usual, found = Vocabulary(), set[str]()
    with open_package(content, name) as package, open_package(base, name) as own:
        for part in own.members:
            usual.learn(_of_part(part, own.read(part)))
        for part in package.members:
            body = package.read(part)
            if not _made_here(part, own.members):
                found.add(_named(part, body))
            for piece in _of_part(part, body):
                found.update(piece.texts)
                found.update({piece.tag} - usual.tags)
                for attribute, value in piece.attributes:
                    if (given := usual.values.get((piece.tag, attribute))) is None:
                        found.add(_attribute(piece.tag, attribute))
                    if value not in (given or ()):
                        found.add(plain(value))
    return {text for text in found - usual.texts if text and not _says_nothing(text)}


def _says_nothing(value: str) -> bool:
    return bool(_NUMBER.fullmatch(value) or _REFERENCE.fullmatch(value))


def _attribute(tag: str, name: str) -> str:
    return f"{tag} {name}"


def _named(part: str, content: bytes) -> str:
    """What stands for a part in a list: its name, and the digest of one that holds no words."""
    return part if part.endswith(_XML) else f"{part} {hashlib.sha256(content).hexdigest()}"


def _of_part(part: str, content: bytes) -> Iterator[PrintedElement]:
    if not part.endswith(_XML):
        return
    for place, element in enumerate(parse_xml(content, part).iter(), start=1):
        texts = tuple(filter(None, (plain(element.text or ""), plain(element.tail or ""))))
        yield PrintedElement(f"part {part}, element {place}", element.tag, tuple(element.items()), texts)


def _pieces(name: str, content: bytes) -> Iterator[PrintedElement]:
    if name.endswith(".json"):
        yield from _of_json(parse_json(content, name))
        return
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise ForeignFileError(f"{name}: is not UTF-8") from None
    if name.endswith((".html", ".svg")):
        parser = _Markup()
        parser.feed(text)
        parser.close()
        yield from parser.pieces
    else:
        yield from (
            PrintedElement(f"line {place}", "", (), (line,)) for place, line in enumerate(text.split("\n"), start=1)
        )


def _of_json(value: object) -> Iterator[PrintedElement]:
    if isinstance(value, dict):
        for place, (key, part) in enumerate(value.items(), start=1):
            yield PrintedElement(f"entry {place}", "key", (), (str(key),))
            yield from _of_json(part)
    elif isinstance(value, list):
        for part in value:
            yield from _of_json(part)
    else:
        yield PrintedElement("a value", "value", (), (plain(str(value)),))


class _Markup(HTMLParser):
    """Collects the pieces of a page or a chart; the rules of a style sheet are texts of their own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[PrintedElement] = []
        self._inside = ""

    def _add(self, tag: str, attributes: tuple[tuple[str, str], ...] = (), texts: tuple[str, ...] = ()) -> None:
        self.pieces.append(PrintedElement(f"line {self.getpos()[0]}", tag, attributes, texts))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        self._add(tag, tuple((name, value or "") for name, value in attrs))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._add(tag, tuple((name, value or "") for name, value in attrs))

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in _BLOCKS:
            self._add(self._inside, (), tuple(filter(None, map(plain, re.split(r"(?<=[{};])", data)))))
        elif text := plain(data):
            self._add("text", (), (text,))

    def handle_comment(self, data: str) -> None:
        self._add("comment")

    def handle_decl(self, decl: str) -> None:
        self._add("declaration", (("", decl),))

    def unknown_decl(self, data: str) -> None:
        self._add("other declaration")

    def handle_pi(self, data: str) -> None:
        self._add("instruction", (("", data),))


def _local(name: str) -> str:
    """The name of an element or attribute that the writers make, without its namespace."""
    return name.rpartition("}")[2] or "the text"
