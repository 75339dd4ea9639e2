"""The public door: published releases, advice, sealed inboxes. It knows no staff database and no staff secret."""

from __future__ import annotations

from clearcount_web.platform.databases import PUBLIC, configuration
from clearcount_web.platform.rooms import PUBLIC_ROOMS
from clearcount_web.project.settings.base import *  # noqa: F403
from clearcount_web.project.settings.base import DEMO_MIDDLEWARE, ENV, WEB_DIR, cookie_name, loopback_names, templates

DOOR = "public"
OWN_DATABASE = PUBLIC
ROOT_URLCONF = "clearcount_web.project.urls_public"
WSGI_APPLICATION = "clearcount_web.project.wsgi.application"
SECRET_KEY = ENV.secret("CLEARCOUNT_PUBLIC_SECRET_KEY", least=50)
ALLOWED_HOSTS = ENV.listed("CLEARCOUNT_PUBLIC_HOSTS")
loopback_names("CLEARCOUNT_PUBLIC_HOSTS", ALLOWED_HOSTS)
SECURITY_CONTACT = ENV.text("CLEARCOUNT_SECURITY_CONTACT")
if SECURITY_CONTACT and not SECURITY_CONTACT.startswith(("mailto:", "https://")):
    ENV.fault("CLEARCOUNT_SECURITY_CONTACT", "must begin with mailto: or https://")
EXIT_URL = ENV.text("CLEARCOUNT_EXIT_URL")
AUDIT_KEYS = {PUBLIC: ENV.secret("CLEARCOUNT_PUBLIC_AUDIT_KEY")}

try:
    _public = configuration(ENV.text("CLEARCOUNT_PUBLIC_DB_URL"), fallback=WEB_DIR / "public.sqlite3")
except ValueError as error:
    ENV.fault("CLEARCOUNT_PUBLIC_DB_URL", str(error))
    _public = {}
DATABASES = {"default": {}, PUBLIC: _public}

INSTALLED_APPS = [
    *(room.app for room in PUBLIC_ROOMS),
    "clearcount_web.ground",
    "clearcount_web.project",
    "django.forms",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
]
MIDDLEWARE = [
    "clearcount_web.ground.middleware.request_log",
    *DEMO_MIDDLEWARE,
    "django.middleware.security.SecurityMiddleware",
    "clearcount_web.ground.middleware.headers",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clearcount_web.ground.middleware.rate_limit",
    "clearcount_web.site.compression.small_pages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = templates()
SESSION_COOKIE_NAME = cookie_name("public", "session")
CSRF_COOKIE_NAME = cookie_name("public", "csrf")
SESSION_COOKIE_AGE = 2 * 60 * 60

ENV.finish()
