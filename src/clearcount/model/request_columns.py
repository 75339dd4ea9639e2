"""What a request says of columns: the conditions of `where`, and how a column is grouped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from clearcount.model.columns import Condition, Grouping, NumberRange, folded
from clearcount.model.keys import BandKey
from clearcount.model.request_sections import SectionReader

RANGE_KEYS = ("from", "to", "below", "blank", "not", "values")
"""What a condition may say of a column."""


class ColumnReader(SectionReader):
    """Reads conditions and groupings, and gathers their faults."""

    def where(self, value: object, where: str) -> dict[str, Condition]:
        if not isinstance(value, Mapping):
            self.fault(where, "is not a set of columns", 'write where = { column = ["value"] }')
            return {}
        return {str(column): self.condition(given, f"{where}.{column}") for column, given in value.items()}

    def condition(self, given: object, where: str) -> Condition:
        if isinstance(given, str | bool | int | float):
            self.fault(where, f"{given!r} is not a list of texts", 'write it like ["under 18"]')
            return Condition()
        if not isinstance(given, Mapping):
            values = self.words(given, where, '["under 18"]')
            if not values and isinstance(given, Sequence) and not given:
                self.fault(where, "asks for nothing", "name a value, or take the column out")
            return Condition(values=values)
        for key in given:
            if key not in RANGE_KEYS:
                self.fault(f"{where}.{key}", "is an unknown key", f"use {', '.join(RANGE_KEYS)}")
        if not given or any(isinstance(given.get(key), list) and not given[key] for key in ("values", "not")):
            self.fault(where, "asks for nothing", "name a value, a range or blank")
        low, high = self.number(given, where, "from"), self.number(given, where, "to")
        below = self.number(given, where, "below")
        if below is not None:
            high = below - 1 if high is None else min(high, below - 1)
        if low is not None and high is not None and low > high:
            self.fault(where, "holds no number", "swap from and to")
        blank = given.get("blank")
        if blank is not None and not isinstance(blank, bool):
            self.fault(f"{where}.blank", f"{blank!r} is neither true nor false", "write blank = true")
            blank = None
        return Condition(
            values=self.words(given.get("values", []), f"{where}.values", '["North"]'),
            low=low,
            high=high,
            blank=blank,
            excluded=self.words(given.get("not", []), f"{where}.not", '["01"]'),
        )

    def groupings(self) -> dict[str, Grouping]:
        sections = self.data.get("column", {})
        if not isinstance(sections, Mapping):
            self.fault("column", "is not a set of sections", "write [column.victim_age] and its keys below it")
            return {}
        found = {}
        for name, section in sections.items():
            where = f"column.{name}"
            if not isinstance(section, Mapping):
                self.fault(where, "is not a section", f"write [{where}] and its keys below it")
                continue
            self.known(section, "column", where)
            found[str(name)] = self.grouping(section, where)
        return found

    def grouping(self, section: Mapping[str, object], where: str) -> Grouping:
        bands: list[BandKey] = []
        for text in self.words(section.get("bands", []), f"{where}.bands", '["0-9", "10-17", "18+"]'):
            span = NumberRange.parse(text)
            if span is None:
                self.fault(f"{where}.bands", f"{text!r} is no band", 'write it like "10-17" or "18+"')
                continue
            band = BandKey(span.low, span.high, " ".join(text.split()))
            for other in bands:
                if span.meets(other.low, other.high):
                    what = f"{other.text!r} and {text!r} share a number"
                    self.fault(f"{where}.bands", what, "a number may stand in one band only")
            bands.append(band)
        groups = self.groups(section.get("groups", {}), f"{where}.groups")
        blank = self.text(section, where, "blank")
        grouping = Grouping(tuple(bands), groups, other=self.text(section, where, "other"))
        grouping = replace(grouping, blank=blank) if blank else grouping
        named = [folded(key.text) for key in grouping.leaves] + [folded(grouping.blank)]
        named += [folded(grouping.other)] if grouping.other else []
        for name in sorted({name for name in named if named.count(name) > 1}):
            self.fault(where, f"two of its lines are called {name!r}", "give each a name of its own")
        return grouping

    def groups(self, value: object, where: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        if not isinstance(value, Mapping):
            self.fault(where, "is not a set of groups", 'write groups = { "Charged" = ["1", "1A"] }')
            return ()
        groups = tuple((str(n), self.words(v, f"{where}.{n}", '["1", "1A"]')) for n, v in value.items())
        places: dict[str, str] = {}
        for name, values in groups:
            for each in values:
                if places.setdefault(folded(each), name) != name:
                    what = f"{each!r} is in the groups {places[folded(each)]!r} and {name!r}"
                    self.fault(where, what, "a value may stand in one group only")
        return groups
