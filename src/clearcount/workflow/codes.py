"""Looking up offence codes and the law."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from clearcount.errors import CodeError
from clearcount.offences import CodeList, OffenceCode, Provision, code_list


@dataclass(frozen=True)
class Found:
    """What a query found: codes, and the provisions it names that have no code of their own."""

    codes: tuple[OffenceCode, ...]
    provisions: tuple[Provision, ...]
    version: str


def codes_in_use(overlay: Path | None = None) -> CodeList:
    """The packaged list, with the force's overlay file (TOML) laid over it when one is named.

    Raises:
        CodeError: for an overlay that cannot be read, naming the file.
    """
    codes = code_list()
    if overlay is None:
        return codes
    try:
        entries = tomllib.loads(overlay.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CodeError(f"{overlay}: is not a TOML file: {error}; see docs/reference/codes.md") from error
    try:
        return codes.overlay(entries)
    except CodeError as error:
        raise CodeError(f"{overlay}: {error}") from error


def look_up(query: str, *, on: date | None = None, overlay: Path | None = None) -> Found:
    """Codes that `query` names (a code in any spelling, a section, words), and provisions it names by section."""
    codes = codes_in_use(overlay)
    provisions = () if codes.get(query) else codes.law(query)
    return Found(codes.search(query, on), provisions, codes.version)
