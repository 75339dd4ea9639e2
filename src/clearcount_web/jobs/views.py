"""The list of background jobs."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clearcount_web.accounts.access import StaffRequest, roles
from clearcount_web.accounts.roles import Role
from clearcount_web.jobs.actions import cancel, retry
from clearcount_web.jobs.models import Job


@roles(Role.ADMINISTRATOR)
@require_GET
def listing(request: StaffRequest) -> HttpResponse:
    """The last hundred jobs."""
    return render(request, "jobs/list.html", {"jobs": Job.objects.order_by("-id")[:100]})


@roles(Role.ADMINISTRATOR)
@require_POST
def cancel_job(request: StaffRequest, job_id: int) -> HttpResponse:
    """Cancels a job that has not ended."""
    cancel(job_id, by=request.user)
    return redirect("jobs:list")


@roles(Role.ADMINISTRATOR)
@require_POST
def retry_job(request: StaffRequest, job_id: int) -> HttpResponse:
    """Puts an ended job back into the queue."""
    retry(job_id, by=request.user)
    return redirect("jobs:list")
