"""Evaluating a flag, a search or a ranker on the records of a request: against decisions, or a column of the data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from clearcount.engines import engine
from clearcount.errors import RequestError
from clearcount.model.columns import folded
from clearcount.model.decision import Decision, Key
from clearcount.model.request import CountRequest
from clearcount.reading.decide import current
from clearcount.reading.evaluate import Evaluation, JudgedRecord, evaluate, evaluate_by
from clearcount.reading.plugin import RankerFile, load_ranker
from clearcount.reading.queue import Ranker
from clearcount.reading.sampling import shuffled_key
from clearcount.workflow.counting import search_of
from clearcount.workflow.reading_records import ReadingScope

_FOLDS = 5
_KINDS = "terms, marker, decisions, ranker, ranker:FILE.py or COLUMN=VALUE"
Classes = dict[Key, bool | None]


@dataclass(frozen=True)
class EvaluationAsked:
    """What is evaluated against what, and by which cuts: `month`, `year`, `offence` or a column.

    `top` is how many records a ranker flags; without it, as many as are relevant.
    """

    flag: str
    against: str = "decisions"
    by: tuple[str, ...] = ()
    top: int | None = None


@dataclass(frozen=True)
class Evaluated:
    """The figures over all, and for each cut by group. `ranker` is the name and digest of a ranker's file."""

    flag: str
    against: str
    all: Evaluation
    by: dict[str, dict[str, Evaluation]]
    ranker: tuple[str, str] | None = None

    def as_dict(self) -> dict[str, object]:
        """Return plain values for a machine."""
        found: dict[str, object] = {"flag": self.flag, "against": self.against, "all": asdict(self.all)}
        if self.ranker:
            found["ranker"] = {"name": self.ranker[0], "sha256": self.ranker[1]}
        found["by"] = {
            cut: {group: asdict(figures) for group, figures in groups.items()} for cut, groups in self.by.items()
        }
        return found


def evaluate_flag(scope: ReadingScope, decisions: Sequence[Decision], asked: EvaluationAsked) -> Evaluated:
    """Return precision and recall of a flag on the records in scope.

    Raises:
        RequestError: for a flag or a cut that the records do not have.
        DecisionError: when a ranker of the force's own fails.
    """
    columns = _Columns(scope, [*(_column_of(each) for each in (asked.flag, asked.against)), *asked.by])
    truth = _classes(asked.against, scope, decisions, columns)
    ranker = None
    if asked.flag == "ranker" or asked.flag.startswith("ranker:"):
        file = asked.flag.partition(":")[2]
        ranker = load_ranker(Path(file)) if file else None
        flags: Classes = _ranked(scope, truth, ranker, asked.top)
    else:
        flags = _classes(asked.flag, scope, decisions, columns)
    keys = sorted(scope.months)
    cuts = [_cut(name, scope, columns) for name in asked.by]
    judged = [JudgedRecord(bool(flags.get(key)), truth.get(key), tuple(cut(key) for cut in cuts)) for key in keys]
    return Evaluated(
        flag=asked.flag,
        against=asked.against,
        all=evaluate(judged),
        by={name: evaluate_by(judged, place) for place, name in enumerate(asked.by)},
        ranker=(ranker.name, ranker.digest) if ranker else None,
    )


class _Columns:
    """The extra columns of the records that an evaluation needs, read once."""

    def __init__(self, scope: ReadingScope, names: Collection[str]) -> None:
        known = scope.counted.snapshot.extra_columns
        wanted = tuple(dict.fromkeys(name for name in names if name and name not in _CUTS))
        for name in wanted:
            if name not in known:
                raise RequestError(
                    f"{name!r} is no column that the layout names; use {_KINDS}, or a cut by month, year or offence"
                )
        self._values: dict[str, dict[Key, str]] = {name: {} for name in wanted}
        if not wanted:
            return
        counted = scope.counted
        request = counted.request
        until = dict(counted.facts.until)
        held = scope.store.codes(counted.snapshot) if request.is_wide else ()
        search = replace(search_of(_plain(request), until, counted.codes, held, counted.snapshot), columns=wanted)
        found = engine("local").run(counted.records, search).offences
        for name in wanted:
            for number, code, value in zip(found.occurrence_no, found.code, found.values[name], strict=True):
                self._values[name].setdefault((number, code), value)

    def value(self, name: str, key: Key) -> str:
        """Return the value of a column for a record, of its first crime where it has several."""
        return self._values[name].get(key, "")


