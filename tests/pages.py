"""The fenced blocks of the docs: what stands in them, which commands they type, and whether print is what they show."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_FENCED = re.compile(
    r"(?:Save this as `([^`]+)`[^\n]*\n(?:[^\n]+\n)*\n)?^( *)```([a-z-]*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE
)
_TYPED = ("console", "sh", "")
"""Languages of blocks that hold commands; a page says none for some of its own."""


@dataclass(frozen=True)
class Block:
    """A fenced block: the page below the root that has it, its language, its text, and the file it is saved as."""

    page: str
    language: str
    text: str
    saved_as: str = ""

    @property
    def first(self) -> str:
        """The first line, by which a test names the block."""
        return self.text.partition("\n")[0].strip()

    def commands(self) -> Iterator[tuple[str, str]]:
        """Yield each command with what it prints; a block of type `sh` holds commands alone."""
        if self.language == "console" or self.first.startswith("$ "):
            for part in re.split(r"^\$ ", self.text, flags=re.MULTILINE)[1:]:
                command, _, printed = part.partition("\n")
                yield command, printed.rstrip()
        elif self.language in _TYPED:
            yield from ((line, "") for line in self.text.replace("\\\n", " ").splitlines() if line.strip())


def pages() -> tuple[str, ...]:
    """Return every page that somebody reads, below the root."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.md")]
    return tuple(sorted(path.relative_to(ROOT).as_posix() for path in found))


def blocks(page: str) -> tuple[Block, ...]:
    """Return the fenced blocks of a page, in their order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return tuple(
        Block(page, language, textwrap.dedent(body) if indent else body, saved)
        for saved, indent, language, body in _FENCED.findall(text)
    )


def matches(expected: str, printed: str) -> bool:
    """Return whether `printed` is `expected`, in which … stands for any run of characters."""
    pattern = "(?s:.*)".join(re.escape(part) for part in expected.rstrip().split("…"))
    return re.fullmatch(pattern, printed.rstrip()) is not None
