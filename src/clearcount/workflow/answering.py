"""The main job: a request, a store and a policy in; a bundle that may be sent and working papers that may not out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from clearcount.disclosure.control import control
from clearcount.disclosure.records import Earlier as Known
from clearcount.disclosure.records import Records
from clearcount.errors import BundleError, RequestError
from clearcount.model.release import Release
from clearcount.model.request import Doubt, FaultyRequest
from clearcount.store.force_key import force_key
from clearcount.workflow.bundling import inside, run_id, write_release, write_working_papers
from clearcount.workflow.checking import Checked, accept, accepts_only_doubts, check_request, faults_of
from clearcount.workflow.confirming import confirm, read_decisions
from clearcount.workflow.counting import Counted
from clearcount.workflow.counting_stores import StoreCount, count_stores
from clearcount.workflow.dating import release_day
from clearcount.workflow.inputs import InputFiles, Inputs, read_inputs
from clearcount.workflow.ledger import keep_records, known_before
from clearcount.workflow.reading_files import in_zone
from clearcount.workflow.releasing import StorePart, release_of
from clearcount.workflow.scope_records import records_of
from clearcount.workflow.stores import StorePlace
from clearcount.workflow.superseding import check_same_stores


@dataclass(frozen=True)
class StoreAnswer:
    """What one store gave to an answer.

    `hidden` says which cells disclosure control hid and why; it is internal, like `count`. `records` are those that
    count, by keyed digest, for the ledger of the store in the folder `ledger`.
    """

    count: StoreCount
    hidden: Mapping[str, Any]
    records: Records | None = None
    ledger: Path | None = None


@dataclass(frozen=True)
class Answer:
    """One answer: what was counted, what may be sent, which doubts there were, and where both were written.

    `stores` are in the order of their first tables. `adopted` are tables of the policy's folder that the ledger took
    in.
    """

    stores: tuple[StoreAnswer, ...]
    release: Release
    checked: Checked
    out: Path | None = None
    internal: Path | None = None
    adopted: int = 0

    @property
    def counted(self) -> Counted:
        """What was counted in the store of the headline table."""
        return self.stores[0].count.counted

    @property
    def untied(self) -> tuple[str, ...]:
        """The tables published earlier whose records nobody can compare with these."""
        return tuple(dict.fromkeys(name for each in self.stores for name in each.hidden.get("untied", ())))

    @property
    def revised(self) -> bool:
        """Whether some figures differ from those of earlier releases."""
        return any(each.hidden.get("revised") for each in self.stores)

    @property
    def open_doubts(self) -> tuple[Doubt, ...]:
        """The doubts that nobody accepted; while there is one, the bundle is a draft."""
        return self.checked.open()


def answer_request(inputs: Inputs) -> Answer:
    """Count, check and control; write nothing.

    Raises:
        FaultyRequest: with every fault at once.
        ClearcountError: for a store, engine or policy that cannot be used.
    """
    codes, stores = inputs.codes, inputs.stores
    source = in_zone(inputs.source, inputs.force.time_zone)
    made_on = inputs.made_on or release_day(inputs.force.time_zone)
    request, faults = faults_of(source, codes, stores)
    if faults:
        raise FaultyRequest(faults)
    if inputs.decisions is not None and len(stores) > 1:
        raise RequestError(
            "decisions are about the hits of one store, and this request counts in several; answer what people read in "
            "a request of its own"
        )
    if inputs.earlier is not None:
        check_same_stores(inputs.earlier, [store.name for store in stores])
    request = accept(request, inputs.accepted)
    counts = count_stores(request, stores, codes=codes, engine=inputs.engine)
    checked = check_request(source, codes=codes, stores=stores, counts=counts, made_on=made_on)
    checked = replace(checked, request=request)
    parts = tuple(_part(count, inputs, leads=count is counts[0]) for count in counts)
    dated = replace(inputs, made_on=request.version_date or made_on)
    release = release_of(request, [part for part, _ in parts], dated, checked.open())
    answers = (
        StoreAnswer(part.count, part.hidden, records, part.count.store.store.path if inputs.ledger else None)
        for part, records in parts
    )
    return Answer(tuple(answers), release, checked)


def _part(count: StoreCount, inputs: Inputs, *, leads: bool) -> tuple[StorePart, Records | None]:
    """What one store gives to the release, and its records; the earlier version stands beside the headline table."""
    store, counted = count.store.store, count.counted
    read = None
    if inputs.decisions is not None:
        rows = read_decisions(inputs.decisions, own_codes=counted.snapshot.own_codes)
        read = confirm(counted, store, store.path, rows, inputs.policy)
    decided = read.counted if read else counted
    records: Records | None = None
    known: tuple[Known, ...] = ()
    if inputs.ledger:
        records = records_of(decided, read.tables if read else (), force_key(store.path))
        replaced = inputs.earlier.released if inputs.earlier else None
        known = known_before(store.path, replaced=replaced, name=count.name)
    earlier = inputs.earlier.table if inputs.earlier and leads else None
    tables = [*decided.tables, *(read.tables if read else ()), *([earlier] if earlier else ())]
    controlled = control(
        tables,
        links=[*decided.links, *(read.links if read else ())],
        policy=inputs.policy,
        published=known,
        records=records,
        force=inputs.force.name,
    )
    return StorePart(replace(count, counted=decided), controlled, read), records


def write_answer(answer: Answer, out: Path, *, internal: Path | None, replace_out: bool, engine: str) -> Answer:
    """Write the bundle to `out` and the working papers to `internal`; the bundle last, whole or not at all.

    Without `internal` the papers of each store go to `runs/ID` in it. With it those of several stores go to a folder
    for each.

    Raises:
        BundleError: when the working papers would lie inside or around the bundle, or a place cannot be written.
    """
    run, several = run_id(answer.release), len(answer.stores) > 1
    places = []
    for part in answer.stores:
        place = internal / part.count.name if internal and several else internal
        places.append(place or part.count.store.store.path / "runs" / run)
        if inside(places[-1], out):
            raise BundleError(f"{places[-1]}: the working papers hold free text and may not lie inside or around {out}")
    for part, place in zip(answer.stores, places, strict=True):
        write_working_papers(part.count.counted, place, run=_run(answer, part, engine))
        if part.ledger is not None:
            small = [at for at in part.hidden.get("hidden", ()) if at["why"] == "primary"]
            keep_records(part.ledger, answer.release.document, part.records, small)
    write_release(answer.release, out, replace=replace_out)
    return replace(answer, out=out, internal=internal or places[0])


def _run(answer: Answer, part: StoreAnswer, engine: str) -> dict[str, object]:
    """What run.json says of the count of one store."""
    counted = part.count.counted
    return {
        "run": run_id(answer.release),
        "engine": engine,
        **({"store": part.count.name} if part.count.name else {}),
        **answer.release.provenance.as_dict(),
        "undated_offences": counted.found.undated,
        "committed_over_months": counted.found.spread,
        "occurrences_in_scope": counted.occurrences,
        "occurrences_searched": len(counted.found.searched),
        "hits": len(counted.found.mentions),
        "hits_dropped": len(counted.found.dropped),
        "disclosure": {**part.hidden, "record": dict(answer.release.control)},
        "doubts": answer.checked.as_dict()["doubts"],
        "open_doubts": [doubt.id for doubt in answer.open_doubts],
    }


def count(files: InputFiles, *, out: Path, internal: Path | None = None, replace_out: bool = False) -> Answer:
    """Read the files, count, and write the bundle to `out` and the working papers to `internal`.

    Without `internal` the working papers of each store go to `runs/ID` in it. Nothing is written when anything is
    wrong.

    Raises:
        ClearcountError: with a sentence.
    """
    check_places(files.stores, out, internal)
    if bool(files.supersedes) != bool(files.reason.strip()):
        raise BundleError(
            "--supersedes BUNDLE and --reason WHY go together: a new version says why it replaces the old"
        )
    inputs, adopted = read_inputs(files)
    answer = answer_request(inputs)
    accepts_only_doubts(inputs.accepted, answer.checked)
    answer = replace(answer, adopted=adopted)
    return write_answer(answer, out, internal=internal, replace_out=replace_out, engine=inputs.engine)


def check_places(stores: Sequence[StorePlace], out: Path, internal: Path | None) -> None:
    """Raise BundleError when a bundle at `out` and the working papers would share a place, or have none."""
    for folder in [place.folder for place in stores]:
        if internal is not None and inside(internal, out):
            raise BundleError(f"{internal}: the working papers hold free text and may not lie inside or around {out}")
        if inside(folder, out):
            raise BundleError(f"{out}: a bundle that may be sent may not lie inside or around the record store")
        if internal is None and not _takes_papers(folder):
            raise BundleError(
                f"{folder}: the working papers go into the store, and it may not be written; name a place with "
                "--internal"
            )


def _takes_papers(store: Path) -> bool:
    """Whether the folder of the working papers may be written; what is no store is told of where it is opened."""
    place = store / "runs" if (store / "runs").is_dir() else store
    return os.access(place, os.W_OK) or not store.is_dir()
