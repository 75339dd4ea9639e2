"""The pages of published answers that were counted again."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from clearcount_web.accounts.access import StaffRequest, roles
from clearcount_web.accounts.roles import Role
from clearcount_web.cases.models import Regular
from clearcount_web.ground.refusals import Refused
from clearcount_web.records import forms, living
from clearcount_web.records.models import Recount

LOOKS = (Role.FOI_OFFICER, Role.ANALYST, Role.DECISION_MAKER)
NEXT = {"new version": "correct", "regular": "make_regular"}
"""What was decided -> the act of the case that begins it."""
_ROWS = 50


@roles(*LOOKS)
@require_safe
def index(request: StaffRequest) -> HttpResponse:
    """List published answers that were counted again: those that changed and wait for a decision first."""
    found = Recount.objects.select_related("answer__case", "run", "settled_by").order_by("settled", "-changed", "-pk")
    page = Paginator(found, _ROWS).get_page(request.GET.get("page"))
    regular = set(Regular.objects.values_list("case_id", flat=True))
    rows = [(each, each.answer.case_id in regular) for each in page]
    return render(request, "records/answers.html", {"page": page, "rows": rows})


@roles(*LOOKS)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: StaffRequest, recount_id: int) -> HttpResponse:
    """Show which figures of a published answer changed and why; an officer decides what becomes of it."""
    found = get_object_or_404(Recount.objects.select_related("answer__case", "run", "settled_by"), pk=recount_id)
    may = request.user.has_role(Role.FOI_OFFICER)
    form = forms.SettleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not may:
            raise Refused("Deciding on a published answer is for: FOI officer.")
        if form.is_valid():
            try:
                done = living.settle(recount_id, form.cleaned_data, by=request.user)
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                if done.settled in NEXT:
                    return redirect("cases:act", case_id=done.answer.case_id, act=NEXT[done.settled])
                return redirect("records:answer", recount_id=recount_id)
    shown = form if may and (living.waits(found) or form.errors) else None
    regular = Regular.objects.filter(case=found.answer.case_id).first()
    return render(request, "records/answer.html", {"recount": found, "form": shown, "regular": regular})
