"""Writes the list of pages into docs/README.md from the pages' own first lines; with --check only compares."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
HEAD = """# Documentation

Tutorials teach by doing, how-to guides solve one task, reference states what is, explanations say why.
"""
ROOMS = (
    ("tutorials", "Tutorials"),
    ("how-to", "How-to guides"),
    ("reference", "Reference"),
    ("explanation", "Explanations"),
)


def index() -> str:
    """The page: one section a folder, one line a page, by the page's own title."""
    parts = [HEAD]
    for folder, title in ROOMS:
        pages = sorted((DOCS / folder).glob("*.md"))
        lines = [f"- [{_title(page)}]({folder}/{page.name})" for page in pages]
        parts.append(f"\n## {title}\n\n" + "\n".join(lines or ["None yet."]) + "\n")
    parts.append("\n## Decisions\n\n")
    decisions = sorted((DOCS / "adr").glob("0*.md"))
    twice = [number for number, count in Counter(page.name[:4] for page in decisions).items() if count > 1]
    if twice:
        sys.exit(f"two decisions carry the number {twice[0]}; give the newer one the next free number")
    parts.append("\n".join(f"- [{_title(page)}](adr/{page.name})" for page in decisions))
    return "".join(parts) + "\n"


def _title(page: Path) -> str:
    return next(line[2:].strip() for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("# "))


if __name__ == "__main__":
    target = DOCS / "README.md"
    if "--check" in sys.argv:
        if target.read_text(encoding="utf-8") != index():
            sys.exit("docs/README.md is behind the pages; run: python tools/index_docs.py")
    else:
        target.write_text(index(), encoding="utf-8")
