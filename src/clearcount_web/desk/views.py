"""The start page, the audit and background work on screen."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST, require_safe

from clearcount_web.accounts.access import StaffRequest, roles, signed_in
from clearcount_web.accounts.roles import Role
from clearcount_web.audit.queries import events
from clearcount_web.desk.links import start_links
from clearcount_web.desk.waiting import waits_for
from clearcount_web.jobs.actions import cancel, retry
from clearcount_web.jobs.queries import latest

_EVENTS = 200
_JOBS = 100


@signed_in
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """Return where staff start: what waits for them, and the pages that their roles open."""
    context = {"links": start_links(request.user), "waits": waits_for(request.user, today=localdate())}
    return render(request, "desk/home.html", context)


@roles(Role.ADMINISTRATOR, Role.DECISION_MAKER)
@require_safe
def audit(request: StaffRequest) -> HttpResponse:
    """Show all events, by verb, actor or object, the newest first."""
    wanted = {name: request.GET.get(name, "")[:150] for name in ("verb", "actor", "kind", "key")}
    page = Paginator(events(**wanted), _EVENTS).get_page(request.GET.get("page"))
    query = urlencode({name: words for name, words in wanted.items() if words})
    return render(request, "desk/audit.html", {"page": page, "wanted": wanted, "query": query})


@roles(Role.ADMINISTRATOR)
@require_safe
def jobs(request: StaffRequest) -> HttpResponse:
    """Show all jobs that are kept, those asked for last first."""
    page = Paginator(latest(), _JOBS).get_page(request.GET.get("page"))
    return render(request, "desk/jobs.html", {"page": page})


@roles(Role.ADMINISTRATOR)
@require_POST
def cancel_job(request: StaffRequest, job_id: int) -> HttpResponse:
    """Cancel a job that has not ended."""
    cancel(job_id, by=request.user)
    return redirect("jobs")


@roles(Role.ADMINISTRATOR)
@require_POST
def retry_job(request: StaffRequest, job_id: int) -> HttpResponse:
    """Put an ended job back into the queue."""
    retry(job_id, by=request.user)
    return redirect("jobs")
