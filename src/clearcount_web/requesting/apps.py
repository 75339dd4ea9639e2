"""The request form's app: it tells the privacy notice how long a request is kept."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequestingConfig(AppConfig):
    """Adds the request form to the privacy notice and the sitemap."""

    name = "clearcount_web.requesting"

    def ready(self) -> None:
        """Declare retention and address."""
        from collections.abc import Iterator

        from django.urls import reverse

        from clearcount_web.requesting.actions import TAKEN_DAYS
        from clearcount_web.site import retention, sitemap

        def address() -> Iterator[sitemap.Address]:
            yield sitemap.Address(reverse("requesting:start"))

        sitemap.declare(address)
        retention.declare(
            retention.Kept(
                _("A Freedom of Information request: your name, address and words"),
                retention.with_days(
                    _(
                        "On this site %(days)s days after we took it in; "
                        "as a case until the time to complain has passed"
                    ),
                    TAKEN_DAYS,
                ),
                _("To answer you. If the answer is published, your name and address are not part of it."),
            )
        )
