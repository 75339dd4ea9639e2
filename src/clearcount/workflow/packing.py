"""The portable request: one signed file that every force runs unchanged."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

from clearcount.files import write_whole
from clearcount.model.method import method_facts
from clearcount.model.request import FaultyRequest
from clearcount.offences import CodeList
from clearcount.workflow.checking import check_request, faults_of
from clearcount.workflow.codes import codes_in_use
from clearcount.workflow.pack_file import FORMAT, Pack, PackedCode, open_pack, sealed, signing_key
from clearcount.workflow.reading_files import read_request_file
from clearcount.workflow.selecting import resolved


def default_key() -> Path:
    """Return where the key for packs lies: the user's folder of settings."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "clearcount" / "pack.key"


def write_pack(request: Path, out: Path, *, key: Path | None = None, codes: Path | None = None) -> Pack:
    """Write the request as a signed pack to `out` and return it.

    It holds the request, the codes it names with their words and times, and how it counts. It holds no record.
    `key` is a file with the signing key, made at first use. `codes` are additions to the code list.

    Raises:
        FaultyRequest: with every fault of the request at once.
        RequestError: when a file cannot be read or the key cannot be used.
    """
    listed = codes_in_use(codes)
    data = read_request_file(request)
    parsed, faults = faults_of(data, listed)
    if faults:
        raise FaultyRequest(faults)
    named = resolved(parsed, listed, ()).codes
    wording = {doubt.id for doubt in check_request(data, codes=listed).doubts}
    body = {
        "clearcount_pack": FORMAT,
        "reference": parsed.reference,
        "title": parsed.title,
        "request": _portable(data, wording),
        "codes_version": listed.version,
        "codes": [vars(_packed(code, listed)) for code in named],
        "account": [fact.sentence for fact in method_facts(parsed)],
    }
    raw = sealed(body, signing_key(key or default_key()))
    pack = open_pack(raw, str(out))
    write_whole(out, raw)
    return pack


def codes_that_differ(pack: Pack, codes: CodeList) -> tuple[str, ...]:
    """Return the codes of a pack that the list in use lacks, or describes or dates otherwise."""
    return tuple(each.code for each in pack.codes if each != _packed(each.code, codes))


def _packed(code: str, codes: CodeList) -> PackedCode:
    found = codes.get(code)
    return PackedCode(code, found.label if found else "", found.in_force_spoken if found else "")


def _portable(data: Mapping[str, object], wording: Collection[str]) -> object:
    """Return the request without what its maker accepted of the maker's own records: each force looks at its own."""
    accepted = data.get("accepted", [])
    entries = accepted if isinstance(accepted, list) else []
    kept = [each for each in entries if isinstance(each, Mapping) and each.get("doubt") in wording]
    rest = {key: value for key, value in data.items() if key != "accepted"}
    return _plain({**rest, "accepted": kept} if kept else rest)


def _plain(value: object) -> object:
    """Return a value of TOML as JSON has it: days as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
