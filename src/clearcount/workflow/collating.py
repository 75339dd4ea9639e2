"""Reads published answers into one tidy CSV, adds every total again, and says beside it what could not be read."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from clearcount.collate import COLUMNS, Line, Mismatch, Page, check_totals, tidy
from clearcount.collate.codes import CodeMatcher
from clearcount.collate.comparison import panels
from clearcount.collate.crosscheck import Contradiction, contradictions, given_away
from clearcount.collate.grid import Grid
from clearcount.collate.lines import scaled
from clearcount.collate.long import is_long, tidy_long
from clearcount.collate.methods import Overlap, overlap
from clearcount.collate.part_years import without_part_periods
from clearcount.collate.readers.delimited import grid_of
from clearcount.collate.readers.opening import read_published
from clearcount.collate.tidy import grid_words, join_pieces
from clearcount.collate.units import in_other_units
from clearcount.collate.words import meanings_of, method_of, missing_months, status_of
from clearcount.errors import ClearcountError, ExportError
from clearcount.files import write_whole
from clearcount.model.method import MethodFact
from clearcount.offences import code_list
from clearcount.workflow.released import Released, counts_of, released_at
from clearcount.writers.blocks import IN_SHORT
from clearcount.writers.templating import render

LIST_COLUMNS = ("path", "force", "reference", "url", "received")


@dataclass(frozen=True)
class Answered:
    """One published answer to read: its file, and who gave it. `force` and `reference` win over what the file says."""

    path: Path
    force: str = ""
    reference: str = ""
    url: str = ""
    received: str = ""


@dataclass(frozen=True)
class Read:
    """What became of one file: `refused` is the sentence why nothing was read of it."""

    answer: Answered
    lines: tuple[Line, ...] = ()
    refused: str = ""
    said: tuple[str, ...] = ()
    status: str = ""
    method: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    facts: tuple[MethodFact, ...] = ()

    @property
    def unread(self) -> tuple[Line, ...]:
        """The cells that could not be read."""
        return tuple(line for line in self.lines if line.unread)


@dataclass(frozen=True)
class Collated:
    """All files with the totals that do not add up, and where the table and its report are."""

    files: tuple[Read, ...]
    mismatches: tuple[Mismatch, ...]
    out: Path
    report: Path
    contradictions: tuple[Contradiction, ...] = ()
    given_away: tuple[str, ...] = ()
    overlap: Overlap | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line of the table."""
        return tuple(line for each in self.files for line in each.lines)


def collate(
    answers: Sequence[Answered], out: Path, *, mapping: Path | None = None, page: Path | None = None
) -> Collated:
    """Write the cells of every table in the files to `out`, beside it CSVW metadata and a report of what was not read.

    `page` is where a page is written that puts the forces side by side. A file that cannot be read does not stop the
    others; it is in the report with its reason.

    Raises:
        ExportError: when no file gives a figure or a status, or the mapping cannot be read; nothing is written then.
    """
    matcher = CodeMatcher(code_list(), read_mapping(mapping) if mapping else None)
    files = tuple(_read(answer, matcher) for answer in answers)
    if all(each.refused for each in files):
        raise ExportError("; ".join(each.refused for each in files))
    lines = [line for each in files for line in each.lines]
    report = out.with_name(f"{out.stem}.report.json")
    found = Collated(files, check_totals(lines), out, report, contradictions(lines), given_away(lines), _overlap(files))
    write_whole(out, _table(files))
    write_whole(out.with_name(f"{out.name}-metadata.json"), _metadata(out.name))
    write_whole(report, json.dumps(_report(found), ensure_ascii=False, indent=1) + "\n")
    if page is not None:
        write_whole(page, _page(files, lines))
    return found


def _overlap(files: Sequence[Read]) -> Overlap | None:
    """Return how far the methods of the answers agree; an answer without figures has none."""
    methods: dict[str, tuple[MethodFact, ...]] = {}
    for each in files:
        if each.lines:
            who = next((line.force for line in each.lines if line.force), "") or str(each.answer.path)
            methods[who if who not in methods else f"{who}, {each.answer.path}"] = each.facts
    return overlap(methods)


def _page(files: Sequence[Read], lines: Sequence[Line]) -> str:
    methods: dict[str, list[str]] = {}
    for each in files:
        force = next((line.force or line.source for line in each.lines), each.answer.force or str(each.answer.path))
        methods.setdefault(force, []).extend(each.method)
    title = "Published answers side by side"
    return render("comparison.html.j2", title=title, panels=panels(lines, methods), methods=methods)


