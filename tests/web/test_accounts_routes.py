"""Every route of the staff door, tried with every role and without signing in."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from clearcount_web.accounts.access import ANYONE
from clearcount_web.accounts.roles import Role
from clearcount_web.accounts.routes import Route, as_markdown, staff_routes

PAGE = Path(__file__).parents[2] / "docs/reference/web-routes.md"
ROUTES = staff_routes()


def address_of(route: Route) -> str:
    """An address that the pattern matches, with numbers and words that no row has."""
    filled = re.sub(r"<(\w+):(\w+)>", lambda found: "7654321" if found[1] == "int" else _word(found[1]), route.pattern)
    return "/" + re.sub(r"<\w+>", "nothing", filled)


def _word(kind: str) -> str:
    return "00000000-0000-4000-8000-000000000000" if kind == "uuid" else "nothing"


def test_every_route_says_who_may_open_it() -> None:
    assert [route.pattern for route in ROUTES if route.access is None] == []


def test_the_reference_page_is_what_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == as_markdown(ROUTES)


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_signing_in_only_the_sign_in_pages_open(staff: Client, method: str) -> None:
    for route in ROUTES:
        if route.access == ANYONE:
            continue
        response = getattr(staff, method)(address_of(route))
        assert response.status_code == 302, route.pattern
        assert response.headers["Location"].startswith("/accounts/sign-in/"), route.pattern


@pytest.mark.parametrize("role", [*Role, None])
def test_a_role_opens_its_routes_and_no_others(staff: Client, sign_in: Callable[..., Any], role: Role | None) -> None:
    from clearcount_web.accounts.models import User

    User.objects.create_user("pat", password="a password that nobody else has")
    sign_in("pat", *([role] if role else []))
    tried = 0
    for route in ROUTES:
        if route.name == "account_logout" or route.access == ANYONE:
            continue
        response = staff.get(address_of(route))
        if route.admits(frozenset({role} if role else ())):
            # Allowed by role. The object may be missing (404), the act need a POST (405), the store not be set.
            told = any(said in response.content for said in (b"CLEARCOUNT_STORE_DIR", b"not in the inbox any more"))
            assert response.status_code in {200, 302, 404, 405} or told, route.pattern
        else:
            assert response.status_code == 403, route.pattern
        tried += 1
    assert tried >= 15


def test_a_view_that_declares_nothing_is_closed_to_everybody(
    staff: Client, sign_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from clearcount_web.desk import views

    sign_in("ada", *Role)
    assert staff.get("/jobs/").status_code == 200
    monkeypatch.delattr(views.jobs, "clearcount_access")
    response = staff.get("/jobs/")
    assert response.status_code == 403
    assert "does not say which role" in response.content.decode()
