"""Context hints: what the words around a hit suggest to the person who reads it.

The method is that of NegEx and ConText (Chapman and others, J. Biomedical Informatics 34 (2001) 301; 42 (2009) 839):
a cue, the side it works on and how far it reaches. The rules are data (clearcount/data/hints.toml) with a version.
A hint explains and orders the reading; it never decides and never drops a record.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from clearcount.data import read_text

HINTS = ("negated", "hypothetical", "other_sense", "victim_suspects", "suspect_claims", "officer_asserts")
"""The hints there are, in the order in which they are printed."""

_WINDOW = 600
_SENTENCE_END = re.compile(
    r"[\r\n\u2028\u2029]+"
    r"|(?<!\b[A-Z])(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bno)(?<!\bNo)[.!?]+[\"'”’)]*(?=\s)"
)
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_LABEL = re.compile(r"(?:\s+\w+){0,2}\s*:\s")
"""A role that stands as a label: `Suspect: …`, `DFU result: …`."""


@dataclass(frozen=True)
class Hint:
    """One hint and the words it rests on."""

    name: str
    cue: str


@dataclass(frozen=True)
class _Rule:
    hint: str
    direction: Literal["before", "after", "form", "speaker", "speaker_after"]
    cue: re.Pattern[str]
    reach: int
    gap: int
    hit: re.Pattern[str] | None
    verb: re.Pattern[str] | None


@dataclass(frozen=True)
class _Rules:
    version: str
    pseudo: re.Pattern[str]
    cut: re.Pattern[str]
    cut_speech: re.Pattern[str]
    no_speaker: re.Pattern[str]
    pronoun: re.Pattern[str]
    rules: tuple[_Rule, ...]


@dataclass(frozen=True)
class _Spoken:
    """Who speaks before a hit: the hint, where the speaker stands, and the words from there to the verb."""

    hint: str
    start: int
    words: str


def hints(text: str, start: int, end: int) -> tuple[str, ...]:
    """Return the names of the hints for the hit at `text[start:end]` (code points, end exclusive), in the order of
    `HINTS`.
    """
    found = {hint.name for hint in explain(text, start, end)}
    return tuple(name for name in HINTS if name in found)


def hints_version() -> str:
    """Return the version of the rules, to be kept beside what they said."""
    return _rules().version


def explain(text: str, start: int, end: int) -> tuple[Hint, ...]:
    """Return every hint for the hit with the cue it rests on, the first cue of each hint only.

    Raises:
        ValueError: when the span does not lie in the text.
    """
    if not 0 <= start < end <= len(text):
        raise ValueError(f"the span {start}:{end} does not lie in a text of {len(text)} characters")
    rules = _rules()
    before, after = _sentence(text, start, end)
    kept, blanked = (before, after), (rules.pseudo.sub(_blank, before), rules.pseudo.sub(_blank, after))
    matched = text[start:end]
    found: dict[str, Hint] = {}
    for rule in rules.rules:
        if rule.hint in found or (rule.hit and not rule.hit.fullmatch(matched)):
            continue
        before, after = blanked if rule.hint == "negated" else kept
        if cue := _cue(rule, rules.cut, before, matched, after):
            found[rule.hint] = Hint(rule.hint, " ".join(cue.split()))
    spoken = _speaker(rules, kept[0]) or _meant_by_pronoun(rules, text[max(0, start - _WINDOW) : start], kept[0])
    if spoken is not None:
        found[spoken.hint] = Hint(spoken.hint, " ".join(spoken.words.split()))
    return tuple(found[name] for name in HINTS if name in found)


def _cue(rule: _Rule, cut: re.Pattern[str], before: str, matched: str, after: str) -> str:
    """The words of the first cue that counts, or nothing."""
    if rule.direction == "form":
        return matched if rule.cue.fullmatch(matched) else ""
    if rule.direction == "speaker_after":
        return _spoken_after(rule, cut, after)
    if rule.direction == "after":
        for cue in rule.cue.finditer(after):
            between = after[: cue.start()]
            if _words(between) <= rule.reach and not cut.search(between):
                return cue.group()
        return ""
    if rule.direction == "speaker":
        return ""  # of several speakers one counts: `_speaker` finds it
    for cue in rule.cue.finditer(before):
        between = before[cue.end() :]
        if _words(between) <= rule.reach and not cut.search(between):
            return cue.group()
    return ""


def _speaker(rules: _Rules, before: str) -> _Spoken | None:
    """Return who speaks nearest before the hit: a role, then a verb or a colon, and nothing that ends the speech."""
    best: _Spoken | None = None
    for rule in rules.rules:
        if rule.direction != "speaker" or rule.verb is None:
            continue
        for cue in rule.cue.finditer(before):
            if (best is not None and cue.start() <= best.start) or rules.no_speaker.search(before[: cue.start()]):
                continue
            between = before[cue.end() :]
            verb = _LABEL.match(between) or rule.verb.search(between)
            if verb is None or _words(between[: verb.start()]) > rule.gap or rules.cut.search(between[: verb.start()]):
                continue
            if not rules.cut_speech.search(between[verb.end() :]):
                best = _Spoken(rule.hint, cue.start(), before[cue.start() : cue.end() + verb.end()].rstrip(" :"))
    return best


def _meant_by_pronoun(rules: _Rules, window: str, before: str) -> _Spoken | None:
    """Return the victim or suspect whom "he said" in the hit's sentence means: the last one named on its line."""
    line = re.split(r"[\r\n\u2028\u2029]", window)[-1]
    outside = len(line) - len(before)
    for said in rules.pronoun.finditer(before):
        if rules.cut_speech.search(before[said.end() :]):
            continue
        earlier = line[: outside + said.start()]
        roles = [
            (cue.start(), rule.hint, cue.group())
            for rule in rules.rules
            if rule.direction == "speaker" and rule.hint != "officer_asserts"
            for cue in rule.cue.finditer(earlier)
        ]
        if roles:
            _, hint, role = max(roles)
            return _Spoken(hint, said.start(), f"{role} … {said.group()}")
    return None


