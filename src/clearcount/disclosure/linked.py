"""Tables of several documents together: a new release beside everything that was published before.

What it does: puts documents into one, so that leaves of the same name are the same records.
Why: releases that are each safe alone undo each other, because a figure that one hides the next gives away.
Example: a total for January to June and, a month later, one for January to July: the difference is July.
Use instead: nothing; a force that keeps no ledger of what it published cannot know what a new table gives away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from clearcount.disclosure.document import parse_document
from clearcount.errors import CodeError
from clearcount.model.codes import HomeOfficeCode

_MONTH = re.compile(r"^\d{4}-\d{2}$")


def together(documents: Sequence[Mapping[str, Any]], home: Mapping[str, str] | None = None) -> dict[str, Any]:
    """One document with the tables of all, each keeping its own leaves and totals.

    A table whose name an earlier document has gets a number behind it. A dimension that a document lacks is summed
    over all leaves that the others name, or is the one leaf that `home` gives for it (the force that answers).

    Raises:
        DisclosureError: a document that cannot be read.
    """
    for document in documents:
        parse_document(document)
    if len(documents) == 1:
        return dict(documents[0])
    leaves: dict[str, dict[str, None]] = {}
    for document in documents:
        for name, part in document["dimensions"].items():
            leaves.setdefault(name, {}).update(dict.fromkeys(map(str, part["leaves"])))
    for name, leaf in (home or {}).items():
        if name in leaves:
            leaves[name][leaf] = None
    merged: dict[str, Any] = {
        "dimensions": {name: {"leaves": list(found), "totals": {}} for name, found in leaves.items()},
        "tables": [],
        "known_zero": [],
        "links": [],
    }
    targets, hidden = [], []
    taken: set[str] = set()
    for document in documents:
        names = _names(document["tables"], taken)
        merged["tables"] += [
            _own_axes(table, document["dimensions"], leaves, home or {}) | {"name": names[table["name"]]}
            for table in document["tables"]
        ]
        merged["known_zero"] += _pinned(document, leaves)
        merged["links"] += [
            {end: link[end] | {"table": names[link[end]["table"]]} for end in ("less", "than")}
            for link in document.get("links", [])
        ]
        targets += [item | {"table": names[item["table"]]} for item in _targets(document)]
        hidden += [item | {"table": names[item["table"]]} for item in document.get("hidden", [])]
    if any("targets" in document for document in documents):
        merged["targets"] = targets
    if hidden:
        merged["hidden"] = hidden
    return merged


def _names(tables: Iterable[Mapping[str, Any]], taken: set[str]) -> dict[str, str]:
    names = {}
    for table in tables:
        name, number = table["name"], 1
        while name in taken:
            number += 1
            name = f"{table['name']} ({number})"
        taken.add(name)
        names[table["name"]] = name
    return names


def _own_axes(
    table: Mapping[str, Any],
    dimensions: Mapping[str, Any],
    leaves: Mapping[str, Mapping[str, None]],
    home: Mapping[str, str],
) -> dict[str, Any]:
    """A table with every dimension of its document written out, so that it means the same beside others."""
    own_leaves, own_totals = dict(table.get("leaves", {})), dict(table.get("totals", {}))
    for name, part in dimensions.items():
        named = own_totals.get(name, {})
        if name not in own_totals or any(child not in named for children in named.values() for child in children):
            own_totals[name] = {**part.get("totals", {}), **named}
        own_leaves.setdefault(name, part["leaves"])
    for name in leaves:
        if name not in dimensions and name in home:
            own_leaves[name] = [home[name]]
    return {**table, "leaves": own_leaves, "totals": own_totals}


def _pinned(document: Mapping[str, Any], leaves: Mapping[str, Mapping[str, None]]) -> list[dict[str, str]]:
    """Known zeros as maps; a dimension left out means the leaves of their own document, also beside other leaves."""
    dimensions = document["dimensions"]
    found: list[dict[str, str]] = []
    for entry in document.get("known_zero", []):
        places = [dict(entry) if isinstance(entry, Mapping) else dict(zip(dimensions, entry, strict=True))]
        for name, part in dimensions.items():
            if name not in places[0] and set(map(str, part["leaves"])) != set(leaves[name]):
                places = [{**place, name: leaf} for place in places for leaf in part["leaves"]]
        found += places
    return found


def _targets(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The document's targets, written out where they are the default."""
    if "targets" in document:
        return [dict(item) for item in document["targets"]]
    return [
        {"table": table["name"], "cells": [at]}
        for table in document["tables"]
        for at, low, high in table["cells"]
        if low != high
    ]


