"""A layout is data: which files an export has, which column is what, how dates and status words are written.

The TOML form is described in docs/reference/layouts.md. `Layout.parse` reports every fault at once.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from clearcount.errors import ExportError, ForeignFileError
from clearcount.foreign import parse_toml
from clearcount.importers.nearest import nearest
from clearcount.model.record import STATUSES

OFFENCE_COLUMNS = (
    "occurrence_no",
    "crime_no",
    "code",
    "offence",
    "recorded_on",
    "reported_on",
    "committed_from",
    "committed_to",
    "status",
    "markers",
)
TEXT_COLUMNS = ("occurrence_no", "field", "entry_no", "entered_at", "text")
_OFFENCE_NEEDED = ("occurrence_no", "crime_no", "code")
_TEXT_NEEDED = ("occurrence_no", "field", "text")
_SUFFIXES = (
    ".gz",
    ".zip",
    ".csv",
    ".tsv",
    ".txt",
    ".psv",
    ".ssv",
    ".xlsx",
    ".xlsm",
    ".xls",
    ".ods",
    ".parquet",
    ".jsonl",
    ".ndjson",
)

Codes = Literal["home-office", "own"]
TextFormat = Literal["plain", "html", "rtf"]
Mend = Literal["", "mojibake"]


@dataclass(frozen=True)
class Column:
    """Where a value comes from: the first of `headers` that the file has, or the same `constant` on every row.

    `optional`: the file may lack it. `split`: one row gives one offence per part of the cell.
    """

    headers: tuple[str, ...] = ()
    constant: str | None = None
    optional: bool = False
    split: str = ""


@dataclass(frozen=True)
class OffencePart:
    """How one row gives one offence; `extra` names further columns to keep, by the name they get."""

    columns: Mapping[str, Column]
    extra: Mapping[str, Column] = field(default_factory=dict)


@dataclass(frozen=True)
class TextPart:
    """How one row gives one text; a blank cell gives none. `mend` names the damage that is to be put right."""

    columns: Mapping[str, Column]
    format: TextFormat = "plain"
    mend: Mend = ""


@dataclass(frozen=True)
class FileLayout:
    """One kind of file in the export: the names it goes by and the records a row of it gives."""

    match: tuple[str, ...]
    offence: OffencePart | None
    texts: tuple[TextPart, ...]
    table: str = ""
    header_row: int | None = None

    def names(self, name: str) -> bool:
        """Whether a file called `name` is of this kind; the extension and upper or lower case do not matter."""
        return _is_among(name, self.match)

    def columns(self) -> tuple[Column, ...]:
        """Every column this kind of file is read from."""
        found = [column for text in self.texts for column in text.columns.values()]
        if self.offence:
            found = [*self.offence.columns.values(), *self.offence.extra.values(), *found]
        return tuple(found)


@dataclass(frozen=True)
class Layout:
    """How one system writes its export."""

    name: str
    files: tuple[FileLayout, ...]
    about: str = ""
    codes: Codes = "home-office"
    dates: tuple[str, ...] = ()
    status: Mapping[str, str] = field(default_factory=dict)
    marker_separator: str = "|"
    encoding: str = ""
    delimiter: str = ""
    header_row: int = 1
    skip: tuple[str, ...] = ()

    def skips(self, name: str) -> bool:
        """Whether a file or sheet called `name` is left out on purpose."""
        return _is_among(name, self.skip)

    def header_row_of(self, *names: str) -> int:
        """The row with the column names, by the first of `names` (a sheet, then its file) that names a kind of file."""
        kinds = next((found for name in names if (found := [file for file in self.files if file.names(name)])), [])
        return next((file.header_row for file in kinds if file.header_row is not None), self.header_row)

    @property
    def extra_names(self) -> tuple[str, ...]:
        """The further columns that an offence carries, which a request may use in `where`."""
        return tuple(sorted({name for file in self.files if file.offence for name in file.offence.extra}))


def _is_among(name: str, patterns: tuple[str, ...]) -> bool:
    stem = stem_of(name)
    return any(fnmatch.fnmatchcase(stem, pattern.lower()) for pattern in patterns)


def stem_of(name: str) -> str:
    """`Offences 2024.csv.gz` -> `offences 2024`."""
    stem = name.rsplit("/", 1)[-1].lower()
    while stem.endswith(_SUFFIXES):
        stem = stem.rsplit(".", 1)[0]
    return stem


def shipped_layouts() -> tuple[str, ...]:
    """The names of the layouts that come with clearcount."""
    folder = resources.files(__package__) / "layouts"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def layout_text(name: str) -> str:
    """The TOML of the shipped layout `name`, comments and all, to start one's own from."""
    return (resources.files(__package__) / "layouts" / f"{name}.toml").read_text(encoding="utf-8")


def load_layout(name_or_file: str) -> Layout:
    """The shipped layout of that name, or the layout in that TOML file.

    Raises:
        ExportError: for a name nobody ships, a file that cannot be read, or a layout with faults (all of them).
    """
    if name_or_file in shipped_layouts():
        return parse_layout(layout_text(name_or_file), where=f"layout {name_or_file}")
    path = Path(name_or_file)
    if path.suffix != ".toml":
        raise ExportError(
            f"there is no layout {name_or_file!r}; {nearest(name_or_file, shipped_layouts())}, or give a .toml file"
        )
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ExportError(f"the layout {name_or_file} cannot be read: {_os_reason(error)}") from error
    return parse_layout(text, where=name_or_file)


