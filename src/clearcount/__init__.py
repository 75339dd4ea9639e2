"""clearcount: from crime records to an honest, safe, published answer."""

from __future__ import annotations

__version__ = "0.1.0"
