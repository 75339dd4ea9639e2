"""The released page in a real browser: no accessibility fault, no page that scrolls sideways, print that fits."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from clearcount.writers import write_bundle

pytestmark = pytest.mark.browser

SHAPES = ("the source table", "every marker", "right-to-left label", "long names", "100 rows by 60 months")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of the bundles that are looked at."""
    kit_file = Path(__file__).parents[1] / "unit" / "writers" / "conftest.py"
    spec = importlib.util.spec_from_file_location("bundle_kit", kit_file)
    assert spec and spec.loader
    kit = importlib.util.module_from_spec(spec)
    sys.modules["bundle_kit"] = kit
    spec.loader.exec_module(kit)
    folders = {}
    for name in SHAPES:
        draft = ("088/09 is not what was asked",) if name == "every marker" else ()
        folders[name] = tmp_path_factory.mktemp("page") / "bundle"
        write_bundle(kit.release_of(kit.TABLES[name], draft_because=draft), folders[name])
    return folders


# axe takes minutes over 14,000 cells
@pytest.mark.parametrize("name", [*SHAPES[:-1], pytest.param(SHAPES[-1], marks=pytest.mark.slow)])
def test_axe_finds_nothing_and_only_the_table_scrolls(browser: Browser, pages: dict[str, Path], name: str) -> None:
    axe = Axe()
    for width in (320, 390, 1280):
        page = browser.new_page(viewport={"width": width, "height": 800})
        # axe is put into the page as a script, which the page's own policy would, rightly, refuse
        html = (pages[name] / "response.html").read_text().replace("default-src 'none'; ", "")
        page.set_content(html)
        found = axe.run(page).response["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]][:3]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"scrolls at {width}"
        page.close()


def test_a_wide_table_scrolls_in_its_own_region_by_keyboard(browser: Browser, pages: dict[str, Path]) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto((pages["the source table"] / "response.html").as_uri())
    regions = page.locator("[role=region]").all()
    region = next(each for each in regions if each.evaluate("e => e.scrollWidth > e.clientWidth"))
    region.focus()
    page.keyboard.press("ArrowRight")
    for _ in range(100):  # the page's own policy refuses what Playwright would wait with
        if region.evaluate("e => e.scrollLeft"):
            break
        page.wait_for_timeout(50)
    assert region.evaluate("e => e.scrollLeft") > 0
    caption = page.locator("caption").first.bounding_box()
    assert caption is not None and 0 <= caption["x"] < 390, "the caption stays in sight"
    page.close()


def test_the_fragment_is_free_of_faults_in_a_page_of_somebody_else(browser: Browser, pages: dict[str, Path]) -> None:
    body = (pages["the source table"] / "response-body.html").read_text()
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.set_content(
        f'<!DOCTYPE html><html lang="en-GB"><title>Force</title><main><h1>Disclosure log</h1>{body}</main></html>'
    )
    found: list[Any] = Axe().run(page).response["violations"]
    assert [each["id"] for each in found] == []
    page.close()


def test_the_page_loads_nothing_and_says_nothing_to_the_console(browser: Browser, pages: dict[str, Path]) -> None:
    page = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    address = (pages["every marker"] / "response.html").as_uri()
    page.goto(address)
    assert asked == [address] and said == []
    page.close()


def test_print_fits_the_paper(browser: Browser, pages: dict[str, Path]) -> None:
    page = browser.new_page(viewport={"width": 1010, "height": 700})  # A4 landscape less its margins, at 96 dpi
    page.goto((pages["the source table"] / "response.html").as_uri())
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("getComputedStyle(document.querySelector('.cc-scroll')).overflowX") == "visible"
    page.close()
