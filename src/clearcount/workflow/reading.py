"""Reading the hits: out to a spreadsheet and back, and what it shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from clearcount.errors import DecisionError, EngineUnavailable
from clearcount.model.decision import Decision, Key, Round, Source
from clearcount.model.facts import FactAsked
from clearcount.reading.decide import by_round, current, disagreements, half_settled, still_applied
from clearcount.reading.facts import known_facts
from clearcount.reading.plugin import RankerFile, load_ranker
from clearcount.reading.queue import Reading, queue_order, score
from clearcount.reading.report import Quality, measure
from clearcount.reading.sampling import SHARE_TWICE, blank, second_reading, small_cells
from clearcount.reading.sheets import Row, read_lines, read_sheet
from clearcount.store import open_store
from clearcount.store.decisions import DecisionStore, Sheet
from clearcount.workflow.reading_drawing import last_sample
from clearcount.workflow.reading_near import read_once
from clearcount.workflow.reading_records import ReadingScope, hashes_of
from clearcount.workflow.reading_sheets import (
    Drawn,
    Sample,
    guide_of,
    kind_of,
    new_sheet,
    read_bytes,
    save,
    sheet_id,
    write_sheet,
)

_WRITTEN = ("code", "reason", "coder", "at", "applied_from")


def export(scope: ReadingScope, out: Path, asked: Asked, *, now: datetime, coder: str = "") -> Drawn:
    """Write what is to be read to `out` and keep what was handed out; see `hand_out`. `coder` will read it.

    Raises:
        DecisionError: when there is nothing to read.
        EngineUnavailable: for ranked records, when scikit-learn is not installed.
    """
    kind_of(out)
    if asked.once and (asked.round != "1" or asked.ranked):
        raise DecisionError("near texts are read once among the hits only; leave --once out")
    sheet = hand_out(scope, asked, now=now)
    shown = first_codes(scope) if asked.round == "adjudication" else {}
    rows = sheet.rows
    if asked.once:
        others = read_once(scope, [row.key for row in rows])
        rows = tuple(row for row in rows if row.key in others)
        shown = {key: {"near_texts": str(count)} for key, count in others.items()}
    if not rows:
        raise DecisionError("every hit left is near to one that was read; apply them with `clearcount review near`")
    write_sheet(scope, out, [replace(row, coder=coder) for row in rows], shown)
    return Drawn(sheet, len(rows))


@dataclass(frozen=True)
class Asked:
    """Which records to hand out: the round, so many likeliest ones, the seed, decided ones too, and the guide.

    A second reading takes one in `share` of the first ones at random, at least 30. `ranker` is a file of the force's
    own that orders the likeliest ones. With `once`, an export leaves out hits near to one that is read.
    """

    round: Round = "1"
    ranked: int = 0
    seed: int = 1
    everything: bool = False
    guide: str | None = None
    share: int = SHARE_TWICE
    ranker: Path | None = None
    once: bool = False


def hand_out(scope: ReadingScope, asked: Asked, *, now: datetime) -> Sheet:
    """Return what is to be read as a sheet, and keep that it was handed out.

    Round 1: the hits that nobody has decided on their present text, in the order of the queue. With `everything`, all
    of them; with `ranked`, the likeliest records without a term instead. Round 2: a fifth of what was read in round
    1 and whatever is delicate, without a trace of the first reading. Adjudication: what two readers coded
    differently.

    Raises:
        DecisionError: when there is nothing to read.
        EngineUnavailable: with `ranked`, when scikit-learn is not installed.
    """
    store = DecisionStore(scope.store.path)
    own = load_ranker(asked.ranker) if asked.ranker else None
    if own and not asked.ranked:
        raise DecisionError("a ranker orders the likeliest records; say how many with --ranked, or leave it out")
    ranker = f"{own.name} {own.digest}" if own else ""
    if asked.round == "1":
        source: Source = "ranked" if asked.ranked else "match"
        if asked.ranked:
            keys = _likeliest(scope, store, asked.ranked, asked.seed, own)
        else:
            keys = _hits(scope, store, asked.seed, asked.everything)
        hashes = scope.hashes({number for number, _ in keys})
        rows = [
            Decision(
                *key,
                guide_version=asked.guide or guide_of(scope),
                query_version=scope.query_version,
                text_hash=hashes[key[0]],
                source=source,
                ranker=ranker,
            )
            for key in keys
        ]
        kind = str(source)
    else:
        rows = list(_again(scope, store, asked))
        kind = f"round-{asked.round}"
    if not rows:
        raise DecisionError(_NOTHING[kind])
    digest = [(row.key, row.text_hash, row.round) for row in rows]
    further: list[object] = [scope.request.facts] if scope.request.facts else []
    further += [own.digest] if own else []
    further += [] if asked.round == "1" else [sorted({row.guide_version for row in rows})]  # a mended guide: read anew
    identity = sheet_id(kind, scope, digest, asked.seed, asked.guide, *further)
    if asked.round == "1":
        rows = [replace(row, sample_id=identity) for row in rows]
    sheet = new_sheet(identity, kind, scope, now, tuple(rows), Sample(seed=asked.seed))
    return store.freeze(replace(sheet, ranker=ranker) if own else sheet)


def first_codes(scope: ReadingScope) -> dict[Key, dict[str, str]]:
    """Return for each record read twice the codes of both readers, as `code_1` and `code_2`."""
    rounds = by_round(DecisionStore(scope.store.path).decisions())
    return {
        key: {f"code_{number}": each[number].code for number in ("1", "2")}
        for key, each in rounds.items()
        if "1" in each and "2" in each
    }


_NOTHING = {
    "match": "every hit has been decided on the text it has now; nothing is left to read (--all exports them again)",
    "ranked": "every record in scope holds a term, has no text or was read already: nothing is left to rank",
    "round-2": "nothing has been read in round 1 yet; import first decisions before a second reading",
    "round-adjudication": "no two readers disagree on a present text; there is nothing to settle",
}


@dataclass(frozen=True)
class Imported:
    """What one import did: rows of the file, decisions added, known already, and rows still blank.

    `half_settled` counts settlements in the file that one of the two readers made and the other has not agreed to.
    """

    rows: int
    added: int
    unchanged: int
    blank: int
    half_settled: int = 0


def import_decisions(file: Path, store: Path, *, now: datetime, coder: str = "") -> Imported:
    """Add the decisions in a sheet to the store. A row left blank stays undecided; a second import adds nothing.

    `coder` is who decided the rows that do not say.

    Raises:
        DecisionError: when a row is bad, or is not what this store handed out; then nothing is added.
    """
    own_codes = open_store(store).snapshot().own_codes
    held = DecisionStore(store)
    lines = read_lines(read_bytes(file), file.name, own_codes=own_codes, coder=coder)
    handed_out = {as_handed_out(row) for sheet in held.sheets() for row in sheet.rows}
    if not handed_out:
        raise DecisionError(f"{file.name}: this store has handed out nothing to read; export the hits from it first")
    keys = {(row.key, row.round) for row in handed_out}
    faults = []
    for line, row in lines:
        if as_handed_out(row) not in handed_out:
            column = "a key column (occurrence_no, offence_code or round)"
            if (row.key, row.round) in keys:
                column = "guide_version, query_version, text_hash, source, stratum, frame_size or sample_id"
            faults.append(f"{file.name}: row {line}: {column} is not as it was exported; export again or put it back")
    if faults:
        raise DecisionError("\n".join(faults[:20]))
    decided = _with_known_facts(file.name, lines, asked_facts(held.sheets()))
    refuse_strange_sources(decided, handed_out)
    latest = {(known.key, known.coder, known.round): replace(known, at="") for known in held.decisions()}
    stamp = now.isoformat(timespec="seconds")
    fresh = [
        replace(row, at=row.at or stamp)
        for row in decided
        if row.at or latest.get((row.key, row.coder, row.round)) != row
    ]
    added = held.append(fresh)
    settling = {row.key for row in decided if row.round == "adjudication"}
    half = settling & set(half_settled(held.decisions())) if settling else ()
    return Imported(len(lines), added, len(decided) - added, len(lines) - len(decided), len(half))


def refuse_strange_sources(decided: Iterable[Decision], handed_out: Collection[Decision]) -> None:
    """Check that each applied decision names a text that was handed out under the same offence.

    Raises:
        DecisionError: with how many name another one.
    """
    known = {(row.offence_code, row.text_hash) for row in handed_out}
    strange = sum(bool(row.applied_from) and (row.offence_code, row.applied_from) not in known for row in decided)
    if strange:
        raise DecisionError(
            f"{strange} decisions were applied from a text that this store has not handed out; nothing was kept"
        )


def asked_facts(sheets: Iterable[Sheet]) -> dict[str, tuple[FactAsked, ...]]:
    """Return the facts that readers of each query are asked for, by query version; a later sheet's definition wins."""
    found: dict[str, dict[str, FactAsked]] = {}
    for sheet in sheets:
        found.setdefault(sheet.query_version, {}).update((fact.name, fact) for fact in sheet.facts)
    return {query: tuple(facts.values()) for query, facts in found.items()}