def _metadata(name: str) -> str:
    """Return the CSVW metadata of the tidy table (W3C Metadata Vocabulary for Tabular Data, 2015)."""
    dates = {"period_from", "period_to"}
    columns = [
        {"name": column, "titles": column, "datatype": "date" if column in dates else "string", "required": False}
        for column in COLUMNS
    ]
    document = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en-GB"}],
        "url": name,
        "dialect": {"encoding": "utf-8", "header": True, "lineTerminators": ["\r\n"]},
        "tableSchema": {"columns": columns},
    }
    return json.dumps(document, indent=1) + "\n"


def read_list(path: Path) -> tuple[Answered, ...]:
    """Return the answers that a list file names: CSV with the columns path, force, reference, url, received.

    Paths are relative to the list.

    Raises:
        ExportError: when the list cannot be read, or a column or a path is missing.
    """
    rows = _csv(path, needed=("path",), known=LIST_COLUMNS)
    answers = []
    for number, row in enumerate(rows, 2):
        if not row["path"].strip():
            raise ExportError(f"{path}, line {number}: the path is blank; name a published answer")
        values = {name: row.get(name, "").strip() for name in LIST_COLUMNS if name != "path"}
        answers.append(Answered(path.parent / row["path"].strip(), **values))
    if not answers:
        raise ExportError(f"{path}: names no file; write a line for each published answer")
    return tuple(answers)


def read_mapping(path: Path) -> Mapping[str, str]:
    """Return a person's corrections, label -> code, from a CSV with these two columns.

    Raises:
        ExportError: when it cannot be read, lacks a column, or names a code that is not in the list.
    """
    codes = code_list()
    found: dict[str, str] = {}
    for number, row in enumerate(_csv(path, needed=("label", "code"), known=("label", "code", "certainty", "note")), 2):
        text = row["code"].strip()
        code = codes.get(text) if text else None
        if text and code is None:
            raise ExportError(f"{path}, line {number}: the code is not in the list; correct it or leave it blank")
        found[row["label"]] = code.code if code else ""
    return found


