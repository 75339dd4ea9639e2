"""Sessions in the database under a hash of their key.

The key in the cookie is what lets somebody in. Whoever reads the database, or a backup of it, finds only its hash and
cannot take a session over. A key has 32 random characters, so a plain hash cannot be tried through.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.sessions.backends import db


def place_of(key: str) -> str:
    """Return where the session of this key lies: 40 hexadecimal digits, from which the key cannot be worked out."""
    return hashlib.blake2b(key.encode(), digest_size=20, person=b"clearcount-sess").hexdigest()


class SessionStore(db.SessionStore):
    """Django's own store, with the place in front of every look at the table."""

    def _get_session_from_db(self) -> Any:
        key = self.session_key
        self._session_key = place_of(key) if key else None
        found = super()._get_session_from_db()  # type: ignore[misc]
        self._session_key = key if found is not None else None
        return found

    def exists(self, session_key: str | None = None) -> bool:
        """Return whether there is a session of this key."""
        return bool(super().exists(place_of(session_key or "")))

    def create_model_instance(self, data: Any) -> Any:
        """Return the row to save, under its place."""
        row = super().create_model_instance(data)
        row.session_key = place_of(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        """Delete the session of this key, this one by default."""
        key = session_key or self.session_key
        if key:
            super().delete(place_of(key))

    @classmethod
    def end(cls, place: str) -> None:
        """Delete the session that lies at `place`."""
        cls.get_model_class().objects.filter(session_key=place).delete()
