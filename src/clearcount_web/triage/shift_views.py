"""The pages of a shift: the hand-over list, a search by number, and statistics."""

from __future__ import annotations

import csv
import io

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clearcount_web.accounts.access import StaffRequest, roles
from clearcount_web.accounts.roles import Role
from clearcount_web.ground.refusals import Refused
from clearcount_web.triage import forms, queries, shift
from clearcount_web.triage.tally import statistics

_MAY = (Role.CONTACT_OFFICER,)
_REPORTS = 100
_WEEKS = 13


@roles(*_MAY)
@require_safe
def hand_over(request: StaffRequest) -> HttpResponse:
    """Show what waits and for whom, for the next shift. Each report on it is an event."""
    if not queries.unlocked(request.user):
        return redirect("triage:unlock")
    now = timezone.now()
    listing = shift.to_hand_over(now=now)
    page = Paginator(listing.keys, _REPORTS).get_page(request.GET.get("page"))
    handed = [shift.handed_over(line, by=request.user, now=now) for line in listing.lines(page)]
    return render(request, "triage/hand_over.html", {"page": page, "handed": handed, "now": now})


@roles(*_MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: StaffRequest) -> HttpResponse:
    """Find the reports that belong to an occurrence. The number is posted, so that no address holds it."""
    form = forms.FindForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        try:
            found = shift.find(form.cleaned_data["number"], by=request.user, now=timezone.now())
        except Refused as refusal:
            form.add_error("number", str(refusal))
    return render(request, "triage/find.html", {"form": form, "lines": found})


@roles(*_MAY)
@require_safe
def show_statistics(request: StaffRequest) -> HttpResponse:
    """Show counts by week."""
    counted = statistics(today=timezone.localdate())
    shift.note_statistics(by=request.user)
    page = Paginator(counted.weeks, _WEEKS).get_page(request.GET.get("page"))
    context = {"page": page, "tables": counted.tables(tuple(page)), "all_weeks": len(counted.weeks)}
    return render(request, "triage/statistics.html", context)


@roles(*_MAY)
@require_safe
def statistics_file(request: StaffRequest) -> HttpResponse:
    """Return all weeks as CSV. Each line says that it is for staff only."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(statistics(today=timezone.localdate()).lines())
    shift.note_statistics(by=request.user)
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="reports-by-week-staff-only.csv"'
    return response
