"""Lists such as "2019 - 768" among the words of a page, and the lines with figures that no table and no list holds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from clearcount.collate.grid import Cell, Grid, lay_out
from clearcount.collate.heads import speaks_of_time
from clearcount.collate.periods import PeriodSpan, part_of
from clearcount.collate.values import read_value

_LIST = re.compile(
    r"^[\s\u2022\u00b7*-]*(?P<head>[^:=\u2013\u2014]{3,40}?)\s*(?::|=|\s[-\u2013\u2014]|[\u2013\u2014])\s*"
    r"(?P<value>\d[\d,]*|nil|none|zero|(?:<|less than|fewer than)\s*(?:\d+|five|ten)|\[c\]|\*)\s*[.;]?\s*$",
    re.IGNORECASE,
)
_ANSWER = re.compile(r"(?:our |the )?(?:answers?|responses?|results?|reply)(?: \d+)?|[a-z0-9]{1,3}[.)]?", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w/.,:-])\d[\d,]*(?![\w/.:-])")
_COUNTED = re.compile(
    r"(?<![\w/.,-])\d[\d,]* (?:\w+ ){0,2}"
    r"(?:results?|offences?|crimes?|reports?|incidents?|records?|victims?|suspects?|arrests?|occurrences?|cases?|calls?)\b",
    re.IGNORECASE,
)
_SHOWN = 12


def read_words(words: str, place: str = "line") -> tuple[tuple[Grid, ...], tuple[str, ...]]:
    """Return the lists of the words of a page, and a sentence that names the lines whose figures were not read.

    A list is two lines or more of a period and a number. `place` is what a line is called, such as "paragraph".
    """
    grids: list[Grid] = []
    held: list[tuple[int, str, str]] = []
    left: list[int] = []
    above, title = "", ""
    before = False
    for number, line in enumerate([*words.splitlines(), ""], 1):
        match = _LIST.match(line)
        if match and isinstance(part_of(match["head"]), PeriodSpan) and not read_value(Cell(match["value"], "")).unread:
            title = title if held else above
            held.append((number, match["head"].strip(), match["value"]))
            continue
        if not line.strip() and held:
            continue
        if len(held) > 1:
            grids.append(_grid(held, title, place))
        else:
            left += [at for at, _, _ in held]
        held = []
        bare = line.strip().rstrip(":")
        alone = _NUMBER.fullmatch(bare) is not None
        if (len(_NUMBER.findall(bare)) > 1 and len(bare) < 100) or _COUNTED.search(bare) or (alone and before):
            left.append(number)
        before = alone
        if bare and len(bare) <= 160 and not _ANSWER.fullmatch(bare):
            above = bare
    if len(held) > 1:
        grids.append(_grid(held, title, place))
    else:
        left += [at for at, _, _ in held]
    if len(grids) > 1:
        grids = [Grid(grid.rows, f"list {at}", grid.title, grid.said) for at, grid in enumerate(grids, 1)]
    return tuple(grids), _said(left, place)


def _said(left: Sequence[int], place: str) -> tuple[str, ...]:
    if not left:
        return ()
    named = ", ".join(map(str, left[:_SHOWN])) + (f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else "")
    return (f"figures among words were not read: {place} {named}",)


def _grid(held: Sequence[tuple[int, str, str]], title: str, place: str) -> Grid:
    head = "Number" if speaks_of_time(title) else title or "Number"
    placed = [(0, 0, Cell("Period", "")), (0, 1, Cell(head, ""))]
    for at, (line, head, value) in enumerate(held, 1):
        placed.append((at, 0, Cell(head, f"{place} {line}")))
        placed.append((at, 1, Cell(value, f"{place} {line}")))
    return lay_out(placed, lambda row, column: "", title=title if head != title else "")