def _plain(request: CountRequest) -> CountRequest:
    return replace(request, questions=tuple(replace(part, terms=None) for part in request.questions), terms=None)


def _column_of(spec: str) -> str:
    return spec.partition("=")[0] if "=" in spec and not spec.startswith("ranker:") else ""


def _classes(spec: str, scope: ReadingScope, decisions: Sequence[Decision], columns: _Columns) -> Classes:
    if spec == "terms":
        matches = set(scope.matches)
        searched = {*scope.matches, *scope.unmatched}
        return {key: key in matches if key in searched else None for key in scope.months}
    if spec == "decisions":
        return _decided(scope, decisions)
    if spec == "marker":
        return _marked(scope)
    if name := _column_of(spec):
        wanted = folded(spec.partition("=")[2])
        values = {key: folded(columns.value(name, key)) for key in scope.months}
        return {key: value == wanted if value else None for key, value in values.items()}
    raise RequestError(f"{spec!r} is nothing that can be evaluated; use {_KINDS}")


def _decided(scope: ReadingScope, decisions: Sequence[Decision]) -> Classes:
    hashes = scope.hashes({decision.occurrence_no for decision in decisions})
    fresh = current(d for d in decisions if d.key in scope.months and d.text_hash == hashes.get(d.occurrence_no))
    said: dict[str, bool | None] = {"relevant": True, "not_relevant": False}
    return {key: said.get(decision.code) for key, decision in fresh.items()}


def _marked(scope: ReadingScope) -> Classes:
    if scope.request.marker is None:
        raise RequestError("the request names no marker to evaluate; write [marker] with the name of the force's flag")
    offences = scope.counted.found.offences
    found: Classes = {}
    for number, code, state in zip(offences.occurrence_no, offences.code, offences.states, strict=True):
        found[number, code] = bool(found.get((number, code))) or state == "confirmed"
    return found


def _ranked(scope: ReadingScope, truth: Classes, ranker: RankerFile | None, top: int | None) -> Classes:
    """Flag the records that a ranker puts first, each ranked without what is known of its own fifth of the records."""
    keys = [key for key in sorted(scope.months) if truth.get(key) is not None]
    relevant = sum(bool(truth[key]) for key in keys)
    if not relevant or relevant == len(keys):
        raise RequestError("a ranker is evaluated where some records are relevant and some are not; read more first")
    entries = scope.entries({number for number, _ in keys})
    texts = ["\n".join(text for _, _, text in entries[number]) for number, _ in keys]
    own = None if ranker else Ranker(texts, [scope.hints(key, entries[key[0]]) for key in keys])
    folds = {key: place % _FOLDS for place, key in enumerate(sorted(keys, key=lambda key: shuffled_key(1, key)))}
    scores = [0.0] * len(keys)
    for fold in range(_FOLDS):
        known = [None if folds[key] == fold else truth[key] for key in keys]
        if own is None or True in known:
            found = ranker.rank(texts, known) if ranker else own.score(known) if own else []
            places = [at for at, key in enumerate(keys) if folds[key] == fold]
            for rank, at in enumerate(sorted(places, key=lambda at: (-found[at], keys[at]))):
                scores[at] = rank / max(1, len(places))  # scores of two fits do not compare; places within a fold do
    first = sorted(range(len(keys)), key=lambda at: (scores[at], keys[at]))[: top or relevant]
    flagged = {keys[at] for at in first}
    return {key: key in flagged for key in keys}


def _cut(name: str, scope: ReadingScope, columns: _Columns) -> Callable[[Key], str]:
    if name in _CUTS:
        return _CUTS[name](scope)
    return lambda key: columns.value(name, key) or "blank"


_CUTS: dict[str, Callable[[ReadingScope], Callable[[Key], str]]] = {
    "month": lambda scope: lambda key: str(scope.months[key]),
    "year": lambda scope: lambda key: str(scope.months[key].year),
    "offence": lambda scope: lambda key: key[1],
}
