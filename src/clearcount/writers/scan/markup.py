"""HTML and SVG."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from clearcount.writers.scan.finding import Finding, unseen_characters, words
from clearcount.writers.scan.text import decoded

_ACTIVE = words(
    "script iframe frame object embed applet form input button select textarea template noscript base audio "
    "video source track canvas dialog portal slot foreignobject set animate animatemotion animatetransform "
    "image img picture use metadata link feimage"
)
"""Elements that a plain answer does not need: they run, load, ask, or hold what is not shown."""
_META = frozenset({"viewport", "content-security-policy"})
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0*)?\s*(?:[;}!]|$)|font-size\s*:\s*0|"
    r"text-indent\s*:\s*-\d{3,}|(?:left|top)\s*:\s*-\d{3,}|clip(?:-path)?\s*:|transform\s*:\s*scale\(0|"
    r"(?<!-)\bcolor\s*:\s*(?:transparent|white\b|#fff(?:fff)?\b)|url\s*\(|@import|(?<![-\w])(?:height|width)\s*:\s*0(?:px)?\s*[;}]",
    re.IGNORECASE,
)
_HIDDEN_ATTRIBUTES = frozenset({"hidden", "srcdoc", "style", "ping", "background", "manifest", "formaction"})
_INVISIBLE_PAINT = {
    "display": {"none"},
    "visibility": {"hidden", "collapse"},
    "opacity": {"0", "0.0", "0%"},
    "fill-opacity": {"0", "0.0"},
    "font-size": {"0", "0px"},
}


class _Scanner(HTMLParser):
    """Collects findings while the markup goes by."""

    def __init__(self, file: str, *, svg: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.file, self.svg = file, svg
        self.found: list[Finding] = []
        self.inside: list[str] = []

    def _say(self, kind: str) -> None:
        self.found.append(Finding(self.file, kind, f"line {self.getpos()[0]}"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside.append(tag)
        if tag in _ACTIVE:
            self._say(f"element <{tag}>")
        if tag == "style" and self.svg:
            self._say("style sheet inside a chart")
        given = {name.lower(): value or "" for name, value in attrs}
        if tag == "meta" and (given.get("name") or given.get("http-equiv") or "viewport").lower() not in _META:
            self._say("meta element that describes more than the page's shape")
        if self.svg and tag == "text" and given.get("fill", "").lower() in ("none", "white", "#fff", "#ffffff"):
            self._say("text that is drawn invisibly")
        for name, value in given.items():
            self._attribute(tag, name, value.strip())

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.inside.pop()

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("data-"):
            self._say("data attribute")
        elif name.startswith("on"):
            self._say("event handler")
        elif name in _HIDDEN_ATTRIBUTES:
            self._say(f"attribute {name}")
        elif name == "aria-hidden" and value != "false":
            self._say("attribute aria-hidden")
        elif name in ("href", "src", "xlink:href", "action", "srcset") and not self._reaches_nothing(tag, value):
            self._say("address that loads, runs or carries something")
        elif value.lower() in _INVISIBLE_PAINT.get(name, ()):
            self._say("part that is drawn invisibly")
        elif name in ("alt", "title", "content", "value", "placeholder") and len(value) > 400:
            self._say(f"long text in the attribute {name}")
        self.found.extend(unseen_characters(self.file, value, f"line {self.getpos()[0]}"))

    def _reaches_nothing(self, tag: str, value: str) -> bool:
        """A link that a reader may follow is fine; anything that loads or runs by itself is not."""
        if value.startswith("#"):
            return True
        if self.svg or tag != "a":
            return False
        scheme = re.match(r"^\s*([a-zA-Z][a-zA-Z0-9+.-]*):", value)
        return scheme is None or scheme[1].lower() in ("http", "https", "mailto", "tel")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            while self.inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.found.extend(unseen_characters(self.file, data, f"line {self.getpos()[0]}"))
        if self.inside and self.inside[-1] == "style" and _HIDING.search(data):
            self._say("style that hides or loads something")
        if self.inside and self.inside[-1] == "style" and "/*" in data:
            self._say("comment in a style sheet")

    def handle_comment(self, data: str) -> None:
        self._say("comment")

    def handle_decl(self, decl: str) -> None:
        if decl.lower() != "doctype html":
            self._say("document type with more than its name")

    def unknown_decl(self, data: str) -> None:
        self._say("CDATA or other declaration")

    def handle_pi(self, data: str) -> None:
        if not (self.svg and data.startswith("xml ")):
            self._say("processing instruction")


def _scan(file: str, content: bytes, *, svg: bool) -> Iterator[Finding]:
    text, faults = decoded(file, content)
    yield from faults
    scanner = _Scanner(file, svg=svg)
    scanner.feed(text)
    scanner.close()
    yield from scanner.found


def scan_html(file: str, content: bytes) -> Iterator[Finding]:
    """Yield comments, scripts, data attributes, hidden parts, and whatever loads by itself."""
    yield from _scan(file, content, svg=False)


def scan_svg(file: str, content: bytes) -> Iterator[Finding]:
    """Yield the same for a chart, which may load nothing at all."""
    yield from _scan(file, content, svg=True)
