"""A translator's catalogue (gettext) made ready to be served: what is not translated is marked as English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from gettext import c2py
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from clearcount_web.site.passages import CLOSE, OPEN

PACKAGED = Path(__file__).parents[1] / "locale"
DOMAIN = "django"
_PLACE = re.compile(r"%\((\w+)\)[sd]")
_TAGS = re.compile(r"</?\w+")


class CatalogueError(Exception):
    """A catalogue that cannot be served: the message names each passage and what to do."""


@dataclass(frozen=True)
class Filled:
    """How much of a catalogue is translated."""

    translated: int
    messages: int


def file_of(folder: Path, code: str, ending: str) -> Path:
    """Return the catalogue of a language in a folder of catalogues; `ending` is po or mo."""
    return folder / code / "LC_MESSAGES" / f"{DOMAIN}.{ending}"


def compile_catalogue(folder: Path, code: str) -> Filled:
    """Write `django.mo` beside the `django.po` of a language, with untranslated messages marked as English.

    Raises:
        CatalogueError: for a file that cannot be read, or a translation that lost a placeholder or an element.
    """
    source = file_of(folder, code, "po")
    catalogue = _read(source, code)
    for message in _read(file_of(PACKAGED, code, "po"), code):
        if message.id and message.id not in catalogue:  # a word that is newer than the translator's file
            catalogue[message.id] = message
    messages = [message for message in catalogue if message.id]
    if faults := [fault for message in messages for fault in _faults(message)]:
        raise CatalogueError("\n".join(f"{source}: {fault}" for fault in faults))
    done = sum(map(_is_translated, messages))
    for message in messages:
        if not _is_translated(message):
            _mark(message, catalogue)
    with file_of(folder, code, "mo").open("wb") as file:
        write_mo(file, catalogue)
    return Filled(done, len(messages))


def _read(source: Path, code: str) -> Catalog:
    try:
        with source.open("rb") as file:
            catalogue = read_po(file, locale=code, abort_invalid=True)
    except OSError as error:
        raise CatalogueError(f"{source} cannot be read: {error.strerror}") from None
    except (PoFileError, UnicodeDecodeError, ValueError) as error:
        raise CatalogueError(f"{source} is not a catalogue: {error}") from None
    if not len(catalogue):
        raise CatalogueError(f"{source} is not a catalogue: it holds no message; begin with the packaged one")
    return catalogue


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _is_translated(message: Message) -> bool:
    return not message.fuzzy and all(_strings(message))


def _faults(message: Message) -> list[str]:
    """What a translation must keep of its message: placeholders, elements, no private sign."""
    if not _is_translated(message):
        return []
    found, original = [], _ids(message)[-1]
    for said in _strings(message):
        for what, pattern in (("placeholders", _PLACE), ("elements", _TAGS)):
            if sorted(set(pattern.findall(said))) != sorted(set(pattern.findall(original))):
                found.append(f"line {message.lineno}: the {what} of {original[:60]!r} differ; keep them as they are")
        if OPEN in said or CLOSE in said:
            found.append(f"line {message.lineno}: {original[:60]!r} holds a private sign; take it out")
    return found


def _mark(message: Message, catalogue: Catalog) -> None:
    """Put the English message in the place of its translation, between the signs."""
    marked = tuple(f"{OPEN}{each}{CLOSE}" for each in _ids(message))
    message.flags.discard("fuzzy")
    if len(marked) == 1:
        message.string = marked[0]
        return
    one = c2py(catalogue.plural_expr)(1)
    message.string = tuple(marked[0] if at == one else marked[1] for at in range(catalogue.num_plurals))
