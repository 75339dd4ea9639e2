"""The made-up export: same seed same bytes, the shape of the default layout, the planned mentions counted plainly."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from clearcount import data as package_data
from clearcount.demo import AS_AT, generate
from clearcount.demo import prose as words
from clearcount.demo.plan import PUBLISHED, plan
from clearcount.errors import ExportError
from clearcount.matching import find
from clearcount.offences import code_list

Cells = Counter[tuple[str, str]]
LITERAL = (" ai ", "artificial intelligence", "deep fake", "deepfake")
WHOLE = re.compile(
    r"(?<![^\W_])(?:ai|artificial\s+intelligence)(?![^\W_])|(?<![^\W_])deep\s+fake[^\W_]*|(?<![^\W_])deepfake[^\W_]*"
)


@dataclass(frozen=True)
class Export:
    offences: list[dict[str, str]]
    texts: list[dict[str, str]]

    def counted(self, found: set[str], codes: set[str]) -> Cells:
        """Recorded offences of `codes` by code and month, January 2023 to June 2025, in the occurrences `found`."""
        return Counter(
            (row["home_office_code"], row["recorded_on"][:7])
            for row in self.offences
            if row["occurrence_no"] in found
            and row["home_office_code"] in codes
            and row["status"] == "recorded"
            and "2023-01" <= row["recorded_on"][:7] <= "2025-06"
        )


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Export:
    folder = tmp_path_factory.mktemp("demo")
    generate(folder, occurrences=3000)
    tables = []
    for name in ("offences.csv", "texts.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            tables.append(list(csv.DictReader(file)))
    return Export(*tables)


def published() -> Cells:
    """The published table, read from its own file and not from the generator's plan."""
    path = Path(__file__).parents[1] / "golden" / "published_table.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return Counter({(row["code"], row["period"]): int(row["value"]) for row in csv.DictReader(file)})


def plain(text: str) -> str:
    """`text` normalised without the product's matcher: no soft hyphens, zero width spaces as spaces, NFKC, casefold."""
    return unicodedata.normalize("NFKC", text.replace("\u00ad", "").replace("\u200b", " ")).casefold()


def test_the_literal_search_gives_exactly_the_published_table(export: Export) -> None:
    found = {
        row["occurrence_no"]
        for row in export.texts
        if row["field"] in ("oel", "summary") and any(term in row["text"].lower() for term in LITERAL)
    }
    counted = export.counted(found, {"088/09", "088/14", "088/15", "175/08", "086/02"})
    assert counted == published()
    assert counted.total() == 45
    assert len({month for _, month in counted}) == 16


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_seed_plans_the_same_published_table(seed: int) -> None:
    cells: Cells = Counter()
    for each in plan(Random(seed)):
        literal = any(
            field in ("oel", "summary") and any(t in text.lower() for t in LITERAL) for field, text in each.texts
        )
        if literal and "2023-01" <= str(each.month) <= "2025-06":
            cells.update((code, str(each.month)) for code, status in each.offences if status == "recorded")
    assert {key: n for key, n in cells.items() if key[0] in PUBLISHED} == published()


def test_the_honest_search_finds_more_in_every_line_and_in_more_months(export: Export) -> None:
    found = {row["occurrence_no"] for row in export.texts if WHOLE.search(plain(row["text"]))}
    honest = export.counted(found, {"088/15", "175/08", "008/71", "086/02", "086/10"})
    for code in ("086/02", "088/15", "175/08"):
        assert sum(n for key, n in honest.items() if key[0] == code) > sum(PUBLISHED[code].values())
    assert all(
        honest[code, month] >= n for code in ("086/02", "088/15", "175/08") for month, n in PUBLISHED[code].items()
    )
    assert honest.total() > 3 * 42
    assert len({month for _, month in honest}) > 25


def test_no_background_text_holds_a_term(export: Export) -> None:
    planned = {text.split("{")[0] for each in plan(Random(0)) for _, text in each.texts}
    for row in export.texts:
        if WHOLE.search(plain(row["text"])):
            assert any(start in row["text"] for start in planned)


