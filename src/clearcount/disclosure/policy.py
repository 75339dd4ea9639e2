"""The disclosure policy: how small counts are dealt with. It belongs to the force, and no request weakens it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from clearcount.errors import DisclosureError
from clearcount.model.months import COLUMNS, Columns
from clearcount.model.visible import visible

Rule: TypeAlias = Literal["none", "suppress", "round"]
Zeros: TypeAlias = Literal["shown", "ambiguous"]
Cost: TypeAlias = Literal["cells", "sum"]
Method: TypeAlias = Literal["controlled", "nearest", "midpoint-6"]

_WIDTH = re.compile(r"^width:([1-9]\d{0,5})$")


@dataclass(frozen=True)
class Coarsen:
    """What is merged before the rule is applied: periods into `columns`, and each group of `merge` into one line."""

    columns: Columns | None = None
    merge: tuple[tuple[str, ...], ...] = ()

    def __bool__(self) -> bool:
        return self.columns is not None or bool(self.merge)


@dataclass(frozen=True)
class Policy:
    """A checked disclosure policy; `Policy.parse` makes it from the table `[disclosure]` of policy.toml."""

    rule: Rule
    reason: str
    approved_by: str
    threshold: int = 5
    zeros: Zeros = "shown"
    label: str = "c"
    requirement: str = "not-exact"
    cost: Cost = "cells"
    time_limit: float = 60.0
    base: int = 5
    method: Method = "controlled"
    coarsen: Coarsen = field(default_factory=Coarsen)
    exemption: str = ""
    published: str = ""

    @property
    def low_label(self) -> bool:
        """Whether small suppressed cells are printed as "<T", which tells a reader that they are."""
        return self.label != "c"

    @property
    def width(self) -> int:
        """How far apart a reader's lowest and highest possible value of a small cell must at least be."""
        match = _WIDTH.match(self.requirement)
        return int(match[1]) if match else 1

    @property
    def promised(self) -> int:
        """How far apart the least and greatest value of a small suppressed cell stay, whatever is released later."""
        if self.rule != "suppress":
            return 1
        return max(1, self.threshold - 2) if self.requirement == "range" else self.width

    def is_small(self, count: int) -> bool:
        """Return whether a count is 1 to threshold - 1."""
        return 1 <= count < self.threshold

    @property
    def reader(self) -> str:
        """What a reader knows of a hidden or changed figure; follows from the settings and is printed, never chosen."""
        if self.rule == "none":
            return "Nothing is hidden or changed."
        if self.rule == "round":
            if self.method == "midpoint-6":
                return "Counts of 1 to 6 are printed as 3, 7 to 12 as 9, and so on; a zero is a zero."
            if self.method == "nearest":
                return (
                    f"Counts are rounded to the nearest {self.base}, zeros too; totals are added from rounded counts."
                )
            return f"Counts, zeros and totals too, are rounded to a multiple of {self.base} beside them and add up."
        if self.low_label:
            small = f"{1 if self.zeros == 'shown' else 0} to {self.threshold - 1}"
            return f"A cell labelled low is {small}; another suppressed cell is {self.threshold} or more."
        if self.zeros == "shown":
            return "No zero is hidden, so a suppressed cell is 1 or more."
        return "Zeros may be hidden too, so a suppressed cell is 0 or more."

    @property
    def rounding(self) -> str:
        """What the heading of a table says of its rounded counts; empty where none are."""
        if self.rule != "round":
            return ""
        return (
            "rounded to the middle of 1 to 6, 7 to 12 and so on"
            if self.method == "midpoint-6"
            else (f"rounded to {self.base}")
        )

    def hidden_bounds(self, count: int) -> tuple[int, int | None]:
        """Return what the print tells of a suppressed cell that holds `count`: (low, high), high None when open."""
        floor = 1 if self.zeros == "shown" else 0
        if not self.low_label:
            return floor, None
        return (floor, self.threshold - 1) if count < self.threshold else (self.threshold, None)

    def as_dict(self) -> dict[str, object]:
        """Return the policy as plain values, as a release prints it (without the ledger's place)."""
        return {
            "rule": self.rule,
            "threshold": self.threshold,
            "zeros": self.zeros,
            "label": self.label,
            "requirement": self.requirement,
            "cost": self.cost,
            "base": self.base,
            "method": self.method,
            "coarsen": {"columns": self.coarsen.columns, "merge": [list(group) for group in self.coarsen.merge]},
            "exemption": self.exemption,
            "reason": self.reason,
            "approved_by": self.approved_by,
        }

    @classmethod
    def parse(cls, values: Mapping[str, object]) -> Policy:
        """Return the policy in `values`: the table `[disclosure]`, or a mapping that holds it under that name.

        Raises:
            DisclosureError: with every fault at once.
        """
        table = values.get("disclosure", values)
        if not isinstance(table, Mapping):
            raise DisclosureError("policy: [disclosure] is not a table of settings")
        faults: list[str] = []
        for key in table:
            if key not in _READERS:
                faults.append(f"policy: unknown setting {key!r}; known are {', '.join(_READERS)}")
        read: dict[str, Any] = {}
        for key, reader in _READERS.items():
            if key not in table:
                if key in _REQUIRED:
                    faults.append(f"policy: {key} is missing; {_REQUIRED[key]}")
                continue
            try:
                read[key] = reader(table[key])
            except ValueError as fault:
                faults.append(f"policy: {key} = {table[key]!r} {fault}")
        for key in ("reason", "approved_by"):
            if key in read and not read[key].strip():
                faults.append(f"policy: {key} is empty; {_REQUIRED[key]}")
        threshold = read.get("threshold", 5)
        if (label := read.get("label", "c")) not in ("c", f"<{threshold}"):
            faults.append(f'policy: label = {label!r} must be "c" or "<{threshold}" (the threshold is {threshold})')
        if faults:
            raise DisclosureError("\n".join(faults))
        read.pop("publish_comparison", None)  # only false is taken, and nothing follows from it
        return cls(**read)


