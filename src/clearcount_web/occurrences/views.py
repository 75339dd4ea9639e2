"""The pages of the record system."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clearcount_web.accounts.access import StaffRequest, roles
from clearcount_web.accounts.roles import Role
from clearcount_web.ground.refusals import Refused
from clearcount_web.occurrences import actions, forms, queries
from clearcount_web.occurrences.models import Occurrence, Offence

_MAY = (Role.CONTACT_OFFICER,)
_ROWS = 100


@roles(*_MAY)
@require_safe
def listing(request: StaffRequest) -> HttpResponse:
    """Show all occurrences, the newest first."""
    page = Paginator(queries.listed(), _ROWS).get_page(request.GET.get("page"))
    return render(request, "occurrences/list.html", {"page": page})


@roles(*_MAY)
@require_safe
def detail(request: StaffRequest, number: str) -> HttpResponse:
    """Return one occurrence; reading it is an event."""
    return render(request, "occurrences/detail.html", vars(queries.opened(number, by=request.user)))


@roles(*_MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def open_new(request: StaffRequest) -> HttpResponse:
    """Record a new occurrence."""

    def act(given: dict[str, Any]) -> Occurrence:
        return actions.open_occurrence(
            by=request.user,
            now=timezone.now(),
            reported_on=given["reported_on"],
            summary=given["summary"],
            mo=given["mo"],
            offences=(actions.NewOffence(given["code"], given["committed_from"], given["committed_to"]),),
            channel=given["channel"],
        )

    return _handled(request, forms.OpenForm, "Record an occurrence", act)


@roles(*_MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def add_offence(request: StaffRequest, number: str) -> HttpResponse:
    """Record one more offence."""
    occurrence = queries.found(number)

    def act(given: dict[str, Any]) -> Occurrence:
        actions.add_offence(occurrence, actions.NewOffence(**given), by=request.user, now=timezone.now())
        return occurrence

    return _handled(request, forms.OffenceForm, f"Add an offence to {number}", act)


@roles(*_MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def add_entry(request: StaffRequest, number: str) -> HttpResponse:
    """Add a text, or a correction of one."""
    occurrence = queries.found(number)

    def act(given: dict[str, Any]) -> Occurrence:
        corrects = get_object_or_404(occurrence.entries, pk=given["corrects"]) if given["corrects"] else None
        field = corrects.field if corrects else given["field"]
        actions.add_entry(
            occurrence, field=field, text=given["text"], by=request.user, now=timezone.now(), corrects=corrects
        )
        return occurrence

    first = {"corrects": request.GET.get("corrects", ""), "field": request.GET.get("field", "oel")}
    return _handled(request, forms.EntryForm, f"Add a text to {number}", act, first=first)


@roles(*_MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def set_marker(request: StaffRequest, number: str) -> HttpResponse:
    """Set the AI marker or takes it off."""
    occurrence = queries.found(number)

    def act(given: dict[str, Any]) -> Occurrence:
        on = given["on"] == "yes"
        actions.set_marker(occurrence, name="AI", on=on, basis=given["basis"], by=request.user, now=timezone.now())
        return occurrence

    return _handled(request, forms.MarkerForm, f"AI marker of {number}", act)


@roles(*_MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def set_status(request: StaffRequest, number: str, crime_no: str) -> HttpResponse:
    """Cancel, transfers or brings back an offence."""
    occurrence = queries.found(number)
    offence = get_object_or_404(Offence, occurrence=occurrence, crime_no=crime_no)

    def act(given: dict[str, Any]) -> Occurrence:
        actions.set_status(offence, **given, by=request.user)
        return occurrence

    first = {"status": offence.status}
    return _handled(request, forms.StatusForm, f"Status of {crime_no}", act, first=first, handed_over=occurrence)


@roles(*_MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def set_force_number(request: StaffRequest, number: str) -> HttpResponse:
    """Say under which number the force's own system holds it."""
    occurrence = queries.found(number)

    def act(given: dict[str, Any]) -> Occurrence:
        actions.set_force_number(occurrence, **given, by=request.user)
        return occurrence

    title = f"Number of {number} in the force's own system"
    return _handled(request, forms.NumberForm, title, act, handed_over=occurrence)


@roles(*_MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def add_person(request: StaffRequest, number: str) -> HttpResponse:
    """Add somebody, apart from the texts."""
    occurrence = queries.found(number)

    def act(given: dict[str, Any]) -> Occurrence:
        actions.add_person(occurrence, actions.NewPerson(**given), by=request.user)
        return occurrence

    return _handled(request, forms.PersonForm, f"Add a person to {number}", act)


def _handled(
    request: StaffRequest,
    form_class: type[Form],
    title: str,
    act: Callable[[dict[str, Any]], Occurrence],
    *,
    first: dict[str, Any] | None = None,
    handed_over: Occurrence | None = None,
) -> HttpResponse:
    """A form page: asks, acts, goes to the occurrence; a refusal stands beside what was typed.

    `handed_over`: the occurrence that another system or force may take over; how its people may be reached is shown.
    """
    form = form_class(request.POST or None, initial=first)
    people = queries.people_shown(handed_over, by=request.user) if handed_over else ()
    if handed_over and not people:
        del form.fields["carried_on"]
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("occurrences:detail", number=act(form.cleaned_data).number)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "occurrences/form.html", {"form": form, "title": title, "people": people})
