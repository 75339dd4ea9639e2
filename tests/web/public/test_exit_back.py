"""Leaving, and what Back and Forward show afterwards, with each browser's real back/forward cache."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [
    pytest.mark.browser,
    # marionette_driver leaves the pipes of the browser to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
]

SECRET = "something nobody else should read"
FORM = "/feedback/"
SHOWS_SITE = (
    "return location.host === arguments[0] && document.body !== null "
    "&& getComputedStyle(document.documentElement).display !== 'none'"
)


class Chromium:
    """What the tests do, through Selenium."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def go(self, url: str) -> None:
        """Goes there as if the address was typed; a browser that is still starting may drop the first address."""
        for _ in range(20):
            self.visit(url)
            if self.url == url:
                return
            time.sleep(0.25)
        raise AssertionError(f"asked for {url}, at {self.url}")

    def visit(self, url: str) -> None:
        self.driver.get(url)

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def history(self) -> list[str]:
        """Every address of the tab's history, the current one marked."""
        found = self.driver.execute_cdp_cmd("Page.getNavigationHistory", {})
        return [
            f"{'> ' if at == found['currentIndex'] else ''}{entry['url']}" for at, entry in enumerate(found["entries"])
        ]

    def type(self, text: str) -> None:
        self.driver.find_element("css selector", "textarea").send_keys(text)

    def escape(self, inside: str = "body") -> None:
        self.driver.find_element("css selector", inside).send_keys("\ue00c")

    def press_button(self) -> None:
        self.driver.find_element("css selector", "[data-leave]").click()

    @property
    def url(self) -> str:
        return str(self.driver.current_url)


class Firefox(Chromium):
    """The same through Marionette."""

    def visit(self, url: str) -> None:
        self.driver.navigate(url)

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, script_args=list(arguments))

    def history(self) -> list[str]:
        return []  # Marionette has no command for it

    @property
    def url(self) -> str:
        return str(self.driver.get_url())


@pytest.fixture(params=["chromium", "firefox"])
def browser(request: pytest.FixtureRequest) -> Any:
    if request.param == "chromium":
        return Chromium(request.getfixturevalue("selenium"))
    return Firefox(request.getfixturevalue("firefox"))


def arrives(browser: Chromium, wanted: Callable[[str], bool], host: str) -> str:
    """Waits until the address is wanted; fails as soon as a page of this site is seen meanwhile."""
    for _ in range(100):
        assert not browser.run(SHOWS_SITE, host), "a page of the site was shown after leaving"
        if wanted(browser.url):
            return browser.url
        time.sleep(0.05)
    raise AssertionError(f"still at {browser.url}")


def settled(browser: Chromium, host: str) -> str:
    """The address once it has stayed the same, off the site and loaded, for half a second; never a page of the site."""
    same, last = 0, ""
    for _ in range(300):
        assert not browser.run(SHOWS_SITE, host), "a page of the site was shown after leaving"
        ready = browser.run("return document.readyState === 'complete' && location.host !== arguments[0]", host)
        same = same + 1 if ready and browser.url == last else 0
        last = browser.url
        if same >= 10:
            return last
        time.sleep(0.05)
    raise AssertionError(f"never came to rest; last at {last}")


def traverse(browser: Chromium, way: str, mark: str) -> None:
    """Presses "back" or "forward" once, and waits until another page is there.

    chromedriver runs a script again when the page goes while it runs, and would press twice; so the script only says
    that the key is to be pressed, and is over before. `mark` tells the page that was there from all others.
    """
    pressed = f"document.documentElement.dataset.mark = arguments[0]; setTimeout(() => history.{way}(), 0)"
    browser.run(pressed, mark)
    for _ in range(200):
        if browser.run("return document.documentElement?.dataset.mark !== arguments[0]", mark):
            return
        time.sleep(0.05)
    raise AssertionError(f"{way} led nowhere from {browser.url}; history {browser.history()}")


def back_until(browser: Chromium, wanted: str, host: str, *, most: int) -> int:
    """How many times Back it takes to reach `wanted`; no page of the site is shown on the way."""
    reached = []
    for presses in range(1, most + 1):
        traverse(browser, "back", f"back {presses}")
        reached.append(settled(browser, host))
        if reached[-1] == wanted:
            return presses
    raise AssertionError(f"Back led to {reached}; history {browser.history()}")


def walk(browser: Chromium, *addresses: str) -> None:
    """Goes to the addresses one after the other; the tab's history then ends with them, where the browser tells it."""
    for _ in range(3):
        for address in addresses:
            browser.go(address)
        seen = [address.removeprefix("> ") for address in browser.history()]
        if not seen or seen[-len(addresses) :] == list(addresses):
            return
    raise AssertionError(f"the walk to the form left the history {seen}")


@pytest.mark.parametrize("way", ["escape", "button"])
def test_back_after_leaving_never_shows_the_site(browser: Any, site: Any, exit_site: Any, way: str) -> None:
    host = site.url.removeprefix("http://")
    before = exit_site.url.replace("/weather", "/before")
    walk(browser, before, site.url + "/advice/", site.url + FORM)
    browser.type(SECRET)
    if way == "escape":
        browser.escape("textarea")
    else:
        browser.press_button()
    arrives(browser, lambda url: url == exit_site.url, host)
    back_until(browser, before, host, most=4)
    traverse(browser, "forward", "forward")
    settled(browser, host)


def test_coming_back_on_purpose_works_and_the_form_is_empty(browser: Any, site: Any, exit_site: Any) -> None:
    host = site.url.removeprefix("http://")
    browser.go(site.url + FORM)
    browser.type(SECRET)
    browser.escape("textarea")
    arrives(browser, lambda url: url == exit_site.url, host)
    browser.go(site.url + FORM)
    assert browser.run(SHOWS_SITE, host)
    assert browser.run("return document.querySelector('textarea').value") == ""
    assert browser.run("return sessionStorage.length") == 0
    assert SECRET not in browser.run("return document.documentElement.outerHTML")


def test_a_reload_while_the_other_site_is_slow_does_not_bring_the_page_back(
    browser: Any, site: Any, exit_site: Any
) -> None:
    host = site.url.removeprefix("http://")
    browser.go(site.url + "/advice/sextortion/")
    exit_site.delay = 1.0
    browser.run("sessionStorage.setItem('v', '1'); setTimeout(() => location.reload(), 0)")
    time.sleep(0.4)
    arrives(browser, lambda url: url == exit_site.url, host)
