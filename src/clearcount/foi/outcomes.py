"""What can become of a part of a request: outcomes, and every exemption of Part II of the Act, as data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Literal

from clearcount import data

FILE = "foi.toml"
Kind = Literal["absolute", "qualified", "mixed"]


@dataclass(frozen=True)
class Exemption:
    """One exemption. `kind` absolute: no public interest test (section 2(3)); mixed: absolute in the part `note` names.

    `test`: class, prejudice or other. `ncnd`: the subsection for neither confirming nor denying; empty if none.
    """

    section: str
    title: str
    kind: Kind
    test: str
    ncnd: str
    note: str

    @property
    def needs_public_interest_test(self) -> bool:
        """Whether the balance of section 2(2)(b) must, or in part must, be struck; it may extend the time (s10(3))."""
        return self.kind != "absolute"


@dataclass(frozen=True)
class Outcome:
    """One outcome of a part: its legal basis, the section 17 notice it needs, and its line in the quarterly return."""

    key: str
    title: str
    basis: str
    notice: str
    statistic: str


@cache
def exemptions() -> tuple[Exemption, ...]:
    """Return every exemption of Part II, in the order of the Act."""
    return tuple(Exemption(**entry) for entry in tomllib.loads(data.read_text(FILE))["exemption"])


@cache
def outcomes() -> tuple[Outcome, ...]:
    """Return every outcome that a part of a request can have."""
    return tuple(Outcome(**entry) for entry in tomllib.loads(data.read_text(FILE))["outcome"])


def exemption(section: str) -> Exemption | None:
    """Return the exemption of a section in any spelling: `40`, `s40`, `s.40(2)`, `Section 40 (2)`; None for no
    exemption.
    """
    wanted = section.strip().lower().removeprefix("section").removeprefix("s").lstrip(". ").partition("(")[0].strip()
    return next((each for each in exemptions() if each.section.lower() == wanted), None)
