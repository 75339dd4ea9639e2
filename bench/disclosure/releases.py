"""Releases of one growing table: each protected afresh, then each with the ledger of those before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bench.disclosure.instances import FIFTY, TWENTY, police_shape, table
from bench.disclosure.measure import POLICY, Document, heading, line, small, timed
from clearcount.disclosure import Protection, audit, protect
from clearcount.disclosure import document as values
from clearcount.disclosure.document_json import parse_document
from clearcount.disclosure.linked import together

TEN = {"offences": 10, "months": 18, "mean": 4.0, "seed": 11}
SERIES: dict[str, tuple[dict[str, Any], list[int], str]] = {
    "10 x 18, monthly": (TEN, [12, 13, 14, 15, 16, 17, 18], "cells"),
    "20 x 24, quarterly": (TWENTY, [12, 15, 18, 21, 24], "sum"),
    "50 x 36, half-yearly": (FIFTY, [12, 18, 24, 30, 36], "sum"),
}
"""The shape of each table, after which month each release is made, and what is minimised."""


def releases(names: list[str]) -> None:
    """Makes each series of releases both ways, and audits all releases of a series together."""
    heading(
        "table", "releases", "suppression", "hidden, last", "hidden, all", "proven", "exact alone", "exact together",
        "CPU s", "wall s", "joint audit CPU s",
    )  # fmt: skip
    for name in names:
        shape, ends, cost = SERIES[name]
        counts, dimensions = police_shape(**shape)
        truths = [table(f"to month {end}", counts, dimensions, end) for end in ends]
        sensitive = _each_once(truths)
        for aware in (False, True):
            made, took = timed(lambda t=truths, a=aware, c=cost: _series(t, POLICY | {"cost": c}, aware=a))
            ledger, found = made
            alone = sum(len(audit(document).exact) for document in ledger)
            joint, audited = timed(lambda d=ledger, s=sensitive: audit(_joint(d, s)))
            if not joint.consistent:
                raise AssertionError("releases of true counts contradict each other")
            line(
                name, len(ends), "knows the ledger" if aware else "each afresh", f"{len(found[-1].hidden):,}",
                f"{sum(len(one.hidden) for one in found):,}", f"{sum(one.optimal for one in found)} of {len(found)}",
                alone, f"{len(joint.exact)} of {len(sensitive):,}", f"{took.cpu:.1f}", f"{took.wall:.1f}",
                f"{audited.cpu:.2f}",
            )  # fmt: skip
    print()


def _joint(ledger: list[Document], sensitive: list[dict[str, Any]]) -> values.Document:
    """All releases as one document, with the small counts of all as targets."""
    joint = together([parse_document(document) for document in ledger]).document
    targets = tuple(values.Target(one["table"], tuple(tuple(at) for at in one["cells"])) for one in sensitive)
    return replace(joint, targets=targets)


def _series(truths: list[Document], policy: dict[str, Any], *, aware: bool) -> tuple[list[Document], list[Protection]]:
    """What a force would publish, and how it got there."""
    ledger: list[Document] = []
    found = []
    for truth in truths:
        one = protect(truth, policy, published=ledger if aware else ())
        if not one.safe:
            raise AssertionError(one.why)
        found.append(one)
        ledger.append({**one.document, "hidden": [dict(item) for item in one.hidden]})
    return ledger, found


def _each_once(truths: list[Document]) -> list[dict[str, Any]]:
    """Every small figure of all releases as a target, once where several releases print it."""
    found: dict[Any, dict[str, Any]] = {}
    for truth in truths:
        part = truth["tables"][0]
        for row, column in sorted(small(truth)):
            key = (row, tuple(part["totals"]["month"].get(column, [column])))
            found.setdefault(key, {"table": part["name"], "cells": [[row, column]]})
    return list(found.values())
