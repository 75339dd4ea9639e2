"""The app: leaving shreds the draft, and the privacy notice says what is kept."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    """Listens for a visitor who leaves."""

    name = "clearcount_web.reporting"

    def ready(self) -> None:
        """Connect the receiver and declares what is kept."""
        from clearcount_web.ground.limits import identify
        from clearcount_web.reporting.drafts import counted_as, shred
        from clearcount_web.site import retention
        from clearcount_web.site.signals import visitor_left

        def left(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
            shred(request)

        visitor_left.connect(left, weak=False, dispatch_uid="reporting.left")
        identify(counted_as)
        retention.declare(
            retention.Kept(
                _("An online report that you sent"),
                retention.with_days(
                    _(
                        "Sealed, at most %(days)s days after we have dealt with it. We keep it longer only until we "
                        "have passed on what you said about safe contact. What we record of it is a police record."
                    ),
                    max(settings.REPORT_RETENTION_DAYS.values()),
                ),
                _("To act on it. Only the people who deal with reports can open it."),
            )
        )
        retention.declare(
            retention.Kept(
                _("A report that you began and did not send"),
                _("30 minutes after your last page, or until you leave"),
                _("Only your browser holds the key to it. We cannot read it."),
            )
        )
