"""What a printed cell says: a number of a stated kind, a sign with its meaning, or "unread"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from clearcount.collate.grid import Cell
from clearcount.model.marks import joined_marks


@dataclass(frozen=True)
class Value:
    """One printed value.

    `kind` is count, rounded, percent, rate, money, or none where a sign stands in place of a number. `value` is a whole
    number for counts, else as printed. `marker` is empty, c, low, z, x, p, round, blank, refused or unread, several
    joined by a bar as in counts.csv. `meaning` says what the sign means; `note` what else is printed.
    """

    kind: str
    value: str = ""
    marker: str = ""
    meaning: str = ""
    note: str = ""

    @property
    def unread(self) -> bool:
        """Whether the cell could not be read."""
        return self.marker == "unread"


_COUNT = r"(?P<n>\d{1,3}(?:[, \u00a0\u2009]\d{3})+|\d+)(?:\.0+)?"
_MARK = (
    r"(?:\s*(?:\[[a-z]{1,8}\d?\]|\((?:[a-z]|note \d+|provisional|revised|rounded)\)|\[(?:note )?\d{1,2}\]"
    r"|[*\u2020\u2021\u00a7^#]+|[\u00b9\u00b2\u00b3\u2070-\u2079]+))"
)
_WHOLE = re.compile(rf"{_COUNT}(?P<marks>{_MARK}*)", re.IGNORECASE)
_PERCENT = re.compile(r"[+\u2212-]?\s?\d{1,3}(?:\.\d+)?\s*%")
_RATE = re.compile(r"\d+\.\d+")
_NEGATIVE = re.compile(r"[\u2212-]\d{1,9}")
_POINT = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_MONEY = re.compile(r"[\u00a3$\u20ac]\s*\d[\d,]*(?:\.\d+)?")
_NUMBERS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty"
_BELOW = re.compile(
    rf"(?:<|\u2264|<=|less than|fewer than|under|below|up to|no more than)\s*(?:or equal to\s*)?(?:\d+|{_NUMBERS})"
    rf"|(?:\d+|{_NUMBERS})\s+or (?:fewer|less)|[01]\s*(?:-|\u2013|to)\s*\d+",
    re.IGNORECASE,
)
_LARGEST_SMALL = 10
"""Forces suppress no larger counts: "under 18" is an age."""
_ROUNDED = {"[r]", "[round]", "[rounded]", "(r)", "(rounded)"}
_PROVISIONAL = {"[p]", "(p)", "[provisional]", "(provisional)"}
_SIGNS = {
    "[c]": ("c", "suppressed"),
    "c": ("c", "suppressed"),
    "*": ("c", "suppressed; the page does not say below which number"),
    "**": ("c", "suppressed; the page does not say below which number"),
    "***": ("c", "suppressed; the page does not say below which number"),
    "suppressed": ("c", "suppressed"),
    "supp": ("c", "suppressed"),
    "redacted": ("c", "suppressed"),
    "[low]": ("low", "below a number that the page states"),
    "low": ("low", "below a number that the page states"),
    "[z]": ("z", "not applicable"),
    "z": ("z", "not applicable"),
    "not applicable": ("z", "not applicable"),
    "not in force": ("z", "not applicable: not in force"),
    "[x]": ("x", "not searched or not held"),
    "x": ("x", "not searched or not held"),
    "not held": ("x", "not held"),
    "no information held": ("x", "not held"),
    "information not held": ("x", "not held"),
    "not recorded": ("x", "not held: not recorded"),
    "not available": ("x", "not available"),
    "unavailable": ("x", "not available"),
    "n/a": ("blank", "printed as N/A: not applicable or not available, the page does not say which"),
    "na": ("blank", "printed as N/A: not applicable or not available, the page does not say which"),
    "n.a.": ("blank", "printed as N/A: not applicable or not available, the page does not say which"),
    "#n/a": ("blank", "printed as N/A: a look-up that found nothing"),
    "-": ("blank", "printed as a dash; the page does not say what it means"),
    "\u2013": ("blank", "printed as a dash; the page does not say what it means"),
    "\u2014": ("blank", "printed as a dash; the page does not say what it means"),
    "..": ("blank", "printed as dots; the page does not say what they mean"),
    "...": ("blank", "printed as dots; the page does not say what they mean"),
    "exempt": ("refused", "refused"),
    "refused": ("refused", "refused"),
    "ncnd": ("refused", "neither confirmed nor denied"),
    "s12": ("refused", "refused on cost (section 12)"),
    "section 12": ("refused", "refused on cost (section 12)"),
}
_ZERO = {"nil", "zero", "none", "no", "[nil]"}


def read_value(cell: Cell) -> Value:
    """Return what a cell of figures says. A text that is no number and no known sign is unread, never left out."""
    note = "; ".join(cell.notes)
    if cell.fault:
        return Value("none", "", "unread", "", "; ".join(filter(None, (cell.fault, note))))
    lines = [" ".join(line.split()) for line in cell.text.splitlines() if line.strip()]
    if not lines:
        meaning = "only a note mark is printed" if note else "nothing is printed"
        return Value("none", "", "blank", meaning, note)
    if len(lines) > 1:
        return Value("none", "", "unread", "", "; ".join(filter(None, ("the cell holds several lines", note))))
    return _one(lines[0], note)


@lru_cache(maxsize=10_000)
def _one(text: str, note: str) -> Value:
    if match := _WHOLE.fullmatch(text):
        number = str(int(re.sub(r"\D", "", match["n"]))) if len(match["n"]) < 30 else ""
        if not number:
            return Value("none", "", "unread", "", note)
        marks = [mark.lower() for mark in re.findall(_MARK, match["marks"], re.IGNORECASE)]
        marks = [mark.strip() for mark in marks]
        rounded = any(mark in _ROUNDED for mark in marks)
        provisional = any(mark in _PROVISIONAL for mark in marks)
        others = [mark for mark in marks if mark not in _ROUNDED | _PROVISIONAL]
        marker = joined_marks(("round" if rounded else "", "p" if provisional else ""))
        meaning = "; ".join(filter(None, ("rounded" if rounded else "", "provisional" if provisional else "")))
        said = "; ".join(filter(None, (" ".join(others), note)))
        return Value("rounded" if rounded else "count", number, marker, meaning, said)
    if _NEGATIVE.fullmatch(text):  # recorded crime prints one where more records were taken out than came in
        return Value("count", f"-{int(text[1:])}", "", "a negative count, as printed", note)
    if _PERCENT.fullmatch(text):
        return Value("percent", re.sub(r"\s", "", text), "", "per cent", note)
    if _POINT.fullmatch(text):
        why = "the point may part thousands or a fraction"
        return Value("none", "", "unread", "", "; ".join(filter(None, (why, note))))
    if _RATE.fullmatch(text):
        return Value("rate", text, "", "no whole number", note)
    if _MONEY.fullmatch(text):
        return Value("money", text, "", "money", note)
    bare = re.sub(r"\s*\[p\]$", "", text.strip().casefold())
    if _BELOW.fullmatch(bare) and all(int(number) <= _LARGEST_SMALL for number in re.findall(r"\d+", bare)):
        return Value("none", "", "low", f"printed as {text}", note)
    if bare in _ZERO:
        return Value("count", "0", "", f"printed as {text}", note)
    if bare in _SIGNS:
        marker, meaning = _SIGNS[bare]
        marker += "|p" if bare != text.strip().casefold() else ""
        return Value("none", "", marker, meaning, note)
    return Value("none", "", "unread", "", "; ".join(filter(None, ("no number and no known sign", note))))


def is_figure(text: str) -> bool:
    """Return whether a text is a number or a sign for one, such as "<5" or "[c]"; a blank is neither."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return False
    return all(not _one(" ".join(line.split()), "").unread for line in lines)


def holds_digits(text: str) -> bool:
    """Return whether a text holds a digit, so that it could be a figure that was not read."""
    return any("0" <= sign <= "9" for sign in text)