def by_code_and_month(document: Mapping[str, Any]) -> dict[str, Any]:
    """A ledger document with its dimensions called offence and month, and codes in canonical spelling.

    Tables made by hand may call the dimensions what they like: a dimension whose leaves are all offence codes is the
    offences, one whose leaves are all months the months.
    """
    parse_document(document)
    renamed: dict[str, str] = {}
    spelled: dict[str, dict[str, str]] = {}
    for name, part in document["dimensions"].items():
        codes = {leaf: code for leaf in map(str, part["leaves"]) if (code := _code(leaf))}
        if len(codes) == len(part["leaves"]) and "offence" not in renamed.values():
            renamed[name], spelled[name] = "offence", codes
        elif all(_MONTH.match(str(leaf)) for leaf in part["leaves"]) and "month" not in renamed.values():
            renamed[name] = "month"
    others = set(document["dimensions"]) - set(renamed)
    if others & set(renamed.values()) or (all(a == b for a, b in renamed.items()) and not spelled):
        return dict(document)
    return _renamed(document, renamed, spelled)


def _code(leaf: str) -> str | None:
    try:
        return str(HomeOfficeCode.parse(leaf))
    except CodeError:
        return None


def _renamed(
    document: Mapping[str, Any], renamed: Mapping[str, str], spelled: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    def dimension(name: str) -> str:
        return renamed.get(name, name)

    def leaf(name: str, value: Any) -> str:
        return spelled.get(name, {}).get(str(value), str(value))

    def totals(name: str, part: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        return {total: [leaf(name, child) for child in children] for total, children in part.items()}

    by = {table["name"]: list(table["by"]) for table in document["tables"]}

    def at(table: str, places: Sequence[Any]) -> list[str]:
        return [leaf(name, value) for name, value in zip(by[table], places, strict=True)]

    def table(part: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **part,
            "by": [dimension(name) for name in part["by"]],
            "leaves": {dimension(n): [leaf(n, v) for v in found] for n, found in part.get("leaves", {}).items()},
            "totals": {dimension(name): totals(name, found) for name, found in part.get("totals", {}).items()},
            "cells": [[at(part["name"], places), low, high] for places, low, high in part["cells"]],
        }

    def zero(entry: Any) -> dict[str, str]:
        given = entry if isinstance(entry, Mapping) else dict(zip(document["dimensions"], entry, strict=True))
        return {dimension(name): leaf(name, value) for name, value in given.items()}

    changed = {
        "dimensions": {
            dimension(name): {
                "leaves": [leaf(name, value) for value in part["leaves"]],
                "totals": totals(name, part.get("totals", {})),
            }
            for name, part in document["dimensions"].items()
        },
        "tables": [table(part) for part in document["tables"]],
        "known_zero": [zero(entry) for entry in document.get("known_zero", [])],
        "links": [
            {end: {**link[end], "at": at(link[end]["table"], link[end]["at"])} for end in ("less", "than")}
            for link in document.get("links", [])
        ],
    }
    if "targets" in document:
        changed["targets"] = [
            {**item, "cells": [at(item["table"], places) for places in item["cells"]]} for item in document["targets"]
        ]
    if "hidden" in document:
        changed["hidden"] = [{**item, "at": at(item["table"], item["at"])} for item in document["hidden"]]
    return changed
