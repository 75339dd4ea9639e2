"""The cells of a printed answer, each with what was asked: the leaves of each dimension that it counts."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

CODES = ("086/02", "086/10", "088/15")
MONTHS = ("2024-01", "2024-02", "2024-03", "2024-04")
DISTRICTS = ("North", "South")
AGES = ("adult", "child")
TERMS = ("alpha", "seen")
STATES = ("confirmed", "unclear", "not relevant", "undecided")
READ_AS = {"mentions": STATES, "confirmed": STATES[:1], "confirmed_or_unclear": STATES[:2], "undecided": STATES[3:]}
TEXTS = {"": "nothing", "alpha": "alpha once", "seen": "it was seen", "alpha seen": "alpha was seen"}


def months_of(label: str, months: Sequence[str]) -> list[str]:
    if label in ("total", ""):
        return list(months)
    if "Q" in label:
        quarter = int(label[-1])
        return [month for month in months if (int(month[5:]) + 2) // 3 == quarter]
    return [month for month in months if month.startswith(label)]


@dataclass(frozen=True)
class PrintedCell:
    """One printed cell, read with what was asked: the leaves that it counts."""

    table: str
    shown: str
    codes: tuple[str, ...]
    months: tuple[str, ...]
    districts: tuple[str, ...]
    ages: tuple[str, ...]
    texts: tuple[str, ...]
    states: tuple[str, ...] = STATES


def _codes(row: str, questions: Sequence[Sequence[str]]) -> tuple[str, ...]:
    if row in ("total", ""):
        return tuple(dict.fromkeys(code for codes in questions for code in codes))
    return tuple(questions[int(row[1:]) - 1]) if row[0] == "q" else (row,)


def _texts(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(text for text in TEXTS if not words or any(word in text.split() for word in words))


def _decided(
    folder: Path, questions: Sequence[Sequence[str]], months: Sequence[str], asked: Sequence[str]
) -> Iterator[PrintedCell]:
    """The cells of the tables of what readers decided, from release.json; counts.csv holds the confirmed."""
    released = json.loads((folder / "release.json").read_text(encoding="utf-8"))
    for table in released["tables"]:
        if table["name"] not in READ_AS:
            continue
        for place, low, high in table["cells"]:
            at = dict(zip(table["by"], place, strict=True))
            yield PrintedCell(
                table["name"],
                str(low) if low == high else "[c]",
                _codes(at.get("offence", ""), questions),
                tuple(months_of(at.get("month", ""), months)),
                _side(at.get("district"), DISTRICTS),
                AGES,
                _texts(asked),
                READ_AS[table["name"]],
            )


def cells_of(
    folder: Path, questions: Sequence[Sequence[str]], months: Sequence[str], asked: Sequence[str], *, read: bool = False
) -> Iterator[PrintedCell]:
    if read:
        yield from _decided(folder, questions, months, asked)
    for name in ("counts.csv", "denominators.csv"):
        with (folder / name).open(newline="", encoding="utf-8-sig") as file:
            for line in csv.DictReader(file):
                term = line.get("term") or ""
                words = asked if name == "counts.csv" else ()
                if term not in ("total", ""):
                    words = (term,)
                confirmed = read and name == "counts.csv" and line["table"] == "1"
                yield PrintedCell(
                    f"{name} {line['table']}",
                    line["value"] or f"[{line['marker']}]",
                    _codes(line["row"], questions),
                    tuple(months_of(line["period"], months)),
                    _side(line.get("district"), DISTRICTS),
                    _side(line.get("age"), AGES),
                    _texts(words),
                    STATES[:1] if confirmed else _side(line.get("state"), STATES),
                )


def _side(value: str | None, leaves: tuple[str, ...]) -> tuple[str, ...]:
    return leaves if value in (None, "", "total") else (str(value),)
