"""Words and rows as lines of text."""

from __future__ import annotations

import json
from collections.abc import Sequence


def aligned(rows: Sequence[Sequence[str]], *, gap: str = "  ") -> str:
    """Return rows as lines of aligned columns: the first column to the left, all others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            text.ljust(width) if at == 0 else text.rjust(width)
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(gap.join(cells).rstrip())
    return "\n".join(lines)


def toml_value(value: object) -> str:
    """Return texts, lists and numbers as TOML writes them, which is as JSON does but for one sign."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
