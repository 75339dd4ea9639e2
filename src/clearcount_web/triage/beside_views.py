"""The pages of what is kept beside a report: notes and links."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from clearcount_web.accounts.access import StaffRequest, roles
from clearcount_web.accounts.roles import Role
from clearcount_web.ground.refusals import Refused
from clearcount_web.triage import actions, forms, links, notes, queries
from clearcount_web.triage.views import beside, handled, shut

_MAY = (Role.CONTACT_OFFICER,)


@roles(*_MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: StaffRequest, reference: str) -> HttpResponse:
    """Write a note."""
    report = queries.found(reference)
    if not queries.unlocked(request.user):
        return shut(request, forms.NoteForm, f"Note on {reference}", report)
    opened = actions.open_report(report, by=request.user, now=timezone.now())

    def act(given: dict[str, Any]) -> str:
        notes.add_note(report, **given, by=request.user, now=timezone.now())
        return reverse("triage:detail", args=[reference])

    return handled(request, forms.NoteForm, f"Note on {reference}", act, beside(opened))


@roles(*_MAY)
@require_POST
def note_done(request: StaffRequest, reference: str, number: int) -> HttpResponse:
    """Note that what a note asks for is done."""
    notes.finish(queries.found(reference), number, by=request.user, now=timezone.now())
    return redirect("triage:detail", reference=reference)


@roles(*_MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: StaffRequest, reference: str) -> HttpResponse:
    """Join the report with another, or with an occurrence."""
    report = queries.found(reference)
    if not queries.unlocked(request.user):
        return shut(request, forms.LinkForm, f"Link {reference}", report)
    opened = actions.open_report(report, by=request.user, now=timezone.now())

    def act(given: dict[str, Any]) -> str:
        if given["kind"] == "occurrence":
            links.link_occurrence(opened, given["number"], by=request.user, now=timezone.now())
        else:
            links.link_reports(report, given["number"], kind=given["kind"], by=request.user, now=timezone.now())
        return reverse("triage:detail", args=[reference]) + "#links"

    return handled(request, forms.LinkForm, f"Link {reference}", act, beside(opened))


@roles(*_MAY)
@require_POST
def unlink(request: StaffRequest, reference: str) -> HttpResponse:
    """Take a link off."""
    report = queries.found(reference)
    for name, act in (("report", links.unlink_reports), ("occurrence", links.unlink_occurrence)):
        key = request.POST.get(name, "")
        if key.isascii() and key.isdecimal() and len(key) < 18:
            act(report, int(key), by=request.user)
            return redirect(reverse("triage:detail", args=[reference]) + "#links")
    raise Refused("The form did not say which link. Open the report again.")
