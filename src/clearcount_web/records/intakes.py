"""Imports: asked for by a person, explained and done by the worker, each step an event."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.timezone import localdate

from clearcount.errors import ClearcountError, ExportError
from clearcount.importers.layout import Layout
from clearcount.importers.layout_file import load_layout, parse_layout, shipped_layouts
from clearcount.workflow.asking import Answers, Proposal, answered, propose_layout
from clearcount.workflow.importing import ImportResult, ImportTerms, Watch, explain_export, import_export
from clearcount_web.accounts.models import User
from clearcount_web.audit.actions import record
from clearcount_web.ground.refusals import Refused
from clearcount_web.jobs.actions import enqueue
from clearcount_web.jobs.models import Job
from clearcount_web.jobs.registry import Run as Work
from clearcount_web.platform.databases import STAFF
from clearcount_web.records.inbox import InboxEntry, export_of, key_of
from clearcount_web.records.models import Intake

EXPLAIN, IMPORT = "explain-export", "import-export"
_S = Intake.State
_OPEN = (_S.EXPLAINING, _S.IMPORTING)


def store_dir() -> Path:
    """Return the record store.

    Raises:
        Refused: when the service was not told of one.
    """
    path: Path | None = settings.STORE_DIR
    if path is None:
        raise Refused("The service has no record store. Ask who runs it to set CLEARCOUNT_STORE_DIR.")
    return path


def proposal_of(export: InboxEntry) -> Proposal:
    """Return what the columns of an export probably are.

    Raises:
        Refused: with the sentence of the import, when no table can be read.
    """
    try:
        return propose_layout([export.path])
    except ExportError as error:
        raise Refused(_without_paths(str(error), export)) from None


def layouts() -> list[tuple[str, str]]:
    """Return the layouts that can be chosen instead of answering: those of earlier imports, then the packaged ones."""
    earlier = Intake.objects.filter(state=_S.IMPORTED).exclude(layout__in=shipped_layouts())[:5]
    found = [(f"import-{each.pk}", f"as import {each.pk} was read ({each.as_at})") for each in earlier]
    return [*found, *((name, f"the layout “{name}”") for name in shipped_layouts())]


def look(export: InboxEntry, given: Mapping[str, Any], answers: Answers, *, by: User) -> Intake:
    """Ask the worker to read an export and say how; nothing is imported yet.

    Raises:
        Refused: for a layout or answers that cannot be, or a day to come.
    """
    store_dir()
    if given["as_at"] > localdate():
        raise Refused(f"{given['as_at']} is still to come. Give the day on which the extract was taken.")
    layout = _layout_text(export, str(given.get("layout", "")), answers)
    with transaction.atomic(using=STAFF):
        made = Intake.objects.create(
            name=export.name,
            fingerprint=export.fingerprint,
            layout=layout,
            as_at=given["as_at"],
            asked_by=by,
            asked_at=timezone.now(),
        )
        _enqueue(made, EXPLAIN, by)
        record("import.explained", by=by, kind="import", key=made.pk, changes={"as_at": str(made.as_at)})
    return made


def _layout_text(export: InboxEntry, chosen: str, answers: Answers) -> str:
    if chosen in shipped_layouts():
        return chosen
    if chosen.startswith("import-"):
        earlier = Intake.objects.filter(pk=chosen.removeprefix("import-")).first() if chosen[7:].isdecimal() else None
        if earlier is None:
            raise Refused("There is no such layout. Choose one from the list.")
        return earlier.layout
    try:
        return answered(proposal_of(export), answers).layout()
    except ExportError as error:
        raise Refused(_without_paths(str(error), export)) from None


def agree(intake_id: int, given: Mapping[str, Any], *, by: User) -> Intake:
    """Ask the worker to import what was explained.

    Raises:
        Refused: when it is not waiting for that, or its files are other than those that were read.
    """
    with transaction.atomic(using=STAFF):
        intake = _locked(intake_id, _S.EXPLAINED)
        export = export_of(key_of(intake.name))
        if export.fingerprint != intake.fingerprint:
            raise Refused("The files have changed since they were read. Look at the export again.")
        intake.state, intake.agreed_by = _S.IMPORTING, by
        intake.complete, intake.reason = bool(given.get("complete")), str(given.get("reason", "")).strip()
        _enqueue(intake, IMPORT, by)
        intake.save()
        record(
            "import.agreed", by=by, kind="import", key=intake.pk,
            changes={"complete": intake.complete}, reason=intake.reason,
        )  # fmt: skip
    return intake


def put_aside(intake_id: int, *, by: User) -> None:
    """Drop an import that was explained. Raises Refused when it is under way or has ended."""
    with transaction.atomic(using=STAFF):
        intake = _locked(intake_id, _S.EXPLAINED)
        intake.state, intake.ended_at = _S.DROPPED, timezone.now()
        intake.save()
        record("import.dropped", by=by, kind="import", key=intake.pk)


def _locked(intake_id: int, state: str) -> Intake:
    found: Intake = get_object_or_404(Intake.objects.select_for_update(), pk=intake_id)
    if found.state != state:
        raise Refused(f"This import is {found.get_state_display()}. Somebody was faster, or the page was sent twice.")
    return found


def _enqueue(intake: Intake, kind: str, by: User) -> None:
    intake.job_id = enqueue(kind, {"intake": intake.pk}, by=by, unique=f"{kind}:{intake.pk}").pk
    intake.save(update_fields=["job_id"])


def end_lost(found: Iterable[Intake]) -> None:
    """End the imports whose work was cancelled or broke off for good: nothing else would end them."""
    for intake in found:
        if intake.state not in _OPEN:
            continue
        job = Job.objects.filter(pk=intake.job_id or 0).first()
        if job is None or job.state in (Job.State.FAILED, Job.State.CANCELLED):
            intake.state, intake.ended_at = _S.FAILED, timezone.now()
            intake.fault = "the work was cancelled or broken off; the record store is as it was, or holds it whole"
            Intake.objects.filter(pk=intake.pk, state__in=_OPEN).update(
                state=intake.state, ended_at=intake.ended_at, fault=intake.fault
            )


def explain_intake(work: Work) -> None:
    """Read a whole export as its layout says, and keep shapes and counts."""
    intake = Intake.objects.get(pk=int(str(work.payload["intake"])))
    if intake.state != _S.EXPLAINING:
        return
    work.progress(0, 1)
    changes: dict[str, Any] = {"state": _S.EXPLAINED}
    try:
        files, notes = explain_export([_unchanged(intake).path], layout=_layout(intake))
        changes["explained"] = {
            "files": [
                {
                    **{name: value for name, value in asdict(file).items() if name not in ("faults", "columns")},
                    "columns": [asdict(column) for column in file.columns],
                    "faults": [[column, reason, n] for (column, reason), n in file.faults.most_common(50)],
                }
                for file in files
            ],
            "notes": list(notes),
        }
    except (ClearcountError, Refused) as error:
        changes = {"state": _S.FAILED, "fault": _sentence(error, intake), "ended_at": timezone.now()}
    Intake.objects.filter(pk=intake.pk, state=_S.EXPLAINING).update(**changes)
    work.progress(1, 1)


def import_intake(work: Work) -> ImportResult | None:
    """Import an export. Done again after a stop it changes nothing more, so the store holds it once."""
    intake = Intake.objects.select_related("agreed_by").get(pk=int(str(work.payload["intake"])))
    if intake.state != _S.IMPORTING:
        return None
    files = intake.explained.get("files", ())
    total = sum(int(file["rows"]) for file in files)
    read: dict[str, int] = {}

    def told(name: str, rows: int) -> None:
        read[name] = rows
        work.progress(min(sum(read.values()), total), total)

    work.progress(0, total)
    result: ImportResult | None = None
    changes: dict[str, Any] = {}
    try:
        result = import_export(
            [_unchanged(intake).path],
            store_dir(),
            layout=_layout(intake),
            now=timezone.now(),
            as_at=intake.as_at,
            complete=intake.complete,
            terms=ImportTerms(reason=intake.reason),
            watch=Watch(progress=_seldom(told)),
        )
        notes = list(result.notes)
        if work.attempt > 1 and not result.new:
            notes.append("the worker was stopped once; its first attempt had written the snapshot, so all is unchanged")
        changes |= {
            "state": _S.IMPORTED,
            "snapshot": result.snapshot.number,
            "new": result.new,
            "counts": {kind: dict(vars(change)) for kind, change in result.by_kind.items()},
            "notes": notes,
        }
    except (ClearcountError, Refused) as error:
        changes |= {"state": _S.FAILED, "fault": _sentence(error, intake)}
    changes["ended_at"] = timezone.now()
    with transaction.atomic(using=STAFF):
        if Intake.objects.filter(pk=intake.pk, state=_S.IMPORTING).update(**changes):
            told_changes = {"state": str(changes["state"]), "snapshot": changes.get("snapshot")}
            record("import.ended", by="worker", kind="import", key=intake.pk, changes=told_changes)
    return result


def _seldom(told: Callable[[str, int], None]) -> Callable[[str, int], None]:
    """`told`, at most once a second for each file: every note is a write to the database."""
    last: dict[str, float] = {}

    def sometimes(name: str, rows: int) -> None:
        now = time.monotonic()
        if now - last.get(name, 0.0) >= 1.0:
            last[name] = now
            told(name, rows)

    return sometimes


def _layout(intake: Intake) -> Layout:
    if intake.layout in shipped_layouts():
        return load_layout(intake.layout)
    return parse_layout(intake.layout, where="the layout")


def _unchanged(intake: Intake) -> InboxEntry:
    export = export_of(key_of(intake.name))
    if export.fingerprint != intake.fingerprint:
        raise Refused("the files have changed since somebody looked at them; look at the export again")
    return export


def _sentence(error: Exception, intake: Intake) -> str:
    try:
        return _without_paths(str(error), export_of(key_of(intake.name)))[:800] or "nothing was imported"
    except Refused:
        return str(error)[:800]


def _without_paths(text: str, export: InboxEntry) -> str:
    """A sentence of the library, without where the inbox lies on the server."""
    return text.replace(f"{export.path.parent}/", "")
