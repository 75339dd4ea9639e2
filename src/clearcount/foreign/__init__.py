"""The one door for files that somebody else made: archives, workbooks, letters, pages, settings.

Every reader here is bounded in size, depth, time and memory before it begins, and says no in a sentence that names the
file. A library that can abort the interpreter, or take all its memory, runs in a process of its own (`read_apart`).
"""

from __future__ import annotations

from clearcount.foreign.apart import Allowance, read_apart
from clearcount.foreign.bounds import DOCUMENT, EXPORT, Bounds
from clearcount.foreign.packages import Package, check_directory, open_package, unzipped
from clearcount.foreign.structured import parse_json, parse_toml
from clearcount.foreign.xml import parse_xml

__all__ = [
    "DOCUMENT",
    "EXPORT",
    "Allowance",
    "Bounds",
    "Package",
    "check_directory",
    "open_package",
    "parse_json",
    "parse_toml",
    "parse_xml",
    "read_apart",
    "unzipped",
]
