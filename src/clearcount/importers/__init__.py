"""An export becomes records: a layout is data, and there is a reader per file kind."""

from clearcount.importers.export import Export, open_export
from clearcount.importers.layout import Layout
from clearcount.importers.layout_file import layout_text, load_layout, parse_layout, shipped_layouts

__all__ = ["Export", "Layout", "layout_text", "load_layout", "open_export", "parse_layout", "shipped_layouts"]
