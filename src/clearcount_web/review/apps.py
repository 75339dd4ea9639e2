"""The app's configuration."""

from __future__ import annotations

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """Rounds of reading, in the staff database."""

    name = "clearcount_web.review"
    verbose_name = "Reading room"
