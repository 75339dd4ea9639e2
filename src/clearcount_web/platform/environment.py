"""Settings from the environment, each with a sentence that says what it is for.

A door that starts with a setting missing or unreadable names every such setting at once, with its hint.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from django.core.exceptions import ImproperlyConfigured

Door = Literal["public", "staff"]
BOTH: tuple[Door, ...] = ("public", "staff")


def is_loopback(host: str) -> bool:
    """Return whether a name or address is this machine's loopback."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True)
class Setting:
    """One environment variable: who reads it, what it does, and its default (`None`: it must be given)."""

    name: str
    hint: str
    default: str | None = None
    doors: tuple[Door, ...] = BOTH
    secret: bool = False


class Environment:
    """Reads settings out of `values` and collects what is wrong until `finish`."""

    def __init__(self, values: Mapping[str, str], declared: Mapping[str, Setting]) -> None:
        self._values = values
        self._declared = declared
        self._faults: list[str] = []

    def text(self, name: str) -> str:
        """Return the value of a declared setting, its default, or "" with a fault noted."""
        setting = self._declared[name]
        value = self._values.get(name, "").strip()
        if value:
            return value
        if setting.default is None:
            self._faults.append(f"{name} is not set: {setting.hint}")
            return ""
        return setting.default

    def secret(self, name: str, *, least: int = 32) -> str:
        """Return a key that must have at least `least` characters."""
        text = self.text(name)
        if text and len(text) < least:
            self._faults.append(f"{name} is shorter than {least} characters: {self._declared[name].hint}")
        return text

    def number(self, name: str) -> int:
        """Return the value as a whole number that is not negative."""
        text = self.text(name)
        if text.isascii() and text.isdigit():
            return int(text)
        if text:
            self._faults.append(f"{name} must be a whole number: {self._declared[name].hint}")
        return 0

    def path(self, name: str) -> Path | None:
        """Return the value as a path; None when it is empty."""
        text = self.text(name)
        return Path(text) if text else None

    def flag(self, name: str) -> bool:
        """Return the value as yes or no."""
        text = self.text(name).lower()
        if text in {"1", "yes", "true", "on"}:
            return True
        if text not in {"0", "no", "false", "off", ""}:
            self._faults.append(f"{name} must be yes or no: {self._declared[name].hint}")
        return False

    def listed(self, name: str) -> list[str]:
        """Return the value split at commas."""
        return [part.strip() for part in self.text(name).split(",") if part.strip()]

    def pairs(self, name: str) -> dict[str, list[str]]:
        """Return `key=value,key=value` as key -> values."""
        found: dict[str, list[str]] = {}
        for part in self.listed(name):
            key, separator, value = part.partition("=")
            if not separator or not key.strip() or not value.strip():
                self._faults.append(f"{name} must read key=value,key=value: {self._declared[name].hint}")
                return {}
            found.setdefault(key.strip(), []).append(value.strip())
        return found

    def fault(self, name: str, sentence: str) -> None:
        """Note what is wrong with the value of `name`."""
        self._faults.append(f"{name} {sentence}: {self._declared[name].hint}")

    def finish(self) -> None:
        """Refuse to go on when a setting could not be read.

        Raises:
            ImproperlyConfigured: with one line for each fault; never with a value.
        """
        if self._faults:
            raise ImproperlyConfigured("\n".join(["settings are missing or wrong:", *dict.fromkeys(self._faults)]))
