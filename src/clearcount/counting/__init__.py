"""Which offences count, and the tables they add up to. Pure functions over plain values."""

from clearcount.counting.found import Found, InScope
from clearcount.counting.scope import in_scope, month_of
from clearcount.counting.tabulate import Tables, tabulate

__all__ = ["Found", "InScope", "Tables", "in_scope", "month_of", "tabulate"]
