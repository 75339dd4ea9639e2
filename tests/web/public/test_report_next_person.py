"""The next person at the same computer: what the browser's own files hold, and what it brings back when asked."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from browsing import PHONE, press, report

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    # marionette_driver leaves the pipes of the browser to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
]
STORY, MESSAGE = "Made-up words that nobody else may see", "One more made-up thing"
UNTIL_WRITTEN = 4
"""Seconds after which Chromium has written its session to disk (it waits for two and a half)."""


def found_in(folder: Path, secrets: list[str]) -> list[tuple[str, str]]:
    """Each file of a profile that holds one of the words, as UTF-8 or UTF-16."""
    held = [(path.name, path.read_bytes()) for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(held) > 20
    return [
        (name, words)
        for name, content in held
        for words in secrets
        if words.encode() in content or words.encode("utf-16-le") in content
    ]


def profile(browser: Any, folder: Path, *more: str) -> Any:
    """Chromium with a profile on disk, as a person has it."""
    return browser.browser_type.launch_persistent_context(
        str(folder), executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", *more], **PHONE
    )


def test_no_file_of_chromium_holds_a_code_and_a_restored_session_shows_none(
    browser: Any, doors: Any, tmp_path: Path
) -> None:
    context = profile(browser, tmp_path)
    page = context.new_page()
    reference = report(page, doors.public, story=STORY)
    code = page.locator(".cc-code").inner_text()
    page.goto(f"{doors.public}/r/code")
    page.get_by_label("Your code").press_sequentially(code)
    press(page, "Continue")
    page.get_by_label("Add a message").press_sequentially(MESSAGE)
    press(page, "Send")
    page.get_by_text("We have your message.").wait_for()
    time.sleep(UNTIL_WRITTEN)
    context.close()
    secrets = [code, code.replace("-", ""), reference, STORY, MESSAGE]
    assert found_in(tmp_path, [*secrets, *(words.replace(" ", "+") for words in secrets)]) == []

    context = profile(browser, tmp_path, "--restore-last-session")
    for _ in range(100):
        if back := [each for each in context.pages if each.url.startswith(doors.public)]:
            break
        time.sleep(0.1)
    back[0].get_by_role("heading", name="Read an answer with your code").wait_for()
    assert back[0].get_by_label("Your code").input_value() == ""
    assert not [words for words in secrets if words in back[0].content()]
    context.close()


class Firefox:
    """What a person does in Firefox, and what Firefox keeps."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def run(self, script: str) -> Any:
        return self.client.execute_script(script)

    def inside(self, script: str) -> Any:
        """Runs a script in the browser itself."""
        with self.client.using_context("chrome"):
            return self.client.execute_script(_SESSION + script)

    def press(self, words: str, tag: str = "button") -> None:
        """Presses a button or link of the page and waits for the next page."""
        from marionette_driver.by import By

        for _ in range(300):
            wanted = [each for each in self.client.find_elements(By.CSS_SELECTOR, f"main {tag}") if each.text == words]
            if wanted:
                break
            time.sleep(0.1)
        self.run("document.documentElement.dataset.before = '1'")
        wanted[0].click()
        for _ in range(300):
            if self.run("return document.readyState === 'complete' && !document.documentElement.dataset.before"):
                return
            time.sleep(0.1)
        raise AssertionError(f"{words} led nowhere")

    def type(self, identity: str, words: str) -> None:
        from marionette_driver.by import By

        self.client.find_element(By.ID, identity).send_keys(words)

    def choose(self, identity: str) -> None:
        from marionette_driver.by import By

        self.client.find_element(By.ID, identity).click()

    def shown(self) -> str:
        """The page with what stands in its boxes."""
        return str(
            self.run(
                "return document.documentElement.outerHTML + [...document.querySelectorAll('input, textarea')]"
                ".map(box => box.value).join(' ')"
            )
        )

    def close_and_undo(self) -> None:
        """Closes the tab; the next person brings it back."""
        tabs = list(self.client.window_handles)
        other = next(each for each in tabs if each != self.client.current_window_handle)
        time.sleep(1)  # until Firefox has noted what is in the tab
        self.client.close()
        self.client.switch_to_window(other)
        self.inside("session.undoCloseTab(window, 0);")
        for _ in range(100):
            if new := [each for each in self.client.window_handles if each not in tabs[:1] and each != other]:
                self.client.switch_to_window(new[-1])
                if self.run("return document.readyState === 'complete' && location.href !== 'about:blank'"):
                    return
            time.sleep(0.1)
        raise AssertionError("the tab did not come back")


_SESSION = """
const window = Services.wm.getMostRecentWindow("navigator:browser");
const session = ChromeUtils.importESModule("resource:///modules/sessionstore/SessionStore.sys.mjs").SessionStore;
"""
_KEPT = """
const {FormHistory} = ChromeUtils.importESModule("resource://gre/modules/FormHistory.sys.mjs");
return FormHistory.search(["fieldname", "value"], {}).then(found => JSON.stringify(found)
  + session.getBrowserState() + JSON.stringify(session.getClosedTabData(window)));
"""


@pytest.fixture
def person(firefox: Any) -> Iterator[Firefox]:
    """A person in a tab of their own; another tab is open."""
    first = firefox.current_window_handle
    firefox.switch_to_window(firefox.open(type="tab")["handle"])
    yield Firefox(firefox)
    for handle in firefox.window_handles:
        if handle != first:
            firefox.switch_to_window(handle)
            firefox.close()
    firefox.switch_to_window(first)


def test_firefox_keeps_nothing_typed_and_an_undone_tab_shows_nothing(person: Firefox, doors: Any) -> None:
    go = person.client.navigate
    go(f"{doors.public}/r/")
    person.press("Start")
    person.press("Continue")
    person.press("Continue", "a")
    person.choose("id_who_0")
    person.press("Continue")
    person.choose("id_age_3")
    person.press("Continue")
    person.press("Continue")
    person.type("id_names", "a made-up account")
    person.press("Continue")
    person.type("id_story", STORY)
    person.press("Continue")
    person.press("Continue")
    person.choose("id_contact_1")
    for button in ("Continue", "Continue", "Send"):
        person.press(button)
    told = person.run("return document.querySelector('main').innerText")
    code, reference = re.search(r"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}", told), re.search(r"R-[A-Z0-9]{8}", told)
    assert code and reference
    secrets = [code[0], reference[0], STORY, MESSAGE, "a made-up account"]

    def nothing(where: str) -> None:
        kept = person.inside(_KEPT)
        assert json.dumps(f"{doors.public}/r/check") in kept  # it was really asked
        assert not [words for words in secrets if words in kept], where
        assert not [words for words in secrets if words in person.shown()], where

    person.close_and_undo()
    nothing("after sending")
    go(f"{doors.public}/r/code")
    person.type("id_code", code[0])
    person.press("Continue")
    person.type("id_message", MESSAGE)
    person.close_and_undo()
    nothing("after reading")
    for step in ("back",) * 12 + ("forward",) * 14:
        person.run(f"history.{step}()")
        time.sleep(0.3)
        nothing(step)
