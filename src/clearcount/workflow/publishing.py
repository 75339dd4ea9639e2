"""Publishing: a bundle is checked, audited with everything that left, and added to the ledger of its store."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from clearcount.disclosure import Policy
from clearcount.disclosure.document import Document, hidden_targets
from clearcount.disclosure.document_json import parse_document
from clearcount.disclosure.judging import Judged, judge, judge_as_it_is
from clearcount.disclosure.records import Earlier
from clearcount.disclosure.ties import beside
from clearcount.disclosure.ways import safe_parts
from clearcount.errors import DisclosureError
from clearcount.store import open_store
from clearcount.store.ledger import Ledger, LedgerEntry
from clearcount.workflow.ledger import document_in, document_name
from clearcount.workflow.verifying import verify
from clearcount.writers.readback import read_release

Judging: TypeAlias = Callable[[Document], Judged]

WAYS_OUT = (
    "ask for coarser columns (quarters or years), for fewer rows or dimensions, or for the same period as before. "
    "Then count again, so that the new count suppresses what it must. Or hold this answer back"
)


@dataclass(frozen=True)
class Publication:
    """What became of a bundle: published as entry `number`, or not and why. A dry run has no number.

    `accounts` counts the earlier releases whose accounts a reader can hold beside this one's, which nothing audits.
    """

    published: bool
    number: int = 0
    why: tuple[str, ...] = ()
    ways_out: str = ""
    already: bool = False
    dry_run: bool = False
    untied: tuple[str, ...] = ()
    accounts: int = 0

    @property
    def ok(self) -> bool:
        """Whether it was published, or may be."""
        return not self.why

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for a machine."""
        return {
            "published": self.published,
            "number": self.number or None,
            "already": self.already,
            "dry_run": self.dry_run,
            "why": list(self.why),
            "ways_out": self.ways_out,
            "untied": list(self.untied),
            "accounts": self.accounts,
        }


def publish(
    bundle: Path,
    store: Path,
    *,
    dry_run: bool = False,
    letter_template: Path | None = None,
    waiting: Callable[[], None] = lambda: None,
) -> Publication:
    """Check a bundle, audit it with everything that left the store, and add it to the ledger, or say why not.

    The audit and the adding are one step under a lock, so the second of two bundles is audited with the first.

    Raises:
        ClearcountError: the bundle or the store cannot be read, or the ledger cannot be written.
    """
    open_store(store)
    released = read_release(bundle)
    digest = hashlib.sha256((bundle / "release.json").read_bytes()).hexdigest()
    if released.get("draft"):
        because = released.get("draft_because")
        open_doubts = ", ".join(map(str, because)) if isinstance(because, list) else ""
        named = f" ({open_doubts})" if open_doubts else ""
        return Publication(
            False,
            why=(f"it is a draft, because doubts about its request are open{named}",),
            ways_out="mend each doubt or accept it with a reason, then count again",
        )
    verified = verify(bundle, store=store, letter_template=letter_template)
    if not verified.ok:
        faults = [f"{check.name}: {fault}" for check in verified.checks for fault in check.faults]
        return Publication(False, why=tuple(faults[:20]), ways_out="count again, and publish what the count writes")
    ledger = Ledger(store)
    with ledger.locked(waiting):
        entries = ledger.entries()
        if known := next((entry for entry in entries if entry.bundle == digest), None):
            return Publication(True, known.number, already=True)
        document, judging, earlier = _judging(released, ledger, entries)
        judged = judging(document)
        untied = tuple(name for each in earlier for name in each.untied)
        accounts = sum(entry.kind == "release" for entry in entries) if released.get("statements") else 0
        if not judged.safe:
            ways = _ways_out(document, judging)
            return Publication(False, why=_why(judged), ways_out=ways, untied=untied, accounts=accounts)
        if dry_run:
            return Publication(False, dry_run=True, untied=untied, accounts=accounts)
        entry = ledger.append(_entry(released, digest, ledger, entries))
        ledger.forget(document_name(document_in(released)))
    return Publication(True, entry.number, untied=untied, accounts=accounts)


def _why(judged: Judged) -> tuple[str, ...]:
    return tuple(f"with what was published before it gives a small count away: {each}" for each in judged.learnt[:10])


def _ways_out(document: Document, judging: Judging) -> str:
    """What may leave of a refused answer, each part judged, and what else can be done."""
    parts = safe_parts(document, judging)
    return f"it may leave {'; or '.join(parts)}. Or {WAYS_OUT}" if parts else WAYS_OUT


def _judging(
    released: Mapping[str, Any], ledger: Ledger, entries: Sequence[LedgerEntry]
) -> tuple[Document, Judging, list[Earlier]]:
    """The document of an answer, what judges it or a part of it beside all that left, and what left."""
    policy = Policy.parse(released["provenance"]["policy"])
    earlier = [Earlier.of(entry.document, entry.records) for entry in entries]
    document = parse_document(document_in(released))
    hides = any(hidden_targets(each.document.tables) for each in earlier)
    if policy.rule == "none" and not hides:  # the force decided, with a reason, to print counts as they are
        return document, lambda _: Judged(), earlier
    kept = ledger.kept(document_name(document_in(released)))
    if kept is None:
        raise DisclosureError(
            "the store does not hold the records of this answer, so nobody can compare it with what left before. "
            "Count it again on this store, and publish that bundle"
        )
    records, notes = kept
    small = [(str(place["table"]), tuple(map(str, place["at"]))) for place in notes.get("small", ())]  # type: ignore[attr-defined]
    width = policy.width if policy.rule == "suppress" else 1
    join = beside(earlier, records if notes.get("tied") else None, str(released.get("force", "")))

    def judging(part: Document) -> Judged:
        if policy.rule == "none":
            return judge_as_it_is(part, join, policy.threshold)
        places = {(table.name, cell.at) for table in part.tables for cell in table.cells}
        kept_small = [place for place in small if place in places]
        return judge(part, join, policy.threshold, small=kept_small, width=width)

    return document, judging, earlier


def _entry(released: Mapping[str, Any], digest: str, ledger: Ledger, entries: Sequence[LedgerEntry]) -> LedgerEntry:
    replaced = str(released.get("supersedes", ""))
    number = next((entry.number for entry in reversed(entries) if replaced and entry.title == replaced), 0)
    kept = ledger.kept(document_name(document_in(released)))
    return LedgerEntry(
        kind="release",
        name=str(released.get("reference", "")),
        document=document_in(released),
        reference=str(released.get("reference", "")),
        version_date=str(released.get("version_date", "")),
        bundle=digest,
        supersedes=number,
        records=kept[0] if kept and kept[1].get("tied") else None,
    )
