"""What a count found: its hits in context, and what the other rules would find. Both quote records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction

from clearcount.errors import ClearcountError
from clearcount.files import write_whole
from clearcount.model.mention import Mention
from clearcount.workflow.compare import compare
from clearcount.workflow.mentions import Order, in_order, read_mentions
from clearcount.workflow.stores import StorePlace, opened
from clearcount_web.accounts.models import User
from clearcount_web.audit.actions import record
from clearcount_web.cases.folders import papers_folder, rules_folder, run_folder
from clearcount_web.cases.models import Case, Run
from clearcount_web.cases.table import BY_NAME, refusal
from clearcount_web.ground.refusals import Refused, enforce
from clearcount_web.jobs.actions import enqueue
from clearcount_web.jobs.models import Job
from clearcount_web.jobs.registry import Run as Work
from clearcount_web.platform.databases import STAFF

JOB = "compare-rules"
_FILE = "comparison.json"


def look_at_hits(case: Case, run: Run, order: Order, *, by: User) -> tuple[Mention, ...]:
    """Return the hits of a count in context; the look is an event.

    Raises:
        Refused: for a role that must not see texts, or when the working papers are gone.
    """
    _note_look(case, run, "hits", by=by)
    try:
        return in_order(read_mentions(papers_folder(run) / "mentions.csv"), order)
    except ClearcountError:
        raise Refused(
            "The working papers of this count are gone: records that they name were purged, or it was made before "
            "they were kept. Count again to see its hits."
        ) from None


def _note_look(case: Case, run: Run, what: str, *, by: User) -> None:
    act = BY_NAME["see_hits"]
    enforce(refusal(act, case.state, by.roles))
    with transaction.atomic(using=STAFF):
        record(f"case.{act.done}", by=by, kind="case", key=case.reference, changes={"run": run.number, "what": what})


def ask_for_rules(case: Case, run: Run, *, by: User) -> None:
    """Put the comparison of rules into the worker's queue.

    Raises:
        Refused: for a role that may not, or without a store.
    """
    act = BY_NAME["compare_rules"]
    enforce(refusal(act, case.state, by.roles))
    if settings.STORE_DIR is None:
        raise Refused("Nothing can be compared: set CLEARCOUNT_STORE_DIR.")
    with transaction.atomic(using=STAFF):
        enqueue(JOB, {"run": run.pk}, by=by, unique=f"{JOB}:{run.pk}")
        record(f"case.{act.done}", by=by, kind="case", key=case.reference, changes={"run": run.number})


def rules_job(run: Run) -> Job | None:
    """Return the last work that compares the rules of a count, or None."""
    return Job.objects.filter(kind=JOB, unique=f"{JOB}:{run.pk}").order_by("-pk").first()


def compare_rules(work: Work) -> None:
    """Compare the rules on the plan and snapshot of a count, and keep what they find, or why it cannot be."""
    run = Run.objects.get(pk=int(str(work.payload["run"])))
    work.progress(0, 1)
    request = run_folder(run) / "request.toml"
    found: dict[str, Any]
    try:
        store = opened((StorePlace(settings.STORE_DIR or request, number=run.snapshot),))[0]
        found = compare(request, store).as_dict(examples=5)
    except ClearcountError as error:
        found = {"fault": str(error).replace(str(request), "the plan")[:500]}
    folder = rules_folder(run)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(folder / _FILE, json.dumps(found, ensure_ascii=False), mode=0o600)
    work.progress(1, 1)


def compared(case: Case, run: Run, *, by: User) -> Mapping[str, Any]:
    """Return the comparison of rules, or nothing yet. Examples are for those who see texts; that look is an event."""
    try:
        found: dict[str, Any] = json.loads((rules_folder(run) / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if refusal(BY_NAME["see_hits"], case.state, by.roles) is None:
        _note_look(case, run, "rules", by=by)
        return found
    return {**found, "differences": [{**each, "examples": []} for each in found.get("differences", ())]}
