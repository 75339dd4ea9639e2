"""The versioned record store: Delta Lake tables, and snapshots that say which version of each belongs together.

What reads is named here. What writes is in `store.writing`, so that a command that reads loads no database.
"""

from clearcount.store.account import Account, ImportAccount, RefusedOffence
from clearcount.store.snapshot import Change, DataFinding, FileAccount, Snapshot
from clearcount.store.store import Store, open_store

__all__ = [
    "Account",
    "Change",
    "DataFinding",
    "FileAccount",
    "ImportAccount",
    "RefusedOffence",
    "Snapshot",
    "Store",
    "open_store",
]
