"""The force that runs the service, from the same force.toml that the command line reads."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clearcount_web.platform.environment import Environment

# The command line reads the same file (clearcount.workflow.reading_files); a test holds the two lists together.
FORCE_KEYS = (
    *("name", "department", "source_system", "oel_label", "licence", "licence_url", "reference_scheme", "time_zone"),
    *("letter_template", "contact", "information_rights"),
)
CONTACT_KEYS = ("telephone", "textphone", "online", "counter", "messenger", "post", "email")
RIGHTS_KEYS = ("email", "post", "telephone", "online")
WEB_KEYS = ("colour", "content", "locale")
_SECTIONS = ("contact", "information_rights")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")

_RIGHTS_WORDS = re.compile(
    r"(?:^|[^a-z])(?:foi[ar]?|eirs?|dpo|sars?|dsars?)(?:[^a-z]|$)|freedom.?of.?info|info(?:rmation)?.?(?:rights|access|"
    r"governance|compliance|request)|data.?protection|subject.?access|disclosure.?(?:team|unit|log)|records?.?manag"
)


def is_for_information_rights(route: str) -> bool:
    """Return whether a route names a team that answers requests for information: nobody there watches for reports."""
    return _RIGHTS_WORDS.search(route.lower()) is not None


@dataclass(frozen=True)
class Force:
    """Names and ways to reach the force.

    `contact` holds the ways to report by name (telephone, online, post, …), `information_rights` those to ask for
    information.

    `colour` is the force's own, from `[web] colour`, for the line under the header; empty: clearcount's.
    """

    name: str = "Police force"
    department: str = "Freedom of Information team"
    licence: str = "Open Government Licence v3.0"
    licence_url: str = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
    colour: str = ""
    time_zone: str = "Europe/London"
    contact: Mapping[str, str] = field(default_factory=dict)
    information_rights: Mapping[str, str] = field(default_factory=dict)
    web: Mapping[str, Any] = field(default_factory=dict)


def contrast_with_white(colour: str) -> float:
    """Return the contrast of `#rrggbb` with white, 1 to 21, as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def read_force(environment: Environment, setting: str) -> Force:
    """Return the force in the file that `setting` names; a fault is noted in `environment` when it cannot be read."""
    name = environment.text(setting)
    if not name:
        return Force()
    try:
        document = tomllib.loads(Path(name).read_text(encoding="utf-8"))
    except OSError:
        environment.fault(setting, "names a file that cannot be read")
        return Force()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        environment.fault(setting, "names a file that is not TOML in UTF-8")
        return Force()
    table = document.get("force", {})
    for fault in _unknown(document):
        environment.fault(setting, f"names a file with {fault}")
    zone = str(table.get("time_zone", "Europe/London")) if isinstance(table, Mapping) else ""
    if not _is_time_zone(zone):
        environment.fault(setting, "names a file whose force.time_zone is no time zone; write one like Europe/London")
        zone = "Europe/London"
    parts = (table, document.get("web", {}), *(table.get(name, {}) for name in _SECTIONS if isinstance(table, Mapping)))
    if not all(isinstance(part, Mapping) for part in parts):
        return Force()
    colour = str(document.get("web", {}).get("colour", ""))
    if colour and (not _COLOUR.fullmatch(colour) or contrast_with_white(colour) < 3):
        environment.fault(
            setting, "names a colour under [web] that is not #rrggbb or too pale on white (3:1 is needed)"
        )
        colour = ""
    words = {key: str(table[key]) for key in ("name", "department", "licence", "licence_url") if key in table}
    routes = {**table, **table.get("contact", {})}
    contact = {key: str(routes[key]) for key in routes if key in CONTACT_KEYS}
    for key in sorted(key for key, route in contact.items() if is_for_information_rights(route)):
        environment.fault(
            setting,
            f"names a file whose contact.{key} is a way to report and leads to a team for information rights. "
            "There, nobody watches for reports; put it under [force.information_rights]",
        )
    rights = {key: str(route) for key, route in table.get("information_rights", {}).items() if key in RIGHTS_KEYS}
    web = dict(document.get("web", {}))
    return Force(**words, colour=colour, time_zone=zone, contact=contact, information_rights=rights, web=web)


def _unknown(document: Mapping[str, Any]) -> Iterator[str]:
    """What no reader of the file knows, so that a mistyped key is never a setting without effect."""
    yield from (f"the unknown section {name!r}" for name in sorted(set(document) - {"force", "web"}))
    force, web = document.get("force", {}), document.get("web", {})
    contact, rights = (force.get(name, {}) if isinstance(force, Mapping) else {} for name in _SECTIONS)
    known = {
        "force": (force, FORCE_KEYS + CONTACT_KEYS),
        "force.contact": (contact, CONTACT_KEYS),
        "force.information_rights": (rights, RIGHTS_KEYS),
        "web": (web, WEB_KEYS),
    }
    for name, (section, keys) in known.items():
        if not isinstance(section, Mapping):
            yield f"{name}, which is not a section"
            continue
        yield from (f"the unknown key {name}.{key}" for key in sorted(set(map(str, section)) - set(keys)))


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return "/" in name or name == "UTC"
