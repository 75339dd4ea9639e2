"""A made-up export of a crime record system: same number and seed, same bytes."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from clearcount.demo import prose
from clearcount.demo.plan import Planned, pick, plan
from clearcount.errors import ExportError
from clearcount.model.record import Status
from clearcount.offences import CodeList, code_list

AS_AT = date(2025, 8, 4)
"""The day on which the made-up export was taken."""

OCCURRENCES = 20_000
SEED = 20250722
FIRST_DAY, LAST_DAY = date(2022, 10, 1), date(2025, 7, 31)

_OFFENCES = (
    *("occurrence_no", "crime_no", "home_office_code", "offence", "recorded_on", "reported_on"),
    *("committed_from", "committed_to", "status", "markers"),
)
_TEXTS = ("occurrence_no", "field", "entry_no", "entered_at", "text")

_WEIGHTS = (
    ("086/02", 60),
    ("086/10", 35),
    ("088/09", 25),
    ("088/14", 12),
    ("088/15", 30),
    ("175/08", 8),
    ("008/71", 25),
    ("035/00", 25),
    ("088/10", 8),
    ("071/17", 15),
    ("008/72", 40),
    ("053/40", 20),
    ("008/01", 90),
    ("105/01", 110),
    ("028/03", 60),
    ("030/02", 30),
    ("039/00", 40),
    ("044/00", 40),
    ("045/10", 60),
    ("046/00", 120),
    ("048/01", 40),
    ("049/10", 90),
    ("149/00", 60),
    ("125/09", 50),
)
_BEGAN, _ENDED = date(2024, 1, 31), date(2024, 1, 30)
_MARKERS = ("", "", "", "", "Online", "Domestic abuse", "Child at risk", "Online|Child at risk")


@dataclass(frozen=True)
class Generated:
    """What was written: the folder, the rows of each file, and the day the export is as at."""

    folder: Path
    occurrences: int
    offences: int
    texts: int
    as_at: date


@dataclass(frozen=True)
class _Occurrence:
    recorded: date
    offences: tuple[tuple[str, Status], ...]
    mentions: tuple[tuple[str, str], ...]


def generate(out: Path, occurrences: int = OCCURRENCES, seed: int = SEED) -> Generated:
    """Write `offences.csv` and `texts.csv` of `occurrences` made-up occurrences into the folder `out`.

    The records that mention a term are the same few whatever the number; the others are drawn from `seed`.

    Raises:
        ExportError: when `occurrences` is too small to hold the planned ones.
    """
    rng = Random(seed)  # noqa: S311 - made-up records, nothing secret
    planned = plan(rng)
    if occurrences < len(planned):
        raise ExportError(f"the demo needs at least {len(planned)} occurrences, not {occurrences}")
    drawn = [_from_plan(rng, each) for each in planned]
    drawn += [_background(rng) for _ in range(occurrences - len(planned))]
    order = sorted(range(len(drawn)), key=lambda index: (drawn[index].recorded, rng.random()))
    out.mkdir(parents=True, exist_ok=True)
    codes = code_list()
    rows = texts = 0
    with (
        (out / "offences.csv").open("w", encoding="utf-8", newline="") as offence_file,
        (out / "texts.csv").open("w", encoding="utf-8", newline="") as text_file,
    ):
        offence_writer = csv.writer(offence_file, lineterminator="\n")
        text_writer = csv.writer(text_file, lineterminator="\n")
        offence_writer.writerow(_OFFENCES)
        text_writer.writerow(_TEXTS)
        for running, index in enumerate(order, 1):
            occurrence = drawn[index]
            number = f"{occurrence.recorded:%y}{running:07d}"
            for row in _offence_rows(rng, number, occurrence, codes):
                offence_writer.writerow(row)
                rows += 1
            for entry in _text_rows(rng, number, occurrence):
                text_writer.writerow(entry)
                texts += 1
    return Generated(out, occurrences, rows, texts, AS_AT)


def _from_plan(rng: Random, planned: Planned) -> _Occurrence:
    days = (planned.month.next().first_day - planned.month.first_day).days
    return _Occurrence(
        planned.month.first_day + timedelta(days=int(rng.random() * days)), planned.offences, planned.texts
    )


def _background(rng: Random) -> _Occurrence:
    recorded = FIRST_DAY + timedelta(days=int(rng.random() * ((LAST_DAY - FIRST_DAY).days + 1)))
    draw = rng.random()
    number = 0 if draw < 0.01 else 1 if draw < 0.92 else 2 if draw < 0.99 else 3
    offences = tuple((_code(rng, recorded), _status(rng)) for _ in range(number))
    return _Occurrence(recorded, offences, ())


_CUMULATED = [(code, sum(weight for _, weight in _WEIGHTS[: at + 1])) for at, (code, _) in enumerate(_WEIGHTS)]


def _code(rng: Random, recorded: date) -> str:
    """A code that could be recorded on that day: the sharing offences replaced 008/71 on 31 January 2024."""
    while True:
        target = rng.random() * _CUMULATED[-1][1]
        code = next(code for code, upto in _CUMULATED if target < upto)
        begins = code in ("088/14", "088/15", "175/08") and recorded < _BEGAN
        if not begins and not (code == "008/71" and recorded > _ENDED):
            return code


def _status(rng: Random) -> Status:
    draw = rng.random()
    return "cancelled" if draw < 0.03 else "transferred" if draw < 0.04 else "recorded"


def _offence_rows(rng: Random, number: str, occurrence: _Occurrence, codes: CodeList) -> Iterator[Sequence[str]]:
    for running, (code, status) in enumerate(occurrence.offences, 1):
        reported = occurrence.recorded - timedelta(days=int(rng.random() ** 3 * 5))
        begun = reported - timedelta(days=int(rng.random() ** 3 * 90))
        ended = begun + timedelta(days=int(rng.random() * ((reported - begun).days + 1)))
        unknown = rng.random() < 0.04
        found = codes.get(code)
        yield (
            number,
            f"FS/{number}/{running}",
            code,
            found.label if found else "",
            occurrence.recorded.isoformat(),
            reported.isoformat(),
            "" if unknown else begun.isoformat(),
            "" if unknown or rng.random() < 0.6 else ended.isoformat(),
            status,
            pick(rng, _MARKERS),
        )


def _text_rows(rng: Random, number: str, occurrence: _Occurrence) -> Iterator[Sequence[str]]:
    mentions: dict[str, list[str]] = {}
    for field, text in occurrence.mentions:
        mentions.setdefault(field, []).append(_filled(rng, text))
    code = occurrence.offences[0][0] if occurrence.offences else ""
    summary = pick(rng, prose.SUMMARIES.get(code, prose.OTHER_SUMMARIES))
    # a line break and no space in front: a mention at the start of a line stays at the start of a line
    yield number, "summary", "1", _at(occurrence, 0), "\n".join([summary, *mentions.get("summary", ())])
    if rng.random() < 0.95 or "mo" in mentions:
        yield number, "mo", "1", _at(occurrence, 0), "\n".join([pick(rng, prose.METHODS), *mentions.get("mo", ())])
    entries = [_log(rng) for _ in range(4 + min(60, int(-math.log(1 - rng.random()) * 9.7)))]
    for text in mentions.get("oel", ()):
        entries.insert(int(rng.random() * len(entries)), text)
    day = 0.0
    for entry_no, text in enumerate(entries, 1):
        day += rng.random() * 4
        yield number, "oel", str(entry_no), _at(occurrence, day), text


def _at(occurrence: _Occurrence, days: float) -> str:
    minutes = int(days * 1440) % 1440
    day = min(occurrence.recorded + timedelta(days=int(days)), AS_AT)
    return f"{day.isoformat()} {minutes // 60:02d}:{minutes % 60:02d}"


def _log(rng: Random) -> str:
    number = 1 + int(rng.random() * 2.4)
    return " ".join(_filled(rng, pick(rng, prose.LOG)) for _ in range(number))


def _filled(rng: Random, text: str) -> str:
    if "{" not in text:
        return text
    return text.format(
        t=f"{int(rng.random() * 24):02d}:{int(rng.random() * 12) * 5:02d}",
        a=pick(rng, prose.AGENCIES),
        p=pick(rng, prose.PLACES),
        o=pick(rng, prose.OFFICERS),
        w=pick(rng, prose.PEOPLE),
        d=2 + int(rng.random() * 27),
        x=f"{pick(rng, 'BCDGHJK')}{pick(rng, 'LMNPRST')}/{1 + int(rng.random() * 40)}",
    )