def _os_reason(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else "it is not UTF-8 text"


_TOP = {
    "name",
    "about",
    "codes",
    "dates",
    "status",
    "marker_separator",
    "encoding",
    "delimiter",
    "header_row",
    "skip",
    "file",
}


def parse_layout(text: str, *, where: str = "layout") -> Layout:
    """The layout that a TOML text describes. Raises ExportError with one line per fault."""
    try:
        table = parse_toml(text, where)
    except ForeignFileError as error:
        raise ExportError(str(error)) from None
    faults: list[str] = []
    _unknown(table, _TOP, "", faults)
    files = table.get("file")
    if not isinstance(files, list) or not files:
        faults.append("it has no [[file]]; name at least one kind of file")
        files = []
    codes = table.get("codes", "home-office")
    if codes not in ("home-office", "own"):
        faults.append(f'codes = {codes!r}: write "home-office" or "own"')
    status = {}
    for word, meaning in table.get("status", {}).items():
        if meaning not in STATUSES:
            faults.append(f"status word {word!r} means {meaning!r}; a status is one of {', '.join(STATUSES)}")
        status[str(word).strip().lower()] = meaning
    header_row = _header_row(table, "", faults) or 1
    skip = table.get("skip", [])
    if not isinstance(skip, list) or not all(isinstance(pattern, str) for pattern in skip):
        faults.append(f'skip = {skip!r}: write the names of files and sheets to leave out, as ["Notes*"]')
        skip = []
    layout = Layout(
        name=str(table.get("name", "own layout")),
        about=str(table.get("about", "")),
        codes=codes,
        dates=tuple(table.get("dates", ())),
        status=status,
        marker_separator=str(table.get("marker_separator", "|")),
        encoding=str(table.get("encoding", "")),
        delimiter=str(table.get("delimiter", "")),
        header_row=header_row,
        skip=tuple(skip),
        files=tuple(_file(entry, number, faults) for number, entry in enumerate(files, start=1)),
    )
    if faults:
        raise ExportError("\n".join(f"{where}: {fault}" for fault in faults))
    return layout


def _file(entry: Mapping[str, Any], number: int, faults: list[str]) -> FileLayout:
    where = f"[[file]] {number}: "
    _unknown(entry, {"match", "offence", "text", "table", "header_row"}, where, faults)
    match = entry.get("match", "*")
    offence = entry.get("offence")
    texts = entry.get("text", [])
    if offence is None and not texts:
        faults.append(f"{where}it has neither [file.offence] nor [[file.text]], so a row would give nothing")
    part = None
    if offence is not None:
        extra = {name: _column(spec, f"{where}extra.{name}", faults) for name, spec in offence.get("extra", {}).items()}
        columns = {key: value for key, value in offence.items() if key != "extra"}
        part = OffencePart(
            _columns(columns, OFFENCE_COLUMNS, _OFFENCE_NEEDED, f"{where}offence", faults), dict(sorted(extra.items()))
        )
    return FileLayout(
        match=(match,) if isinstance(match, str) else tuple(match),
        offence=part,
        texts=tuple(_text(text, f"{where}text", faults) for text in texts),
        table=str(entry.get("table", "")),
        header_row=_header_row(entry, where, faults),
    )


def _header_row(entry: Mapping[str, Any], where: str, faults: list[str]) -> int | None:
    """The row of the column names, where it is said."""
    row = entry.get("header_row")
    if row is None or (isinstance(row, int) and not isinstance(row, bool) and row >= 1):
        return row
    faults.append(f"{where}header_row = {row!r}: write the row number of the header, 1 or more")
    return None


def _text(entry: Mapping[str, Any], where: str, faults: list[str]) -> TextPart:
    columns = {key: value for key, value in entry.items() if key not in ("format", "mend")}
    form = entry.get("format", "plain")
    if form not in ("plain", "html", "rtf"):
        faults.append(f'{where}: format = {form!r}: write "plain", "html" or "rtf"')
    mend = entry.get("mend", "")
    if mend not in ("", "mojibake"):
        faults.append(f'{where}: mend = {mend!r}: write "mojibake", or leave it out')
    return TextPart(_columns(columns, TEXT_COLUMNS, _TEXT_NEEDED, where, faults), form, mend)


def _columns(
    entry: Mapping[str, Any], known: tuple[str, ...], needed: tuple[str, ...], where: str, faults: list[str]
) -> dict[str, Column]:
    _unknown(entry, set(known), f"{where}: ", faults)
    faults.extend(f"{where}: it does not say where {name} comes from" for name in needed if name not in entry)
    return {name: _column(entry[name], f"{where}.{name}", faults) for name in known if name in entry}


def _column(spec: object, where: str, faults: list[str]) -> Column:
    match spec:
        case str():
            return Column((spec,))
        case list() if spec and all(isinstance(header, str) for header in spec):
            return Column(tuple(spec))
        case dict() if isinstance(spec.get("constant"), str) and spec.keys() <= {"constant"}:
            return Column(constant=spec["constant"])
        case dict() if "header" in spec and spec.keys() <= {"header", "optional", "split"}:
            inner = _column(spec["header"], where, faults)
            return Column(inner.headers, None, bool(spec.get("optional", False)), str(spec.get("split", "")))
    faults.append(
        f'{where} = {spec!r}: write "header", ["header", "other header"], {{ constant = "value" }} '
        'or { header = "header", optional = true }'
    )
    return Column(optional=True)


def _unknown(entry: Mapping[str, Any], known: set[str], where: str, faults: list[str]) -> None:
    faults.extend(f"{where}unknown key {key!r}; {nearest(key, sorted(known))}" for key in entry if key not in known)
