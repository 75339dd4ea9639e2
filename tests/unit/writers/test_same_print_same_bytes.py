"""Two sets of records that differ only in what disclosure control hides make the same bundle, byte for byte.

Whatever tells a hidden count, in whichever words, file or digest, would tell the two apart.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from clearcount.demo import AS_AT
from clearcount.disclosure import Policy
from clearcount.disclosure.control import control
from clearcount.model.months import TOTAL
from clearcount.model.table import Count, Suppressed
from clearcount.store import open_store
from clearcount.workflow import answering, prose, releasing
from clearcount.workflow.answering import Answer, answer_request
from clearcount.workflow.demo import Demo, make_demo
from clearcount.workflow.importing import import_export
from clearcount.workflow.inputs import Inputs, one_store
from clearcount.writers import bundle_files
from drawing import grid, texts

NOW = datetime(2026, 1, 2, 9, tzinfo=UTC)
RULE = Policy.parse({"rule": "suppress", "cost": "sum", "reason": "Small numbers.", "approved_by": "A. Officer"})
TRIES = 12
At = tuple[str, str]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A small made-up store, and the answer made from it."""
    return make_demo(tmp_path_factory.mktemp("same") / "demo", occurrences=1500, now=NOW)


_CONTROLLED: dict[str, Any] = {}


def _answer(demo: Demo, store: Path) -> Answer:
    """The answer from a store; the same exact tables pass disclosure control once, however often they are answered."""

    def once(tables: Any, **given: Any) -> Any:
        key = repr((tables, given["links"]))
        if key not in _CONTROLLED:
            _CONTROLLED[key] = control(tables, **given)
        return _CONTROLLED[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answering, "control", once)
        request, force = demo.honest.counted.request, demo.honest.release.force
        return answer_request(Inputs(request, one_store(open_store(store)), policy=RULE, force=force))


def _swaps(answer: Answer) -> Iterator[tuple[str, str, str, str]]:
    """Crimes (a, b, c, d) in four hidden cells of two lines and two months: a and b count, c and d do not.

    When a changes dates with b, and c with d, two hidden counts rise by one, two fall, and every total and every
    denominator stays.
    """
    found = answer.counted.found
    hit = {mention.occurrence_no for mention in found.mentions}
    crimes: dict[tuple[str, str, bool], str] = {}
    for at in range(len(found.offences)):
        key = (found.offences.code[at], str(found.offences.month[at]), found.offences.occurrence_no[at] in hit)
        crimes.setdefault(key, found.offences.crime_no[at])
    hidden = _hidden(answer)
    rows, months = (sorted({at[side] for at in hidden if TOTAL not in at}) for side in (0, 1))
    for (first, second), (early, late) in ((r, m) for r in combinations(rows, 2) for m in combinations(months, 2)):
        for one, other in ((early, late), (late, early)):
            places = [(first, one, True), (second, other, True), (first, other, False), (second, one, False)]
            if {(r, m) for r in (first, second) for m in (early, late)} <= hidden and all(p in crimes for p in places):
                a, b, c, d = (crimes[place] for place in places)
                yield a, b, c, d


def _hidden(answer: Answer) -> set[At]:
    return {texts(at) for at, cell in answer.release.answer.cells.items() if isinstance(cell, Suppressed)}


def _exchanged(demo: Demo, pairs: list[tuple[str, str]], folder: Path) -> Path:
    """A store of the demo's export in which the crimes of each pair have changed the dates of recording."""
    export = Path(shutil.copytree(demo.folder / "export", folder / "export"))
    with (export / "offences.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    by_crime = {row["crime_no"]: row for row in rows}
    for one, other in pairs:
        first, second = by_crime[one], by_crime[other]
        first["recorded_on"], second["recorded_on"] = second["recorded_on"], first["recorded_on"]
    with (export / "offences.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    import_export([export], folder / "store", now=NOW, as_at=AS_AT)
    return folder / "store"


@pytest.fixture(scope="module")
def stores(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two stores whose answers hide the same cells, with other counts in them."""
    base = demo.folder / "store"
    answer = _answer(demo, base)
    for a, b, c, d in list(_swaps(answer))[:TRIES]:
        other = _exchanged(demo, [(a, b), (c, d)], tmp_path_factory.mktemp("other"))
        again = _answer(demo, other)
        if _hidden(again) == _hidden(answer):
            changed = {
                texts(at) for at, cell in answer.counted.answer.cells.items() if again.counted.answer.cells[at] != cell
            }
            assert len(changed) == 4 and changed <= _hidden(answer)
            return base, other
    raise AssertionError("no exchange keeps the pattern")


def _differing(demo: Demo, stores: tuple[Path, Path]) -> set[str]:
    one, other = (bundle_files(_answer(demo, store).release) for store in stores)
    assert set(one) == set(other)
    return {name for name in one if one[name] != other[name]}


def test_what_is_hidden_moves_no_byte(demo: Demo, stores: tuple[Path, Path]) -> None:
    assert _differing(demo, stores) == set()


def _exact(counted: Any) -> list[int]:
    return [cell.n for _, cell in sorted(grid(counted.answer).items()) if isinstance(cell, Count)]


LEAKS: dict[str, tuple[Any, str, Callable[[Any], Any]]] = {
    "a note with the counts": (
        prose, "notes", lambda counted: ((f"The counts run over {_exact(counted)}.",),),
    ),
    "a digest of the counts": (
        prose, "data_processing", lambda counted: ((hashlib.sha256(repr(_exact(counted)).encode()).hexdigest(),),),
    ),
}  # fmt: skip


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_in_the_words_is_seen(
    demo: Demo, stores: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, leak: str
) -> None:
    """The test above can fail: words that are made from hidden counts, not from the cells let out, are told apart."""
    home, name, words = LEAKS[leak]
    real = getattr(home, name)
    monkeypatch.setattr(home, name, lambda counts, *more: (*real(counts, *more), *words(counts[0])))
    assert {"response.html", "response-body.html", "response.docx", "counts.xlsx", "release.json"} <= _differing(
        demo, stores
    )


def test_a_plain_digest_in_the_provenance_is_seen(
    demo: Demo, stores: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A digest over counts without a key would let a reader try the values of hidden cells."""
    real = releasing.release_of

    def leaking(request: Any, parts: Any, *given: Any) -> Any:
        release, counted = real(request, parts, *given), parts[0].counted
        release.provenance.digests["counts"] = hashlib.sha256(repr(_exact(counted)).encode()).hexdigest()  # type: ignore[index]
        return release

    monkeypatch.setattr("clearcount.workflow.answering.release_of", leaking)
    assert _differing(demo, stores) == {"release.json"}