def _spoken_after(rule: _Rule, cut: re.Pattern[str], after: str) -> str:
    """The words behind the hit that say who said it: "…, the suspect claimed", "… according to the suspect"."""
    assert rule.verb is not None
    for cue in rule.cue.finditer(after):
        for verb in rule.verb.finditer(after):
            first, last = sorted((cue.span(), verb.span()))
            apart = after[first[1] : last[0]]
            near = _words(apart) <= rule.gap and _words(after[: first[0]]) <= rule.reach
            if first[1] <= last[0] and near and not cut.search(after[: last[0]]):
                return after[first[0] : last[1]]
    return ""


def _sentence(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and after the hit in its sentence, at most `_WINDOW` characters each."""
    before = text[max(0, start - _WINDOW) : start]
    after = text[end : end + _WINDOW]
    first = max((boundary.end() for boundary in _SENTENCE_END.finditer(before)), default=0)
    boundary = _SENTENCE_END.search(after)
    return before[first:], after[: boundary.start()] if boundary else after


def _words(text: str) -> int:
    return sum(1 for _ in _WORD.finditer(text))


def _blank(match: re.Match[str]) -> str:
    """Words that carry no cue, so that distances stay what they were."""
    return " ".join("_" for _ in match.group().split())


@cache
def _rules() -> _Rules:
    data = tomllib.loads(read_text("hints.toml"))
    rules = tuple(
        _Rule(
            hint=rule["hint"],
            direction=rule["direction"],
            cue=_any_of(rule["cues"], exact_case=rule["direction"] == "form"),
            reach=rule.get("reach", 0),
            gap=rule.get("gap", 0),
            hit=re.compile(rule["hit"], re.IGNORECASE) if "hit" in rule else None,
            verb=_any_of(rule["verbs"]) if "verbs" in rule else None,
        )
        for rule in data["rule"]
    )
    return _Rules(
        version=data["version"],
        pseudo=_any_of(data["pseudo"]),
        cut=_any_of(data["cut"]),
        cut_speech=_any_of(data["cut_speech"]),
        no_speaker=re.compile(
            rf"{_any_of(data['no_speaker']).pattern}\s+(?:the|a|an|his|her|their)?\s*$", re.IGNORECASE
        ),
        pronoun=re.compile(
            rf"\b(?:{'|'.join(data['pronouns'])})\s+(?:\w+\s+)?(?:{'|'.join(data['said'])})\b", re.IGNORECASE
        ),
        rules=rules,
    )


def _any_of(cues: Sequence[str], *, exact_case: bool = False) -> re.Pattern[str]:
    """One pattern for all cues: whole words, a space standing for any white space, longest alternatives first."""
    parts = [cue.replace(" ", r"\s+") for cue in sorted(cues, key=len, reverse=True)]
    whole = rf"(?:(?<!\w)|(?=\W))(?:{'|'.join(parts)})(?:(?!\w)|(?<=\W))"
    return re.compile(whole, 0 if exact_case else re.IGNORECASE)
