"""The force that runs the service, from the same force.toml that the command line reads."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clearcount_web.project.environment import Environment


@dataclass(frozen=True)
class Force:
    """Names and ways to reach the force; `contact` holds the routes by name (telephone, online, post, …)."""

    name: str = "Police force"
    department: str = "Freedom of Information team"
    licence: str = "Open Government Licence v3.0"
    licence_url: str = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
    contact: Mapping[str, str] = field(default_factory=dict)
    web: Mapping[str, Any] = field(default_factory=dict)


def read_force(environment: Environment, setting: str) -> Force:
    """The force in the file that `setting` names; a fault is noted in `environment` when it cannot be read."""
    name = environment.text(setting)
    if not name:
        return Force()
    try:
        document = tomllib.loads(Path(name).read_text(encoding="utf-8"))
    except OSError:
        environment.fault(setting, "names a file that cannot be read")
        return Force()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        environment.fault(setting, "names a file that is not TOML in UTF-8")
        return Force()
    table = document.get("force", {})
    words = {key: str(table[key]) for key in ("name", "department", "licence", "licence_url") if key in table}
    contact = {str(key): str(value) for key, value in dict(table.get("contact", {})).items()}
    return Force(**words, contact=contact, web=dict(document.get("web", {})))
