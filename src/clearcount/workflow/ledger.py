"""The ledger as counts read it: everything that left, outside tables, and what a count keeps for its publication."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from clearcount.disclosure.document_json import document_json, parse_document
from clearcount.disclosure.judging import judge
from clearcount.disclosure.records import Earlier, Records
from clearcount.disclosure.stores import document_of
from clearcount.disclosure.ties import beside
from clearcount.errors import BundleError
from clearcount.store import open_store
from clearcount.store.ledger import Ledger, LedgerEntry
from clearcount.workflow.protecting import ReadingRule, ledger_files, read_document

_THRESHOLD = 5
"""Below this a count is small where no policy says it: outside tables have none."""
_DOCUMENT_KEYS = ("dimensions", "tables", "known_zero", "links", "rounded")


def document_in(released: Mapping[str, object]) -> dict[str, object]:
    """Return the tables document in a release.json."""
    return {key: released[key] for key in _DOCUMENT_KEYS if key in released}


def document_name(document: Mapping[str, object]) -> str:
    """Return the name under which the records of a release wait for its publication: the digest of its document."""
    given = {key: document[key] for key in _DOCUMENT_KEYS if key in document}
    text = json.dumps(given, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def known_before(store: Path, *, replaced: Mapping[str, object] | None = None, name: str = "") -> tuple[Earlier, ...]:
    """Return everything that left the store, and with it the document of a bundle that a new version replaces.

    Whoever got the replaced version still has it, whether the ledger holds it or not. `name` is what an answer over
    several stores calls this one: the ledger holds its part of the answer.

    Raises:
        StoreError: the ledger is damaged.
    """
    ledger = Ledger(store)
    entries = () if ledger.is_missing else ledger.entries()
    found = [Earlier.of(entry.document, entry.records) for entry in entries]
    if replaced is not None:
        whole = document_in(replaced)
        document = document_of(whole, name)
        if not any(document_name(entry.document) == document_name(document) for entry in entries):
            kept = ledger.kept(document_name(whole))
            found.append(Earlier.of(document, kept[0] if kept and kept[1].get("tied") else None))
    return tuple(found)


def keep_records(store: Path, document: Mapping[str, object], records: Records | None, small: Sequence[object]) -> None:
    """Keep what publishing needs to know of a count: its records, and the places of its small counts.

    Raises:
        StoreError: the store cannot be written.
    """
    nothing = Records.nothing()
    notes = {"tied": records is not None, "small": list(small)}
    Ledger(store).keep(document_name(document), records or nothing, notes)


def add(store: Path, file: Path, rule: ReadingRule | None = None) -> LedgerEntry:
    """Add a table that somebody else printed, or an older answer: JSON, release.json, a bundle's folder, or CSV.

    Raises:
        ClearcountError: it cannot be read, it is in the ledger already, or the ledger cannot be written.
    """
    open_store(store)
    place = file / "release.json" if file.is_dir() else file
    document = document_json(parse_document(read_document(place, rule)))
    ledger = Ledger(store)
    with ledger.locked():
        if known := _same(ledger.entries(), document):
            raise BundleError(f"{file}: is entry {known.number} of the ledger already")
        return ledger.append(LedgerEntry("outside", file.name, document))


def adopt(store: Path, folder: Path) -> int:
    """Read a policy's folder of published tables into the ledger once; return how many were new.

    Raises:
        ClearcountError: the folder or a file cannot be read, or the ledger cannot be written.
    """
    ledger, new = Ledger(store), 0
    files = ledger_files(folder)
    if not files:
        return 0
    with ledger.locked():
        for file in files:
            document = document_json(parse_document(read_document(file)))
            name = file.parent.name if file.name == "release.json" else file.name
            if _same(ledger.entries(), document) is None:
                ledger.append(LedgerEntry("outside", name, document))
                new += 1
    return new


def _same(entries: Sequence[LedgerEntry], document: Mapping[str, object]) -> LedgerEntry | None:
    name = document_name(document)
    return next((entry for entry in entries if document_name(entry.document) == name), None)


def entries(store: Path) -> tuple[LedgerEntry, ...]:
    """Return the ledger of a store, each entry held against its seal.

    Raises:
        StoreError: the store or an entry is missing or damaged.
    """
    open_store(store)
    return Ledger(store).entries()


def check_ledger(store: Path) -> tuple[str, ...]:
    """Return what a reader of everything in the ledger can work out, a sentence a figure; nothing when all is well.

    Raises:
        StoreError: an entry is missing or damaged.
    """
    found: list[str] = []
    known = entries(store)
    for number, entry in enumerate(known):
        before = [Earlier.of(each.document, each.records) for each in known[:number]]
        document = Earlier.of(entry.document).document
        judged = judge(document, beside(before, entry.records), _THRESHOLD)
        found += [f"entry {entry.number} gives a small count away: {each}" for each in judged.learnt]
    return tuple(found)
