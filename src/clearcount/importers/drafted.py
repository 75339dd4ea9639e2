"""Writes a layout (TOML) from what the columns of an export were taken for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from clearcount.importers.column_names import extra_name, field_name
from clearcount.importers.headings import shown_name
from clearcount.importers.layout import OFFENCE_COLUMNS, PERSON_COLUMNS, TEXT_COLUMNS
from clearcount.importers.proposing import Proposed, ProposedTable
from clearcount.lines import toml_value

_NEEDED = ("occurrence_no", "crime_no", "code")
_PLAIN = ("recorded", "cancelled", "transferred")


def layout_text(tables: Sequence[ProposedTable], states: Mapping[str, str]) -> str:
    """Return the layout of the tables; `states` says what each word of their status columns means, "" for unknown."""
    own = any(table.own_codes for table in tables)
    lines = [
        "# A draft. Check every line: a column that is not named here is not kept.",
        'name = "own layout"',
        f'codes = "{"own" if own else "home-office"}"',
        "",
        *_states(states),
    ]
    for table in tables:
        lines += ["", "[[file]]", f"match = [{toml_value(table.match)}]"]
        if table.header_row > 1:
            lines.append(f"header_row = {table.header_row}")
        if table.group_row:
            lines.append(f"group_row = {table.group_row}")
        if table.dates:
            lines.append(f"dates = [{', '.join(map(toml_value, table.dates))}]")
        if doubtful := table.doubtful_days():
            names = ", ".join(shown_name(each.name) for each in doubtful)
            lines.append(f"# CHECK: every date of {names} reads both ways; the day is taken to come first")
        if table.kind == "offences":
            lines += [f"# CHECK: {line}" for line in cancelling(table)]
        lines += _offence(table) if table.kind == "offences" else ()
        lines += _persons(table) if table.kind == "persons" else _texts(table)
        if left := [each.name for each in table.columns if not each.role]:
            lines.append(f"\n# not used: {', '.join(map(shown_name, left))}")
    return "\n".join(lines) + "\n"


def cancelling(table: ProposedTable) -> Iterator[str]:
    """Yield a sentence for each column that may say which crimes were cancelled and is not read as the status."""
    for column in table.cancelling():
        rows = sum(column.values.cancelling.values())
        yield (
            f"{rows:,} rows of {shown_name(column.name)} hold a word that may mean cancelled or transferred, and they "
            f"count. If they should not, let status be {toml_value(shown_name(column.name))}"
        )


def _states(states: Mapping[str, str]) -> Iterator[str]:
    known = {word: state for word, state in states.items() if state and word.strip().lower() not in _PLAIN}
    if not known:
        yield "# [status]                      # words of this system that are none of recorded, cancelled, transferred"
        yield '# "no crime" = "cancelled"'
        return
    yield "[status]                        # what a word of this system means: recorded, cancelled or transferred"
    yield from (f"{toml_value(word)} = {toml_value(state)}" for word, state in sorted(known.items()))


def _offence(table: ProposedTable) -> Iterator[str]:
    yield "\n[file.offence]"
    found = {each.role: each for each in table.columns}
    found.setdefault("crime_no", found["occurrence_no"]) if "occurrence_no" in found else None
    if found.get("code") is not None and "offence" not in found and table.own_codes:
        found["offence"] = found["code"]
    for name in OFFENCE_COLUMNS:
        if name in found:
            yield f"{name} = {_source(found[name], 'first_of')}"
        elif name == "committed_to" and (start := found.get("committed_from")) and start.values.range_sign:
            yield f"{name} = {_source(start, 'last_of')}"
        elif name in _NEEDED:
            yield f'{name} = "FILL IN"  # needed: the column that holds it'
        elif name == "status":
            yield 'status = { constant = "recorded" }'
    if extra := [each for each in table.columns if each.role == "extra"]:
        yield "\n[file.offence.extra]            # for filters and tables of a request"
        yield from (f"{_key(extra_name(each.name))} = {toml_value(each.name)}" for each in extra)


def _persons(table: ProposedTable) -> Iterator[str]:
    yield "\n[[file.person]]"
    found = {each.role: each for each in table.columns}
    for name in PERSON_COLUMNS:
        if name in found:
            yield f"{name} = {toml_value(found[name].name)}"
        elif name in ("occurrence_no", "person_no", "role"):
            yield f'{name} = "FILL IN"  # needed: the column that holds it'
    if extra := [each for each in table.columns if each.role == "extra"]:
        yield "\n[file.person.extra]            # for filters and tables of a request"
        yield from (f"{_key(extra_name(each.name))} = {toml_value(each.name)}" for each in extra)


def _texts(table: ProposedTable) -> Iterator[str]:
    of_row = {each.role: each for each in table.columns}
    key = of_row.get("occurrence_no") or of_row.get("crime_no")
    for text in (each for each in table.columns if each.role == "text"):
        yield "\n[[file.text]]"
        for name in TEXT_COLUMNS:
            if name == "text":
                yield f"text = {toml_value(text.name)}"
            elif name == "occurrence_no":
                yield f"occurrence_no = {toml_value(key.name) if key else toml_value('FILL IN')}"
            elif name == "field" and (table.kind == "offences" or "field" not in of_row):
                yield f"field = {{ constant = {toml_value(field_name(text.name))} }}"
            elif table.kind == "texts" and name in of_row:
                yield f"{name} = {_source(of_row[name], 'first_of')}"


def _source(column: Proposed, end: str) -> str:
    if column.values.range_sign:
        return f"{{ header = {toml_value(column.name)}, {end} = {toml_value(column.values.range_sign)} }}"
    return toml_value(column.name)


def _key(name: str) -> str:
    return name if name.replace("_", "").isalnum() and name.isascii() else toml_value(name)
