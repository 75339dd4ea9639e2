"""One door in this process: the web server, its limits against connections that are held open, its last answers."""

from __future__ import annotations

import contextlib
import select
from typing import Any

import waitress
import waitress.channel
import waitress.server
import waitress.task
from django.conf import settings

from clearcount_web.ground.middleware import unread_request_headers
from clearcount_web.project.serving import Address, ServeError, ensure_ready

MOST_CONNECTIONS = 1000
"""Connections at a time. A proxy in front keeps slow ones away; without one so many must be held to close the door."""
SECONDS_FOR_A_REQUEST = 60
"""From the last answer, or from the connection, until a request has come whole; also how long an idle one lives."""


class ErrorTask(waitress.task.ErrorTask):  # type: ignore[misc]
    """Answers to requests that cannot be read carry the same headers as every other answer."""

    def execute(self) -> None:
        """Write the answer with our headers."""
        self.response_headers.extend(unread_request_headers().items())
        super().execute()


class Channel(waitress.channel.HTTPChannel):  # type: ignore[misc]
    """A connection whose time runs until a whole request has come: a byte now and then does not keep it open."""

    error_task_class = ErrorTask

    def handle_read(self) -> None:
        """Read what has come; only a whole request counts as activity."""
        before: float = self.last_activity  # type: ignore[has-type]
        super().handle_read()
        if not self.requests:
            self.last_activity = before


def headers_alone(application: Any) -> Any:
    """Return the application with answers to HEAD that have no body: the browser would read it as its next answer."""

    def answered(environ: Any, start_response: Any) -> Any:
        answer = application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return answer
        if close := getattr(answer, "close", None):
            close()
        return []

    return answered


def run_door(where: Address) -> None:
    """Run the door that DJANGO_SETTINGS_MODULE names, in this process, until it is told to stop.

    Raises:
        ServeError: when something is still to be done before a door can open.
    """
    from clearcount_web.project.wsgi import application

    ensure_ready()
    if not where.is_loopback and (settings.DEMO or not settings.HTTPS):
        raise ServeError(
            f"{where} is open to other machines, and CLEARCOUNT_HTTPS is no; set it to yes and put TLS in front"
        )
    options: dict[str, Any] = {}
    if settings.TRUSTED_PROXY:
        options = {
            "trusted_proxy": settings.TRUSTED_PROXY,
            "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto",
            "clear_untrusted_proxy_headers": True,
        }
    _allow_files(2 * MOST_CONNECTIONS)
    waitress.server.BaseWSGIServer.channel_class = Channel
    waitress.serve(
        headers_alone(application),
        listen=str(where),
        threads=8,
        ident=None,  # no name of the server in its answers
        connection_limit=MOST_CONNECTIONS,
        channel_timeout=SECONDS_FOR_A_REQUEST,
        cleanup_interval=5,
        asyncore_use_poll=hasattr(select, "poll"),  # select() ends at 1024 open files
        max_request_body_size=settings.DATA_UPLOAD_MAX_MEMORY_SIZE * 2,
        **options,
    )


def _allow_files(wanted: int) -> None:
    """Raise this process's limit of open files as far as it may."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        with contextlib.suppress(OSError, ValueError):  # a service manager may forbid it, and sets its own limit
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
