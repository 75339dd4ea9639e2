"""Reads XLSX, XLS and ODS as what they hold: texts, and beside them errors, formulas without a value, hidden parts.

Libraries that give values alone turn `#N/A` into nothing and a formula that was never worked out into a blank. An
import needs the difference. `open_workbook` reads in a process apart; `sheets.py` is what runs there.
"""

from __future__ import annotations

from clearcount.foreign.workbooks.book import FAULTS, ROW, BookSheet, Workbook, open_workbook
from clearcount.foreign.workbooks.extent import check_extent
from clearcount.foreign.workbooks.values import ERROR_WORDS, Merged, SheetFacts, is_error

__all__ = [
    "ERROR_WORDS",
    "FAULTS",
    "ROW",
    "BookSheet",
    "Merged",
    "SheetFacts",
    "Workbook",
    "check_extent",
    "is_error",
    "open_workbook",
]
