"""The staff door: casework, reading, triage, and the worker. It sees both databases."""

from __future__ import annotations

from datetime import timedelta

from nacl.encoding import HexEncoder
from nacl.exceptions import CryptoError
from nacl.signing import SigningKey

from clearcount_web.accounts.roles import Role
from clearcount_web.platform.databases import PUBLIC, STAFF, configuration
from clearcount_web.platform.rooms import ROOMS
from clearcount_web.project.settings.base import *  # noqa: F403
from clearcount_web.project.settings.base import (
    DEMO,
    DEMO_MIDDLEWARE,
    ENV,
    HTTPS,
    SEAL_PUBLIC,
    WEB_DIR,
    cookie_name,
    loopback_names,
    templates,
)

DOOR = "staff"
OWN_DATABASE = STAFF
ROOT_URLCONF = "clearcount_web.project.urls_staff"
WSGI_APPLICATION = "clearcount_web.project.wsgi.application"
SECRET_KEY = ENV.secret("CLEARCOUNT_STAFF_SECRET_KEY", least=50)
ALLOWED_HOSTS = ENV.listed("CLEARCOUNT_STAFF_HOSTS")
loopback_names("CLEARCOUNT_STAFF_HOSTS", ALLOWED_HOSTS)
AUDIT_KEYS = {STAFF: ENV.secret("CLEARCOUNT_AUDIT_KEY"), PUBLIC: ENV.secret("CLEARCOUNT_PUBLIC_AUDIT_KEY")}

DATABASES = {}
for _alias, _name, _file in (
    (STAFF, "CLEARCOUNT_STAFF_DB_URL", "staff.sqlite3"),
    (PUBLIC, "CLEARCOUNT_PUBLIC_DB_URL", "public.sqlite3"),
):
    try:
        DATABASES[_alias] = configuration(ENV.text(_name), fallback=WEB_DIR / _file)
    except ValueError as error:
        ENV.fault(_name, str(error))

REHEARSAL_DB_URL = ENV.text("CLEARCOUNT_REHEARSAL_DB_URL")
if REHEARSAL_DB_URL:
    try:
        if not configuration(REHEARSAL_DB_URL, fallback=WEB_DIR)["ENGINE"].endswith("postgresql"):
            ENV.fault("CLEARCOUNT_REHEARSAL_DB_URL", "must be postgresql://USER:PASSWORD@HOST/NAME")
    except ValueError as error:
        ENV.fault("CLEARCOUNT_REHEARSAL_DB_URL", str(error))

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
    "clearcount_web.accounts.apps.OpenSessionsConfig",  # allauth.usersessions, without the keys
    "axes",
]
MIDDLEWARE = [
    "clearcount_web.ground.middleware.request_log",
    *DEMO_MIDDLEWARE,
    "django.middleware.security.SecurityMiddleware",
    "clearcount_web.ground.middleware.headers",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clearcount_web.ground.middleware.rate_limit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "clearcount_web.accounts.sessions.SessionLimits",
    "clearcount_web.accounts.access.AccessMiddleware",
    "axes.middleware.AxesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = templates(
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "clearcount_web.accounts.context.sign_in",
    "clearcount_web.desk.context.rooms",
)
SESSION_COOKIE_NAME = cookie_name("staff", "session")
CSRF_COOKIE_NAME = cookie_name("staff", "csrf")
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {"NAME": "clearcount_web.accounts.passwords.ContextWordsValidator"},
]

LOCAL_ACCOUNTS = ENV.text("CLEARCOUNT_LOCAL_ACCOUNTS")
if LOCAL_ACCOUNTS not in {"break-glass", "pilot", "demo"}:
    ENV.fault("CLEARCOUNT_LOCAL_ACCOUNTS", "must be break-glass, pilot or demo")
elif LOCAL_ACCOUNTS == "demo" and not DEMO:
    ENV.fault("CLEARCOUNT_LOCAL_ACCOUNTS", "is demo outside `clearcount serve --demo`")
STAFF_IDLE_MINUTES = ENV.number("CLEARCOUNT_STAFF_IDLE_MINUTES")
STAFF_SESSION_HOURS = ENV.number("CLEARCOUNT_STAFF_SESSION_HOURS")
SESSION_COOKIE_AGE = STAFF_SESSION_HOURS * 60 * 60

