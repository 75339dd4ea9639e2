"""The words of a letter that came as a mail or a Word file; read in a process apart, as every foreign file is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from typing import BinaryIO

from clearcount.errors import RequestError
from clearcount.foreign import open_package, parse_xml

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MAIN = "word/document.xml"
_SPACES = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n"}


def words_apart(stream: BinaryIO, kind: str, title: str) -> Iterator[str]:
    """Give the words of a letter of one kind, which messages call `title`.

    Raises:
        ClearcountError: for what cannot be read; any other exception becomes a sentence of `read_apart`.
    """
    yield WORDS_OF[kind](stream.read(), title)


def _of_mail(content: bytes, title: str) -> str:
    body = message_from_bytes(content, policy=policy.default).get_body(preferencelist=("plain",))
    if body is None:
        raise RequestError(f"{title}: the mail has no plain text; save its words as a text file")
    return str(body.get_content())


def _of_word(content: bytes, title: str) -> str:
    """The paragraphs of a Word file, those in tables too, with a blank line between two."""
    with open_package(content, title) as package:
        root = parse_xml(package.read(_MAIN), title)
    paragraphs = []
    for paragraph in root.iter(f"{_W}p"):
        parts = (
            _SPACES.get(each.tag) or (each.text or "" if each.tag == f"{_W}t" else "") for each in paragraph.iter()
        )
        paragraphs.append("".join(parts))
    return "\n\n".join(paragraphs)


WORDS_OF: dict[str, Callable[[bytes, str], str]] = {".docx": _of_word, ".eml": _of_mail}
"""How the words of a letter are read, by the ending of its name."""
