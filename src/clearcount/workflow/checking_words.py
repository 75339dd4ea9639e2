"""Doubts about words that stand in the records of a count and that no term finds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearcount.answer.doubts import searched_fields
from clearcount.answer.values import many
from clearcount.engines import RecordSource, Search
from clearcount.engines.base import Only
from clearcount.engines.local import in_scope, run
from clearcount.importers.kinds import PARTED
from clearcount.matching import matcher
from clearcount.model.request import Doubt
from clearcount.model.terms import TermSet
from clearcount.store import Account
from clearcount.workflow.compare import under
from clearcount.workflow.counting import Counted

_FORMS = 5
"""Forms of a term that are named."""
_INSIDE = r"\p{L}\x{200B}+\p{L}"
_ZERO_WIDTH_SPACE = "\u200b"


def doubts_of_words(counted: Counted, exports: Account) -> Iterator[Doubt]:
    """Yield a doubt for each kind of word in scope that a term names in another form and that no term finds."""
    yield from _inflected(counted)
    if any(finding.kind == PARTED for finding in exports.findings):
        yield from _parted(counted)


def _inflected(counted: Counted) -> Iterator[Doubt]:
    """Longer words in scope that begin with a term, such as `deepfakes`, in occurrences that no term finds."""
    terms = counted.request.terms
    if terms is None or terms.set.rule not in ("word", "variant") or not counted.found.offences:
        return
    plain = [term for term in terms.set.terms if re.fullmatch(r"[\w ]*\w{4,}", term)]
    if not plain:
        return
    wider = TermSet(rule=terms.set.rule, terms=tuple(f"{term}*" for term in plain), none=terms.set.none)
    probe = under(counted.request, replace(terms, set=wider, together=()))
    asked = {part.number: part.terms for part in probe.questions}
    parts = tuple(replace(part, terms=asked[part.number]) for part in counted.search.parts)
    work = partial(
        _forms_of, wider=replace(counted.search, parts=parts, hints=False), own=replace(counted.search, hints=False)
    )
    forms: dict[str, set[str]] = defaultdict(set)
    for found in counted.engine.over(counted.records, work):
        for term, more in found.items():
            forms[term].update(more)
    for term in plain:
        if some := sorted(forms[f"{term}*"])[:_FORMS]:
            yield Doubt(
                f"{term.replace(' ', '-')}-inflected",
                "terms.any",
                f"{', '.join(some)} stand in scope in records that no term finds",
                f'add "{term}*", or say why only the exact word counts',
            )


def _forms_of(records: RecordSource, wider: Search, own: Search) -> dict[str, list[str]]:
    """The first forms in which each wider term stands in occurrences that the terms of the request do not find."""
    found = run(records, wider).mentions
    if not found:
        return {}
    hit = {hit.occurrence_no for hit in run(Only(records, frozenset(m.occurrence_no for m in found)), own).mentions}
    forms: dict[str, set[str]] = defaultdict(set)
    for mention in found:
        if mention.occurrence_no not in hit:
            forms[mention.term].add(mention.matched.casefold())
    return {term: sorted(held)[:_FORMS] for term, held in forms.items()}


def _parted(counted: Counted) -> Iterator[Doubt]:
    """Texts in scope in which a term would stand if no zero-width space did inside its words.

    A zero-width space ends a word (UAX #29), so `AI` is found in front of one. Nobody sees it, so a word that was
    cut by one reads as a whole.
    """
    sets = dict.fromkeys(part.terms.set for part in counted.request.questions if part.terms)
    fields = searched_fields(counted.request)
    if not sets or not fields or not counted.found.offences:
        return
    work = partial(_parted_in, search=counted.search, fields=frozenset(fields), sets=tuple(sets))
    rows = sum(counted.engine.over(counted.records, work))
    if rows:
        yield Doubt(
            "terms-parted-by-zero-width-spaces",
            "terms.any",
            f"{many(rows, 'text', 'texts')} in scope with a term that is cut by a zero-width space, "
            "a sign that nobody sees",
            "export the texts without such signs, or say why the answer stands",
        )


def _parted_in(records: RecordSource, search: Search, fields: frozenset[str], sets: tuple[TermSet, ...]) -> int:
    """How many texts in scope hold a term only without their zero-width spaces."""
    rows = 0
    for batch in records.texts(in_scope(records, search), fields):
        texts = _holding(pc.match_substring, batch["text"], _ZERO_WIDTH_SPACE)  # fast, and few texts have one
        texts = _holding(pc.match_substring_regex, texts, _INSIDE)
        if len(texts):
            rows += len(_missed(texts, sets))
    return rows


def _holding(match: Callable[[pa.Array, str], pa.Array], texts: pa.Array, wanted: str) -> pa.Array:
    return texts.filter(pc.fill_null(match(texts, wanted), False))


def _missed(texts: pa.Array, sets: tuple[TermSet, ...]) -> set[int]:
    """The places of the texts in which a term stands only without their zero-width spaces."""
    whole = pc.replace_substring(texts, _ZERO_WIDTH_SPACE, "")
    missed: set[int] = set()
    for terms in sets:
        kept, closed = (_terms_in(matcher(terms).hits(each).kept) for each in (texts, whole))
        missed |= {row for row, _ in closed - kept}
    return missed


def _terms_in(hits: pa.Table) -> set[tuple[int, int]]:
    """(place of the text, number of the term) of each hit."""
    columns = (hits[name].to_numpy().astype(np.int64).tolist() for name in ("row", "term"))
    return set(zip(*columns, strict=True))
