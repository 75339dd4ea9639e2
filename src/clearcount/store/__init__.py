"""The versioned record store: Delta Lake tables, and snapshots that say which version of each belongs together."""

from clearcount.store.account import Account, ImportAccount, RefusedOffence
from clearcount.store.snapshot import Change, DataFinding, FileAccount, Snapshot
from clearcount.store.store import Store, open_store
from clearcount.store.writing import About, ImportOutcome, Writer, create_store, writing

__all__ = [
    "About",
    "Account",
    "Change",
    "DataFinding",
    "FileAccount",
    "ImportAccount",
    "ImportOutcome",
    "RefusedOffence",
    "Snapshot",
    "Store",
    "Writer",
    "create_store",
    "open_store",
    "writing",
]
