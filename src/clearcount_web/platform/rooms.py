"""Which apps there are, on which door and under which address each stands, and which database keeps its models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Room:
    """One app of the service.

    `public` and `staff` are the address prefixes of `<app>.urls_public` and `<app>.urls_staff`; `None`: no pages on
    that door. `database` keeps the app's models; "both": each database has its own tables of this app.
    """

    app: str
    public: str | None = None
    staff: str | None = None
    database: Literal["public", "staff", "both"] = "staff"

    @property
    def label(self) -> str:
        """The app label Django uses."""
        return self.app.rpartition(".")[2]


ROOMS: tuple[Room, ...] = (
    Room("clearcount_web.desk", staff=""),
    Room("clearcount_web.backups"),
    Room("clearcount_web.accounts", staff="accounts/"),
    Room("clearcount_web.jobs"),
    Room("clearcount_web.audit", database="both"),
    Room("clearcount_web.site", public="", database="public"),
    Room("clearcount_web.correspondence", staff="correspondence/"),
    Room("clearcount_web.advice", public="advice/", database="public"),
    Room("clearcount_web.disclosure_log", public="disclosure-log/", database="public"),
    Room("clearcount_web.publishing"),
    Room("clearcount_web.requesting", public="make-a-request/", database="public"),
    Room("clearcount_web.reporting", public="r/", database="public"),
    Room("clearcount_web.review", staff="reading/"),
    Room("clearcount_web.occurrences", staff="occurrences/"),
    Room("clearcount_web.cases", staff="cases/"),
    Room("clearcount_web.records", staff="records/"),
    Room("clearcount_web.triage", staff="reports/"),
)
"""Add a line here when an app is added. The first room that knows an address answers it."""

PUBLIC_ROOMS = tuple(room for room in ROOMS if room.public is not None or room.database in {"public", "both"})
"""What the public process installs: apps with public pages or public models, nothing else."""

PUBLIC_LABELS = frozenset(room.label for room in ROOMS if room.database == "public")
SHARED_LABELS = frozenset(room.label for room in ROOMS if room.database == "both") | {"sessions"}
