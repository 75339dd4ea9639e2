"""The staff door: casework, reading, triage, and the worker. It sees both databases."""

from __future__ import annotations

from clearcount_web.project.databases import PUBLIC, STAFF, configuration
from clearcount_web.project.rooms import ROOMS
from clearcount_web.project.settings.base import *  # noqa: F403
from clearcount_web.project.settings.base import ENV, WEB_DIR, cookie_name, templates

DOOR = "staff"
OWN_DATABASE = STAFF
ROOT_URLCONF = "clearcount_web.project.urls_staff"
WSGI_APPLICATION = "clearcount_web.project.wsgi.application"
SECRET_KEY = ENV.text("CLEARCOUNT_STAFF_SECRET_KEY")
ALLOWED_HOSTS = ENV.listed("CLEARCOUNT_STAFF_HOSTS")
AUDIT_KEYS = {STAFF: ENV.text("CLEARCOUNT_AUDIT_KEY"), PUBLIC: ENV.text("CLEARCOUNT_PUBLIC_AUDIT_KEY")}

DATABASES = {}
for _alias, _name, _file in (
    (STAFF, "CLEARCOUNT_STAFF_DB_URL", "staff.sqlite3"),
    (PUBLIC, "CLEARCOUNT_PUBLIC_DB_URL", "public.sqlite3"),
):
    try:
        DATABASES[_alias] = configuration(ENV.text(_name), fallback=WEB_DIR / _file)
    except ValueError as error:
        ENV.fault(_name, str(error))

INSTALLED_APPS = [
    *(room.app for room in ROOMS),
    "clearcount_web.ground",
    "clearcount_web.project",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "axes",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "clearcount_web.ground.middleware.headers",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clearcount_web.ground.middleware.request_log",
    "clearcount_web.ground.middleware.rate_limit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "clearcount_web.accounts.access.AccessMiddleware",
    "axes.middleware.AxesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = templates(
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
)
SESSION_COOKIE_NAME = cookie_name("staff", "session")
CSRF_COOKIE_NAME = cookie_name("staff", "csrf")
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

ENV.finish()
