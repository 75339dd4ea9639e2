"""Two databases and the router between them.

`public` holds published releases, sealed reports, the request inbox and public sessions. The staff database is Django's
`default` in the staff process. The public process has no `default` at all. A query or `atomic()` that was meant for
staff data stops with an error there, because no path and no credentials exist.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings

from clearcount_web.platform.rooms import PUBLIC_LABELS, SHARED_LABELS

PUBLIC = "public"
STAFF = "default"

SQLITE_OPTIONS = {
    # A writer takes the lock at once and waits, instead of failing when two readers become writers.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # secure_delete overwrites what is deleted, so that a shredded draft is not read back from free pages.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
}

_WAITS = "-c lock_timeout=20s"
"""As long as on SQLite. Two acts may wait for each other over two databases, where neither database sees it."""


def configuration(url: str, *, fallback: Path) -> dict[str, Any]:
    """Return Django's settings for one database from its URL, or for the SQLite file `fallback` when the URL is empty.

    Raises:
        ValueError: when the URL is neither sqlite:///FILE nor postgresql://…; the message does not repeat it.
    """
    parts = urlsplit(url)
    if not url or parts.scheme == "sqlite":
        name = str(fallback) if not url else unquote(parts.path.removeprefix("/"))
        if not name:
            raise ValueError("names no file; write sqlite:///FILE")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name,
            "OPTIONS": dict(SQLITE_OPTIONS),
            "CONN_MAX_AGE": None,
        }
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ValueError("must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {"options": _WAITS, **dict(parse_qsl(parts.query))},
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


class DoorRouter:
    """Public models to `public`, staff models to the staff database, sessions and audit to the door's own."""

    def _home(self, label: str) -> str:
        if label in SHARED_LABELS:
            return str(settings.OWN_DATABASE)
        return PUBLIC if label in PUBLIC_LABELS else STAFF

    def db_for_read(self, model: Any, **hints: Any) -> str:
        """Return the alias that holds `model`; a row already read stays with its database."""
        instance = hints.get("instance")
        if model._meta.app_label in SHARED_LABELS and instance is not None and instance._state.db:
            return str(instance._state.db)
        return self._home(model._meta.app_label)

    db_for_write = db_for_read

    def allow_relation(self, first: Any, second: Any, **hints: Any) -> bool:
        """Return rows of one database only: a key cannot cross."""
        return bool(first._state.db == second._state.db or not first._state.db or not second._state.db)

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Return whether `db` has tables of this app."""
        if app_label in SHARED_LABELS:
            return True
        return (app_label in PUBLIC_LABELS) == (db == PUBLIC)
