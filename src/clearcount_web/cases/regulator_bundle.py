"""The bundle for the regulator: what happened, what was said, the estimate, the search and the count, without a name.

`case_bundle` checks it again. Each file is named with its SHA-256 in `manifest.json`, which bears the force's seal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.conf import settings

from clearcount import __version__
from clearcount.writers.zips import package
from clearcount_web.accounts.models import User
from clearcount_web.audit.chain import SEALED_FIELDS, START
from clearcount_web.audit.models import Event
from clearcount_web.cases.costs import worked_out
from clearcount_web.cases.folders import answer_folder
from clearcount_web.cases.models import Answer, Case, Run, Worksheet
from clearcount_web.cases.seals import SEALED
from clearcount_web.disclosure_log.bundle import MANIFEST, RefusedBundle, read_bundle
from clearcount_web.disclosure_log.seals import NoKey, sign
from clearcount_web.ground.refusals import Refused

FORMAT = 1
KIND = b"clearcount case bundle\n"
"""What the seal of a manifest begins with, so that no other sealed thing passes for one."""
LISTED, SIGNED = "manifest.json", "manifest.sig"
WORKSHEET = ("records", "minutes", "other_minutes", "method", "advice", "read", "found")
README = Path(__file__).with_name("bundle-readme.txt")


def bundle_of(case: Case, *, by: User, at: datetime) -> bytes:
    """Return the bundle of a case as a ZIP. The same case at the same time gives the same bytes.

    Raises:
        Refused: without a seal key, or when the bundle of a count that an answer rests on is not whole.
    """
    runs = list(case.runs.order_by("number"))
    answers = list(case.answers.select_related("prepared_by", "approved_by", "published_by"))
    files = {
        "README.txt": README.read_text(encoding="utf-8").format(reference=case.reference, day=at.date()).encode(),
        "case.json": _json(_case(case)),
        "events.jsonl": _events(case.reference),
        "answers.json": _json([_answer(answer) for answer in answers]),
        "letters.json": _json([_letter(each) for each in case.letters.select_related("made_by").order_by("number")]),
        "estimate.json": _json(estimate(Worksheet.objects.filter(case=case).first(), case)),
        "search.json": _json(_search(case, runs)),
    }
    for run in runs:
        if run.digest and (run.pk == case.run_id or any(run.digest in answer.sealed for answer in answers)):
            files |= _count(run)
    manifest = {
        "format": FORMAT,
        "reference": case.reference,
        "force": settings.FORCE.name,
        "made_at": at.isoformat(timespec="seconds"),
        "made_by": by.get_username(),
        "clearcount_version": __version__,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    listed = _json(manifest)
    try:
        seal = sign(KIND + listed)
    except NoKey:
        raise Refused("No bundle can be sealed: set CLEARCOUNT_SEAL_KEY_FILE, made with: manage seal make.") from None
    return package({**files, LISTED: listed, SIGNED: seal.encode()})


def _case(case: Case) -> dict[str, object]:
    return {
        "reference": case.reference,
        "title": case.title,
        "state": case.state,
        "channel": case.channel,
        "received_on": case.received_on,
        "issued_on": case.issued_on,
        "due": case.due,
        "due_why": case.due_why,
        "parts": [
            {**{name: getattr(part, name) for name in SEALED}, "told_of_test": part.test_told_on,
             "issued_on": part.issued_on}
            for part in case.parts.all()
        ],
        "pauses": [{"kind": each.kind, "began_on": each.began_on, "ended_on": each.ended_on}
                   for each in case.pauses.all()],
        "reviews": [{"asked_on": each.asked_on, "answered_on": each.answered_on, "changed": each.changed}
                    for each in case.reviews.all()],
        "complaints": [{"began_on": each.began_on, "ended_on": each.ended_on, "decision": each.decision,
                        "steps_due": each.steps_due, "answered_on": each.answered_on}
                       for each in case.complaints.all()],
    }  # fmt: skip


def _events(reference: str) -> bytes:
    """Every event of the case, each with the mac of the one before it in the chain, so that its own can be checked."""
    found = list(Event.objects.filter(kind="case", key=reference).order_by("number").values(*SEALED_FIELDS, "mac"))
    wanted = [int(str(event["number"])) - 1 for event in found]
    macs = dict(Event.objects.filter(number__in=wanted).values_list("number", "mac"))
    lines = [{**event, "before": macs.get(int(str(event["number"])) - 1, START)} for event in found]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def _answer(answer: Answer) -> dict[str, object]:
    return {
        "round": answer.round,
        "seal": answer.seal,
        "sealed": answer.sealed,
        "prepared_by": answer.prepared_by.get_username(),
        "prepared_at": answer.prepared_at,
        "approved_by": answer.approved_by.get_username() if answer.approved_by else "",
        "approved_at": answer.approved_at,
        "published_by": answer.published_by.get_username() if answer.published_by else "",
        "published_at": answer.published_at,
        "void_because": answer.void_because,
    }


def _letter(letter: Any) -> dict[str, object]:
    names = ("number", "round", "kind", "paragraphs", "digest", "templates", "made_at", "sent_on", "sent_how")
    return {**{name: getattr(letter, name) for name in names}, "made_by": letter.made_by.get_username()}


def estimate(sheet: Worksheet | None, case: Case) -> Mapping[str, object]:
    """Return the worksheet as it was filled in, with the figures that follow from it; nothing without one."""
    if sheet is None:
        return {}
    figures = asdict(worked_out(sheet, case))
    return {"received_on": case.received_on, "worksheet": {name: getattr(sheet, name) for name in WORKSHEET},
            "figures": figures}  # fmt: skip


def _search(case: Case, runs: list[Run]) -> dict[str, object]:
    tasks = case.tasks.select_related("to", "answered_by")
    return {
        "plan": case.plan,
        "counts": [
            {"number": run.number, "plan": run.plan, "snapshot": run.snapshot, "asked_at": run.asked_at,
             "ended_at": run.ended_at, "fault": run.fault, "release_sha256": run.digest, "records_with_words": run.hits,
             "open_doubts": run.doubts}
            for run in runs
        ],
        "asked": [
            {"number": task.number, "kind": task.kind, "to": task.to.get_username() if task.to else "",
             "asks": task.asks, "asked_on": task.asked_on, "due_on": task.due_on, "chased": task.chased,
             "held": task.held, "answer": task.answer, "searched": task.searched, "minutes": task.minutes,
             "answered_on": task.answered_on, "dropped_because": task.dropped_because}
            for task in tasks
        ],
    }  # fmt: skip


def _count(run: Run) -> dict[str, bytes]:
    """The files of the bundle of one count, whole and as they were counted."""
    folder = answer_folder(run)
    try:
        bundle = read_bundle(folder)
    except RefusedBundle as refused:
        raise Refused(f"The bundle of count {run.number} cannot be used: {refused}.") from None
    if bundle.digest != run.digest:
        raise Refused(f"The bundle of count {run.number} was changed after it was made.")
    names = sorted({*bundle.manifest["files"], MANIFEST})
    return {f"counts/run-{run.number}/{name}": (folder / name).read_bytes() for name in names}


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=_plain) + "\n").encode()


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (Decimal, Fraction)):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no plain form")


def plain(value: object) -> Any:
    """Return a value as it is read back from a file of the bundle."""
    return json.loads(_json(value))