def _with_known_facts(
    name: str, lines: Iterable[tuple[int, Decision]], asked: Mapping[str, Sequence[FactAsked]]
) -> list[Decision]:
    """Return the decided rows with their facts in the request's spelling and order.

    Raises:
        DecisionError: naming the rows whose facts or values the request does not have.
    """
    decided, faults = [], []
    for line, row in lines:
        if not row.code:
            continue
        try:
            decided.append(replace(row, facts=known_facts(row, asked.get(row.query_version, ()))))
        except ValueError as fault:
            faults.append(f"{name}: row {line}: the fact {fault}; write a value of the request or leave it blank")
    if faults:
        raise DecisionError("\n".join(faults[:20]))
    return decided


def kept_decisions(scope: ReadingScope, out: Path) -> int:
    """Write every decision kept on records in scope, and what is still to be decided, to one file; its rows.

    A record's source is what it is for this query now. A record that holds a term is a match, whatever it was read for.
    One of a frozen sample represents its stratum. The others were read outside the sample. Once every hit is decided, a
    sample of hits stands for nothing any more.
    """
    store = DecisionStore(scope.store.path)
    decisions = [decision for decision in still_applied(store.decisions()) if decision.key in scope.months]
    sampled, hits = (last_sample(scope, store, kind, decisions) for kind in ("random", "hits"))
    matches = set(scope.matches)
    hashes = scope.hashes({number for number, _ in (*matches, *sampled, *(d.key for d in decisions))})
    fresh = [decision for decision in decisions if decision.text_hash == hashes[decision.occurrence_no]]
    done = {decision.key for decision in fresh}
    if matches <= done:
        hits = {}

    def placed(row: Decision) -> Decision:
        drawn = (hits if row.key in matches else sampled).get(row.key)
        source: Source = "match" if row.key in matches else "random" if drawn else "ranked"
        if drawn is None:
            ranker = row.ranker if source == "ranked" else ""
            return replace(row, source=source, stratum="", frame_size=None, sample_id="", ranker=ranker)
        return replace(
            row, source=source, stratum=drawn.stratum, frame_size=drawn.frame_size, sample_id=drawn.sample_id, ranker=""
        )

    guide = guide_of(scope)
    open_rows = [
        Decision(*key, guide_version=guide, query_version=scope.query_version, text_hash=hashes[key[0]])
        for key in dict.fromkeys((*scope.matches, *sampled))
        if key not in done
    ]
    rows: list[Row] = [(placed(row), "", {}) for row in (*fresh, *open_rows)]
    if not rows:
        raise DecisionError("no record in scope holds a term or was decided on; there is nothing to write")
    save(out, rows, scope.request.facts)
    return len(rows)


