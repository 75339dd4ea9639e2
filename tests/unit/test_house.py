"""What the house promises of its code: one name for one thing, and no value whose kind nobody knows."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

LIBRARY = Path(__file__).parents[2] / "src" / "clearcount"
MOST_ANY = 59
"""Names `Any` in the library, imports apart. It goes down only."""


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(LIBRARY.rglob("*.py")):
        yield str(path.relative_to(LIBRARY)), ast.parse(path.read_text(encoding="utf-8"))


def test_no_class_of_the_library_has_the_name_of_another() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(path)
    assert len(places) > 400
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_few_values_are_of_any_kind() -> None:
    nodes = [node for _, tree in trees() for node in ast.walk(tree)]
    assert sum(isinstance(node, ast.Name) and node.id == "Any" for node in nodes) <= MOST_ANY


def test_no_pattern_repeats_a_group_possessively() -> None:
    """Python before 3.11.5 takes too much with it; `importers.rows.KEEP` says where it is right."""
    found = [
        path.relative_to(LIBRARY)
        for path in LIBRARY.rglob("*.py")
        if re.search(r"\)[*+?]\+['\"]|\)[*+?]\+[^ '\"]", path.read_text(encoding="utf-8"))
    ]
    assert found == []
