"""Counts the request of a release again on the records it came from, and looks for their numbers in its files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

from clearcount import __version__
from clearcount.disclosure import Policy
from clearcount.errors import ClearcountError, ForeignFileError, RequestError, StoreError
from clearcount.foreign import open_package
from clearcount.matching import MATCHER_VERSION, UNICODE_VERSION
from clearcount.model.release import Release
from clearcount.workflow.answering import answer_request
from clearcount.workflow.inputs import Inputs
from clearcount.workflow.lettering import DIGEST
from clearcount.workflow.stores import NamedStore
from clearcount.workflow.verifying_check import Check, Given, digests, mapping, shown_name
from clearcount.workflow.verifying_release import codes_in, codes_unprinted
from clearcount.writers import bundle_files
from clearcount.writers.printed import PrintedTable, printed_tables
from clearcount.writers.printed_release import PrintedStatement, force_of
from clearcount.writers.remade import PACKAGES
from clearcount.writers.scan import is_plain

LETTER = "response.docx"
_SHORTEST = 6
"""Characters below which a record's number is not told from an ordinary number."""


def count_again(given: Given, stores: Sequence[NamedStore], template: bytes | None) -> Check:
    """Count the request of release.json again on the same snapshots and compare every cell, then every file.

    Without the letter template the letter is not made again, and what release.json says of it is left out.
    """
    name = "counted again, it comes out the same"
    bundle, released, tables = given.folder, given.released, given.tables
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
            Inputs(
                made.get("request", {}),
                as_counted(made, stores),
                policy=Policy.parse(made.get("policy", {})),
                force=force_of(mapping(released.get("answered_by"))),
                ledger=False,
                accepted=accepted_apart(released),
                letter_template=template or b"",
                made_on=date.fromisoformat(str(released.get("version_date"))),
            )
        )
    except (ClearcountError, TypeError, ValueError, AttributeError, KeyError) as error:
        # A message about a request or a policy repeats what stands there, and that may be what must not be repeated.
        readable = isinstance(error, ClearcountError) and not isinstance(error, RequestError)
        why = str(error) if readable else "release.json does not hold a request that can be read"
        return Check(name, (f"it cannot be counted again: {why}",), tuple(remarks))
    again = {table.name: table for table in printed_tables(answer.release)}
    if any(table.name == "confirmed" for table in tables):  # decisions are not in a bundle: their lines stay as printed
        said_by_readers = {"state", *(fact.name for fact in answer.counted.request.facts)}
        again = {n: table for n, table in again.items() if said_by_readers.isdisjoint(table.all_dimensions)}
    faults = [fault for table in tables if table.name in again for fault in _recounted(table, again[table.name])]
    faults += _restated(released, answer.release)
    if strange := codes_unprinted(released) - codes_in(answer.release.document):
        faults.append(f"release.json: the tables document names {len(strange)} codes that the store does not hold")
    remarks += [
        f"the table {table.name!r} rests on more than request and records, and was not counted again"
        for table in tables
        if table.name not in again
    ]
    if not faults and len(again) == len(tables):
        files = bundle_files(answer.release)
        other = [name for name in files if is_plain(bundle / name) and (bundle / name).read_bytes() != files[name]]
        if template is None:
            remarks.append(f"{LETTER}: not made again; name the force's template of it with --letter-template")
            same = _but_the_letter(released) == _but_the_letter(json.loads(files["release.json"]))
            other = [name for name in other if name not in (LETTER, "release.json" if same else "")]
        said = [f"{name}: made again it has other bytes; its cells are the same" for name in other]
        codes = (made.get("codes_version"), answer.release.provenance.codes_version)
        # A ledger of earlier answers moves what is hidden and is named, and an earlier bundle is not here to be named.
        alone = not released.get("supersedes") and not mapping(released.get("disclosure")).get("ledger")
        plain = alone and answer.release.provenance.policy["rule"] == "none"
        if plain and all(old == new for old, new in (*versions.values(), codes)):
            faults += said
        else:
            remarks += said
    return Check(name, tuple(faults), tuple(remarks))


