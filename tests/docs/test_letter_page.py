"""The page on the letter template names every placeholder and no other; the page on the force file every key."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from clearcount.model.release import Force
from clearcount.writers.letter import PARTS, WORDS
from clearcount.writers.letter.parts import ASKED_OF_EVERY_LETTER

DOCS = Path(__file__).parent.parent.parent / "docs"


def rows(page: Path) -> dict[str, list[str]]:
    """The cells of a page's tables by their first, without its marks."""
    found = {}
    for line in page.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"\| `(?:\{\{ )?(\w+)(?: \}\})?` \| (.*) \|$", line):
            found[match[1]] = match[2].split(" | ")
    return found


def test_every_placeholder_is_documented_as_it_is() -> None:
    told = rows(DOCS / "how-to" / "change-the-letter.md")

    assert list(told) == [*WORDS, *PARTS]
    for name, word in WORDS.items():
        must = "yes, or `{{ facts }}`" if name in ASKED_OF_EVERY_LETTER else "no"
        assert told[name] == [word.prints, must]
    for name, part in PARTS.items():
        place = "body" if part.tables else "body or a table cell"
        assert told[name] == [part.prints, "yes" if part.required else "no", place]


def test_every_key_of_the_force_file_is_documented_with_its_default() -> None:
    told = rows(DOCS / "reference" / "force.md")

    assert set(told) == {each.name for each in fields(Force)} - {"contact"} | {"letter_template"}
    for each in fields(Force):
        if each.name not in ("contact", "reference_scheme", "licence_url"):
            assert told[each.name][0] == f"`{each.default}`"
