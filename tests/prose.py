"""Sentences of everything that people read: docstrings, messages, templates and pages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_END = re.compile(r"(?<=[.!?…])[\"'”’)\]*]*\s+(?=[\"'“‘(\[*`£]*[A-Z0-9`£])|(?<=[.!?])\s+(?=clearcount )|\n\s*\n")
"""Where a sentence ends: its sign, and then something that may begin one; or a blank line."""
_SHORT = re.compile(r"\b(e\.g|i\.e|etc|vs|No|approx|cf|St|Dr|Mr|Mrs|Ms)\.")
_WORD = re.compile(r"[A-Za-z0-9£][^\s—/]*")
_BLOCKS = {
    *(
        "p",
        "li",
        "td",
        "th",
        "h1",
        "h2",
        "h3",
        "h4",
        "legend",
        "label",
        "option",
        "dt",
        "dd",
        "title",
        "div",
        "caption",
    ),
    *("summary", "button", "br", "ul", "ol", "table", "tr", "section", "figcaption", "main", "header", "footer", "nav"),
}
_UNREAD = {"script", "style", "svg"}


@dataclass(frozen=True)
class Sentence:
    """One sentence and where it is."""

    place: str
    text: str

    @property
    def words(self) -> int:
        """Return how many words it has; a piece of code in backticks is one."""
        return len(_WORD.findall(re.sub(r"`[^`]*`", "X", self.text)))


_STOPS = str.maketrans(".!?", "\ue000\ue001\ue002")
_BACK = str.maketrans("\ue000\ue001\ue002", ".!?")


def sentences(place: str, text: str) -> Iterator[Sentence]:
    """Yield the sentences of a text; a sign inside a piece of code ends none."""
    text = re.sub(r"`[^`]*`", lambda code: code.group().translate(_STOPS).replace("\n", " "), text)
    text = _SHORT.sub(lambda short: short.group().translate(_STOPS), text)
    for part in _END.split(text):
        if plain := " ".join(part.split()).translate(_BACK):
            yield Sentence(place, plain)


def sources(*rooms: str) -> list[Path]:
    """Return the Python files of the product, without what Django writes."""
    found = [path for room in rooms or ("src",) for path in sorted((ROOT / room).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts]


@dataclass(frozen=True)
class Docstring:
    """The docstring of something public."""

    place: str
    text: str
    node: ast.AST

    @property
    def first(self) -> str:
        """Return the first line."""
        return self.text.splitlines()[0]

    def sentences(self) -> Iterator[Sentence]:
        """Yield its sentences; an entry of Args or Raises is a text of its own, and so is each line of a drawing."""
        lines: list[str] = []
        entry = False
        for line in self.text.splitlines():
            indent = len(line) - len(line.lstrip())
            begins = re.match(r"    [`*\w., ]+:\s", line) is not None
            drawn = re.search(r"[─│]|\S {2,}\S", line) is not None or line.startswith("python -m ")
            entry = begins or (entry and indent > 0)
            if begins or drawn or (indent > 0 and not entry) or line.startswith("- "):
                lines.append("")
            lines.append(line)
        yield from sentences(self.place, "\n".join(lines))


def docstrings(path: Path) -> Iterator[Docstring]:
    """Yield the docstrings of a module and of everything in it whose name has no leading underscore."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            name = getattr(node, "name", "")
            if not name.startswith("_") and (text := ast.get_docstring(node)):
                yield Docstring(f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)} {name}".strip(), text, node)


def messages(path: Path) -> Iterator[Sentence]:
    """Yield the sentences of the strings of a module that are no docstring; a value put in is one word."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in passed or id(node) in inside:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
        else:
            continue
        yield from sentences(f"{path.relative_to(ROOT)}:{node.lineno}", text)


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in _UNREAD
        if tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in _UNREAD
        if tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.parts.append(data)


def of_template(path: Path) -> Iterator[Sentence]:
    """Yield the sentences of an HTML template; a value put in is one word, a tag of the language ends a sentence."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"{#.*?#}|{% comment.*?endcomment %}", "", text, flags=re.DOTALL)
    text = re.sub(r"{{.*?}}", "X", text, flags=re.DOTALL)
    text = re.sub(
        r"{%-?\s*(if|elif|else|endif|for|endfor|block|endblock|macro|endmacro).*?%}", "\n\n", text, flags=re.DOTALL
    )
    text = re.sub(r"{%.*?%}", " ", text, flags=re.DOTALL)
    parser = _Texts()
    parser.feed(text)
    yield from sentences(str(path.relative_to(ROOT)), "".join(parser.parts))


def of_page(path: Path) -> Iterator[Sentence]:
    """Yield the sentences of a Markdown page: of each paragraph, item, heading and table cell, without code."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    text = re.sub(r"^( *)```.*?^ *```", "\n\n", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"<!--.*?-->|\[\[[^\]]*\]\]", "", text, flags=re.DOTALL)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    lines = []
    for line in text.splitlines():
        if line.lstrip().startswith("|"):
            bare = re.sub(r"`[^`]*`", lambda code: code.group().replace("|", "/"), line)
            lines += ["", *(f"{cell}\n" for cell in re.split(r"(?<!\\)\|", bare)), ""]
        elif re.match(r"\s*([-*+]|\d+\.)\s|#", line):
            lines += ["", re.sub(r"^\s*([-*+]|\d+\.|#+)\s*", "", line), *([""] if line.startswith("#") else [])]
        else:
            lines.append(line)
    yield from sentences(str(path.relative_to(ROOT)), "\n".join(lines))
