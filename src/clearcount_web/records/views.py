"""The pages of the data room: the inbox, an export, an import, a snapshot and what it holds."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clearcount.errors import ClearcountError
from clearcount.importers.drafted import cancelling
from clearcount.store import open_store
from clearcount.workflow.asking import STATES, Answers, held_values
from clearcount.workflow.storing import compare_snapshots, describe_store
from clearcount.workflow.values import ColumnValues
from clearcount.workflow.values import values as values_of
from clearcount_web.accounts.access import StaffRequest, roles
from clearcount_web.accounts.roles import Role
from clearcount_web.ground.refusals import Refused
from clearcount_web.jobs.models import Job
from clearcount_web.records import forms, inbox, intakes
from clearcount_web.records.models import Intake, Recount

LOOKS = (Role.FOI_OFFICER, Role.ANALYST)
IMPORTS = (Role.ANALYST,)
_SHOWN = 12


@roles(*LOOKS)
@require_safe
def index(request: StaffRequest) -> HttpResponse:
    """Return what is in the inbox, the last imports, and the snapshots of the record store."""
    made = list(Intake.objects.select_related("asked_by")[:30])
    intakes.end_lost(made)
    context = {
        "inbox": inbox.inbox() is not None,
        "exports": inbox.exports(),
        "intakes": made,
        "snapshots": _snapshots(),
        "imports": request.user.has_role(*IMPORTS),
        "changed": Recount.objects.filter(settled="", changed__gt=0).count(),
    }
    return render(request, "records/index.html", context)


def _snapshots() -> list[Any]:
    if settings.STORE_DIR is None:
        return []
    try:
        return list(reversed(open_store(settings.STORE_DIR).snapshots()))
    except ClearcountError:
        return []


@roles(*IMPORTS)
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: StaffRequest, key: str) -> HttpResponse:
    """Ask what the columns of an export are, as `clearcount import --ask` does, and let the worker read it."""
    found = inbox.export_of(key)
    form = forms.LookForm(
        request.POST if request.method == "POST" else None,
        layouts=intakes.layouts(),
        initial={"as_at": localdate(found.changed) if found.changed else localdate()},
    )
    said, proposal = "", None
    try:
        proposal = intakes.proposal_of(found)
    except Refused as refused:
        said = str(refused)
    if request.method == "POST" and form.is_valid():
        answers = forms.answers_of(request.POST, proposal) if proposal is not None else Answers()
        try:
            made = intakes.look(found, form.cleaned_data, answers, by=request.user)
            return redirect("records:intake", intake_id=made.pk)
        except Refused as refused:
            form.add_error(None, str(refused))
    tables = proposal.tables if proposal is not None else ()
    context = {
        "export": found,
        "states": STATES,
        "checks": [line for table in tables if table.kind == "offences" for line in cancelling(table)],
        "form": form,
        "said": said,
        "tables": forms.questions(proposal, request.POST) if proposal is not None else [],
        "words": forms.words(proposal, request.POST) if proposal is not None else [],
        "held": [
            (name, values[:_SHOWN], max(0, len(values) - _SHOWN))
            for table in tables
            for name, values in held_values(table)
        ],
        "no_status": proposal is not None and not proposal.words and any(table.kind == "offences" for table in tables),
    }
    return render(request, "records/export.html", context)


@roles(*LOOKS)
@require_http_methods(["GET", "HEAD", "POST"])
def intake(request: StaffRequest, intake_id: int) -> HttpResponse:
    """Show how an export is read and how far its import is, and let an analyst import it."""
    found = get_object_or_404(Intake.objects.select_related("asked_by", "agreed_by"), pk=intake_id)
    intakes.end_lost([found])
    may = request.user.has_role(*IMPORTS)
    form = forms.AgreeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not may:
            raise Refused("Importing is for: Analyst.")
        if form.is_valid():
            try:
                intakes.agree(intake_id, form.cleaned_data, by=request.user)
                return redirect("records:intake", intake_id=intake_id)
            except Refused as refused:
                form.add_error(None, str(refused))
                found.refresh_from_db()
    context = {
        "intake": found,
        "job": Job.objects.filter(pk=found.job_id or 0).first(),
        "open": found.state in (Intake.State.EXPLAINING, Intake.State.IMPORTING),
        "form": form if may and (found.state == Intake.State.EXPLAINED or form.errors) else None,
        "waits": may and found.state == Intake.State.EXPLAINED,
        "own_layout": "\n" in found.layout,
    }
    return render(request, "records/intake.html", context)


@roles(*IMPORTS)
@require_POST
def put_aside(request: StaffRequest, intake_id: int) -> HttpResponse:
    """Drop an import that was explained."""
    intakes.put_aside(intake_id, by=request.user)
    return redirect("records:index")


@roles(*LOOKS)
@require_safe
def snapshot(request: StaffRequest, number: int) -> HttpResponse:
    """Show one snapshot: the account of its files, findings, quarantine by reason, codes, what changed before it."""
    try:
        facts = describe_store(intakes.store_dir(), number=number)
        before = [each.number for each in facts.snapshots if each.number < number]
        changes = compare_snapshots(facts.path, before[-1], number) if before and "changes" in request.GET else None
    except ClearcountError:
        raise Http404 from None
    reasons = Counter((str(row["column"]), str(row["reason"])) for row in facts.quarantine)
    by_kind: dict[str, Counter[str]] = {}
    for each in changes or ():
        told = by_kind.setdefault(each.kind, Counter())
        told.update(added=each.added, changed=each.changed, removed=each.removed)
    context = {
        "shot": facts.shown,
        "codes": list(facts.codes.items())[:60],
        "more_codes": max(0, len(facts.codes) - 60),
        "reasons": [(column, reason, rows) for (column, reason), rows in reasons.most_common(50)],
        "before": before[-1] if before else None,
        "asked": changes is not None,
        "by_kind": [(kind, dict(told)) for kind, told in by_kind.items()],
    }
    return render(request, "records/snapshot.html", context)


@roles(*LOOKS)
@require_safe
def values(request: StaffRequest, number: int) -> HttpResponse:
    """Show the columns that a request may use; of one, what it holds. What could be free text is a shape."""
    column = request.GET.get("column", "")[:100]
    try:
        found = values_of(intakes.store_dir(), column, snapshot=number)
    except ClearcountError as error:
        if not column:
            raise Http404 from None
        raise Refused(f"{error}.") from None
    first = found.columns[0] if found.columns else None
    context = {"number": number, "found": found, "one": first if isinstance(first, ColumnValues) else None}
    return render(request, "records/values.html", context)
