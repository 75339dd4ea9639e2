"""What a term is read as, in words: printed with every run, so that nobody has to know the rules by heart."""

from __future__ import annotations

from clearcount.matching.shapes import acronym
from clearcount.model.terms import LITERAL_RULES, Near, Phrase, Rule, Term, TermSet, Wildcard

_LITERAL = {
    "contains": "these characters anywhere, inside words too, in capitals or not",
    "padded": "these characters with a space (U+0020) on each side, in capitals or not",
}


def expansion(term_set: TermSet) -> list[tuple[str, str]]:
    """Return (term as typed, what it is read as) for each term; then for each excluded phrase, as ("none: …", …)."""
    found = [(term.source, _term(term, term_set.rule)) for term in term_set.parsed]
    for source, phrase in zip(term_set.none, term_set.excluded, strict=True):
        found.append((f"none: {source}", f"hits inside {_phrase(phrase, term_set.rule)} are dropped"))
    return found


def _term(term: Term, rule: Rule) -> str:
    body = term.body
    if isinstance(body, Near):
        words = "no word" if body.words == 0 else "at most 1 word" if body.words == 1 else f"at most {body.words} words"
        said = f"{_phrase(body.left, rule)}, and {_phrase(body.right, rule)}, in either order with {words} between"
    else:
        said = _phrase(body, rule)
    if term.exceptions:
        said += "; hits are dropped inside " + " or inside ".join(_phrase(phrase, rule) for phrase in term.exceptions)
    return said


def _phrase(phrase: Phrase, rule: Rule) -> str:
    shown = f"“{phrase}”"
    if rule in LITERAL_RULES:
        return f"{shown}: {_LITERAL[rule]}"
    said = [f"{shown} as whole words", "in these capitals only" if phrase.cased else "in capitals or not"]
    if Wildcard.ANY in phrase.parts:
        said.append("* for any letters and digits of the word, or none")
    if Wildcard.ONE in phrase.parts:
        said.append("? for one letter or digit")
    if phrase.typo:
        said.append("also with one letter behind the first added, left out, changed or swapped with its neighbour")
    if rule == "variant" and not phrase.exact and not phrase.typo:
        said += _variants(phrase)
    return ", ".join(said)


def _variants(phrase: Phrase) -> list[str]:
    said = []
    inner = phrase.literal.strip()
    if any(character.isspace() or character == "-" for character in inner):
        joined = "".join(str(phrase).split()).replace("-", "")
        said.append(f"its words parted by spaces, a hyphen or an underscore, or joined (“{joined}”)")
    if letters := acronym(phrase):
        spaced, dotted = ". ".join(letters) + ".", ".".join(letters)
        said.append(f"also “{letters}”, “{dotted}.”, “{dotted}” and “{spaced}”, but not inside longer initials")
    return said
