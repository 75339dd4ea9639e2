"""After a report was sent: Back and Forward with the browser's real back/forward cache show nothing of it."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
STORY = "Made-up words that nobody else may see"


def press(selenium: Any, text: str, tag: str = "button") -> None:
    """Presses a button or link of the page, once it is there, and waits for the next page."""
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    wait = WebDriverWait(selenium, 30, ignored_exceptions=(WebDriverException,))
    wanted = wait.until(
        lambda driver: [each for each in driver.find_elements(By.CSS_SELECTOR, f"main {tag}") if each.text == text]
    )[0]
    selenium.execute_script("document.documentElement.dataset.before = '1'")
    wanted.click()
    wait.until(
        lambda driver: driver.execute_script(
            "return document.readyState === 'complete' && !document.documentElement.dataset.before"
        )
    )


def test_back_and_forward_show_neither_code_nor_reference_nor_answers(selenium: Any, doors: Any) -> None:
    from selenium.webdriver.common.by import By

    def choose(identity: str) -> None:
        selenium.find_element(By.ID, identity).click()

    selenium.get(f"{doors.public}/")
    selenium.get(f"{doors.public}/r/")
    press(selenium, "Start")
    press(selenium, "Continue")
    press(selenium, "Continue", "a")
    for identity in ("id_who_0", "id_age_3", "", ""):
        if identity:
            choose(identity)
        press(selenium, "Continue")
    selenium.find_element(By.ID, "id_story").send_keys(STORY)
    press(selenium, "Continue")
    press(selenium, "Continue")
    choose("id_contact_1")
    for button in ("Continue", "Continue", "Send"):
        press(selenium, button)
    told = selenium.find_element(By.TAG_NAME, "main").text
    code, reference = re.search(r"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}", told), re.search(r"R-[A-Z0-9]{8}", told)
    assert code and reference
    assert selenium.get_cookies() == []
    press(selenium, "Advice and people who can help", "a")
    for step in ("back",) * 16 + ("forward",) * 18:
        selenium.execute_script(f"history.{step}()")
        time.sleep(0.3)  # where there is nothing further to go to, nothing tells that
        page = selenium.page_source
        assert not [words for words in (code[0], reference[0], STORY) if words in page], (step, selenium.current_url)
