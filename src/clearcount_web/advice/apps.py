"""The advice app: its content is checked when the site starts."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class AdviceConfig(AppConfig):
    """Registers the content checks and the sitemap's addresses."""

    name = "clearcount_web.advice"

    def ready(self) -> None:
        """Register the checks of `checks.py` and the pages' addresses; on the public door, reads the content."""
        from clearcount_web.advice import (
            checks,  # noqa: F401
            welsh,
        )
        from clearcount_web.advice.queries import addresses
        from clearcount_web.site import sitemap

        sitemap.declare(addresses)
        sitemap.declare(welsh.addresses)
        if settings.DOOR == "public":
            self._read()

    def _read(self) -> None:
        """Reads all content before the first visitor does.

        Raises:
            ImproperlyConfigured: for content that cannot be shown.
        """
        from clearcount_web.advice.content import ContentError
        from clearcount_web.advice.queries import library

        try:
            library()
        except ContentError as error:
            raise ImproperlyConfigured(str(error)) from error
