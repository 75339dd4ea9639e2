"""The staff door on a port of loopback, in the test's own process: for a browser, with the test's own databases.

It answers each request in a thread, after `delay` seconds for a form, so that a slow server can be had.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings
from django.contrib.sessions.models import Session
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.test import Client


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@dataclass
class Live:
    """A running door: its address, and how long a form waits before it is answered."""

    address: str
    delay: float = 0.0
    forms: int = 0


@contextmanager
def live() -> Iterator[Live]:
    """The door, until the block ends."""
    handler = StaticFilesHandler(WSGIHandler())
    found = Live("")

    def answer(environ: dict[str, Any], start: Any) -> list[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            found.forms += 1
            time.sleep(found.delay)
        try:
            response = handler(environ, start)
            body = b"".join(response)
            response.close()
            return [body]
        finally:
            connections.close_all()

    server = make_server("127.0.0.1", 0, answer, server_class=_Server, handler_class=_Quiet)
    found.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def signed_in(browser: Any, client: Client, address: str, **options: Any) -> Any:
    """A page of its own in which the client's session is signed in."""
    context = browser.new_context(**options)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])
    assert Session.objects.exists()
    return context.new_page()
