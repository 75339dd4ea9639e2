"""The count in the case: asked for by a person, done by the worker, kept with its provenance."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from clearcount.errors import ClearcountError
from clearcount.files import write_whole
from clearcount.store import open_store
from clearcount.workflow.answering import count
from clearcount.workflow.inputs import InputFiles
from clearcount.workflow.reading import kept_decisions
from clearcount.workflow.reading_records import open_scope
from clearcount.workflow.stores import StorePlace, opened
from clearcount_web.audit.actions import record
from clearcount_web.cases.acting import Doing
from clearcount_web.cases.folders import answer_folder, papers_folder, run_folder
from clearcount_web.cases.models import Case, Run
from clearcount_web.cases.newest import reason_for
from clearcount_web.cases.plans import check_plan
from clearcount_web.cases.published import published_answer
from clearcount_web.disclosure_log.bundle import MANIFEST, RefusedBundle, read_bundle
from clearcount_web.ground.refusals import Refused
from clearcount_web.jobs.actions import enqueue
from clearcount_web.jobs.models import Job
from clearcount_web.jobs.registry import Run as Work
from clearcount_web.platform.databases import STAFF

JOB = "count-case"


def snapshots() -> list[tuple[int, str]]:
    """Return the snapshots of the record store, the newest first, each with its words; none without a store."""
    if settings.STORE_DIR is None:
        return []
    try:
        found = open_store(settings.STORE_DIR).snapshots()
    except ClearcountError:
        return []
    return [(shot.number, f"{shot.number}: records as at {shot.as_at}") for shot in reversed(tuple(found))]


def ask_for_count(now: Doing, given: Mapping[str, Any]) -> None:
    """Put the count of the plan into the worker's queue.

    Raises:
        Refused: without a store or a policy, for a plan with faults, or while another count of the case runs.
    """
    if settings.STORE_DIR is None or settings.POLICY_FILE is None:
        raise Refused("Nothing can be counted: set CLEARCOUNT_STORE_DIR and CLEARCOUNT_POLICY_FILE.")
    checked = check_plan(now.case.plan)
    if checked.stops or checked.faults:
        raise Refused("The plan has faults. Open it and mend them first.")
    if given.get("with_decisions") and not _reads_the_same_store():
        raise Refused("Readers read another record store than the one that is counted, so nothing can be taken over.")
    _end_lost(now.case)
    if now.case.runs.filter(ended_at=None).exists():
        raise Refused("A count of this case is under way. Wait for it, or cancel it under Background work.")
    published = published_answer(now.case)
    replaces = published.run if published is not None and published.withdrawn_by is None else None
    afresh = now.case.reviews.exists()
    because = now.case.correction or (
        "The answer was decided afresh after an internal review."
        if afresh
        else "More parts of the request are answered."
    )
    run = Run.objects.create(
        case=now.case,
        replaces=replaces,
        replaces_because=because if replaces is not None else "",
        number=now.case.runs.count() + 1,
        plan=now.case.plan,
        snapshot=given.get("snapshot"),
        with_decisions=bool(given.get("with_decisions")),
        asked_by=now.by,
        asked_at=timezone.now(),
    )
    run.job_id = enqueue(JOB, {"run": run.pk}, by=now.by, unique=f"{JOB}:{run.pk}").pk
    run.save(update_fields=["job_id"])
    now.changes["run"] = run.number


def _end_lost(case: Case) -> None:
    """End the counts whose work was cancelled or broke off for good: nothing would ever end them."""
    for run in case.runs.filter(ended_at=None):
        job = Job.objects.filter(pk=run.job_id or 0).first()
        if job is None or job.state in (Job.State.FAILED, Job.State.CANCELLED):
            run.ended_at, run.fault = timezone.now(), "the count was cancelled or broken off"
            run.save(update_fields=["ended_at", "fault"])


def count_run(work: Work) -> None:
    """Count one run. A run that ended is left alone; one that was broken off begins again into the same folder."""
    run = Run.objects.select_related("case", "replaces").get(pk=int(str(work.payload["run"])))
    if run.ended_at is not None:
        return
    work.progress(0, 3)
    folder = run_folder(run)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(folder / "request.toml", run.plan)
    work.progress(1, 3)
    try:
        _count(run, folder)
    except ClearcountError as error:
        run.fault = str(error)[:500] or "nothing was counted"
    work.progress(2, 3)
    run.ended_at = timezone.now()
    with transaction.atomic(using=STAFF):
        run.save()
        told = {"run": run.number, "snapshot": run.snapshot, "digest": run.digest, "fault": bool(run.fault)}
        record("case.counted", by="worker", kind="case", key=run.case.reference, changes=told)
    work.progress(3, 3)


def _count(run: Run, folder: Path) -> None:
    """Write the bundle, and note on the run what came of it."""
    files = InputFiles(
        request=folder / "request.toml",
        stores=(StorePlace(Path(settings.STORE_DIR or ""), number=run.snapshot),),
        policy=Path(settings.POLICY_FILE or ""),
        force=settings.FORCE_FILE,
        supersedes=answer_folder(run.replaces) if run.replaces else None,
        reason=run.replaces_because,
        decisions=_decided(run, folder) if run.with_decisions else None,
    )
    try:
        answer = count(files, out=answer_folder(run), internal=papers_folder(run), replace_out=True)
    finally:
        (folder / "decisions.csv").unlink(missing_ok=True)  # it names records, and no purge reaches it
    run.snapshot = answer.counted.snapshot.number
    run.doubts = [[doubt.id, doubt.what] for doubt in answer.open_doubts]
    run.papers = answer.internal.name if answer.internal is not None else ""
    run.hits = len({mention.occurrence_no for mention in answer.counted.found.mentions})
    run.digest = hashlib.sha256((answer_folder(run) / MANIFEST).read_bytes()).hexdigest()


def _reads_the_same_store() -> bool:
    reading: Path | None = settings.READING_STORE_DIR
    counted: Path | None = settings.STORE_DIR
    return reading is None or (counted is not None and reading.resolve() == counted.resolve())


def _decided(run: Run, folder: Path) -> Path:
    """Write what readers decided about the plan's records into the folder of the run, and return the file."""
    decisions = folder / "decisions.csv"
    store = opened((StorePlace(Path(settings.STORE_DIR or ""), number=run.snapshot),))[0]
    kept_decisions(open_scope(folder / "request.toml", store), decisions)
    return decisions


