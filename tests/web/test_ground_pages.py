"""The base pages of both doors."""

from __future__ import annotations

from django.test import Client


def test_the_staff_door_asks_to_sign_in(staff: Client) -> None:
    response = staff.get("/")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/sign-in/")


def test_the_start_page_greets_who_signed_in(staff: Client, sign_in) -> None:  # type: ignore[no-untyped-def]
    sign_in("ana", "analyst")
    response = staff.get("/")
    assert response.status_code == 200
    assert "ana" in response.content.decode()


def test_a_missing_public_page_carries_999_and_the_way_out(public: Client) -> None:
    response = public.get("/nothing-is-here")
    page = response.content.decode()
    assert response.status_code == 404
    assert "999" in page
    assert "Leave this site" in page
    assert page.index("Leave this site") < page.index("<main")
    assert not response.cookies
