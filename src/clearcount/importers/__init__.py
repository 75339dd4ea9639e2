"""An export becomes records: a layout is data, and there is a reader per file kind.

The names below are imported when they are first used: a command that needs one module here does not load them all.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clearcount.importers.export import Export, open_export
    from clearcount.importers.layout import Layout
    from clearcount.importers.layout_file import layout_text, load_layout, parse_layout, shipped_layouts

_HOMES = {
    "Export": "clearcount.importers.export",
    "Layout": "clearcount.importers.layout",
    "layout_text": "clearcount.importers.layout_file",
    "load_layout": "clearcount.importers.layout_file",
    "open_export": "clearcount.importers.export",
    "parse_layout": "clearcount.importers.layout_file",
    "shipped_layouts": "clearcount.importers.layout_file",
}

__all__ = ["Export", "Layout", "layout_text", "load_layout", "open_export", "parse_layout", "shipped_layouts"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
