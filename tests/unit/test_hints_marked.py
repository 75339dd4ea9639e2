"""The hints about who says it, on made-up lines marked by hand: how many are found, and how many are right."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from test_hints_rules import spans

from clearcount.reading.hints import hints

MARKS = {"s": "suspect_claims", "o": "officer_asserts"}


def marked(*, kept_back: bool) -> list[tuple[str, str]]:
    """The lines of one part as (mark, text with brackets); the hash of the text says which part a line belongs to."""
    found = []
    for line in (Path(__file__).parent / "marked_hints.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        mark, text = (part.strip() for part in line.split("|", 1))
        if (hashlib.sha256(text.encode()).digest()[0] % 2 == 1) is kept_back:
            found.append((mark, text))
    return found


def figures(name: str, *, kept_back: bool) -> tuple[float, float, list[str]]:
    """Share of the marked lines that are found, share of the found that are marked, and the lines that are wrong."""
    lines = marked(kept_back=kept_back)
    said = {text for _, text in lines if name in hints(*spans(text))}
    true = {text for mark, text in lines if MARKS.get(mark) == name}
    return len(said & true) / len(true), len(said & true) / max(1, len(said)), sorted(said ^ true)


@pytest.mark.parametrize(
    ("name", "recall", "precision"), [("suspect_claims", 0.80, 0.71), ("officer_asserts", 0.75, 0.90)]
)
def test_who_says_it_is_found_on_the_lines_kept_back(name: str, recall: float, precision: float) -> None:
    assert len(marked(kept_back=True)) >= 60
    found, right, _ = figures(name, kept_back=True)
    assert found >= recall and right >= precision, (found, right)
    found, right, wrong = figures(name, kept_back=False)
    assert found >= recall and right >= precision, wrong
