"""Checks that release.json holds a release and nothing else: each key, each value and each word has its reason.

What the files print is written again from it and compared. The rest is the tables as a reader knows them, the record of
disclosure control, request and policy. It may hold known keys, numbers, digests, and words that are printed. A place is
named by the keys that a release has; what stands there is not repeated.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields
from functools import cache
from types import CodeType, FunctionType
from zoneinfo import available_timezones

from clearcount.disclosure import Policy
from clearcount.disclosure.control import RECORD_KEYS
from clearcount.disclosure.document_json import document_json, parse_document
from clearcount.disclosure.linked import OFFENCE
from clearcount.errors import DisclosureError
from clearcount.model.release import Force
from clearcount.model.request import CountRequest, FaultyRequest
from clearcount.model.request_reader import parse_request
from clearcount.writers.json_file import manifest
from clearcount.writers.json_text import as_text
from clearcount.writers.printed import ReleaseJson, plain, release_json
from clearcount.writers.printed_release import PrintedRelease
from clearcount.writers.release_keys import DOCUMENT_KEYS

_WORD = re.compile(r"[^\W_]+")
_NO_WORD = re.compile(r"[a-z]{0,2}\d+|[0-9a-f]{8,64}")
_ROOMS = ("clearcount.disclosure.", "clearcount.model.")
"""The rooms whose code names what stands in a tables document: `sum of lines`, `only A & B`, `2 or more`."""
_HEX = re.compile(r"[0-9a-f]{64}")
_DIGESTS = frozenset(("decisions", "letter_template"))
_IDENTITY = re.compile(r"[\w/.+:-]{1,120}")
_FEWER = "more or fewer entries"


def release_faults(
    content: bytes,
    released: Mapping[str, object],
    printed: PrintedRelease,
    files: Mapping[str, bytes],
    *,
    said: Collection[str] | None,
) -> Iterator[str]:
    """Yield what release.json holds beside a release, one sentence a place.

    `files` are those written again from it. `said` are the lines that the bundle's files print where another version
    wrote them, whose sentences may be others. It is None for this version.
    """
    document = {key: released[key] for key in ("disclosure", *DOCUMENT_KEYS) if key in released}
    made = dict(release_json(manifest(printed, document, files)))
    listed = released.get("files")
    if isinstance(listed, Mapping) and all(_HEX.fullmatch(str(digest)) for digest in listed.values()):
        # A file whose digest differs is named by two other checks; here only the names count.
        made["files"] = {name: listed.get(name, digest) for name, digest in made["files"].items()}
    words = released.get("words")
    if said is not None and isinstance(words, list) and {*map(str, words)} <= {*made["words"], *said}:
        made["words"] = words
    found = list(_differences(released, made, ""))
    if said is not None:
        found = [fault for fault in found if not fault.endswith(" is missing")]
        found += _unprinted(printed, "\n".join(said))
    if not found and as_text(released if said is not None else made) != content:
        found = ["is written otherwise than clearcount writes it (spaces, order or escapes)"]
    yield from (f"release.json: {fault}" for fault in found)
    known = _known_words(printed, made["words"])
    known |= {word for code in codes_unprinted(released) for word in _words(code)}
    yield from (f"release.json: {fault}" for fault in _force(printed, made["words"]))
    yield from (f"release.json: {fault}" for fault in _tables(released, known))
    yield from (f"release.json: {fault}" for fault in _record(released.get("disclosure"), printed, known))
    yield from (f"release.json: {fault}" for fault in _provenance(printed, made["words"]))


def codes_unprinted(released: ReleaseJson) -> frozenset[str]:
    """Return the codes in the tables document that no page prints, where a part takes its codes by a selection.

    A page names such a selection and how many codes it holds. Whether they are codes of the store, only the store says.
    """
    try:
        if not parse_request(released["provenance"]["request"], own_codes=True).is_wide:
            return frozenset()
        return codes_in(released) - {line for table in released["printed"] for line in texts(table)}
    except (FaultyRequest, TypeError, ValueError, AttributeError, KeyError):
        return frozenset()  # what is no release is told of where it is read


def codes_in(document: ReleaseJson) -> frozenset[str]:
    """Return every code that a tables document names as a leaf."""
    axes = [document.get("dimensions"), *(table.get("leaves") for table in document.get("tables", ()))]
    found = [axis.get(OFFENCE, ()) for axis in axes if isinstance(axis, Mapping)]
    lists = [each.get("leaves", ()) if isinstance(each, Mapping) else each for each in found]
    return frozenset(code for each in lists if isinstance(each, list | tuple) for code in each if isinstance(code, str))


def _differences(given: object, made: object, path: str) -> Iterator[str]:
    """Where two values of JSON differ, named by the keys of `made`."""
    where = path or "the top"
    if isinstance(given, Mapping) and isinstance(made, Mapping):
        if set(given) - set(made):
            yield f"a key that a release does not have stands under {where}"
        for key, part in made.items():
            below = f"{path}.{key}" if path else str(key)
            if key not in given:
                yield f"{below} is missing"
            else:
                yield from _differences(given[key], part, below)
    elif isinstance(given, list) and isinstance(made, list):
        if len(given) != len(made):
            yield f"{where} holds {_FEWER} than follow from the rest"
            return
        for place, (one, other) in enumerate(zip(given, made, strict=True), start=1):
            yield from _differences(one, other, f"{path}[{place}]")
    elif type(given) is not type(made) or given != made:
        yield f"{where} is not what follows from the rest"


def _unprinted(printed: PrintedRelease, said: str) -> Iterator[str]:
    """What the files should print by release.json, and none does. In a bundle of this version they would differ."""
    values = release_json(printed.as_dict())
    tables = [[table["title"], table["unit"]] for table in values["printed"]]
    for name, part in {
        "prose": values["prose"],
        "answered_by": values["answered_by"]["contact"],
        "printed": tables,
    }.items():
        if any(plain(text) not in said for text in _values(part)):
            yield f"{name} holds words that no file prints"


def _values(value: object) -> Iterator[str]:
    """Every text in a value of JSON but its keys."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _values(part)


