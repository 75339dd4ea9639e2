"""Departments and the national unit: asked by a day, asked again, answered. Neither is ever told who asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localdate

from clearcount_web.accounts.models import User
from clearcount_web.accounts.roles import Role
from clearcount_web.cases.acting import Doing
from clearcount_web.cases.models import Case, DepartmentTask
from clearcount_web.ground.refusals import Refused

MOST_TASKS = 60


def departments() -> list[User]:
    """Return the people who answer for a department, in order of their names."""
    found = User.objects.filter(is_active=True, grants__role=Role.DEPARTMENT)
    return list(found.order_by("name", "pk"))


def waiting(case: Case) -> QuerySet[DepartmentTask]:
    """Return the tasks of a case that still wait for an answer."""
    return open_tasks().filter(case=case)


def open_tasks() -> QuerySet[DepartmentTask]:
    """Return every task that waits for an answer."""
    return DepartmentTask.objects.filter(answered_on=None, dropped_because="")


def ask_department(now: Doing, given: Mapping[str, Any]) -> None:
    """Ask a department for something by a day.

    Raises:
        Refused: for words that say who asked, somebody who answers for no department, or a day that is past.
    """
    to = next((each for each in departments() if each.pk == given["to"]), None)
    if to is None:
        raise Refused("This person answers for no department. An administrator gives that role.")
    task = _new(now, given, DepartmentTask.Kind.DEPARTMENT, to)
    now.changes["to"] = to.get_username()
    task.save()


def refer(now: Doing, given: Mapping[str, Any]) -> None:
    """Ask the national unit. The clock of the case goes on.

    Raises:
        Refused: for words that say who asked, or a day that is past.
    """
    _new(now, given, DepartmentTask.Kind.REFERRAL, None).save()


def _new(now: Doing, given: Mapping[str, Any], kind: str, to: User | None) -> DepartmentTask:
    asks, due_on = str(given["asks"]).strip(), given["due_on"]
    if not asks:
        raise Refused("Write what is asked.")
    now.ensure_nameless(asks)
    if due_on < localdate():
        raise Refused(f"{due_on} is past. Give a day that is still to come.")
    there = now.case.tasks.count()
    if there >= MOST_TASKS:
        raise Refused(f"A case has at most {MOST_TASKS} tasks.")
    now.changes |= {"task": there + 1, "by_day": str(due_on)}
    return DepartmentTask(case=now.case, number=there + 1, kind=kind, to=to, asks=asks, due_on=due_on, asked_by=now.by,
                          asked_on=localdate())  # fmt: skip


def chase(now: Doing, given: Mapping[str, Any]) -> None:
    """Ask again, and give a later day where one is named.

    Raises:
        Refused: when the task waits for no answer, or the day is past.
    """
    task = _waiting(now, given["number"])
    later = given.get("due_on")
    if later is not None:
        if later < localdate():
            raise Refused(f"{later} is past. Give a day that is still to come.")
        now.changes["by_day"] = (str(task.due_on), str(later))
        task.due_on = later
    task.chased += 1
    task.chased_on = localdate()
    task.save()
    now.changes |= {"task": task.number, "times": task.chased}


def chaser(task: DepartmentTask, *, today: date) -> str:
    """Return the words of a reminder, ready to copy. It names the case by its reference alone."""
    late = "was due on" if task.due_on < today else "is due on"
    again = f" We asked {task.chased + 1} times." if task.chased else ""
    return (
        f"Your answer for the request {task.case.reference} {late} {task.due_on.day} {task.due_on:%B %Y}.{again} "
        "The law sets the day of our own answer. Open the task in clearcount and answer there."
    )


def answer_task(now: Doing, given: Mapping[str, Any]) -> None:
    """Answer for a department.

    Raises:
        Refused: for a task of somebody else, one that waits for no answer, or words that say who asked.
    """
    task = _waiting(now, given["number"])
    if task.to_id != now.by.pk:
        raise Refused("This task is for somebody else. Nothing was done.")
    _answered(now, task, given)


def note_reply(now: Doing, given: Mapping[str, Any]) -> None:
    """Note what the national unit said.

    Raises:
        Refused: for a task of a department, which answers itself, or one that waits for no answer.
    """
    task = _waiting(now, given["number"])
    if task.kind != DepartmentTask.Kind.REFERRAL:
        raise Refused("A department answers on its own page. Only a reply of the national unit is noted here.")
    _answered(now, task, given)


def _answered(now: Doing, task: DepartmentTask, given: Mapping[str, Any]) -> None:
    answer, searched = str(given["answer"]).strip(), str(given.get("searched") or "").strip()
    if not answer:
        raise Refused("Write the answer.")
    now.ensure_nameless(answer, searched)
    task.answer, task.searched, task.held = answer, searched, str(given.get("held") or "")
    task.minutes = given.get("minutes")
    task.answered_on, task.answered_by = localdate(), now.by
    task.save()
    now.changes |= {"task": task.number, "held": task.held, "minutes": task.minutes}


def drop_task(now: Doing, given: Mapping[str, Any]) -> None:
    """Note that no answer is waited for any more.

    Raises:
        Refused: without a reason, or when the task waits for no answer.
    """
    task = _waiting(now, given["number"])
    if not now.reason.strip():
        raise Refused("Say why no answer is waited for.")
    task.dropped_because = now.reason.strip()[:200]
    task.save()
    now.changes["task"] = task.number


def _waiting(now: Doing, number: int) -> DepartmentTask:
    task = waiting(now.case).filter(number=number).first()
    if task is None:
        raise Refused("There is no such task that waits for an answer. Open the case again and look at what is new.")
    return task
