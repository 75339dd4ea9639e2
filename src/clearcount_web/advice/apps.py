"""The advice app: its content is checked when the site starts."""

from __future__ import annotations

from django.apps import AppConfig


class AdviceConfig(AppConfig):
    """Registers the content checks and the sitemap's addresses."""

    name = "clearcount_web.advice"

    def ready(self) -> None:
        """Registers the checks of `checks.py` and the pages' addresses."""
        from clearcount_web.advice import checks  # noqa: F401
        from clearcount_web.advice.queries import addresses
        from clearcount_web.site import sitemap

        sitemap.declare(addresses)
