"""The pages around the reading screen: rounds, a new one, keys."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clearcount.errors import ClearcountError
from clearcount_web.accounts.access import StaffRequest, roles
from clearcount_web.accounts.actions import set_preferences
from clearcount_web.accounts.roles import Role
from clearcount_web.ground.refusals import Refused
from clearcount_web.platform.databases import STAFF
from clearcount_web.review import forms, queries, rounds, suggestions
from clearcount_web.review.figures import Figures, figures
from clearcount_web.review.keeping import keep_pending
from clearcount_web.review.keys import ACTS, checked
from clearcount_web.review.models import ReaderKeys, ReadingRound
from clearcount_web.review.permissions import may_read

MAKES = (Role.ANALYST,)
READS = (Role.READER, Role.ANALYST)


@roles(*READS)
@require_safe
def listing(request: StaffRequest) -> HttpResponse:
    """Show the rounds, newest first."""
    return render(request, "review/list.html", {"rounds": queries.listed(), "makes": request.user.has_role(*MAKES)})


@roles(*MAKES)
@require_http_methods(["GET", "HEAD", "POST"])
def open_new(request: StaffRequest) -> HttpResponse:
    """Make a round."""
    form = forms.RoundForm(request.POST or None, initial=queries.round_for_case(request.GET.get("case", "")))
    if request.method == "POST" and form.is_valid():
        try:
            made = rounds.open_round(form.cleaned_data, by=request.user, now=timezone.now())
            return redirect("review:detail", round_id=made.pk)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "review/form.html", {"form": form, "title": "Open a round of reading"})


@roles(*READS)
@require_safe
def detail(request: StaffRequest, round_id: int) -> HttpResponse:
    """Show how far a round is; to analysts also what was decided, in figures."""
    round_ = queries.found(round_id)
    makes = request.user.has_role(*MAKES)
    context = {
        "round": round_,
        "progress": queries.progress(round_, request.user.get_username(), timezone.now()),
        "closed_because": may_read(round_),
        "reads": request.user.has_role(Role.READER),
        "makes": makes,
        "counts": queries.counts(round_) if makes else {},
        "figures": _figures(round_) if makes else None,
    }
    return render(request, "review/detail.html", context)


def _figures(round_: ReadingRound) -> Figures | None:
    """Return what the round shows; None while the store cannot be read, which the page says."""
    try:
        keep_pending(round_, now=timezone.now())
        return figures(round_)
    except ClearcountError:
        return None


@roles(*MAKES)
@require_POST
def close(request: StaffRequest, round_id: int) -> HttpResponse:
    """Close a round."""
    rounds.close_round(queries.found(round_id), by=request.user, now=timezone.now())
    return redirect("review:detail", round_id=round_id)


@roles(*MAKES)
@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: StaffRequest, round_id: int) -> HttpResponse:
    """Show the terms to consider with their counts; ask the worker for them."""
    round_ = queries.found(round_id)
    if request.method == "POST":
        suggestions.ask_for_terms(round_, by=request.user)
        messages.success(request, "The worker looks for terms. Load this page again in a minute.")
        return redirect("review:terms", round_id=round_id)
    found = [(each, suggestions.KINDS.get(each.kind, each.kind)) for each in round_.suggested.all()]
    return render(request, "review/terms.html", {"round": round_, "found": found})


@roles(*MAKES)
@require_safe
def examples(request: StaffRequest, round_id: int, term_id: int) -> HttpResponse:
    """Show where a term to consider stands in some of the records."""
    round_ = queries.found(round_id)
    term, shown = suggestions.examples_of(round_, term_id, by=request.user)
    return render(request, "review/examples.html", {"round": round_, "term": term, "shown": shown})


@roles(*READS)
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: StaffRequest) -> HttpResponse:
    """Show the keys of the reading screen; change them, or turn them off."""
    refused = ""
    if request.method == "POST":
        asked = {act.name: request.POST.get(act.name, "") for act in ACTS}
        if request.POST.get("usual"):
            asked = {act.name: act.key for act in ACTS}
        try:
            own = checked(asked)
            with transaction.atomic(using=STAFF):
                ReaderKeys.objects.update_or_create(reader=request.user.get_username(), defaults={"keys": own})
                set_preferences(request.user, dark=request.user.dark, single_keys="single_keys" in request.POST)
            messages.success(request, "Your keys are saved.")
            return redirect("review:keys")
        except Refused as refusal:
            refused = str(refusal)
    return render(request, "review/keys.html", {"keys": queries.keys_for(request.user), "refused": refused})
