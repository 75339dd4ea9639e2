"""docs/reference/doubts.md: every doubt that the code can open is on the page, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from clearcount.answer.doubts import _FINDINGS, _HARMLESS
from clearcount.answer.values import slug

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "doubts.md").read_text("utf-8")
NAMED = re.findall(r"`([^`]+)`", "\n".join(line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")))


def ids_in(tree: ast.AST) -> Iterator[str]:
    """The first argument of each `Doubt(…)`, a `*` for each part that depends on request or records."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Doubt"):
            continue
        first = node.args[0]
        if isinstance(first, ast.Constant):
            yield str(first.value)
        elif isinstance(first, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in first.values)
        else:
            assert isinstance(first, ast.Name) and first.id == "name", ast.dump(first)  # a finding of the store


def opened() -> set[str]:
    """Every shape of an id in the code."""
    found = {
        each
        for path in (ROOT / "src" / "clearcount").rglob("*.py")
        for each in ids_in(ast.parse(path.read_text("utf-8")))
    }
    return found | {f"{name}-*" if when == "searched" else name for name, when, _ in _FINDINGS.values()}


def shape(name: str) -> str:
    """`where-COLUMN-blank` -> `where-*-blank`."""
    return re.sub(r"[A-Z]+", "*", name)


SPELLED_OUT = {"version-date-before-*", "*-rows-set-aside", "*:*"}
"""Shapes of which the page names each member, and any doubt of one store among several, which the page speaks of."""


def fits(name: str, pattern: str) -> bool:
    return bool(re.fullmatch(re.escape(pattern).replace(r"\*", "[a-z]+"), name))


def test_no_doubt_is_missing_and_none_is_made_up() -> None:
    told = {shape(name) for name in NAMED}
    spelled = {name for name in told for pattern in SPELLED_OUT if fits(name, pattern)}
    assert opened() - told - SPELLED_OUT == set()
    assert told - spelled - opened() == set()
    assert len(spelled) == 5


@pytest.mark.parametrize("kind", sorted({*_FINDINGS, *_HARMLESS}))
def test_every_kind_of_finding_has_a_line_or_changes_no_figure(kind: str) -> None:
    if kind in _FINDINGS:
        assert any(shape(name).startswith(_FINDINGS[kind][0]) for name in NAMED)
    else:
        assert slug(kind) not in NAMED


def test_each_id_stands_once() -> None:
    assert len(NAMED) == len(set(NAMED))
