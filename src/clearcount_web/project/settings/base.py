"""What both doors share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from nacl.encoding import HexEncoder
from nacl.exceptions import CryptoError
from nacl.signing import SigningKey, VerifyKey

from clearcount_web.audit.anchors import Place, places
from clearcount_web.ground.force import read_force
from clearcount_web.platform.declared import DECLARED
from clearcount_web.platform.environment import Door, Environment, is_loopback
from clearcount_web.platform.files import group_number
from clearcount_web.project.settings import security
from clearcount_web.project.settings.logs import logging_configuration
from clearcount_web.reporting.sealing import PublicKeys, read_public_keys

ENV = Environment(os.environ, DECLARED)

DEBUG = False
USE_TZ = True
USE_I18N = True
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("cy", "Cymraeg")]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASE_ROUTERS = ["clearcount_web.platform.databases.DoorRouter"]
TEST_RUNNER = "django.test.runner.DiscoverRunner"

WEB_DIR = Path(ENV.text("CLEARCOUNT_WEB_DIR"))
DEMO = ENV.flag("CLEARCOUNT_DEMO")
HTTPS = ENV.flag("CLEARCOUNT_HTTPS")
PHASE = ENV.text("CLEARCOUNT_PHASE")
TRUSTED_PROXY = ENV.text("CLEARCOUNT_TRUSTED_PROXY")
DEMO_MIDDLEWARE = ["clearcount_web.ground.middleware.loopback_only"] if DEMO else []
if DEMO and TRUSTED_PROXY:
    ENV.fault("CLEARCOUNT_TRUSTED_PROXY", "is set in the demo, which has known passwords and stays on this machine")
FORCE = read_force(ENV, "CLEARCOUNT_FORCE_FILE")
TIME_ZONE = FORCE.time_zone
WELSH_FOLDER = Path(str(FORCE.web["locale"])) if FORCE.web.get("locale") else None
"""The force's own catalogues; without one no page is in Welsh."""
LOCALE_PATHS = [WELSH_FOLDER] if WELSH_FOLDER else []
FORCE_FILE = ENV.path("CLEARCOUNT_FORCE_FILE")
PUBLIC_GROUP: int | None = None
if _group := ENV.text("CLEARCOUNT_PUBLIC_GROUP"):
    try:
        PUBLIC_GROUP = group_number(_group)
    except ValueError as error:
        ENV.fault("CLEARCOUNT_PUBLIC_GROUP", str(error))

CONTENT_SECURITY_POLICY = security.CONTENT_SECURITY_POLICY
SECURE_REFERRER_POLICY = security.SECURE_REFERRER_POLICY
SECURE_CONTENT_TYPE_NOSNIFF = security.SECURE_CONTENT_TYPE_NOSNIFF
SECURE_CROSS_ORIGIN_OPENER_POLICY = security.SECURE_CROSS_ORIGIN_OPENER_POLICY
X_FRAME_OPTIONS = security.X_FRAME_OPTIONS
PERMISSIONS_POLICY = security.PERMISSIONS_POLICY
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = ENV.number("CLEARCOUNT_HSTS_SECONDS") if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS and ENV.flag("CLEARCOUNT_HSTS_SUBDOMAINS")
SECURE_HSTS_PRELOAD = HTTPS and ENV.flag("CLEARCOUNT_HSTS_PRELOAD")
if SECURE_HSTS_PRELOAD and not SECURE_HSTS_INCLUDE_SUBDOMAINS:
    ENV.fault("CLEARCOUNT_HSTS_PRELOAD", "is yes without CLEARCOUNT_HSTS_SUBDOMAINS")
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # asked by this machine's own watch, which has no certificate to check
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # subdomains and preload are the force's to ask for

SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_ENGINE = "clearcount_web.ground.sessions"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_AGE = None  # gone with the browser: a cookie that stays for a year is a trace on a shared device
CSRF_FAILURE_VIEW = "clearcount_web.ground.errors.csrf_failure"

