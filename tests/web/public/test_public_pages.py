"""What holds on every public page: nothing is kept on a first visit, everybody can use it, help is in sight."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from browsing import follow

pytestmark = pytest.mark.browser

Tab = Callable[..., Any]
WIDTHS = ((320, 568), (390, 844), (1280, 800))
LIGHT: tuple[dict[str, str], ...] = ({"color_scheme": "light", "forced_colors": "none"},)
SCHEMES = (
    *LIGHT,
    {"color_scheme": "dark", "forced_colors": "none"},
    {"color_scheme": "dark", "forced_colors": "active"},
)


@pytest.fixture(scope="session")
def paths(site: Any, published: str) -> tuple[str, ...]:
    """Every public page: the sitemap, and the pages that it leaves out."""
    import re
    from urllib.request import urlopen

    with urlopen(site.url + "/sitemap.xml") as answer:
        listed = re.findall(rf"<loc>{re.escape(site.url)}([^<]*)</loc>", answer.read().decode())
    assert published in listed
    return (
        *listed,
        "/leaving/?next=/advice/",
        "/feedback/thanks/",
        "/privacy/complaint/",
        "/advice/sextortion/card/",
        "/disclosure-log/?q=nothing+has+these+words",
        published + "versions/1/",
        "/there-is-no-such-page/",
    )


def test_a_first_visit_keeps_nothing_and_asks_no_other_site(tab: Tab, site: Any, paths: tuple[str, ...]) -> None:
    page = tab(390, 844)
    asked: list[str] = []
    cookies: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda response: cookies.extend([response.url] if "set-cookie" in response.headers else []))
    kept = (
        "async () => [document.cookie, localStorage.length, sessionStorage.length,"
        "(await indexedDB.databases()).length, (await caches.keys()).length,"
        "(await navigator.serviceWorker.getRegistrations()).length]"
    )
    for path in paths:
        page.goto(site.url + path)
        assert page.evaluate(kept) == ["", 0, 0, 0, 0, 0], path
    page.wait_for_timeout(500)  # whatever a page may do later
    assert cookies == []
    assert {url for url in asked if not url.startswith(site.url + "/")} == set()
    assert page.context.cookies() == []
    assert len(asked) > len(paths)


LARGEST, MOST_REQUESTS = 35_000, 10
LARGEST_ANSWER = 50_000
"""The tables of a published answer are as large as the question asks."""


def test_a_first_visit_takes_at_most_35_kb_and_10_requests(
    tab: Tab, site: Any, paths: tuple[str, ...], published: str
) -> None:
    """Everything that the phone fetches, as it comes over the network: page, stylesheet, scripts, icon."""
    found = {}
    page = tab(390, 844)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[int] = []
    network.on("Network.loadingFinished", lambda done: sizes.append(done["encodedDataLength"]))
    for path in paths:
        page.goto("about:blank")
        network.send("Network.clearBrowserCache")
        sizes.clear()
        page.goto(site.url + path, wait_until="load")
        largest = LARGEST_ANSWER if path.startswith(published) else LARGEST
        if sum(sizes) > largest or len(sizes) > MOST_REQUESTS:
            found[path] = sum(sizes), len(sizes)
        assert len(sizes) > 3
    assert found == {}


@pytest.mark.parametrize(
    ("path", "small"),
    [
        ("/", True), ("/advice/sextortion/", True), ("/disclosure-log/", True), ("/make-a-request/", False),
        ("/privacy/complaint/", False), ("/feedback/", False), ("/disclosure-log/?q=image", False),
    ],
)  # fmt: skip
def test_only_a_page_without_secret_and_echo_is_compressed(site: Any, path: str, small: bool) -> None:
    import gzip
    from urllib.request import Request, urlopen

    def ask(**headers: str) -> Any:
        return urlopen(Request(site.url + path, headers=headers))

    for _again in range(2):  # made anew, and from memory
        packed, plain = ask(**{"Accept-Encoding": "br, gzip"}), ask()
        assert plain.headers["Content-Encoding"] is None
        assert packed.headers["Content-Encoding"] == ("gzip" if small else None)
        if small:
            assert gzip.decompress(packed.read()) == plain.read()
            assert "Accept-Encoding" in packed.headers["Vary"] and "Accept-Encoding" in plain.headers["Vary"]


def test_no_page_has_a_message_of_the_content_policy(tab: Tab, site: Any, paths: tuple[str, ...]) -> None:
    page = tab()
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    for path in paths:
        page.goto(site.url + path)
    # A browser names features in Permissions-Policy that it does not have; and one of the pages is a 404.
    assert [each for each in messages if "404" not in each and "Permissions-Policy" not in each] == []


def faults(
    page: Any,
    site: Any,
    paths: tuple[str, ...],
    widths: tuple[tuple[int, int], ...] = WIDTHS,
    schemes: tuple[dict[str, str], ...] = SCHEMES,
) -> list[str]:
    """What axe-core finds on each page at each width in each scheme of colours, and pages that scroll sideways.

    "" is the page that is open.
    """
    from axe_playwright_python.sync_playwright import Axe

    axe, found = Axe(), []
    for path in paths:
        if path:
            page.goto(site.url + path)
        for width, height in widths:
            page.set_viewport_size({"width": width, "height": height})
            for scheme in schemes:
                page.emulate_media(**scheme)
                where = f"{path or page.title()} at {width} {'/'.join(scheme.values())}"
                found += [f"{where}: {fault['id']}" for fault in axe.run(page).response["violations"]]
            sideways = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
            found += [f"{path or page.title()} at {width}: scrolls sideways"] if sideways else []
    return found


def test_one_page_of_each_kind_passes_axe_at_three_widths(tab: Tab, site: Any, published: str) -> None:
    assert faults(tab(), site, ("/", "/advice/sextortion/", "/disclosure-log/"), schemes=LIGHT) == []
    assert faults(tab(), site, (published,), WIDTHS[:1], LIGHT) == []
    assert faults(tab(), site, ("/advice/sextortion/", "/advice/sextortion/easy/"), WIDTHS[:1], SCHEMES[1:]) == []


@pytest.mark.slow
def test_every_page_passes_axe_at_three_widths_in_three_schemes(tab: Tab, site: Any, paths: tuple[str, ...]) -> None:
    page = tab()
    assert faults(page, site, paths) == []
    cards = set()
    for path in paths:
        page.goto(site.url + path)
        cards |= set(page.evaluate("Array.from(document.querySelectorAll('a[href$=\"/card/\"]'), a => a.pathname)"))
    assert len(cards) > 1
    assert faults(page, site, tuple(sorted(cards - set(paths)))) == []


NO_PAGE = {
    "brand", "health", "alive", "site:security_txt", "site:leave", "site:escape", "site:sitemap", "site:robots",
    "disclosure_log:atom", "disclosure_log:json_feed", "disclosure_log:file",
}  # fmt: skip
"""Routes that show no page."""


def test_every_route_is_among_the_pages_that_are_looked_at(site: Any, paths: tuple[str, ...]) -> None:
    """The pages of a report are looked at in test_report_browser, where reports can be sent."""
    from django.urls import Resolver404, URLPattern, URLResolver, get_resolver

    resolver = get_resolver("clearcount_web.project.urls_public")
    seen = set()
    for path in paths:
        with suppress(Resolver404):
            seen.add(resolver.resolve(urlsplit(path).path).view_name)
    names = {str(route.name) for route in resolver.url_patterns if isinstance(route, URLPattern)}
    for room in resolver.url_patterns:
        if isinstance(room, URLResolver):
            names |= {f"{room.namespace}:{route.name}" for route in room.url_patterns}
    elsewhere = ("reporting:", "welsh:")  # Welsh pages stand where a catalogue is filled: test_welsh
    assert {name for name in names if not name.startswith(elsewhere)} - NO_PAGE == seen - {"reporting:start"}


@pytest.mark.slow
def test_pages_behind_a_form_and_answers_that_changed_pass_axe(
    tab: Tab, open_site: Any, bundle: Path, corrected: Path, other_answer: Path, tmp_path: Path
) -> None:
    found: list[str] = []
    with open_site(tmp_path) as site:
        site.manage("publish", str(bundle), "--store", str(bundle.parent / "store"))
        site.manage(
            "publish",
            str(corrected),
            "--store",
            str(corrected.parent / "store"),
            "--note",
            "Two offences were missing.",
        )
        site.manage("publish", str(other_answer), "--store", str(other_answer.parent / "store"))
        site.manage("withdraw", "99-fin-25-000001-x", "--reason", "Replaced by another answer.")
        page = tab()
        first = "/disclosure-log/01-fin-25-003516-c/"
        found += faults(page, site, (first, first + "versions/2/", "/disclosure-log/99-fin-25-000001-x/"))
        page.goto(site.url + "/make-a-request/")
        page.locator("main textarea").fill("How many offences with artificial intelligence images were recorded?")
        follow(page, page.locator("main button").first)
        page.get_by_text("Have we answered this already?").wait_for()
        found += faults(page, site, ("",))
        page.get_by_label("Your real name").fill("Made")
        page.get_by_label("Where to send the answer").fill("nowhere")
        follow(page, page.locator("main button").first)
        page.get_by_text("The law asks for your real name.").wait_for()
        found += faults(page, site, ("",))
        follow(page, page.get_by_role("button", name="Send"))
        page.get_by_text("FOI-").first.wait_for()
        found += faults(page, site, ("",))
        page.goto(site.url + "/privacy/complaint/")
        for label in ("Your name", "How we can reach you", "What went wrong"):
            page.get_by_label(label).fill("Made up")
        follow(page, page.get_by_role("button", name="Send complaint"))
        page.get_by_text("DP-").first.wait_for()
        found += faults(page, site, ("",))
        page.goto(site.url + "/leaving/?next=/advice/")
        follow(page, page.get_by_role("button", name="Turn off the Escape key"))
        page.get_by_role("button", name="Turn on the Escape key").wait_for()
        found += faults(page, site, ("",))
        page.goto(site.url + "/contact/")
        page.get_by_role("button", name="Accept additional cookies").click()
        page.get_by_text("Your cookie preferences have been saved.").first.wait_for()
        found += faults(page, site, ("",))
        found += faults(page, site, ("/cookies/",))
    assert found == []


def test_pages_with_errors_pass_axe_and_say_error_in_the_title(tab: Tab, site: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = tab(320, 568)
    for path in ("/feedback/", "/privacy/complaint/", "/make-a-request/"):
        page.goto(site.url + path)
        follow(page, page.locator("main button").first)
        assert page.title().startswith("Error: ")
        assert page.evaluate("document.activeElement.classList.contains('govuk-error-summary')")
        page.locator(".govuk-error-summary a").first.click()
        assert page.evaluate("document.activeElement.matches('input, textarea')")
        assert [fault["id"] for fault in Axe().run(page).response["violations"]] == []


def test_heading_and_999_are_on_the_first_screen_of_a_small_phone(tab: Tab, site: Any, paths: tuple[str, ...]) -> None:
    page = tab(320, 568)
    for path in paths:
        page.goto(site.url + path)
        for what in ("h1 >> visible=true", ".cc-strip a[href='tel:999']", "[data-leave]"):
            box = page.locator(what).first.bounding_box()
            assert box["y"] >= 0, (path, what)
            assert box["y"] + box["height"] <= 568, (path, what, box)


HIDDEN = """() => {
  const bar = document.querySelector('.cc-exit').getBoundingClientRect();
  const at = document.activeElement;
  if (!at || at === document.body || at.closest('.cc-exit')) return null;
  const box = at.getBoundingClientRect();
  const fits = box.height <= innerHeight - bar.bottom;
  return box.bottom <= bar.bottom || (fits && box.top < bar.bottom - 1) ? at.outerHTML.slice(0, 120) : null;
}"""


@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_focus_is_never_under_the_bar(tab: Tab, site: Any, published: str, key: str) -> None:
    for width, height in WIDTHS:
        page = tab(width, height)
        for path in ("/advice/sextortion/", published):
            page.goto(site.url + path)
            if key == "Shift+Tab":
                page.locator("footer a").last.focus()
            stops = page.evaluate("document.querySelectorAll('a, button, input, select, textarea, [tabindex]').length")
            seen = 0
            for _ in range(stops):
                page.keyboard.press(key)
                hidden = page.evaluate(HIDDEN)
                assert hidden is None, (path, width)
                seen += page.evaluate("document.activeElement !== document.body")
            assert seen > stops / 2


def test_targets_are_at_least_24_pixels(tab: Tab, site: Any, paths: tuple[str, ...]) -> None:
    page = tab(320, 568)
    small = """Array.from(document.querySelectorAll(
        'button, select, input:not([type=hidden]), .cc-strip a, .cc-exit a, .cc-footer a'))
      .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
      .filter(([, b]) => b.width && (b.height < 24 || b.width < 24)).map(([html]) => html)"""
    for path in paths:
        page.goto(site.url + path)
        assert page.evaluate(small) == [], path


def test_forced_colours_keep_the_bar_and_its_button_apart(tab: Tab, site: Any) -> None:
    page = tab(390, 844, forced_colors="active")
    page.goto(site.url + "/advice/sextortion/")
    borders = """e => { const s = getComputedStyle(e);
      return [s.borderTopStyle, s.borderBottomWidth, s.borderBottomColor]; }"""
    style, width, colour = page.locator(".cc-exit__button").evaluate(borders)
    assert style == "solid"
    assert width != "0px"
    assert colour != page.evaluate("getComputedStyle(document.querySelector('.cc-exit')).backgroundColor")
    page.evaluate("document.documentElement.style.setProperty('display', 'none')")
    assert page.evaluate("getComputedStyle(document.documentElement).display") == "none"


def test_help_stands_in_the_same_place_on_every_page(tab: Tab, site: Any, paths: tuple[str, ...]) -> None:
    page = tab(390, 844)
    order = """Array.from(document.querySelectorAll('.cc-exit, header, .cc-strip, main, .cc-cookies, footer'),
      e => e.className.split(' ')[0] || e.tagName)"""
    orders = set()
    for path in paths:
        page.goto(site.url + path)
        assert page.locator(".cc-strip a[href^='tel:']").all_inner_texts() == ["999", "116 123", "0800 1111"]
        orders.add(json.dumps([each for each in page.evaluate(order) if each != "cc-cookies"]))
    assert len(orders) == 1
