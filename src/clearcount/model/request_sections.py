"""The sections of a request as TOML gives them: texts, days, words and lists, each fault gathered with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar, cast, get_args

from clearcount.model.months import Month
from clearcount.model.request import Edge, Fault

SCOPE_KEYS = ("records", "from", "to", "date_basis", "unit", "cancelled", "where", "codes", "alongside")
TERM_KEYS = ("rule", "fields", "any", "all", "none")
TABLE_KEYS = ("title", "of", "rows", "columns", "empty")
SECTIONS: dict[str, tuple[str, ...]] = {
    "request": ("reference", "title", "received", "version_date", "text"),
    "scope": SCOPE_KEYS,
    "question": ("text", *SCOPE_KEYS, *TERM_KEYS),
    "terms": TERM_KEYS,
    "marker": ("name", "use"),
    "table": TABLE_KEYS,
    "column": ("bands", "groups", "blank", "other"),
    "accepted": ("doubt", "reason"),
    "fact": ("name", "text", "values", "several"),
}
_Word = TypeVar("_Word", bound=str)


def _text_of(value: object) -> str:
    """The value, which is a text. Raises TypeError for anything else."""
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return value


class SectionReader:
    """Reads the parts of a mapping and gathers faults instead of stopping at the first."""

    def __init__(self, data: Mapping[str, object]) -> None:
        self.data = data
        self.faults: list[Fault] = []
        for name in data:
            if name not in SECTIONS:
                self.fault(str(name), "is not a section of a request", f"use one of {', '.join(SECTIONS)}")

    def fault(self, where: str, what: str, do: str) -> None:
        self.faults.append(Fault(where, what, do))

    def section(self, name: str) -> Mapping[str, object]:
        value = self.data.get(name, {})
        if not isinstance(value, Mapping):
            self.fault(name, "is not a section", f"write [{name}] and its keys below it")
            return {}
        self.known(value, name, name)
        return value

    def known(self, value: Mapping[str, object], section: str, where: str) -> None:
        for key in value:
            if key not in SECTIONS[section]:
                self.fault(f"{where}.{key}", "is an unknown key", f"use {', '.join(SECTIONS[section])}")

    def entries(self, name: str) -> list[tuple[str, Mapping[str, object]]]:
        value = self.data.get(name, [])
        if isinstance(value, Mapping) or not isinstance(value, Sequence) or isinstance(value, str):
            self.fault(name, "is not a list of sections", f"write [[{name}]] for each one")
            return []
        found = []
        for number, entry in enumerate(value, 1):
            where = f"{name}[{number}]"
            if not isinstance(entry, Mapping):
                self.fault(where, "is not a section", f"write [[{name}]] and its keys below it")
                continue
            self.known(entry, name, where)
            found.append((where, entry))
        return found

    def text(self, section: Mapping[str, object], where: str, key: str, *, required: bool = False) -> str:
        value = section.get(key, "")
        if not isinstance(value, str):
            self.fault(f"{where}.{key}", f"{value!r} is not text", "put it in quotation marks")
            return ""
        if required and not value.strip():
            self.fault(f"{where}.{key}", "is missing", f'write {key} = "…"')
        return value.strip()

    def day(self, section: Mapping[str, object], where: str, key: str, *, required: bool = False) -> date | None:
        value = section.get(key)
        if value is None or value == "":
            if required:
                self.fault(f"{where}.{key}", "is missing", f"write {key} = 2025-07-22")
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(_text_of(value))
        except (TypeError, ValueError):
            self.fault(f"{where}.{key}", f"{value!r} is not a date", "write it like 2025-07-22")
            return None

    def edge(self, section: Mapping[str, object], where: str, key: str) -> date | Edge | None:
        """Return the first or last day that a month or a day gives; `latest` and `extract` as they stand."""
        value, ends = section.get(key), key == "to"
        if value is None:
            self.fault(f"{where}.{key}", "is missing", f'write {key} = "2023-01"')
            return None
        if ends and value in get_args(Edge):
            return cast(Edge, value)
        if isinstance(value, date):
            return value.date() if isinstance(value, datetime) else value
        try:
            month = Month.parse(_text_of(value))
            return month.last_day if ends else month.first_day
        except (TypeError, ValueError):
            pass
        try:
            return date.fromisoformat(_text_of(value))
        except (TypeError, ValueError):
            also = ', "latest" or "extract"' if ends else ""
            what = f"{value!r} is not a month" if isinstance(value, str) else f"{value!r} is not a month or a day"
            self.fault(f"{where}.{key}", what, f'write it like "2023-01" or "2023-01-31"{also}')
            return None

    def word(
        self, section: Mapping[str, object], where: str, key: str, words: tuple[_Word, ...], default: _Word
    ) -> _Word:
        value = section.get(key, default)
        if value not in words:
            self.fault(f"{where}.{key}", f"{value!r} is not known", f"use {' or '.join(words)}")
            return default
        return words[words.index(value)]

    def words(self, value: object, where: str, example: str) -> tuple[str, ...]:
        if isinstance(value, str) or not isinstance(value, Sequence) or not all(isinstance(v, str) for v in value):
            self.fault(where, f"{value!r} is not a list of texts", f"write it like {example}")
            return ()
        return tuple(value)

    def numbers(self, value: object, where: str, most: int) -> tuple[int, ...]:
        if not isinstance(value, Sequence) or not all(isinstance(n, int) and not isinstance(n, bool) for n in value):
            self.fault(where, f"{value!r} is not a list of numbers", "write of = [1, 3]")
            return ()
        for number in value:
            if not 1 <= number <= most:
                self.fault(where, f"there is no question {number}", f"name questions 1 to {most}")
        return tuple(dict.fromkeys(value))

    def lists(self, value: object, where: str) -> tuple[tuple[str, ...], ...]:
        if isinstance(value, str) or not isinstance(value, Sequence) or any(isinstance(each, str) for each in value):
            self.fault(where, f"{value!r} is not a list of lists", 'write it like [["porn", "nude*"]]')
            return ()
        lists = tuple(
            tuple(dict.fromkeys(self.words(each, f"{where}[{n}]", '["porn"]'))) for n, each in enumerate(value, 1)
        )
        for number, each in enumerate(lists, 1):
            if not each:
                self.fault(f"{where}[{number}]", "holds no term", "name a term, or take the list out")
        return tuple(filter(None, lists))

    def number(self, given: Mapping[str, object], where: str, key: str) -> int | None:
        value = given.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.fault(f"{where}.{key}", f"{value!r} is not a whole number", f"write {key} = 18")
            return None
        return value
