"""The batch matcher gives one hit table whatever the engine, the shape of the batch, the thread or the process."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from clearcount.errors import ClearcountError, EngineUnavailable
from clearcount.matching import Matcher, TermSet, find, fold, matcher
from clearcount.matching import candidates as candidates_module
from clearcount.matching.candidates import available
from clearcount.model.terms import RULES, Rule

TERMS = ("AI", "artificial intelligence", "deep fake", "fake AI", "deepfake", "100%", "a.b|c", "café", "(x)", "$5^")
TEXTS = (
    "AI",
    "",
    None,
    "paid",
    "AI here, I have",
    "a",
    "I",
    "it ends in a",
    "I begin, and end in AI",
    "deep fake AI",
    "deep",
    "fake",
    "artificial\r\nintelligence\nAI\r",
    "100% (X) A.B|C $5^ aXb",
    "\n",
    "café, cafe, CAFE\u0301, deep\u00a0fake",
    "é AI",
    "no\u00adthing A\u00adI",
    "“AI” and ½ — a.I",
    None,
    "AI",
)
SETS = {rule: TermSet(rule, TERMS, ("fake AI",) if rule == "word" else ()) for rule in RULES}


def rows(table: pa.Table) -> list[tuple[int, ...]]:
    return list(zip(*(table[name].to_pylist() for name in table.column_names), strict=True))


def expected(terms: TermSet, texts: tuple[str | None, ...] = TEXTS) -> tuple[list[tuple[int, ...]], ...]:
    """One text at a time, without a candidate engine."""
    match = matcher(terms)
    kept: list[tuple[int, ...]] = []
    dropped: list[tuple[int, ...]] = []
    for row, text in enumerate(texts):
        for spans, hits in zip(match.find(text or ""), (kept, dropped), strict=True):
            hits += [(row, terms.terms.index(span.term), span.start, span.end) for span in spans]
    return kept, dropped


SHAPES = {
    "string": lambda a: a,
    "sliced": lambda a: pa.concat_arrays([pa.array(["AI", "é AI", None]), a, pa.array(["AI"])]).slice(3, len(a)),
    "large_string": lambda a: a.cast(pa.large_string()),
    "string_view": lambda a: a.cast(pa.string_view()),
    "dictionary": lambda a: a.dictionary_encode(),
    "one row at a time": lambda a: pa.chunked_array([a.slice(row, 1) for row in range(len(a))]),
    "chunked": lambda a: pa.chunked_array([a.slice(0, 5), a.slice(5, 0), a.slice(5, 9), a.slice(14)]),
    "sliced chunks": lambda a: pa.chunked_array([a.slice(0, 2), a, a.slice(3)]).slice(2, len(a)),
    "chunked views": lambda a: pa.chunked_array([a.slice(0, 5), a.slice(5)]).cast(pa.string_view()),
}


@pytest.mark.parametrize("engine", available())
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("stored", [True, False])
def test_every_shape_and_engine_gives_the_same_hits(engine: str, rule: Rule, shape: str, stored: bool) -> None:
    texts = SHAPES[shape](pa.array(TEXTS))
    folded = fold(pa.array(TEXTS)) if stored else None
    hits = matcher(SETS[rule], engine).hits(texts, folded)
    assert (rows(hits.kept), rows(hits.dropped)) == expected(SETS[rule])
    assert hits.kept.schema == hits.dropped.schema
    assert hits.kept.schema.types == [pa.int64(), pa.int32(), pa.int32(), pa.int32()]


@pytest.mark.parametrize("engine", available())
@pytest.mark.parametrize("texts", [[], [None], [""], ["", "", None, ""], ["x"]])
def test_batches_without_a_hit(engine: str, texts: list[str | None]) -> None:
    hits = matcher(SETS["word"], engine).hits(pa.array(texts, pa.string()))
    assert hits.kept.num_rows == hits.dropped.num_rows == 0


@pytest.mark.parametrize("engine", available())
def test_nothing_is_found_across_two_texts(engine: str) -> None:
    texts = pa.array(["it was a", "I have", "deep", "fake", "A", "I"])
    assert matcher(SETS["variant"], engine).hits(texts).kept.num_rows == 0


@pytest.mark.parametrize("engine", available())
def test_overlapping_terms_do_not_hide_each_other(engine: str) -> None:
    hits = matcher(TermSet("word", ("deep fake", "fake AI", "AI")), engine).hits(pa.array(["a deep fake AI film"]))
    assert rows(hits.kept) == [(0, 0, 2, 11), (0, 1, 7, 14), (0, 2, 12, 14)]


@pytest.mark.parametrize("engine", available())
def test_long_texts_and_long_words(engine: str) -> None:
    long = "said " * 20_000
    texts = pa.array([long + "AI", "AI " + long, long + "é AI " + long, "x" * 300_000 + " AI", long])
    hits = matcher(TermSet("word", ("AI",)), engine).hits(texts)
    assert rows(hits.kept) == [
        (0, 0, 100_000, 100_002),
        (1, 0, 0, 2),
        (2, 0, 100_002, 100_004),
        (3, 0, 300_001, 300_003),
    ]


@pytest.mark.parametrize("rule", ["contains", "word"])
def test_a_thousand_terms(rule: Rule) -> None:
    terms = TermSet(rule, tuple(f"word{number} name{number % 7}" for number in range(1000)))
    texts = tuple(f"x word{number} name{number % 7} {'é' if number % 3 else 'e'} ." for number in range(0, 2000, 29))
    found = [matcher(terms, engine).hits(pa.array(texts)) for engine in available()]
    assert rows(found[0].kept) == expected(terms, texts)[0]
    assert all(hits.kept == found[0].kept for hits in found)
    assert found[0].kept.num_rows == 35


def test_large_batches_are_taken_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clearcount.matching.batch._PIECE", 200)
    many = pa.array(TEXTS * 20)
    kept, dropped = expected(SETS["word"], TEXTS * 20)
    for engine in available():
        for texts in (many, many.cast(pa.large_string()), pa.chunked_array([many.slice(0, 100), many.slice(100)])):
            hits = Matcher(SETS["word"], engine).hits(texts, fold(many))
            assert (rows(hits.kept), rows(hits.dropped)) == (kept, dropped)


def test_auto_takes_an_engine_by_measurement_and_changes_no_hit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clearcount.matching.batch._PROBE", 1000)
    many = pa.array(TEXTS * 20)
    match = Matcher(SETS["variant"], "auto")
    assert rows(match.hits(many).kept) == expected(SETS["variant"], TEXTS * 20)[0]
    assert rows(match.hits(many).kept) == expected(SETS["variant"], TEXTS * 20)[0]


def test_scan_gives_every_batch_in_order_from_several_threads() -> None:
    table = pa.table({"text": pa.array(TEXTS), "folded": fold(pa.array(TEXTS))})
    batches = table.to_batches() * 50
    for engine in available():
        scanned = list(Matcher(SETS["word"], engine).scan(iter(batches), workers=4))
        assert len(scanned) == 50
        assert all(rows(hits.kept) == expected(SETS["word"])[0] for _, hits in scanned)


def test_scan_reads_no_further_than_its_window() -> None:
    taken = 0

    def batches() -> object:
        nonlocal taken
        for _ in range(50):
            taken += 1
            yield pa.record_batch({"text": pa.array(TEXTS), "folded": fold(pa.array(TEXTS))})

    scanning = matcher(SETS["word"]).scan(batches(), workers=2)  # type: ignore[arg-type]
    next(scanning)
    assert taken <= 3
    scanning.close()  # type: ignore[attr-defined]


def test_one_matcher_serves_many_threads() -> None:
    texts = pa.array(TEXTS * 50)
    want = expected(SETS["variant"], TEXTS * 50)[0]
    for engine in available():
        match = Matcher(SETS["variant"], engine)
        with ThreadPoolExecutor(8) as pool:
            assert all(rows(hits.kept) == want for hits in pool.map(lambda _: match.hits(texts), range(16)))  # noqa: B023


def test_another_process_gives_the_same_hits() -> None:
    """Prepared matchers travel as their term set."""
    match = matcher(SETS["word"])
    assert pickle.loads(pickle.dumps(match)) is match
    script = (
        "import json, sys, pyarrow as pa\n"
        "from clearcount.matching import TermSet, matcher\n"
        "terms, none, texts = json.load(sys.stdin)\n"
        "hits = matcher(TermSet('word', tuple(terms), tuple(none))).hits(pa.array(texts))\n"
        "print(json.dumps(hits.kept.to_pylist()))"
    )
    given = json.dumps([TERMS, ["fake AI"], TEXTS])
    done = subprocess.run([sys.executable, "-c", script], input=given, capture_output=True, text=True, check=True)
    assert [tuple(row.values()) for row in json.loads(done.stdout)] == expected(SETS["word"])[0]


def test_prepared_matchers_are_kept_by_their_terms() -> None:
    assert matcher(TermSet("word", ("AI",))) is matcher(TermSet("word", ("AI",)))
    assert matcher(TermSet("word", ("AI",))) is not matcher(TermSet("variant", ("AI",)))


def test_bad_columns_are_refused_with_a_sentence() -> None:
    match = matcher(SETS["word"])
    with pytest.raises(ClearcountError, match="column of type int64 is not text"):
        match.hits(pa.array([1, 2]))
    with pytest.raises(ClearcountError, match="2 texts came with 1 folded"):
        match.hits(pa.array(["a", "b"]), pa.array(["a"]))
    with pytest.raises(EngineUnavailable, match="no matching engine 'grep'"):
        Matcher(SETS["word"], "grep").hits(pa.array(["a"]))


def test_without_hyperscan_the_baseline_does_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates_module.importlib.util, "find_spec", lambda name: None)
    assert available() == ("re2",)
    with pytest.raises(EngineUnavailable, match="hyperscan is not installed"):
        Matcher(SETS["word"], "hyperscan").hits(pa.array(["AI"]))
    assert rows(Matcher(SETS["word"]).hits(pa.array(TEXTS)).kept) == expected(SETS["word"])[0]


def test_fold_is_null_for_ascii_and_for_null() -> None:
    folded = fold(pa.array(["AI", None, "", "É", "deep\u00a0Fake"]))
    assert folded.to_pylist() == [None, None, None, "é", "deep fake"]
    view = pa.array(["xx", "É"]).cast(pa.string_view()).slice(1)
    assert fold(view).to_pylist() == ["é"]
    assert fold(pa.array([], pa.string())).to_pylist() == []


def test_every_character_that_casefolds_is_nominated() -> None:
    """RE2 decides which texts are looked at under `contains`: it must know at least the folding of Python."""
    for code in (*range(0x80, 0xD800), *range(0xE000, 0x1F000)):
        char = chr(code)
        if char.casefold() != char:
            assert find(char.casefold(), char, "contains")
    folding = [chr(c) for c in (*range(0x80, 0xD800), *range(0xE000, 0x1F000)) if chr(c).casefold() != chr(c)]
    texts = pa.array([f"x{char}x" for char in folding])
    needles = {char.casefold() for char in folding}
    hits = matcher(TermSet("contains", tuple(sorted(needles))), "re2").hits(texts, texts)
    assert len(pc.unique(hits.kept["row"])) == len(folding)
