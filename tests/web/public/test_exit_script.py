"""Every way to leave, and every key that must not leave, in Chromium."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error as PlaywrightError

sys.path.insert(0, str(Path(__file__).parents[1]))
from browsing import follow

pytestmark = pytest.mark.browser

FORM = "/feedback/"
SECRET = "something nobody else should read"
Tab = Callable[..., Any]


def left(page: Any, exit_site: Any) -> None:
    for _ in range(200):
        if page.url == exit_site.url:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"still at {page.url}")


def stays(page: Any, url: str) -> None:
    """The page is still there, and still shown, after a while."""
    page.wait_for_timeout(200)
    assert page.url == url
    assert page.locator("h1").is_visible()


def test_one_escape_leaves_wherever_the_focus_is(tab: Tab, site: Any, exit_site: Any) -> None:
    page = tab()
    for where in ("body", "textarea", "[data-leave]"):
        page.goto(site.url + FORM)
        page.locator("textarea").fill(SECRET)
        page.locator(where).first.press("Escape")
        left(page, exit_site)


def test_the_button_leaves_by_pointer_and_by_keyboard(tab: Tab, site: Any, exit_site: Any) -> None:
    page = tab()
    for press in ("click", "enter"):
        page.goto(site.url + FORM)
        button = page.locator("[data-leave]")
        button.click() if press == "click" else button.press("Enter")
        left(page, exit_site)


def test_without_javascript_the_button_leaves_and_the_cookies_go(tab: Tab, site: Any, exit_site: Any) -> None:
    page = tab(java_script_enabled=False)
    page.context.add_cookies([{"name": "public-choice", "value": "1.no", "url": site.url}])
    page.goto(site.url + FORM)
    page.locator("[data-leave]").click()
    left(page, exit_site)
    assert page.context.cookies(site.url) == []
    assert "referer" not in exit_site.requests[-1]


def test_without_javascript_no_page_speaks_of_the_escape_key(tab: Tab, site: Any) -> None:
    page = tab(java_script_enabled=False)
    page.goto(site.url + "/leaving/")
    assert not page.get_by_text("Escape").first.is_visible()


def test_nothing_goes_with_the_visitor(tab: Tab, site: Any, exit_site: Any) -> None:
    page = tab()
    page.context.add_cookies([{"name": "public-choice", "value": "1.no", "url": site.url, "httpOnly": True}])
    page.goto(site.url + FORM)
    page.keyboard.press("Escape")
    left(page, exit_site)
    assert "referer" not in exit_site.requests[-1]
    for _ in range(60):
        if not page.context.cookies(site.url):
            break
        page.wait_for_timeout(50)
    assert page.context.cookies(site.url) == [], "the server was told, and let the cookie expire"


def pixels(page: Any) -> str:
    """What is on the screen now; Playwright's own screenshot would wait for the page that follows.

    Chromium refuses while it has no frame to give, which a page that has just been blanked may not have at once.
    """
    session = page.context.new_cdp_session(page)
    for _ in range(30):
        try:
            return str(session.send("Page.captureScreenshot")["data"])
        except PlaywrightError:
            page.wait_for_timeout(100)
    raise AssertionError("Chromium gave no picture in three seconds")


def press_escape_soon(page: Any) -> None:
    """Escape without waiting for the page that follows."""
    page.evaluate("setTimeout(() => { %s }, 10)" % (DISPATCH % "{}"))
    page.wait_for_timeout(250)


def test_the_screen_is_blank_while_the_other_site_is_slow(tab: Tab, site: Any, exit_site: Any) -> None:
    page = tab(400, 300)
    page.goto(site.url + "/make-a-request/")
    page.locator("textarea").fill(SECRET)
    follow(page, page.get_by_role("button", name="Continue"))
    assert page.locator("textarea").input_value() == SECRET, "this time the server had filled it in"
    exit_site.delay = 5.0
    press_escape_soon(page)
    fields = (
        "Array.from(document.querySelectorAll('input, textarea'), field => field.value + field.defaultValue).join('')"
    )
    title, display, typed = page.evaluate(
        f"[document.title, getComputedStyle(document.documentElement).display, {fields}]"
    )
    assert page.url.startswith(site.url)
    assert (title, display) == ("", "none")
    assert SECRET not in typed
    shot = pixels(page)
    blank = tab(400, 300)
    blank.goto("about:blank")
    assert shot == pixels(blank)
    exit_site.delay = 0.0
    left(page, exit_site)


def test_leaving_works_when_the_session_end_cannot_be_reached(tab: Tab, site: Any, exit_site: Any) -> None:
    page = tab()
    page.context.add_cookies([{"name": "public-escape", "value": "on", "url": site.url}])
    page.route("**/leave", lambda route: route.abort())
    page.goto(site.url + FORM)
    page.keyboard.press("Escape")
    left(page, exit_site)
    assert page.context.cookies(site.url) == [], "a cookie that scripts may read goes without the server"


def test_a_second_try_follows_when_the_first_is_swallowed(tab: Tab, site: Any, exit_site: Any) -> None:
    page = tab()
    page.goto(site.url + FORM)
    refused: list[str] = []

    def once(route: Any) -> None:
        if refused:
            route.continue_()
        else:
            refused.append(route.request.url)
            route.abort("aborted")  # as when the connection drops: the browser stays where it is

    page.route(exit_site.url, once)
    page.keyboard.press("Escape")
    left(page, exit_site)
    assert len(refused) == 1


EVENT = "new KeyboardEvent('keydown', Object.assign({key: 'Escape', bubbles: true, cancelable: true}, %s))"
DISPATCH = f"document.body.dispatchEvent({EVENT})"
OTHER_KEYS = (
    "{repeat: true}",
    "{isComposing: true}",
    "{keyCode: 229}",
    "{shiftKey: true}",
    "{ctrlKey: true}",
    "{altKey: true}",
    "{metaKey: true}",
    "{key: 'Shift'}",
)
OPEN = {
    "dialog": "const d = document.createElement('dialog'); d.id = 'x'; document.body.append(d); d.showModal()",
    "popover": "const d = document.createElement('div'); d.id = 'x'; d.popover = 'auto'; document.body.append(d);"
    "d.showPopover()",
    "combobox": "const i = document.createElement('input'); i.id = 'x'; i.setAttribute('role', 'combobox');"
    "i.setAttribute('aria-expanded', 'true'); document.body.append(i)",
    "full screen": "Object.defineProperty(document, 'fullscreenElement',"
    "{configurable: true, get: () => document.body})",
}


def test_escape_that_means_something_else_does_not_leave(tab: Tab, site: Any, exit_site: Any) -> None:
    page = tab()
    page.goto(site.url + FORM)
    for event in OTHER_KEYS:
        page.evaluate(DISPATCH % event)
        assert page.evaluate("getComputedStyle(document.documentElement).display") == "block", event
    for what, opened in OPEN.items():
        page.evaluate(f"() => {{ {opened} }}")
        page.evaluate(DISPATCH % "{}")
        assert page.evaluate("getComputedStyle(document.documentElement).display") == "block", what
        page.evaluate("document.getElementById('x')?.remove(); delete document.fullscreenElement")
    page.evaluate("document.body.addEventListener('keydown', event => event.preventDefault(), {once: true})")
    page.evaluate(DISPATCH % "{}")
    stays(page, site.url + FORM)
    page.evaluate(f"setTimeout(() => {{ {DISPATCH % '{}'} }}, 10)")
    left(page, exit_site)


def test_a_click_with_a_modifier_opens_a_tab_as_any_link_does(tab: Tab, site: Any) -> None:
    page = tab()
    page.goto(site.url + FORM)
    page.evaluate(
        "addEventListener('click', event => { window.prevented = event.defaultPrevented; event.preventDefault(); })"
    )
    page.locator("[data-leave]").click(modifiers=["Control"])
    assert page.evaluate("window.prevented") is False


def test_escape_can_be_turned_off_for_a_visit_and_on_again(tab: Tab, site: Any, exit_site: Any) -> None:
    page = tab()
    page.goto(site.url + "/leaving/?next=/advice/")
    follow(page, page.get_by_role("button", name="Turn off the Escape key for this visit"))
    assert page.get_by_text("The Escape key is off for this visit.").is_visible()
    cookie = next(each for each in page.context.cookies(site.url) if each["name"] == "public-escape")
    assert cookie["expires"] == -1, "it ends with the browser"
    follow(page, page.get_by_role("link", name="Continue"))
    assert page.url == site.url + "/advice/"
    assert not page.locator(".cc-exit__hint").is_visible()
    page.keyboard.press("Escape")
    stays(page, site.url + "/advice/")
    page.goto(site.url + "/leaving/")
    follow(page, page.get_by_role("button", name="Turn on the Escape key"))
    page.get_by_role("button", name="Turn off the Escape key for this visit").wait_for()
    page.keyboard.press("Escape")
    left(page, exit_site)


def test_the_button_still_leaves_with_the_key_turned_off(tab: Tab, site: Any, exit_site: Any) -> None:
    page = tab()
    page.context.add_cookies([{"name": "public-escape", "value": "off", "url": site.url}])
    page.goto(site.url + FORM)
    page.locator("[data-leave]").click()
    left(page, exit_site)


def test_a_touch_screen_is_told_nothing_about_a_key(tab: Tab, site: Any) -> None:
    page = tab(390, 800, has_touch=True, is_mobile=True)
    page.goto(site.url + "/leaving/")
    assert page.locator("[data-leave]").is_visible()
    assert not page.locator(".cc-exit__hint").is_visible()
    assert not page.get_by_text("press the Escape key once").is_visible()


def test_loading_the_script_twice_leaves_once(tab: Tab, site: Any, exit_site: Any) -> None:
    page = tab()
    page.goto(site.url + FORM)
    source = page.locator("script[src*=leave]").get_attribute("src")
    page.evaluate(
        "src => new Promise(done => { const s = document.createElement('script'); s.src = src; s.onload = done;"
        "document.head.append(s); })",
        source,
    )
    ends: list[str] = []
    page.on("request", lambda request: ends.append(request.url) if request.url.endswith("/leave") else None)
    page.keyboard.press("Escape")
    left(page, exit_site)
    assert len(ends) == 1


def test_without_a_target_the_server_sends_the_visitor_on(tab: Tab, site: Any, exit_site: Any) -> None:
    page = tab()
    page.route("**/feedback/", _without_target)
    page.goto(site.url + FORM)
    page.keyboard.press("Escape")
    left(page, exit_site)


def _without_target(route: Any) -> None:
    response = route.fetch()
    route.fulfill(response=response, body=re.sub(r'<meta name="leave-target"[^>]*>', "", response.text()))


def test_the_bar_is_first_and_sticks_and_is_not_printed(tab: Tab, site: Any) -> None:
    page = tab(390, 800)
    page.goto(site.url + "/advice/sextortion/")
    assert page.evaluate("document.body.firstElementChild.matches('.cc-exit')")
    assert page.evaluate("document.head.querySelector('script, link[rel=stylesheet]').src.includes('leave')")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert page.locator("[data-leave]").bounding_box()["y"] < 60
    page.emulate_media(media="print")
    assert not page.locator(".cc-exit").is_visible()


def test_leaving_ends_in_a_session_without_the_draft(public: Any) -> None:
    from clearcount_web.site.signals import visitor_left

    told: list[Any] = []

    def listener(sender: Any, request: Any, **kwargs: Any) -> None:
        told.append(dict(request.session))

    visitor_left.connect(listener)
    try:
        session = public.session
        session["draft"] = "key"
        session.save()
        response = public.post("/leave")
    finally:
        visitor_left.disconnect(listener)
    assert response.status_code == 204
    assert told == [{"draft": "key"}], "a room that keeps a draft is told before the session goes"
    assert not public.session.exists(session.session_key)


def test_another_site_cannot_end_a_visit(public: Any) -> None:
    session = public.session
    session["draft"] = "key"
    session.save()
    response = public.get("/leave", headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 303
    assert "Clear-Site-Data" not in response.headers
    assert public.session.exists(session.session_key)


def test_the_plain_link_is_a_303_without_referrer(public: Any) -> None:
    response = public.get("/leave")
    assert response.status_code == 303
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Clear-Site-Data"] == '"cookies"'
    assert "cache" not in response.headers["Clear-Site-Data"]
    assert not response.cookies


def test_no_staff_page_loads_the_script(staff: Any, sign_in: Any) -> None:
    sign_in("ana", "analyst")
    page = staff.get("/").content.decode()
    assert "leave.js" not in page
    assert "cc-exit" not in page


def test_no_public_page_has_what_takes_escape_away() -> None:
    import clearcount_web

    root = Path(clearcount_web.__file__).parent
    rooms = ("site", "advice", "disclosure_log", "requesting")
    for template in (file for room in rooms for file in (root / room / "templates").rglob("*.html")):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"<dialog|\spopover|type=.search|role=.tooltip", text), template.name


def test_no_page_promises_what_leaving_cannot_do(public: Any) -> None:
    for path in ("/leaving/", "/stay-safe-online/"):
        words = public.get(path).content.decode().lower()
        for word in ("untraceable", "completely safe", "keeps you safe", "no one will know", "hidden from"):
            assert word not in words


def test_the_safety_page_says_what_was_not_tried(public: Any) -> None:
    page = public.get("/stay-safe-online/").content.decode()
    assert "iPhone" in page
    assert "inside other apps" in page
    assert "history" in page
