"""Checks a bundle, wherever it came from: its hashes, what hides in it, what each file says, and the count itself."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from clearcount import __version__
from clearcount.disclosure import Policy
from clearcount.errors import BundleError, ClearcountError
from clearcount.matching import MATCHER_VERSION, UNICODE_VERSION
from clearcount.model.release import Force
from clearcount.store import Store, open_store
from clearcount.workflow.answering import answer_request
from clearcount.workflow.lettering import DIGEST, template_to_repeat
from clearcount.writers import bundle_files
from clearcount.writers.json_file import FORMAT
from clearcount.writers.printed import ROUND, PrintedTable, printed_tables
from clearcount.writers.readback import differences, expected, read_back, read_release
from clearcount.writers.scan import NOT_TO_BE_PARSED, scan
from clearcount.writers.svg import chart_of
from clearcount.writers.words import chart_words, read_words

_FACES = ("counts.csv", "response.html", "release.json")
"""Files without which a folder is no bundle."""
_LETTER = "response.docx"
_SHORTEST = 6
"""Characters below which a record's number is not told from an ordinary number."""


@dataclass(frozen=True)
class Check:
    """One thing that was checked: what it was, every fault found, and remarks that are no faults."""

    name: str
    faults: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verified:
    """What a bundle says of itself, and what checking it found."""

    reference: str
    version_date: str
    draft: bool
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether no check found a fault."""
        return not any(check.faults for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        """For a machine to read."""
        return {
            "ok": self.ok,
            "reference": self.reference,
            "version_date": self.version_date,
            "draft": self.draft,
            "checks": [
                {"name": check.name, "ok": not check.faults, "faults": check.faults, "remarks": check.remarks}
                for check in self.checks
            ],
        }


def verify(bundle: Path, *, store: Path | None = None, letter_template: Path | None = None) -> Verified:
    """Everything that is wrong with the bundle in the folder `bundle`; with a record store, counts again too.

    `letter_template` is the force's own, with which the letter is made again.

    Raises:
        BundleError: when the folder is not a bundle or a newer clearcount wrote it.
        TemplateError: when `letter_template` is not the one with which the letter was made.
        StoreError: when the store cannot be opened.
    """
    if not bundle.is_dir():
        raise BundleError(f"{bundle}: is not a folder; name the folder of a bundle")
    released = read_release(bundle)
    if released["format"] != FORMAT:
        raise BundleError(
            f"{bundle}: release.json has format {released['format']}, this clearcount reads {FORMAT}; "
            "verify it with the version that wrote it"
        )
    tables = _printed(released)
    template = template_to_repeat(_digests(released), letter_template)
    found = scan(bundle)
    unfit = {finding.file for finding in found if finding.kind in NOT_TO_BE_PARSED}
    checks = [
        Check("every file is the one that release.json lists", tuple(_hashes(bundle, released))),
        Check("nothing is hidden in a file", tuple(map(str, found))),
        Check("every file says what release.json says", tuple(_read_again(bundle, released, tables, unfit))),
        Check("no file says a word that release.json does not list", tuple(_said(bundle, released, tables, unfit))),
        Check("the printed tables are those a reader was promised", tuple(_promised(released, tables))),
    ]
    if store is not None:
        opened = open_store(store)
        checks.append(_count_again(bundle, released, tables, opened, template))
        checks.append(Check("no record's number stands in a file", tuple(_numbers(bundle, released, opened))))
    return Verified(
        str(released.get("reference", "")),
        str(released.get("version_date", "")),
        bool(released.get("draft")),
        tuple(checks),
    )


def _printed(released: Mapping[str, Any]) -> tuple[PrintedTable, ...]:
    printed = released.get("printed")
    if not isinstance(printed, list) or len(printed) < 2 or not all(isinstance(table, Mapping) for table in printed):
        raise BundleError("release.json: 'printed' does not hold the answer and its denominators")
    return tuple(PrintedTable.from_dict(table) for table in printed)


def _files(released: Mapping[str, Any]) -> Mapping[str, Any]:
    files = released.get("files")
    return files if isinstance(files, Mapping) else {}


def _hashes(bundle: Path, released: Mapping[str, Any]) -> Iterator[str]:
    listed = _files(released)
    present = {path.name: path for path in bundle.iterdir()}
    for name in _FACES:
        if name not in present:
            yield f"{name}: is missing; every bundle has one"
    for name, digest in listed.items():
        path = present.get(name)
        if path is None:
            yield f"{name!r}: is listed in release.json and is not in the folder"
        elif not path.is_file() or path.is_symlink():
            yield f"{name}: is not a plain file"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            yield f"{name}: was changed after release.json was written"
    for name in sorted(set(present) - set(listed) - {"release.json"}):
        yield f"{name}: is not listed in release.json"


def _read_again(
    bundle: Path, released: Mapping[str, Any], tables: Sequence[PrintedTable], unfit: Collection[str]
) -> Iterator[str]:
    force, reference = str(released.get("force", "")), str(released.get("reference", ""))
    for path in sorted(bundle.iterdir()):
        wanted = expected(path.name, tables, force=force, reference=reference) if path.is_file() else None
        if wanted is None:
            continue
        if path.name in unfit:
            yield f"{path.name}: was not read, because of what the scan found in it"
            continue
        try:
            yield from differences(path.name, read_back(path), wanted)
        except BundleError as error:
            yield str(error)


def _said(
    bundle: Path, released: Mapping[str, Any], tables: Sequence[PrintedTable], unfit: Collection[str]
) -> Iterator[str]:
    """Where a file prints words outside its tables that release.json does not list, or another chart than its cells.

    The place is named and the words are not: they may be what should never have been printed.
    """
    listed = released.get("words")
    if not isinstance(listed, list) or not listed:
        yield "release.json: lists no 'words', so those of the files cannot be told from others"
        return
    known = set(map(str, listed))
    drawn = chart_words(
        chart_of(tables[0], title=f"Chart: {released.get('title', '')}", draft=bool(released.get("draft")))
    )
    for path in sorted(bundle.iterdir()):
        if path.name in unfit or not path.is_file():
            continue
        try:
            lines = read_words(path)
            for place, text in enumerate(lines, start=1):
                if text not in known:
                    yield f"{path.name}: its line of words {place} of {len(lines)} is not listed in release.json"
            if path.suffix in (".html", ".svg") and chart_words(path.read_text(encoding="utf-8")) != drawn:
                yield f"{path.name}: its chart says something else than the cells of the answer"
        except (BundleError, ValueError) as error:
            yield str(error) if isinstance(error, BundleError) else f"{path.name}: cannot be read as text"


def _promised(released: Mapping[str, Any], tables: Sequence[PrintedTable]) -> Iterator[str]:
    """Where the printed tables and the tables as a reader knows them disagree, cell by cell."""
    known = released.get("tables")
    if not isinstance(known, list):
        yield "release.json: has no 'tables'"
        return
    by_name = {part.get("name"): part for part in known if isinstance(part, Mapping)}
    for name in sorted(map(str, set(by_name) - {table.name for table in tables})):
        yield f"release.json: 'tables' holds {name!r}, which is printed nowhere"
    for table in tables:
        if table.name not in by_name:
            yield f"release.json: 'tables' lacks the printed table {table.name!r}"
            continue
        try:
            cells = {tuple(map(str, at)): (_bound(low), _bound(high)) for at, low, high in by_name[table.name]["cells"]}
        except (KeyError, TypeError, ValueError):
            yield f"release.json: 'tables' has a cell of {table.name!r} that is not [coordinates, low, high]"
            continue
        yield from _cells(table, cells)


def _bound(value: Any) -> int | None:
    """A bound of a cell. Raises TypeError for what is neither a whole number nor null."""
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise TypeError
    return value


def _cells(table: PrintedTable, known: dict[tuple[str, ...], tuple[int | None, int | None]]) -> Iterator[str]:
    for line, row in zip(table.lines, table.cells, strict=True):
        for column, cell in zip(table.columns, row, strict=True):
            at = table.at(line, column)
            low, high = known.pop(at, (None, None))
            if cell.marker in ("c", "low"):
                agrees = low != high
            elif cell.marker == ROUND:
                agrees = (low or 0) <= int(cell.value) and (high is None or int(cell.value) <= high)
            elif cell.value:
                agrees = low == high == int(cell.value)
            elif cell.marker == "z":
                agrees = low == high == 0  # also where zeros are rounded: it is known to be none
            else:
                agrees = low is None and high is None
            if not agrees:
                yield f"release.json: 'printed' and 'tables' disagree in {table.name!r} at {' / '.join(at)}"
    rounded = any(cell.marker == ROUND for row in table.cells for cell in row)
    for at, (low, high) in known.items():
        if low != 0 or (
            high != 0 and not rounded
        ):  # a line or column left out because all of it is zero is known, and not printed
            yield f"release.json: 'tables' tells of {table.name!r} at {' / '.join(at)}, which is not printed"


def _digests(released: Mapping[str, Any]) -> Mapping[str, Any]:
    made = released.get("provenance")
    digests = made.get("digests") if isinstance(made, Mapping) else None
    return digests if isinstance(digests, Mapping) else {}


def _count_again(
    bundle: Path, released: Mapping[str, Any], tables: Sequence[PrintedTable], store: Store, template: bytes | None
) -> Check:
    """Counts the request of release.json again on the same snapshot and compares every cell, then every file.

    Without the letter template the letter is not made again, and what release.json says of it is left out.
    """
    name = "counted again, it comes out the same"
    made = released.get("provenance")
    if not isinstance(made, Mapping):
        return Check(name, ("release.json: has no provenance, so it cannot be counted again",))
    versions = {
        "clearcount": (made.get("clearcount_version"), __version__),
        "matcher": (made.get("matcher_version"), MATCHER_VERSION),
        "Unicode": (made.get("unicode_version"), UNICODE_VERSION),
    }
    remarks = [f"{part} was {old}, here it is {new}" for part, (old, new) in versions.items() if old != new]
    try:
        answer = answer_request(
            made.get("request", {}),
            store,
            policy=Policy.parse(made.get("policy", {})),
            force=_force(released),
            snapshot=made.get("snapshot"),
            ledger=False,
            accepted=_accepted_apart(released, made.get("request", {})),
            letter_template=template or b"",
        )
    except (ClearcountError, TypeError, ValueError, AttributeError, KeyError) as error:
        why = (
            str(error)
            if isinstance(error, ClearcountError)
            else "release.json does not hold a request that can be read"
        )
        return Check(name, (f"it cannot be counted again: {why}",), tuple(remarks))
    again = {table.name: table for table in printed_tables(answer.release)}
    faults = [fault for table in tables if table.name in again for fault in _recounted(table, again[table.name])]
    remarks += [
        f"the table {table.name!r} rests on more than request and records, and was not counted again"
        for table in tables
        if table.name not in again
    ]
    if not faults and len(again) == len(tables):
        files = bundle_files(answer.release)
        other = [name for name in files if (bundle / name).is_file() and (bundle / name).read_bytes() != files[name]]
        if template is None:
            remarks.append(f"{_LETTER}: not made again; name the force's template of it with --letter-template")
            same = _but_the_letter(released) == _but_the_letter(json.loads(files["release.json"]))
            other = [name for name in other if name not in (_LETTER, "release.json" if same else "")]
        said = [f"{name}: made again it has other bytes; its cells are the same" for name in other]
        codes = (made.get("codes_version"), answer.release.provenance.codes_version)
        # A ledger of earlier answers moves what is hidden, and an earlier bundle is not here to be named again.
        plain = answer.release.provenance.policy["rule"] == "none" and not released.get("supersedes")
        if plain and all(old == new for old, new in (*versions.values(), codes)):
            faults += said
        else:
            remarks += said
    return Check(name, tuple(faults), tuple(remarks))


def _but_the_letter(released: Mapping[str, Any]) -> dict[str, Any]:
    """A release.json without what it says of the letter."""
    made = {**released["provenance"], "digests": {k: v for k, v in _digests(released).items() if k != DIGEST}}
    files = {name: digest for name, digest in _files(released).items() if name != _LETTER}
    return {**released, "provenance": made, "files": files, "words": ()}


def _recounted(table: PrintedTable, again: PrintedTable) -> Iterator[str]:
    if [line.key for line in table.lines] != [line.key for line in again.lines] or [
        column.period for column in table.columns
    ] != [column.period for column in again.columns]:
        yield f"table {table.name!r}: counted again it has other lines or columns"
        return
    for line, row, other in zip(table.lines, table.cells, again.cells, strict=True):
        for column, cell, new in zip(table.columns, row, other, strict=True):
            hidden = {"c", "low"} & {cell.marker, new.marker}  # which cells are hidden also depends on the ledger
            if cell != new and not hidden:
                yield f"table {table.name!r} at {line.key} / {column.period}: counted again it differs"


def _accepted_apart(released: Mapping[str, Any], request: Mapping[str, Any]) -> dict[str, str]:
    """The doubts accepted on the command line: those of the bundle that its request does not accept itself."""
    own = {str(entry.get("doubt")) for entry in request.get("accepted", [])}
    return {str(doubt): str(reason) for doubt, reason in released.get("accepted", []) if str(doubt) not in own}


def _force(released: Mapping[str, Any]) -> Force:
    """Who answered, as release.json says; what is no text there is left out."""
    answered = released.get("answered_by")
    if not isinstance(answered, Mapping):
        return Force()
    contact = answered.get("contact")
    known = {field.name for field in fields(Force)} - {"contact"}
    return Force(
        **{key: value for key, value in answered.items() if key in known and isinstance(value, str)},
        contact={str(k): str(v) for k, v in contact.items()} if isinstance(contact, Mapping) else {},
    )


def _numbers(bundle: Path, released: Mapping[str, Any], store: Store) -> Iterator[str]:
    """Files in which an occurrence or crime number of the store stands as a word of its own."""
    made = released.get("provenance")
    number = made.get("snapshot") if isinstance(made, Mapping) else None
    offences = store.offences(store.snapshot(number if isinstance(number, int) else None))
    told = {str(value) for column in ("occurrence_no", "crime_no") for value in offences[column].to_pylist() if value}
    told = {value for value in told if len(value) >= _SHORTEST and any(letter.isdigit() for letter in value)}
    for path in sorted(path for path in bundle.iterdir() if path.is_file()):
        words = set(re.split(r"[\s\"'<>(){}\[\],;|=]+", path.read_bytes().decode("utf-8", "replace")))
        if told & words:
            yield f"{path.name}: holds the number of a record in the store"
