"""Placeholders in the text of a document: `{{ reference }}`, wherever Word cut it into runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from docx.oxml.ns import qn

BRACES = re.compile(r"\{\{([^{}]*)\}\}")
_STRAY = re.compile(r"\{\{|\}\}|\{%|%\}")
_CHARACTERS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

Element = Any
"""An lxml element of a document; python-docx has no types for them."""


def _pieces(paragraph: Element) -> list[tuple[Element, str]]:
    """The text of a paragraph in order, each piece with the element that holds it."""
    return [
        (child, child.text or "" if child.tag == qn("w:t") else _CHARACTERS[child.tag])
        for run in paragraph.iter(qn("w:r"))
        for child in run
        if child.tag == qn("w:t") or child.tag in _CHARACTERS
    ]


def text_of(paragraph: Element) -> str:
    """Return the text of a paragraph, its runs joined."""
    return "".join(text for _, text in _pieces(paragraph))


def names_in(paragraph: Element) -> tuple[str, ...]:
    """Return the names in double braces, in order, as typed but for spaces around them."""
    return tuple(match[1].strip(" \u00a0") for match in BRACES.finditer(text_of(paragraph)))


def stray_braces(text: str) -> str:
    """Return the first mark of a placeholder that is not closed or not opened, or empty."""
    found = _STRAY.search(BRACES.sub("", text))
    return found[0] if found else ""


def alone(paragraph: Element) -> bool:
    """Return whether a paragraph holds one placeholder and nothing else that a reader sees."""
    return BRACES.fullmatch(text_of(paragraph).strip()) is not None and not list(paragraph.iter(qn("w:drawing")))


def first_run(paragraph: Element) -> Element:
    """Return the run in which the paragraph's first placeholder opens."""
    text = text_of(paragraph)
    at = text.index("{{")
    for element, piece in _pieces(paragraph):
        if at < len(piece):
            return element.getparent()
        at -= len(piece)
    raise ValueError("the paragraph has no placeholder")


def fill_words(paragraph: Element, values: Mapping[str, str]) -> None:
    """Put the values in the places of their names; a value has the look of the run in which its braces open."""
    for match in reversed(list(BRACES.finditer(text_of(paragraph)))):
        _replace(paragraph, match.start(), match.end(), values[match[1].strip(" \u00a0")])


def _replace(paragraph: Element, start: int, end: int, value: str) -> None:
    at = 0
    for element, text in _pieces(paragraph):
        first, last = max(start - at, 0), min(end - at, len(text))
        if first < last:
            opening = at <= start
            element.text = text[:first] + (value if opening else "") + text[last:]
            element.set(_SPACE, "preserve")
            if not element.text:
                _drop(element)
        at += len(text)


def _drop(element: Element) -> None:
    """Takes an empty text away, and its run when nothing else is in it."""
    run = element.getparent()
    run.remove(element)
    if all(child.tag == qn("w:rPr") for child in run):
        run.getparent().remove(run)


def paragraphs(root: Element) -> Iterator[Element]:
    """Yield every paragraph of a part, those in tables too."""
    yield from root.iter(qn("w:p"))
