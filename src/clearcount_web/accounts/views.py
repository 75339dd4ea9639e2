"""A person's own account, and the people an administrator looks after."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clearcount_web.accounts import actions
from clearcount_web.accounts.access import StaffRequest, roles, signed_in
from clearcount_web.accounts.forms import RolesForm
from clearcount_web.accounts.models import RoleGrant, User
from clearcount_web.accounts.permissions import may_manage
from clearcount_web.accounts.queries import open_sessions
from clearcount_web.accounts.roles import Role
from clearcount_web.ground.refusals import enforce


@signed_in
@require_safe
def account(request: StaffRequest) -> HttpResponse:
    """Return the page of one's own roles, second factor and sessions."""
    context = {
        "sessions": open_sessions(request.user, key=request.session.session_key),
        "has_codes": Authenticator.objects.filter(user=request.user).exists(),
    }
    return render(request, "accounts/account.html", context)


@signed_in
@require_POST
def end_session(request: StaffRequest, session_id: int) -> HttpResponse:
    """End one of one's own sessions; somebody else's is not found."""
    if not actions.end_own_session(request.user, session_id):
        raise Http404
    messages.success(request, "The session has ended.")
    return redirect("account")


@signed_in
@require_POST
def settings(request: StaffRequest) -> HttpResponse:
    """Return the page of the dark scheme and the single-key shortcuts."""
    actions.set_preferences(request.user, dark="dark" in request.POST, single_keys="single_keys" in request.POST)
    return redirect("account")


@roles(Role.ADMINISTRATOR)
@require_safe
def people(request: StaffRequest) -> HttpResponse:
    """Return the list of everybody with an account."""
    found = User.objects.prefetch_related("grants").order_by("name")
    return render(request, "accounts/people.html", {"people": found})


@roles(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: StaffRequest, user_id: int) -> HttpResponse:
    """Return one person: roles given by hand."""
    other = get_object_or_404(User, pk=user_id)
    held = [grant.role for grant in other.grants.filter(source=RoleGrant.Source.LOCAL)]
    form = RolesForm(request.POST or None, initial={"roles": held})
    if request.method == "POST":
        enforce(may_manage(request.user, other))
        if form.is_valid():
            actions.set_local_roles(other, [Role(name) for name in form.cleaned_data["roles"]], by=request.user)
            messages.success(request, "The roles are saved.")
            return redirect("person", other.pk)
    context = {"person": other, "form": form, "sessions": UserSession.objects.filter(user=other).count()}
    return render(request, "accounts/person.html", context)


@roles(Role.ADMINISTRATOR)
@require_POST
def person_act(request: StaffRequest, user_id: int, act: str) -> HttpResponse:
    """Close or opens an account, or resets its second factor."""
    other = get_object_or_404(User, pk=user_id)
    enforce(may_manage(request.user, other))
    if act == "close":
        actions.set_active(other, False, by=request.user)
    elif act == "open":
        actions.set_active(other, True, by=request.user)
    elif act == "reset-second-factor":
        actions.reset_second_factor(other, by=request.user)
    else:
        raise Http404
    messages.success(request, "Done.")
    return redirect("person", other.pk)
