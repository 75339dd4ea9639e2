"""The demo's published answer: the made-up example of `clearcount demo`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from django.utils import timezone

from clearcount_web.disclosure_log.actions import publish
from clearcount_web.disclosure_log.models import Release


def fill() -> None:
    """Publishes the example's bundle, unless something is published already."""
    if Release.objects.exists():
        return
    with tempfile.TemporaryDirectory(prefix="clearcount-demo-") as folder:
        made = Path(folder) / "demo"
        # A process of its own: this side never imports the library.
        command = [sys.executable, "-m", "clearcount", "demo", "--out", str(made), "--occurrences", "1000", "--quiet"]
        subprocess.run(command, check=True)  # noqa: S603 - our own module
        publish(made / "answer", at=timezone.now())
