"""Pages from the letter to the plan: a mail, what the rules read, the plan with its doubts, and requests like it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clearcount.errors import ClearcountError
from clearcount_web.accounts.access import StaffRequest, roles
from clearcount_web.accounts.roles import Role
from clearcount_web.cases import actions, forms, queries
from clearcount_web.cases.acting import note_refusal, seen_by, whole_number
from clearcount_web.cases.letters_in import read_letter
from clearcount_web.cases.mail import MOST_BYTES, read_mail
from clearcount_web.cases.models import Case
from clearcount_web.cases.plans import check_plan
from clearcount_web.cases.similar import alike, published_like
from clearcount_web.cases.table import BY_NAME, CASE_ROLES, refusal
from clearcount_web.correspondence.queries import waiting_requests
from clearcount_web.ground.refusals import Refused

_ROLES = tuple(sorted(CASE_ROLES))


@roles(Role.FOI_OFFICER)
@require_POST
def mail(request: StaffRequest) -> HttpResponse:
    """Fill the form of a new case in from a mail; nothing is kept before the officer opens the case."""
    given = forms.MailForm(request.POST, request.FILES)
    if not given.is_valid():
        return _new(request, forms.NewCaseForm(initial={"received_on": localdate()}), given)
    file = given.cleaned_data["mail"]
    try:
        found = read_mail(file.read(MOST_BYTES + 1))
    except ClearcountError as error:
        given.add_error("mail", f"{error}.")
        return _new(request, forms.NewCaseForm(initial={"received_on": localdate()}), given)
    known = {
        "channel": Case.Channel.EMAIL,
        "received_on": found.received_on,
        "name": found.name,
        "address": found.address,
        "letter": found.letter,
        "message_id": found.message_id,
    }
    remarks = list(found.remarks)
    if found.received_on:
        remarks.append(f"The day of arrival comes from {found.from_where}. Confirm it: it starts the clock.")
    else:
        remarks.append("No day of arrival can be read. Write the day on which it reached any mailbox of the force.")
    return _new(request, forms.NewCaseForm(initial=known), forms.MailForm(), remarks, found.subject)


def _new(
    request: StaffRequest, form: Any, mail_form: forms.MailForm, remarks: list[str] | None = None, subject: str = ""
) -> HttpResponse:
    context = {"form": form, "mail_form": mail_form, "waiting": waiting_requests(), "remarks": remarks or [],
               "subject": subject}  # fmt: skip
    response = render(request, "cases/new.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@roles(Role.FOI_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: StaffRequest, case_id: int) -> HttpResponse:
    """Return the letter sentence by sentence, with the parts that the rules propose. A look is an event."""
    case = queries.one(case_id)
    _may(request, case, "read_letter")
    who = queries.applicant_of(case, by=request.user)
    reading = read_letter(who.letter)
    said = ""
    if request.method == "POST":
        ticked = [number for number in map(whole_number, request.POST.getlist("part")) if number]
        texts = {
            str(number): request.POST.get(f"text_{number}", "")[:20_000]
            for number in range(1, len(reading.draft.parts) + 1)
        }
        try:
            _do(request, case_id, "read_letter", {"ticked": ticked, "texts": texts})
            return redirect("cases:plan", case_id=case_id)
        except Refused as refused:
            said = str(refused)
    context = {
        "case": case,
        "seen": seen_by(request, case),
        "reading": reading,
        "said": said,
        "has_parts": case.parts.exists(),
    }
    response = render(request, "cases/letter.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@roles(Role.FOI_OFFICER, Role.ANALYST)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: StaffRequest, case_id: int) -> HttpResponse:
    """Return the plan as TOML with its faults and doubts; `records` asks the record store as well."""
    case = queries.one(case_id)
    _may(request, case, "write_plan")
    form = forms.PlanForm(request.POST if request.method == "POST" else None, case=case, initial={"plan": case.plan})
    if request.method == "POST" and form.is_valid():
        try:
            case = _do(request, case_id, "write_plan", form.cleaned_data)
            return redirect("cases:plan", case_id=case_id)
        except Refused as refused:
            form.add_error(None, str(refused))
    records = "records" in request.GET
    checked = check_plan(case.plan, records=records) if case.plan.strip() else None
    context = {"case": case, "seen": seen_by(request, case), "form": form, "checked": checked, "records": records}
    return render(request, "cases/plan.html", context)


@roles(Role.FOI_OFFICER, Role.ANALYST)
@require_POST
def accept(request: StaffRequest, case_id: int) -> HttpResponse:
    """Accept one doubt of the plan with its reason."""
    case = queries.one(case_id)
    _may(request, case, "accept_doubt")
    form = forms.DoubtForm(request.POST, case=case)
    if form.is_valid():
        try:
            _do(request, case_id, "accept_doubt", form.cleaned_data)
            return redirect("cases:plan", case_id=case_id)
        except Refused as refused:
            form.add_error(None, str(refused))
    context = {"form": form, "case": case, "act": BY_NAME["accept_doubt"], "seen": seen_by(request, case)}
    context["doubt"] = request.POST.get("doubt", "")[:200]
    return render(request, "cases/act.html", context)


@roles(*_ROLES)
@require_safe
def similar(request: StaffRequest, case_id: int) -> HttpResponse:
    """Return earlier requests and published answers like this one."""
    case = queries.one(case_id)
    context = {"case": case, "alike": alike(case), "published": published_like(case)}
    return render(request, "cases/similar.html", context)


def _may(request: StaffRequest, case: Case, act: str) -> None:
    """Raise Refused, with its event, when the act is not for this person now."""
    if why := refusal(BY_NAME[act], case.state, request.user.roles):
        note_refusal(case.reference, BY_NAME[act], by=request.user)
        raise Refused(why)


def _do(request: StaffRequest, case_id: int, act: str, given: dict[str, Any]) -> Case:
    return actions.do(case_id, act, given, by=request.user, seen=seen_by(request, queries.one(case_id)))
