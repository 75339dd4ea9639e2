"""What the browser tests of the report and of triage share: the walk, and the demo's own commands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
WIDTHS = (320, 390, 1280)
PASSPHRASE = "nine-slow-herons-wading"


def follow(page: Any, what: Any) -> None:
    """Clicks a link or button that leads to another page, and waits until that page is there whole.

    A click alone comes back when the answer's first bytes are in: the title may still be empty, and the old page's
    words may still be read.
    """
    with page.expect_navigation():
        what.click()


def press(page: Any, name: str) -> None:
    """Presses the button of that name, and waits for the page it leads to."""
    follow(page, page.get_by_role("button", name=name, exact=True))


def move(page: Any, go: Any) -> str:
    """Goes back or forward and gives the page; a browser that has only the form that led there sends it again."""
    from playwright.sync_api import Error

    steps = [go]
    for _ in range(40):
        try:
            if steps:
                steps[0]()
                steps = []
            return str(page.content())
        except Error as error:  # it has to be sent again, or the page leads on to another one
            if "ERR_CACHE_MISS" in str(error):
                steps = [page.reload]
            page.wait_for_timeout(250)
    raise AssertionError("the page does not come to rest")


LIGHT = (("light", "none"),)
SCHEMES = (*LIGHT, ("dark", "none"), ("dark", "active"))


def faults(page: Any, name: str, schemes: tuple[tuple[str, str], ...] = LIGHT) -> list[tuple[str, int, str]]:
    """What axe-core finds and sideways scroll, at each width; a picture when CLEARCOUNT_PICTURES names a folder."""
    from axe_playwright_python.sync_playwright import Axe

    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for scheme, forced in schemes:
            page.emulate_media(color_scheme=scheme, forced_colors=forced)
            for fault in Axe().run(page).response["violations"]:
                told = f"{scheme}/{forced}: {fault['id']}"
                found += [(name, width, f"{told}: {node['html']}") for node in fault["nodes"]]
        page.emulate_media(color_scheme="light", forced_colors="none")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append((name, width, "scrolls sideways"))
        folder = os.environ.get("CLEARCOUNT_PICTURES")
        if folder:
            page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)
    return found


def examine(page: Any, name: str, schemes: tuple[tuple[str, str], ...] = LIGHT) -> None:
    """Nothing, when the page has no fault."""
    assert faults(page, name, schemes) == []


def report(page: Any, address: str, *, story: str, send: bool = True, look: Any = lambda name: None) -> str:
    """Goes through the whole journey as a visitor does; gives the reference. `look` is called on each page."""
    page.goto(f"{address}/r/")
    look("start")
    press(page, "Start")
    look("1")
    page.get_by_label("No", exact=True).check()
    press(page, "Continue")
    look("2")
    follow(page, page.get_by_role("link", name="Continue", exact=True))
    look("3")
    page.get_by_label("Me", exact=True).check()
    press(page, "Continue")
    look("4")
    page.get_by_label("18 or over").check()
    press(page, "Continue")
    look("5")
    page.get_by_label("Someone threatens to share an image").check()
    page.get_by_label("When did it start, or last happen?").fill("May 2025")
    press(page, "Continue")
    look("6")
    page.get_by_label("Which app, website or place?").fill("A chat app")
    press(page, "Continue")
    look("7")
    page.get_by_label("What happened, in your own words?").fill(story)
    press(page, "Continue")
    look("8")
    page.get_by_label("Messages or chats").check()
    press(page, "Continue")
    look("9")
    page.get_by_label("Yes, in a safe way").check()
    press(page, "Continue")
    look("10")
    page.get_by_label("Phone number").fill("a made-up number")
    page.get_by_label("No voicemail").check()
    press(page, "Continue")
    look("11")
    press(page, "Continue")
    look("check")
    if not send:
        return ""
    press(page, "Send")
    page.get_by_role("heading", name="We have it. Thank you for telling us.").wait_for()
    look("sent")
    found = re.search(r"R-[A-Z0-9]{8}", page.locator("main").inner_text())
    assert found is not None
    return found[0]


def sign_in(page: Any, doors: Any, username: str) -> None:
    """Signs a made-up member of staff in, with the password and code that the demo shows."""
    page.goto(f"{doors.staff}/accounts/sign-in/")
    password = re.search(r"password (\S+?)\.", page.locator("main").inner_text())
    assert password is not None
    page.get_by_role("textbox", name="Sign-in name").fill(username)
    page.get_by_label("Password").fill(password[1])
    press(page, "Sign in")
    page.get_by_label("Code from your authenticator app").fill(page.locator("main strong").inner_text())
    press(page, "Continue")
    page.get_by_role("heading", name="Start").wait_for()


def unlock(page: Any, doors: Any) -> None:
    """Unlocks the duty key with the passphrase that the demo shows."""
    page.goto(f"{doors.staff}/reports/unlock")
    assert PASSPHRASE in page.locator("main").inner_text()
    page.get_by_label("Passphrase of the duty key").fill(PASSPHRASE)
    press(page, "Save")
    page.get_by_text("The duty key is unlocked.").wait_for(timeout=60_000)


def manage(doors: Any, *arguments: str) -> str:
    """Runs `clearcount manage …` with the settings of the running demo; gives what it printed."""
    from clearcount_web.project.serving import Address, demo_environment

    ports = {"public": Address("127.0.0.1", 1), "staff": Address("127.0.0.1", 2)}
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("CLEARCOUNT_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-m", "clearcount", "manage", *arguments],
        env={**clean, **demo_environment(doors.folder, ports), **doors.databases},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def clearcount(*arguments: str) -> str:
    """Runs `clearcount …`; gives what it printed."""
    command = [sys.executable, "-m", "clearcount", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout
