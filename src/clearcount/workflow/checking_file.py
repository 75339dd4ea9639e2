"""`clearcount check`: a request file, with or without record stores."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from clearcount.workflow.checking import Checked, check_request
from clearcount.workflow.codes import codes_in_use
from clearcount.workflow.reading_files import read_request_file


def check(
    request: Path, *, stores: Sequence[str] = (), snapshots: Sequence[str] = (), codes: Path | None = None
) -> Checked:
    """Return every fault and doubt of the request file, those that need records too where stores are named.

    `stores` are texts `DIR` or `NAME=DIR`, `snapshots` texts `N` or `NAME=N`.
    """
    data = read_request_file(request)
    if not stores:
        return check_request(data, codes=codes_in_use(codes))
    from clearcount.workflow.stores import opened, places_of  # here: a check without a store loads no Arrow

    return check_request(data, codes=codes_in_use(codes), stores=opened(places_of(stores, snapshots)))
