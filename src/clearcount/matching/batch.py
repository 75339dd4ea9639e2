"""The batch matcher: Arrow texts in, Arrow hits out; the same hits on every engine, batch shape and thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from clearcount.errors import ClearcountError
from clearcount.matching.ahead import WORKERS, ahead
from clearcount.matching.candidates import Beyond, Scanner, available, scanner
from clearcount.matching.columns import fold
from clearcount.matching.expansion import expansion
from clearcount.matching.verify import Around, FoldedText, Place, TermVerifier, phrase_verifier
from clearcount.model.mention import Span
from clearcount.model.terms import Rule, TermSet

MATCHER_VERSION = "2"
"""Changes when the same texts and terms could give other hits."""

HITS = pa.schema([("row", pa.int64()), ("term", pa.int32()), ("start", pa.int32()), ("end", pa.int32())])
_Found: TypeAlias = tuple[int, int, int]  # start, end, term
_Hit: TypeAlias = tuple[int, int, int, int]  # row, term, start, end
_PIECE = 64 << 20  # bytes of text scanned at a time: bounds memory, and is far below the engines' 2 GiB
_PROBE = 4 << 20  # bytes of text on which the engines are compared


@dataclass(frozen=True)
class Hits:
    """The hits of a batch: `kept`, and `dropped` because they lie inside an exception.

    Tables with the columns of `HITS`: the row in the batch, the number of the term, start and end of the hit. Places
    are code points of the original text, end exclusive. The order is by row, start, end and term.
    """

    kept: pa.Table
    dropped: pa.Table


class Matcher:
    """A term set, ready to search; safe to use from several threads. Made by `matcher`."""

    def __init__(self, term_set: TermSet, engine: str = "auto") -> None:
        self.term_set = term_set
        self.engine = engine
        self._verifiers = tuple(TermVerifier(term, term_set.rule) for term in term_set.parsed)
        self._excluded = tuple(phrase_verifier(phrase, term_set.rule) for phrase in term_set.excluded)
        self._scanners: dict[str, Scanner] = {}
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[object, tuple[TermSet, str]]:
        return matcher, (self.term_set, self.engine)

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms as typed; hits name them by number."""
        return self.term_set.terms

    def expansion(self) -> list[tuple[str, str]]:
        """Return each term, and each excluded phrase, with what it is read as, in words."""
        return expansion(self.term_set)

    def find(self, text: str) -> tuple[list[Span], list[Span]]:
        """Return the hits in one text, kept and dropped, each ordered by start, end and term."""
        kept, dropped = self._places(text, range(len(self.terms)))
        return self._spans(text, kept), self._spans(text, dropped)

    def hits(self, text: pa.Array | pa.ChunkedArray, folded: pa.Array | pa.ChunkedArray | None = None) -> Hits:
        """Return the hits in `text`: string arrays of any kind and shape. A null text has none.

        `folded` is what `fold` gives for `text`, where it is kept beside it; without it, it is made here.

        Raises:
            ClearcountError: for columns that are not text, or of different lengths.
        """
        if folded is not None and len(folded) != len(text):
            raise ClearcountError(f"{len(text)} texts came with {len(folded)} folded forms; fold the texts again")
        kept: list[_Hit] = []
        dropped: list[_Hit] = []
        for start, piece in _pieces(text):
            beside = None if folded is None else _whole(folded.slice(start, len(piece)))
            self._scan(start, piece, fold(piece) if beside is None else beside, kept, dropped)
        return Hits(_table(kept), _table(dropped))

    def scan(
        self, batches: Iterable[pa.RecordBatch], *, workers: int = WORKERS
    ) -> Iterator[tuple[pa.RecordBatch, Hits]]:
        """Return each of `batches` (columns `text` and `folded`) with its hits, in order, `workers` of them at a
        time.
        """

        def with_hits(batch: pa.RecordBatch) -> tuple[pa.RecordBatch, Hits]:
            return batch, self.hits(batch["text"], batch["folded"])

        return ahead((partial(with_hits, batch) for batch in batches), workers)

    def _scan(self, offset: int, text: pa.Array, folded: pa.Array, kept: list[_Hit], dropped: list[_Hit]) -> None:
        """Adds the hits of `text`, whose rows count from `offset`."""
        scanner = self._scanner(text)
        is_beyond = folded.is_valid().to_numpy(zero_copy_only=False)
        beyond = np.flatnonzero(is_beyond)
        view = (text if self._beyond.literal else folded).take(pa.array(beyond))
        first, second, odd = scanner.scan(text), scanner.scan(view), self._beyond.rows(view)
        first_lane = ~is_beyond[first.rows]
        rows = np.concatenate([first.rows[first_lane], beyond[second.rows], beyond[odd]])
        terms = np.concatenate([first.terms[first_lane], second.terms, np.full(len(odd), -1, np.int64)])
        nominated: dict[int, set[int]] = {}
        for row, term in sorted(set(zip(rows.tolist(), terms.tolist(), strict=True))):
            nominated.setdefault(row, set()).add(term)
        every = range(len(self.terms))
        found = text.take(pa.array(list(nominated), pa.int64())).to_pylist()
        for (row, wanted), original in zip(nominated.items(), found, strict=True):
            if original is not None:
                places, lost = self._places(original, every if -1 in wanted else wanted)
                kept += [(offset + row, term, start, end) for start, end, term in places]
                dropped += [(offset + row, term, start, end) for start, end, term in lost]

    def _places(self, original: str, wanted: Iterable[int]) -> tuple[list[_Found], list[_Found]]:
        text = FoldedText(original)
        kept: list[_Found] = []
        dropped: list[_Found] = []
        excluded: list[Place] | None = None
        for term in wanted:
            verifier = self._verifiers[term]
            places = list(verifier.places(text))
            if not places:
                continue
            if not (self._excluded or verifier.exceptions):
                kept += [(start, end, term) for start, end in places]
                continue
            if excluded is None:
                excluded = [place for phrase in self._excluded for place in phrase.places(text)]
            around = Around([*excluded, *(place for phrase in verifier.exceptions for place in phrase.places(text))])
            for start, end in places:
                (dropped if around.holds((start, end)) else kept).append((start, end, term))
        return sorted(kept), sorted(dropped)

    def _spans(self, text: str, places: list[_Found]) -> list[Span]:
        return [Span(self.terms[term], start, end, text[start:end]) for start, end, term in places]

    @cached_property
    def _beyond(self) -> Beyond:
        return Beyond(self.term_set)

    def _scanner(self, text: pa.Array) -> Scanner:
        """The scanner asked for; under "auto", from the first batch that is large enough to tell, the faster one."""
        if self.engine != "auto":
            return self._prepared(self.engine)
        if "auto" in self._scanners:
            return self._scanners["auto"]
        if len(available()) == 1 or text.nbytes < _PROBE:
            return self._prepared(available()[0])
        sample = text.slice(0, max(1, len(text) * _PROBE // text.nbytes))
        scanners = [self._prepared(name) for name in available()]
        self._scanners["auto"] = min(scanners, key=lambda candidate: _seconds(candidate, sample))
        return self._scanners["auto"]

    def _prepared(self, engine: str) -> Scanner:
        with self._lock:
            if engine not in self._scanners:
                self._scanners[engine] = scanner(engine, self.term_set)
            return self._scanners[engine]


def matcher(term_set: TermSet, engine: str = "auto") -> Matcher:
    """Return the matcher of `term_set`, kept ready for the next call with an equal one.

    `engine` only nominates texts, so it cannot change a hit: "re2", "hyperscan", or "auto" for the one that is faster
    on the first large batch. Raises EngineUnavailable, when first used, for one that is not installed.
    """
    return _kept_ready(term_set, engine)


@lru_cache(maxsize=64)
def _kept_ready(term_set: TermSet, engine: str) -> Matcher:
    return Matcher(term_set, engine)


def find(term: str, text: str, rule: Rule = "word") -> list[Span]:
    """Return where `term` stands in `text`: exactly what a run over all records would find, in order of place.

    Offsets are code points of `text`, end exclusive; `text[span.start:span.end] == span.matched`.

    Raises:
        TermError: when `term` cannot be read under `rule`.
    """
    return matcher(TermSet(rule, (term,))).find(text)[0]


def _seconds(candidate: Scanner, sample: pa.Array) -> float:
    """Processor seconds of this thread for a scan of `sample`, the better of two."""
    taken = []
    for _ in range(2):
        start = time.thread_time()
        candidate.scan(sample)
        taken.append(time.thread_time() - start)
    return min(taken)


def _pieces(text: pa.Array | pa.ChunkedArray) -> Iterator[tuple[int, pa.Array]]:
    """(first row, string array) of stretches of `text` of bounded size; a text is never divided."""
    kind = text.type.value_type if pa.types.is_dictionary(text.type) else text.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
        raise ClearcountError(f"a column of type {text.type} is not text; give the matcher a column of strings")
    start = 0
    for chunk in text.chunks if isinstance(text, pa.ChunkedArray) else [text]:
        if not pa.types.is_string(chunk.type):
            chunk = chunk.cast(kind).cast(pa.large_string())  # two steps: a dictionary is decoded first
        todo = [chunk]
        while todo:
            piece = todo.pop()
            if piece.nbytes > _PIECE and len(piece) > 1:
                half = len(piece) // 2
                todo += [piece.slice(half), piece.slice(0, half)]
            elif len(piece):
                yield start, piece.cast(pa.string())
                start += len(piece)


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return (whole.combine_chunks() if isinstance(whole, pa.ChunkedArray) else whole).cast(pa.string())


def _table(hits: list[_Hit]) -> pa.Table:
    columns = zip(*hits, strict=True) if hits else ((), (), (), ())
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, HITS, strict=True)], schema=HITS)
