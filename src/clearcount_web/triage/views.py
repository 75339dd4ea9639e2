"""The pages of triage."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from nacl.public import PrivateKey

from clearcount_web.accounts.access import StaffRequest, roles
from clearcount_web.accounts.roles import Role
from clearcount_web.ground.refusals import Refused
from clearcount_web.triage import actions, forms, keyring, links, narrowing, queries, sorting
from clearcount_web.triage.demo_keys import PASSPHRASES
from clearcount_web.triage.flags import MOST_SHOWN, shared, sharing
from clearcount_web.triage.models import Report
from clearcount_web.triage.safe_contact import facts_of

_MAY = (Role.CONTACT_OFFICER,)
_ROWS = 50


@roles(*_MAY)
@require_safe
def queue(request: StaffRequest) -> HttpResponse:
    """Show what waits: danger first, then the oldest. No content. Each look is an event."""
    keys = keyring.held(request.user.get_username())
    return render(request, "triage/queue.html", _listed(request, keys))


@roles(*_MAY)
@require_safe
def rows(request: StaffRequest) -> HttpResponse:
    """Return the lists of the queue's page again, for a page that refreshes itself. It keeps nothing unlocked."""
    keys = keyring.held(request.user.get_username(), uses=False)
    return render(request, "triage/rows.html", _listed(request, keys, again=True))


def _listed(request: StaffRequest, keys: tuple[PrivateKey, ...], *, again: bool = False) -> dict[str, Any]:
    """Return what both pages show: new reports are sorted when the key is unlocked, and the look is an event."""
    now, asked = timezone.now(), narrowing.Narrowed.asked(request.GET, officer=request.user.get_username())
    left = sorting.sort_new(by=request.user, keys=keys) if keys else 0
    actions.note_look(asked.told, again=again, by=request.user, now=now)
    found = shared()
    waits, over = queries.waiting(asked, now=now, found=found), queries.ended(asked, now=now, found=found)
    waiting = Paginator(waits.keys, _ROWS).get_page(request.GET.get("page"))
    ended = Paginator(over.keys, _ROWS).get_page(request.GET.get("ended"))
    return {
        "waiting": waiting,
        "waiting_lines": waits.lines(waiting),
        "ended": ended,
        "ended_lines": over.lines(ended),
        "asked": asked,
        "left": left,
        "unlocked": bool(keys),
        "again": again,
        "now": now,
    }


@roles(*_MAY)
@sensitive_post_parameters("passphrase")
@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: StaffRequest) -> HttpResponse:
    """Unlock the duty key for the officer who typed its passphrase."""

    def act(given: dict[str, Any]) -> str:
        actions.unlock(given["passphrase"], by=request.user)
        return reverse("triage:queue")

    passphrase = PASSPHRASES["duty"] if settings.DEMO else ""
    return handled(request, forms.UnlockForm, "Unlock the duty key", act, {"demo_passphrase": passphrase})


@roles(*_MAY)
@require_POST
def lock(request: StaffRequest) -> HttpResponse:
    """Lock it again."""
    actions.lock(by=request.user)
    return redirect("triage:queue")


@roles(*_MAY)
@require_safe
def detail(request: StaffRequest, reference: str) -> HttpResponse:
    """Return one report, opened; each time is an event."""
    report = queries.found(reference)
    if not queries.unlocked(request.user):
        return redirect("triage:unlock")
    opened = actions.open_report(report, by=request.user, now=timezone.now())
    sharers = sharing(report)
    context = {
        "opened": opened,
        "report": opened.report,
        "flags": queries.flags_shown(opened.report),
        "sharing": sharers[:MOST_SHOWN],
        "sharing_more": len(sharers[MOST_SHOWN:]),
        "like": opened.like[:MOST_SHOWN],
        "like_more": len(opened.like[MOST_SHOWN:]),
        "links": links.links_of(report),
        "occurrence_links": report.occurrence_links.all(),
        "lookers": queries.lookers(report),
        "occurrence": queries.occurrence_of(report),
        "to_do": any(each.note.waits and not each.note.done_at for each in opened.notes),
        "not_carried_on": queries.not_carried_on(report),
        "facts": facts_of(opened.answers).all,
        "answers": queries.answered(opened),
        "copy": queries.copy_out(opened),
    }
    return render(request, "triage/detail.html", context)


@roles(*_MAY)
@require_POST
def hold(request: StaffRequest, reference: str) -> HttpResponse:
    """Note "I have this", or that it is free again."""
    report = queries.found(reference)
    holds, seen = request.POST.get("holds") == "yes", request.POST.get("seen", "")
    actions.hold(report, holds=holds, seen=seen, by=request.user, now=timezone.now())
    return redirect("triage:detail", reference=reference)


