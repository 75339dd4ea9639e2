"""The concordance of a request: every hit in its context. Internal: it is free text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args

from clearcount.errors import RequestError
from clearcount.files import write_whole
from clearcount.model.mention import Mention
from clearcount.offences import code_list
from clearcount.workflow.bundling import mentions_csv
from clearcount.workflow.counting import Counted, count_request
from clearcount.workflow.counting_stores import part_in
from clearcount.workflow.stores import NamedStore

Order = Literal["place", "left", "right"]
ORDERS: tuple[Order, ...] = get_args(Order)


def mentions(request: Path, store: NamedStore, *, order: Order = "place") -> Counted:
    """Return the request file, or its parts that count in `store`, counted there, with its mentions in `order`.

    "place" is occurrence, field, entry and offset. "right" goes by what follows the hit, "left" by the words before it,
    the nearest first. So like surroundings come together.

    Raises:
        RequestError: when the request has no terms.
        ClearcountError: when the request cannot be counted, with a sentence.
    """
    asked = part_in(request, store)
    if asked.terms is None:
        raise RequestError(f"{request}: has no [terms], so there are no mentions; add the words to look for")
    counted = count_request(asked, store.store, codes=code_list(), snapshot=store.snapshot.number)
    found = counted.found
    keys = {"left": _left, "right": _right}
    ordered = found.mentions if order == "place" else tuple(sorted(found.mentions, key=keys[order]))
    return replace(counted, found=replace(found, mentions=ordered))


def write_mentions(counted: Counted, path: Path) -> None:
    """Write the mentions to `path` as mentions.csv of the working papers, readable by the owner only."""
    write_whole(path, mentions_csv(counted), mode=0o600)


def _left(hit: Mention) -> tuple[list[str], list[str]]:
    return hit.before.casefold().split()[::-1], hit.matched.casefold().split()


def _right(hit: Mention) -> tuple[list[str], list[str]]:
    return hit.after.casefold().split(), hit.matched.casefold().split()
