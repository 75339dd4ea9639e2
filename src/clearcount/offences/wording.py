"""What a question's wording asks for: the sections it names, or else the offences its words describe."""

from __future__ import annotations

import re
from dataclasses import dataclass

from clearcount.offences.codes import CodeList
from clearcount.offences.values import Provision

_POSSESS = re.compile(r"\bpossess", re.IGNORECASE)
_OF_CHILDREN = re.compile(
    r"\bchild|indecent (?:photo|image|pseudo)|pseudo[- ](?:photo|image)|protection of children", re.IGNORECASE
)
_CHILD_IMAGES = frozenset({"PoCA 1978 s1", "CJA 1988 s160"})
_CODE = re.compile(r"(?<![0-9/])(?:[0-9]{3}/[0-9]{2}|(?i:(?:ho|codes?)\s+)[0-9]{1,3}/[0-9]{1,2})(?![0-9/])")
"""A code that the wording itself names: three digits and two (086/02), or any spelling after "HO" or "code"."""

_SPACES = re.compile(r"[\s\u00a0]+")
POSSESSION = "086/10"
"""Possession of an indecent photograph or pseudo-photograph of a child, Criminal Justice Act 1988 section 160."""


@dataclass(frozen=True)
class AskedOffence:
    """What one question asks for.

    `provisions` are the sections it names, or, when it names none, those its words describe (`by_section` tells
    which). `codes` are the codes that record them, and those it names itself; `before` those that recorded the
    conduct until they began.
    `possession` is true when it asks about possessing indecent images of children. Nothing recognised gives empty
    tuples: such a question says nothing about which codes belong to it.
    """

    provisions: tuple[Provision, ...]
    codes: tuple[str, ...]
    before: tuple[str, ...]
    possession: bool
    by_section: bool

    @property
    def understood(self) -> bool:
        """Whether anything was recognised."""
        return bool(self.provisions or self.codes)


def codes_for(question: str, codes: CodeList) -> AskedOffence:
    """Return what the wording of `question` asks for, by sections first and by words where it names no known
    section.
    """
    text = _SPACES.sub(" ", question)
    named = codes.law(text)
    provisions = named or _described(text, codes)
    possession = bool(_POSSESS.search(text)) and (
        any(each.id in _CHILD_IMAGES for each in provisions) or (not provisions and bool(_OF_CHILDREN.search(text)))
    )
    found = [code for provision in provisions for code in provision.codes]
    written = [known.code for given in _CODE.findall(text) if (known := codes.get(given))]
    return AskedOffence(
        provisions=provisions,
        codes=tuple(dict.fromkeys([*found, *written, *([POSSESSION] if possession else [])])),
        before=tuple(dict.fromkeys(code for provision in provisions for code in provision.before)),
        possession=possession,
        by_section=bool(named),
    )


def _described(text: str, codes: CodeList) -> tuple[Provision, ...]:
    lower = text.lower()
    return tuple(provision for provision in codes.provisions if any(word in lower for word in provision.words))
