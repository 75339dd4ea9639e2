"""Notes to people outside the service: by e-mail and to a webhook, and never with content."""

from __future__ import annotations

import json
import logging
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException

from django.conf import settings
from django.core.mail import send_mail

log = logging.getLogger("clearcount_web.notes")


def send(words: str, body: Mapping[str, object], *, email: str, webhook: str) -> bool:
    """Send a note by every way that is set; true when one went out, or none is set."""
    gone = not (email or webhook)
    if email:
        try:
            send_mail(words, words, settings.REPORT_ALERT_FROM, [email])
            gone = True
        except OSError:  # every fault of smtplib is one
            log.warning("a note could not be sent by e-mail")
    if webhook:
        request = urllib.request.Request(  # noqa: S310 - the address is a setting, checked to be http(s) at start
            webhook, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=10):  # noqa: S310
                gone = True
        except (OSError, HTTPException):
            log.warning("a note could not be sent to the webhook")
    return gone


def tell_operations(what: str, *, count: int) -> bool:
    """Tell the people who run the service that something needs them; true when it went out."""
    words = f"clearcount: {what}: {count}."
    return send(
        words, {"what": what, "count": count}, email=settings.OPERATIONS_EMAIL, webhook=settings.OPERATIONS_WEBHOOK
    )
