"""clearcount: from crime records to an honest, safe, published answer.

    import clearcount as cc

    store = cc.open_store("store")
    result = store.count("request.toml", policy="policy.toml")
    result.table                    # shows itself in a notebook; .to_polars() .to_pandas() .to_arrow()
    result.release.write("answer")

The names below are imported when they are first used, so that a command starts without loading what it does not need.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from clearcount.disclosure import Policy, audit, protect
    from clearcount.errors import ClearcountError
    from clearcount.foi import due
    from clearcount.matching import find
    from clearcount.model.codes import HomeOfficeCode
    from clearcount.model.request import CountRequest
    from clearcount.model.request_reader import parse_request
    from clearcount.offences import code_list
    from clearcount.workflow.library import RecordStore, Result, open_store

_HOMES = {
    "ClearcountError": "clearcount.errors",
    "CountRequest": "clearcount.model.request",
    "HomeOfficeCode": "clearcount.model.codes",
    "Policy": "clearcount.disclosure",
    "RecordStore": "clearcount.workflow.library",
    "Result": "clearcount.workflow.library",
    "audit": "clearcount.disclosure",
    "code_list": "clearcount.offences",
    "due": "clearcount.foi",
    "find": "clearcount.matching",
    "open_store": "clearcount.workflow.library",
    "parse_request": "clearcount.model.request_reader",
    "protect": "clearcount.disclosure",
}

__all__ = [
    "ClearcountError",
    "CountRequest",
    "HomeOfficeCode",
    "Policy",
    "RecordStore",
    "Result",
    "__version__",
    "audit",
    "code_list",
    "due",
    "find",
    "open_store",
    "parse_request",
    "protect",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'clearcount' has no attribute {name!r}")