# Nothing is uploaded on either door except a decisions file or an answer by staff; 2.5 MB of form is plenty.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400

CACHES = {
    name: {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": name,
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
    for name in ("default", "limits")
}
READS_PER_MINUTE = ENV.number("CLEARCOUNT_READS_PER_MINUTE")
WRITES_PER_MINUTE = ENV.number("CLEARCOUNT_WRITES_PER_MINUTE")
OFTEN_WRITTEN: dict[str, int] = {}  # address prefix: forms a minute, where staff rightly send more than others
NEVER_LIMITED = ("/leave",)  # whoever wants to leave leaves, however many others share the address
LOG_ADDRESSES = ENV.text("CLEARCOUNT_LOG_ADDRESSES")
if LOG_ADDRESSES not in {"none", "truncated", "full"}:
    ENV.fault("CLEARCOUNT_LOG_ADDRESSES", "must be none, truncated or full")

AUDIT_ANCHORS: tuple[Place, ...] = ()
try:
    AUDIT_ANCHORS = places(ENV.text("CLEARCOUNT_AUDIT_ANCHORS"))
except ValueError as error:
    ENV.fault("CLEARCOUNT_AUDIT_ANCHORS", str(error))

SEAL_KEY: SigningKey | None = None  # the staff door's alone
SEAL_PUBLIC: VerifyKey | None = None
if SEAL_PUBLIC_FILE := ENV.path("CLEARCOUNT_SEAL_PUBLIC_FILE"):
    try:
        SEAL_PUBLIC = VerifyKey(SEAL_PUBLIC_FILE.read_bytes().strip(), HexEncoder)
    except (OSError, ValueError, CryptoError, TypeError):
        ENV.fault("CLEARCOUNT_SEAL_PUBLIC_FILE", "names a file that cannot be read as a public key")

REQUEST_FORM = ENV.flag("CLEARCOUNT_REQUEST_FORM")
REPORT_WATCHED = ENV.text("CLEARCOUNT_REPORT_WATCHED")
REPORT_KEYS: PublicKeys | None = None
if REPORT_KEYS_FILE := ENV.path("CLEARCOUNT_REPORT_KEYS_FILE"):
    try:
        REPORT_KEYS = read_public_keys(REPORT_KEYS_FILE)
    except ValueError as error:
        ENV.fault("CLEARCOUNT_REPORT_KEYS_FILE", str(error))
_kept = {outcome: days[0] for outcome, days in ENV.pairs("CLEARCOUNT_REPORT_RETENTION_DAYS").items()}
REPORT_RETENTION_DAYS = {outcome: int(days) for outcome, days in _kept.items() if days.isascii() and days.isdigit()}
if set(REPORT_RETENTION_DAYS) != {"occurrence", "force", "passed", "not_crime", "information"}:
    ENV.fault("CLEARCOUNT_REPORT_RETENTION_DAYS", "must give a number of days for each of the five outcomes")

STATIC_URL = "/static/"
STATIC_ROOT = WEB_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False

FORM_RENDERER = "clearcount_web.ground.forms.Renderer"
LOGGING = logging_configuration(ENV.text("CLEARCOUNT_LOG_LEVEL"))


def loopback_names(setting: str, hosts: list[str]) -> None:
    """Note a fault when the demo answers to a name that is not this machine's own."""
    if DEMO and not all(is_loopback(host.strip("[]")) for host in hosts):
        ENV.fault(setting, "names another host than this machine's loopback, where the demo with known passwords stays")


def cookie_name(door: Door, purpose: str) -> str:
    """Return the cookie's name: with `__Host-` where HTTPS allows it, so that no sibling host can set it."""
    return f"__Host-{door}-{purpose}" if HTTPS else f"{door}-{purpose}"


def templates(*processors: str) -> list[dict[str, Any]]:
    """Return Django's template settings with the context processors every page of a door gets."""
    return [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "clearcount_web.ground.context.ground",
                    *processors,
                ],
            },
        }
    ]
