"""Published answers of any force -> one tidy table, every total added again."""

from clearcount.collate.grids import Grid, read_grids
from clearcount.collate.tidy import COLUMNS, Line, Mismatch, check_totals, tidy

__all__ = ["COLUMNS", "Grid", "Line", "Mismatch", "check_totals", "read_grids", "tidy"]