def quality(file: Path, *, target: float = 0.95) -> Quality:
    """Return the quality figures of a decisions file. Raises DecisionError for a file that cannot be read."""
    return measure(read_sheet(read_bytes(file), file.name, own_codes=None), target=target)


def read_decisions(file: Path, *, own_codes: bool = False) -> tuple[Decision, ...]:
    """Return the decisions in a file, undecided rows included. Raises DecisionError."""
    return read_sheet(read_bytes(file), file.name, own_codes=own_codes)


def decisions_for(scope: ReadingScope, file: Path | None) -> tuple[Decision, ...]:
    """Return the decisions in a file, or those that the store keeps when none is named."""
    if file is None:
        return DecisionStore(scope.store.path).decisions()
    return read_decisions(file, own_codes=scope.own_codes)


def _hits(scope: ReadingScope, store: DecisionStore, seed: int, everything: bool) -> list[Key]:
    """The records that hold a term and are not decided on the text they have now, in the order of the queue."""
    entries = scope.entries({number for number, _ in scope.matches})
    hashes = hashes_of(entries)
    held = current(d for d in store.decisions() if d.text_hash == hashes.get(d.occurrence_no))
    verdicts = {} if everything else {key: _verdict(held.get(key)) for key in scope.matches}
    waiting = [key for key in scope.matches if everything or key not in held]
    known = [key for key in scope.matches if key not in waiting]
    keys = [*waiting, *known]
    readings = [
        Reading(
            _joined(entries[key[0]]), scope.hints(key, entries[key[0]]), verdicts.get(key) if key in known else None
        )
        for key in keys
    ]
    try:
        order = queue_order(readings, seed=seed)
    except EngineUnavailable:  # the order is a convenience: without scikit-learn the hints alone make it
        order = queue_order([replace(reading, relevant=None) for reading in readings[: len(waiting)]], seed=seed)
    undecidable = {at for at, key in enumerate(keys) if key in known and readings[at].relevant is None}
    return [keys[at] for at in order if at not in undecidable]


