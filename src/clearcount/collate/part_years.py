"""Words of a page that say that a printed period is not whole: "figures for 2024 are to 30 June only"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from clearcount.collate.lines import Line
from clearcount.collate.periods import PeriodSpan, month_number, part_of

_M = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_END = re.compile(
    r"(?<!compared )(?<!relation )(?<!prior )(?<!due )(?<!according )(?<!change )(?<!changed )(?<!reply )(?<!response )"
    r"\b(?:to|until|till|up to|as at|as of|ending|ended|through|and)(?: and including| including)?"
    r"(?: the)?(?: end of| beginning of)? "
    rf"(?:(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?)?{_M}\b,?(?: ((?:19|20)\d\d))?",
    re.IGNORECASE,
)
_AND = re.compile(r"\b(?:between|from)\b", re.IGNORECASE)
_NUMERIC = re.compile(
    r"\b(?:to|until|up to|as at|as of|-|\u2013) ?(\d{1,2})[/.](\d{1,2})[/.]((?:19|20)\d\d)\b", re.IGNORECASE
)
_PART = re.compile(
    r"\b(?:year to date|ytd|to date|part[- ]year|part of (?:the|a) year|incomplete|"
    r"not (?:yet )?(?:a )?(?:full|complete)|so far|partial|only (?:\w+ )?months?|first \w+ months?|months? only)\b",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"^\s*(?P<mark>[*\u2020\u2021#^]{1,3}|\d{1,2}(?=[.)\s])|\[(?:note )?\w{1,2}\]|"
    r"\((?:note )?\d\)|note \d|[\u00b9\u00b2\u00b3])"
)


def sentences_of(texts: Iterable[str]) -> list[str]:
    """Return the sentences of texts, each on one line."""
    found = []
    for text in texts:
        found += [" ".join(each.split()) for each in re.split(r"(?<=[.!?])\s+(?=[A-Z*\[(])|\n+", text)]
    return list(dict.fromkeys(each for each in found if each))


def without_part_periods(lines: Sequence[Line], texts: Iterable[str]) -> list[Line]:
    """Return the lines; a number whose period the page says is not whole is unread, with the sentence.

    A sentence counts where it names a day inside the printed period as the end, or calls the period incomplete. It also
    counts where it explains the note mark on the heading so.
    """
    sentences = [
        each for each in sentences_of(texts) if _PART.search(each) or _END.search(each) or _NUMERIC.search(each)
    ]
    if not sentences:
        return list(lines)
    told: dict[tuple[str, str, str, tuple[str, ...]], str] = {}
    found = []
    for line in lines:
        key = (line.period, line.period_from, line.period_to, line.marks)
        if key not in told:
            told[key] = _said(line, sentences)
        found.append(_unread(line, told[key]) if told[key] else line)
    return found


_OF_THE_LAW = re.compile(r"\bwas in force from\b")
"""A sentence on when an offence was in force ends no period of the figures."""


def _said(line: Line, sentences: Sequence[str]) -> str:
    if not line.period_from or line.is_whole_total or line.period_from == line.period_to:
        return ""
    first, last = date.fromisoformat(line.period_from), date.fromisoformat(line.period_to)
    for sentence in sentences:
        if _OF_THE_LAW.search(sentence):
            continue
        note = _NOTE.match(sentence)
        mine = note is not None and _bare(note["mark"]) in {_bare(mark) for mark in line.marks}
        named = mine or _names(sentence, line.period, first, last)
        if named and _PART.search(sentence):
            return sentence
        for end in _ends(sentence, first, last, named=named):
            if first <= end < last:
                return sentence
    return ""


def _ends(sentence: str, first: date, last: date, *, named: bool) -> Iterable[date]:
    """Give the days that a sentence names as an end; a day without a year is one of the period when it is named."""
    for match in _END.finditer(sentence):
        if match[0].casefold().startswith("and") and not _AND.search(sentence[: match.start()]):
            continue
        month = month_number(match[2])
        years = [int(match[3])] if match[3] else sorted({first.year, last.year}) if named else []
        for year in years:
            try:
                yield date(year, month, int(match[1])) if match[1] else _month_end(year, month)
            except ValueError:
                continue
    for match in _NUMERIC.finditer(sentence):
        try:
            yield date(int(match[3]), int(match[2]), int(match[1]))
        except ValueError:
            continue


def _month_end(year: int, month: int) -> date:
    return (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _names(sentence: str, period: str, first: date, last: date) -> bool:
    """Return whether a sentence names a printed period: the year, or the financial year in any spelling."""
    if re.search(rf"(?<![\w/-]){re.escape(period)}(?![\w/-])", sentence):
        return True
    for match in re.finditer(r"(?:19|20)\d\d ?[/\u2013-] ?(?:\d\d)?\d\d", sentence):
        part = part_of(match[0])
        if isinstance(part, PeriodSpan) and (part.first, part.last) == (first, last):
            return True
    return False


def _bare(mark: str) -> str:
    digits = str.maketrans("\u00b9\u00b2\u00b3", "123")
    return re.sub(r"note|[\s().\[\]]", "", mark.casefold().translate(digits))


def _unread(line: Line, sentence: str) -> Line:
    if not line.value or line.unread:
        return line
    why = f"the period may not be whole, the page says: {sentence[:200]}"
    note = "; ".join(filter(None, (why, f"printed: {line.value}", line.note)))
    return replace(
        line, period="", period_from="", period_to="", kind="none", value="", marker="unread", meaning="", note=note
    )
