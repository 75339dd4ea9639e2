"""References to the law in free wording: which Act, which section."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_AMENDED = re.compile(r"\b(?:as\s+)?(?:amended|inserted|added|introduced)\s+by\b.*", re.IGNORECASE | re.DOTALL)
_BRACKETS = re.compile(r"\([^)]*\)")
_NUMBER = re.compile(r"\b(\d{1,3})\s?([A-Z]{0,3})\b")

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
    """The section numbers in the column "Section" of an offence list: `Sec 66B, (2) (3) and (10)` gives `66B`.

    Subsections in brackets are left out, and so is everything after "as amended by", which names another Act.
    """
    bare = _BRACKETS.sub(" ", _AMENDED.sub("", text))
    return tuple(dict.fromkeys(number + letters for number, letters in _NUMBER.findall(bare)))


def act_key(name: str) -> str:
    """An Act's name without case, "the", ampersands and punctuation, so that spellings of one Act compare equal."""
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


def references(text: str, acts: Iterable[str]) -> tuple[Reference, ...]:
    """Every section that `text` names, each with the Act that follows it, or else the one that stands before it.

    `acts` are the full names to look for; the short names of `ACTS` count too. Ranges of letters are spelled out
    (`66E-F` gives 66E and 66F). A section of which only subsections follow (`66B(1)&(9)`) is given once.
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


_ACT = re.compile(r"((?:[\w'’(),&-]+\s+){1,14}?)(Acts?|Regulations|Order)\b,?\s+(?:of\s+)?\(?(\d{4})\b", re.IGNORECASE)
_SHORT = {
    full: re.compile(rf"(?<![A-Za-z]){short.split()[0]}[\s,(]*{short.split()[1]}(?![0-9])", re.IGNORECASE)
    for short, full in ACTS.items()
}


def _act_places(text: str, acts: Iterable[str]) -> list[tuple[int, int, str]]:
    known = {act_key(act): act for act in acts}
    places = [
        (match.start(), match.end(), full) for full, pattern in _SHORT.items() for match in pattern.finditer(text)
    ]
    for match in _ACT.finditer(text):
        words = act_key(match.group()).split()
        for skipped in range(len(words) - 2):
            if full := known.get(" ".join(words[skipped:]).replace(" of " + words[-1], " " + words[-1])):
                places.append((match.start(2), match.end(), full))
                break
    return sorted(places)


def _nearest(places: list[tuple[int, int, str]], start: int, end: int) -> str:
    after = [place for place in places if place[0] >= end]
    before = [place for place in places if place[1] <= start]
    if after and (not before or after[0][0] - end <= _NEAR):
        return after[0][2]
    return before[-1][2] if before else ""


_NEAR = 60
"""An Act named within so many characters after a section is taken before one that was named earlier."""