def _likeliest(scope: ReadingScope, store: DecisionStore, most: int, seed: int, own: RankerFile | None) -> list[Key]:
    """The records without a term that look most like the relevant ones, at most `most`."""
    held = current(store.decisions())
    keys = [*(key for key in scope.matches if key in held), *scope.unmatched]
    entries = scope.entries({number for number, _ in keys})
    readings = [
        Reading(_joined(entries[key[0]]), scope.hints(key, entries[key[0]]), _verdict(held.get(key))) for key in keys
    ]
    if not any(reading.relevant for reading in readings):
        raise DecisionError("no record has been confirmed yet, so there is nothing to look for; read the hits first")
    if own:
        scores = own.rank([reading.text for reading in readings], [reading.relevant for reading in readings])
    else:
        scores = score(readings, seed=seed)
    open_places = [at for at, key in enumerate(keys) if key not in held]
    return [keys[at] for at in sorted(open_places, key=lambda at: (-scores[at], keys[at]))[:most]]


def _again(scope: ReadingScope, store: DecisionStore, asked: Asked) -> Sequence[Decision]:
    """The rows of a second reading or of an adjudication, on texts as they are now."""
    decisions = [decision for decision in store.decisions() if decision.key in scope.months]
    hashes = scope.hashes({decision.occurrence_no for decision in decisions})
    decisions = [decision for decision in decisions if decision.text_hash == hashes[decision.occurrence_no]]
    rounds = by_round(decisions)
    if asked.round == "2":
        relevant = [key for key, decision in current(decisions).items() if decision.code == "relevant"]
        months = {key: str(month) for key, month in scope.months.items()}
        small = small_cells(months, relevant)
        chosen = second_reading(decisions, seed=asked.seed, small=small, share=asked.share)
        return [row for row in chosen if "2" not in rounds[row.key]]
    return [blank(rounds[key]["2"], round_="adjudication") for key in disagreements(decisions)]


def _verdict(decision: Decision | None) -> bool | None:
    """Relevant or not; None when undecided, or when reading left it open."""
    if decision is None or decision.code in ("unclear", "cannot_decide"):
        return None
    return decision.code == "relevant"


def _joined(entries: Sequence[tuple[str, str, str]]) -> str:
    return "\n".join(text for _, _, text in entries)


def as_handed_out(row: Decision) -> Decision:
    """Return the row as it was before anybody wrote in it."""
    return replace(row, **dict.fromkeys(_WRITTEN, ""), facts=())  # type: ignore[arg-type]
