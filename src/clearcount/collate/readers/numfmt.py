"""What a spreadsheet shows of a number under its number format (ECMA-376 18.8.30), or that it shows something else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 14: "dd/mm/yyyy", 15: "d-mmm-yy",
    16: "d-mmm", 17: "mmm-yy", 22: "m/d/yy h:mm", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 49: "@",
}  # fmt: skip
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]')
_DIGITS = re.compile(r"[#0?](?:[#0?,]*[#0?])?(?:\.([0#?]+))?")


@dataclass(frozen=True)
class Shown:
    """The text a reader sees, and why it does not say what the cell holds, if so."""

    text: str
    fault: str = ""


def code_of(number: int, own: dict[int, str]) -> str:
    """Return the format code of a style."""
    return own.get(number, _BUILT_IN.get(number, "General"))


def shown(value: float, code: str, *, from_1904: bool = False) -> Shown:
    """Return what is shown of a number under a format code."""
    section = _section(value, code)
    if section is None:
        return Shown("", "a number format hides the number")
    bare = _LITERAL.sub("", section)
    if section.strip().lower() in ("general", "@", "") or bare.strip().lower() == "general":
        prefix, suffix = _around(section, "general")
        return Shown(prefix + _plain(value) + suffix)
    if re.search(r"[dmyhs]", bare, re.IGNORECASE) and not re.search(r"[#0?]", bare):
        return _dated(value, bare, from_1904=from_1904)
    match = _DIGITS.search(bare)
    if match is None:
        return Shown(_plain(value), "a number format shows another text than the number")
    if bare[match.end() : match.end() + 1] == ",":
        return Shown(_plain(value), "a number format shows the number in thousands")
    if bare[: match.start()].strip(" -()\u00a3$\u20ac") or bare[match.end() :].strip(" %-()"):
        return Shown(_plain(value), "a number format shows another text than the number")
    decimals = len(match[1] or "")
    if "%" in bare:
        return Shown(f"{value * 100:.{decimals}f}%")
    if not decimals and not float(value).is_integer():
        return Shown(_plain(value), "a number format shows the number rounded")
    prefix, suffix = _around(section, match[0])
    text = f"{int(value)}" if not decimals else f"{value:.{decimals}f}"
    return Shown(prefix + text + suffix)


def _section(value: float, code: str) -> str | None:
    sections = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', code)
    if any(re.search(r"\[[<>=]", part) for part in sections):
        return None
    if len(sections) > 2 and value == 0:
        return sections[2] or None
    if len(sections) > 1 and value < 0:
        return sections[1] or None
    return sections[0] or None


def _around(section: str, digits: str) -> tuple[str, str]:
    """Return the quoted words before and after the digits of a format."""
    at = re.search(re.escape(digits), re.sub(r'"[^"]*"', lambda match: "\0" * len(match[0]), section), re.IGNORECASE)
    if at is None:
        return "", ""
    return tuple(  # type: ignore[return-value]
        "".join(found[1] or found[2] or "" for found in _LITERAL.finditer(part))
        for part in (section[: at.start()], section[at.end() :])
    )


def _plain(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(value)


def _dated(value: float, code: str, *, from_1904: bool) -> Shown:
    if not 1 <= value < 2_958_466:
        return Shown(_plain(value), "a number format shows a date that no calendar has")
    moment = (date(1904, 1, 1) if from_1904 else date(1899, 12, 30)) + timedelta(days=int(value))
    return Shown(date_text(moment, with_day="d" in code.lower()))


def date_text(moment: date, *, with_day: bool) -> str:
    """Return a date as a heading: the month alone where no day is shown."""
    return f"{moment:%Y-%m-%d}" if with_day else f"{moment:%b %Y}"
