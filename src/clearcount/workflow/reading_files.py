"""Reads the TOML files that a person writes: request, policy, force."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clearcount.errors import ClearcountError, ForeignFileError, RequestError
from clearcount.foreign import parse_toml
from clearcount.model.release import Force
from clearcount.model.request import CountRequest, parse_request

_FORCE_KEYS = (
    "name",
    "department",
    "source_system",
    "oel_label",
    "licence",
    "licence_url",
    "reference_scheme",
    "time_zone",
)


def read_toml(path: Path, what: str, error: type[ClearcountError] = RequestError) -> dict[str, Any]:
    """The TOML file at `path` as a mapping.

    Raises:
        error: when it is missing, a folder, not UTF-8 or not TOML, with the line where reading stopped.
    """
    try:
        content = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise error(
            f"{path}: there is no such {what} file; name one, or make a start with: clearcount new DIR"
        ) from None
    except OSError as fault:
        raise error(f"{path}: the {what} file cannot be read: {fault.strerror}") from None
    try:
        return parse_toml(content, str(path))
    except ForeignFileError as fault:
        raise error(str(fault)) from None


def read_request(path: Path, *, own_codes: bool = False) -> CountRequest:
    """The request in the TOML file at `path`. Raises RequestError with every fault at once."""
    return parse_request(read_toml(path, "request"), own_codes=own_codes)


def read_force(path: Path | None) -> Force:
    """The force that the TOML file describes; without a file, a neutral one."""
    if path is None:
        return Force()
    return parse_force(read_toml(path, "force"), where=str(path))


def parse_force(data: Mapping[str, Any], *, where: str = "force") -> Force:
    """The force that `[force]` describes; a key that is not known is a way to reach it.

    Raises:
        RequestError: for a value that is not text.
    """
    section = data.get("force", {})
    if not isinstance(section, Mapping):
        raise RequestError(f"{where}: [force] is not a section; write [force] and its keys below it")
    known: dict[str, Any] = {}
    contact: dict[str, str] = {}
    for key, value in section.items():
        if key == "contact" and isinstance(value, Mapping):
            contact.update({str(name): str(route) for name, route in value.items()})
        elif not isinstance(value, str):
            raise RequestError(f"{where}: force.{key} is not text; put it in quotation marks")
        elif key in _FORCE_KEYS:
            known[key] = value
        elif key == "letter_template":
            continue  # a place on this machine, which nobody prints
        else:
            contact[key] = value
    return Force(**known, contact=contact)
