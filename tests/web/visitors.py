"""Visitors of the public door over HTTP, each with a connection and a cookie."""

from __future__ import annotations

import http.client
import re
from urllib.parse import urlencode

HEADERS = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
ANSWERS: tuple[tuple[str, dict[str, str]], ...] = (
    ("/r/3", {"who": "me"}),
    ("/r/4", {"age": "18+"}),
    ("/r/7", {"story": "A made-up story."}),
    ("/r/9", {"contact": "no"}),
    ("/r/check", {}),
)


class Visitor:
    """Somebody at an address of this machine's own network, with one connection and a cookie."""

    def __init__(self, port: int, address: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(address, 0))
        self.cookie = ""

    def ask(self, method: str, path: str, **given: str) -> tuple[int, str]:
        """The status and the page."""
        headers = {**HEADERS, "Cookie": self.cookie} if self.cookie else HEADERS
        self.connection.request(method, path, body=urlencode(given) if method == "POST" else None, headers=headers)
        answer = self.connection.getresponse()
        page = answer.read().decode()
        if given_cookie := answer.getheader("Set-Cookie"):
            self.cookie = given_cookie.split(";")[0]
        return answer.status, page

    def close(self) -> None:
        """Ends the connection."""
        self.connection.close()

    def report(self) -> tuple[int, str]:
        """A whole report: 200 and its reference, or the status and the page that turned it away."""
        status, page = self.ask("POST", "/r/")
        for path, given in ANSWERS:
            if status not in (200, 302):
                return status, page
            status, page = self.ask("POST", path, **given)
        found = re.search(r"R-[A-Z0-9]{8}", page)
        return status, found[0] if found else page


def ask(port: int, method: str, path: str) -> tuple[int, str]:
    """The status and the page, for somebody who asks once."""
    visitor = Visitor(port, "127.0.0.1")
    try:
        return visitor.ask(method, path)
    finally:
        visitor.close()
