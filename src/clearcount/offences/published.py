"""The rows of the Home Office's list of notifiable offences, as its workbook gives them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from clearcount.errors import CodeError
from clearcount.model.codes import HomeOfficeCode
from clearcount.offences.law import section_numbers
from clearcount.offences.values import HOME_OFFICE, CodeRow

_STYLES = ("%A, %B %d, %Y", "%d-%b-%y", "%d %B %Y", "%d %b %Y", "%d/%m/%Y", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S")
_LETTERED = re.compile(r"^\d+[A-Z]+$")
_COLUMNS = {
    "offence": "description",
    "act": "act",
    "section": "section",
    "offence category": "category",
    "class": "class_",
    "sub class": "sub_class",
    "mode": "mode",
    "max sentence": "max_sentence",
    "victim or state based": "based",
}
_CODE, _CURRENT, _BEGAN, _ENDED = "home office code", "current", "commencement date", "cessation date"
NEEDED = ("offence", _CODE)
"""Columns by which the row of column names is found."""
COMPARED = frozenset(_COLUMNS) - {"max sentence"}


@dataclass(frozen=True)
class Listed:
    """One row of the list: its code, what it says, and the days on which the offence began and ended, where known."""

    code: str
    row: CodeRow
    began: date | None
    ended: date | None


def is_header(cells: Sequence[str]) -> bool:
    """Return whether `cells` are the column names of the list."""
    names = {_tidy(cell).casefold() for cell in cells}
    return all(name in names for name in NEEDED)


def listed(header: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Listed]:
    """Yield the current rows of the list; `rows` are its cells, each with the row's number.

    Raises:
        CodeError: naming the row whose code or day cannot be read.
    """
    names = [_tidy(cell).casefold() for cell in header]
    if lacking := sorted(COMPARED - set(names)):
        raise CodeError(f"the list lacks the columns {', '.join(lacking)}; take it as the Home Office publishes it")
    for number, cells in rows:
        line = {name: _tidy(cell) for name, cell in zip(names, cells, strict=False)}
        if not any(line.values()) or line.get(_CURRENT, "Y").upper().startswith("N"):
            continue
        try:
            code = str(HomeOfficeCode.parse(line[_CODE]))
        except (CodeError, KeyError):
            raise CodeError(
                f"row {number} has no Home Office code such as 086/02 in its column of codes. A spreadsheet may have "
                "turned it into a date. Take the file as the Home Office publishes it"
            ) from None
        values = {field: line.get(name, "") for name, field in _COLUMNS.items()}
        values["class_"] = values["class_"].capitalize()
        values["sub_class"] = values["sub_class"].capitalize()
        values["based"] = values["based"].upper()
        began, ended = _day(line.get(_BEGAN, ""), number), _day(line.get(_ENDED, ""), number)
        row = CodeRow(**values, listed_from=began.isoformat() if began else "", source=HOME_OFFICE)
        starts = began is not None and _starts_the_offence(began, row.act, row.section)
        yield Listed(code, row, began if starts else None, ended)


def _starts_the_offence(day: date, act: str, section: str) -> bool:
    """Whether a commencement date is the start of the offence and not of an amendment.

    The list also dates offences by the day when their maximum sentence or their mode of trial changed. Its date is
    taken when the Act is no older than three years by then, or when every section named was inserted later (66A).
    """
    years = [int(year) for year in re.findall(r"\b(?:1[89]|20)\d\d\b", act)]
    if years and day.year - years[-1] <= 3:
        return True
    sections = section_numbers(section)
    return bool(sections) and all(_LETTERED.match(number) for number in sections)


def _day(text: str, number: int) -> date | None:
    if not text or text.upper() == "TBC":
        return None
    for style in _STYLES:
        try:
            return datetime.strptime(text, style).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    raise CodeError(f"row {number} has a day in a style not met before; write it like 2026-04-29")


def _tidy(text: str) -> str:
    return " ".join(text.split())
