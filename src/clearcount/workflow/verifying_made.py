"""Writes every file of a bundle again from its release.json and compares."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from clearcount import __version__
from clearcount.errors import BundleError
from clearcount.workflow.verifying_check import Check, Given, checked, mapping, shown_name
from clearcount.workflow.verifying_release import codes_unprinted, release_faults, texts
from clearcount.writers.alike import strangers
from clearcount.writers.bundle import names_of, printed_file
from clearcount.writers.printed import plain
from clearcount.writers.printed_release import PrintedRelease
from clearcount.writers.remade import places
from clearcount.writers.words import read_words

LETTER = "response.docx"


def made_again(given: Given, template: bytes | None) -> Check:
    """Return the check that every file, release.json too, is what this clearcount writes from release.json.

    `template` is the letter's, empty for the packaged one, None when it is not here. A letter whose template is not
    here, and every file of another version, is compared by what clearcount can write at all.
    """
    version = str(mapping(given.released.get("provenance")).get("clearcount_version"))
    same = version == __version__
    remarks = []
    if not same:
        remarks.append("another version of clearcount wrote it, so that no file is compared byte for byte")
    if template is None:
        remarks.append(f"{LETTER}: is compared by kind; name the force's template of it with --letter-template")
    if codes := codes_unprinted(given.released):
        remarks.append(
            f"release.json: {len(codes)} codes of its tables document are printed on no page; only a check with the "
            "store says whether they are its codes"
        )
    name = "every file can be written again from release.json"
    return checked(name, _faults(given, template, same_version=same), remarks)


def _faults(given: Given, template: bytes | None, *, same_version: bool) -> Iterator[str]:
    try:
        printed = PrintedRelease.from_dict(given.released, letter_template=template or b"")
    except BundleError as error:
        yield str(error)
        return
    made: dict[str, bytes] = {}
    names = names_of(printed)
    for name in names:
        try:
            made[name] = printed_file(name, printed)
        except Exception as error:
            yield f"{name}: cannot be written again from release.json ({type(error).__name__})"
    known = frozenset(map(plain, texts(given.released)))
    for name, path in given.files.items():
        if name not in made or name in given.unfit:
            continue
        exact = same_version and (name != LETTER or template is not None)
        found = path.read_bytes()
        if exact:
            yield from places(name, found, made[name])
        else:
            yield from strangers(name, found, made[name], known, numbers=template is None and name == LETTER)
    for name in sorted(set(given.files) - set(names) - {"release.json"}):
        yield f"{shown_name(name)}: is no file that clearcount writes"
    for name in sorted(set(names) - set(given.files)):
        yield f"{name}: is missing"
    if set(made) == set(names):
        yield from release_faults(
            given.files["release.json"].read_bytes(),
            given.released,
            printed,
            {**made, LETTER: _letter(given)} if template is None else made,
            said=None if same_version else _lines(given),
        )


def _letter(given: Given) -> bytes:
    """The bundle's own letter, where its template is not here to make it again: release.json lists what it prints."""
    return given.files[LETTER].read_bytes() if LETTER in given.files and LETTER not in given.unfit else b""


def _lines(given: Given) -> frozenset[str]:
    """Every line of words that a file of the bundle prints."""
    found: set[str] = set()
    for name, path in given.files.items():
        if name not in given.unfit:
            with suppress(BundleError):
                found.update(read_words(path))
    return frozenset(found)