@pytest.mark.parametrize("phrase", words.PLAIN, ids=lambda phrase: phrase.text[:40])
def test_a_plain_phrase_is_found_by_the_literal_search(phrase: words.DemoSentence) -> None:
    assert any(find(term, phrase.text, rule="contains") for term in (" AI ", *LITERAL[1:]))


@pytest.mark.parametrize("phrase", words.AWKWARD, ids=lambda phrase: ascii(phrase.text[:40]))
def test_an_awkward_phrase_is_found_by_whole_words_only(phrase: words.DemoSentence) -> None:
    assert not any(find(term, phrase.text, rule="contains") for term in (" AI ", *LITERAL[1:]))
    assert any(find(term, phrase.text) for term in ("AI", "artificial intelligence", "deep fake*", "deepfake*"))


@pytest.mark.parametrize("phrase", words.SHAPED, ids=lambda phrase: phrase.text[:40])
def test_a_shaped_phrase_is_found_by_variants_only(phrase: words.DemoSentence) -> None:
    terms = ("AI", "artificial intelligence", "deep fake", "deepfake")
    assert not any(find(term, phrase.text) for term in (*terms, "deep fake*", "deepfake*"))
    assert any(find(term, phrase.text, rule="variant") for term in terms)


@pytest.mark.parametrize("phrase", words.UNFOUND, ids=lambda phrase: phrase.text[:40])
def test_what_no_term_covers_is_found_by_none(phrase: words.DemoSentence) -> None:
    assert not any(find(term, phrase.text, rule="variant") for term in ("AI", "artificial intelligence", "deep fake*"))
    assert not any(find(term, phrase.text, rule="contains") for term in LITERAL)


def test_every_sense_of_a_mention_is_there() -> None:
    senses = {phrase.sense for phrase in (*words.PLAIN, *words.AWKWARD)}
    assert senses == {
        *("asserted", "negated", "hypothetical", "victim_suspects", "suspect_claims", "police_use", "other_sense")
    }


def test_same_number_and_seed_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        generate(tmp_path / name, occurrences=400, seed=seed)
    for file in ("offences.csv", "texts.csv"):
        first, second, other = ((tmp_path / name / file).read_bytes() for name in "abc")
        assert first == second != other


def test_the_shape_is_that_of_the_default_layout(export: Export) -> None:
    keys = [(row["occurrence_no"], row["crime_no"]) for row in export.offences]
    entries = [(row["occurrence_no"], row["field"], row["entry_no"]) for row in export.texts]
    assert len(set(keys)) == len(keys) and len(set(entries)) == len(entries)
    assert len({row["occurrence_no"] for row in export.texts}) == 3000
    assert {row["status"] for row in export.offences} == {"recorded", "cancelled", "transferred"}
    assert {row["field"] for row in export.texts} == {"summary", "mo", "oel"}
    assert all(code_list().get(row["home_office_code"]) for row in export.offences)
    assert all(row["reported_on"] <= row["recorded_on"] <= AS_AT.isoformat() for row in export.offences)
    assert all(row["committed_from"] <= row["reported_on"] for row in export.offences)
    assert all(not row["committed_to"] or row["committed_from"] <= row["committed_to"] for row in export.offences)
    assert 14 * 3000 < len(export.texts) < 16 * 3000


def test_no_offence_is_recorded_where_it_was_not_in_force(export: Export) -> None:
    for row in export.offences:
        code = code_list().codes[row["home_office_code"]]
        start, end = code.in_force_from, code.in_force_to
        assert (not start or row["recorded_on"] >= start.isoformat()) and (
            not end or row["recorded_on"] <= end.isoformat()
        )


def test_too_few_occurrences_to_hold_the_plan_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="at least"):
        generate(tmp_path, occurrences=10)
    assert not list(tmp_path.iterdir())


def test_the_example_files_travel_in_the_package() -> None:
    for name in ("request.toml", "request-as-published.toml", "policy.toml", "force.toml"):
        assert package_data.read_text(f"demo/{name}").startswith("#")
