"""A layout from its TOML text: every key has its shape checked, and every fault is told at once.

The form is described in docs/reference/layouts.md.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from clearcount.errors import ExportError, ForeignFileError
from clearcount.foreign import parse_toml
from clearcount.importers.dates import reads_days
from clearcount.importers.layout import (
    OFFENCE_COLUMNS,
    PERSON_COLUMNS,
    TEXT_COLUMNS,
    Column,
    FileLayout,
    Form,
    Layout,
    OffencePart,
    PersonPart,
    TextPart,
)
from clearcount.model.nearest import nearest
from clearcount.model.record import OFFENCE, STATUSES, Noun

_FORM = ("header_row", "group_row", "encoding", "delimiter", "quotes", "dates", "pad")
_TOP = ("name", "about", "codes", "status", "role", "marker_separator", "skip", "records", "file", *_FORM)
_FILE = ("match", "table", "offence", "text", "person", *_FORM)
_OFFENCE_NEEDED = ("occurrence_no", "crime_no", "code")
_PERSON_NEEDED = ("occurrence_no", "person_no", "role")
_NAMING = re.compile(
    r"(sur|fore|first|last|middle|full|given|family|nick|maiden|user|person|victim|suspect|offender)[ _-]*names?\b"
    r"|^names?$|alias|address|street|post ?code|phone|mobile|e-?mail|\bdob\b|birth|born|passport|\bnino?\b"
    r"|national insurance|driving licen[cs]e|nhs|pnc",
    re.IGNORECASE,
)
"""What says who a person is; a store keeps none of it."""
_TEXT_NEEDED = ("occurrence_no", "field", "text")
_KEYS = ("occurrence_no", "crime_no")
_KEYS_OF_TEXTS = ("occurrence_no", "field", "entry_no")
_LONGEST_PAD = 8
_PERSON_KEYS = ("occurrence_no", "crime_no", "person_no", "role")
_RECORDS = ("noun", "plural", "system")
_NOUN = re.compile(r"[A-Za-z][A-Za-z0-9 /-]{0,39}")
_LONGEST_SYSTEM = 80
_ROLE = re.compile(r"[a-z][a-z ]{1,29}")
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}


def shipped_layouts() -> tuple[str, ...]:
    """Return the names of the layouts that come with clearcount."""
    folder = resources.files(__package__) / "layouts"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def layout_text(name: str) -> str:
    """Return the TOML of the shipped layout `name`, comments and all, to start one's own from."""
    return (resources.files(__package__) / "layouts" / f"{name}.toml").read_text(encoding="utf-8")


