"""Every setting of the web service. `docs/reference/web-settings.md` is compared with this table by a test."""

from __future__ import annotations

from collections.abc import Mapping

from clearcount_web.platform.environment import Door, Setting

_ALL = (
    Setting(
        "CLEARCOUNT_WEB_DIR",
        "the folder for SQLite files and collected static files",
        default="clearcount-web",
    ),
    Setting(
        "CLEARCOUNT_PUBLIC_SECRET_KEY",
        "50 or more random characters that sign the public door's cookies; "
        "make one with: python -c 'import secrets; print(secrets.token_urlsafe(50))'",
        doors=("public",),
        secret=True,
    ),
    Setting(
        "CLEARCOUNT_STAFF_SECRET_KEY",
        "50 or more random characters that sign the staff door's cookies, another than the public door's",
        doors=("staff",),
        secret=True,
    ),
    Setting("CLEARCOUNT_PUBLIC_HOSTS", "host names of the public door, with commas", doors=("public",)),
    Setting("CLEARCOUNT_STAFF_HOSTS", "host names of the staff door, with commas", doors=("staff",)),
    Setting(
        "CLEARCOUNT_HTTPS",
        "yes behind HTTPS: Secure and __Host- cookies, HSTS, redirects; no only on this machine's loopback",
        default="yes",
    ),
    Setting("CLEARCOUNT_HSTS_SECONDS", "how long browsers insist on HTTPS", default="31536000"),
    Setting(
        "CLEARCOUNT_HSTS_SUBDOMAINS",
        "yes: browsers insist on HTTPS for every host below this one too; ask who runs those first",
        default="no",
    ),
    Setting(
        "CLEARCOUNT_HSTS_PRELOAD",
        "yes: the domain may be put on the browsers' own lists, which nobody takes back quickly; needs the one above",
        default="no",
    ),
    Setting(
        "CLEARCOUNT_SECURITY_CONTACT",
        "mailto: or https: address for people who found a weakness, for /.well-known/security.txt; empty: no such page",
        default="",
        doors=("public",),
    ),
    Setting(
        "CLEARCOUNT_TRUSTED_PROXY",
        "the address of the reverse proxy whose X-Forwarded-For and X-Forwarded-Proto are believed; empty: none",
        default="",
    ),
    Setting(
        "CLEARCOUNT_PUBLIC_DB_URL",
        "the public database: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME; empty: public.sqlite3",
        default="",
        secret=True,
    ),
    Setting(
        "CLEARCOUNT_STAFF_DB_URL",
        "the staff database, in the same form; never given to the public door; empty: staff.sqlite3 in the folder",
        default="",
        doors=("staff",),
        secret=True,
    ),
    Setting(
        "CLEARCOUNT_REHEARSAL_DB_URL",
        "a PostgreSQL server and a role that may make databases there, for the dumps that manage rehearse loads. "
        "Empty: the servers and roles of the service",
        default="",
        doors=("staff",),
        secret=True,
    ),
    Setting(
        "CLEARCOUNT_PUBLIC_GROUP",
        "the group through which the users of both doors share the public SQLite database; empty: one user has it",
        default="",
    ),
    Setting("CLEARCOUNT_FORCE_FILE", "force.toml: name, department and contact routes of the force"),
    Setting(
        "CLEARCOUNT_EXIT_URL",
        "where 'Leave this site' goes: a harmless, fast site that is not the force's",
        default="https://www.bbc.co.uk/weather",
        doors=("public",),
    ),
    Setting("CLEARCOUNT_PHASE", "the phase banner's word: alpha, beta, or empty for none", default="beta"),
    Setting(
        "CLEARCOUNT_AUDIT_KEY",
        "32 or more random characters that key the staff audit chain; keep a copy away from the database",
        doors=("staff",),
        secret=True,
    ),
    Setting(
        "CLEARCOUNT_PUBLIC_AUDIT_KEY",
        "32 or more random characters that key the public audit chain; the staff side needs it to verify",
        secret=True,
    ),
    Setting(
        "CLEARCOUNT_AUDIT_ANCHORS",
        "where the heads of the audit are noted outside the databases: file:PATH of another owner, socket:PATH of the "
        "keeper, syslog:/dev/log or syslog:HOST:PORT. Several with commas. Empty: nowhere",
        default="",
    ),
    Setting(
        "CLEARCOUNT_SEAL_PUBLIC_FILE",
        "seal.pub, made with: manage seal make; published answers are compared with their seals by it",
        default="",
    ),
    Setting(
        "CLEARCOUNT_SEAL_KEY_FILE",
        "seal.key, which seals what is published; the public door never gets it; empty: nothing can be published",
        default="",
        doors=("staff",),
    ),
    Setting(
        "CLEARCOUNT_CALENDAR",
        "the table of bank holidays that `clearcount calendar update` keeps; empty: the one in the package",
        default="",
        doors=("staff",),
    ),
    Setting(
        "CLEARCOUNT_CASE_LETTERS",
        "the force's own words for the letters of casework, as TOML; empty: those in the package",
        default="",
        doors=("staff",),
    ),
    Setting(
        "CLEARCOUNT_CASE_IDENTITY_DAYS",
        "how many days after its end a case still says who asked",
        default="730",
        doors=("staff",),
    ),
    Setting(
        "CLEARCOUNT_STORE_DIR",
        "the record store with which an answer is counted again before it is published",
        default="",
        doors=("staff",),
    ),
    Setting(
        "CLEARCOUNT_INBOX_DIR",
        "a folder into which exports are put; the data room lists, explains and imports them; empty: no inbox",
        default="",
        doors=("staff",),
    ),
    Setting(
        "CLEARCOUNT_READING_STORE_DIR",
        "the record store whose records are read in the reading room and that keeps the decisions; empty: the one of "
        "CLEARCOUNT_STORE_DIR",
        default="",
        doors=("staff",),
    ),
    Setting(
        "CLEARCOUNT_READER_SUPPORT_URL",
        "an https address where readers find the force's support for people who read hard texts; empty: no link",
        default="",
        doors=("staff",),
    ),
    Setting(
        "CLEARCOUNT_POLICY_FILE",
        "the force's policy.toml; an answer that was made by another policy is not published",
        default="",
        doors=("staff",),
    ),
    Setting(
        "CLEARCOUNT_OPERATIONS_EMAIL",
        "where a note goes when the service needs the people who run it; it holds what and how many, nothing else",
        default="",
        doors=("staff",),
    ),
    Setting(
        "CLEARCOUNT_OPERATIONS_WEBHOOK",
        "an http(s) address that gets the same note as JSON",
        default="",
        doors=("staff",),
    ),
    Setting(
        "CLEARCOUNT_STAFF_IDLE_MINUTES",
        "minutes without a request that end a staff session",
        default="30",
        doors=("staff",),
    ),
    Setting("CLEARCOUNT_STAFF_SESSION_HOURS", "hours after which staff sign in again", default="10", doors=("staff",)),
    Setting(
        "CLEARCOUNT_OIDC_ISSUER",
        "the address of the force's sign-in service (OpenID Connect); empty: local accounts only",
        default="",
        doors=("staff",),
    ),
    Setting("CLEARCOUNT_OIDC_CLIENT_ID", "the client name at the sign-in service", default="", doors=("staff",)),
    Setting(
        "CLEARCOUNT_OIDC_CLIENT_SECRET",
        "the client secret at the sign-in service",
        default="",
        doors=("staff",),
        secret=True,
    ),
    Setting("CLEARCOUNT_OIDC_NAME", "what the sign-in button says", default="your force account", doors=("staff",)),
    Setting("CLEARCOUNT_OIDC_GROUPS_CLAIM", "the claim that lists groups", default="groups", doors=("staff",)),
    Setting(
        "CLEARCOUNT_OIDC_GROUP_ROLES",
        "group=role,group=role with roles foi_officer, analyst, reader, decision_maker, publisher, contact_officer, "
        "department, administrator",
        default="",
        doors=("staff",),
    ),
    Setting(
        "CLEARCOUNT_OIDC_MFA",
        "claim=value: the sign-in must carry one of these to count as a second factor; several are alternatives",
        default="amr=mfa",
        doors=("staff",),
    ),
    Setting(
        "CLEARCOUNT_LOCAL_ACCOUNTS",
        "break-glass: only the one account so marked may sign in with a password. Pilot: every local account may, with "
        "its second factor. Demo: the demo's own",
        default="break-glass",
        doors=("staff",),
    ),
    Setting("CLEARCOUNT_LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR", default="INFO"),
    Setting(
        "CLEARCOUNT_LOG_ADDRESSES",
        "what the log keeps of visitors' addresses: none, truncated or full; the privacy notice says which",
        default="none",
    ),
    Setting("CLEARCOUNT_READS_PER_MINUTE", "pages one address may ask for in a minute", default="1200"),
    Setting("CLEARCOUNT_WRITES_PER_MINUTE", "forms one address may send in a minute", default="60"),
    Setting(
        "CLEARCOUNT_REPORT_KEYS_FILE",
        "the file with the two public keys that reports are sealed to, made with: manage keys; empty: no online report",
        default="",
    ),
    Setting(
        "CLEARCOUNT_REQUEST_FORM",
        "yes: requests for information can be made on the public site; no: the form is closed and says where to write",
        default="yes",
    ),
    Setting(
        "CLEARCOUNT_REPORT_WATCHED",
        "the sentence that says when reports are read, shown before the first question",
        default="",
    ),
    Setting(
        "CLEARCOUNT_DUTY_KEY_FILE",
        "duty.key, which opens reports once an operator has typed its passphrase; empty: reports cannot be read here",
        default="",
        doors=("staff",),
    ),
    Setting(
        "CLEARCOUNT_REPORT_ALERT_EMAIL",
        "where a note goes that reports wait; it says how many and whether danger was named, nothing else",
        default="",
        doors=("staff",),
    ),
    Setting(
        "CLEARCOUNT_REQUEST_ALERT_EMAIL",
        "where a note goes that requests for information or complaints came in; it says how many, nothing else",
        default="",
        doors=("staff",),
    ),
    Setting(
        "CLEARCOUNT_REPORT_ALERT_WEBHOOK",
        "an http(s) address that gets the same note as JSON",
        default="",
        doors=("staff",),
    ),
    Setting(
        "CLEARCOUNT_REPORT_ALERT_FROM",
        "the address that the note comes from",
        default="clearcount@localhost",
        doors=("staff",),
    ),
    Setting(
        "CLEARCOUNT_SMTP_SERVER",
        "HOST:PORT of the mail server that takes the note",
        default="localhost:25",
        doors=("staff",),
    ),
    Setting(
        "CLEARCOUNT_REPORT_RETENTION_DAYS",
        "outcome=days,outcome=days: how long `manage purge_reports` leaves a report after it ended; the privacy notice "
        "says the longest",
        default="occurrence=30,force=30,passed=30,not_crime=180,information=180",
    ),
    Setting(
        "CLEARCOUNT_REPORT_ESCALATE_MINUTES",
        "minutes after which an unread report is told of once more",
        default="30",
        doors=("staff",),
    ),
    Setting(
        "CLEARCOUNT_OCCURRENCE_EXPORT_DIR",
        "the folder that gets the occurrences recorded here once a day, for the next import; empty: none",
        default="",
        doors=("staff",),
    ),
    Setting("CLEARCOUNT_DEMO", "yes: a fictional force; says so on every page", default="no"),
)

DECLARED = {setting.name: setting for setting in _ALL}


def environment_of(door: Door, values: Mapping[str, str]) -> dict[str, str]:
    """Return `values` without the settings that are not this door's: the public process never sees staff secrets."""
    foreign = {name for name, setting in DECLARED.items() if door not in setting.doors}
    kept = {name: value for name, value in values.items() if name not in foreign}
    return {**kept, "DJANGO_SETTINGS_MODULE": f"clearcount_web.project.settings.{door}"}
