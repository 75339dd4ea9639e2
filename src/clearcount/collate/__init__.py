"""Published answers of any force -> one tidy table, every total added again, nothing guessed."""

from clearcount.collate.grid import Cell, Grid, Page
from clearcount.collate.lines import COLUMNS, Line
from clearcount.collate.tidy import tidy
from clearcount.collate.totals import Mismatch, check_totals

__all__ = ["COLUMNS", "Cell", "Grid", "Line", "Mismatch", "Page", "check_totals", "tidy"]
