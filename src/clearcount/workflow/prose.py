"""The words of a release, made from what was run. A number of records stands here only as a `Figure`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from clearcount.model.keys import CodeKey
from clearcount.model.months import spoken_span
from clearcount.model.record import OFFENCE, Noun, spoken_of
from clearcount.model.release import Figure, Force, Prose
from clearcount.model.request import CountRequest, Question, Scope, Terms
from clearcount.workflow.counting import Counted

_RULES = {
    "contains": "the term exactly as written, spaces included, anywhere in the text, capitals or not",
    "padded": "the term with a space on each side, capitals or not; not a term beside punctuation or at the start or "
    "end of a text",
    "word": "the term as a whole word or phrase, capitals or not; beside it may be punctuation, a line end or an end "
    "of the text",
    "variant": "the term as a whole word or phrase, capitals or not, and the spellings that its own shape implies: "
    "joined, hyphenated, spaced or dotted",
}
_BASIS = {
    "recorded": "An offence counts in the month in which the force recorded it.",
    "reported": "An offence counts in the month in which it was reported to the force.",
    "committed": "An offence counts in the month in which it was committed. A range of days counts in the month "
    "in which it starts.",
}
_DAY_OF = {
    "recorded": "",
    "reported": ", by the day of the report to the force",
    "committed": ", by the day of the offence",
}
"""What the short answer says of the time where it is not the day of the record."""
_FIELDS = {"summary": "occurrence summaries", "mo": "MO notes"}


def spoken_list(words: list[str]) -> str:
    """Join words as `a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def field_names(request: CountRequest, force: Force) -> list[str]:
    """Return the searched fields in the force's own words."""
    return _named_fields(request.terms.fields, force) if request.terms else []


def _named_fields(fields: Iterable[str], force: Force) -> list[str]:
    names = {**_FIELDS, "oel": force.oel_label}
    return [names.get(field, field) for field in fields]


def asked(counts: Sequence[Counted]) -> tuple[Prose, ...]:
    """Return what was asked, in short: what was to be counted, for which time, and which records alone."""
    parts = [(counted.request.scope_of(part), part) for counted in counts for part in counted.request.questions]
    called = {spoken_of(scope.unit, counted.snapshot.noun)[1] for counted, scope in _scopes(counts)}
    unit = next(iter(called))
    marker = counts[0].request.marker
    lines: list[Prose] = []
    if marker and marker.use == "instead":
        lines.append((f"You asked how many {unit} carry the marker {marker.name}.",))
    elif not _alike(_looked_for(part) for _, part in parts):
        lines.append((f"You asked {len(parts)} questions. They look for different words, or for none.",))
    elif len(called) > 1:
        lines.append((f"You asked {len(parts)} questions. They count different things.",))
    elif (words := parts[0][1].terms) is not None:
        lines += [(sentence,) for sentence in _asked_words(unit, words)]
    else:
        lines.append((f"You asked how many {unit} were recorded.",))
    if _alike((scope.where, scope.alongside) for scope, _ in parts):
        lines += [(sentence,) for sentence in _only(parts[0][0], noun_of(counts))]
    else:
        lines += [(lead + sentence,) for counted in counts for lead, sentence in _narrowed(counted)]
    spans = [
        (counted.request.scope_of(part).start, counted.facts.until[part.number])
        for counted in counts
        for part in counted.request.questions
    ]
    bases = {scope.date_basis for scope, _ in parts}
    by = _DAY_OF[bases.pop()] if len(bases) == 1 else ""
    if _alike(spans):
        lines.append((f"The time is from {spoken_span(*spans[0])}{by}.",))
    return tuple(lines)


def _scopes(counts: Sequence[Counted]) -> Iterator[tuple[Counted, Scope]]:
    for counted in counts:
        yield from ((counted, counted.request.scope_of(part)) for part in counted.request.questions)


def noun_of(counts: Sequence[Counted]) -> Noun:
    """Return what the records of all stores are called: `record` where they are called differently."""
    nouns = {counted.snapshot.noun for counted in counts}
    return nouns.pop() if len(nouns) == 1 else Noun("record", "records")


def _alike(values: Iterable[object]) -> bool:
    """Whether there is one value and no other."""
    first, *others = values
    return all(other == first for other in others)


def _looked_for(part: Question) -> object:
    return (part.terms.set.terms, part.terms.together) if part.terms else None


def _asked_words(unit: str, words: Terms) -> Iterator[str]:
    """What must stand in a record."""
    terms = words.set.terms
    if len(terms) == 1:
        kind = "phrase" if " " in terms[0] else "word"
        yield f"You asked how many {unit} have a record with the {kind} “{terms[0]}”."
    else:
        yield f"You asked how many {unit} have a record with one of these words."
        yield f"The words are {spoken_list([f'“{word}”' for word in terms])}."
    for group in words.together:
        one_of = "one of these words" if len(group) > 1 else "this word"
        yield f"The record must also hold {one_of}: {_quoted(group)}."
    if any("*" in word for word in (*terms, *(word for group in words.together for word in group))):
        yield "A star stands for any ending of a word."


def _narrowed(counted: Counted) -> Iterator[tuple[str, str]]:
    """Which records alone are counted, with a lead that names the questions where they differ."""
    request = counted.request
    for lead, part in _each(counted, lambda part: (request.scope_of(part).where, request.scope_of(part).alongside)):
        yield from ((lead, sentence) for sentence in _only(request.scope_of(part), counted.snapshot.noun))


def _only(scope: Scope, noun: Noun) -> Iterator[str]:
    """Which records alone are counted, one sentence a condition."""
    for column, condition in scope.where.items():
        yield f"Only records whose {column.replace('_', ' ')} {condition.spoken} were counted."
    if beside := [selection.spoken for selection in scope.alongside]:
        yield f"Only occurrences that also hold another {noun.one} of {spoken_list(beside)} were counted."


def data_source(counts: Sequence[Counted], force: Force) -> tuple[Prose, ...]:
    """Return which system, which extract; of several stores the extract of each, and which questions each answers."""
    systems = dict.fromkeys(counted.snapshot.system or force.source_system for counted in counts)
    lines: list[Prose] = [(f"{spoken_list(list(systems))}.",)]
    if len(counts) > 1:
        names = spoken_list([counted.request.records for counted in counts])
        lines.append((f"The figures come from {len(counts)} record stores: {names}. Each figure is of one store.",))
    for counted in counts:
        shot, name = counted.snapshot, counted.request.records
        said = f"The extract was taken on {_day(shot.as_at)}; it is snapshot {shot.number} of the record store."
        numbers = [str(part.number) for part in counted.request.questions]
        which = f" It answers question{'s' if len(numbers) > 1 else ''} {spoken_list(numbers)}." if name else ""
        lines.append((_lead(counted) + said + which,))
    return tuple(lines)


def _lead(counted: Counted) -> str:
    """The name of the store that a sentence is about, where there are several."""
    return f"{counted.request.records}: " if counted.request.records else ""


def _led(counted: Counted, lines: Iterable[Prose]) -> Iterator[Prose]:
    lead = _lead(counted)
    for line in lines:
        yield (lead, *line) if lead else line


def data_processing(counts: Sequence[Counted], force: Force) -> tuple[Prose, ...]:
    """Return what was selected, what was looked for, and how it was counted."""
    return tuple(line for counted in counts for line in _led(counted, _processing(counted, counted.request, force)))


def _processing(counted: Counted, request: CountRequest, force: Force) -> Iterator[Prose]:
    yield from ((sentence,) for sentence in _selected(counted))
    if counted.snapshot.own_codes:
        yield ("The codes are the data's own, so nothing was checked against the list of offences or the law.",)
    noun = counted.snapshot.noun
    marked_only = request.marker is not None and request.marker.use == "instead"
    yield from ((lead + sentence,) for lead, sentence in _narrowed(counted))
    if not marked_only:
        for lead, part in _each(counted, lambda part: part.terms):
            yield from _words_of(part, lead, force, noun)
    if request.marker:
        yield (
            f"The force's own marker {request.marker.name} was used. It, or a decision against it, stands on ",
            Figure(f"marker_decided{counted.suffix}", counted.denominator.whole),
            " of ",
            Figure(counted.denominator.name, counted.denominator.whole),
            f" {spoken_of(counted.answer.unit, noun)[1]} in scope. "
            "The others have not been looked at for the marker; that is not a “no”.",
        )
    for lead, part in _each(counted, lambda part: request.scope_of(part).date_basis):
        yield (lead + noun.put(_BASIS[request.scope_of(part).date_basis]),)
    for lead, part in _each(counted, lambda part: request.scope_of(part).unit):
        yield (lead + noun.put(_unit(request.scope_of(part).unit)),)
    for lead, part in _each(counted, lambda part: request.scope_of(part).cancelled):
        left_out = request.scope_of(part).cancelled == "exclude"
        said = "are left out" if left_out else "are counted too"
        yield (f"{lead}Cancelled and transferred records {said}.",)
    for lead, part in _each(counted, lambda part: (request.scope_of(part).start, counted.facts.until[part.number])):
        span = spoken_span(request.scope_of(part).start, counted.facts.until[part.number])
        yield (f"{lead}The period is {span}; a month without records shows 0.",)


def _each(counted: Counted, what: Callable[[Question], object]) -> Iterator[tuple[str, Question]]:
    """The first part of every different value with a lead that names its questions, or none where all are alike."""
    groups: list[tuple[object, list[Question]]] = []
    for part in counted.request.questions:
        value = what(part)
        group = next((parts for known, parts in groups if known == value), None)
        if group is None:
            groups.append((value, [part]))
        else:
            group.append(part)
    for _, parts in groups:
        numbers = [str(part.number) for part in parts]
        lead = f"Question{'s' if len(numbers) > 1 else ''} {spoken_list(numbers)}: " if len(groups) > 1 else ""
        yield lead, parts[0]


def _selected(counted: Counted) -> Iterator[str]:
    """Which codes were selected: each by itself, or a selection with the number of its codes."""
    own = counted.snapshot.own_codes
    kind = counted.snapshot.noun.put("offence codes of the data") if own else "Home Office codes"
    singles: dict[str, None] = {}
    wide: dict[str, None] = {}
    for part in counted.request.questions:
        if not part.is_wide:
            singles |= dict.fromkeys(CodeKey(code, own).printed for code in part.codes)
            continue
        named = counted.snapshot.noun.put(spoken_list([selection.spoken for selection in part.selections]))
        wide |= {f"{named}, {len(part.codes)} codes": None}
    if singles or not wide:
        yield f"Selected by {kind}: {', '.join(singles) or 'none'}."
    for each in wide:
        yield f"Selected by {kind}: {each}."


def _words_of(part: Question, lead: str, force: Force, noun: Noun) -> Iterator[Prose]:
    if part.terms is None:
        yield (f"{lead}No words were looked for: every {noun.one} in scope counts.",)
        return
    terms = part.terms
    yield (f"{lead}The words were looked for in {spoken_list(_named_fields(terms.fields, force))}.",)
    yield (f"Terms: {_quoted(terms.set.terms)}. Each finds {_RULES[terms.set.rule]}.",)
    for group in terms.together:
        yield (f"A record counts only where its texts also hold one of these terms: {_quoted(group)}.",)
    if terms.set.none:
        yield (f"A hit inside one of these phrases does not count: {', '.join(terms.set.none)}.",)


def _quoted(terms: tuple[str, ...]) -> str:
    return ", ".join(f"“{term}”" for term in terms)


def _unit(unit: str) -> str:
    if unit == "offences":
        return "Each line counts offences. Several offences may stand on one occurrence and share its texts."
    if unit == "occurrences":
        return (
            "Each line counts occurrences. An occurrence with several of these offences stands in several lines and "
            "once in the line “any of these offences”."
        )
    return (
        f"Each line counts {spoken_of(unit)[1]}: people recorded in that role on an offence in scope, each once for "
        "each offence. "
        "A person may be counted under several offences."
    )


def method(counts: Sequence[Counted]) -> tuple[Prose, ...]:
    """Return how a match was made, with every term as the program read it."""
    lines: list[Prose] = []
    noun = noun_of(counts)
    searched = [counted for counted in counts if counted.found.expansion and counted.kind != "marked"]
    if searched:
        lines.append(
            (
                "The texts were searched by a program that looks at every text of every record in scope and decides "
                "by fixed rules. No generative model took part. Each term was read as follows.",
            )
        )
        terms = dict.fromkeys(each for counted in searched for each in counted.found.expansion)
        lines += [(f"“{term}”: {read_as}",) for term, read_as in terms]
        lines.append(
            (
                noun.put(
                    "An offence counts when at least one text of its occurrence holds a term. Texts hang on the "
                    "occurrence, so one entry can mark several offences."
                ),
            )
        )
    lines.append(
        (
            f"The count can be repeated from the same snapshot{'s' if len(counts) > 1 else ''} with the request in "
            f"release.json and gives the same files, byte for byte.",
        )
    )
    return tuple(lines)


def quality_unread(counts: Sequence[Counted]) -> tuple[Prose, ...]:
    """Return what must be said of counts that nobody read."""
    if not any(counted.kind == "mentions" for counted in counts):
        return ()
    return (
        (
            noun_of(counts).put(
                "These are mentions found by a program. No person has read the texts. A record may mention a term "
                "without the offence involving it (“no sign of AI”). A record may also involve it without using the "
                "words."
            ),
        ),
        ("This measures what is written in the records, not what happened.",),
    )


_FINDINGS = {
    "texts cut off": "The export may cut long texts off ({column}), so a mention further on cannot be found.",
    "dates without a day": "The data give only the month of some dates ({column}).",
    "codes not in the list": "Some records carry codes that no list of offences knows; no line here counts them.",
    "offences dated where not in force": "Some records carry an offence dated when it was not in force.",
    "duplicate entries": "Some log entries stand twice; a record still counts once.",
}
"""What a reader of the figures should know of the data, by the kind of finding; without numbers of records."""


def data_quality(counted: Counted) -> tuple[Prose, ...]:
    """Return the findings about the data that bear on these figures."""
    shot = counted.snapshot
    searched = set(counted.request.terms.fields) if counted.request.terms else set()
    lines: list[Prose] = []
    if shot.purged:
        lines.append(
            ("Records have been removed from this snapshot since, as retention asks; it cannot be counted again.",)
        )
    for finding in shot.findings:
        if finding.kind in _FINDINGS and (finding.kind != "texts cut off" or finding.column in searched):
            lines.append((_FINDINGS[finding.kind].format(column=finding.column),))
    if searched and counted.occurrences > len(counted.found.searched):
        lines.append(("Some records in scope hold no text in the fields searched; they count as without a mention.",))
    return tuple(dict.fromkeys(lines))


def notes(counts: Sequence[Counted]) -> tuple[Prose, ...]:
    """Return what a reader must not conclude. What a marker means stands beside each table."""
    noun = noun_of(counts)
    live = "Crime records are live: offences" if noun == OFFENCE else f"Records are live: {noun.many}"
    lines: list[Prose] = [
        ("0 means that the records were searched and none was found.",),
        (
            f"{live} are reclassified, cancelled and written to for months. The same question "
            "asked of a later extract can give other figures for the same months.",
        ),
    ]
    return (*lines, *(line for counted in counts for line in _led(counted, data_quality(counted))))


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
