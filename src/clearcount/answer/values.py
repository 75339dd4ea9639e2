"""What a column holds, shown so that nobody's words, name or number is: words where they are controlled, else shapes.

A value is a word of a controlled list when it is short and fits one of two tests. Either the column has few different
values, or many records share this one. Anything else could be free text or belong to one person, and is shown as its
shape (`Aaaa 99`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LONGEST, MOST_WORDS, MOST_FIGURES = 40, 6, 4
"""Characters, words and figures of a value that is shown in words, at most."""
FEW = 60
"""So many different values are a controlled list, whatever their counts."""
COMMON = 10
"""Where there are more, a value that so many records share."""
_PERSONAL = re.compile(
    r"name|surname|forename|person|officer|address|street|phone|mobile|tel|mail|dob|birth|post ?code|vrm|registration"
    r"|nino|insurance|passport|licen[cs]e no|account no|text|note|comment|summary|description|remark|free",
    re.IGNORECASE,
)
_MOST_SHAPE = 24


@dataclass(frozen=True)
class ShownValue:
    """One value of a column, or all of one shape: what is shown, how many records hold it, whether it is the value."""

    shown: str
    records: int
    exact: bool


def shape_of(text: str) -> str:
    """Return `text` with each letter as A or a and each figure as 9, runs shortened, at most 24 characters."""
    shaped = "".join(
        "9"
        if sign.isdigit()
        else ("A" if sign.isupper() else "a")
        if sign.isalpha()
        else " "
        if sign.isspace()
        else sign
        for sign in text.strip()
    )
    short = re.sub(r"(.)\1{3,}", r"\1\1\1", shaped)
    return short if len(short) <= _MOST_SHAPE else f"{short[:_MOST_SHAPE]}…"


def is_plain(text: str) -> bool:
    """Return whether a value may be a word of a controlled list: short, few words and figures, no address."""
    bare = text.strip()
    figures = sum(sign.isdigit() for sign in bare)
    return (
        len(bare) <= LONGEST
        and len(bare.split()) <= MOST_WORDS
        and figures <= MOST_FIGURES
        and bare.isprintable()
        and not any(sign in bare for sign in "@\\<>{}")
    )


def shown_or_shape(text: str) -> str:
    """Return a word in quotation marks where it may be shown, else its shape."""
    return f"“{text.strip()}”" if is_plain(text) else shape_of(text)


def plain_values(column: str, held: Mapping[str, int]) -> frozenset[str]:
    """Return the values of a column that may be shown in words. `held` counts records by value, blanks left out."""
    if _PERSONAL.search(column.replace("_", " ")):
        return frozenset()
    few = len(held) <= FEW
    return frozenset(value for value, records in held.items() if is_plain(value) and (few or records >= COMMON))


def shown_values(column: str, held: Mapping[str, int]) -> tuple[ShownValue, ...]:
    """Return what a column holds, the commonest first: controlled values in words, the others by their shapes."""
    plain = plain_values(column, held)
    words = [ShownValue(value, records, True) for value, records in held.items() if value in plain]
    shapes: dict[str, int] = {}
    for value, records in held.items():
        if value not in plain:
            shapes[shape_of(value)] = shapes.get(shape_of(value), 0) + records
    found = [*words, *(ShownValue(shape, records, False) for shape, records in shapes.items())]
    return tuple(sorted(found, key=lambda each: (-each.records, not each.exact, each.shown)))


def nearest_value(asked: str, values: Iterable[str]) -> str | None:
    """Return the value that is written most like `asked`, or one of which it is the beginning; None for neither."""
    by_fold = {value.strip().casefold(): value for value in sorted(values)}
    folded = asked.strip().casefold()
    if near := difflib.get_close_matches(folded, by_fold, 1, cutoff=0.6):
        return by_fold[near[0]]
    begins = [value for fold, value in by_fold.items() if fold and (folded.startswith(fold) or fold.startswith(folded))]
    return begins[0] if begins else None


def slug(text: str) -> str:
    """Return `text` as a part of a name that stays: small letters, figures and hyphens, at most 40 characters."""
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:40].strip("-") or "blank"


def many(n: int, one: str, more: str) -> str:
    """Return `1 row` or `2,000 rows`."""
    return f"{n:,} {one if n == 1 else more}"


def listed(words: Sequence[str], most: int = 5) -> str:
    """Return `a, b, c and 3 more`."""
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more
