"""Reads the TOML files that a person writes, and the pack that stands in for a request."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clearcount.errors import ClearcountError, ForeignFileError, RequestError
from clearcount.foreign import parse_toml
from clearcount.model.release import Force
from clearcount.model.request import CountRequest
from clearcount.model.request_reader import parse_request
from clearcount.model.visible import cleaned
from clearcount.workflow.pack_file import Pack, is_pack, open_pack

FORCE_KEYS = (
    "name",
    "department",
    "source_system",
    "oel_label",
    "licence",
    "licence_url",
    "reference_scheme",
    "time_zone",
)
"""What `[force]` may say of the force, as `Force` holds it."""
CONTACT_KEYS = ("telephone", "textphone", "online", "counter", "messenger", "post", "email")
"""The ways to report to a force, under `[force.contact]` or directly under `[force]`."""
RIGHTS_KEYS = ("email", "post", "telephone", "online")
"""The ways to ask a force for information, under `[force.information_rights]`; the letter prints them."""
WEB_KEYS = ("colour", "content", "locale")
"""What `[web]` may say; only the web service reads it."""

_RIGHTS_WORDS = re.compile(
    r"(?:^|[^a-z])(?:foi[ar]?|eirs?|dpo|sars?|dsars?)(?:[^a-z]|$)|freedom.?of.?info|info(?:rmation)?.?(?:rights|access|"
    r"governance|compliance|request)|data.?protection|subject.?access|disclosure.?(?:team|unit|log)|records?.?manag"
)


def is_for_information_rights(route: str) -> bool:
    """Return whether a route names a team that answers requests for information: nobody there watches for reports."""
    return _RIGHTS_WORDS.search(route.lower()) is not None


def read_toml(path: Path, what: str, error: type[ClearcountError] = RequestError) -> dict[str, object]:
    """Return the TOML file at `path` as a mapping.

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
        found = parse_toml(content, str(path))
        return found if what == "request" else cleaned(found)[0]  # of a request, `check` says what was taken out
    except ForeignFileError as fault:
        raise error(str(fault)) from None


def read_request_file(path: Path) -> dict[str, object]:
    """Return the request in the TOML file or pack at `path` as a mapping, its `file:` entries written out.

    Raises:
        RequestError: when the file, or a file of codes beside it, cannot be read; or a pack was changed.
    """
    if (pack := pack_at(path)) is not None:
        return dict(pack.request)
    return dict(_object(_with_codes(read_toml(path, "request"), path.parent)))


def pack_at(path: Path, *, signed_by: str = "") -> Pack | None:
    """Return the pack at `path` with its signature checked, or None for any other file.

    Raises:
        RequestError: when it is meant to be a pack and is none, or was changed.
    """
    try:
        with path.open("rb") as file:
            if not is_pack(file.read(64)):
                return None
            file.seek(0)
            return open_pack(file.read(), str(path), signed_by=signed_by)
    except OSError:
        return None


def _with_codes(value: object, beside: Path) -> object:
    if isinstance(value, dict):
        return {
            key: _codes_of(each, beside) if key in ("codes", "alongside") else _with_codes(each, beside)
            for key, each in value.items()
        }
    return [_with_codes(each, beside) for each in value] if isinstance(value, list) else value


def _codes_of(value: object, beside: Path) -> object:
    if not isinstance(value, list):
        return value
    found: list[object] = []
    for entry in value:
        kind, colon, name = entry.partition(":") if isinstance(entry, str) else ("", "", "")
        if not colon or kind.strip().casefold() != "file":
            found.append(entry)
            continue
        path = beside / name.strip()
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError):
            raise RequestError(f"{path}: the file of codes cannot be read; write one code a line, in UTF-8") from None
        cells = [line.replace(";", ",").split(",")[0].strip().strip('"') for line in lines]
        found += [cell for cell in cells if cell and cell.casefold() not in ("code", "codes", "home_office_code")]
    return found


def read_request(path: Path, *, own_codes: bool = False) -> CountRequest:
    """Return the request in the TOML file at `path`. Raises RequestError with every fault at once."""
    return parse_request(read_request_file(path), own_codes=own_codes)


def read_force(path: Path | None) -> Force:
    """Return the force that the TOML file describes; without a file, a neutral one."""
    if path is None:
        return Force()
    return parse_force(read_toml(path, "force"), where=str(path))


def parse_force(data: Mapping[str, object], *, where: str = "force") -> Force:
    """Return the force that `[force]` describes.

    Raises:
        RequestError: with every fault at once: an unknown key, a value that is not text, an unknown time zone.
    """
    faults = [f"{where}: {fault}" for fault in _faults_of_force(data)]
    if faults:
        raise RequestError("\n".join(faults))
    section = dict(_object(data.get("force", {})))
    routes = section.get("information_rights") or {**section, **section.get("contact", {})}
    return Force(
        **{key: section[key] for key in FORCE_KEYS if key in section},
        contact={key: routes[key] for key in routes if key in CONTACT_KEYS},
    )


def _object(value: object) -> Mapping[str, Any]:
    """The value, which is known to be a section."""
    assert isinstance(value, Mapping)
    return value


SECTIONS = ("contact", "information_rights")


def _faults_of_force(data: Mapping[str, object]) -> Iterator[str]:
    known = {
        "force": (*FORCE_KEYS, "letter_template", *SECTIONS, *CONTACT_KEYS),
        "force.contact": CONTACT_KEYS,
        "force.information_rights": RIGHTS_KEYS,
        "web": WEB_KEYS,
    }
    for name in sorted(set(data) - {"force", "web"}):
        yield (
            f"{name!r} is not a section of a force file; use [force], [force.contact], [force.information_rights] "
            "or [web]"
        )
    for name, keys in known.items():
        section: Any = data
        for part in name.split("."):
            section = section.get(part, {}) if isinstance(section, Mapping) else {}
        if not isinstance(section, Mapping):
            yield f"{name} is not a section; write [{name}] and its keys below it"
            continue
        for key, value in section.items():
            if key not in keys:
                near = difflib.get_close_matches(str(key), keys, 1)
                meant = f"did you mean {near[0]}? Else use" if near else "use"
                yield f"{name}.{key} is an unknown key; {meant} {', '.join(k for k in keys if k not in SECTIONS)}"
            elif key not in SECTIONS and not isinstance(value, str):
                yield f"{name}.{key} is not text; put it in quotation marks"
            elif key == "time_zone" and not is_time_zone(value):
                yield f"force.time_zone {value!r} is no time zone; write one like Europe/London"
            elif name != "force.information_rights" and key in CONTACT_KEYS and is_for_information_rights(value):
                yield (
                    f"{name}.{key} is a way to report, and it leads to a team for information rights, where nobody "
                    f"watches for reports; put it under [force.information_rights]"
                )


def is_time_zone(name: str) -> bool:
    """Return whether `name` is a zone of the IANA time zone table, such as Europe/London."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return "/" in name or name == "UTC"


def in_zone(data: Mapping[str, object], zone: str) -> dict[str, object]:
    """Return the request in `data` with each moment of its head as the day that it was in the time zone `zone`.

    A moment is a TOML date-time with an offset, such as `received = 2025-07-22T23:30:00Z`. A day stays as it is.
    """
    head = data.get("request")
    if not isinstance(head, Mapping):
        return dict(data)
    days = {
        key: value.astimezone(ZoneInfo(zone)).date()
        for key, value in head.items()
        if isinstance(value, datetime) and value.tzinfo is not None
    }
    return {**data, "request": {**head, **days}}
