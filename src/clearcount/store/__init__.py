"""The versioned record store: Delta Lake tables, and snapshots that say which version of each belongs together."""

from clearcount.store.account import Account, ImportAccount, RefusedOffence
from clearcount.store.snapshot import Change, FileAccount, Finding, Snapshot
from clearcount.store.store import Store, open_store
from clearcount.store.writing import About, Outcome, Writer, create_store, writing

__all__ = [
    "About",
    "Account",
    "Change",
    "FileAccount",
    "Finding",
    "ImportAccount",
    "Outcome",
    "RefusedOffence",
    "Snapshot",
    "Store",
    "Writer",
    "create_store",
    "open_store",
    "writing",
]
