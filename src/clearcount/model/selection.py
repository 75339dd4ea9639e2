"""How a request names the offences it counts: all, a group of the code list, a pattern, or one code."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from typing import Literal

from clearcount.errors import CodeError
from clearcount.model.codes import HomeOfficeCode

Kind = Literal["all", "class", "sub-class", "category", "pattern", "code"]
_GROUPS: tuple[Kind, ...] = ("class", "sub-class", "category")


@dataclass(frozen=True)
class Selection:
    """One entry of `codes`: what kind of entry it is, and the name, pattern or canonical code."""

    kind: Kind
    name: str = ""

    @classmethod
    def parse(cls, text: str, *, own_codes: bool = False) -> Selection:
        """Return the selection that `all`, `class:Rape`, `category:88`, `086/*` or `86/2` names.

        Raises:
            CodeError: for a text that is none of these.
        """
        kind, colon, name = text.partition(":")
        kind = kind.strip().casefold()
        if kind == "all" and not colon:
            return cls("all")
        for group in _GROUPS:
            if colon and kind == group:
                if not name.strip():
                    raise CodeError(f"{text!r} names no {group}; write it like {group}:Sexual offences")
                return cls(group, " ".join(name.split()))
        if colon and kind == "file":
            raise CodeError(f"{text!r} names a file, which only a request file may do; list the codes themselves")
        if "*" in text or ("?" in text and not own_codes):
            return cls("pattern", text.strip())
        return cls("code", text if own_codes else str(HomeOfficeCode.parse(text)))

    @property
    def is_wide(self) -> bool:
        """Whether it names many codes at once, which an answer does not list one by one."""
        return self.kind != "code"

    def matches(self, code: str) -> bool:
        """Return whether a canonical code fits the pattern; a leading HO and the case do not matter."""
        pattern = self.name.upper().removeprefix("HO").strip()
        return fnmatch.fnmatchcase(code.upper(), pattern) or fnmatch.fnmatchcase(code.upper(), pattern.zfill(6))

    @property
    def spoken(self) -> str:
        """`all recorded crime`, `the class “Sexual offences”`, `codes like 086/*`."""
        if self.kind == "all":
            return "all offence codes"
        if self.kind == "pattern":
            return f"the codes like {self.name}"
        return f"the {self.kind} “{self.name}”" if self.is_wide else self.name
