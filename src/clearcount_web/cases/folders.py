"""Where the files of a case lie: below the service's own folder, by numbers alone."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from clearcount_web.cases.models import Run


def run_folder(run: Run) -> Path:
    """Return the folder of a run: its request and its bundle."""
    return Path(settings.WEB_DIR) / "cases" / str(run.case_id) / f"run-{run.number}"


def answer_folder(run: Run) -> Path:
    """Return the folder of the bundle of a run."""
    return run_folder(run) / "answer"


def papers_folder(run: Run) -> Path:
    """Return the folder of the working papers of a run. It is in the record store, so that a purge reaches it."""
    return Path(settings.STORE_DIR or "") / "runs" / f"case-{run.case_id}-run-{run.number}"


def rules_folder(run: Run) -> Path:
    """Return the folder of the comparison of rules of a run, in the record store as well: it quotes records."""
    return Path(settings.STORE_DIR or "") / "runs" / f"case-{run.case_id}-run-{run.number}-rules"
