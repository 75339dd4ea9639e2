"""Hits of nearly the same text: found, and decided by one reading where somebody chooses so.

Every applied decision is a row of its own and names the text that was read. It is withdrawn by itself. It is never made
in a second reading or on a record of a random sample: those measure what readers do with each text.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from clearcount.errors import DecisionError
from clearcount.model.decision import Decision, Key
from clearcount.reading.decide import current, still_applied
from clearcount.reading.near import LEAST_LIKENESS, HitText, NearRecord, near_records
from clearcount.store.decisions import DecisionStore, Sheet
from clearcount.workflow.reading_records import ReadingScope


@dataclass(frozen=True)
class NearFound:
    """How many hits have nearly the text of another, how many of those are undecided, and what was done.

    `waiting` counts the undecided ones whose like is decided, so that a decision can be applied.
    """

    hits: int
    near: int
    undecided: int
    waiting: int
    applied: int = 0
    taken_back: int = 0

    def as_dict(self) -> dict[str, int]:
        """Return plain values for a machine."""
        return asdict(self)


def near_of(scope: ReadingScope, keys: Sequence[Key], *, least: float = LEAST_LIKENESS) -> tuple[NearRecord, ...]:
    """Return those of `keys` that an earlier one of them is near to.

    Raises:
        DecisionError: for a likeness that is no share from 0.5 to 1.
    """
    entries = scope.entries({number for number, _ in keys})
    spans: dict[tuple[str, str, str], list[tuple[int, int]]] = defaultdict(list)
    for number in entries:
        for hit in scope.mentions.get(number, ()):
            spans[number, hit.field, hit.entry_no].append((hit.start, hit.end))
    records = [
        HitText(
            key,
            tuple((text, tuple(sorted(spans.get((key[0], field, entry_no), ())))) for field, entry_no, text in each),
            scope.hints(key, each),
        )
        for key in keys
        for each in [entries[key[0]]]
    ]
    try:
        return near_records(records, least=least)
    except ValueError as fault:
        raise DecisionError(f"{fault}; write it like 0.9") from None


def read_near(
    scope: ReadingScope,
    *,
    now: datetime,
    apply: bool = False,
    take_back: bool = False,
    least: float = LEAST_LIKENESS,
) -> NearFound:
    """Count hits of nearly the same text; apply decisions to the undecided ones, or take back what was applied.

    A decision is applied when somebody made it on the present text and it holds. It is applied as a first reading.

    Raises:
        DecisionError: when both are asked for, or the hits were not handed out yet.
    """
    if apply and take_back:
        raise DecisionError("decisions are applied or taken back, not both; ask for one of them")
    store = DecisionStore(scope.store.path)
    hashes = scope.hashes({number for number, _ in scope.matches})
    decisions = [row for row in still_applied(store.decisions()) if row.text_hash == hashes.get(row.occurrence_no)]
    holding = current(decisions)
    if take_back:
        applied = [row for row in store.decisions() if row.applied_from and row.key in scope.months]
        done = store.withdraw(applied) if applied else 0
        left = {key: row for key, row in holding.items() if row not in applied}
        return replace(_found(scope, near_of(scope, _order(scope, left), least=least), left), taken_back=done)
    near = near_of(scope, _order(scope, holding), least=least)
    found = _found(scope, near, holding)
    if not apply:
        return found
    handed = handed_out_rows(store.sheets(), scope.query_version, hashes)
    fresh = []
    for each in near:
        source = holding.get(each.read)
        if each.key in holding or source is None or not _read_by_somebody(source):
            continue
        if (row := handed.get(each.key)) is None:
            raise DecisionError(
                "the hits were not handed out as they are now; run `clearcount review export` before applying decisions"
            )
        fresh.append(applied_to(row, source, at=now.isoformat(timespec="microseconds")))
    return replace(found, applied=store.append(fresh) if fresh else 0)


def _order(scope: ReadingScope, holding: Mapping[Key, Decision]) -> list[Key]:
    """Return the hits with those first that somebody read, so that the others are compared with them."""
    return sorted(scope.matches, key=lambda key: (not _read_by_somebody(holding.get(key)), key))


def read_once(scope: ReadingScope, keys: Sequence[Key]) -> dict[Key, int]:
    """Return those of `keys` to read when near texts are read once, each with how many others it is read for.

    A record near to one that somebody read already is left out: `review near --apply` decides it.
    """
    decisions = still_applied(DecisionStore(scope.store.path).decisions())
    hashes = scope.hashes({number for number, _ in scope.matches})
    holding = current(row for row in decisions if row.text_hash == hashes.get(row.occurrence_no))
    read = [key for key in _order(scope, holding) if _read_by_somebody(holding.get(key)) and key not in keys]
    near = {each.key: each.read for each in near_of(scope, [*read, *keys])}
    others = Counter(near[key] for key in keys if key in near)
    return {key: others[key] for key in keys if key not in near}


def applied_to(row: Decision, source: Decision, *, at: str) -> Decision:
    """Return the row decided as `source` was, marked as applied from its text."""
    return replace(
        row,
        code=source.code,
        reason=source.reason,
        coder=source.coder,
        facts=source.facts,
        at=at,
        applied_from=source.text_hash,
    )


def handed_out_rows(sheets: Collection[Sheet], query_version: str, hashes: Mapping[str, str]) -> dict[Key, Decision]:
    """Return the latest row of each hit that was handed out for a first reading of its present text."""
    return {
        row.key: row
        for sheet in sheets
        if sheet.kind == "match" and sheet.query_version == query_version
        for row in sheet.rows
        if row.text_hash == hashes.get(row.occurrence_no)
    }


def _read_by_somebody(decision: Decision | None) -> bool:
    return decision is not None and not decision.applied_from


def _found(scope: ReadingScope, near: Sequence[NearRecord], holding: Mapping[Key, Decision]) -> NearFound:
    undecided = [each for each in near if each.key not in holding]
    waiting = sum(_read_by_somebody(holding.get(each.read)) for each in undecided)
    return NearFound(len(scope.matches), len(near), len(undecided), waiting)