def _csv(path: Path, *, needed: Sequence[str], known: Sequence[str]) -> list[dict[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        rows = [{key: value or "" for key, value in row.items() if key} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error):
        raise ExportError(f"{path}: cannot be read as a CSV in UTF-8") from None
    names = reader.fieldnames or []
    if missing := [name for name in needed if name not in names]:
        raise ExportError(f"{path}: lacks the column {', '.join(missing)}")
    if unknown := [name for name in names if name not in known]:
        raise ExportError(f"{path}: holds {len(unknown)} column(s) that are not known; use {', '.join(known)}")
    return rows


def _read(answer: Answered, matcher: CodeMatcher) -> Read:
    released = released_at(answer.path)
    try:
        pages = _pages(answer.path, released)
    except ClearcountError as error:
        return Read(answer, refused=str(error))
    who = (released.force, released.reference)
    lines: list[Line] = []
    said: list[str] = []
    words: list[str] = []
    for source, page in pages:
        found, notes = read_page(page)
        words.append(page.words)
        said += [f"{source}: {note}" for note in (*page.said, *notes)]
        lines += [_known(line, source, answer, who, matcher) for line in found]
    text = "\n".join(words)
    figures = any(line.value for line in lines)
    status = status_of(text, figures=figures)
    if not lines and status == "no figures":
        detail = f"; {said[0]}" if said else ""
        return Read(answer, refused=f"{answer.path}: holds no table of figures{detail}", said=tuple(said))
    meanings = meanings_of([*text.splitlines(), *_texts(pages)])
    lines = [replace(_explained(line, meanings), status=status) for line in lines]
    spans = [
        (date.fromisoformat(line.period_from), date.fromisoformat(line.period_to))
        for line in lines
        if line.period_from and not line.is_total
    ]
    missing = missing_months(text, spans)
    method = (*(fact.sentence for fact in released.method), *method_of(text))
    return Read(answer, tuple(lines), "", tuple(dict.fromkeys(said)), status, method, missing, released.method)


def _pages(path: Path, released: Released) -> list[tuple[str, Page]]:
    """Return the pages of a file. A release.json alone, or a folder without counts.csv, gives what it prints."""
    alone = path.name == "release.json" or (path.is_dir() and not (path / "counts.csv").is_file())
    if not alone or (released.data is None and path.name != "release.json"):
        return read_published(path)
    text = counts_of(released, path).decode("utf-8-sig")
    return [(str(path), Page((grid_of(text, str(path)),)))]


def read_page(page: Page) -> tuple[list[Line], list[str]]:
    tables: list[list[Line]] = []
    said: list[str] = []
    for grid in page.grids:
        if _repeats(grid):
            continue
        found = tidy_long(grid) if is_long(grid) else tidy(grid)
        for number in dict.fromkeys(line.table for line in found.lines):
            tables.append([line for line in found.lines if line.table == number])
        said += found.said
    found_lines = join_pieces(tables)
    if scale := in_other_units((page.outside or page.words).splitlines()):
        found_lines = [scaled(line, scale) for line in found_lines]
    around = [page.outside or page.words, *(text for grid in page.grids for text in grid_words(grid))]
    return without_part_periods(found_lines, around), said


def _repeats(grid: Grid) -> bool:
    """Say whether a sheet is the answer in short of a clearcount workbook, which repeats cells of the other sheets."""
    return bool(grid.rows) and bool(grid.rows[0]) and grid.rows[0][0].words == IN_SHORT


def _texts(pages: Iterable[tuple[str, Page]]) -> Iterable[str]:
    """Return the short texts of every grid, where signs are explained beside or below a table."""
    for _, page in pages:
        for grid in page.grids:
            for row in grid.rows:
                words = [cell.words for cell in row if not cell.blank]
                if 0 < len(words) <= 2 and sum(map(len, words)) <= 200:
                    yield " = ".join(dict.fromkeys(words))


def _explained(line: Line, meanings: Mapping[str, str]) -> Line:
    signs = {"c": ("[c]", "c", "*"), "z": ("[z]", "z"), "x": ("[x]", "x"), "blank": ("-", "n/a", "..", "blank")}
    said = next((meanings[sign] for sign in signs.get(line.marker, ()) if sign in meanings), "")
    return replace(line, meaning=said) if said and not line.value else line


def _known(line: Line, source: str, answer: Answered, who: tuple[str, str], matcher: CodeMatcher) -> Line:
    found = matcher.match(line.label) if line.row != "total" else matcher.match("")
    certain = found.certainty == "certain"
    return replace(
        line,
        source=source,
        force=answer.force or line.force or who[0],
        reference=answer.reference or line.reference or who[1],
        code=f"HO {found.code}" if found.code else "",
        certainty=found.certainty,
        row=found.code if certain and line.row == line.label else line.row,
        note="; ".join(filter(None, (line.note, found.note))),
    )


def _table(files: Sequence[Read]) -> str:
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in files:
        writer.writerows([getattr(line, name) for name in COLUMNS] for line in each.lines)
    return target.getvalue()


def _report(found: Collated) -> dict[str, object]:
    """Return what was read, refused, unread, hidden or missing, file by file, and what does not fit together."""
    wrong: dict[str, list[dict[str, object]]] = {}
    for each in found.mismatches:
        wrong.setdefault(each.source, []).append(
            {
                "origin": each.origin,
                "row": each.row,
                "period": each.period,
                "printed": each.printed,
                "low": each.low,
                "high": each.high,
            }
        )
    return {
        "files": [
            {
                "path": str(each.answer.path),
                "force": each.answer.force or next((line.force for line in each.lines if line.force), ""),
                "reference": each.answer.reference
                or next((line.reference for line in each.lines if line.reference), ""),
                "url": each.answer.url,
                "received": each.answer.received,
                "refused": each.refused,
                "status": each.status,
                "cells": len(each.lines) - len(each.unread),
                "kinds": dict(sorted(Counter(line.kind for line in each.lines if not line.unread).items())),
                "unread": [{"source": line.source, "origin": line.origin, "why": line.note} for line in each.unread],
                "said": list(each.said),
                "missing_months": list(each.missing),
                "method": list(each.method),
                "totals_that_do_not_add_up": [item for source in _sources(each) for item in wrong.get(source, [])],
            }
            for each in found.files
        ],
        "methods": _methods(found.overlap),
        "contradictions": [vars(each) for each in found.contradictions],
        "hidden_cells_that_follow_from_totals": list(found.given_away),
    }


def _methods(found: Overlap | None) -> dict[str, object] | None:
    if found is None:
        return None
    return {
        "same": [vars(fact) for fact in found.same],
        "differs": [{"name": each.name, "values": dict(each.values)} for each in found.differs],
        "not_said_by": list(found.unknown),
    }


def _sources(each: Read) -> list[str]:
    return list(dict.fromkeys(line.source for line in each.lines))
