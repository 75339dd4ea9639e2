"""Whether a bundle may leave: read back and counted again, by the force's policy, without an open doubt."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from clearcount.disclosure import Policy
from clearcount.errors import ClearcountError
from clearcount.store import open_store
from clearcount.workflow.answering import answer_request
from clearcount.workflow.inputs import Inputs, one_store, read_policy
from clearcount.workflow.publishing import publish
from clearcount.workflow.stores import StorePlace
from clearcount.workflow.verifying import verify
from clearcount.workflow.verifying_again import accepted_apart
from clearcount_web.disclosure_log.bundle import MANIFEST, RefusedBundle

MOST_SAID = 5
"""Faults that a refusal names; the whole list is `clearcount verify`'s."""


def ensure_fit(folder: Path, *, store: Path | None, policy: Path | None) -> None:
    """Return nothing when the bundle in `folder` may be published; with a store it is in the store's ledger then.

    The library verifies it, audits it with everything that left before, and seals it into the ledger. A bundle that is
    in the ledger already is not added again. Without a store only its files are compared with each other. That is for a
    site of files, where nothing is at hand to count again.

    Raises:
        RefusedBundle: naming what is wrong and what to do.
    """
    try:
        faults = list(_faults(folder, store=store, policy=policy))
        if store is not None and not faults:
            _into_ledger(folder, store)
    except ClearcountError as error:
        raise RefusedBundle(f"the bundle cannot be verified: {error}") from None
    if faults:
        more = f" (and {len(faults) - MOST_SAID} more)" if len(faults) > MOST_SAID else ""
        raise RefusedBundle(
            "the bundle is not what count wrote; count again and publish that: " + "; ".join(faults[:MOST_SAID]) + more
        )


def _into_ledger(folder: Path, store: Path) -> None:
    told = publish(folder, (StorePlace(store),))
    if not told.ok:
        raise RefusedBundle(f"the bundle may not leave: {'; '.join(told.why[:MOST_SAID])}; {told.ways_out}")


def _faults(folder: Path, *, store: Path | None, policy: Path | None) -> Iterator[str]:
    if store is None:
        yield from (fault for check in verify(folder).checks for fault in check.faults)
        return
    released = json.loads((folder / MANIFEST).read_bytes())
    made = released.get("provenance") or {}
    if policy is not None:
        yield from _policy(made.get("policy") or {}, policy)
    yield from _doubts(released, made, store)


def _policy(used: Mapping[str, Any], policy: Path) -> Iterator[str]:
    """Where the policy that the answer was made by is another than the force's."""
    wanted = read_policy(policy).as_dict()
    found = Policy.parse(used).as_dict()
    other = sorted(key for key in {*wanted, *found} if wanted.get(key) != found.get(key))
    if other:
        yield f"it was made by another policy than the force's: {', '.join(other)} differ"


def _doubts(released: Mapping[str, Any], made: Mapping[str, Any], store: Path) -> Iterator[str]:
    """Doubts that are open when the request is answered again, whatever the bundle says of itself."""
    if made.get("stores"):
        yield "it counts in several record stores, and here is one; publish it with: clearcount publish"
        return
    answer = answer_request(
        Inputs(
            made.get("request") or {},
            one_store(open_store(store), made.get("snapshot")),
            policy=Policy.parse(made.get("policy") or {}),
            accepted=accepted_apart(released),
        )
    )
    if doubts := ", ".join(doubt.id for doubt in answer.open_doubts):
        yield f"it is a draft, whatever it says: these doubts are open: {doubts}"
