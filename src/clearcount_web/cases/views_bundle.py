"""The bundle for the regulator, made for whoever may know who asked; it does not say so itself."""

from __future__ import annotations

import hashlib

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from clearcount_web.accounts.access import StaffRequest, roles
from clearcount_web.accounts.roles import Role
from clearcount_web.cases.acting import doing
from clearcount_web.cases.regulator_bundle import bundle_of


@roles(Role.FOI_OFFICER, Role.DECISION_MAKER)
@require_POST
def bundle(request: StaffRequest, case_id: int) -> HttpResponse:
    """Return the bundle of a case as a ZIP; the event keeps its SHA-256."""
    with doing(case_id, "make_bundle", by=request.user) as now:
        content = bundle_of(now.case, by=request.user, at=timezone.now())
        now.changes["sha256"] = hashlib.sha256(content).hexdigest()
    response = HttpResponse(content, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="case-{case_id}.zip"'
    response.headers["Cache-Control"] = "no-store"
    return response
