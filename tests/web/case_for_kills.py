"""One case for the test that kills: `case_for_kills.py ready`, `published` or `look`, with the staff side's settings.

`ready` makes people with a session each, a record store, and a case that can be counted; `published` also publishes its
answer. `look` says all that there is now, and every fault that the service's own checks find.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.utils.timezone import localdate  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent))
from casework import act, opened, person  # noqa: E402
from test_records_living import FIRST, PLAN, POLICY, brought, export, issue, plan_doubts  # noqa: E402

from clearcount.store.ledger import Ledger  # noqa: E402
from clearcount_web.accounts.roles import Role  # noqa: E402
from clearcount_web.audit import queries  # noqa: E402
from clearcount_web.audit.actions import CHAIN_NAMES  # noqa: E402
from clearcount_web.audit.models import Event  # noqa: E402
from clearcount_web.cases.folders import answer_folder  # noqa: E402
from clearcount_web.cases.models import Case  # noqa: E402
from clearcount_web.disclosure_log.bundle import read_bundle  # noqa: E402
from clearcount_web.disclosure_log.models import File, Version  # noqa: E402
from clearcount_web.jobs.models import Job  # noqa: E402
from clearcount_web.publishing.actions import compare  # noqa: E402

PEOPLE = {
    "olive": Role.FOI_OFFICER,
    "oscar": Role.FOI_OFFICER,
    "dilys": Role.DECISION_MAKER,
    "dora": Role.DECISION_MAKER,
    "percy": Role.PUBLISHER,
    "paula": Role.PUBLISHER,
}


def ready() -> dict[str, Any]:
    """The case, and the cookie of each person."""
    from staff_sessions import cookie

    store = Path(settings.STORE_DIR)
    brought(store, export(store.parent / "first", FIRST), 1)
    Path(settings.POLICY_FILE).write_text(POLICY, encoding="utf-8")
    cookies = {name: cookie(person(name, role)) for name, role in PEOPLE.items()}
    case = opened()
    act(case, "confirm", day=case.received_on)
    act(case, "plan", texts=["How many pictures were made with AI, by month?"])
    act(case, "write_plan", plan=PLAN.format(reference=case.reference))
    act(case, "search")
    for doubt in plan_doubts(case):
        act(case, "accept_doubt", doubt=doubt, reason="Looked at.")
    act(case, "draft")
    return {"case": case.pk, "reference": case.reference, "cookies": cookies}


def published() -> dict[str, Any]:
    """The same, with an answer that is published."""
    made = ready()
    issue(Case.objects.get(), 1, day=localdate())
    Job.objects.update(state=Job.State.DONE)  # they were done here, and not by a worker
    return made


def look() -> dict[str, Any]:
    """What there is, and `faults`: of the chains, the published answers, their folders and the store's ledger."""
    case = Case.objects.get()
    found = compare()
    faults = [*found.faults, *(str(fault) for name in CHAIN_NAMES for fault in queries.verify(name).faults)]
    versions = list(Version.objects.order_by("number"))
    folders = {run.digest: answer_folder(run) for run in case.runs.exclude(digest="")}
    for digest, folder in folders.items():
        if read_bundle(folder).digest != digest:
            faults.append(f"the bundle in {folder.name} is another than its count says")
    for version in versions:
        files = read_bundle(folders[version.digest]).files
        kept = {file.name: bytes(file.content) for file in File.objects.filter(version=version)}
        if {name: hashlib.sha256(content).hexdigest() for name, content in files.items()} != {
            name: hashlib.sha256(content).hexdigest() for name, content in kept.items()
        }:
            faults.append(f"version {version.number} holds other files than the folder of its count")
    verbs = list(Event.objects.filter(key=case.reference).values_list("verb", flat=True))
    public = [event["verb"] for event in queries.chain("public")]
    return {
        "at": f"{timezone.now():%H:%M:%S}",
        "faults": faults,
        "state": case.state,
        "round": case.round,
        "verbs": {verb: verbs.count(verb) for verb in sorted(set(verbs))},
        "public": public.count("release.published"),
        "versions": [(version.number, version.digest) for version in versions],
        "ledger": len(Ledger(Path(settings.STORE_DIR)).entries()),
        "counted": case.runs.exclude(digest="").count(),
        "answers": [
            (answer.round, answer.void_because, answer.run.digest if answer.run else "", bool(answer.slug))
            for answer in case.answers.select_related("run").order_by("pk")
        ],
        "letters": [(letter.kind, letter.round, str(letter.sent_on)) for letter in case.letters.order_by("number")],
    }


print(json.dumps({"ready": ready, "published": published, "look": look}[sys.argv[1]]()))
