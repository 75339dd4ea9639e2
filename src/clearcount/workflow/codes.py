"""Looking up offence codes and the law."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from clearcount.errors import CodeError
from clearcount.offences import CodeList, OffenceCode, Provision, code_list, codes_for, overlaid
from clearcount.workflow.reading_files import read_toml

_BARE_SECTION = re.compile(
    r"(?:sections?|secs?|ss?)?\.?\s*(?P<rest>(?P<number>\d{1,3}\s?[a-z]{1,2})\b.*)", re.IGNORECASE | re.DOTALL
)
"""A section as papers write it: `66E`, `s 66E`, `66E-F`, with or without the Act behind it."""


@dataclass(frozen=True)
class FoundCodes:
    """What a query found: codes, and the provisions it names that have no code of their own."""

    codes: tuple[OffenceCode, ...]
    provisions: tuple[Provision, ...]
    version: str


def codes_in_use(overlay: Path | None = None) -> CodeList:
    """Return the packaged list, with the force's overlay file (TOML) laid over it when one is named.

    Raises:
        CodeError: for an overlay that cannot be read, naming the file.
    """
    codes = code_list()
    if overlay is None:
        return codes
    entries = read_toml(overlay, "code list", CodeError)
    try:
        return overlaid(codes, entries)
    except CodeError as error:
        raise CodeError(f"{overlay}: {error}") from error


def look_up(query: str, *, on: date | None = None, overlay: Path | None = None) -> FoundCodes:
    """Return codes that `query` names (a code in any spelling, a section, words), and provisions it names or describes.

    A section with a letter (`66E`) needs neither the word "section" nor its Act.
    Everyday words that no list prints, such as "cyberflashing", are tried when nothing else is found.
    """
    codes = codes_in_use(overlay)
    if bare := _BARE_SECTION.fullmatch(query.strip()):
        named = codes.law(f"section {bare['rest']}") or codes.sections(bare["number"])
        theirs = {code for each in named for code in (*each.codes, *each.before)}
        if named:
            return FoundCodes(tuple(code for code in codes.search("", on) if code.code in theirs), named, codes.version)
    found = codes.search(query, on)
    provisions = () if codes.get(query) else codes.law(query)
    if not found and not provisions and not codes.get(query):
        asked = codes_for(query, codes)
        provisions = tuple(dict.fromkeys((*asked.provisions, *codes.found_by(query))))
        theirs = {*asked.codes, *asked.before, *(code for each in provisions for code in (*each.codes, *each.before))}
        wanted = {code for each in theirs for code in codes.search(each, on)}
        return FoundCodes(tuple(sorted(wanted, key=lambda code: code.code)), provisions, codes.version)
    return FoundCodes(found, provisions, codes.version)


def code_valid_on(text: str, day: date) -> tuple[str, str]:
    """Return the canonical code that `text` names and its label, when its offence was in force on `day`.

    Raises:
        CodeError: when it is on no list, or was not in force that day.
    """
    found = code_list().get(text)
    if found is None:
        raise CodeError(f"{text!r} is on no list of offence codes; look it up by its words")
    start, end = found.in_force_from, found.in_force_to
    if (start and day < start) or (end and day > end):
        raise CodeError(
            f"HO {found.code} was not in force on {day:%d/%m/%Y} (in force {found.in_force_spoken}); take another code"
        )
    return found.code, found.label