def _but_the_letter(released: Mapping[str, object]) -> dict[str, object]:
    """A release.json without what it says of the letter."""
    made = {**mapping(released["provenance"]), "digests": {k: v for k, v in digests(released).items() if k != DIGEST}}
    files = {name: digest for name, digest in mapping(released.get("files")).items() if name != LETTER}
    rest = {key: value for key, value in released.items() if key not in ("words", "letter_names")}
    return {**rest, "provenance": made, "files": files}


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


def _restated(released: Mapping[str, object], again: Release) -> Iterator[str]:
    """Lines of the account that are other numbers when they are counted again; what either hides is not compared."""
    new = {(each.name, line.key): line.shown for each in again.statements for line in each.lines}
    try:
        printed = [PrintedStatement.from_dict(each) for each in _objects(released.get("statements", ()))]
    except (KeyError, TypeError, ValueError, AttributeError):
        yield "release.json: 'statements' does not hold lines as clearcount prints them"
        return
    for each in printed:
        for line in each.lines:
            other = new.get((each.name, line.key), "")
            if line.shown != other and "[" not in (line.shown[:1], other[:1]):
                yield f"the line {line.key!r} of {each.name!r}: counted again it differs"


def as_counted(made: Mapping[str, object], stores: Sequence[NamedStore]) -> tuple[NamedStore, ...]:
    """Return the stores with the snapshots on which the answer of a provenance was counted.

    Raises:
        StoreError: when they are other stores than the answer names.
    """
    numbers = _snapshots(made)
    names = [store.name for store in stores]
    if len(stores) < 2 and not numbers:
        return tuple(replace(store, number=_number(made.get("snapshot"))) for store in stores)
    if sorted(names) != sorted(numbers):
        wanted = " ".join(f"--store {name}=DIR" for name in numbers) or "--store DIR"
        raise StoreError(f"the answer counts in other stores; name those it was counted in: {wanted}")
    return tuple(replace(store, number=numbers[store.name]) for store in stores)


def _snapshots(made: Mapping[str, object]) -> dict[str, int | None]:
    """The snapshot of each of several stores that a provenance names; nothing where there is one."""
    return {str(each.get("name")): _number(each.get("snapshot")) for each in _objects(made.get("stores", []))}


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _objects(value: object) -> list[Mapping[str, object]]:
    """The value, which is a list of JSON objects. Raises TypeError for anything else."""
    if not isinstance(value, list | tuple) or not all(isinstance(each, Mapping) for each in value):
        raise TypeError("no list of objects")
    return list(value)


def accepted_apart(released: Mapping[str, object]) -> dict[str, str]:
    """Return the doubts accepted on the command line: those of the bundle that its request does not accept itself."""
    request = mapping(mapping(released.get("provenance")).get("request"))
    own = {str(entry.get("doubt")) for entry in _objects(request.get("accepted", []))}
    pairs = released.get("accepted", [])
    if not isinstance(pairs, list):
        raise TypeError("accepted")
    return {str(doubt): str(reason) for doubt, reason in pairs if str(doubt) not in own}


def record_numbers(bundle: Path, released: Mapping[str, object], stores: Sequence[NamedStore]) -> Iterator[str]:
    """Yield files in which an occurrence or crime number of a store stands as a word of its own."""
    told: set[str] = set()
    made = mapping(released.get("provenance"))
    numbers = _snapshots(made)
    for each in stores:
        number = numbers.get(each.name) if numbers else _number(made.get("snapshot"))
        offences = each.store.offences(each.store.snapshot(number))
        for column in ("occurrence_no", "crime_no"):
            told.update(str(value) for value in offences[column].to_pylist() if value)
    told = {value for value in told if len(value) >= _SHORTEST and any(letter.isdigit() for letter in value)}
    for path in sorted(filter(is_plain, bundle.iterdir())):
        words = {word for text in _unpacked(path) for word in re.split(r"[\s\"'<>(){}\[\],;|=]+", text)}
        if told & words:
            yield f"{shown_name(path.name)}: holds the number of a record in the store"


def _unpacked(path: Path) -> Iterator[str]:
    """The text of a file as it lies there, and of each part of a package, whose bytes may be packed."""
    content = path.read_bytes()
    yield content.decode("utf-8", "replace")
    if path.suffix in PACKAGES:
        with suppress(ForeignFileError), open_package(content, path.name) as package:
            yield from (package.read(part).decode("utf-8", "replace") for part in package.members)
