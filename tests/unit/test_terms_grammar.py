"""The term language: what is read, and errors that point at the place."""

from __future__ import annotations

import pytest

from clearcount.errors import TermError
from clearcount.model.terms import Near, Phrase, TermSet, Wildcard, parse_phrase, parse_term

ANY, ONE = Wildcard.ANY, Wildcard.ONE


@pytest.mark.parametrize(
    ("source", "body"),
    [
        ("artificial intelligence", Phrase(("artificial intelligence",))),
        ("  AI ", Phrase(("AI",))),
        ('"deep fake"', Phrase(("deep fake",), exact=True)),
        ("“deep fake”", Phrase(("deep fake",), exact=True)),
        ("=AI", Phrase(("AI",), cased=True)),
        ('="Deep Fake"', Phrase(("Deep Fake",), exact=True, cased=True)),
        ("deepfake*", Phrase(("deepfake", ANY))),
        ("*fake", Phrase((ANY, "fake"))),
        ("f?ke", Phrase(("f", ONE, "ke"))),
        ("artificial~1", Phrase(("artificial",), typo=True)),
        (r"why\?", Phrase(("why?",))),
        (r"\"AI\"", Phrase(('"AI"',))),
        (r"\=AI", Phrase(("=AI",))),
        (r"path\to", Phrase((r"path\to",))),
        ('6" pipe', Phrase(('6" pipe',))),
        ("near miss except one and not", Phrase(("near miss except one and not",))),
        ("FRAUD AND THEFT", Phrase(("FRAUD AND THEFT",))),
        ("~5 minutes", Phrase(("~5 minutes",))),
        ("C++", Phrase(("C++",))),
        ("AI's", Phrase(("AI's",))),
        (
            "artificial NEAR/3 intelligence",
            Near(Phrase(("artificial",)), Phrase(("intelligence",)), 3),
        ),
        ('"deep fake" NEAR/0 =AI', Near(Phrase(("deep fake",), exact=True), Phrase(("AI",), cased=True), 0)),
    ],
)
def test_a_term_is_read(source: str, body: Phrase | Near) -> None:
    assert parse_term(source, "word").body == body


def test_exceptions_are_read() -> None:
    term = parse_term('AI EXCEPT "AI Smith, jun.", AI number', "variant")
    assert term.body == Phrase(("AI",))
    assert term.exceptions == (Phrase(("AI Smith, jun.",), exact=True), Phrase(("AI number",)))


@pytest.mark.parametrize("rule", ["contains", "padded"])
@pytest.mark.parametrize("source", [' "AI" ', "=AI", "a*", "AI~1", "x NEAR/3 y", "AI EXCEPT b", "a AND b", "\\"])
def test_literal_rules_take_every_character_as_it_stands(rule: str, source: str) -> None:
    assert parse_term(source, rule).body == Phrase((source,))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "position", "says"),
    [
        ("", 0, "blank"),
        (" \t\u00ad", 0, "blank"),
        ("a*", 1, "at least 3 letters"),
        ("AI *", 3, "at least 3 letters"),
        ("AI~1", 0, "at least 5 letters"),
        ("deep fake~1", 0, "single word"),
        ("clone5~1", 0, "at least 5 letters"),
        ("artifici*~1", 0, "do not go together"),
        ("artificial~2", 10, "only ~1"),
        ('"deep fake', 0, "never closed"),
        ('="deep fake', 1, "never closed"),
        ('"deep fake"~1', 11, "nothing may follow"),
        ('"deep" fake', 6, "nothing may follow"),
        ('""', 1, "missing"),
        ("=", 0, "no phrase follows"),
        ("artificial NEAR intelligence", 11, "NEAR/3"),
        ("artificial NEAR/ intelligence", 11, "NEAR/3"),
        ("artificial NEAR/x intelligence", 11, "NEAR/3"),
        ("artificial NEAR/101 intelligence", 11, "from 0 to 100"),
        ("NEAR/3 intelligence", 0, "missing"),
        ("artificial NEAR/3", 17, "missing"),
        ("a NEAR/1 b NEAR/1 c", 11, "second NEAR"),
        ("AI EXCEPT", 9, "missing"),
        ("EXCEPT AI", 0, "missing"),
        ("AI EXCEPT a,", 12, "missing"),
        ("AI EXCEPT a EXCEPT b", 12, "second EXCEPT"),
        ("AI EXCEPT a NEAR/2 b", 12, "behind EXCEPT"),
        ("deepfake AND image", 9, "one term per line"),
        ("deepfake OR image", 9, "one term per line"),
        ("deepfake NOT image", 9, "one term per line"),
        ("ab*cd*ef*gh*", 11, "at most 3 *"),
        ("abc* a b c d e f g", 3, "at most 6"),
        ("AI \ud800", 3, "U+D800"),
        ("AI \U00050000", 3, "U+50000"),
        ("x" * 1001, 1000, "at most 1000"),
    ],
)
def test_an_error_points_at_the_place(source: str, position: int, says: str) -> None:
    with pytest.raises(TermError) as error:
        parse_term(source, "word")
    assert error.value.position == position
    assert says in str(error.value)
    lines = str(error.value).splitlines()
    if len(lines) > 1:
        assert lines[-1].index("^") - 2 == position


def test_an_excluded_phrase_is_a_phrase() -> None:
    assert parse_phrase("AI Smith*", "word") == Phrase(("AI Smith", ANY))
    with pytest.raises(TermError, match="neither NEAR nor EXCEPT"):
        parse_phrase("a NEAR/2 b", "word")


def test_a_set_reports_every_fault_at_once() -> None:
    with pytest.raises(TermError) as error:
        TermSet("word", ("AI~1", "deepfake", "a*", "deepfake"), ("b*",))
    said = str(error.value)
    assert said.count("character") == 3
    assert "'deepfake' is listed twice" in said
    with pytest.raises(TermError, match="no term to search for"):
        TermSet("word", ())
    with pytest.raises(TermError, match="no term rule 'words'"):
        TermSet("words", ("AI",))  # type: ignore[arg-type]


def test_the_digest_tells_sets_apart() -> None:
    sets = [
        TermSet("word", ("AI", "deepfake")),
        TermSet("variant", ("AI", "deepfake")),
        TermSet("word", ("AI",), ("deepfake",)),
        TermSet("word", ("deepfake", "AI")),
    ]
    assert len({each.digest for each in sets}) == len(sets)
    assert sets[0].digest == TermSet("word", ("AI", "deepfake")).digest
    assert sets[0] == TermSet("word", ("AI", "deepfake"))
