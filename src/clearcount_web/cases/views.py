"""The pages of casework: one list, one case, and a page for each act."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_safe

from clearcount.errors import ClearcountError
from clearcount_web.accounts.access import StaffRequest, roles
from clearcount_web.accounts.roles import Role
from clearcount_web.cases import actions, asking, forms, forms_around, queries, runs
from clearcount_web.cases.acting import note_refusal, seen_by, whole_number
from clearcount_web.cases.clauses import APPLICANT
from clearcount_web.cases.clock import days_left, deadline, in_words
from clearcount_web.cases.costs import in_words_of_minutes, worked_out
from clearcount_web.cases.ics import calendar_file
from clearcount_web.cases.letters import KINDS, bases_of, docx_of, text_of
from clearcount_web.cases.letters_in import others_of
from clearcount_web.cases.models import Case, Regular, Worksheet
from clearcount_web.cases.narrowing import narrowing_of
from clearcount_web.cases.newest import newer_than_the_answer
from clearcount_web.cases.offered import not_offered
from clearcount_web.cases.opening import NewCase, open_by_hand, take_from_form
from clearcount_web.cases.published import last_answer, published_answer
from clearcount_web.cases.regular import next_versions
from clearcount_web.cases.samples import ReadSample, sample_of
from clearcount_web.cases.seals import ANSWERS, seal_of
from clearcount_web.cases.statistics import Quarter, as_csv
from clearcount_web.cases.table import BY_NAME, CASE_ROLES, PAUSED, S, acts_open_to, refusal
from clearcount_web.correspondence.queries import waiting_requests
from clearcount_web.disclosure_log.bundle import MEDIA_TYPES
from clearcount_web.ground.refusals import Refused
from clearcount_web.requesting.models import InboxRequest

_ROWS = 50
_ROLES = tuple(sorted(CASE_ROLES))


@roles(*_ROLES)
@require_safe
def index(request: StaffRequest) -> HttpResponse:
    """Return the one list: every open case, the one that is due first at the top."""
    asked = queries.Narrowed(
        request.GET.get("q", "")[:100].strip(), request.GET.get("only", ""), request.GET.get("state", "")
    )
    today = localdate()
    page = Paginator(queries.cases(asked, by=request.user, today=today), _ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": queries.lines(page.object_list, today=today),
        "asked": asked,
        "only": queries.ONLY,
        "states": S.choices,
        "may_open": request.user.has_role(Role.FOI_OFFICER),
        "regular": next_versions(today=today),
    }
    return render(request, "cases/index.html", context)


@roles(*_ROLES)
@require_safe
def backlog(request: StaffRequest) -> HttpResponse:
    """Return how many cases are open in each state, and how many of them are late."""
    return render(request, "cases/backlog.html", {"rows": queries.backlog(today=localdate())})


@roles(*_ROLES)
@require_safe
def due_days(request: StaffRequest) -> HttpResponse:
    """Return the due days of open cases as a calendar file."""
    found = queries.cases(queries.Narrowed(only="mine" if "mine" in request.GET else ""), by=request.user,
                          today=localdate())  # fmt: skip
    regular = () if "mine" in request.GET else [each.regular for each in next_versions(today=localdate())]
    text = calendar_file(found, regular, host=request.get_host().partition(":")[0], at=timezone.now())
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="due-days.ics"'
    response.headers["Cache-Control"] = "no-store"
    return response


@roles(*_ROLES)
@require_safe
def quarterly(request: StaffRequest) -> HttpResponse:
    """Give the quarterly return of the section 45 Code as CSV; the last whole quarter unless one is named."""
    today = localdate()
    last = Quarter(today.year, (today.month - 1) // 3) if today.month > 3 else Quarter(today.year - 1, 4)
    year, number = (whole_number(request.GET.get(name)) for name in ("year", "quarter"))
    if year and number and 2005 <= year <= 2200 and 1 <= number <= 4:
        last = Quarter(year, number)
    response = HttpResponse(as_csv(last, today=today), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="foi-{last.year}-q{last.number}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


@roles(Role.FOI_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Open a case by hand, and list the requests of the public form that wait."""
    form = forms.NewCaseForm(request.POST if request.method == "POST" else None, initial={"received_on": localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            given = dict(form.cleaned_data)
            token = given.pop("token")
            case = open_by_hand(NewCase(**given), token=token, by=request.user)
            return redirect("cases:case", case_id=case.pk)
        except Refused as refused:
            form.add_error(None, str(refused))
    return _private(
        render(request, "cases/new.html", {"form": form, "mail_form": forms.MailForm(), "waiting": waiting_requests()})
    )


@roles(Role.FOI_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: StaffRequest, reference: str) -> HttpResponse:
    """Open the case of a request of the public form."""
    waiting = get_object_or_404(InboxRequest, reference=reference)
    form = forms.TitleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            case = take_from_form(waiting, title=form.cleaned_data["title"], by=request.user, at=timezone.now())
            return redirect("cases:case", case_id=case.pk)
        except Refused as refused:
            form.add_error(None, str(refused))
    return _private(render(request, "cases/take.html", {"form": form, "waiting": waiting}))


@roles(*_ROLES)
@require_safe
def case(request: StaffRequest, case_id: int) -> HttpResponse:
    """Return one case without its applicant: why it is due when it is, its parts, and what may be done now."""
    found = queries.one(case_id)
    answer, last, published = actions.current_answer(found), last_answer(found), published_answer(found)
    hidden = not_offered(found)
    context = {
        "case": found,
        "line": queries.lines([found], today=localdate())[0],
        "trace": _trace(found),
        "parts": [(part, _part_left(part)) for part in found.parts.all()],
        "acts": [act for act in acts_open_to(found.state, request.user.roles) if act.name not in hidden],
        "may_see": refusal(BY_NAME["see_applicant"], found.state, request.user.roles) is None,
        "may_read_letter": refusal(BY_NAME["read_letter"], found.state, request.user.roles) is None,
        "may_plan": refusal(BY_NAME["write_plan"], found.state, request.user.roles) is None,
        "answer": answer,
        "answer_holds": answer is not None and answer.seal == seal_of(found),
        "publish_fault": last.publish_fault if last else "",
        "published": published,
        "newer": newer_than_the_answer(found),
        "regular": Regular.objects.filter(case=found).first(),
        "letters": [(each, KINDS[each.kind]) for each in found.letters.all()],
        "sheet": _sheet(found),
        "tasks": [
            (task, asking.chaser(task, today=localdate()) if task.due_on <= localdate() else "")
            for task in found.tasks.select_related("to", "case", "answered_by")
        ],
        "today": localdate(),
        "may_bundle": refusal(BY_NAME["make_bundle"], found.state, request.user.roles) is None,
        "may_count": refusal(BY_NAME["count"], found.state, request.user.roles) is None,
        "may_draw": request.user.has_role(Role.ANALYST),
        "history": queries.history(found),
    }
    return render(request, "cases/case.html", context)


@roles(Role.FOI_OFFICER, Role.DECISION_MAKER)
@require_safe
def applicant(request: StaffRequest, case_id: int) -> HttpResponse:
    """Return who asked, and the letter as it came. Each look is an event."""
    found = queries.one(case_id)
    who = queries.applicant_of(found, by=request.user)
    context = {"case": found, "who": who, "others": others_of(who)}
    return _private(render(request, "cases/applicant.html", context))


@roles(*_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, case_id: int, act: str) -> HttpResponse:
    """Ask what an act needs to know, and do it."""
    wanted = BY_NAME.get(act)
    if wanted is None or act in forms.NOT_A_FORM:
        raise Http404
    found = queries.one(case_id)
    if why := refusal(wanted, found.state, request.user.roles):
        note_refusal(found.reference, wanted, by=request.user)
        raise Refused(why)
    data = request.POST if request.method == "POST" else None
    form = forms_around.EVERY_FORM.get(act, forms.ActForm)(data, case=found, initial=_initial(act, found))
    if request.method == "POST" and (form.is_valid() or act not in forms_around.EVERY_FORM):
        try:
            given = form.cleaned_data if form.is_bound and form.is_valid() else {}
            actions.do(case_id, act, given, by=request.user, seen=seen_by(request, found))
            return HttpResponseRedirect(reverse("cases:case", args=[case_id]))
        except Refused as refused:
            form.add_error(None, str(refused))
    context = {"form": form, "case": found, "act": wanted, "parts": found.parts.all()}
    context["seen"] = seen_by(request, found)
    if act == "approve":
        context |= _to_approve(found)
    if act == "estimate_cost":
        context |= {"sample": sample_of(found.reference), "narrowing": narrowing_of(found)}
    return render(request, "cases/act.html", context)


def _to_approve(case: Case) -> dict[str, Any]:
    """What an approval is of: the letters word for word without the name, the tables, and the reviewer's sheet."""
    made = case.letters.filter(round=case.round, kind__in=ANSWERS)
    return {
        "letters": [(KINDS[each.kind], text_of(each, "[…]"), bases_of(each)) for each in made],
        "run": case.run,
        "newer": newer_than_the_answer(case),
        "shown": runs.shown(case.run) if case.run else {},
        "sheet": runs.review_sheet(case.run),
    }


def _initial(act: str, case: Case) -> dict[str, Any]:
    today = localdate()
    first = case.parts.filter(outcome="").values_list("number", flat=True).first()
    days = {"confirm": case.received_on, "mend_receipt": case.received_on}
    first_task = asking.waiting(case).values_list("number", flat=True).first()
    if act in forms_around.OF_TASKS:
        return {"number": first_task, "due_on": None}
    known = {"day": days.get(act, today), "round_robin": case.round_robin, "reason": case.keep_because}
    answer = actions.current_answer(case)
    if act == "estimate_cost":
        known |= _of_sheet(case, sample_of(case.reference))
    return {**known, "number": first, "seal": answer.seal if answer and answer.seal == seal_of(case) else ""}


@roles(Role.FOI_OFFICER, Role.DECISION_MAKER)
@require_safe
def letter(request: StaffRequest, case_id: int, number: int) -> HttpResponse:
    """Show one letter as it is sent, to copy or as a Word file. Where it names the applicant, a look is an event."""
    found = queries.one(case_id)
    made = found.letters.filter(number=number).first()
    if made is None:
        raise Http404
    name = ""
    if APPLICANT in text_of(made, APPLICANT):
        name = queries.applicant_of(found, by=request.user).name or "[deleted]"
    if "docx" in request.GET:
        response = HttpResponse(docx_of(made, name), content_type=MEDIA_TYPES[".docx"])
        response.headers["Content-Disposition"] = f'attachment; filename="letter-{made.number}.docx"'
        return _private(response)
    context = {
        "case": found,
        "letter": made,
        "title": KINDS[made.kind],
        "text": text_of(made, name),
        "bases": bases_of(made),
    }
    return _private(render(request, "cases/written.html", context))


def _of_sheet(case: Case, sample: ReadSample | None) -> dict[str, Any]:
    """What the form of the worksheet begins with: what the reading room knows, the worksheet, the last count's hits."""
    sheet = Worksheet.objects.filter(case=case).first()
    known: dict[str, Any] = {"records": case.runs.exclude(digest="").values_list("hits", flat=True).first()}
    if sample is not None:
        known["minutes"] = in_words_of_minutes(sample.minutes)
    if sheet is None and (narrowing := narrowing_of(case)) is not None:
        known["advice"] = narrowing.advice()
    if sheet is not None:
        known = {
            name: getattr(sheet, name) for name in ("records", "other_minutes", "method", "advice", "read", "found")
        }
        known["minutes"] = in_words_of_minutes(sheet.minutes)
    if sample is not None:
        known |= {"records": sample.frame, "read": sample.read, "found": sample.found}
    return known


def _sheet(case: Case) -> Any:
    """The worksheet with its figures, or None."""
    sheet = Worksheet.objects.filter(case=case).first()
    return (sheet, worked_out(sheet, case)) if sheet else None


def _trace(case: Case) -> list[Any]:
    """The days of the clock; none while it waits or where the calendar does not reach."""
    if case.state in PAUSED:
        return []
    try:
        return list(deadline(case, list(case.pauses.all())).trace)
    except ClearcountError:
        return []


def _part_left(part: Any) -> str:
    if part.issued_on or part.due is None:
        return ""
    return in_words(days_left(part.due, today=localdate()))


def _private(response: HttpResponse) -> HttpResponse:
    """The response, kept by no browser: it says who asked."""
    response.headers["Cache-Control"] = "no-store"
    return response
