"""A process that has loaded everything forks one act after the other; `killing.c` ends each at the step asked for.

One JSON object a line comes in: what to do and where to end it. One line goes out: how it ended.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

import clearcount.workflow.answering  # noqa: E402  loaded once here and not in each child
import clearcount.workflow.publishing  # noqa: E402
import clearcount.workflow.reading  # noqa: E402, F401
from clearcount.cli import cli  # noqa: E402
from clearcount.errors import ClearcountError  # noqa: E402
from clearcount.store import open_store  # noqa: E402
from clearcount.store.ledger import Ledger  # noqa: E402
from clearcount.workflow.storing import check_store  # noqa: E402
from clearcount_web.audit import queries  # noqa: E402
from clearcount_web.audit.actions import CHAIN_NAMES  # noqa: E402
from clearcount_web.backups.actions import backup, read  # noqa: E402
from clearcount_web.disclosure_log.models import File, Release, Version  # noqa: E402
from clearcount_web.platform.databases import PUBLIC, STAFF  # noqa: E402
from clearcount_web.publishing.actions import compare, publish  # noqa: E402
from clearcount_web.publishing.models import Publication  # noqa: E402
from clearcount_web.reporting.models import SealedReport  # noqa: E402
from clearcount_web.reporting.sealing import seal  # noqa: E402
from clearcount_web.triage.actions import take_reports  # noqa: E402
from clearcount_web.triage.models import Report  # noqa: E402
from clearcount_web.triage.retention import purge as purge_reports  # noqa: E402

ROOT = Path(sys.argv[1])
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
REPORTS = 5


def run(*words: object) -> None:
    """A command of clearcount, to its end."""
    try:
        cli.main([str(word) for word in words], prog_name="clearcount", standalone_mode=False)
    except SystemExit as ended:
        if ended.code:
            raise


def arrive() -> None:
    """Reports that lie on the public side, some of them taken and ended long ago."""
    for number in range(REPORTS):
        content = {"reference": f"R-{number}", "answers": {"7": {"story": "A made-up story."}}}
        SealedReport.objects.create(
            place=str(number), reference=f"R-{number}", duty_box=seal(content, settings.REPORT_KEYS.duty),
            recovery_box=b"", danger=False, received_at=NOW, code_hash=str(number), reply_key=b"",
        )  # fmt: skip


def end_reports() -> None:
    """Takes the reports in and ends three of them so long ago that they are kept no longer."""
    take_reports()
    ended = [f"R-{number}" for number in range(3)]
    at = NOW - timedelta(days=4000)
    Report.objects.filter(reference__in=ended).update(outcome="passed", outcome_at=at, carried_on_at=at)


ACTS: dict[str, Callable[[], Any]] = {
    "arrive": arrive,
    "end reports": end_reports,
    "import": lambda: run("import", ROOT / "later", "--store", ROOT / "store", "--quiet"),
    "count": lambda: run(
        "count", ROOT / "request.toml", "--store", ROOT / "store", "--policy", ROOT / "policy.toml",
        "--out", ROOT / "counted", "--replace", "--quiet",
    ),
    "decide": lambda: run("review", "import", ROOT / "hits.csv", "--store", ROOT / "store"),
    "publish": lambda: publish(ROOT / "answer", store=None, at=NOW, by="test"),
    "purge": lambda: purge_reports(now=NOW, dry_run=False, by="test"),
    "purge records": lambda: run("store", ROOT / "store", "purge", "--list", ROOT / "purge.txt", "--yes"),
    "take": take_reports,
    "backup": lambda: backup(ROOT / "backup", at=NOW),
    "migrate": lambda: call_command("migrate", verbosity=0),
}  # fmt: skip


def chains() -> list[str]:
    """The faults of both audit chains, held against the heads outside."""
    return [str(fault) for alias in CHAIN_NAMES for fault in queries.verify(alias).faults]


def events(verb: str) -> int:
    """How often something was recorded in either chain."""
    return sum(str(event["verb"]) == verb for alias in (STAFF, PUBLIC) for event in queries.chain(alias))


def snapshot(number: int | None = None) -> list[Any]:
    """Rows and texts of a snapshot, and the words by which its edition is known."""
    opened = open_store(ROOT / "store")
    shot = opened.snapshot(number)
    texts = [row["text"] for batch in opened.texts(shot) for row in batch.to_pylist()]
    editions = sorted({text.rpartition(" edition ")[2] for text in texts})
    return [opened.offences(shot).num_rows, len(texts), editions]


def store_faults() -> list[str]:
    """What the check of the store says."""
    return [str(fault) for fault in check_store(ROOT / "store")]


def look_import() -> dict[str, Any]:
    return {"faults": store_faults(), "first": snapshot(1), "newest": snapshot()}


def bundle(folder: Path) -> str:
    """None, whole or broken: every file that release.json names is there with its hash, and no other."""
    import hashlib

    if not folder.exists():
        return "none"
    try:
        release = json.loads((folder / "release.json").read_text(encoding="utf-8"))
    except OSError:
        return "broken"
    held = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    del held["release.json"]
    return "whole" if held == release["files"] else "broken"


def look_count() -> dict[str, Any]:
    left = [path.name for path in ROOT.iterdir() if path.name.startswith(".")]
    return {"faults": store_faults(), "bundle": bundle(ROOT / "counted"), "left": left}


def look_decide() -> dict[str, Any]:
    import csv

    faults = store_faults()
    out = ROOT / "decided.csv"
    out.unlink(missing_ok=True)
    request = (ROOT / "request.toml", "--store", ROOT / "store")
    try:
        run("review", "decisions", *request, "--out", out)
        with out.open(encoding="utf-8", newline="") as file:
            rows = [(row["occurrence_no"], row["offence_code"]) for row in csv.DictReader(file) if row["code"]]
    except ClearcountError as error:
        if "no decision" not in str(error).lower():
            raise
        rows = []
    return {"faults": faults, "decided": len(rows), "different": len(set(rows))}


def look_publish() -> dict[str, Any]:
    before = [each.slug for each in Publication.objects.all()]
    found = compare()
    return {
        "faults": [*found.faults, *chains(), *store_faults()],
        "versions": Version.objects.count(),
        "releases": Release.objects.count(),
        "files": File.objects.count(),
        "known": len(before),
        "ledger": len(Ledger(ROOT / "store").entries()),
        "events": events("release.published"),
    }


def look_reports() -> dict[str, Any]:
    public = sorted(SealedReport.objects.values_list("reference", flat=True))
    staff = sorted(Report.objects.values_list("reference", flat=True))
    return {
        "faults": chains(), "public": public, "staff": staff,
        "taken": events("report.taken"), "purged": events("reports.purged"),
    }  # fmt: skip


def look_purge_records() -> dict[str, Any]:
    faults = store_faults()
    opened = open_store(ROOT / "store")
    kept = [
        sum(row["occurrence_no"] in ("N0", "N1") for row in opened.offences(shot).to_pylist())
        for shot in opened.snapshots()
    ]
    return {"faults": faults, "kept": kept}


def look_backup() -> dict[str, Any]:
    there = (ROOT / "backup").exists()
    if there:
        read(ROOT / "backup")  # raises unless every file is there and unchanged
    return {"faults": chains(), "there": there, "events": events("backup.made")}


LOOKS: dict[str, Callable[[], dict[str, Any]]] = {
    "import": look_import, "count": look_count, "decide": look_decide, "publish": look_publish,
    "purge": look_reports, "take": look_reports, "purge records": look_purge_records, "backup": look_backup,
}  # fmt: skip


def child(asked: dict[str, Any]) -> None:
    """Does one act or one look, and does not come back."""
    os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
    os.dup2(os.open(asked["said"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    try:
        if asked.get("look"):
            Path(asked["result"]).write_text(json.dumps(LOOKS[asked["do"]]()), encoding="utf-8")
        else:
            ctypes.CDLL(None).kill_begin(asked["at"], asked["torn"], f"{ROOT}/".encode(), asked["log"].encode())
            ACTS[asked["do"]]()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


def main() -> None:
    """Forks for each line."""
    threads = [(each / "comm").read_text() for each in Path("/proc/self/task").iterdir()]
    assert len([name for name in threads if not name.startswith("jemalloc")]) == 1, "a thread would not come along"
    print("ready", flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            child(json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
