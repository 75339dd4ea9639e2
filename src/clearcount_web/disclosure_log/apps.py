"""The disclosure log app: its releases are in the sitemap."""

from __future__ import annotations

from django.apps import AppConfig


class DisclosureLogConfig(AppConfig):
    """Adds the releases to the sitemap."""

    name = "clearcount_web.disclosure_log"

    def ready(self) -> None:
        """Register the releases' addresses."""
        from clearcount_web.disclosure_log.sitemap import addresses
        from clearcount_web.site import sitemap

        sitemap.declare(addresses)
