"""A draft of a request, made from a letter by fixed rules; what contradicts itself or has no match is a doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from clearcount.drafting import rules
from clearcount.drafting.sentences import Sentence, sentences
from clearcount.lines import toml_value
from clearcount.model.months import Month, spoken_day
from clearcount.offences import CodeList
from clearcount.offences.wording import codes_for


@dataclass
class DraftedPart:
    """One question as asked, its codes as a request names them, and the words that led to them."""

    text: str
    codes: tuple[str, ...]
    why: str


@dataclass
class Draft:
    """What the rules read from a letter. `doubts` are (what is unclear, a ready sentence for the requester)."""

    letter: tuple[Sentence, ...]
    parts: list[DraftedPart] = field(default_factory=list)
    start: date | None = None
    end: rules.Edge | None = None
    terms: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    rows: tuple[str, ...] = ("offence",)
    columns: tuple[str, ...] = ("month",)
    unit: str = "offences"
    fields: tuple[str, ...] = ()
    because: dict[str, list[str]] = field(default_factory=dict)
    doubts: list[tuple[str, str]] = field(default_factory=list)

    def clarification(self) -> str:
        """Return a letter to the requester with a sentence for each doubt."""
        if not self.doubts:
            return ""
        asked = "\n".join(f"{number}. {sentence}" for number, (_, sentence) in enumerate(self.doubts, 1))
        return (
            f"To answer your request we need to know more (section 1(3), Freedom of Information Act 2000):\n\n{asked}\n"
        )

    def request_toml(self, *, reference: str = "TO BE GIVEN", received: date | None = None, title: str = "") -> str:
        """Return the request as TOML, each proposal beside the words that led to it.

        Without `received` its line says that the day is still to be written.
        """
        lines = [
            "# Drafted by rules from the letter. Each proposal stands beside the words that led to it.",
            "[request]",
        ]
        day = received or f"{date.min.replace(year=2000)}  # write the day it arrived"
        lines += [f"reference = {toml_value(reference)}", f"received = {day}"]
        lines += [f"title = {toml_value(title)}"] if title else []
        wording = "\n".join(sentence.text for sentence in self.letter if sentence.mark != "courtesy")
        lines += [f"text = {toml_value(wording)}", "", "[scope]"]
        start = _edge(self.start, first=True) if self.start else "TO BE GIVEN"
        lines += [f'from = "{start}"{self._why("from")}', f'to = "{_edge(self.end or "latest")}"{self._why("to")}']
        lines += [f'unit = "{self.unit}"{self._why("unit")}']
        for part in self.parts:
            codes = toml_value(list(part.codes))
            lines += [
                "",
                "[[question]]",
                f"text = {toml_value(part.text)}",
                f"codes = {codes}  # {part.why}",
            ]
        if self.terms:
            lines += ["", "[terms]", f"any = {toml_value(list(self.terms))}{self._why('any')}"]
            if self.together:
                lines.append(f"all = {toml_value([[term] for term in self.together])}")
            if self.fields:
                lines.append(f"fields = {toml_value(list(self.fields))}  # every field that the records have")
        rows, columns = toml_value(list(self.rows)), toml_value(list(self.columns))
        lines += ["", "[table]", f"rows = {rows}{self._why('rows')}", f"columns = {columns}{self._why('columns')}", ""]
        return "\n".join(lines)

    def report(self) -> str:
        """Return the letter sentence by sentence, each with its mark, and what is unclear."""
        lines = ["# The letter, sentence by sentence", ""]
        for sentence in self.letter:
            found = f" ({'; '.join(sentence.found)})" if sentence.found else ""
            lines.append(f"- {sentence.mark}{found}: {sentence.text}")
        if self.doubts:
            lines += ["", "# What is unclear", "", *(f"- {what}" for what, _ in self.doubts), "", self.clarification()]
        return "\n".join(lines).rstrip() + "\n"

    def _why(self, key: str) -> str:
        words = "; ".join(dict.fromkeys(self.because.get(key, ())))
        return f"  # {words}" if words else ""


def _edge(value: rules.Edge | None, *, first: bool = False) -> str:
    if not isinstance(value, date):
        return str(value)
    month = Month.of(value)
    return str(month) if value == (month.first_day if first else month.last_day) else value.isoformat()


def draft_request(letter: str, codes: CodeList) -> Draft:
    """Return the draft of a request that the letter asks for."""
    read = sentences(letter)
    draft = Draft(tuple(read))
    periods = _periods(read, draft)
    _words(read, draft)
    _shape(read, draft)
    _parts(read, draft, codes)
    _settle(periods, draft)
    for sentence in read:
        if sentence.mark == "not understood":
            short = sentence.text if len(sentence.text) <= 90 else sentence.text[:89] + "…"
            draft.doubts.append(
                (f"no rule reads: {short}", f"You wrote “{short}”. Please say what you would like us to count by it.")
            )
    return draft


def _periods(read: Sequence[Sentence], draft: Draft) -> list[rules.NamedPeriod]:
    found = []
    for sentence in read:
        for period in rules.periods_in(sentence.text):
            found.append(period)
            sentence.found.append(f"period: {period.words}")
    return found


def _settle(periods: list[rules.NamedPeriod], draft: Draft) -> None:
    """The earliest start and the latest end; two that differ are a doubt."""
    starts = sorted({period.start for period in periods if period.start})
    ends = [period.end for period in periods if period.end]
    if not starts:
        draft.doubts.append(("the letter names no period", "Please name the period that your request is about."))
    else:
        draft.start = starts[0]
    if len(starts) > 1:
        named = " and ".join(map(spoken_day, starts))
        draft.doubts.append(
            (
                f"the letter names several starts: {named}",
                f"Your request names {named} as its start. Which one do you mean?",
            )
        )
    days = sorted({end for end in ends if isinstance(end, date)})
    open_ends = [end for end in ends if not isinstance(end, date)]
    explicit = [p for p in periods if (p.end and not isinstance(p.end, date) and "…" in p.words) or p.start is None]
    if days and (not open_ends or not explicit):
        draft.end = days[-1]
    else:
        draft.end = "extract" if "extract" in open_ends and "latest" not in open_ends else "latest"
    if len(days) > 1:
        named = " and ".join(map(spoken_day, days))
        draft.doubts.append(
            (
                f"the letter names several ends: {named}",
                f"Your request names {named} as its end. Which one do you mean?",
            )
        )
    draft.because["from"] = [p.words for p in periods if p.start]
    draft.because["to"] = [p.words for p in periods if p.end]


def _words(read: Sequence[Sentence], draft: Draft) -> None:
    terms: dict[str, None] = {}
    for sentence in read:
        found = rules.terms_in(sentence.text)
        if found and rules.must_meet(sentence.text) and len(found) > 1 and not terms:
            draft.together = tuple(map(rules.spelled, found[1:]))
            found = found[:1]
        if found:
            terms |= dict.fromkeys(map(rules.spelled, found))
            sentence.found.append(f"words: {', '.join((*found, *draft.together))}")
            draft.because.setdefault("any", []).append("quoted in the letter")
        for name, words in rules.fields_in(sentence.text):
            sentence.found.append(f"field {name}: {words}")
        if words := rules.flag_in(sentence.text):
            sentence.found.append(f"flag: {words}")
            draft.doubts.append(
                (
                    "the letter speaks of the force's own flag",
                    "We will say whether we hold such a flag, and use it if it answers your question.",
                )
            )
    draft.terms = tuple(terms)


def _shape(read: Sequence[Sentence], draft: Draft) -> None:
    sides: dict[str, dict[str, None]] = {"rows": {}, "columns": {}}
    for sentence in read:
        for side, name, words in rules.breakdowns_in(sentence.text):
            if side == "columns" and sides["columns"] and name not in sides["columns"]:
                draft.doubts.append(
                    (
                        f"the letter asks for several breakdowns by time: {words}",
                        "Would you like the figures by one of these alone, or a table for each?",
                    )
                )
                sentence.found.append(f"breakdown: {words}")
                continue
            sides[side][name] = None
            sentence.found.append(f"breakdown: {words}")
            draft.because.setdefault(side, []).append(words)
        if unit := rules.unit_in(sentence.text):
            sentence.found.append(f"unit: {unit[1]}")
            if "unit" not in draft.because:
                draft.unit = unit[0]
            draft.because.setdefault("unit", []).append(unit[1])
    rows = tuple(sides["rows"])
    draft.rows = rows if rows else ("offence",)
    draft.columns = tuple(sides["columns"]) or (() if rows else ("month",))


def _parts(read: Sequence[Sentence], draft: Draft, codes: CodeList) -> None:
    numbered = [sentence for sentence in read if sentence.part]
    named = [s for s in read if not s.part and _selection(s.text, codes)[0] is not None]
    for sentence in numbered or named:
        selection, why = _selection(sentence.text, codes)
        if selection is None and numbered and sentence.found:
            continue  # a numbered line that gives a breakdown or a period, not an offence
        draft.parts.append(DraftedPart(sentence.text, selection or (), why))
        sentence.found.append(why)
        if not selection:
            draft.doubts.append(
                (
                    f"no offence code answers: {sentence.text[:80]}",
                    f"No code records “{sentence.text[:80]}” by itself. May we answer with the offences nearest to it?",
                )
            )
    if not draft.parts:
        asked = next((s for s in read if not s.courtesy), read[0] if read else Sentence(""))
        draft.parts.append(DraftedPart(asked.text or "The request", (), "no offence is named"))
        draft.doubts.append(
            (
                "the letter names no offence",
                "Please say which offences your request is about, or whether you mean all recorded crime.",
            )
        )


def _selection(text: str, codes: CodeList) -> tuple[tuple[str, ...] | None, str]:
    """The codes or groups that a text names, and why; None where it names none."""
    asked = codes_for(text, codes)
    if asked.understood:
        why = "; ".join(f"{each.act} section {each.section}" for each in asked.provisions) or "codes as written"
        return tuple(dict.fromkeys((*asked.codes, *asked.before))), f"offence: {why}"
    lower = text.casefold()
    for kind in ("sub-class", "class"):
        names = {code.sub_class if kind == "sub-class" else code.class_ for code in codes.codes.values()} - {""}
        for name in sorted(names, key=len, reverse=True):
            if name.casefold() in lower:
                return (f"{kind}:{name}",), f"{kind}: {name}"
    if found := rules.ALL_CRIME.search(text):
        return ("all",), f"offences: {found[0]}"
    return None, "no offence code is known for it"
