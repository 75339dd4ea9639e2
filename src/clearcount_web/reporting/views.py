"""The pages of a report. Addresses and titles are neutral: a history shows `/r/4`, not what it was about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clearcount_web.ground.limits import Limit, by_address, limited
from clearcount_web.reporting import actions, drafts, forms, once
from clearcount_web.site import cookies
from clearcount_web.site.guards import same_origin_posts

_BEGIN = Limit("report-begin", most=20)
_SEND = Limit("report-send", most=20)
_CODE = Limit("report-code", most=10)
_METHODS = ["GET", "HEAD", "POST"]


def _page(
    request: HttpRequest, name: str, context: Mapping[str, object] | None = None, status: int = 200
) -> HttpResponse:
    response = render(request, f"reporting/{name}.html", dict(context or {}), status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@same_origin_posts
@limited(_BEGIN, by=by_address)
@require_http_methods(_METHODS)
def start(request: HttpRequest) -> HttpResponse:
    """Return what the form is for, when it is watched, what is kept; the button begins a draft."""
    if settings.REPORT_KEYS is None:
        return _page(request, "closed", status=503)
    if request.method != "POST":
        facts = {"watched": settings.REPORT_WATCHED, "addresses": settings.LOG_ADDRESSES}
        return _page(request, "start", facts)
    response = redirect("reporting:step", step=1)
    drafts.shred(request)
    drafts.start(response, now=timezone.now())
    return response


@same_origin_posts
@require_http_methods(_METHODS)
def step(request: HttpRequest, step: int) -> HttpResponse:
    """Return one question."""
    if step not in forms.STEPS:
        raise Http404
    now = timezone.now()
    draft = drafts.current(request, now=now)
    if draft is None:
        return _gone(request)
    changing = _changing(request)
    if request.method != "POST":
        drafts.touch(draft, now=now)
        form = forms.form_of(step, draft.answers, initial=draft.answers.get(str(step)))
        return _page(request, "step", _step_context(step, form, draft, changing=changing))
    form = forms.form_of(step, draft.answers, request.POST)
    if not form.is_valid():
        return _page(request, "step", _step_context(step, form, draft, changing=changing))
    void = forms.changed(step, draft.answers.get(str(step), {}), form.cleaned_data)
    drafts.keep(draft, str(step), form.cleaned_data, now=now)
    drafts.take_out(draft, void, now=now)
    return redirect(_after(step, draft, changing=changing))


def _after(step: int, draft: drafts.Open, *, changing: bool) -> str:
    """Where a kept answer leads: to help it calls for, to a question that a change opened, or on."""
    answers, then = draft.answers, {"then": "check"} if changing else {}
    if step == 1 and answers["1"].get("danger") in ("yes", "unsure"):
        return reverse("reporting:danger", query=then)
    if step == 4 and answers["4"].get("age") in forms.UNDER_18:
        return reverse("reporting:under-18", query=then)
    if changing:
        return _onward(answers)
    if step == 1:
        return reverse("site:leaving", query={"next": reverse("reporting:step", args=[3])})
    after = forms.following(step, answers)
    return reverse("reporting:check") if after >= forms.CHECK else reverse("reporting:step", args=[after])


def _onward(answers: dict[str, dict[str, Any]]) -> str:
    """Where a changed answer leads: to the questions that it opened, then to the page that checks."""
    step = forms.unasked(answers)
    if step is None:
        return reverse("reporting:check")
    return reverse("reporting:step", args=[step], query={"then": "check"})


def _step_context(step: int, form: object, draft: drafts.Open, *, changing: bool) -> dict[str, object]:
    earlier = forms.before(step, draft.answers)
    if changing:
        back = reverse("reporting:check")
    elif step == 1:
        back = reverse("reporting:start")
    elif step == 3:
        back = reverse("reporting:step", args=[1])
    else:
        back = reverse("reporting:step", args=[earlier])
    return {
        "step": step,
        "form": form,
        "back": back,
        "required": step in forms.REQUIRED,
        "changing": changing,
        "lost": draft.lost,
    }


@same_origin_posts
@require_http_methods(_METHODS)
def danger(request: HttpRequest) -> HttpResponse:
    """Return the page for danger: 999 first, then the way back. The place can be said here."""
    now = timezone.now()
    draft = drafts.current(request, now=now)
    if draft is None:  # 999 is said to everybody, whatever has become of their answers
        return _page(request, "danger", {"unsure": False})
    changing = _changing(request)
    known = draft.answers.get("5", {})
    form = forms.Place(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        drafts.keep(draft, "5", {**known, **form.cleaned_data}, now=now)
        if changing:
            return redirect(_onward(draft.answers))
        return redirect(reverse("site:leaving", query={"next": reverse("reporting:step", args=[3])}))
    drafts.touch(draft, now=now)
    back = reverse("reporting:step", args=[1], query={"then": "check"} if changing else {})
    unsure = draft.answers.get("1", {}).get("danger") == "unsure"
    return _page(request, "danger", {"form": form, "unsure": unsure, "changing": changing, "back": back})


@require_http_methods(["GET", "HEAD"])
def under_18(request: HttpRequest) -> HttpResponse:
    """Return the page for somebody under 18: who else can help, then the way back."""
    onward, back = reverse("reporting:step", args=[5]), reverse("reporting:step", args=[4])
    if _changing(request):
        draft = drafts.current(request, now=timezone.now())
        onward = _onward(draft.answers) if draft else reverse("reporting:check")
        back += "?then=check"
    return _page(request, "under_18", {"onward": onward, "back": back})


def _changing(request: HttpRequest) -> bool:
    """Whether the visitor came from the page that checks, and goes back to it."""
    return (request.POST if request.method == "POST" else request.GET).get("then") == "check"


@same_origin_posts
@limited(_SEND)
@require_http_methods(_METHODS)
def check(request: HttpRequest) -> HttpResponse:
    """Return every answer with a link to change it; the button sends."""
    now = timezone.now()
    draft = drafts.current(request, now=now)
    if draft is None:  # a second press of the button, or the answer to the first was lost on the way
        return _tell_once(request, now=now) if request.method == "POST" else _gone(request)
    unanswered = forms.missing(draft.answers)
    if unanswered is not None:
        return redirect("reporting:step", step=unanswered)
    if request.method != "POST":
        drafts.touch(draft, now=now)
        return _page(
            request,
            "check",
            {"lines": forms.summary(draft.answers), "back": reverse("reporting:step", args=[11]), "lost": draft.lost},
        )
    if settings.REPORT_KEYS is None:
        return _page(request, "closed", status=503)
    return _told(request, actions.send(draft, settings.REPORT_KEYS, now=now))


@same_origin_posts
@require_http_methods(["POST"])
def sent(request: HttpRequest) -> HttpResponse:
    """Return the reference and the code for a browser that never got the answer to its report; once."""
    return _tell_once(request, now=timezone.now())


def _tell_once(request: HttpRequest, *, now: datetime) -> HttpResponse:
    told = actions.sent_before(drafts.key_in(request), now=now)
    return _gone(request) if told is None else _told(request, told)


def _told(request: HttpRequest, told: actions.Sent) -> HttpResponse:
    """The reference and the code. The key goes with this answer: whoever uses the browser next is told nothing."""
    response = _page(request, "sent", {"told": told, "watched": settings.REPORT_WATCHED})
    response.delete_cookie(cookies.REPORT, path="/", samesite="Lax")
    return response


def _gone(request: HttpRequest) -> HttpResponse:
    """No draft: it was sent already, or it has expired, or it never was."""
    if actions.sent_before(drafts.key_in(request), now=timezone.now()) is not None:
        return _page(request, "already_sent")
    response = _page(request, "expired")
    if cookies.REPORT in request.COOKIES:
        response.delete_cookie(cookies.REPORT, path="/", samesite="Lax")
    return response


@same_origin_posts
@require_http_methods(["POST"])
def reach(request: HttpRequest) -> HttpResponse:
    """Return nothing but that the site can be reached.

    The page asks before it is sent, so that a lost connection costs nothing that was typed.
    """
    return HttpResponse(status=204)


@same_origin_posts
@require_http_methods(["POST"])
def stay(request: HttpRequest) -> HttpResponse:
    """Return the visitor pressed "Stay on this page"."""
    now = timezone.now()
    draft = drafts.current(request, now=now)
    if draft is None:
        return HttpResponse(status=410)
    drafts.touch(draft, now=now)
    return HttpResponse(status=204)


@same_origin_posts
@limited(_CODE, by=by_address)
@require_http_methods(_METHODS)
def follow_up(request: HttpRequest) -> HttpResponse:
    """Return the page for coming back with a code, which opens the replies. The code is never stored."""
    if request.method != "POST" or once.is_sent_again(request):
        return _code_page(request, forms.Code(), again=request.method == "POST")
    asked = forms.Code(request.POST)
    found = actions.conversation(asked.cleaned_data["code"]) if asked.is_valid() else None
    if found is None:
        if asked.is_valid():
            asked.add_error("code", _("We do not know that code. Check each letter and number."))
        return _code_page(request, asked, status=404)
    report, replies = found
    code = asked.cleaned_data["code"]
    form = forms.More(request.POST if "message" in request.POST else None, initial={"code": code})
    added = False
    if form.is_bound and form.is_valid() and (text := form.cleaned_data["message"]):
        if settings.REPORT_KEYS is None:
            return _page(request, "closed", status=503)
        actions.add_message(report, text, code, settings.REPORT_KEYS, now=timezone.now())
        form, added = forms.More(initial={"code": code}), True
    context = {"form": form, "replies": replies, "added": added, "once": once.token()}
    return _page(request, "conversation", context)


def _code_page(request: HttpRequest, form: forms.Code, *, again: bool = False, status: int = 200) -> HttpResponse:
    return _page(request, "code", {"form": form, "again": again, "once": once.token()}, status=status)
