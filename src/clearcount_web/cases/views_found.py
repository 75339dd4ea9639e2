"""The pages of what a count found: hits in context, and the rules side by side."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from clearcount.model.visible import visible
from clearcount.workflow.mentions import ORDERS, Order
from clearcount_web.accounts.access import StaffRequest, roles
from clearcount_web.accounts.roles import Role
from clearcount_web.cases import found, queries
from clearcount_web.cases.models import Case, Run
from clearcount_web.cases.table import BY_NAME, refusal

_ROWS = 50


def _run(case_id: int, number: int) -> tuple[Case, Run]:
    case = queries.one(case_id)
    run = case.runs.filter(number=number).first()
    if run is None or not run.digest:
        raise Http404
    return case, run


@roles(Role.ANALYST, Role.READER)
@require_safe
def hits(request: StaffRequest, case_id: int, number: int) -> HttpResponse:
    """Show every hit of a count in its context, page by page. Each look is an event."""
    case, run = _run(case_id, number)
    order: Order = next((each for each in ORDERS if each == request.GET.get("order")), "place")
    page = Paginator(found.look_at_hits(case, run, order, by=request.user), _ROWS).get_page(request.GET.get("page"))
    lines = [
        (hit.occurrence_no, f"{hit.field} {hit.entry_no}", *map(visible, (hit.before, hit.matched, hit.after)))
        for hit in page.object_list
    ]
    context = {"case": case, "run": run, "page": page, "lines": lines, "order": order}
    return _private(render(request, "cases/hits.html", context))


@roles(Role.FOI_OFFICER, Role.ANALYST)
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: StaffRequest, case_id: int, number: int) -> HttpResponse:
    """Show what each rule of matching counts and what it finds that another does not; ask the worker for it."""
    case, run = _run(case_id, number)
    if request.method == "POST":
        found.ask_for_rules(case, run, by=request.user)
        return redirect("cases:rules", case_id=case_id, number=number)
    job = found.rules_job(run)
    context = {
        "case": case,
        "run": run,
        "job": job,
        "open": job is not None and job.state in ("queued", "running"),
        "compared": found.compared(case, run, by=request.user),
        "may": refusal(BY_NAME["compare_rules"], case.state, request.user.roles) is None,
    }
    return _private(render(request, "cases/rules.html", context))


def _private(response: HttpResponse) -> HttpResponse:
    """The response, kept by no browser: it quotes records."""
    response.headers["Cache-Control"] = "no-store"
    return response
