"""The living answer: after each import published answers are counted again, and a change is offered with its cause."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import astuple
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone

from clearcount.errors import ClearcountError
from clearcount.store import open_store
from clearcount.workflow.recounting import Published, answer_change
from clearcount_web.accounts.models import User
from clearcount_web.audit.actions import record
from clearcount_web.cases.folders import answer_folder
from clearcount_web.cases.models import Answer, Regular, Run
from clearcount_web.disclosure_log.bundle import MANIFEST
from clearcount_web.ground.refusals import Refused
from clearcount_web.jobs.registry import Run as Work
from clearcount_web.platform.databases import STAFF
from clearcount_web.records.models import Recount

JOB = "recount-published"
MOST_FIGURES = 500
SETTLED = ("new version", "regular", "left")


def living_answers() -> list[tuple[Answer, Run]]:
    """Return the answers that are published now with their counts: of each case the last."""
    found = Answer.objects.exclude(slug="").filter(withdrawn_by=None, run__isnull=False)
    last: dict[int, tuple[Answer, Run]] = {}
    for answer in found.select_related("run", "case").order_by("round"):
        if answer.run is not None:
            last[answer.case_id] = (answer, answer.run)
    return list(last.values())


def recount_answers(work: Work) -> None:
    """Count each published answer again on the newest snapshot, once for each snapshot."""
    store: Path | None = settings.STORE_DIR
    if store is None:
        return
    try:
        newest = open_store(store).snapshot().number
    except ClearcountError:
        return
    known = set(Recount.objects.filter(snapshot=newest).values_list("answer_id", flat=True))
    waiting = [
        (answer, run)
        for answer, run in living_answers()
        if answer.pk not in known and run.snapshot not in (None, newest)
    ]
    for done, (answer, run) in enumerate(waiting):
        work.progress(done, len(waiting))
        _recount(answer, run, store, newest)
    work.progress(len(waiting), len(waiting))


def _recount(answer: Answer, run: Run, store: Path, newest: int) -> None:
    told: dict[str, Any] = {}
    try:
        change = answer_change(run.plan, store, run.snapshot or 0, newest, _published(run))
        told = {
            "changes": [list(astuple(figure)) for figure in change.figures[:MOST_FIGURES]],
            "changed": len(change.figures),
            "causes": dict(change.causes),
        }
    except ClearcountError as error:
        told = {"fault": str(error)[:500] or "it could not be counted"}
    with transaction.atomic(using=STAFF):
        made, new = Recount.objects.get_or_create(
            answer=answer, snapshot=newest, defaults={"run": run, "counted_at": timezone.now(), **told}
        )
        if new:
            record(
                "answer.counted_again",
                by="worker",
                kind="case",
                key=answer.case.reference,
                changes={"snapshot": newest, "changed": made.changed, "fault": bool(made.fault)},
            )


def _published(run: Run) -> Published:
    """What the published bundle says: its printed total, where it is no mark, and its code list.

    A count with decisions begins with what readers confirmed. That is no total of the hits, which are counted again.
    """
    try:
        manifest = json.loads((answer_folder(run) / MANIFEST).read_bytes())
        cell = manifest["printed"][0]["cells"][-1][-1]
        value = str(cell.get("value") if isinstance(cell, Mapping) else cell).replace(",", "")
        total = int(value) if value.isdecimal() and not run.with_decisions else None
        return Published(total, str(manifest["provenance"].get("codes_version", "")))
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return Published()


def waits(found: Recount) -> bool:
    """Return whether somebody has to decide: something changed, or the answer is published regularly."""
    changed = bool(found.changed or found.causes or found.fault)
    return not found.settled and (changed or Regular.objects.filter(case=found.answer.case_id).exists())


def settle(recount_id: int, given: Mapping[str, Any], *, by: User) -> Recount:
    """Note what becomes of a published answer whose figures changed.

    Raises:
        Refused: when that was decided, or nothing changed.
    """
    with transaction.atomic(using=STAFF):
        found: Recount = get_object_or_404(Recount.objects.select_for_update(), pk=recount_id)
        if found.settled:
            raise Refused("Somebody has decided this already. Open the page again.")
        if not waits(found):
            raise Refused("No figure of this answer changed, so there is nothing to decide.")
        if given["settled"] not in SETTLED:
            raise Refused("Choose what becomes of the answer.")
        found.settled, found.settled_by, found.settled_at = given["settled"], by, timezone.now()
        found.reason = str(given["reason"]).strip()
        found.save()
        record(
            "answer.change_settled",
            by=by,
            kind="case",
            key=found.answer.case.reference,
            changes={"snapshot": found.snapshot, "settled": found.settled},
            reason=found.reason,
        )
    return found