_REQUIRED = {
    "rule": 'write rule = "none", "suppress" or "round"',
    "reason": "every rule, also none, needs a written reason; it is printed in the release",
    "approved_by": "name the role or person who decided",
}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text in quotation marks")
    return visible(value)


def _whole(low: int, high: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return value

    return read


def _one_of(*names: str, **aliases: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        value = aliases.get(value, value) if isinstance(value, str) else value
        if value not in names:
            raise ValueError(f"must be one of {', '.join(names)}")
        return str(value)

    return read


def _requirement(value: object) -> str:
    if value in ("not-exact", "range") or (isinstance(value, str) and _WIDTH.match(value)):
        return str(value)
    raise ValueError("must be not-exact, range or width:W with a whole W of at least 1")


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 86_400:
        raise ValueError("must be a number of seconds above 0, at most 86400")
    return float(value)


def _not_published(value: object) -> bool:
    if value is not False:
        raise ValueError("must be false: no answer publishes the comparison of rules; see: clearcount compare")
    return value


def _coarsen(value: object) -> Coarsen:
    if not isinstance(value, Mapping) or set(value) - {"columns", "merge"}:
        raise ValueError('must look like { columns = "quarter", merge = [["086/02", "086/10"]] }')
    columns, merge = value.get("columns"), value.get("merge", [])
    if columns is not None and columns not in COLUMNS:
        raise ValueError(f"has unknown columns; use one of {', '.join(COLUMNS)}")
    if not isinstance(merge, list) or not all(
        isinstance(group, list) and len(group) > 1 and all(isinstance(name, str) for name in group) for group in merge
    ):
        raise ValueError("has a merge that is not a list of lists of at least two names")
    named = [name for group in merge for name in group]
    if len(named) != len(set(named)):
        raise ValueError("merges one name twice")
    return Coarsen(columns, tuple(tuple(group) for group in merge))


_READERS: dict[str, Callable[[object], object]] = {
    "rule": _one_of("none", "suppress", "round"),
    "threshold": _whole(2, 1000),
    "zeros": _one_of("shown", "ambiguous", hidden="ambiguous"),
    "label": _text,
    "requirement": _requirement,
    "cost": _one_of("cells", "sum"),
    "time_limit": _seconds,
    "base": _whole(2, 1000),
    "method": _one_of("controlled", "nearest", "midpoint-6"),
    "coarsen": _coarsen,
    "exemption": _text,
    "reason": _text,
    "approved_by": _text,
    "published": _text,
    "publish_comparison": _not_published,
}
