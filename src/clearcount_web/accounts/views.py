"""The start page and a person's own account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clearcount_web.accounts.access import signed_in


@signed_in
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Where staff start."""
    return render(request, "accounts/home.html")


@signed_in
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """One's own roles, second factor and sessions."""
    return render(request, "accounts/account.html")
