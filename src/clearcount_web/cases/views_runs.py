"""The counts of a case: asked for, under way, and as they came out."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clearcount_web.accounts.access import StaffRequest, roles
from clearcount_web.accounts.roles import Role
from clearcount_web.cases import actions, forms, queries, runs
from clearcount_web.cases.acting import note_refusal, seen_by, whole_number
from clearcount_web.cases.newest import newer_counts, newer_than_the_answer
from clearcount_web.cases.table import BY_NAME, CASE_ROLES, DECIDERS, MAKERS, refusal
from clearcount_web.ground.refusals import Refused
from clearcount_web.jobs.models import Job

_ROLES = tuple(sorted(CASE_ROLES))


@roles(*_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def counts(request: StaffRequest, case_id: int) -> HttpResponse:
    """Show every count of a case with how far it is, and the form that asks for another."""
    case = queries.one(case_id)
    act = BY_NAME["count"]
    why = refusal(act, case.state, request.user.roles)
    if request.method == "POST" and why:
        note_refusal(case.reference, act, by=request.user)
        raise Refused(why)
    form = forms.CountForm(request.POST if request.method == "POST" else None, case=case, snapshots=runs.snapshots())
    if request.method == "POST" and form.is_valid():
        try:
            _do(request, case_id, "count", form.cleaned_data)
            return redirect("cases:counts", case_id=case_id)
        except Refused as refused:
            form.add_error(None, str(refused))
    made = list(case.runs.select_related("asked_by"))
    jobs = Job.objects.in_bulk([run.job_id for run in made if run.job_id])
    context = {
        "case": case,
        "seen": seen_by(request, case),
        "runs": [(run, jobs.get(run.job_id or 0), newer_counts(case, run).first()) for run in made],
        "newer": newer_than_the_answer(case),
        "form": form,
        "may": why is None,
        "may_choose": refusal(BY_NAME["choose_run"], case.state, request.user.roles) is None,
    }
    return render(request, "cases/counts.html", context)


@roles(Role.FOI_OFFICER)
@require_POST
def choose(request: StaffRequest, case_id: int) -> HttpResponse:
    """Make one count the one that the answer rests on, or none."""
    number, reason = whole_number(request.POST.get("number")), request.POST.get("reason", "")[:300]
    given: dict[str, object] = {"number": number, "reason": reason}
    _do(request, case_id, "choose_run", given)
    return redirect("cases:counts", case_id=case_id)


@roles(*_ROLES)
@require_safe
def one(request: StaffRequest, case_id: int, number: int) -> HttpResponse:
    """Show one count: its tables as they may be printed, the account of records, its doubts and its provenance."""
    case = queries.one(case_id)
    run = case.runs.filter(number=number).select_related("asked_by").first()
    if run is None:
        raise Http404
    may_see_sheet = request.user.has_role(*MAKERS, *DECIDERS)
    context = {
        "case": case,
        "run": run,
        "shown": runs.shown(run),
        "may_see_sheet": may_see_sheet,
        "may_see_hits": run.digest and refusal(BY_NAME["see_hits"], case.state, request.user.roles) is None,
        "may_compare": run.digest and request.user.has_role(Role.FOI_OFFICER, Role.ANALYST),
    }
    if may_see_sheet:
        context["sheet"] = runs.review_sheet(run)
    return render(request, "cases/count.html", context)


def _do(request: StaffRequest, case_id: int, act: str, given: dict[str, object]) -> None:
    actions.do(case_id, act, given, by=request.user, seen=seen_by(request, queries.one(case_id)))
