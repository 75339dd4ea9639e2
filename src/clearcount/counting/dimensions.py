"""The axes of a table: its lines in order, and how a record finds its own."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from clearcount.counting.axes import Axes, Axis, ByFlag, ByValue
from clearcount.counting.found import Flag
from clearcount.counting.plan import OFFENCES, TIMES, CountingFacts, Counts, Wanted, flag_of, group_of, term_flags
from clearcount.errors import RequestError
from clearcount.model.columns import Condition, Grouping, folded
from clearcount.model.facts import NOT_CODED
from clearcount.model.keys import (
    ALL,
    WEEKDAYS,
    BlankKey,
    CodedKey,
    CodeKey,
    HourKey,
    Key,
    OtherKey,
    PeriodKey,
    QuestionKey,
    StateKey,
    TermKey,
    ValueKey,
    WeekdayKey,
)
from clearcount.model.months import Columns, spans
from clearcount.model.record import OFFENCE, Noun
from clearcount.model.request import Question
from clearcount.model.table import Dimension, Leaf

MOST_VALUES = 400
"""Lines that one column may make. A column with more is free text, a number of a person, or needs groups."""
LONGEST_VALUE = 80
_HOUR = re.compile(r"\s*(\d{1,2})[:.]?\d{0,2}")
NO_TIME = BlankKey("time not recorded")
UNLISTED = BlankKey("not in the code list")


Distinct = Callable[[Sequence[Flag], str], list[Any]]
"""(flags, column) -> the different values of a column among the records that carry a flag."""


@dataclass(frozen=True)
class _HeldValues:
    """The values that the records of a table hold: those that it counts, and all in scope."""

    distinct: Distinct
    counted: tuple[Flag, ...]
    scope: tuple[Flag, ...]


def axes_of(wanted: Wanted, counts: Counts, distinct: Distinct, facts: CountingFacts) -> tuple[Axes, Axes]:
    """Return the axes of a table's rows and of its columns.

    Raises:
        RequestError: for a column that holds more values than a table can have lines, or long texts.
    """
    held = _HeldValues(distinct, wanted.flags(counts), wanted.flags("scope"))
    rows = tuple(_axis(name, wanted, counts, held, facts) for name in wanted.shape.rows)
    columns = tuple(_axis(name, wanted, counts, held, facts) for name in wanted.shape.columns)
    return rows, columns


def _axis(name: str, wanted: Wanted, counts: Counts, held: _HeldValues, facts: CountingFacts) -> Axis:
    axis = _made(name, wanted, counts, held, facts)
    # a record may stand under several lines of a unit that several offences make up
    several = wanted.unit == "occurrences"
    return replace(axis, dimension=replace(axis.dimension, exclusive=False)) if several else axis


def _made(name: str, wanted: Wanted, counts: Counts, held: _HeldValues, facts: CountingFacts) -> Axis:
    if name == "offence":
        return _offences(wanted, held, facts)
    if name == "question":
        return _questions(wanted, counts, facts)
    if name in OFFENCES:
        return _classes(name, wanted, held, facts)
    if name in TIMES:
        return _periods(name, wanted, facts)  # type: ignore[arg-type]
    if name == "term":
        return _terms(wanted)
    if name == "weekday":
        leaves = tuple(Leaf(WeekdayKey(n), day) for n, day in enumerate(WEEKDAYS, 1))
        return ByValue(Dimension(name, "Day of the week", leaves), _day(wanted), _weekday)
    if name == "hour":
        return _hours(wanted, held)
    if name == "marker":
        return _marker(wanted)
    if name == "state":
        states = ("confirmed", "unclear", "not relevant", "undecided")
        leaves = tuple(Leaf(StateKey(state), state.capitalize()) for state in states)
        return ByValue(Dimension(name, "What readers decided", leaves), "value:state", lambda said: (StateKey(said),))
    if (fact := next((each for each in wanted.request.facts if each.name == name), None)) is not None:
        keys = {line: CodedKey(line, line != NOT_CODED) for line in fact.lines}
        lines = tuple(Leaf(key, line[:1].upper() + line[1:]) for line, key in keys.items())
        return ByValue(Dimension(name, fact.question, lines), f"value:{name}", lambda said: (keys[said],))
    return _values(name, wanted, held)


def _day(wanted: Wanted) -> str:
    return f"day:{wanted.scope.date_basis}"


def _weekday(day: date | None) -> tuple[Key, ...]:
    return (WeekdayKey(day.isoweekday()),) if day else ()


def _total(wanted: Wanted, exclusive: bool, noun: Noun) -> Leaf:
    once = not exclusive or wanted.unit == "occurrences"
    return Leaf(ALL, f"Any of these {noun.many}" if once else "Total")


def _offences(wanted: Wanted, held: _HeldValues, facts: CountingFacts) -> ByValue:
    """A line per code in order of first mention; a question without a code is a line of its own."""
    leaves: dict[Key, Leaf] = {}
    present = set(held.distinct(held.counted, "code")) if wanted.is_wide else set()
    asked: dict[Key, bool] = {}
    for part in wanted.parts:
        for code in part.codes:
            key, named = CodeKey(code, facts.own), not part.is_wide or _named(part, code)
            asked[key] = named or asked.get(key, False)
            if named or code in present:
                leaves.setdefault(key, Leaf(key, facts.label(code)))
        if not part.codes and not part.selections:
            leaves[QuestionKey(part.number)] = Leaf(QuestionKey(part.number), part.text)
    keys = {key.code: (key,) for key in leaves if isinstance(key, CodeKey)}
    title = "Offence" if facts.noun == OFFENCE else "Code"
    return ByValue(
        Dimension("offence", title, tuple(leaves.values()), _total(wanted, True, facts.noun)),
        "code",
        lambda code: keys.get(code, ()),
        of_scope=tuple(leaf for key, leaf in leaves.items() if _labelled(key, wanted, facts)),
        of_counted=tuple(leaf for key, leaf in leaves.items() if not asked.get(key, True)),
        nowhere=frozenset(asked) - frozenset(leaves),
    )


def _labelled(key: Key, wanted: Wanted, facts: CountingFacts) -> bool:
    """Whether a code's line bears a name that only records of the table's own scope can have given it."""
    if not isinstance(key, CodeKey) or key.code not in facts.named:
        return False
    return all(part in wanted.parts for part in wanted.request.questions if key.code in part.codes)


def _named(part: Question, code: str) -> bool:
    return any(selection.kind == "code" and selection.name == code for selection in part.selections)


def _questions(wanted: Wanted, counts: Counts, facts: CountingFacts) -> ByFlag:
    leaves = tuple(
        Leaf(QuestionKey(part.number), part.text, tuple(CodeKey(code, facts.own) for code in part.codes))
        for part in wanted.parts
    )
    codes = [code for part in wanted.parts for code in part.codes]
    groups = {group_of(wanted.request, part, facts.until) for part in wanted.parts}
    exclusive = len(set(codes)) == len(codes) and len(groups) < 2
    lines = tuple((QuestionKey(part.number), (flag_of(part, counts),)) for part in wanted.parts)
    return ByFlag(Dimension("question", "Question", leaves, _total(wanted, exclusive, facts.noun), exclusive), lines)


def _classes(name: str, wanted: Wanted, held: _HeldValues, facts: CountingFacts) -> ByValue:
    """A line per class, sub-class or category that the codes in scope belong to."""
    listed = {code for part in wanted.parts for code in part.codes if not part.is_wide}
    there = set(held.distinct(held.scope, "code"))
    # which codes make up a class follows from what was asked and never from what was found
    codes = sorted({code for part in wanted.parts for code in part.codes} | there)
    key_of: dict[str, Key] = {code: facts.group(name, code) or UNLISTED for code in codes}
    members: dict[Key, list[Key]] = {}
    for code in codes:
        members.setdefault(key_of[code], []).append(CodeKey(code, facts.own))
    named, found = ({key_of[code] for code in some} for some in (listed, there))
    order = sorted(named | found, key=lambda key: (isinstance(key, BlankKey), key.text))
    leaves = tuple(Leaf(key, key.text, tuple(members[key])) for key in order)
    return ByValue(
        Dimension(name, name.capitalize(), leaves, _total(wanted, True, facts.noun)),
        "code",
        lambda code: (key_of[code],) if code in key_of else (),
        of_scope=tuple(leaf for leaf in leaves if leaf.key not in named),
        nowhere=frozenset(code for key, codes in members.items() if key not in named | found for code in codes),
    )


def _periods(name: Columns, wanted: Wanted, facts: CountingFacts) -> ByValue:
    scopes = [wanted.request.scope_of(part) for part in wanted.parts]
    first, last = min(scope.start for scope in scopes), max(facts.until[part.number] for part in wanted.parts)
    found = spans(first, last, name)
    starts = [span.first_day for span in found]

    def keys(day: date | None) -> tuple[Key, ...]:
        return (PeriodKey(found[bisect_right(starts, day) - 1]),) if day and first <= day <= last else ()

    leaves = tuple(Leaf(PeriodKey(span), span.spoken) for span in found)
    return ByValue(Dimension(name, "Period", leaves), _day(wanted), keys)


def _terms(wanted: Wanted) -> ByFlag:
    """A line per term; a record that holds several stands under each, and once in the total."""
    searched = dict.fromkeys(term for part in wanted.parts if part.terms for term in part.terms.searched.terms)
    leaves = tuple(Leaf(TermKey(term), f"“{term}”") for term in searched)
    dimension = Dimension("term", "Term", leaves, Leaf(ALL, "Any of these terms"), exclusive=False)
    return ByFlag(dimension, tuple((TermKey(term), term_flags(wanted.parts, term)) for term in searched))


def _hours(wanted: Wanted, held: _HeldValues) -> ByValue:
    column = f"{wanted.scope.date_basis}_time"

    def keys(text: str) -> tuple[Key, ...]:
        found = _HOUR.match(text)
        return (HourKey(int(found[1])),) if found and int(found[1]) < 24 else (NO_TIME,)

    leaves = (
        *(Leaf(HourKey(hour), f"{hour:02d}:00 to {hour:02d}:59") for hour in range(24)),
        Leaf(NO_TIME, NO_TIME.text),
    )
    return ByValue(Dimension("hour", "Hour", leaves), f"value:{column}", keys)


def _marker(wanted: Wanted) -> ByValue:
    name = wanted.request.marker.name if wanted.request.marker else ""
    words = {
        "confirmed": f"marked {name}",
        "unclear": f"marked unclear whether {name}",
        "not": f"marked not {name}",
        "undecided": "without a word of the marker",
    }
    leaves = tuple(Leaf(StateKey(text), text[:1].upper() + text[1:]) for text in words.values())
    return ByValue(Dimension("marker", "Marker", leaves), "state", lambda state: (StateKey(words[state]),))


def _values(name: str, wanted: Wanted, held: _HeldValues) -> ByValue:
    """A line per group or value of an extra column; blanks are always a line of their own where there are any."""
    grouping = wanted.request.groupings.get(name, Grouping())
    condition = wanted.scope.where.get(name, Condition())
    there = held.distinct(held.scope, f"value:{name}")
    spelled = {folded(value): " ".join(value.split()) for value in sorted(there, reverse=True)}
    spelled |= {folded(value): value for value in condition.values}

    def key(value: str) -> Key:
        made = grouping.key(value)
        return ValueKey(spelled[folded(value)]) if isinstance(made, ValueKey) and grouping.is_plain else made

    found = {key(value) for value in there}
    named: list[Key] = list(grouping.leaves)
    if grouping.is_plain:
        named = [ValueKey(value) for value in condition.values if folded(value)]
        if not condition.values:
            named = sorted((each for each in found if isinstance(each, ValueKey)), key=lambda each: _natural(each.text))
    other: list[Key] = [each for each in found if isinstance(each, OtherKey)]
    if grouping.other:
        other = [OtherKey(grouping.other)]
    blank: list[Key] = [each for each in found if isinstance(each, BlankKey)]
    if not grouping.is_plain and condition.holds(""):
        blank = [BlankKey(grouping.blank)]
    keys = list(dict.fromkeys([*named, *other, *blank]))
    _refuse_texts(name, keys, grouping)
    known = {value: key(value) for value in there}
    leaves = tuple(Leaf(each, each.text) for each in keys)
    asked: set[Key] = {ValueKey(value) for value in condition.values} if grouping.is_plain else set(grouping.leaves)
    asked |= {OtherKey(grouping.other)} if grouping.other else set()
    asked |= {BlankKey(grouping.blank)} if not grouping.is_plain and condition.holds("") else set()
    return ByValue(
        Dimension(name, name.replace("_", " "), leaves, values=grouping.is_plain),
        f"value:{name}",
        lambda value: (known[value],) if value in known else (),
        of_scope=tuple(leaf for leaf in leaves if leaf.key not in asked),
    )


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Sort `2` before `10`, and `Ward 2` before `Ward 10`."""
    return [
        (0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in re.split(r"(\d+)", text) if part
    ]


def _refuse_texts(name: str, keys: Sequence[Key], grouping: Grouping) -> None:
    if not grouping.is_plain:
        return
    if len(keys) > MOST_VALUES:
        raise RequestError(
            f"{name!r} holds {len(keys):,} different values, more than a table has lines for ({MOST_VALUES}); "
            f"group them in [column.{name}], or take {name!r} out of the table"
        )
    if any(len(key.text) > LONGEST_VALUE for key in keys):
        raise RequestError(
            f"{name!r} holds texts of more than {LONGEST_VALUE} characters, which may be free text; "
            f"group its values in [column.{name}], or take {name!r} out of the table"
        )
