"""Checks a bundle, wherever it came from: its hashes, what hides in it, what each file says, and the count itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clearcount.errors import BundleError
from clearcount.workflow.lettering import template_to_repeat
from clearcount.workflow.stores import StorePlace, opened
from clearcount.workflow.verifying_again import count_again, record_numbers
from clearcount.workflow.verifying_check import Check, Given, checked, digests, mapping, shown_name
from clearcount.workflow.verifying_made import made_again
from clearcount.workflow.verifying_promised import promised
from clearcount.writers.bundle import BUNDLE
from clearcount.writers.json_file import FORMAT
from clearcount.writers.printed import PrintedTable
from clearcount.writers.readback import differences, expected, read_back, read_release
from clearcount.writers.scan import NOT_TO_BE_PARSED, is_plain, scan
from clearcount.writers.svg import chart_of, page_chart
from clearcount.writers.words import chart_words, read_words

_FACES = ("counts.csv", "response.html", "release.json")
"""Files without which a folder is no bundle."""


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

    def as_dict(self) -> dict[str, object]:
        """Return plain values for a machine."""
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


def verify(bundle: Path, *, stores: Sequence[StorePlace] = (), letter_template: Path | None = None) -> Verified:
    """Return everything that is wrong with the bundle in the folder `bundle`; with its record stores, count again too.

    `letter_template` is the force's own, with which the letter is made again.

    Raises:
        BundleError: when the folder is not a bundle or a newer clearcount wrote it.
        TemplateError: when `letter_template` is not the one with which the letter was made.
        StoreError: when a store cannot be opened.
    """
    if not bundle.is_dir():
        raise BundleError(f"{bundle}: is not a folder; name the folder of a bundle")
    released = read_release(bundle)
    if released["format"] != FORMAT:
        raise BundleError(
            f"{bundle}: release.json has format {released['format']}, this clearcount reads {FORMAT}; "
            "verify it with the version that wrote it"
        )
    tables = printed_in(released)
    template = template_to_repeat(digests(released), letter_template)
    found = scan(bundle)
    unfit = {finding.file for finding in found if finding.kind in NOT_TO_BE_PARSED}
    files = {path.name: path for path in sorted(bundle.iterdir()) if is_plain(path)}
    given = Given(bundle, released, tables, files, frozenset(unfit))
    checks = [
        checked("every file is the one that release.json lists", _hashes(given)),
        checked("nothing is hidden in a file", map(str, found)),
        checked("every file says what release.json says", _read_again(given)),
        checked("no file says a word that release.json does not list", _said(given)),
        checked("the printed tables are those a reader was promised", promised(released, tables)),
        made_again(given, template),
    ]
    if stores:
        records = opened(stores)
        checks.append(count_again(given, records, template))
        checks.append(checked("no record's number stands in a file", record_numbers(bundle, released, records)))
    return Verified(
        str(released.get("reference", "")),
        str(released.get("version_date", "")),
        bool(released.get("draft")),
        tuple(checks),
    )


def printed_in(released: Mapping[str, object]) -> tuple[PrintedTable, ...]:
    """Return the printed tables of a release.json. Raises BundleError when there are none."""
    printed = released.get("printed")
    if not isinstance(printed, list) or not printed or not all(isinstance(table, Mapping) for table in printed):
        raise BundleError("release.json: 'printed' does not hold the answer")
    return tuple(PrintedTable.from_dict(table) for table in printed)


def _hashes(given: Given) -> Iterator[str]:
    listed = mapping(given.released.get("files"))
    present = {path.name for path in given.folder.iterdir()}
    for name in _FACES:
        if name not in present:
            yield f"{name}: is missing; every bundle has one"
    for name, digest in listed.items():
        if name not in present:
            what = repr(name) if name in BUNDLE else "a file that no bundle has"
            yield f"{what}: is listed in release.json and is not in the folder"
        elif name not in given.files:
            yield f"{shown_name(name)}: is not a plain file"
        elif hashlib.sha256(given.files[name].read_bytes()).hexdigest() != digest:
            yield f"{shown_name(name)}: was changed after release.json was written"
    for name in sorted(present - set(listed) - {"release.json"}):
        yield f"{shown_name(name)}: is not listed in release.json"
    for name in sorted(present & set(listed) - set(BUNDLE)):
        yield f"{shown_name(name)}: is no file that a bundle has"


def _read_again(given: Given) -> Iterator[str]:
    force, reference = str(given.released.get("force", "")), str(given.released.get("reference", ""))
    for name, path in given.files.items():
        wanted = expected(name, given.tables, force=force, reference=reference)
        if wanted is None:
            continue
        if name in given.unfit:
            yield f"{name}: was not read, because of what the scan found in it"
            continue
        try:
            yield from differences(name, read_back(path), wanted)
        except BundleError as error:
            yield str(error)


def _said(given: Given) -> Iterator[str]:
    """Where a file prints words outside its tables that release.json does not list, or another chart than its cells.

    The place is named and the words are not: they may be what should never have been printed.
    """
    listed = given.released.get("words")
    if not isinstance(listed, list) or not listed:
        yield "release.json: lists no 'words', so those of the files cannot be told from others"
        return
    known = set(map(str, listed))
    title, draft = str(given.released.get("title", "")), bool(given.released.get("draft"))
    drawn = {
        ".html": chart_words(page_chart(given.tables[0], title, draft=draft)),
        ".svg": chart_words(chart_of(given.tables[0], title=f"Chart: {title}", draft=draft)),
    }
    for name, path in given.files.items():
        if name in given.unfit:
            continue
        try:
            lines = read_words(path)
            for place, text in enumerate(lines, start=1):
                if text not in known:
                    yield f"{shown_name(name)}: its line of words {place} of {len(lines)} is not listed in release.json"
            if path.suffix in drawn and chart_words(path.read_text(encoding="utf-8")) != drawn[path.suffix]:
                yield f"{shown_name(name)}: its chart says something else than the cells of the answer"
        except (BundleError, ValueError) as error:
            yield str(error) if isinstance(error, BundleError) else f"{shown_name(name)}: cannot be read as text"
