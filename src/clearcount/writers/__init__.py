"""Writes a release and reads it back. A writer takes a `PrintedRelease` and makes no number of its own."""

from __future__ import annotations

from clearcount.writers.bundle import bundle_files, write, write_bundle
from clearcount.writers.readback import read_back
from clearcount.writers.scan import scan

__all__ = ["bundle_files", "read_back", "scan", "write", "write_bundle"]
