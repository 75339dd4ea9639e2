"""Home Office offence codes as parsed values.

A code is a class of up to three digits and a sub-class of two, printed `086/02`. People write the same code as
`86/2`, `86/02`, `08602`, `HO 086/02` or `HO code 08602`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from clearcount.errors import CodeError

_PREFIX = re.compile(r"\s*(?:HOME\s+OFFICE|HO|H\.O\.)?\s*(?:CODE)?\s*[:#]?\s*", re.IGNORECASE)
_SLASHED = re.compile(r"([0-9]{1,3})\s*/\s*([0-9]{1,2})")
_RUN = re.compile(r"[0-9]{5}")
_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_1930 = (date(1930, 1, 1) - _EXCEL_EPOCH).days
"""Excel reads a year of two digits from 30 on as 1930 to 1999."""

_SHOWN = 40
"""How much of a text that is no code an error message repeats: enough to find it, too little to be a free text."""


@dataclass(frozen=True, order=True)
class HomeOfficeCode:
    """One offence code: `class_` 0-999 and `sub` 0-99. `str(code)` is the canonical `086/02`."""

    class_: int
    sub: int

    def __post_init__(self) -> None:
        if not (0 <= self.class_ <= 999 and 0 <= self.sub <= 99):
            raise CodeError(f"no such code: class {self.class_}, sub-class {self.sub}")

    def __str__(self) -> str:
        return f"{self.class_:03d}/{self.sub:02d}"

    @property
    def printed(self) -> str:
        """`HO 086/02`: what a bundle prints, because spreadsheets turn `8/68` into a date but leave this alone."""
        return f"HO {self}"

    @classmethod
    def parse(cls, text: str) -> HomeOfficeCode:
        """Return the code that `text` certainly is.

        A class and sub-class joined by a slash, or exactly five digits (`08602`), with or without "HO" in front. Four
        digits are refused because `8602` may be 086/02 or 860/2. Five digits that Excel may have made out of a date are
        refused too, unless "HO" comes before them. The range 20000-60000 is 1954-2064: `8/68` becomes 25051, `1/2` a
        day of the year in which it was typed. Below that are the first days of months from 1930 (`8/32`: 11902).

        Raises:
            CodeError: with the text given, for everything else.
        """
        prefix = _PREFIX.match(text)
        lead = prefix.group().strip() if prefix else ""
        bare = text[prefix.end() :].strip() if prefix else text.strip()
        if slashed := _SLASHED.fullmatch(bare):
            return cls(int(slashed[1]), int(slashed[2]))
        if _RUN.fullmatch(bare):
            if not lead and _may_be_a_date(int(bare)):
                raise CodeError(
                    f"{_shown(text)} may be a date number that Excel made out of a code such as 8/68. "
                    "Write the code with a slash, like 086/02"
                )
            return cls(int(bare[:3]), int(bare[3:]))
        raise CodeError(f"{_shown(text)} is not a Home Office code; write class and sub-class like 086/02")


def _may_be_a_date(number: int) -> bool:
    """Whether Excel may have made `number` out of a code typed like a date: `8/68` is August 1968 to it."""
    if not _EXCEL_1930 <= number <= 60000:
        return False
    return number >= 20000 or (_EXCEL_EPOCH + timedelta(days=number)).day == 1


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
