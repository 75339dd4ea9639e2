"""STYLE.md is held: short sentences everywhere, a verb first in each docstring, one word for one thing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from prose import ROOT, Docstring, Sentence, docstrings, messages, of_page, of_template, sentences, sources

MOST = 25
"""Words of a sentence."""
VERBS = frozenset(
    re.findall(
        r"\w+",
        """
    Accept Add Allow Answer Append Ask Attack Begin Bring Build Cancel Carry Change Check Close Compare Complete Connect
    Copy Count Cut Declare Delete Do Draw Drop End Enqueue Estimate Export Feed Fill Filter Find Give Hide Hold Import
    Join Judge Keep Lay Leave Let List Listen Lock Log Look Make Migrate Narrow Note Offer Open Prepare Print Protect
    Prove Publish Put Raise Read Record Refuse Register Remember Remove Rename Replace Report Request Return Run Save
    Say Seal Send Set Show Sign Sort Split Start Suggest Suppress Take Tell Turn Unlock Verify Vouch Walk Withdraw Work
    Write Yield
    """,
    )
)
"""What the first line of a function's docstring may start with."""
BANNED = {
    r"\b(hidden|hides?|hiding|blanked|withheld|withholds?) (small )?(cell|cells|count|counts)\b": "suppressed",
    r"\bother than before\b": "changed",
    r"\b(stand|stands|stood) as of\b": "extracted on",
    r"\be\.g\.|\bi\.e\.": "for example, that is",
}
"""Phrases of which STYLE.md has a better one, as patterns."""
NOT_PROSE = {
    "src/clearcount/data/SOURCES.md": "a licence as its owner wrote it",
    "src/clearcount/workflow/starting.py": "the files that `new` writes: TOML with comments",
}


def too_long(found: Iterable[Sentence]) -> list[str]:
    """Return the sentences above the limit, each with its place and length."""
    return [f"{each.place}: {each.words} words: {each.text}" for each in found if each.words > MOST]


def is_prose(text: str) -> bool:
    """Whether a string of the code is a sentence for people: not SQL, a pattern, a list of words or a list of names."""
    return not (
        re.search(r"\b(SELECT|INSERT|GRANT|REVOKE|CREATE)\b|^-- |\\b|\(\?[:=!<]", text)
        or not re.search(r"[,.;:]", text)
        or len(re.findall(r"\b(the|a|is|are|of|to|and)\b", text)) < 2
    )


def is_property(node: ast.AST) -> bool:
    names = [ast.unparse(each) for each in getattr(node, "decorator_list", [])]
    return any(name.split(".")[-1] in ("property", "cached_property", "setter") for name in names)


def functions(path: Path) -> Iterable[Docstring]:
    """Yield the docstrings of public functions and methods; a property is named by what it is."""
    return (
        each
        for each in docstrings(path)
        if isinstance(each.node, ast.FunctionDef | ast.AsyncFunctionDef) and not is_property(each.node)
    )


def test_a_docstring_of_a_function_starts_with_a_verb() -> None:
    first = [each for path in sources() for each in functions(path)]
    assert len(first) > 1500
    assert not [f"{each.place}: {each.first}" for each in first if each.first.split()[0].rstrip(",.:") not in VERBS]


def of_docstrings() -> Iterable[Sentence]:
    return (part for path in sources() for each in docstrings(path) for part in each.sentences())


def of_messages() -> Iterable[Sentence]:
    paths = (path for path in sources() if str(path.relative_to(ROOT)) not in NOT_PROSE)
    return (each for path in paths for each in messages(path) if is_prose(each.text))


def of_templates() -> Iterable[Sentence]:
    return (each for path in sorted((ROOT / "src").rglob("*.html*")) for each in of_template(path))


def of_pages() -> Iterable[Sentence]:
    pages = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "src").rglob("*.md"))]
    return (each for page in pages if str(page.relative_to(ROOT)) not in NOT_PROSE for each in of_page(page))


KINDS = {"docstrings": of_docstrings, "messages": of_messages, "templates": of_templates, "pages": of_pages}


@pytest.mark.parametrize("kind", KINDS)
def test_no_sentence_is_longer_than_a_breath(kind: str) -> None:
    found = list(KINDS[kind]())
    assert len(found) > 200, "the sentences are found"
    assert too_long(found) == []


@pytest.mark.parametrize("kind", KINDS)
def test_one_thing_has_one_word(kind: str) -> None:
    wrong = [
        f"{each.place}: {pattern} -> {better}: {each.text}"
        for each in KINDS[kind]()
        for pattern, better in BANNED.items()
        if re.search(pattern, each.text, re.IGNORECASE) and not each.place.startswith("STYLE.md")
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("One. Two words.", [1, 2]),
        ("The code `a b c. d` is one word.", [6]),
        ("It costs £450, or less (e.g. nothing).\n\nA new paragraph", [7, 3]),
        ("An item: see section 10.2 of it. Then more", [7, 2]),
        ("“Quoted.” Then", [1, 1]),
    ],
)
def test_sentences_are_cut_and_counted_as_a_reader_would(text: str, words: list[int]) -> None:
    assert [each.words for each in sentences("here", text)] == words


def test_a_long_sentence_is_found_in_each_kind_of_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = " ".join(["word"] * 13) + " and the rest of it, which is " + " ".join(["word"] * 13) + "."
    monkeypatch.setattr("prose.ROOT", tmp_path)
    for name, text, read in (
        ("a.html", f"<p>{{{{ name }}}} {long}</p><p>Short.</p>", of_template),
        ("a.md", f"| cell | {long} |\n\n- {long}\n\n```\n{long}\n```\n", of_page),
        ("a.py", f'raise ValueError("{long}")', messages),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert len(too_long(read(tmp_path / name))) == (2 if name == "a.md" else 1), name


FIELD = {
    *("adjudication", "concordance", "conflict set", "linked tables", "margin", "presolve", "primary suppression"),
    *("protection interval", "answer", "release", "bundle", "decision", "suppressed", "doubt", "fault", "snapshot"),
}
"""Terms of the field and words of the house that the glossary must have."""


def test_the_glossary_has_each_term_once_and_in_order() -> None:
    rows = [line for line in (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    terms = [row.split("|")[1].strip() for row in rows[2:]]
    named = [name.strip() for term in terms for name in term.split(",")]
    assert len(named) == len(set(named))
    assert terms == sorted(terms, key=str.casefold)
    assert {term for term in FIELD if not any(name.startswith(term) for name in named)} == set()
