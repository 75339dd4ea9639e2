"""Compares a file of a bundle with the same file as it is written again from release.json.

Every byte of a bundle follows from release.json. A file that differs holds something that was not released, or lacks
something that was. The places are named; what stands there is not repeated.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from xml.etree.ElementTree import Element

from clearcount.errors import ForeignFileError
from clearcount.foreign import Package, open_package, parse_xml

PACKAGES = (".xlsx", ".ods", ".docx")
_SHOWN = 3
"""Places of one file that are named; the rest is counted."""


def places(name: str, given: bytes, made: bytes) -> Iterator[str]:
    """Yield where the file `name` differs from how it is written again; nothing when all bytes are the same."""
    if given == made:
        return
    found = list(_package(name, given, made) if name.endswith(PACKAGES) else _lines(given, made))
    for place in found[:_SHOWN]:
        yield f"{name}: differs from what release.json gives, {place}"
    if len(found) > _SHOWN:
        yield f"{name}: differs from what release.json gives in {len(found) - _SHOWN} more places"


def _lines(given: bytes, made: bytes) -> Iterator[str]:
    """The lines between the first and the last that differ."""
    here, there = given.split(b"\n"), made.split(b"\n")
    shorter = min(len(here), len(there))
    first = next((at for at in range(shorter) if here[at] != there[at]), shorter)
    same_end = next((at for at in range(shorter - first) if here[-1 - at] != there[-1 - at]), shorter - first)
    last = len(here) - same_end
    if last > first + 1:
        yield f"lines {first + 1} to {last}"
    elif last == first + 1:
        yield f"line {last}"
    else:
        yield f"before line {first + 1}, where lines are missing"


def _package(name: str, given: bytes, made: bytes) -> Iterator[str]:
    try:
        with open_package(given, name) as here, open_package(made, name) as there:
            found = list(_parts(here, there))
    except ForeignFileError:
        yield "because its parts cannot be read"
        return
    yield from found or ("in how it is packed (order, times, extra fields, bytes between or behind the parts)",)


def _parts(here: Package, there: Package) -> Iterator[str]:
    for place, part in enumerate(here.members, start=1):
        if part not in there.members:
            yield f"part {place} of {len(here.members)}, which the writer does not make"
    for part in there.members:
        if part not in here.members:
            yield f"part {part}, which is missing"
            continue
        one, other = here.read(part), there.read(part)
        if one != other:
            yield _in_part(part, one, other)


def _in_part(part: str, given: bytes, made: bytes) -> str:
    if not part.endswith((".xml", ".rels")):
        return f"part {part}"
    try:
        here, there = parse_xml(given, part), parse_xml(made, part)
    except ForeignFileError:
        return f"part {part}, which is no XML that can be read"
    for place, (one, other) in enumerate(zip_longest(here.iter(), there.iter()), start=1):
        if one is None or other is None or not _same(one, other):
            kind = other.tag.rpartition("}")[2] if other is not None else "after the last"
            return f"part {part}, element {place} ({kind})"
    return f"part {part}, in its spaces, comments or order"


def _same(one: Element, other: Element) -> bool:
    return (one.tag, list(one.items()), one.text, one.tail) == (other.tag, list(other.items()), other.text, other.tail)
