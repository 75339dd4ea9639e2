"""A member of staff at their browser in casework: pages looked at, acts counted."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from typing import Any

from browsing import faults, follow, press, sign_in


class Desk:
    """A member of staff at their browser: pages looked at, acts counted."""

    def __init__(self, page: Any, doors: Any, found: list[Any]) -> None:
        self.page, self.doors, self.found, self.acts = page, doors, found, 0
        self.looked: set[str] = set()

    def look(self, name: str) -> None:
        if name not in self.looked:
            self.looked.add(name)
            self.found += faults(self.page, f"cases-{name}")

    def open(self, path: str, name: str) -> None:
        self.page.goto(f"{self.doors.staff}{path}")
        self.look(name)

    def press(self, button: str) -> None:
        press(self.page, button)
        self.acts += 1
        assert not self.page.title().startswith("Error: "), self.page.locator("main").inner_text()[:600]

    def words(self) -> str:
        """What the page says."""
        return str(self.page.locator("main").inner_text())

    def follow(self, role: str, name: str) -> None:
        """Follows the first link or presses the first button that begins with these words; an act when it is one."""
        follow(self.page, self.page.get_by_role(role, name=re.compile(f"^{name}")).first)
        self.acts += role == "button"

    def accept_doubts(self, case: str, most: int) -> None:
        """Looks at the plan with the records, and accepts each doubt with a reason."""
        while True:
            self.page.goto(f"{self.doors.staff}{case}plan/?records")
            if not self.page.get_by_role("button", name=re.compile("^Accept ")).count():
                break
            self.page.locator("[name=reason]").first.fill("The officer looked at it and the answer says so.")
            self.follow("button", "Accept ")
            assert self.acts <= most, self.words()
        assert "Nothing is in doubt." in self.words(), self.words()

    def wait_for(self, words: str, *, path: str = "", seconds: int = 180) -> None:
        """Reloads until the page says so."""
        patience = time.monotonic() + seconds
        while words not in self.words():
            assert time.monotonic() < patience, self.words()
            time.sleep(1)
            self.page.goto(f"{self.doors.staff}{path}") if path else self.page.reload()

    def act(self, case: str, name: str, button: str, **fields: str) -> None:
        self.open(f"{case}do/{name}/", f"act-{name}")
        for field, value in fields.items():
            box = self.page.locator(f"[name={field}]")
            if box.evaluate("each => each.tagName") == "SELECT":
                box.select_option(value)
            else:
                box.fill(value)
        self.press(button)


@contextmanager
def desk(browser: Any, doors: Any, username: str, found: list[Any]) -> Any:
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, doors, username)
    yield Desk(page, doors, found)
    context.close()