def choose_run(now: Doing, given: Mapping[str, Any]) -> None:
    """Make a count the one that the answer rests on; an empty number takes it away.

    Raises:
        Refused: for a count of another plan, one with open doubts, an older one without a reason, or one whose bundle
            is not whole.
    """
    if not given.get("number"):
        now.case.run, now.case.run_over, now.case.run_because = None, None, ""
        now.changes["run"] = None
        return
    run = now.case.runs.filter(number=given["number"]).first()
    if run is None or not run.digest:
        raise Refused("This count has no bundle. Choose one that has ended well.")
    if run.plan != now.case.plan:
        raise Refused("The plan was changed after this count. Count again, or put the plan back.")
    if run.doubts:
        raise Refused("This count is a draft: doubts are open. Mend or accept them in the plan and count again.")
    now.case.run_over, now.case.run_because = reason_for(now.case, run, now.reason)
    now.case.run = run
    ensure_whole(now.case)
    now.changes |= {"run": run.number, "bundle": run.digest, "over": now.case.run_over}


def ensure_whole(case: Case) -> None:
    """Raise Refused unless the bundle that the answer rests on is there, unchanged, file by file."""
    if case.run is None:
        return
    try:
        bundle = read_bundle(answer_folder(case.run))
    except RefusedBundle as refused:
        raise Refused(f"The count of the answer cannot be used: {refused}.") from None
    if bundle.digest != case.run.digest:
        raise Refused("The bundle of the count was changed after it was made. Count again.")
    if bundle.reference != case.reference:
        raise Refused("The bundle has another reference than the case. Mend the plan and count again.")
    if case.run.plan != case.plan:
        raise Refused("The plan was changed after the count of the answer. Count again.")


def shown(run: Run) -> Mapping[str, Any]:
    """Return what a page shows of a run's bundle: its printed tables and its statements; nothing when it is gone."""
    try:
        manifest = json.loads((answer_folder(run) / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    made = manifest.get("provenance", {})
    return {
        "tables": [_table(table) for table in manifest.get("printed", ())],
        "statements": manifest.get("statements", ()),
        "provenance": {key: value for key, value in made.items() if isinstance(value, (str, int))},
        "draft": manifest.get("draft"),
    }


def review_sheet(run: Run | None) -> Mapping[str, Any] | None:
    """Return the reviewer's sheet of a count from its working papers; None when they are gone, or were never kept.

    It names small counts: it is for those who make or approve the answer.
    """
    if run is None or settings.STORE_DIR is None or not run.papers:
        return None
    try:
        papers = json.loads((papers_folder(run) / "run.json").read_bytes())
        sheet = papers["disclosure"]["sheet"]
        return sheet if isinstance(sheet, Mapping) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _table(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """A printed table as its page shows it: a heading for each column, and lines of a label with their cells."""
    lines = [
        (" ".join(str(part) for part in line[2:] if part not in ("", None)), row)
        for line, row in zip(table["lines"], table["cells"], strict=True)
    ]
    return {"title": table["title"], "columns": [column[1] for column in table["columns"]], "lines": lines,
            "corner": table.get("corner", "")}  # fmt: skip
