"""The one reader of the data files that travel inside the package.

Each file says where it comes from and under which licence; SOURCES.md in this folder gathers that.
"""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from typing import Any


def read_bytes(name: str) -> bytes:
    """Return the bytes of the packaged file `name`, such as `offence_codes.json`. Raises FileNotFoundError."""
    return files(__name__).joinpath(name).read_bytes()


def read_text(name: str) -> str:
    """Return the text of the packaged UTF-8 file `name`."""
    return read_bytes(name).decode("utf-8")


def read_json(name: str) -> Any:
    """Return the packaged JSON file `name` as plain values."""
    return json.loads(read_bytes(name))


def digest(name: str) -> str:
    """Return the SHA-256 of the packaged file `name`, in hexadecimal."""
    return hashlib.sha256(read_bytes(name)).hexdigest()
