"""Requests with the day by which each must be answered, complaints with theirs, and feedback about the site."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from clearcount_web.accounts.access import StaffRequest, roles
from clearcount_web.accounts.roles import Role
from clearcount_web.audit.actions import record
from clearcount_web.correspondence.queries import waiting_requests
from clearcount_web.platform.databases import STAFF
from clearcount_web.requesting.actions import TAKEN_DAYS, take
from clearcount_web.requesting.models import InboxRequest
from clearcount_web.site.actions import acknowledge, close
from clearcount_web.site.models import Complaint, Feedback

_FEEDBACK = 100


@roles(Role.FOI_OFFICER, Role.ADMINISTRATOR)
@require_safe
def index(request: StaffRequest) -> HttpResponse:
    """Show complaints that are not closed, the oldest first, and all feedback. Reading complaints is an event."""
    complaints = list(Complaint.objects.filter(closed_on__isnull=True))
    if complaints:
        with transaction.atomic(using=STAFF):
            record(
                "complaints.read", by=request.user, kind="complaints", key="open", changes={"count": len(complaints)}
            )
    context = {
        "complaints": complaints,
        "page": Paginator(Feedback.objects.order_by("-pk"), _FEEDBACK).get_page(request.GET.get("page")),
        "today": timezone.localdate(),
    }
    return render(request, "correspondence/index.html", context)


@roles(Role.FOI_OFFICER, Role.ADMINISTRATOR)
@require_POST
def acknowledge_complaint(request: StaffRequest, reference: str) -> HttpResponse:
    """Note the acknowledgement."""
    acknowledge(get_object_or_404(Complaint, reference=reference), by=request.user, today=timezone.localdate())
    return redirect("correspondence:index")


@roles(Role.FOI_OFFICER, Role.ADMINISTRATOR)
@require_POST
def close_complaint(request: StaffRequest, reference: str) -> HttpResponse:
    """Note that the complaint is answered."""
    close(get_object_or_404(Complaint, reference=reference), by=request.user, today=timezone.localdate())
    return redirect("correspondence:index")


@roles(Role.FOI_OFFICER)
@require_safe
def requests(request: StaffRequest) -> HttpResponse:
    """Return the requests that nobody has taken into a case yet, the oldest first. Reading them is an event."""
    waiting = waiting_requests()
    if waiting:
        with transaction.atomic(using=STAFF):
            record("requests.read", by=request.user, kind="requests", key="waiting", changes={"count": len(waiting)})
    context = {"waiting": waiting, "today": timezone.localdate(), "days": TAKEN_DAYS}
    return render(request, "correspondence/requests.html", context)


@roles(Role.FOI_OFFICER)
@require_POST
def take_request(request: StaffRequest, reference: str) -> HttpResponse:
    """Note that the request is a case of the force by now."""
    take(get_object_or_404(InboxRequest, reference=reference), by=request.user, at=timezone.now())
    return redirect("correspondence:requests")
