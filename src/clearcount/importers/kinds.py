"""The kinds of what a reader of files notices; a store keeps them by these words."""

from __future__ import annotations

HIDDEN_PARTS = "hidden parts of a workbook"
SHEETS_LEFT_OUT = "sheets left out"
FILES_LEFT_OUT = "files left out"
MARKUP = "markup in texts"
MENDED = "mojibake mended"
GAPS = "gaps in the order of pieces"
PARTED = "zero-width spaces inside words"
DOUBLES = "two pieces in one place"
NOTHING = "words for no text"
