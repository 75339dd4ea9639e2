"""What `manage check` looks at beyond Django's own: files that are open to others."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register

from clearcount_web.platform.paths import open_paths


@register(Tags.security)
def files_are_closed(**_: Any) -> list[Error]:
    """Return an error for each file of the service that is open to others."""
    return [Error(sentence, id="clearcount.E001") for sentence in open_paths()]


@register(Tags.security, deploy=True)
def passwords_beside_a_sign_in_service(**_: Any) -> list[Warning]:
    """Return a warning where local accounts may sign in though the force has a sign-in service."""
    if getattr(settings, "OIDC_ENABLED", False) and settings.LOCAL_ACCOUNTS != "break-glass":
        hint = "Set CLEARCOUNT_LOCAL_ACCOUNTS to break-glass once everybody signs in with the force's account."
        return [
            Warning("Local accounts may sign in beside the force's sign-in service.", hint=hint, id="clearcount.W001")
        ]
    return []


def _warning(number: int, sentence: str, hint: str) -> Warning:
    return Warning(sentence, hint=hint, id=f"clearcount.W{number:03d}")


@register(Tags.security, deploy=True)
def what_is_missing(**_: Any) -> list[Warning]:
    """Return a warning for each thing that a force needs and has not set."""
    staff = settings.DOOR == "staff"
    needed: tuple[tuple[int, bool, str, str], ...] = (
        (2, settings.HTTPS, "Pages are not served over TLS.", "Set CLEARCOUNT_HTTPS to yes and put TLS in front."),
        (3, bool(settings.TRUSTED_PROXY), "No proxy is named.", "Set CLEARCOUNT_TRUSTED_PROXY to the proxy's address."),
        (4, bool(settings.AUDIT_ANCHORS), "Heads of the audit are noted nowhere.", "Set CLEARCOUNT_AUDIT_ANCHORS."),
        (
            5,
            settings.REPORT_KEYS is not None,
            "There are no report keys.",
            "Make them with: clearcount manage keys make",
        ),
        (
            6,
            bool(settings.REPORT_WATCHED),
            "Nothing says when reports are read.",
            "Set CLEARCOUNT_REPORT_WATCHED to the sentence that is shown before the first question.",
        ),
        (
            7,
            settings.SEAL_PUBLIC is not None,
            "Published answers cannot be compared with their seals.",
            "Make the keys with: clearcount manage seal make, and set CLEARCOUNT_SEAL_PUBLIC_FILE.",
        ),
    )
    found = [_warning(number, says, hint) for number, well, says, hint in needed if not well]
    return found + (_staff_misses() if staff else _public_misses())


def _staff_misses() -> list[Warning]:
    alerts = settings.REPORT_ALERT_EMAIL or settings.REPORT_ALERT_WEBHOOK
    operations = settings.OPERATIONS_EMAIL or settings.OPERATIONS_WEBHOOK
    needed: tuple[tuple[int, bool, str, str], ...] = (
        (8, bool(alerts), "Nobody is told of a new report.", "Set CLEARCOUNT_REPORT_ALERT_EMAIL or _WEBHOOK."),
        (9, bool(operations), "Nobody is told when the service fails.", "Set CLEARCOUNT_OPERATIONS_EMAIL or _WEBHOOK."),
        (10, settings.DUTY_KEY_FILE is not None, "Reports cannot be opened.", "Set CLEARCOUNT_DUTY_KEY_FILE."),
        (11, settings.SEAL_KEY is not None, "Nothing can be published.", "Set CLEARCOUNT_SEAL_KEY_FILE."),
        (12, settings.STORE_DIR is not None, "Nothing can be counted again.", "Set CLEARCOUNT_STORE_DIR."),
        (13, settings.POLICY_FILE is not None, "The force's policy is not named.", "Set CLEARCOUNT_POLICY_FILE."),
    )
    return [_warning(number, says, hint) for number, well, says, hint in needed if not well]


def _public_misses() -> list[Warning]:
    if getattr(settings, "SECURITY_CONTACT", ""):
        return []
    return [_warning(14, "Nobody can tell of a weakness.", "Set CLEARCOUNT_SECURITY_CONTACT for security.txt.")]
