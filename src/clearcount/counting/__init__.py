"""Which offences count, and the tables they add up to. Pure functions over plain values."""

from clearcount.counting.found import Found, InScope
from clearcount.counting.scope import day_of, in_scope
from clearcount.counting.tabulate import tabulate

__all__ = ["Found", "InScope", "day_of", "in_scope", "tabulate"]
