"""Decisions as a spreadsheet that a person edits: bytes in, bytes out.

Keys are written as text, so that no spreadsheet turns `008/71` into a date. `context` is what the reader reads; it is
never read back. It goes on in `context_2`, `context_3`, … because a cell takes no more than 32,767 characters.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

import xlsxwriter

from clearcount.errors import CodeError, DecisionError
from clearcount.foreign.workbooks import FAULTS, ROW, open_workbook
from clearcount.model.codes import HomeOfficeCode
from clearcount.model.decision import CODES, COLUMNS, REASONS, ROUNDS, SELDOM, SOURCES, Code, Decision, Round, Source
from clearcount.model.facts import SEPARATOR, FactAsked, FactSaid

_CHUNK = 16_000  # code points; each is one or two of the UTF-16 units that a spreadsheet counts
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MOST_FAULTS = 20
_FACT = "fact:"
RANKER = re.compile(r"[A-Za-z0-9_.-]{1,80} [0-9a-f]{64}")
"""How a ranker is named beside what it put forward. The answer prints it, so it can hold no other text."""
_LONGEST_CHOICE = 255
_WIDTHS = {"context": 90, "occurrence_no": 18, "reason": 16, "text_hash": 10, "sample_id": 16}

Row = tuple[Decision, str, Mapping[str, str]]
"""A decision, its context, and further columns to show (the two codes to settle between)."""


def sheet_rows(rows: Sequence[Row], facts: Sequence[FactAsked] = ()) -> Iterator[list[str]]:
    """Yield header and rows as text, the context split into as many columns as the longest one needs.

    There is a column for each fact that is asked for, or that a row says something of. The columns of `SELDOM` are
    there when a row needs them.
    """
    asked = list(dict.fromkeys([*(fact.name for fact in facts), *(said.name for row in rows for said in row[0].facts)]))
    further = list(dict.fromkeys(name for _, _, shown in rows for name in shown))
    widest = max((_chunks(context) for _, context, _ in rows), default=1)
    columns = [*COLUMNS, *(name for name in SELDOM if any(getattr(row, name) for row, _, _ in rows))]
    yield [
        *columns,
        *map(fact_column, asked),
        *further,
        *("context" if k == 1 else f"context_{k}" for k in range(1, widest + 1)),
    ]
    for decision, context, shown in rows:
        values = (getattr(decision, name) for name in columns)
        cells = ["" if value is None else str(value) for value in values]
        said = {fact.name: SEPARATOR.join(fact.values) for fact in decision.facts}
        cells += [said.get(name, "") for name in asked]
        parts = [context[k * _CHUNK : (k + 1) * _CHUNK] for k in range(widest)]
        yield [*cells, *(shown.get(name, "") for name in further), *parts]


def fact_column(name: str) -> str:
    """Return what the column of a fact is called."""
    return f"{_FACT}{name}"


def to_csv(rows: Sequence[Row], facts: Sequence[FactAsked] = ()) -> bytes:
    """Return the rows as CSV in UTF-8. A cell that a spreadsheet would run as a formula gets an apostrophe in front."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in sheet_rows(rows, facts):
        writer.writerow([safe_cell(cell) for cell in row])
    return out.getvalue().encode("utf-8", "replace")


