"""Whoever reads the database, or a backup of it, cannot take a session over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections
from django.test import Client

from clearcount_web.ground.sessions import SessionStore, place_of


def everything(alias: str) -> str:
    """Every value of every table of a database."""
    with connections[alias].cursor() as cursor:
        found = []
        for table in connections[alias].introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [repr(row) for row in cursor.fetchall()]
    return "\n".join(found)


def test_no_table_holds_the_key_of_a_session(staff: Client, sign_in: Callable[..., Any]) -> None:
    sign_in("ana", "analyst")
    key = staff.cookies[settings.SESSION_COOKIE_NAME].value
    assert staff.get("/").status_code == 200
    held = everything("default")
    assert place_of(key) in held and key not in held


def test_what_a_database_holds_opens_nothing(staff: Client, sign_in: Callable[..., Any]) -> None:
    sign_in("ana", "analyst")
    for model in (apps.get_model("sessions.Session"), apps.get_model("usersessions.UserSession")):
        places = list(model.objects.values_list("session_key", flat=True))
        assert places
        for place in places:
            thief = Client()
            thief.cookies[settings.SESSION_COOKIE_NAME] = place
            assert thief.get("/").headers["Location"].startswith("/accounts/sign-in/")


def test_a_session_is_found_kept_renewed_and_ended_by_its_key(db: None) -> None:
    session = SessionStore()
    session["a"] = 1
    session.save()
    first = session.session_key
    again = SessionStore(first)
    assert again["a"] == 1 and again.exists(first) and not again.exists(place_of(first))
    again["a"] = 2
    again.cycle_key()
    again.save()
    assert not again.exists(first) and SessionStore(again.session_key)["a"] == 2
    SessionStore().delete(again.session_key)
    assert SessionStore(again.session_key).get("a") is None
    assert SessionStore("short").get("a") is None and SessionStore(None).get("a") is None