def _known_words(printed: PrintedRelease, lines: Iterable[str]) -> frozenset[str]:
    """Every word that a page of the answer prints, or that request and policy are made of."""
    said = (*lines, *texts(printed.as_dict()))
    return _words_of_the_rooms() | {word for text in said for word in _words(text)}


@cache
def _words_of_the_rooms() -> frozenset[str]:
    """Every word in a text constant of the code that draws up tables documents.

    Its names for totals and populations are part of that code, and a list kept here beside it would fall behind.
    """
    modules = [module for name, module in sys.modules.items() if name.startswith(_ROOMS)]
    values = [value for module in modules for key, value in vars(module).items() if not key.startswith("__")]
    members = [member for value in values if isinstance(value, type) for member in vars(value).values()]
    plain_functions = [getattr(value, "fget", value) for value in (*values, *members)]
    codes = [value.__code__ for value in plain_functions if isinstance(value, FunctionType)]
    constants = [*values, *(constant for code in codes for constant in _constants(code))]
    return frozenset(word for text in texts(constants) for word in _words(text))


def _constants(code: CodeType) -> Iterator[object]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _constants(constant)
        else:
            yield constant


def texts(value: object) -> Iterator[str]:
    """Yield every text in a value of JSON, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield str(key)
            yield from texts(part)
    elif isinstance(value, list | tuple | frozenset):
        for part in value:
            yield from texts(part)


def _words(text: str) -> Iterator[str]:
    for word in _WORD.findall(text.casefold()):
        if not _NO_WORD.fullmatch(word):
            yield word


def _strange(value: object, known: Collection[str]) -> bool:
    """Whether a value of JSON holds a word that is not known."""
    return any(word not in known for text in texts(value) for word in _words(text))


def _force(printed: PrintedRelease, lines: Iterable[str]) -> Iterator[str]:
    """What is said of the force and printed nowhere."""
    said, usual = "\n".join(lines), Force()
    for each in fields(Force):
        value = getattr(printed.force, each.name)
        if each.name == "contact" or value in ("", getattr(usual, each.name)) or plain(value) in said:
            continue
        if each.name != "time_zone" or value not in available_timezones():
            yield f"answered_by.{each.name} is printed nowhere"
    if any(not _IDENTITY.fullmatch(doubt) for doubt, _ in printed.accepted):
        yield "accepted names something that is no doubt"


def _tables(released: Mapping[str, object], known: Collection[str]) -> Iterator[str]:
    """What the tables document holds beside tables."""
    document = {key: released[key] for key in DOCUMENT_KEYS if key in released}
    try:
        read = document_json(parse_document(document))
    except (DisclosureError, KeyError, TypeError, ValueError, AttributeError):
        yield "dimensions, tables, known_zero and links are no tables that a reader could draw up"
        return
    for key, part in document.items():
        if _strange(part, known):
            yield f"{key} holds a word that is printed nowhere"
        if _further_keys(part, read.get(key)):
            yield f"{key} holds a key that a release does not have"


def _further_keys(given: object, read: object) -> bool:
    """Whether an object of `given` has a key that was not read."""
    if isinstance(given, Mapping):
        return not isinstance(read, Mapping) or any(
            key not in read or _further_keys(part, read[key]) for key, part in given.items()
        )
    if isinstance(given, list) and isinstance(read, list | tuple):
        return any(_further_keys(one, other) for one, other in zip(given, read, strict=False))
    return False


def _record(record: object, printed: PrintedRelease, known: Collection[str]) -> Iterator[str]:
    """What the record of disclosure control holds beside its choice and its proof."""
    if not isinstance(record, Mapping):
        yield "disclosure is no record of disclosure control"
        return
    audit = record.get("audit", {})
    if not isinstance(audit, Mapping) or set(record) - set(RECORD_KEYS) or set(audit) - set(RECORD_KEYS["audit"]):
        yield "disclosure holds a key that a release does not have"
    if record.get("policy", printed.provenance.policy) != printed.provenance.policy:
        yield "disclosure.policy is another than provenance.policy"
    try:
        policy = Policy.parse(printed.provenance.policy)
    except (DisclosureError, TypeError, ValueError, AttributeError):
        yield "provenance.policy is no policy that clearcount reads"
        return
    if record.get("reader", policy.reader) != policy.reader:
        yield "disclosure.reader is not what the policy tells a reader"
    rest = {key: part for key, part in record.items() if key not in ("policy", "reader")}
    if _strange([part for key, part in rest.items() if key not in ("audit", "rule")], known):
        yield "disclosure holds a word that is printed nowhere"


def _provenance(printed: PrintedRelease, lines: Iterable[str]) -> Iterator[str]:
    """Where request, digests and versions are not those of this answer."""
    made = printed.provenance
    if set(made.digests) - _DIGESTS or not all(_HEX.fullmatch(str(digest)) for digest in made.digests.values()):
        yield "provenance.digests holds something that is no digest"
    try:
        request = parse_request(made.request, own_codes=True)
    except FaultyRequest:
        yield "provenance.request is no request that clearcount reads"
        return
    except (TypeError, ValueError, AttributeError, KeyError):
        yield "provenance.request is no request at all"
        return
    for name, same in _agrees(request, printed, lines):
        if not same:
            yield f"provenance.request asks for something else than is printed ({name})"


def _agrees(request: CountRequest, printed: PrintedRelease, lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
    yield "reference", plain(request.reference) == printed.reference
    yield "title", plain(request.title) in ("", printed.title)
    yield "received", request.received == printed.received
    yield "questions", [plain(each.text) for each in request.questions] == [each.text for each in printed.questions]
    asked = [line for line in map(plain, request.text.split("\n")) if line]
    yield "text", not asked or asked == list(printed.request)
    reasons = {reason for _, reason in printed.accepted}
    yield "accepted", all(plain(each.reason) in reasons for each in request.accepted)
    told = "\n".join(lines)
    instead = request.marker is not None and request.marker.use == "instead"
    terms = (*request.terms.set.terms, *request.terms.set.none) if request.terms and not instead else ()
    yield "terms", all(plain(term) in told for term in terms)
