"""The cookie question, the registry behind the cookies page, and what "additional" really does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from clearcount_web.site import cookies
from clearcount_web.site.models import PageCount

OWN = {"Sec-Fetch-Site": "same-origin"}
SAVED = "Your cookie preferences have been saved. You can update your cookie settings at any time on the"
Tab = Callable[..., Any]


def choose(client: Client, answer: str, **more: str) -> Any:
    return client.post("/cookies/", {"additional": answer, **more}, headers=OWN)


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_a_choice_is_kept_for_a_year_and_confirmed_in_the_words_of_the_page(public: Client, answer: str) -> None:
    response = choose(public, answer, next="/advice/")
    assert response.status_code == 303
    assert response.headers["Location"] == "/advice/?cookies=saved#cookie-message"
    cookie = response.cookies["public-choice"]
    assert cookie["max-age"] == 365 * 24 * 60 * 60
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    page = public.get("/advice/?cookies=saved").content.decode()
    assert SAVED in page
    assert "Accept additional cookies" not in page
    assert "cookie-message" not in public.get("/advice/").content.decode()


def test_the_three_choices_weigh_the_same(public: Client) -> None:
    page = public.get("/advice/").content.decode()
    banner = page[page.index("data-cookies") :]
    for words in ("Accept additional cookies", "Reject additional cookies", "Customise Cookies"):
        before = banner[: banner.rindex(words)]
        assert 'class="govuk-button"' in before[before.rindex("<") :], words
    assert "We use some essential cookies to make our website work." in banner
    assert "by clicking on “Customise Cookies” below" in banner


def test_a_choice_under_an_older_policy_is_asked_again(public: Client) -> None:
    public.cookies["public-choice"] = "0.yes"
    assert "Accept additional cookies" in public.get("/advice/").content.decode()


def test_a_choice_from_another_site_is_refused(public: Client) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://a.example"}, {}, {"Origin": "null"}):
        response = public.post("/cookies/", {"additional": "yes"}, headers=headers)
        assert response.status_code == 403, headers
        assert not response.cookies
    assert public.post("/cookies/", {"additional": "no"}, headers={"Origin": "http://testserver"}).status_code == 303
    assert public.post("/cookies/", {"additional": "no"}, headers={"Referer": "http://testserver/x"}).status_code == 303


@pytest.mark.parametrize("where", ["https://a.example/", "//a.example/", "/\\a.example", "javascript:x()", ""])
def test_a_choice_never_leads_to_another_site(public: Client, where: str) -> None:
    assert choose(public, "no", next=where).headers["Location"].startswith("/cookies/?")


def test_an_unclear_choice_is_asked_again_and_sets_nothing(public: Client) -> None:
    response = choose(public, "perhaps")
    assert response.status_code == 400
    assert "Choose yes or no" in response.content.decode()
    assert not response.cookies


def test_the_cookies_page_lists_the_registry(public: Client) -> None:
    page = public.get("/cookies/").content.decode()
    for item in cookies.registry():
        assert f"<code>{item.name}</code>" in page


def test_no_response_sets_a_cookie_that_is_not_in_the_registry(public: Client) -> None:
    known = {item.name for item in cookies.registry()}
    responses = [
        choose(public, "yes"),
        public.get("/disclosure-log/?size=50"),
        public.post("/leaving/escape", {"escape": "off"}, headers=OWN),
        public.post("/leaving/escape", {"escape": "on"}, headers=OWN),
        choose(public, "no"),
        public.post("/feedback/", {"text": "A word"}, headers=OWN),
        public.post("/leave"),
    ]
    named = {name for response in responses for name in response.cookies}
    assert named
    assert named <= known


def test_rejecting_removes_what_accepting_allowed(public: Client) -> None:
    choose(public, "yes")
    assert public.get("/disclosure-log/?size=50").cookies["public-list"].value == "50"
    assert choose(public, "no").cookies["public-list"]["max-age"] == 0
    assert "public-list" not in public.get("/disclosure-log/?size=50").cookies


def test_the_list_remembers_its_length_only_after_a_yes(public: Client) -> None:
    public.cookies["public-list"] = "100"
    assert "<option selected>20</option>" in public.get("/disclosure-log/").content.decode()
    choose(public, "yes")
    public.get("/disclosure-log/?size=100")
    assert "<option selected>100</option>" in public.get("/disclosure-log/").content.decode()


def test_pages_are_counted_only_after_a_yes_and_never_where_people_look_for_help(public: Client) -> None:
    public.get("/")
    assert not PageCount.objects.exists()
    choose(public, "yes")
    for path in (
        "/",
        "/",
        "/contact/",
        "/advice/",
        "/advice/sextortion/",
        "/leaving/",
        "/stay-safe-online/",
        "/privacy/",
    ):
        assert public.get(path).status_code == 200
    counts = dict(PageCount.objects.values_list("page", "shown"))
    assert counts == {"home": 2, "contact": 1}
    assert PageCount.objects.first().day == date.today()
    assert {field.name for field in PageCount._meta.fields} == {"id", "day", "page", "shown"}


@pytest.mark.browser
def test_choosing_in_the_page_keeps_what_is_typed_and_moves_the_focus(tab: Tab, site: Any) -> None:
    page = tab(390, 844)
    page.goto(site.url + "/feedback/")
    page.locator("textarea").fill("half a sentence")
    page.get_by_role("button", name="Reject additional cookies").click()
    message = page.get_by_role("alert")
    message.wait_for()
    assert SAVED in message.inner_text().replace("\n", " ")
    assert page.evaluate("document.activeElement.hasAttribute('data-cookie-saved')")
    assert page.locator("textarea").input_value() == "half a sentence"
    page.get_by_role("button", name="Hide").click()
    assert page.locator("[data-cookies]").count() == 0
    page.reload()
    assert page.locator("[data-cookies]").count() == 0


@pytest.mark.browser
def test_a_choice_that_cannot_be_saved_says_so_and_can_be_tried_again(tab: Tab, site: Any) -> None:
    page = tab(390, 844)
    page.route("**/cookies/", lambda route: route.abort())
    page.goto(site.url + "/advice/")
    page.get_by_role("button", name="Accept additional cookies").click()
    page.get_by_text("Sorry, there was a technical problem. Please try again.").wait_for()
    page.unroute("**/cookies/")
    page.get_by_role("button", name="Accept additional cookies").click()
    page.locator("[data-cookie-saved]").wait_for()
    assert not page.locator("[data-cookie-failed]").is_visible()
