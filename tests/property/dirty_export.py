"""Exports with a known truth, and one loss after another planted in them. Nothing of the product is used here.

A clean export holds offences and texts of made-up occurrences. Each kind of loss adds rows of its own, or changes how a
file is written, and says beforehand in which line of the account each of its rows stands, what becomes of the figures,
and how the doubt about it is called.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

OFFENCE_HEAD = (
    "occurrence_no,crime_no,home_office_code,offence,recorded_on,reported_on,committed_from,committed_to,status,markers"
)
TEXT_HEAD = "occurrence_no,field,entry_no,entered_at,text"
CODE, OTHER_CODE = "044/00", "045/10"
"""The code that is asked for and one that is not."""
TERM = "drone"
REQUEST: Mapping[str, Any] = {
    "request": {"reference": "T/1", "received": date(2025, 2, 3), "version_date": date(2025, 2, 20)},
    "scope": {"from": "2024-01", "to": "2024-12", "date_basis": "recorded", "unit": "offences", "cancelled": "exclude"},
    "question": [{"text": "Theft of pedal cycles", "codes": [CODE]}],
    "terms": {"rule": "word", "fields": ["mo"], "any": [TERM]},
    "table": {"rows": ["offence"], "columns": "year"},
}
_WORDS = [
    "a",
    "bicycle",
    "was",
    "taken",
    "from",
    "the",
    "rack",
    "beside",
    "the",
    "station",
    "before",
    "noon",
    "and",
    "nobody",
    "saw",
    "who",
    "took",
    "it",
    "away",
]

Files: TypeAlias = dict[str, bytes]


@dataclass
class Truth:
    """What is true of an export, by construction.

    `lines` counts records by the line of the account in which they stand: of offences `counted`, `outside`,
    `cancelled`, `undated`, `uncoded`, `without text`; of rows `offences kept`, `texts unread` and so on. `mentions` are
    the offences that are found. `doubts` are the names that open doubts have to begin with.
    """

    lines: Counter[str] = field(default_factory=Counter)
    mentions: int = 0
    doubts: list[str] = field(default_factory=list)


@dataclass
class Dirty:
    """An export that is being made. `last` rows stand under all others, `ends` under these; `finish` changes files."""

    chance: random.Random
    offences: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    last: dict[str, list[str]] = field(default_factory=lambda: {"offences": [], "texts": []})
    ends: dict[str, list[str]] = field(default_factory=lambda: {"offences": [], "texts": []})
    finish: list[Callable[[Files], Files]] = field(default_factory=list)
    truth: Truth = field(default_factory=Truth)
    number: int = 0

    def occurrence(self) -> str:
        """A number that no other occurrence has."""
        self.number += 1
        return f"240{self.number:05d}"

    def sentence(self, *, term: bool = True) -> str:
        """A few words that read like an entry, the term among them or not; it ends with a full stop."""
        words = self.chance.choices(_WORDS, k=self.chance.randint(6, 30))
        words[0] = words[0].capitalize()
        if term:
            words.insert(self.chance.randrange(1, len(words)), TERM)
        return " ".join(words) + "."

    def day(self) -> str:
        """A day of the period, in one of the ways in which a day may be written."""
        month, day = self.chance.randint(1, 12), self.chance.randint(1, 28)
        return self.chance.choice(
            (f"2024-{month:02d}-{day:02d}", f"{day:02d}/{month:02d}/2024", f"2024-{month:02d}-{day:02d} 09:30")
        )

    def row(self, number: str, **said: str) -> str:
        """A row for an offence; what is not said is clean, and would count."""
        clean = {"crime": f"C/{number}", "code": CODE, "name": "Cycle theft", "day": self.day(), "reported": ""}
        cells = {**clean, "status": "recorded", **said}
        dates = f"{cells['day']},{cells['reported']},,"
        return f"{number},{cells['crime']},{cells['code']},{cells['name']},{dates},{cells['status']},"

    def offence(self, number: str, line: str = "kept", **said: str) -> None:
        """Write an offence, which stands in that line of the rows."""
        self.offences.append(self.row(number, **said))
        self.truth.lines[f"offences {line}"] += 1

    def text(
        self,
        number: str,
        text: str,
        line: str = "kept",
        *,
        name: str = "mo",
        entry: str = "1",
        moment: str = "2024-06-01",
    ) -> None:
        """Write a text, which stands in that line of the rows."""
        self.texts.append(f"{number},{name},{entry},{moment},{text}")
        self.truth.lines[f"texts {line}"] += 1

    def counted(self, *, found: bool) -> str:
        """Write an offence that counts, and whether it is one that is found; return its occurrence."""
        number = self.occurrence()
        self.offence(number)
        self.truth.lines["counted"] += 1
        self.truth.mentions += found
        return number

    def clean(self) -> str:
        """Write an offence that counts and its text, which holds the term or not."""
        term = self.chance.random() < 0.4
        number = self.counted(found=term)
        self.text(number, self.sentence(term=term))
        return number

    def files(self) -> Files:
        """The files, by their names."""
        made = {}
        for name, head, rows in (("offences", OFFENCE_HEAD, self.offences), ("texts", TEXT_HEAD, self.texts)):
            self.chance.shuffle(rows)
            rows.append(rows.pop(next(at for at, row in enumerate(rows) if '"' not in row)))  # an open quote ends here
            lines = (head, *rows, *self.last[name], *self.ends[name])
            made[f"{name}.csv"] = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
        for change in self.finish:
            made = change(made)
        return made

    def write(self, folder: Path) -> None:
        """Write the files into a new folder."""
        folder.mkdir()
        for name, content in self.files().items():
            (folder / name).write_bytes(content)


Plant: TypeAlias = Callable[[Dirty], None]
SET_ASIDE, TEXTS_SET_ASIDE = "offence-rows-set-aside", "text-rows-set-aside"


def _beside(made: Dirty, number: str) -> None:
    """Half of the time another offence of the occurrence, so that its text does not stand alone."""
    if made.chance.random() < 0.5:
        made.offence(number, crime=f"D/{number}", code=OTHER_CODE)


def _row(line: str, *doubts: str, **said: str) -> Plant:
    """An offence that truly counts, and whose row stands in that line of the rows."""

    def plant(made: Dirty) -> None:
        number = made.occurrence()
        made.offence(number, line, **said)
        made.text(number, made.sentence())
        _beside(made, number)
        made.truth.doubts += doubts

    return plant


def _broken(change: Callable[[str], str], line: str = "unread") -> Plant:
    """An offence that truly counts, and whose row is changed as a line of text."""

    def plant(made: Dirty) -> None:
        number = made.occurrence()
        made.offences.append(change(made.row(number)))
        made.truth.lines[f"offences {line}"] += 1
        made.text(number, made.sentence())
        _beside(made, number)
        made.truth.doubts.append(SET_ASIDE)

    return plant


def _elsewhere(**said: str) -> Plant:
    """A row that is set aside and could not have counted."""
    return lambda made: made.offence(made.occurrence(), "out of reach", **said)


def _kept(line: str, *doubts: str, **said: str) -> Plant:
    """An offence that is kept and stands in that line of the offences."""

    def plant(made: Dirty) -> None:
        number = made.occurrence()
        made.offence(number, **said)
        made.text(number, made.sentence())
        if line:
            made.truth.lines[line] += 1
        made.truth.mentions += line == "counted"
        made.truth.doubts += doubts

    return plant


def _repeat(line: str, *doubts: str, **said: str) -> Plant:
    """A second row for an offence that counts, which stands in that line of the rows."""

    def plant(made: Dirty) -> None:
        number, day = made.occurrence(), made.day()
        made.offence(number, day=day)
        made.text(number, made.sentence())
        made.last["offences"].append(made.row(number, **{"day": day, **said}))
        made.truth.lines[f"offences {line}"] += 1
        made.truth.lines["counted"] += 1
        made.truth.mentions += 1
        made.truth.doubts += doubts

    return plant


def _text(
    line: str, *doubts: str, text: str = "", number: str | None = None, found: bool = False, **said: str
) -> Plant:
    """An offence that counts and truly mentions the term, and its text as it stands in that line of the rows."""

    def plant(made: Dirty) -> None:
        own = made.counted(found=found)
        made.text(own if number is None else number, text or made.sentence(), line, **said)
        without = line != "kept" or (said.get("name", "mo") != "mo")
        made.truth.lines["without text"] += without
        made.truth.doubts += doubts

    return plant


def _broken_text(change: Callable[[str], str]) -> Plant:
    """An offence that counts, and whose text stands in a row that is broken."""

    def plant(made: Dirty) -> None:
        number = made.counted(found=False)
        made.texts.append(change(f"{number},mo,1,2024-06-01,"))
        made.truth.lines["texts unread"] += 1
        made.truth.lines["without text"] += 1
        made.truth.doubts.append(TEXTS_SET_ASIDE)

    return plant


def _beside_utf8(plant: Plant) -> Plant:
    """In files that are clearly UTF-8."""

    def beside(made: Dirty) -> None:
        for _ in range(4):
            number = made.occurrence()
            made.offence(number, code=OTHER_CODE, name="Vélo – théft")
            made.text(number, "A vélo – théft.")
        plant(made)

    return beside


def _in_pieces(made: Dirty) -> None:
    """One entry over rows of 80 characters, the term across a cut."""
    number = made.counted(found=False)
    words = "The bicycle stood beside the station and was taken away from there before noon a "
    whole = f"{words[:77]}{TERM} was seen and {words[:64]}nobody saw who took it"
    for at in range(0, len(whole), 80):
        made.text(number, whole[at : at + 80], entry=str(at // 80 + 1))
    made.truth.doubts.append("text-in-pieces-mo")


def _cut_off(length: int) -> Plant:
    """A text that was cut off at a length, before the term."""

    def plant(made: Dirty) -> None:
        number = made.counted(found=False)
        made.text(number, "".join(f"{made.chance.choice(_WORDS)} " for _ in range(length))[: length - 1] + "x")
        made.truth.doubts.append("texts-cut-off-mo")

    return plant


def _without_text(made: Dirty) -> None:
    made.counted(found=False)
    made.truth.lines["without text"] += 1
    made.truth.doubts.append("offences-without-text")


def _twice(made: Dirty) -> None:
    """One crime under two occurrences, which counts twice."""
    first, second = made.counted(found=True), made.occurrence()
    made.offence(second, crime=f"C/{first}")
    for number in (first, second):
        made.text(number, made.sentence())
    made.truth.lines["counted"] += 1
    made.truth.mentions += 1
    made.truth.doubts.append("crime-under-several-occurrences")


def _conflicting_text(made: Dirty) -> None:
    number = made.counted(found=True)
    made.text(number, made.sentence())
    made.last["texts"].append(f"{number},mo,1,2024-06-01,Another text.")
    made.truth.lines["texts in reach"] += 1
    made.truth.doubts.append(TEXTS_SET_ASIDE)


def _stray(made: Dirty) -> None:
    made.text(made.occurrence(), made.sentence())
    made.truth.doubts.append("texts-without-offence")


def _footer(name: str, line: str, *doubts: str) -> Plant:
    def plant(made: Dirty) -> None:
        made.ends[name].append(line)
        made.truth.doubts += ("lines-under-a-report", *doubts)

    return plant


def _no_line_end(name: str) -> Plant:
    def plant(made: Dirty) -> None:
        made.finish.append(lambda files: {**files, name: files[name].rstrip(b"\n")})
        made.truth.doubts.append("last-row-without-a-line-end")

    return plant


def _beside_file(name: str) -> Plant:
    """A file of the folder that the layout does not name and that holds records."""

    def plant(made: Dirty) -> None:
        rows = f"{OFFENCE_HEAD}\n{made.row(made.occurrence())}\n"
        made.finish.append(lambda files: {**files, name: rows.encode()})
        made.truth.doubts.append("files-left-out")

    return plant


def _header_again(made: Dirty) -> None:
    """Two extracts written one behind the other."""
    made.offences.append(OFFENCE_HEAD)
    made.truth.doubts.append("lines-under-a-report")


def _header_again_in_texts(made: Dirty) -> None:
    made.texts.append(TEXT_HEAD)
    made.truth.doubts.append("lines-under-a-report")


def _ignored(name: str, line: str) -> Plant:
    """A line that holds nothing and is no row."""

    def plant(made: Dirty) -> None:
        (made.offences if name == "offences" else made.texts).append(line)

    return plant


LOSSES: dict[str, Plant] = {
    "day that is none": _row("unread", SET_ASIDE, day="31/02/2024"),
    "day with two figures of the year": _row("unread", SET_ASIDE, day="1/1/24"),
    "day as a number": _row("unread", SET_ASIDE, day="45292"),
    "day with the month first": _row("unread", SET_ASIDE, day="02/13/2024"),
    "month alone": _row("unread", SET_ASIDE, day="2024-06"),
    "word for a day": _row("unread", SET_ASIDE, day="soon"),
    "error for a day": _row("unread", SET_ASIDE, day="#VALUE!"),
    "other day that is none": _row("in reach", SET_ASIDE, reported="31/02/2024"),
    "word for a code": _row("unread", SET_ASIDE, code="bicycle"),
    "class for a code": _row("unread", SET_ASIDE, code="44"),
    "error for a code": _row("unread", SET_ASIDE, code="#REF!"),
    "number with an exponent for a code": _row("unread", SET_ASIDE, code="4.4E+03"),
    "unknown status": _row("in reach", SET_ASIDE, status="pending"),
    "error for a status": _row("in reach", SET_ASIDE, status="#N/A"),
    "unknown status and no day": _row("unread", SET_ASIDE, status="pending", day=""),
    "unknown status and no code": _row("unread", SET_ASIDE, status="pending", code=""),
    "no crime number": _row("in reach", SET_ASIDE, crime=""),
    "crime number with an exponent": _row("in reach", SET_ASIDE, crime="5.5E+11"),
    "crime number with a tab": _row("in reach", SET_ASIDE, crime="C\t1"),
    "crime number with a sign that nobody sees": _row("in reach", SET_ASIDE, crime="C/240\u200b7"),
    "crime number with a mark of direction": _row("in reach", SET_ASIDE, crime="C/\u202a2407\u202c"),
    "no occurrence number": _broken(lambda row: row[row.index(",") :], "in reach"),
    "occurrence number with an exponent": _broken(lambda row: "5.5E+11" + row[row.index(",") :], "in reach"),
    "occurrence number with a sign that nobody sees": _broken(lambda row: "\u200b" + row, "in reach"),
    "occurrence number that says NULL": _broken(lambda row: "NULL" + row[row.index(",") :], "in reach"),
    "crime number that says that there is none": _row("in reach", SET_ASIDE, crime="N/A"),
    "cell too many": _broken(lambda row: row.replace("Cycle theft", "Cycle, theft")),
    "cell too few": _broken(lambda row: row.replace(",Cycle theft", "")),
    "row that breaks off": _broken(lambda row: row[:30]),
    "open quote": _broken(lambda row: row.replace("Cycle theft", '"Cycle theft')),
    "sign after a quote": _broken(lambda row: row.replace("Cycle theft", '"Cycle" theft')),
    "byte of another encoding": _beside_utf8(_broken(lambda row: row.replace("Cycle theft", "Cycle \udce9 theft"))),
    "no day": _kept("undated", "offences-undated", day=""),
    "no code": _kept("uncoded", "offences-without-code", code=""),
    "code that lost its zeros": _kept("counted", "codes-that-lost-their-zeros", code="4400"),
    "code as a number with decimals": _kept("counted", "codes-that-lost-their-zeros", code="4400.0"),
    "code that no list knows": _kept("", "codes-not-in-list", code="999/98"),
    "no status": _kept("counted", "offences-without-status", status=""),
    "day after the extract": _kept("outside", "offences-dated-after-the-extract", day="2204-06-01"),
    "placeholder for a day": _kept("outside", "offences-with-a-placeholder-date", day="1900-01-01"),
    "other placeholder for a day": _kept("outside", "offences-with-a-placeholder-date", day="1970-01-01"),
    "repeat with another name": _repeat("in reach", SET_ASIDE, name="Other name"),
    "repeat with another status": _repeat("in reach", SET_ASIDE, status="cancelled"),
    "repeat with another day": _repeat("out of reach", "crimes-with-two-dates", day="2023-05-05"),
    "repeat with another code": _repeat("out of reach", "crimes-under-two-codes", code=OTHER_CODE),
    "crime under two occurrences": _twice,
    "text in a field nobody looks in": _text("kept", "field-notes-not-searched", name="notes"),
    "text in a field of another name": _text("kept", "field-modus-operandi-not-searched", name="Modus Operandi"),
    "text cut off at 255": _cut_off(255),
    "text cut off at 4000": _cut_off(4000),
    "text in HTML": _text("kept", "markup-in-texts", text="It was a <b>dro</b>ne and a bicycle."),
    "text in RTF": _text("kept", "markup-in-texts", text="{\\rtf1\\ansi It was a dro\\b ne\\b0 .}"),
    "text with letters of a wrong encoding": _text("kept", "damaged-letters-mo", text="A droneâ€™s hum.", found=True),
    "text in pieces": _in_pieces,
    "text with a cell too many": _broken_text(lambda key: f"{key}A bicycle, and a drone."),
    "text with an open quote": _broken_text(lambda key: f'{key}"A bicycle and a drone.'),
    "text with a sign after a quote": _broken_text(lambda key: f'{key}"A bicycle" and a drone.'),
    "text that breaks off": _broken_text(lambda key: key[:12]),
    "text with a byte of another encoding": _beside_utf8(_broken_text(lambda key: f"{key}A drone \udce9 a bicycle.")),
    "text without an occurrence number": _text("unread", TEXTS_SET_ASIDE, number=""),
    "text whose number lost its figures": _text("unread", TEXTS_SET_ASIDE, number="5.5E+11"),
    "text without a field": _text("in reach", TEXTS_SET_ASIDE, name=""),
    "text with a moment that is none": _text("in reach", TEXTS_SET_ASIDE, moment="31/02/2024"),
    "text that says NULL": _text("kept", "words-for-no-text", text="NULL"),
    "text whose number says NULL": _text("unread", TEXTS_SET_ASIDE, number="(null)"),
    "text that is an error": _text("in reach", TEXTS_SET_ASIDE, text="#NAME?"),
    "text that contradicts another": _conflicting_text,
    "text without an offence": _stray,
    "offence without a text": _without_text,
    "total under the offences": _footer("offences", "Total,,,,,,,,,"),
    "end mark under the texts": _footer("texts", "End of report"),
    "another number under the offences": _footer("offences", "Rows: 99999,,,,,,,,,", "another-number-of-rows"),
    "offences without a last line end": _no_line_end("offences.csv"),
    "texts without a last line end": _no_line_end("texts.csv"),
    "file under another name": _beside_file("crimes_2.csv"),
    "header in the middle of the offences": _header_again,
    "header in the middle of the texts": _header_again_in_texts,
}
"""One loss each, by its name; each opens a doubt."""

HARMLESS: dict[str, Plant] = {
    "outside the period": _kept("outside", day="2023-12-31"),
    "just outside the period": _kept("outside", day="01/01/2025"),
    "cancelled": _kept("cancelled", status="cancelled"),
    "transferred": _kept("cancelled", status="Transferred"),
    "other code": _kept("", code=OTHER_CODE),
    "another spelling of the code": _kept("counted", code="HO 44/0"),
    "repeat": _repeat("unchanged"),
    "repeat in another spelling": _repeat("unchanged", status="RECORDED "),
    "lost row of another code": _elsewhere(code=OTHER_CODE, status="pending"),
    "lost row of another year": _elsewhere(day="2021-05-05", status="pending"),
    "line of delimiters": _ignored("offences", ",,,,,,,,,"),
    "blank line": _ignored("texts", ""),
    "two in one text": lambda made: made.text(made.counted(found=True), f'"{made.sentence()}\n{made.sentence()}"'),
}
"""What is no loss: each is accounted for, and opens no doubt of its own."""
