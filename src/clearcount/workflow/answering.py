"""The main job: a request, a store and a policy in; a bundle that may be sent and working papers that may not out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from clearcount.disclosure import Policy
from clearcount.disclosure.records import Records
from clearcount.errors import BundleError, DisclosureError
from clearcount.model.release import Force, Release
from clearcount.model.request import CountRequest, Doubt, FaultyRequest
from clearcount.model.visible import visible
from clearcount.offences import CodeList, code_list
from clearcount.store import Store, open_store
from clearcount.store.force_key import force_key
from clearcount.workflow.accounting import account_for
from clearcount.workflow.bundling import inside, run_id, write_release, write_working_papers
from clearcount.workflow.checking import Checked, accept, accepts_only_doubts, check_request, faults_of
from clearcount.workflow.codes import codes_in_use
from clearcount.workflow.confirming import confirm, read_decisions
from clearcount.workflow.counting import Counted, count_request
from clearcount.workflow.dating import release_day
from clearcount.workflow.ledger import adopt, keep_records, known_before
from clearcount.workflow.lettering import letter_template as read_template
from clearcount.workflow.pack_file import Pack
from clearcount.workflow.reading_files import in_zone, read_force, read_request_file, read_toml
from clearcount.workflow.releasing import release_of
from clearcount.workflow.scope_records import records_of
from clearcount.workflow.superseding import Earlier, read_earlier


@dataclass(frozen=True)
class Answer:
    """One answer: what was counted, what may be sent, which doubts there were, and where both were written.

    `hidden` says which cells disclosure control hid and why; it is internal, like `counted`. `records` are those that
    count, by keyed digest, for the ledger of the store in the folder `store`. `adopted` are tables of the policy's
    folder that the ledger took in.
    """

    counted: Counted
    release: Release
    checked: Checked
    hidden: Mapping[str, Any]
    records: Records | None = None
    store: Path | None = None
    out: Path | None = None
    internal: Path | None = None
    adopted: int = 0

    @property
    def open_doubts(self) -> tuple[Doubt, ...]:
        """The doubts that nobody accepted; while there is one, the bundle is a draft."""
        return self.checked.open()


def read_policy(path: Path) -> Policy:
    """Return the policy in the TOML file at `path`. Raises DisclosureError with every fault at once."""
    return Policy.parse(read_toml(path, "policy", DisclosureError))


def check(request: Path, *, store: Path | None, codes: Path | None = None, snapshot: int | None = None) -> Checked:
    """Return every fault and doubt of the request file, those that need records too where a store is named."""
    data = read_request_file(request)
    opened = open_store(store) if store else None
    return check_request(data, codes=codes_in_use(codes), store=opened, snapshot=snapshot)


def answer_request(
    data: Mapping[str, Any] | CountRequest,
    store: Store,
    *,
    policy: Policy,
    force: Force | None = None,
    codes: CodeList | None = None,
    snapshot: int | None = None,
    engine: str = "local",
    accepted: Mapping[str, str] | None = None,
    published: tuple[Mapping[str, Any], ...] = (),
    ledger: bool = True,
    decisions: tuple[Path, Path] | None = None,
    earlier: Earlier | None = None,
    reason: str = "",
    letter_template: bytes = b"",
    made_on: date | None = None,
) -> Answer:
    """Count, check and control; write nothing.

    `published` are documents beside the store's ledger, which is read unless `ledger` is false.
    `letter_template` is the content of the force's own, checked. `decisions` are a file of what people decided about
    the hits, and the store's folder, which keeps the force's key.
    `earlier` is the bundle that this answer replaces, `reason` why. `made_on` dates an answer whose request gives no
    `version_date`; without both it is the day on which the release is made.

    Raises:
        FaultyRequest: with every fault at once.
        ClearcountError: for a store, engine or policy that cannot be used.
    """
    codes = codes or code_list()
    force = force or Force()
    source = in_zone(data.source if isinstance(data, CountRequest) else data, force.time_zone)
    made_on = made_on or release_day(force.time_zone)
    request, faults = faults_of(source, codes, store.snapshot(snapshot))
    if faults:
        raise FaultyRequest(faults)
    request = accept(request, accepted or {})
    counted = count_request(request, store, codes=codes, snapshot=snapshot, engine_name=engine)
    accounted = account_for(counted, store)
    checked = check_request(
        source, codes=codes, counted=counted, accounted=accounted, store=store, snapshot=snapshot, made_on=made_on
    )
    checked = replace(checked, request=request)
    read = None
    if decisions is not None:
        rows = read_decisions(decisions[0], own_codes=counted.snapshot.own_codes)
        read = confirm(counted, store, decisions[1], rows, policy)
    decided = read.counted if read else counted
    records = records_of(decided, read.tables if read else (), force_key(store.path)) if ledger else None
    known = known_before(store.path, replaced=earlier.released if earlier else None) if ledger else ()
    release, hidden = release_of(
        decided,
        policy=policy,
        force=force,
        made_on=request.version_date or made_on,
        open_doubts=checked.open(),
        published=(*known, *published),
        records=records,
        accounted=accounted,
        read=read,
        earlier=earlier,
        reason=reason,
        letter_template=letter_template,
    )
    return Answer(decided, release, checked, hidden, records, store.path if ledger else None)


def write_answer(answer: Answer, out: Path, *, internal: Path, replace_out: bool, engine: str) -> Answer:
    """Write the bundle to `out` and the working papers to `internal`; the bundle last, whole or not at all.

    Raises:
        BundleError: when the working papers would lie inside or around the bundle, or a place cannot be written.
    """
    if inside(internal, out):
        raise BundleError(f"{internal}: the working papers hold free text and may not lie inside or around {out}")
    run = {
        "run": run_id(answer.release),
        "engine": engine,
        **answer.release.provenance.as_dict(),
        "undated_offences": answer.counted.found.undated,
        "committed_over_months": answer.counted.found.spread,
        "occurrences_in_scope": len(set(answer.counted.found.offences.occurrence_no)),
        "occurrences_searched": len(answer.counted.found.searched),
        "hits": len(answer.counted.found.mentions),
        "hits_dropped": len(answer.counted.found.dropped),
        "disclosure": {**answer.hidden, "record": dict(answer.release.control)},
        "doubts": answer.checked.as_dict()["doubts"],
        "open_doubts": [doubt.id for doubt in answer.open_doubts],
    }
    write_working_papers(answer.counted, internal, run=run)
    if answer.store is not None:
        small = [place for place in answer.hidden.get("hidden", ()) if place["why"] == "primary"]
        keep_records(answer.store, answer.release.document, answer.records, small)
    write_release(answer.release, out, replace=replace_out)
    return replace(answer, out=out, internal=internal)


def count(
    request: Path,
    *,
    store: Path,
    out: Path,
    policy: Path,
    internal: Path | None = None,
    force: Path | None = None,
    letter_template: Path | None = None,
    decisions: Path | None = None,
    codes: Path | None = None,
    engine: str = "local",
    snapshot: int | None = None,
    accepted: Mapping[str, str] | None = None,
    supersedes: Path | None = None,
    reason: str = "",
    replace_out: bool = False,
    pack: Pack | None = None,
) -> Answer:
    """Read the files, counts, and writes the bundle to `out` and the working papers to `internal`.

    `pack` is what was read and checked of a request that is a pack; its file is not read again. Without `internal` the
    working papers go to `runs/ID` in the store. The letter is made with the template at
    `letter_template`, else with the one that the force's file names, else with the packaged one. Nothing is written
    when anything is wrong.

    Raises:
        ClearcountError: with a sentence.
    """
    if internal is not None and inside(internal, out):
        raise BundleError(f"{internal}: the working papers hold free text and may not lie inside or around {out}")
    if inside(store, out):
        raise BundleError(f"{out}: a bundle that may be sent may not lie inside or around the record store")
    if internal is None and not _takes_papers(store):
        raise BundleError(
            f"{store}: the working papers go into the store, and it may not be written; name a place with --internal"
        )
    if bool(supersedes) != bool(reason.strip()):
        raise BundleError(
            "--supersedes BUNDLE and --reason WHY go together: a new version says why it replaces the old"
        )
    data = dict(pack.request) if pack else read_request_file(request)
    rule = read_policy(policy)
    template = read_template(force=force, given=letter_template)
    adopted = adopt(store, policy.parent / rule.published) if rule.published else 0
    answer = answer_request(
        data,
        open_store(store),
        policy=rule,
        force=read_force(force),
        codes=codes_in_use(codes),
        snapshot=snapshot,
        engine=engine,
        accepted=accepted,
        decisions=(decisions, store) if decisions else None,
        earlier=read_earlier(supersedes) if supersedes else None,
        reason=visible(reason).strip(),
        letter_template=template,
    )
    accepts_only_doubts(accepted or {}, answer.checked)
    place = internal or store / "runs" / run_id(answer.release)
    answer = replace(answer, adopted=adopted)
    return write_answer(answer, out, internal=place, replace_out=replace_out, engine=engine)


def _takes_papers(store: Path) -> bool:
    """Whether the folder of the working papers may be written; what is no store is told of where it is opened."""
    place = store / "runs" if (store / "runs").is_dir() else store
    return os.access(place, os.W_OK) or not store.is_dir()
