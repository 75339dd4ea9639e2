"""Every way clearcount says no.

    ClearcountError                 exit code 2: wrong use or bad input
    ├── RequestError                a request that cannot be counted; carries every fault at once
    │   └── TermError               a search term that cannot be read; points at the place
    ├── CodeError                   text that is not certainly one Home Office code
    ├── ForeignFileError            a file made elsewhere that is damaged, hostile or beyond its bounds
    ├── ExportError                 an export that cannot be read as the layout says
    ├── StoreError                  a record store that is missing, newer or busy
    │   └── StoreDamaged            a record store that is not what was written; names the file
    ├── EngineUnavailable           an optional engine that is not installed
    ├── DisclosureError             a policy or table that disclosure control refuses
    ├── DecisionError               a decisions file that does not fit the records
    ├── CalendarError               a date outside the bank-holiday table
    ├── BundleError                 an output folder or bundle that cannot be written or read
    └── TemplateError               a letter template that cannot be filled; carries every fault at once

A message says what is wrong, where (file, row, column, request field) and what to do. It never carries free text
of a record, a name or an occurrence number.
"""

from __future__ import annotations


class ClearcountError(Exception):
    """The base of all errors a user can mend. `str(error)` is one sentence or one line per fault."""


class RequestError(ClearcountError):
    """A request that cannot be counted as it stands."""


class TermError(RequestError):
    """A search term outside the term language; `position` is the code point at which reading stopped."""

    def __init__(self, message: str, *, position: int = 0) -> None:
        super().__init__(message)
        self.position = position


class CodeError(ClearcountError):
    """Text that is not certainly one Home Office code."""


class ForeignFileError(ClearcountError):
    """A file that somebody else made and that cannot be read within its bounds.

    `fault` names the Python error behind it and where it was raised, for a maintainer; it holds nothing of the file.
    """

    def __init__(self, message: str, *, fault: str = "") -> None:
        super().__init__(message)
        self.fault = fault


class ExportError(ClearcountError):
    """An export that cannot be read as its layout says."""


class StoreError(ClearcountError):
    """A record store that is missing, busy, damaged or of another format."""


class StoreDamaged(StoreError):
    """A record store that is not what was written: `what` names the file and the fault."""

    def __init__(self, store: object, what: str) -> None:
        super().__init__(
            f"the store {store} is damaged: {what}; restore it from a backup. "
            f"All its faults are named by: clearcount store {store} --check"
        )
        self.what = what


class EngineUnavailable(ClearcountError):
    """An optional engine that is not installed here."""


class DisclosureError(ClearcountError):
    """A policy, table or document that disclosure control refuses."""


class DecisionError(ClearcountError):
    """Decisions that do not fit the records they speak of."""


class CalendarError(ClearcountError):
    """A date outside the bank-holiday table, or a table that cannot be taken."""


class BundleError(ClearcountError):
    """An output folder that cannot be written, or a bundle that cannot be read."""


class TemplateError(ClearcountError):
    """A letter template that cannot be filled, or not without carrying something hidden along."""