def load_layout(name_or_file: str) -> Layout:
    """Return the shipped layout of that name, or the layout in that TOML file.

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


def parse_layout(text: str, *, where: str = "layout") -> Layout:
    """Return the layout that a TOML text describes. Raises ExportError with one line per fault."""
    try:
        table = parse_toml(text, where)
    except ForeignFileError as error:
        raise ExportError(str(error)) from None
    faults: list[str] = []
    layout = _layout(_Table(table, "", faults))
    if faults:
        raise ExportError("\n".join(f"{where}: {fault}" for fault in faults))
    return layout


def delimiter_sign(text: str) -> str:
    """Return the delimiter that a word or a sign means, "" when it can be none."""
    sign = DELIMITERS.get(text, text)
    return sign if len(sign) == 1 and sign.isascii() and sign not in '"\r\n\0' else ""


def is_encoding(name: str) -> bool:
    """Return whether Python knows an encoding of text by that name."""
    with suppress(LookupError, UnicodeError, ValueError):
        return bool(codecs.lookup(name)._is_text_encoding) and "a" in b"a\0\0\0".decode(name, "ignore")
    return False


@dataclass(frozen=True)
class _Table:
    """A table of the layout: its values, where it stands (`[[file]] 2: `), and the faults found so far."""

    values: Mapping[str, object]
    where: str
    faults: list[str]

    def fault(self, key: str, value: object, write: str) -> None:
        self.faults.append(f"{self.where}{key} = {_shown(value)}: write {write}")

    def known(self, keys: tuple[str, ...]) -> None:
        for key in self.values:
            if key not in keys:
                self.faults.append(f"{self.where}unknown key {_cut(key)!r}; {nearest(key, sorted(keys))}")

    def text(self, key: str, default: str = "", *, blank: bool = True) -> str:
        value = self.values.get(key, default)
        if isinstance(value, str) and (blank or value):
            return value
        self.fault(key, value, "a text in quotes")
        return default

    def texts(self, key: str, example: str) -> tuple[str, ...]:
        """Return a list of texts, none of them blank."""
        value = self.values.get(key, [])
        if isinstance(value, list) and all(isinstance(each, str) and each.strip() for each in value):
            return tuple(value)
        self.fault(key, value, f"a list of texts, as {example}")
        return ()

    def number(self, key: str, most: int, what: str) -> int | None:
        value = self.values.get(key)
        if value is None or (type(value) is int and 1 <= value <= most):
            return value
        self.fault(key, value, what)
        return None

    def choice(self, key: str, options: tuple[str, ...]) -> Any:
        value = self.values.get(key, options[0])
        if isinstance(value, str) and value in options:
            return value
        self.fault(key, value, " or ".join(f'"{option}"' for option in options))
        return options[0]

    def table(self, key: str, example: str) -> Mapping[str, object] | None:
        value = self.values.get(key)
        if value is None or isinstance(value, dict):
            return value
        self.fault(key, value, f"a table, as {example}")
        return None

    def tables(self, key: str, section: str) -> Iterator[Mapping[str, object]]:
        """Yield the tables of a section that may stand several times."""
        value = self.values.get(key, [])
        if isinstance(value, dict):
            self.faults.append(f"{self.where}{key} is one table; write [[{section}]] with two brackets for [{section}]")
        elif not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.fault(key, value, f"[[{section}]] and its keys below it")
        else:
            yield from value

    def inside(self, values: Mapping[str, object], where: str) -> _Table:
        return _Table(values, f"{self.where}{where}", self.faults)


def _layout(top: _Table) -> Layout:
    top.known(_TOP)
    status = {}
    for word, meaning in (top.table("status", '[status] with "no crime" = "cancelled"') or {}).items():
        if meaning not in STATUSES:
            top.faults.append(
                f"status word {_cut(word)!r} means {_shown(meaning)}; a status is one of {', '.join(STATUSES)}"
            )
        status[word.strip().lower()] = meaning
    roles = {}
    for word, meaning in (top.table("role", '[role] with "vic" = "victim"') or {}).items():
        if not isinstance(meaning, str) or not _ROLE.fullmatch(meaning):
            top.faults.append(
                f"role word {_cut(word)!r} means {_shown(meaning)}; write victim, suspect, charged or a word"
            )
            continue
        roles[" ".join(word.split()).lower()] = meaning
    noun, system = _records(top)
    files = list(top.tables("file", "file"))
    if not files and not isinstance(top.values.get("file", []), dict):
        top.faults.append("it has no [[file]]; name at least one kind of file")
    return Layout(
        name=top.text("name", "own layout", blank=False),
        about=top.text("about"),
        codes=top.choice("codes", ("home-office", "own")),
        status={word: str(meaning) for word, meaning in status.items()},
        role=roles,
        marker_separator=top.text("marker_separator", "|", blank=False),
        form=_form(top),
        skip=top.texts("skip", '["Notes*"]'),
        noun=noun,
        system=system,
        files=tuple(_file(top.inside(file, f"[[file]] {number}: ")) for number, file in enumerate(files, start=1)),
    )


def _records(top: _Table) -> tuple[Noun, str]:
    """What `[records]` calls a record, and the system that they come from."""
    values = top.table("records", '[records] with noun = "incident"')
    if values is None:
        return OFFENCE, ""
    table = top.inside(values, "[records] ")
    table.known(_RECORDS)
    noun, system = table.text("noun"), table.text("system")
    plural = table.text("plural", f"{noun}s")
    for key, word in (("noun", noun), ("plural", plural)):
        if (noun or key in values) and not _NOUN.fullmatch(word):
            table.fault(key, word, 'words in letters, as "stop and search record"')
    if "plural" in values and not noun:
        table.faults.append(f"{table.where}has a plural and no noun; say both")
    if len(system) > _LONGEST_SYSTEM or not system.isprintable():
        table.fault("system", _cut(system), f"one line of at most {_LONGEST_SYSTEM} characters")
    return (Noun(noun, plural) if noun else OFFENCE), system


def _form(table: _Table) -> Form:
    encoding = table.text("encoding")
    if encoding and not is_encoding(encoding):
        table.fault("encoding", encoding, '"utf-8", "windows-1252", "utf-16" or another that Python knows')
    delimiter = table.text("delimiter")
    if delimiter and not delimiter_sign(delimiter):
        table.fault("delimiter", delimiter, f"one sign, or {', '.join(DELIMITERS)}")
    dates = table.texts("dates", '["%d/%m/%Y"]')
    for shape in dates:
        if reads_days(shape) is None:
            table.fault(
                "dates",
                shape,
                "shapes with month and year, and the day where there is one, as strptime takes them: %d/%m/%Y",
            )
    return Form(
        header_row=table.number("header_row", 1_000, "the row number of the header, 1 or more"),
        group_row=table.number("group_row", 999, "the row number of the names of groups, above header_row"),
        encoding=encoding or None,
        delimiter=delimiter_sign(delimiter) or None,
        quotes=table.choice("quotes", ("double", "none")) if "quotes" in table.values else None,
        dates=dates or None,
        pad=table.number("pad", _LONGEST_PAD, f"how many figures a code has, 1 to {_LONGEST_PAD}"),
    )


def _file(table: _Table) -> FileLayout:
    table.known(_FILE)
    match = table.values.get("match", "*")
    patterns = (match,) if isinstance(match, str) and match else table.texts("match", '["crimes*"]')
    if not patterns:
        table.fault("match", match, 'the names of its files, as ["crimes*"]')
    offence = table.table("offence", "[file.offence] and its keys below it")
    texts = list(table.tables("text", "file.text"))
    persons = list(table.tables("person", "file.person"))
    if "offence" not in table.values and not table.values.get("text") and not table.values.get("person"):
        table.faults.append(
            f"{table.where}it has neither [file.offence] nor [[file.text]] nor [[file.person]], so a row would give "
            "nothing"
        )
    return FileLayout(
        match=patterns,
        offence=_offence(table.inside(offence, "offence: ")) if offence is not None else None,
        texts=tuple(_text(table.inside(text, "text: ")) for text in texts),
        persons=tuple(_person(table.inside(person, "person: ")) for person in persons),
        table=table.text("table"),
        form=_form(table),
    )


def _offence(table: _Table) -> OffencePart:
    extra = table.table("extra", "[file.offence.extra] and its keys below it") or {}
    table.known((*OFFENCE_COLUMNS, "extra"))
    columns = _columns(table, OFFENCE_COLUMNS, _OFFENCE_NEEDED)
    return OffencePart(columns, {name: _column(table, f"extra.{name}", extra[name]) for name in sorted(extra)})


def _person(table: _Table) -> PersonPart:
    extra = table.table("extra", "[file.person.extra] and its keys below it") or {}
    table.known((*PERSON_COLUMNS, "extra"))
    columns = _columns(table, PERSON_COLUMNS, _PERSON_NEEDED)
    further = {name: _column(table, f"extra.{name}", extra[name]) for name in sorted(extra)}
    for name, column in {**columns, **further}.items():
        if name in further and name in (*PERSON_COLUMNS, "ages"):
            table.faults.append(
                f"{table.where}extra.{name}: it is a column of every person; name it above, not in extra"
            )
        if any(_NAMING.search(said.replace("_", " ")) for said in ((name,) if name in further else ())) or any(
            name not in _PERSON_KEYS and _NAMING.search(header.replace("_", " ")) for header in column.headers
        ):
            table.faults.append(
                f"{table.where}{name}: names, dates of birth and what else says who a person is are never stored. "
                "Leave the column out, and export an age in years or a band"
            )
    return PersonPart(columns, further)


def _text(table: _Table) -> TextPart:
    table.known((*TEXT_COLUMNS, "format", "mend", "order", "join"))
    columns = _columns(table, TEXT_COLUMNS, _TEXT_NEEDED)
    return TextPart(
        columns,
        table.choice("format", ("plain", "html", "rtf")),
        table.choice("mend", ("", "mojibake")),
        _order(table, columns),
        table.choice("join", ("", " ", "\n")),
    )


def _order(table: _Table, columns: Mapping[str, Column]) -> Column | None:
    """The column that numbers the pieces of a text, which cannot be the one that tells its entries apart."""
    if "order" not in table.values:
        if "join" in table.values:
            table.faults.append(f"{table.where}join without order; name the column that numbers the pieces of a text")
        return None
    order = _column(table, "order", table.values["order"])
    if order.constant is not None or order.optional or order.split:
        table.fault("order", table.values["order"], 'the header of the column that numbers the pieces, as "line_no"')
    names = {header.strip().lower() for header in order.headers}
    for name in _KEYS_OF_TEXTS:
        if name in columns and names & {header.strip().lower() for header in columns[name].headers}:
            table.faults.append(
                f"{table.where}order and {name} name the same column, so that no two rows are pieces of one text; "
                + ("leave entry_no out" if name == "entry_no" else "name the column that numbers the pieces")
            )
    return order


_SIGNS = ("split", "first_of", "last_of")
_OF_COLUMN = {"optional", *_SIGNS}


def _columns(table: _Table, known: tuple[str, ...], needed: tuple[str, ...]) -> dict[str, Column]:
    for name in needed:
        if name not in table.values:
            table.faults.append(f"{table.where}it does not say where {name} comes from")
    columns = {name: _column(table, name, table.values[name]) for name in known if name in table.values}
    for name, column in columns.items():
        if name in (*_KEYS, "person_no") and column.constant is not None:
            table.faults.append(f"{table.where}{name} is a constant; name the column that tells the rows apart")
    return columns


def _column(table: _Table, name: str, spec: object) -> Column:
    match spec:
        case str() | list() if headers := _headers(spec):
            return Column(headers)
        case {"constant": str(constant), **others} if not others:
            return Column(constant=constant)
        case {"header": header, **others} if (headers := _headers(header)) and others.keys() <= _OF_COLUMN:
            optional = others.get("optional", False)
            signs = {key: sign for key in _SIGNS if isinstance(sign := others.get(key, ""), str)}
            if isinstance(optional, bool) and len(signs) == len(_SIGNS):
                if sum(map(bool, signs.values())) > 1:
                    table.faults.append(f"{table.where}{name} has more than one of {', '.join(_SIGNS)}; keep one")
                return Column(headers, None, optional, **signs)
    table.fault(
        name,
        spec,
        '"header", ["header", "other header"], { constant = "value" } or { header = "header", optional = true }',
    )
    return Column(optional=True)


def _headers(spec: object) -> tuple[str, ...]:
    """The column names of a text or a list of texts, none when it is neither."""
    names = [spec] if isinstance(spec, str) else spec
    if isinstance(names, list) and names and all(isinstance(name, str) and name.strip() for name in names):
        return tuple(names)
    return ()


def _shown(value: object) -> str:
    return _cut(repr(value))


def _cut(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:80]}…"
