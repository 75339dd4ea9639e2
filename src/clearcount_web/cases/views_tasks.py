"""Pages for a department: what it is asked, and its answer. They show no applicant, and each look is an event."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_safe

from clearcount_web.accounts.access import StaffRequest, roles
from clearcount_web.accounts.roles import Role
from clearcount_web.audit.actions import record
from clearcount_web.cases import actions
from clearcount_web.cases.clock import days_left, in_words
from clearcount_web.cases.forms_around import AnswerTaskForm
from clearcount_web.cases.models import DepartmentTask
from clearcount_web.cases.table import BY_NAME, refusal
from clearcount_web.ground.refusals import Refused
from clearcount_web.platform.databases import STAFF

_ENDED_SHOWN = 20


@roles(Role.DEPARTMENT)
@require_safe
def tasks(request: StaffRequest) -> HttpResponse:
    """Return what this person is asked for a department, what waits first."""
    today = localdate()
    mine = DepartmentTask.objects.filter(to=request.user).select_related("case").defer("case__plan")
    waiting = mine.filter(answered_on=None, dropped_because="").order_by("due_on", "pk")
    done = mine.exclude(answered_on=None, dropped_because="").order_by("-pk")[:_ENDED_SHOWN]
    lines = [(task, in_words(days_left(task.due_on, today=today)), task.due_on < today) for task in waiting]
    return render(request, "cases/tasks.html", {"waiting": lines, "done": done})


@roles(Role.DEPARTMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def task(request: StaffRequest, task_id: int) -> HttpResponse:
    """Return one task and take its answer. A task of somebody else is not there; each look is an event."""
    found = get_object_or_404(
        DepartmentTask.objects.select_related("case", "asked_by").defer("case__plan"), pk=task_id, to=request.user
    )
    act = BY_NAME["see_task"]
    with transaction.atomic(using=STAFF):
        record(
            f"case.{act.done}", by=request.user, kind="case", key=found.case.reference, changes={"task": found.number}
        )
    open_ = found.answered_on is None and not found.dropped_because
    may = open_ and refusal(BY_NAME["answer_task"], found.case.state, request.user.roles) is None
    form = AnswerTaskForm(request.POST if request.method == "POST" else None, case=found.case) if may else None
    if request.method == "POST":
        given = {**form.cleaned_data, "number": found.number} if form is not None and form.is_valid() else None
        if form is None or given is not None:
            try:
                actions.do(found.case_id, "answer_task", given or {"number": found.number}, by=request.user,
                           seen=None)  # fmt: skip
                return redirect("cases:tasks")
            except Refused as refused:
                if form is None:
                    raise
                form.add_error(None, str(refused))
    today = localdate()
    context = {
        "task": found,
        "form": form,
        "left": in_words(days_left(found.due_on, today=today)) if open_ else "",
        "late": found.due_on < today,
    }
    return render(request, "cases/task.html", context)
