"""What one answer is made from, read once: the command line, Python, the web service and `verify` start from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from clearcount.disclosure import Policy
from clearcount.errors import DisclosureError
from clearcount.model.release import Force
from clearcount.model.request import CountRequest
from clearcount.model.visible import visible
from clearcount.offences import CodeList, code_list
from clearcount.store import Store
from clearcount.workflow.codes import codes_in_use
from clearcount.workflow.ledger import adopt
from clearcount.workflow.lettering import letter_template as read_template
from clearcount.workflow.pack_file import Pack
from clearcount.workflow.reading_files import read_force, read_request_file, read_toml
from clearcount.workflow.stores import NamedStore, StorePlace, opened
from clearcount.workflow.superseding import EarlierVersion, read_earlier


@dataclass(frozen=True)
class Inputs:
    """A request, the stores that answer it, and everything else that an answer rests on.

    `accepted` gives doubts that are accepted beside those of the request, each with its reason. `decisions` is a file
    of what people decided about the hits. `earlier` is the bundle that the answer replaces, `reason` why.
    `letter_template` is the content of the force's own, checked; empty stands for the packaged one. `made_on` dates an
    answer whose request gives no `version_date`; without both it is the day on which the release is made. Without
    `ledger` nothing that left before is looked at.
    """

    request: Mapping[str, object] | CountRequest
    stores: tuple[NamedStore, ...]
    policy: Policy
    force: Force = field(default_factory=Force)
    codes: CodeList = field(default_factory=code_list)
    engine: str = "local"
    accepted: Mapping[str, str] = field(default_factory=dict)
    decisions: Path | None = None
    earlier: EarlierVersion | None = None
    reason: str = ""
    letter_template: bytes = b""
    made_on: date | None = None
    ledger: bool = True

    @property
    def source(self) -> Mapping[str, object]:
        """The request as a mapping."""
        return self.request.source if isinstance(self.request, CountRequest) else self.request


@dataclass(frozen=True)
class InputFiles:
    """The files that an answer is made from, and what is said beside them.

    `pack` is what was read and checked of a request that is a pack; its file is not read again. The letter is made
    with the template at `letter_template`, else with the one that the force's file names, else with the packaged one.
    """

    request: Path
    stores: tuple[StorePlace, ...]
    policy: Path
    force: Path | None = None
    letter_template: Path | None = None
    decisions: Path | None = None
    codes: Path | None = None
    supersedes: Path | None = None
    reason: str = ""
    accepted: Mapping[str, str] = field(default_factory=dict)
    engine: str = "local"
    pack: Pack | None = None


def read_policy(path: Path) -> Policy:
    """Return the policy in the TOML file at `path`. Raises DisclosureError with every fault at once."""
    return Policy.parse(read_toml(path, "policy", DisclosureError))


def read_inputs(files: InputFiles) -> tuple[Inputs, int]:
    """Return what the files hold, and how many tables of the policy's folder went into the ledger of the store.

    Raises:
        ClearcountError: for a file that cannot be read, or a store that cannot be opened.
    """
    data = dict(files.pack.request) if files.pack else read_request_file(files.request)
    policy = read_policy(files.policy)
    template = read_template(force=files.force, given=files.letter_template)
    adopted = adopt_published(policy, files.policy, [place.folder for place in files.stores])
    inputs = Inputs(
        request=data,
        stores=opened(files.stores),
        policy=policy,
        force=read_force(files.force),
        codes=codes_in_use(files.codes),
        engine=files.engine,
        accepted=files.accepted,
        decisions=files.decisions,
        earlier=read_earlier(files.supersedes) if files.supersedes else None,
        reason=visible(files.reason).strip(),
        letter_template=template,
    )
    return inputs, adopted


def adopt_published(policy: Policy, file: Path, stores: Sequence[Path]) -> int:
    """Read the policy's folder of published tables into the ledger of the store; return how many were new.

    Raises:
        DisclosureError: when there are several stores, because a table does not say which it counts.
    """
    if not policy.published:
        return 0
    if len(stores) > 1:
        raise DisclosureError(
            f"{file}: 'published' names tables, and nobody can say which of the stores they count. Add each to its "
            "store with: clearcount ledger DIR add FILE, and take 'published' out"
        )
    return adopt(stores[0], file.parent / policy.published)


def one_store(store: Store, snapshot: int | None = None) -> tuple[NamedStore, ...]:
    """Return one store without a name, as answers of one store take it."""
    return (NamedStore(store, number=snapshot),)
