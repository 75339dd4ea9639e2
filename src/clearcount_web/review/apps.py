"""The app's configuration."""

from __future__ import annotations

import importlib

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """Rounds of reading, in the staff database."""

    name = "clearcount_web.review"
    verbose_name = "Reading room"

    def ready(self) -> None:
        """Let cases ask what readers found."""
        importlib.import_module("clearcount_web.review.sampled")
