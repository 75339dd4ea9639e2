"""Reads an HTML text as a person reads the page: blocks and cells part words, and nothing that shows is lost.

Parsers made for whole pages do as a browser does. An unclosed `<style>` or `<!--` takes the rest of a text with it, and
`<unknown male>` is a tag. In a record that is text somebody wrote, so here only what is closed is left out. The reader
goes over a text once, whatever stands in it.
"""

from __future__ import annotations

import re
from functools import cached_property
from html import unescape

_BLOCK_NAMES = """
    address article aside blockquote body br button canvas caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html iframe img input legend li listing
    main map math menu nav noframes noscript object ol optgroup option p plaintext pre section select summary svg table
    tbody td template textarea tfoot th thead tr ul video audio xmp
"""
_INLINE_NAMES = """
    a abbr acronym applet area b base basefont bdi bdo bgsound big blink cite code col colgroup data datalist del dfn em
    embed font frame g i ins kbd keygen label link mark marquee meta meter nobr output param path picture progress q rp
    rt ruby s samp slot small source span strike strong sub sup time track tt u var wbr
"""
_BARE_NAMES = (
    "allowfullscreen async autofocus checked compact defer disabled hidden multiple nohref noshade nowrap open"
)
BLOCKS = frozenset(_BLOCK_NAMES.split())
"""Elements beside which a word ends."""
INLINE = frozenset(_INLINE_NAMES.split())
"""Elements that stand inside a word."""
_BARE = frozenset(_BARE_NAMES.split()) | {"readonly", "required", "reversed", "selected", "clear", "border"}
"""Attributes that need no value."""
_SILENT = frozenset(("script", "style", "head", "title"))
"""Elements that do not show, from their tag to the one that closes them."""
_LINES = frozenset(("td", "th"))
_NAME = re.compile(r"[A-Za-z][^\s/<>\"']*")
_DECLARED = re.compile(r"<(?:![A-Za-z\[]|\?[A-Za-z])[^<>]*>")
_CLOSING = re.compile(r"</([a-z][^\s/<>\"']*)")
_IN_TAG = re.compile(r"[^<>\"']*")
_SHOWN = re.compile(r"\b(alt|value|placeholder)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_BLOCK_INSIDE = re.compile(r"<(?:p|br|div|span|table|tr|td|li|body|h[1-6])\b", re.IGNORECASE)
_SPACES = re.compile(r"[ \t]+")


def html_text(text: str) -> str:
    """Return what shows of an HTML text: a line for each block, a tab between cells."""
    if "<" not in text:
        return _lines(unescape(text))
    return _lines("".join(_HtmlReader(text).pieces()))


def _lines(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)


class _HtmlReader:
    """One walk over a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lower = text.lower() if text.isascii() else _lowered(text)
        self._last: dict[str, tuple[int, int]] = {}

    def pieces(self) -> list[str]:
        """Return the text between tags, with what each tag stands for."""
        text, at, out = self._text, 0, list[str]()
        while (start := text.find("<", at)) >= 0:
            out.append(unescape(text[at:start]))
            shown, at = self._markup(start)
            out.append(shown)
        out.append(unescape(text[at:]))
        return out

    def _find(self, needle: str, start: int) -> int:
        """Where `needle` stands next; what was found, or not, from an earlier place is not looked for again."""
        since, found = self._last.get(needle, (len(self._text) + 1, -1))
        if since <= start and (found < 0 or start <= found):
            return found
        found = self._lower.find(needle, start)
        self._last[needle] = start, found
        return found

    @cached_property
    def _closings(self) -> dict[str, int]:
        """Each name that a closing tag has, with the last place of one."""
        return {found[1]: found.start() for found in _CLOSING.finditer(self._lower)}

    def _markup(self, start: int) -> tuple[str, int]:
        """(what shows of the markup that begins with the `<` at `start`, where the text goes on)."""
        text = self._text
        if text.startswith("<!--", start):
            return self._comment(start)
        if text.startswith("<![CDATA[", start):
            end = self._find("]]>", start)
            return (text[start + 9 : end], end + 3) if end >= 0 else (" ", start + 9)
        if declared := _DECLARED.match(text, start):
            return "", declared.end()
        closing = text.startswith("</", start)
        name = _NAME.match(text, start + 1 + closing)
        end = self._tag_end(name.end()) if name else -1
        if name is None or end < 0:
            return "<", start + 1
        return self._tag(name[0].lower(), start, name.end(), end, closing=closing)

    def _comment(self, start: int) -> tuple[str, int]:
        """A comment that is closed before the next one begins does not show; of any other, only its sign is gone."""
        end = self._find("-->", start + 2)
        following = self._find("<!--", start + 4)
        if end >= 0 and not 0 <= following < end:
            return "", end + 3
        return " ", start + 4

    def _tag_end(self, at: int) -> int:
        """Where the tag ends that goes on at `at`: at the `>` outside quotes, before any other `<`."""
        text = self._text
        while True:
            at = _IN_TAG.match(text, at).end()  # type: ignore[union-attr]  # it matches everywhere
            sign = text[at : at + 1]
            if sign == ">":
                return at
            if sign not in ('"', "'"):
                return -1
            closed = self._find(sign, at + 1)
            if closed < 0:
                return self._find(">", at)
            at = closed + 1

    def _tag(self, name: str, start: int, inside: int, end: int, *, closing: bool) -> tuple[str, int]:
        text = self._text
        if not closing and _is_prose(text[inside:end]):
            return text[start : end + 1], end + 1
        if name in _SILENT and not closing and (after := self._silent(name, end + 1)) >= 0:
            return "\n", after
        if name in BLOCKS:
            shown = "".join(
                f" {unescape(found[2] or found[3])} "
                for found in (_SHOWN.finditer(text, inside, end) if name in ("img", "input") else ())
                if found[2] or found[3]
            )
            return ("\t" if name in _LINES else "\n") + shown, end + 1
        if name in INLINE or ":" in name or name in _SILENT or self._is_closed(name, start, closing):
            return "", end + 1
        return text[start : end + 1], end + 1  # chevrons round words that somebody wrote

    def _silent(self, name: str, start: int) -> int:
        """Where an element that does not show ends; -1 where it is not closed, or holds what can only be text."""
        end = self._find(f"</{name}", start)
        again = self._find(f"<{name}", start)
        if end < 0 or (0 <= again < end and not self._lower.startswith(f"<{name}er", again)):
            return -1
        if name != "script" and _BLOCK_INSIDE.search(self._text, start, end):
            return -1
        close = self._find(">", end)
        return close + 1 if close >= 0 else -1

    def _is_closed(self, name: str, start: int, closing: bool) -> bool:
        """Whether an unknown element is one: it has both its tags, or closes itself."""
        return closing or self._closings.get(name, -1) > start


def _is_prose(attributes: str) -> bool:
    """Whether what stands behind a tag's name are words, as in `<a lot>`."""
    words = attributes.strip(" \t\r\n/").lower().split() if "=" not in attributes else ()
    return any(word not in _BARE for word in words)


def _lowered(text: str) -> str:
    """The text in lower case, sign by sign, so that places stay as they are."""
    return "".join(low if len(low := sign.lower()) == 1 else sign for sign in text)
