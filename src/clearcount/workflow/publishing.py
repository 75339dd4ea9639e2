"""Publishing: a bundle is checked, audited with everything that left, and added to the ledger of its store."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from clearcount.disclosure import Policy
from clearcount.disclosure.document import Document, hidden_targets
from clearcount.disclosure.document_json import parse_document
from clearcount.disclosure.judging import Judged, judge, judge_as_it_is
from clearcount.disclosure.records import Earlier
from clearcount.disclosure.stores import document_of
from clearcount.disclosure.ties import beside
from clearcount.disclosure.ways import safe_parts
from clearcount.errors import DisclosureError
from clearcount.store.ledger import Ledger, LedgerEntry
from clearcount.workflow.ledger import document_in, document_name
from clearcount.workflow.stores import StorePlace, opened
from clearcount.workflow.verifying import verify
from clearcount.writers.printed import ReleaseJson
from clearcount.writers.readback import read_release

Judging: TypeAlias = Callable[[Document], Judged]

WAYS_OUT = (
    "ask for coarser columns (quarters or years), for fewer rows or dimensions, or for the same period as before. "
    "Then count again, so that the new count suppresses what it must. Or hold this answer back"
)


@dataclass(frozen=True)
class Publication:
    """What became of a bundle: published as entry `number`, or not and why. A dry run has no number.
    `numbers` are those in the ledgers of several stores, by their names.

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
    numbers: Mapping[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether it was published, or may be."""
        return not self.why

    def as_dict(self) -> dict[str, object]:
        """Return plain values for a machine."""
        return {
            "published": self.published,
            "number": self.number or None,
            **({"numbers": dict(self.numbers)} if self.numbers else {}),
            "already": self.already,
            "dry_run": self.dry_run,
            "why": list(self.why),
            "ways_out": self.ways_out,
            "untied": list(self.untied),
            "accounts": self.accounts,
        }


def publish(
    bundle: Path,
    stores: Sequence[StorePlace],
    *,
    dry_run: bool = False,
    letter_template: Path | None = None,
    waiting: Callable[[], None] = lambda: None,
) -> Publication:
    """Check a bundle, audit it with everything that left its stores, and add it to their ledgers, or say why not.

    The audit and the adding are one step under a lock, so the second of two bundles is audited with the first. Of an
    answer over several stores each ledger gets the part of its store. A run that was killed between two ledgers is
    finished by publishing again.

    Raises:
        ClearcountError: the bundle or a store cannot be read, or a ledger cannot be written.
    """
    opened(stores)
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
    verified = verify(bundle, stores=stores, letter_template=letter_template)
    if not verified.ok:
        faults = [f"{check.name}: {fault}" for check in verified.checks for fault in check.faults]
        return Publication(False, why=tuple(faults[:20]), ways_out="count again, and publish what the count writes")
    ledgers = {store.name: Ledger(store.folder) for store in stores}
    with ExitStack() as locks:
        for store in sorted(stores, key=lambda store: store.folder.resolve()):  # in one order, so that none waits twice
            locks.enter_context(ledgers[store.name].locked(waiting))
        asked = [_Asked(released, digest, name, ledger, ledger.entries()) for name, ledger in ledgers.items()]
        if all(each.known for each in asked):
            return _published(asked, already=True)
        for each in asked:
            document, judging, earlier = each.judging()
            each.untied = [name for known in earlier for name in known.untied]
            if not (judged := judging(document)).safe:
                ways = _ways_out(document, judging)
                return replace(_published(asked), published=False, number=0, why=_why(judged), ways_out=ways)
        if dry_run:
            return replace(_published(asked), published=False, number=0, dry_run=True)
        for each in asked:
            each.append()
        for each in asked:
            each.ledger.forget(document_name(document_in(released)))
    return _published(asked)


def _published(asked: Sequence[_Asked], *, already: bool = False) -> Publication:
    """What became of a bundle, from the ledgers of its stores; the number is that of the first."""
    untied = () if already else tuple(dict.fromkeys(name for each in asked for name in each.untied))
    accounts = 0 if already else max(each.accounts for each in asked)
    numbers = {each.name: each.known.number if each.known else 0 for each in asked}
    first = next(iter(numbers.values()))
    return Publication(
        True, first, already=already, untied=untied, accounts=accounts, numbers=numbers if len(numbers) > 1 else {}
    )


def _why(judged: Judged) -> tuple[str, ...]:
    return tuple(f"with what was published before it gives a small count away: {each}" for each in judged.learnt[:10])


def _ways_out(document: Document, judging: Judging) -> str:
    """What may leave of a refused answer, each part judged, and what else can be done."""
    parts = safe_parts(document, judging)
    return f"it may leave {'; or '.join(parts)}. Or {WAYS_OUT}" if parts else WAYS_OUT


@dataclass
class _Asked:
    """One store's part of a bundle that is to be published, beside the ledger of the store, which is locked."""

    released: ReleaseJson
    digest: str
    name: str
    ledger: Ledger
    entries: tuple[LedgerEntry, ...]
    untied: Sequence[str] = ()

    @property
    def known(self) -> LedgerEntry | None:
        """The entry of the bundle, where it is there."""
        return next((entry for entry in self.entries if entry.bundle == self.digest), None)

    @property
    def accounts(self) -> int:
        """How many earlier releases with an account a reader can hold beside this one's."""
        earlier = [entry for entry in self.entries if entry.bundle != self.digest]
        return sum(entry.kind == "release" for entry in earlier) if self.released.get("statements") else 0

    @property
    def document(self) -> dict[str, object]:
        """The store's part of the tables document."""
        return document_of(document_in(self.released), self.name)

    def judging(self) -> tuple[Document, Judging, list[Earlier]]:
        """Return the document of an answer, what judges it or a part of it beside all that left, and what left."""
        policy = Policy.parse(self.released["provenance"]["policy"])
        earlier = [Earlier.of(each.document, each.records) for each in self.entries if each.bundle != self.digest]
        document = parse_document(self.document)
        hides = any(hidden_targets(each.document.tables) for each in earlier)
        if policy.rule == "none" and not hides:  # the force decided, with a reason, to print counts as they are
            return document, lambda _: Judged(), earlier
        if self.known:  # a run that was killed behind this ledger had judged it
            return document, lambda _: Judged(), earlier
        kept = self.ledger.kept(document_name(document_in(self.released)))
        if kept is None:
            raise DisclosureError(
                "the store does not hold the records of this answer, so nobody can compare it with what left before. "
                "Count it again on this store, and publish that bundle"
            )
        records, notes = kept
        small = [(str(place["table"]), tuple(map(str, place["at"]))) for place in notes.get("small", ())]  # type: ignore[attr-defined]
        width = policy.width if policy.rule == "suppress" else 1
        join = beside(earlier, records if notes.get("tied") else None, str(self.released.get("force", "")))

        def judging(part: Document) -> Judged:
            if policy.rule == "none":
                return judge_as_it_is(part, join, policy.threshold)
            places = {(table.name, cell.at) for table in part.tables for cell in table.cells}
            kept_small = [place for place in small if place in places]
            return judge(part, join, policy.threshold, small=kept_small, width=width)

        return document, judging, earlier

    def append(self) -> None:
        """Add the part to the ledger, unless it is there."""
        if self.known is None:
            self.entries = (*self.entries, self.ledger.append(self._entry()))

    def _entry(self) -> LedgerEntry:
        replaced = str(self.released.get("supersedes", ""))
        number = next((entry.number for entry in reversed(self.entries) if replaced and entry.title == replaced), 0)
        kept = self.ledger.kept(document_name(document_in(self.released)))
        return LedgerEntry(
            kind="release",
            name=str(self.released.get("reference", "")),
            document=self.document,
            reference=str(self.released.get("reference", "")),
            version_date=str(self.released.get("version_date", "")),
            bundle=self.digest,
            supersedes=number,
            records=kept[0] if kept and kept[1].get("tied") else None,
        )