@roles(*_MAY)
@require_safe
def person_export(request: StaffRequest, reference: str) -> HttpResponse:
    """Return everything held of one report, for the person it is about."""
    opened = actions.open_report(queries.found(reference), by=request.user, now=timezone.now())
    response = JsonResponse(queries.person_export(opened), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response.headers["Content-Disposition"] = 'attachment; filename="report.json"'
    return response


@roles(*_MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: StaffRequest) -> HttpResponse:
    """Take a report that came by phone, counter, messenger or e-mail."""

    form = forms.EnterForm(request.POST or None)
    token = request.POST.get("token", "") or secrets.token_hex(16)
    if request.method == "POST" and form.is_valid():
        answers, channel = form.answers(), form.cleaned_data["channel"]
        try:
            actions.enter_report(channel=channel, answers=answers, token=token, by=request.user, now=timezone.now())
            return redirect("triage:queue")
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "title": "Take a report", "asked_aloud": True, "token": token}
    return render(request, "triage/form.html", context)


@roles(*_MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: StaffRequest, reference: str) -> HttpResponse:
    """End a report with an outcome."""
    report = queries.found(reference)
    if not queries.unlocked(request.user):
        return shut(request, forms.CloseForm, f"Outcome of {reference}", report)

    opened = actions.open_report(report, by=request.user, now=timezone.now())

    def act(given: dict[str, Any]) -> str:
        if given["carried_on"]:
            saw_everything(request, opened)
        actions.close(report, **given, by=request.user, now=timezone.now())
        return reverse("triage:queue")

    return handled(request, forms.CloseForm, f"Outcome of {reference}", act, beside(opened))


@roles(*_MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def record_here(request: StaffRequest, reference: str) -> HttpResponse:
    """Record the report as an occurrence."""
    report = queries.found(reference)
    if not queries.unlocked(request.user):
        return shut(request, forms.RecordForm, f"Record {reference}", report)

    opened = actions.open_report(report, by=request.user, now=timezone.now())

    def act(given: dict[str, Any]) -> str:
        occurrence = actions.record_here(opened, actions.NewRecord(**given), by=request.user, now=timezone.now())
        return reverse("occurrences:detail", args=[occurrence.number])

    return handled(request, forms.RecordForm, f"Record {reference}", act, beside(opened))


@roles(*_MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def carry_on(request: StaffRequest, reference: str) -> HttpResponse:
    """Note that safe contact was carried on, with what later messages say about it."""
    report = queries.found(reference)
    if not queries.unlocked(request.user):
        return shut(request, forms.CarryOnForm, f"Carry safe contact of {reference} on", report)
    opened = actions.open_report(report, by=request.user, now=timezone.now())

    def act(given: dict[str, Any]) -> str:
        saw_everything(request, opened)
        actions.carry_on(opened, later=given["later"], by=request.user, now=timezone.now())
        return reverse("triage:detail", args=[reference])

    return handled(request, forms.CarryOnForm, f"Carry safe contact of {reference} on", act, beside(opened))


@roles(*_MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: StaffRequest, reference: str) -> HttpResponse:
    """Leave a reply for the visitor's code."""
    report = queries.found(reference)
    if not queries.unlocked(request.user):
        return shut(request, forms.ReplyForm, f"Reply to {reference}", report)

    opened = actions.open_report(report, by=request.user, now=timezone.now())

    def act(given: dict[str, Any]) -> str:
        saw_everything(request, opened)
        actions.reply(report, given["text"], by=request.user, now=timezone.now())
        return reverse("triage:detail", args=[reference])

    return handled(request, forms.ReplyForm, f"Reply to {reference}", act, beside(opened))


def handled(
    request: StaffRequest,
    form_class: type[Form],
    title: str,
    act: Callable[[dict[str, Any]], str],
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show a form page: ask, act, go where the act says. A refusal is shown beside what was typed."""
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return HttpResponseRedirect(act(form.cleaned_data))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "triage/form.html", {"form": form, "title": title, **(context or {})})


def shut(request: StaffRequest, form_class: type[Form], title: str, report: Report) -> HttpResponse:
    """Return the page that unlocks. What was typed already stays on its page: the key was locked meanwhile."""
    if request.method != "POST":
        return redirect("triage:unlock")
    form = form_class(request.POST)
    form.add_error(None, "The duty key is locked, so nothing was saved. Unlock it in another tab, then save again.")
    return render(request, "triage/form.html", {"form": form, "title": title, "report": report})


def saw_everything(request: StaffRequest, opened: actions.Opened) -> None:
    """Raise Refused when something came in after the page was shown: nobody answers what they have not read."""
    for name, there, what in (
        ("seen", opened.messages, "A new message came in"),
        ("seen_replies", opened.replies, "A reply was left"),
    ):
        seen = request.POST.get(name, "0")
        if there and not (seen.isascii() and seen.isdecimal() and len(seen) < 9 and int(seen) >= len(there)):
            raise Refused(f"{what} while you wrote. Read it on this page, then save again.")


def beside(opened: actions.Opened) -> dict[str, Any]:
    """Return the opened report for a form page about it: nobody acts on a report that they cannot see."""
    return {
        "report": opened.report,
        "opened": opened,
        "facts": facts_of(opened.answers).all,
        "answers": queries.answered(opened),
    }
