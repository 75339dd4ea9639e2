"""Engines: they narrow and move rows, and hand each text to the one matcher."""

from __future__ import annotations

import importlib

from clearcount.engines.base import Engine, RecordSource, Search, SearchedPart
from clearcount.errors import EngineUnavailable
from clearcount.frugal import let_pandas_in

ENGINES = ("local", "spark", "memory")


def engine(name: str) -> Engine:
    """Return the engine called `name`.

    Raises:
        EngineUnavailable: when it is none of `ENGINES`, or what it needs is not installed.
    """
    if name not in ENGINES:
        raise EngineUnavailable(f"there is no engine {name!r}; use {', '.join(ENGINES)}")
    if name == "spark":
        let_pandas_in()  # its Python side hands batches over as frames
    try:
        found: Engine = importlib.import_module(f"clearcount.engines.{name}").ENGINE
    except ModuleNotFoundError as error:
        raise EngineUnavailable(
            f"the engine {name!r} needs {error.name}, which is not installed; run: pip install 'clearcount[{name}]'"
        ) from error
    return found


__all__ = ["ENGINES", "Engine", "RecordSource", "Search", "SearchedPart", "engine"]
