"""One line of the tidy table: a published cell with its row, its period, and what its sign means."""

from __future__ import annotations

from dataclasses import dataclass, replace

from clearcount.model.months import TOTAL

COLUMNS = (
    "force",
    "reference",
    "source",
    "origin",
    "status",
    "group",
    "row",
    "label",
    "measure",
    "code",
    "certainty",
    "period",
    "period_from",
    "period_to",
    "kind",
    "value",
    "marker",
    "meaning",
    "note",
)


@dataclass(frozen=True)
class Line:
    """One published cell.

    `table` numbers the tables of a file and is not written. `row` is `total` for a total line, else the code when the
    label holds exactly one, else the label. `label` is the row as printed, `group` what else tells it from others
    (sheet, table, section), `measure` the headings that are no period. `period` is empty where none is printed, and
    `total` for a total over all periods of the table. `period_from` and `period_to` are its first and last day.
    """

    origin: str
    label: str
    period: str
    value: str
    marker: str
    kind: str = "count"
    row: str = ""
    group: str = ""
    measure: str = ""
    code: str = ""
    certainty: str = ""
    period_from: str = ""
    period_to: str = ""
    meaning: str = ""
    note: str = ""
    status: str = ""
    source: str = ""
    force: str = ""
    reference: str = ""
    table: int = 0
    place: tuple[int, int] = (0, 0)
    is_total: bool = False
    marks: tuple[str, ...] = ()

    @property
    def is_whole_total(self) -> bool:
        """Whether this is a total over all periods of its table."""
        return self.is_total and self.period == TOTAL

    @property
    def unread(self) -> bool:
        """Whether the cell could not be read."""
        return self.marker == "unread"


@dataclass(frozen=True)
class Tidy:
    """The lines of one grid and what has to be said of it."""

    lines: tuple[Line, ...]
    said: tuple[str, ...] = ()


def scaled(line: Line, said: str) -> Line:
    """Return a line of a page whose figures are thousands or hundreds: a number is unread."""
    if line.kind not in ("count", "rounded") or not line.value:
        return line
    note = "; ".join(filter(None, (f"the page says {said!r}", f"printed: {line.value}", line.note)))
    return replace(line, kind="none", value="", marker="unread", meaning="", note=note)
