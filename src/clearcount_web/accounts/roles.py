"""The eight roles of staff."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may be trusted with. One person may hold several; some acts still need two people."""

    FOI_OFFICER = "foi_officer", _("FOI officer")
    ANALYST = "analyst", _("Analyst")
    READER = "reader", _("Reader")
    DECISION_MAKER = "decision_maker", _("Decision maker")
    PUBLISHER = "publisher", _("Publisher")
    CONTACT_OFFICER = "contact_officer", _("Contact officer")
    DEPARTMENT = "department", _("Department")
    ADMINISTRATOR = "administrator", _("Administrator")


EVERY_ROLE = frozenset(Role)
