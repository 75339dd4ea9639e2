"""Addresses of sign-in and of one's own account: the parts of django-allauth that are used, and no others.

There is no sign-up, no password reset by e-mail, no e-mail page and no linking of accounts.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.urls import path
from django.views.generic import RedirectView

from clearcount_web.accounts import views
from clearcount_web.accounts.access import anyone, signed_in

_to_account = signed_in(RedirectView.as_view(pattern_name="account"))

urlpatterns = [
    path("sign-in/", anyone(account.login), name="account_login"),
    path("sign-out/", signed_in(account.logout), name="account_logout"),
    path("closed/", anyone(account.account_inactive), name="account_inactive"),
    path("again/", signed_in(account.reauthenticate), name="account_reauthenticate"),
    path("second-factor/code/", anyone(mfa.authenticate), name="mfa_authenticate"),
    path("second-factor/again/", signed_in(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("second-factor/set-up/", signed_in(totp.activate_totp), name="mfa_activate_totp"),
    path("second-factor/codes/", signed_in(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("second-factor/codes/new/", signed_in(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("oidc/<slug:provider_id>/", anyone(oidc.login), name="openid_connect_login"),
    path("oidc/<slug:provider_id>/back/", anyone(oidc.callback), name="openid_connect_callback"),
    path("sign-in/cancelled/", anyone(social.login_cancelled), name="socialaccount_login_cancelled"),
    path("sign-in/failed/", anyone(social.login_error), name="socialaccount_login_error"),
    path("account/", views.account, name="account"),
    path("account/settings/", views.settings, name="account_settings"),
    path("account/sessions/<int:session_id>/end/", views.end_session, name="end_session"),
    # django-allauth goes to these two when there is nothing to set up or to remove.
    path("second-factor/", _to_account, name="mfa_index"),
    path("second-factor/remove/", _to_account, name="mfa_deactivate_totp"),
    path("people/", views.people, name="people"),
    path("people/<int:user_id>/", views.person, name="person"),
    path("people/<int:user_id>/<slug:act>/", views.person_act, name="person_act"),
]