def to_xlsx(rows: Sequence[Row], facts: Sequence[FactAsked] = ()) -> bytes:
    """Return the rows as XLSX: every cell is text, `code` and `reason` offer their words, same rows give same bytes."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001  a fixed one, so that bytes repeat
    sheet = book.add_worksheet("decisions")
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    head = book.add_format({"num_format": "@", "bold": True, "bottom": 1})
    header: list[str] = []
    for at, row in enumerate(sheet_rows(rows, facts)):
        header = header or row
        for column, cell in enumerate(row):
            if cell:
                sheet.write_string(at, column, cell, text if at else head)
            else:
                sheet.write_blank(at, column, None, text)
    for column, name in enumerate(header):
        sheet.set_column(column, column, _WIDTHS.get(name.split("_")[0] if "context" in name else name, 13), text)
    offered: list[tuple[str, Sequence[str]]] = [
        ("code", CODES),
        ("reason", sorted({word for each in REASONS.values() for word in each})),
        *((fact_column(fact.name), fact.offered) for fact in facts if not fact.several),
    ]
    for name, words in offered:
        if len(",".join(words)) > _LONGEST_CHOICE:  # more than a spreadsheet takes; the column is typed in
            continue
        sheet.data_validation(
            1, header.index(name), max(1, len(rows)), header.index(name), {"validate": "list", "source": list(words)}
        )
    sheet.freeze_panes(1, 2)
    book.close()
    return out.getvalue()


def read_sheet(data: bytes, name: str, *, own_codes: bool | None = False) -> tuple[Decision, ...]:
    """Return the decisions in a CSV or XLSX file, undecided rows included; see `read_lines`."""
    return tuple(decision for _, decision in read_lines(data, name, own_codes=own_codes))


def read_lines(
    data: bytes, name: str, *, own_codes: bool | None = False, coder: str = ""
) -> tuple[tuple[int, Decision], ...]:
    """Return the decisions in a CSV or XLSX file, undecided rows included, each with its row number; `name` is for
    messages.

    Args:
        own_codes: take offence codes as they stand, because they are the data's own; None when that is not known.
        coder: who decided the rows that do not say.

    Raises:
        DecisionError: naming row and column of every fault (at most 20 are listed), never what the cell holds.
    """
    table = _read_xlsx(data, name) if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) else _read_csv(data, name)
    if not table:
        raise DecisionError(f"{name}: is empty; use a file made by `clearcount review export` or `clearcount sample`")
    header = [cell.strip().casefold() for cell in table[0]]
    if missing := [column for column in COLUMNS if column not in header]:
        raise DecisionError(
            f"{name}: the first row lacks {'the column' if len(missing) == 1 else 'the columns'} {', '.join(missing)}; "
            "keep the header of the exported file as it was"
        )
    if twice := [column for column in COLUMNS if header.count(column) > 1]:
        raise DecisionError(f"{name}: the column {twice[0]} stands there twice; keep the header as it was exported")
    facts = [column for column in header if column.startswith(_FACT)]
    seldom = [column for column in SELDOM if column in header]
    if twice := [column for column in (*facts, *seldom) if header.count(column) > 1]:
        raise DecisionError(f"{name}: the column {twice[0]} stands there twice; keep the header as it was exported")
    places = {column: header.index(column) for column in (*COLUMNS, *seldom, *facts)}
    parse_code = _code_reader(own_codes)
    faults: list[str] = []
    found: list[tuple[int, Decision]] = []
    lines: dict[tuple[object, ...], tuple[int, Decision]] = {}
    for line, cells in enumerate(table[1:], 2):
        row = {column: cells[at].strip() if at < len(cells) else "" for column, at in places.items()}
        if not any(row.values()):
            continue
        if row["code"] and not row["coder"]:
            row["coder"] = coder
        wrong = list(_faults(row, parse_code))
        faults += [f"{name}: row {line}, column {column}: {what}" for column, what in wrong]
        if wrong:
            continue
        decision = replace(_decision(row, parse_code), facts=_facts_of(row, facts))
        said = (decision.key, decision.coder, decision.round, decision.at)
        first, before = lines.setdefault(said, (line, decision))
        if (before.code, before.facts) != (decision.code, decision.facts):
            faults.append(f"{name}: row {line}: says something else about the record of row {first}; keep one of them")
        found.append((line, decision))
    if faults:
        more = (
            [f"{name}: and {len(faults) - _MOST_FAULTS} more faults like these"] if len(faults) > _MOST_FAULTS else []
        )
        raise DecisionError("\n".join([*faults[:_MOST_FAULTS], *more]))
    return tuple(found)


def _faults(row: Mapping[str, str], parse_code: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    if not row["occurrence_no"]:
        yield "occurrence_no", "is blank; put the exported number back"
    try:
        parse_code(row["offence_code"])
    except CodeError:
        yield "offence_code", "is not a Home Office code; put the exported code back (XLSX keeps it as text)"
    code = _word(row["code"])
    if code and code not in CODES:
        yield "code", f"is none of {', '.join(CODES)}; write one of them or leave it blank"
    elif row["reason"] and not code:
        yield "reason", "stands without a code; write the code too, or leave both blank"
    elif row["reason"] and _word(row["reason"]) not in REASONS[code]:
        fitting = ", ".join(REASONS[code]) or "no reason"
        yield "reason", f"does not go with the code {code}; it takes {fitting}"
    for column, cell in row.items():
        if column.startswith(_FACT) and cell and code != "relevant":
            yield column, "says something of a record that is not relevant; clear it, or write the code relevant"
    if code and not row["coder"]:
        yield "coder", "is blank; write who decided"
    if row.get("applied_from") and (row["round"] != "1" or not code):
        yield "applied_from", "stands where nothing was applied; only a decision of round 1 is, so clear it"
    if row.get("ranker") and not RANKER.fullmatch(row["ranker"]):
        yield "ranker", "is no file name and SHA-256; put the exported text back"
    if row["round"] not in ROUNDS:
        yield "round", f"is none of {', '.join(ROUNDS)}"
    if row["source"] not in SOURCES:
        yield "source", f"is none of {', '.join(SOURCES)}"
    size = row["frame_size"]
    if size and not (size.isascii() and size.isdigit()):
        yield "frame_size", "is not a whole number; put the exported number back"
    elif row["source"] == "random" and not int(size or 0):
        yield "frame_size", "is blank or 0, but a random sample stands for the records it was drawn from"
    if row["at"]:
        try:
            datetime.fromisoformat(row["at"])
        except ValueError:
            yield "at", "is not a date and time; write it like 2025-08-01T14:30:00"


def _decision(row: Mapping[str, str], parse_code: Callable[[str], str]) -> Decision:
    return Decision(
        occurrence_no=row["occurrence_no"],
        offence_code=parse_code(row["offence_code"]),
        code=cast(Code, _word(row["code"])),
        reason=_word(row["reason"]),
        coder=row["coder"],
        round=cast(Round, row["round"]),
        guide_version=row["guide_version"],
        query_version=row["query_version"],
        text_hash=row["text_hash"],
        at=row["at"],
        source=cast(Source, row["source"]),
        stratum=row["stratum"],
        frame_size=int(row["frame_size"]) if row["frame_size"] else None,
        sample_id=row["sample_id"],
        applied_from=row.get("applied_from", ""),
        ranker=row.get("ranker", ""),
    )


def _facts_of(row: Mapping[str, str], columns: Sequence[str]) -> tuple[FactSaid, ...]:
    """Return what the row says of each fact; which values there are is known to who handed the sheet out."""
    said = []
    for column in columns:
        values = tuple(" ".join(part.split()) for part in row[column].split(";") if part.strip())
        if values:
            said.append(FactSaid(column.removeprefix(_FACT), values))
    return tuple(said)


def _code_reader(own_codes: bool | None) -> Callable[[str], str]:
    def as_it_stands(text: str) -> str:
        if not text:
            raise CodeError("blank")
        return text

    def home_office(text: str) -> str:
        return str(HomeOfficeCode.parse(text))

    def either(text: str) -> str:
        try:
            return home_office(text)
        except CodeError:
            return as_it_stands(text)

    return {True: as_it_stands, False: home_office, None: either}[own_codes]


def _read_csv(data: bytes, name: str) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")  # what a spreadsheet on Windows may have saved
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise DecisionError(f"{name}: is not CSV: {error}; export it again and edit it in a spreadsheet") from None
    return [[_unescaped(cell) for cell in row] for row in rows]


def _read_xlsx(data: bytes, name: str) -> list[list[str]]:
    """The first sheet, blank rows and all, so that a row has the number that the spreadsheet shows."""
    sheets = open_workbook(data, name, DecisionError).sheets
    rows: list[list[str]] = []
    for batch in sheets[0].batches() if sheets else ():
        columns = [column.to_pylist() for column in batch.columns[:-2]]
        for at, (number, faults) in enumerate(zip(batch[ROW].to_pylist(), batch[FAULTS].to_pylist(), strict=True)):
            if faults:
                raise DecisionError(
                    f"{name}: row {number}: column {faults[0]['column'] + 1} holds no value to rely on ("
                    f"{_NO_VALUES[faults[0]['kind']]}); type the value and save the file"
                )
            rows += [[]] * (number - 1 - len(rows))
            rows.append([column[at] for column in columns])
    return rows


_NO_VALUES = {
    "error": "a spreadsheet error",
    "formula": "a formula without a saved value",
    "figures": "a number of 16 figures or more",
}


def safe_cell(cell: str) -> str:
    """Return the cell with an apostrophe in front when a spreadsheet would run it as a formula."""
    return f"'{cell}" if _runs(cell) else cell


def _runs(cell: str) -> bool:
    """Whether a spreadsheet would run the cell, apostrophes in front of it (ours or others) apart."""
    return cell.lstrip("'").startswith(_FORMULA)


def _unescaped(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _runs(cell) else cell


def _word(text: str) -> str:
    """A code or reason however a person types it: `Not relevant` is `not_relevant`."""
    return "_".join(text.casefold().replace("-", " ").replace("_", " ").split())


def _chunks(context: str) -> int:
    return max(1, -(-len(context) // _CHUNK))