ACCOUNT_ADAPTER = "clearcount_web.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "clearcount_web.accounts.forms.SignInForm"}
MFA_FORMS = {
    "authenticate": "clearcount_web.accounts.forms.CodeForm",
    "reauthenticate": "clearcount_web.accounts.forms.CodeAgainForm",
    "activate_totp": "clearcount_web.accounts.forms.SetUpForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_USER_MODEL_EMAIL_FIELD = None  # an address is for reading, never a way in
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Codes of the second factor: five wrong ones in five minutes. They are only asked for after a right password, so
# this cannot be used to lock a stranger out.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
MFA_ADAPTER = "clearcount_web.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# A used code is remembered for one period, so one period is all it may be valid for (ASVS 6.5.1).
MFA_TOTP_TOLERANCE = 1 if DEMO else 0
SOCIALACCOUNT_ADAPTER = "clearcount_web.accounts.adapters.SocialAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
# A form that posts here and is redirected to the sign-in service is stopped by `form-action 'self'`; a link is not.
SOCIALACCOUNT_LOGIN_ON_GET = True

OIDC_NAME = ENV.text("CLEARCOUNT_OIDC_NAME")
OIDC_GROUPS_CLAIM = ENV.text("CLEARCOUNT_OIDC_GROUPS_CLAIM")
OIDC_GROUP_ROLES = ENV.pairs("CLEARCOUNT_OIDC_GROUP_ROLES")
OIDC_MFA = ENV.pairs("CLEARCOUNT_OIDC_MFA")
if not {role for named in OIDC_GROUP_ROLES.values() for role in named} <= {role.value for role in Role}:
    ENV.fault("CLEARCOUNT_OIDC_GROUP_ROLES", "names a role that does not exist")
_issuer = ENV.text("CLEARCOUNT_OIDC_ISSUER")
OIDC_ENABLED = bool(_issuer)
if OIDC_ENABLED and not (ENV.text("CLEARCOUNT_OIDC_CLIENT_ID") and OIDC_GROUP_ROLES and OIDC_MFA):
    ENV.fault("CLEARCOUNT_OIDC_ISSUER", "needs CLEARCOUNT_OIDC_CLIENT_ID, _GROUP_ROLES and _MFA as well")
if HTTPS and OIDC_ENABLED and not _issuer.startswith("https://"):
    # Its tokens are believed because they come over TLS from it (OpenID Connect Core 1.0, 3.1.3.7 step 6).
    ENV.fault("CLEARCOUNT_OIDC_ISSUER", "must begin with https://")
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "clearcount_web.accounts.oidc.ForceProvider",
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "force",
                "name": OIDC_NAME,
                "client_id": ENV.text("CLEARCOUNT_OIDC_CLIENT_ID"),
                "secret": ENV.text("CLEARCOUNT_OIDC_CLIENT_SECRET"),
                "settings": {"server_url": _issuer},
            }
        ]
        if OIDC_ENABLED
        else [],
    }
}

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "clearcount_web.accounts.passwords.counted_name"
AXES_SENSITIVE_PARAMETERS = ["login"]
AXES_LOCKOUT_CALLABLE = "clearcount_web.accounts.passwords.locked_out"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

DUTY_KEY_FILE = ENV.path("CLEARCOUNT_DUTY_KEY_FILE")
if DUTY_KEY_FILE is not None and not DUTY_KEY_FILE.is_file():
    ENV.fault("CLEARCOUNT_DUTY_KEY_FILE", "names a file that is not there")
REPORT_ALERT_EMAIL = ENV.text("CLEARCOUNT_REPORT_ALERT_EMAIL")
REQUEST_ALERT_EMAIL = ENV.text("CLEARCOUNT_REQUEST_ALERT_EMAIL")
REPORT_ALERT_WEBHOOK = ENV.text("CLEARCOUNT_REPORT_ALERT_WEBHOOK")
if REPORT_ALERT_WEBHOOK and not REPORT_ALERT_WEBHOOK.startswith(("https://", "http://")):
    ENV.fault("CLEARCOUNT_REPORT_ALERT_WEBHOOK", "must be an http(s) address")
REPORT_ALERT_FROM = ENV.text("CLEARCOUNT_REPORT_ALERT_FROM")
EMAIL_HOST, _, _smtp_port = ENV.text("CLEARCOUNT_SMTP_SERVER").rpartition(":")
EMAIL_PORT = int(_smtp_port) if _smtp_port.isascii() and _smtp_port.isdigit() else 0
EMAIL_TIMEOUT = 10
if not (EMAIL_HOST and 0 < EMAIL_PORT < 65536):
    ENV.fault("CLEARCOUNT_SMTP_SERVER", "must be HOST:PORT")
REPORT_ESCALATE_MINUTES = ENV.number("CLEARCOUNT_REPORT_ESCALATE_MINUTES")
OCCURRENCE_EXPORT_DIR = ENV.path("CLEARCOUNT_OCCURRENCE_EXPORT_DIR")

CALENDAR_FILE = ENV.path("CLEARCOUNT_CALENDAR")
CASE_LETTERS = ENV.path("CLEARCOUNT_CASE_LETTERS")
CASE_IDENTITY_DAYS = ENV.number("CLEARCOUNT_CASE_IDENTITY_DAYS")
STORE_DIR = ENV.path("CLEARCOUNT_STORE_DIR")
INBOX_DIR = ENV.path("CLEARCOUNT_INBOX_DIR")
OFTEN_WRITTEN = {"/reading/": 1200}  # two forms a card, and a team of readers shares one address
READING_STORE_DIR = ENV.path("CLEARCOUNT_READING_STORE_DIR")
READER_SUPPORT_URL = ENV.text("CLEARCOUNT_READER_SUPPORT_URL")
if READER_SUPPORT_URL and not READER_SUPPORT_URL.startswith("https://"):
    ENV.fault("CLEARCOUNT_READER_SUPPORT_URL", "must be an https address")
POLICY_FILE = ENV.path("CLEARCOUNT_POLICY_FILE")
if SEAL_KEY_FILE := ENV.path("CLEARCOUNT_SEAL_KEY_FILE"):
    try:
        SEAL_KEY = SigningKey(SEAL_KEY_FILE.read_bytes().strip(), HexEncoder)
    except (OSError, ValueError, CryptoError, TypeError):
        ENV.fault("CLEARCOUNT_SEAL_KEY_FILE", "names a file that cannot be read as a key")
    else:
        if SEAL_PUBLIC is not None and bytes(SEAL_KEY.verify_key) != bytes(SEAL_PUBLIC):
            ENV.fault("CLEARCOUNT_SEAL_PUBLIC_FILE", "is not the other half of CLEARCOUNT_SEAL_KEY_FILE")
OPERATIONS_EMAIL = ENV.text("CLEARCOUNT_OPERATIONS_EMAIL")
OPERATIONS_WEBHOOK = ENV.text("CLEARCOUNT_OPERATIONS_WEBHOOK")
if OPERATIONS_WEBHOOK and not OPERATIONS_WEBHOOK.startswith(("https://", "http://")):
    ENV.fault("CLEARCOUNT_OPERATIONS_WEBHOOK", "must be an http(s) address")

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

ENV.finish()
