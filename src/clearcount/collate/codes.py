"""Which Home Office code a printed label names: certain when it says so, likely when its words do, else unknown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from clearcount.offences import CodeList

_CODE = re.compile(r"(?<![\d/.])(?:HO\s*)?(\d{1,3}/\d{1,2})(?![\d/])", re.IGNORECASE)
_RUN = re.compile(r"(?<![\d/.])HO\s*(?:code)?\s*(\d{5})(?!\d)", re.IGNORECASE)
_AGES = re.compile(r"\b(?:aged?|ages|years? old|yrs|born|victims?|suspects?)\b", re.IGNORECASE)


@dataclass(frozen=True)
class CodeMatch:
    """A canonical code with how sure it is: certain, likely or unknown (then `code` is empty)."""

    code: str
    certainty: str
    note: str = ""


UNKNOWN = CodeMatch("", "unknown")


class CodeMatcher:
    """Finds the codes that labels name in one code list; `mapping` holds a person's corrections, which win."""

    def __init__(self, codes: CodeList, mapping: Mapping[str, str] | None = None) -> None:
        self._codes = codes
        self._mapping = mapping or {}
        self._texts = [
            (_bare(row.description), code.code) for code in codes.codes.values() for row in code.rows if row.description
        ]
        self._ordered = [" ".join(sorted(text.split())) for text, _ in self._texts]
        self._found: dict[str, CodeMatch] = {}

    def match(self, label: str) -> CodeMatch:
        """Return the code that a label names. A label with two codes names neither alone."""
        if label not in self._found:
            self._found[label] = self._match(label)
        return self._found[label]

    def _match(self, label: str) -> CodeMatch:
        if label in self._mapping:
            code = self._mapping[label]
            return CodeMatch(code, "certain" if code else "unknown", "by the mapping file")
        if not label or _AGES.search(label):
            return UNKNOWN
        printed = (*_CODE.findall(label), *_RUN.findall(label))
        named = {found.code for text in printed if (found := self._codes.get(text)) is not None}
        if len(named) > 1:
            return CodeMatch("", "unknown", f"the label names {len(named)} codes: {', '.join(sorted(named))}")
        if named:
            return CodeMatch(named.pop(), "certain")
        return self._by_words(label)

    def _by_words(self, label: str) -> CodeMatch:
        """Return the code whose description is nearest; where the label names a section, among that section's codes."""
        bare = _bare(label)
        if len(bare) < 12:
            return UNKNOWN
        try:
            from rapidfuzz import fuzz, process
        except ModuleNotFoundError:
            return UNKNOWN
        sections = {code for each in self._codes.law(label) for code in (*each.codes, *each.before)}
        best: dict[str, float] = {}
        if sections:
            least = 75.0
            for text, code in self._texts:
                if code in sections:
                    best[code] = max(best.get(code, 0.0), fuzz.token_set_ratio(bare, text))
        else:
            least = 90.0
            ordered = " ".join(sorted(bare.split()))
            for _, score, at in process.extract(
                ordered, self._ordered, scorer=fuzz.ratio, score_cutoff=least - 3.0, limit=None
            ):
                code = self._texts[at][1]
                best[code] = max(best.get(code, 0.0), score)
        ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
        if not ranked or ranked[0][1] < least:
            return UNKNOWN
        if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < 3.0:
            return UNKNOWN
        return CodeMatch(ranked[0][0], "likely", f"by its words, {ranked[0][1]:.0f} of 100")


def _bare(text: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9 ]", " ", text.casefold()).split())
