"""How a request could be narrowed (section 16): the records with the words by term, offence code and year."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from clearcount.errors import ClearcountError
from clearcount.workflow.mentions import read_mentions
from clearcount_web.cases.folders import papers_folder
from clearcount_web.cases.models import Case

LEAST, ROUND = 20, 10
"""A letter names only what so many records hold, to the nearest ten: the exact figures have passed no control."""
MOST_NAMED = 5


@dataclass(frozen=True)
class Narrowing:
    """Records that somebody would read, by what they could be narrowed to. The figures are exact and internal."""

    by_term: Mapping[str, int]
    by_code: Mapping[str, int]
    by_year: Mapping[str, int]

    def advice(self) -> str:
        """Return words for the letter, in round figures; empty where nothing is narrower than all."""
        said = [
            _said("with the word", self.by_term),
            _said("under the offence code", self.by_code),
            _said("of the year", self.by_year),
        ]
        return " ".join(each for each in said if each)


def narrowing_of(case: Case) -> Narrowing | None:
    """Return how the last count's hits lie, from its working papers; None when they are gone or were never kept."""
    run = case.runs.exclude(digest="").first()
    if run is None or not run.papers:
        return None
    folder = papers_folder(run)
    terms: dict[str, set[str]] = defaultdict(set)
    codes: dict[str, set[str]] = defaultdict(set)
    years: dict[str, set[str]] = defaultdict(set)
    try:
        for mention in read_mentions(folder / "mentions.csv"):
            terms[mention.term].add(mention.occurrence_no)
        found = set().union(*terms.values()) if terms else set()
        with (folder / "scope.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["occurrence_no"] in found:
                    codes[row["code"]].add(row["occurrence_no"])
                    years[row["month"][:4]].add(row["occurrence_no"])
    except (ClearcountError, OSError, ValueError, KeyError, TypeError):
        return None
    return Narrowing(_counted(terms), _counted(codes), _counted(years))


def _counted(found: Mapping[str, set[str]]) -> dict[str, int]:
    """How many records each has, the most first."""
    return dict(sorted(((name, len(records)) for name, records in found.items()), key=lambda each: (-each[1], each[0])))


def _said(what: str, counted: Mapping[str, int]) -> str:
    """One sentence on the narrowest choices, where there is a choice."""
    named = [(name, number) for name, number in counted.items() if name and number >= LEAST]
    if len(counted) < 2 or not named:
        return ""
    told = [f"about {round(number / ROUND) * ROUND:,} {what} {name}" for name, number in named[-MOST_NAMED:]]
    return f"Narrowed to one of these, so many records would be read: {'; '.join(told)}."
