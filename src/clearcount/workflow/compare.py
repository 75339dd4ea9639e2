"""The term rules side by side on one request: what each counts, and what each finds that another does not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from clearcount.errors import RequestError, TermError
from clearcount.matching.difference import Difference, difference
from clearcount.model.keys import ALL
from clearcount.model.mention import Mention
from clearcount.model.request import CountRequest, Terms
from clearcount.model.table import Cell, Count
from clearcount.model.terms import RULES, Rule, TermSet
from clearcount.offences import code_list
from clearcount.workflow.counting import Counted, count_request
from clearcount.workflow.counting_stores import part_in
from clearcount.workflow.stores import NamedStore


@dataclass(frozen=True)
class RuleCount:
    """What one rule gives. `refused` says why the terms cannot be read under it; then everything else is empty.

    `by_offence` holds (line of the answer, its label, count over the whole period). `total` counts in the request's
    unit, `records` the occurrences with a hit, `mentions` the hits.
    """

    rule: Rule
    by_offence: tuple[tuple[str, str, int], ...] = ()
    total: int = 0
    records: int = 0
    mentions: tuple[Mention, ...] = ()
    read_as: tuple[tuple[str, str], ...] = ()
    refused: str = ""


@dataclass(frozen=True)
class Gap:
    """The hits of `found_by` that `missed_by` does not have, counted by what sets them apart."""

    found_by: Rule
    missed_by: Rule
    hits: tuple[tuple[Mention, Difference], ...]

    @property
    def records(self) -> int:
        """Occurrences with such a hit."""
        return len({hit.occurrence_no for hit, _ in self.hits})

    @property
    def classes(self) -> dict[Difference, int]:
        """How many hits are of each class, the commonest first."""
        return dict(Counter(kind for _, kind in self.hits).most_common())

    def examples(self, most: int) -> list[tuple[Mention, Difference]]:
        """Return up to `most` hits of each class, in order of place, the commonest class first."""
        return [pair for kind in self.classes for pair in [p for p in self.hits if p[1] == kind][:most]]


@dataclass(frozen=True)
class Comparison:
    """Every rule on one request and snapshot. Internal: the examples are free text and the counts are exact."""

    own: Rule
    unit: str
    rules: tuple[RuleCount, ...]
    gaps: tuple[Gap, ...]

    def as_dict(self, *, examples: int = 3) -> dict[str, object]:
        """Return the comparison as plain values."""
        return {
            "rule": self.own,
            "unit": self.unit,
            "rules": {each.rule: _rule_as_dict(each) for each in self.rules},
            "differences": [
                {
                    "found_by": gap.found_by,
                    "missed_by": gap.missed_by,
                    "mentions": len(gap.hits),
                    "records": gap.records,
                    "classes": gap.classes,
                    "examples": [_example(hit, kind) for hit, kind in gap.examples(examples)],
                }
                for gap in self.gaps
            ],
        }


def compare(request: Path, store: NamedStore) -> Comparison:
    """Count the request file under every rule; where the store has a name, the parts of it that count there.

    Raises:
        RequestError: when the request has no terms.
        ClearcountError: when the request cannot be counted, with a sentence.
    """
    asked, number = part_in(request, store), store.snapshot.number
    if asked.terms is None:
        raise RequestError(f"{request}: has no [terms], so there is no rule to compare; add the words to look for")
    codes = code_list()
    rules: list[RuleCount] = []
    for rule in RULES:
        try:
            under = _under(asked, rule)
        except TermError as error:
            rules.append(RuleCount(rule, refused=str(error)))
            continue
        rules.append(_rule_count(rule, count_request(under, store.store, codes=codes, snapshot=number)))
    read = [each for each in rules if not each.refused]
    gaps = [_gap(one, other) for one in read for other in read if one is not other]
    return Comparison(asked.terms.set.rule, asked.scope.unit, tuple(rules), tuple(gap for gap in gaps if gap.hits))


def _under(request: CountRequest, rule: Rule) -> CountRequest:
    """`request` with its terms read under `rule`; with every line, and without a marker, so that terms are counted."""
    assert request.terms is not None
    terms = TermSet(rule, request.terms.set.terms, request.terms.set.none)
    return under(request, replace(request.terms, set=terms))


def under(request: CountRequest, terms: Terms) -> CountRequest:
    """Return `request` with other words in every part that has the request's own, and with every line of its tables."""
    tables = tuple(replace(shape, empty="show") for shape in request.tables)
    questions = tuple(replace(q, terms=terms) if q.terms == request.terms else q for q in request.questions)
    return replace(request, terms=terms, questions=questions, marker=None, tables=tables)


def _rule_count(rule: Rule, counted: Counted) -> RuleCount:
    answer = counted.answer
    over = (ALL,) * len(answer.columns)
    return RuleCount(
        rule,
        by_offence=tuple(
            (
                "|".join(key.text for key in line),
                answer.rows[0].leaf(line[0]).label,
                _number(answer.cells[*line, *over]),
            )
            for line in answer.lines[:-1]
        ),
        total=_number(answer.cells[answer.whole]),
        records=len({mention.occurrence_no for mention in counted.found.mentions}),
        mentions=counted.found.mentions,
        read_as=counted.found.expansion,
    )


def _number(cell: Cell) -> int:
    """An exact table holds counts, and marks where nothing can have been counted."""
    return cell.n if isinstance(cell, Count) else 0


def _gap(one: RuleCount, other: RuleCount) -> Gap:
    """Hits of `one` that no hit of `other`, of the same term in the same text, overlaps."""
    seen: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
    for hit in other.mentions:
        seen[_text(hit)].append((hit.start, hit.end))
    missed = [hit for hit in one.mentions if not _overlaps(hit, seen.get(_text(hit), ()))]
    kinds = tuple((hit, difference(hit.term, hit.before, hit.matched, hit.after)) for hit in missed)
    return Gap(one.rule, other.rule, kinds)


def _text(hit: Mention) -> tuple[str, ...]:
    return hit.occurrence_no, hit.field, hit.entry_no, hit.term


def _overlaps(hit: Mention, places: Iterable[tuple[int, int]]) -> bool:
    return any(start < hit.end and hit.start < end for start, end in places)


def _rule_as_dict(each: RuleCount) -> dict[str, object]:
    if each.refused:
        return {"refused": each.refused}
    offences: Sequence[tuple[str, str, int]] = each.by_offence
    return {
        "count": each.total,
        "records": each.records,
        "mentions": len(each.mentions),
        "by_offence": {key: n for key, _, n in offences},
        "read_as": dict(each.read_as),
    }


def _example(hit: Mention, kind: Difference) -> dict[str, object]:
    return {
        "class": kind,
        "occurrence_no": hit.occurrence_no,
        "field": hit.field,
        "entry_no": hit.entry_no,
        "term": hit.term,
        "before": hit.before,
        "matched": hit.matched,
        "after": hit.after,
    }
