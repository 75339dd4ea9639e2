"""The audit on screen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clearcount_web.accounts.access import roles
from clearcount_web.accounts.roles import Role
from clearcount_web.audit.queries import events


@roles(Role.ADMINISTRATOR, Role.DECISION_MAKER)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The last events, by verb, actor or object."""
    wanted = {name: request.GET.get(name, "")[:150] for name in ("verb", "actor", "kind", "key")}
    return render(request, "audit/list.html", {"events": events(**wanted), "wanted": wanted})
