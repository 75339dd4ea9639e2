"""Writes a release and reads it back. A writer takes a `Release` and nothing else, and makes no number of its own."""

from __future__ import annotations

from clearcount.writers.bundle import bundle_files, write, write_bundle

__all__ = ["bundle_files", "write", "write_bundle"]
