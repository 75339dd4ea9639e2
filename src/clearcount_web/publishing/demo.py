"""The demo's published answer: the made-up example of `clearcount demo`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from clearcount_web.disclosure_log import actions as disclosure_log
from clearcount_web.disclosure_log.models import Release
from clearcount_web.publishing.actions import remember
from clearcount_web.publishing.checking import ensure_fit


def fill() -> None:
    """Publish the example's bundle, unless something is published already."""
    if Release.objects.exists():
        return
    with tempfile.TemporaryDirectory(prefix="clearcount-demo-") as folder:
        # The reading room of the demo reads these records; a demo of before has none, and its room stays empty.
        made = settings.READING_STORE_DIR.parent if settings.READING_STORE_DIR else Path(folder) / "demo"
        command = [sys.executable, "-m", "clearcount", "demo", "--out", str(made), "--occurrences", "1000", "--quiet"]
        command += ["--replace"] if made.exists() else []
        subprocess.run(command, check=True)  # noqa: S603 - our own module
        answer = made / "answer"
        ensure_fit(answer, store=made / "store", policy=made / "policy.toml")
        remember(disclosure_log.publish(answer, at=timezone.now()).release, by="demo")
