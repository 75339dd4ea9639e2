"""The concordance of a request: every hit in its context. Internal: it is free text."""

from __future__ import annotations

import csv
from collections.abc import Sequence
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
    return replace(counted, found=replace(counted.found, mentions=in_order(counted.found.mentions, order)))


def in_order(found: Sequence[Mention], order: Order) -> tuple[Mention, ...]:
    """Return mentions that are in order of place in another order."""
    keys = {"left": _left, "right": _right}
    return tuple(found) if order == "place" else tuple(sorted(found, key=keys[order]))


def read_mentions(path: Path) -> tuple[Mention, ...]:
    """Return the mentions of a mentions.csv of working papers.

    Raises:
        RequestError: when the file is not there or is none.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return tuple(
                Mention(
                    occurrence_no=row["occurrence_no"],
                    field=row["field"],
                    entry_no=row["entry_no"],
                    term=row["term"],
                    start=int(row["start"]),
                    end=int(row["end"]),
                    matched=row["matched"],
                    before=row["before"],
                    after=row["after"],
                )
                for row in csv.DictReader(file)
            )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RequestError("the working papers of this count are not there; count again") from error


def write_mentions(counted: Counted, path: Path) -> None:
    """Write the mentions to `path` as mentions.csv of the working papers, readable by the owner only."""
    write_whole(path, mentions_csv(counted), mode=0o600)


def _left(hit: Mention) -> tuple[list[str], list[str]]:
    return hit.before.casefold().split()[::-1], hit.matched.casefold().split()


def _right(hit: Mention) -> tuple[list[str], list[str]]:
    return hit.after.casefold().split(), hit.matched.casefold().split()
