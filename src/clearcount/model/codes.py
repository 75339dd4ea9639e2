"""Home Office offence codes as parsed values.

A code is a class of up to three digits and a sub-class of two, printed `086/02`. People write the same code as
`86/2`, `086/2`, `08602`, `8602`, `HO 086/02` or `HO code 08602`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from clearcount.errors import CodeError

_PREFIX = re.compile(r"^\s*(?:HOME\s+OFFICE|HO|H\.O\.)?\s*(?:CODE)?\s*[:#]?\s*", re.IGNORECASE)
_SLASHED = re.compile(r"^(\d{1,3})\s*/\s*(\d{1,2})$")
_RUN = re.compile(r"^\d{5}$")


@dataclass(frozen=True, order=True)
class HomeOfficeCode:
    """One offence code: `class_` 0-999 and `sub` 0-99. `str(code)` is the canonical `086/02`."""

    class_: int
    sub: int

    def __str__(self) -> str:
        return f"{self.class_:03d}/{self.sub:02d}"

    @property
    def printed(self) -> str:
        """`HO 086/02`: what a bundle prints, because spreadsheets turn `8/68` into a date but leave this alone."""
        return f"HO {self}"

    @classmethod
    def parse(cls, text: str) -> HomeOfficeCode:
        """The code that `text` certainly is.

        A class and sub-class joined by a slash, or exactly five digits (`08602`), with or without "HO" in front.
        Four digits are refused because `8602` may be 086/02 or 860/2. Five digits that Excel may have made out of
        a date (20000-60000, 1954-2064) are refused too, unless "HO" stands in front.

        Raises:
            CodeError: with the text given, for everything else.
        """
        prefix = _PREFIX.match(text)
        stripped = text[prefix.end() :].strip() if prefix else text.strip()
        named = bool(prefix and prefix.group().strip())
        if slashed := _SLASHED.match(stripped):
            return cls(int(slashed[1]), int(slashed[2]))
        if _RUN.match(stripped):
            if 20000 <= int(stripped) <= 60000 and not named:
                raise CodeError(
                    f"{text!r} may be a date number that Excel made out of a code such as 8/68; "
                    "write the code with a slash, like 086/02"
                )
            return cls(int(stripped[:3]), int(stripped[3:]))
        raise CodeError(f"{text!r} is not a Home Office code; write class and sub-class like 086/02")
