"""References to the law in free wording: which Act, which section."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_AMENDED = re.compile(r"\b(?:as\s+)?(?:amended|inserted|added|introduced)\s+by\b.*", re.IGNORECASE | re.DOTALL)
_BRACKETS = re.compile(r"\([^)]*\)")
_NUMBER = re.compile(r"(?:\b|(?<=\b[Ss])|(?<=\b[Ss]ec))(\d{1,3})\s?([A-Z]{0,3})\b")

ACTS = {
    "SOA 2003": "Sexual Offences Act 2003",
    "PoCA 1978": "Protection of Children Act 1978",
    "OSA 2023": "Online Safety Act 2023",
    "CJA 1988": "Criminal Justice Act 1988",
    "CJCA 2015": "Criminal Justice and Courts Act 2015",
    "CJIA 2008": "Criminal Justice and Immigration Act 2008",
    "MCA 1988": "Malicious Communications Act 1988",
    "SCA 2015": "Serious Crime Act 2015",
    "OAPA 1861": "Offences Against the Person Act 1861",
}
"""Short names of Acts that requests use, with the year that makes them certain."""


def section_numbers(text: str) -> tuple[str, ...]:
    """Return the section numbers in the column "Section" of an offence list: `Sec 66B, (2) (3) and (10)` gives `66B`.

    Subsections in brackets are left out, and so is everything after "as amended by", which names another Act.
    """
    bare = _BRACKETS.sub(" ", _AMENDED.sub("", text))
    return tuple(dict.fromkeys(number + letters for number, letters in _NUMBER.findall(bare)))


def act_key(name: str) -> str:
    """Return an Act's name without case, "the", ampersands and punctuation, so that spellings of one Act compare
    equal.
    """
    words = re.findall(r"[a-z0-9]+", name.lower().replace("&", " and "))
    return " ".join(word for word in words if word not in ("the",))


@dataclass(frozen=True)
class Reference:
    """One section named in a wording. `act` is empty where none is named near it; `part` is a subsection: `(1)(a)`."""

    section: str
    act: str
    part: str
    start: int
    end: int


_SECTION_WORD = r"(?:sections?|secs?\.?|ss?\.?)"
_LETTERS = r"(?:[A-Za-z]{1,2}|\s(?-i:[A-Z]))?(?![A-Za-z0-9])"  # 66B, 66AB, 66 B; but not "63 of"
_ONE = rf"\d{{1,3}}{_LETTERS}(?:\s?\(\s?[0-9A-Za-z]{{1,3}}\s?\))*"
_JOIN = r"\s?(?:,|&|and|or|/|to|-|\u2013|\u2014)\s?"
_MORE = rf"(?:{_JOIN}(?:{_SECTION_WORD}\s?)?(?:{_ONE}|[A-Za-z](?![A-Za-z0-9])|(?:\([0-9A-Za-z]{{1,3}}\)\s?)+))*"
_GROUP = re.compile(rf"(?<![A-Za-z0-9]){_SECTION_WORD}\s?(?P<list>{_ONE}{_MORE})", re.IGNORECASE)
_WORD_BEFORE_NUMBER = re.compile(rf"(?<![A-Za-z]){_SECTION_WORD}(?=\s?\d)", re.IGNORECASE)
_ITEM = re.compile(
    r"(?:\([0-9A-Za-z]{1,3}\)\s?)+|(?P<join>to|-|\u2013|\u2014)?\s?(?:(?P<number>\d{1,3})(?P<letters>" + _LETTERS + r")"
    r"|(?P<letter>(?<![A-Za-z0-9])[A-Za-z])(?![A-Za-z0-9]))(?P<part>(?:\s?\(\s?[0-9A-Za-z]{1,3}\s?\))*)",
    re.IGNORECASE,
)


def references(text: str, acts: Mapping[str, str]) -> tuple[Reference, ...]:
    """Return every section that `text` names, each with the Act that follows it, or else the one that stands before it.

    `acts` are the names to look for by their `act_key`; the short names of `ACTS` count too. Ranges of letters are
    spelled out (`66E-F` gives 66E and 66F). Where only subsections follow (`66B(1)&(9)`) the section is given once.
    """
    places = _act_places(text, acts)
    return tuple(
        Reference(section, _nearest(places, start, end), part, start, end)
        for section, part, start, end in _sections(text)
    )


def _sections(text: str) -> Iterator[tuple[str, str, int, int]]:
    for group in _GROUP.finditer(text):
        number = letters = ""
        for item in _ITEM.finditer(_WORD_BEFORE_NUMBER.sub(" ", group["list"])):
            start, end = group.start(), group.end()
            part = re.sub(r"\s", "", item["part"] or "").lower()
            if item["number"]:
                ranged = item["join"] and item["number"] == number
                wanted = _letters(letters, item["letters"].strip().upper(), ranged=bool(ranged))
                number, letters = item["number"], item["letters"].strip().upper()
            elif letters and item["letter"]:
                wanted = _letters(letters, item["letter"].upper(), ranged=bool(item["join"]))
                letters = item["letter"].upper()
            else:
                continue
            for each in wanted:
                yield number + each, part, start, end


def _letters(before: str, now: str, *, ranged: bool) -> list[str]:
    if ranged and len(before) == len(now) == 1 and before < now:
        return [chr(code) for code in range(ord(before) + 1, ord(now) + 1)]
    return [now]


_ACT = re.compile(r"\b(?:Acts?|Regulations|Order)\b,?\s{1,3}(?:of\s{1,3})?\(?\d{4}\b", re.IGNORECASE)
_LEAD = 200
"""The name of an Act is looked for in so many characters before the word "Act" and its year."""

_NEAR = 60
"""An Act named within so many characters after a section is taken before one that was named earlier."""

_SHORT = {
    full: re.compile(rf"(?<![A-Za-z]){short.split()[0]}[\s,(]{{0,3}}{short.split()[1]}(?![0-9])", re.IGNORECASE)
    for short, full in ACTS.items()
}


def _act_places(text: str, acts: Mapping[str, str]) -> list[tuple[int, int, str]]:
    """(start, end, Act) of every Act named in `text`, in order; the start is that of the word "Act"."""
    places = [
        (match.start(), match.end(), full) for full, pattern in _SHORT.items() for match in pattern.finditer(text)
    ]
    for match in _ACT.finditer(text):
        words = act_key(text[max(0, match.start() - _LEAD) : match.end()]).replace(" act of ", " act ").split()
        for skipped in range(len(words) - 2):
            if full := acts.get(" ".join(words[skipped:])):
                places.append((match.start(), match.end(), full))
                break
    return sorted(places)


def _nearest(places: list[tuple[int, int, str]], start: int, end: int) -> str:
    """The Act that follows the section at `start` to `end` closely; else the last before it; else the next."""
    after = bisect_left(places, (end,))
    follows = places[after] if after < len(places) else None
    before = bisect_left(places, (start,))
    if follows and (not before or follows[0] - end <= _NEAR):
        return follows[2]
    return places[before - 1][2] if before else ""
