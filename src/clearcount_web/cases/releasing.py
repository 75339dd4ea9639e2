"""Publishing as an act of its own, by somebody who made none of the answer, through the one path that publishes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localdate

from clearcount_web.accounts.models import User
from clearcount_web.audit.actions import record
from clearcount_web.cases.acting import Doing
from clearcount_web.cases.folders import answer_folder
from clearcount_web.cases.models import Answer, Case, Regular
from clearcount_web.cases.published import last_answer, published_answer
from clearcount_web.cases.regular import move_on
from clearcount_web.cases.seals import seal_of
from clearcount_web.cases.two_people import may_publish
from clearcount_web.disclosure_log.bundle import RefusedBundle
from clearcount_web.disclosure_log.models import Release
from clearcount_web.ground.refusals import Refused, enforce
from clearcount_web.jobs.actions import enqueue
from clearcount_web.jobs.registry import Run as Work
from clearcount_web.platform.databases import STAFF
from clearcount_web.publishing import actions as publishing

JOB = "publish-answer"


def ask_to_publish(now: Doing, given: Mapping[str, Any]) -> None:
    """Put the publication into the worker's queue.

    Raises:
        Refused: to whoever worked on the answer, without a count, or when it is published already.
    """
    answer = _publishable(now.case, now.by)
    now.ensure_nameless(str(given.get("note", "")))
    payload = {"answer": answer.pk, "user": now.by.pk, "note": str(given.get("note", "")).strip()}
    answer.publish_fault = ""
    answer.save(update_fields=["publish_fault"])
    enqueue(JOB, payload, by=now.by, unique=f"{JOB}:{answer.pk}")


def _publishable(case: Case, by: User) -> Answer:
    answer = last_answer(case)
    if answer is None:
        raise Refused("No approved answer is there to be published.")
    enforce(may_publish(case, answer, by))
    if answer.published_at is not None:
        raise Refused("This answer is published already.")
    if case.run is None:
        raise Refused("The answer rests on no count, so there is no bundle to publish.")
    return answer


def publish_answer(work: Work) -> None:
    """Publish one answer. Publishing again what is published changes nothing, so it is safe after a stop."""
    answer = Answer.objects.select_related("case__run", "run").get(pk=int(str(work.payload["answer"])))
    by = User.objects.get(pk=int(str(work.payload["user"])))
    work.progress(0, 2)
    fault, slug = "", ""
    try:
        case = answer.case
        if answer.published_at is None and case.run is not None:
            slug = _public_already(answer, by=by)
            if not slug:
                _publishable(case, by)
                if answer.seal != seal_of(case):
                    raise Refused("The answer was changed after it was approved.")
                folder, note = answer_folder(case.run), str(work.payload.get("note", ""))
                slug = publishing.publish(folder, store=None, at=timezone.now(), by=by, note=note).release.slug
    except (RefusedBundle, Refused) as refused:
        fault = str(refused)[:500]
    work.progress(1, 2)
    with transaction.atomic(using=STAFF):
        case = Case.objects.select_for_update().get(pk=answer.case_id)
        case.version += 1
        case.save(update_fields=["version"])
        if fault:
            Answer.objects.filter(pk=answer.pk).update(publish_fault=fault)
        elif slug:
            Answer.objects.filter(pk=answer.pk, published_at=None).update(
                published_by=by, published_at=timezone.now(), slug=slug
            )
            move_on(case, today=localdate())
        if fault:
            record("case.publishing_failed", by="worker", kind="case", key=case.reference)
        elif slug:
            record("case.published", by=by, kind="case", key=case.reference, changes={"slug": slug})
    work.progress(2, 2)


def _public_already(answer: Answer, *, by: User) -> str:
    """The slug under which a worker that was stopped has published this very count before it could note so; else ''.

    Whoever reads it has it: the case must know, whatever was begun on it since.
    """
    if answer.run is None or answer.case.answers.filter(run=answer.run).exclude(slug="").exists():
        return ""
    reference = answer.case.reference
    release = Release.objects.filter(reference=reference, versions__digest=answer.run.digest).first()
    if release is None:
        return ""
    publishing.remember(release, by=by)
    return str(release.slug)


def withdraw_answer(now: Doing, given: Mapping[str, Any]) -> None:
    """Take a published answer down at once; somebody else checks it afterwards.

    Where a stop came between the two databases it is down already, and is noted here.

    Raises:
        Refused: when nothing is published, or the disclosure log refuses.
    """
    answer = published_answer(now.case)
    if answer is None or answer.withdrawn_by is not None:
        raise Refused("No answer of this case is published.")
    if not Release.objects.filter(slug=answer.slug, withdrawn_at__isnull=False).exists():
        try:
            publishing.withdraw(answer.slug, at=timezone.now(), reason=now.reason, by=now.by)
        except RefusedBundle as refused:
            raise Refused(f"{refused}.") from None
    answer.withdrawn_by = now.by
    answer.save(update_fields=["withdrawn_by"])
    now.changes["slug"] = answer.slug
    if Regular.objects.filter(case=now.case).delete()[0]:
        now.changes["regular"] = False


def check_withdrawal(now: Doing, given: Mapping[str, Any]) -> None:
    """Note that somebody else looked at a withdrawal.

    Raises:
        Refused: to whoever took the answer down, or when nothing waits to be checked.
    """
    answer = published_answer(now.case)
    if answer is None or answer.withdrawn_by is None or answer.withdrawal_checked_by is not None:
        raise Refused("No withdrawal waits to be checked.")
    if answer.withdrawn_by == now.by:
        raise Refused("You took this answer down. Somebody else checks that.")
    answer.withdrawal_checked_by = now.by
    answer.save(update_fields=["withdrawal_checked_by"])
