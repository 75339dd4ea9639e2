"""Limits that an attacker cannot turn against a victim, slow connections that hold nothing, HEAD like GET."""

from __future__ import annotations

import http.client
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import caches
from django.test import Client, RequestFactory, override_settings

from clearcount_web.ground.limits import is_foreign
from clearcount_web.reporting.models import Draft
from clearcount_web.triage.demo_keys import settings_with_keys

OWN = {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_SEC_FETCH_DEST": "document"}
FOREIGN = (
    {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_SEC_FETCH_DEST": "document"},
    {"HTTP_SEC_FETCH_SITE": "same-site"},
    {"HTTP_ORIGIN": "https://elsewhere.example"},
    {"HTTP_ORIGIN": "null"},
    {"HTTP_REFERER": "https://elsewhere.example/page"},
    {},
)


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    caches["limits"].clear()
    yield
    caches["limits"].clear()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from pathlib import Path

    from clearcount_web.reporting.sealing import read_public_keys

    made = settings_with_keys(tmp_path_factory.mktemp("limits") / "keys")
    return read_public_keys(Path(made["CLEARCOUNT_REPORT_KEYS_FILE"]))


@pytest.fixture
def visitor(public: Client, keys: Any) -> Iterator[Client]:
    with override_settings(REPORT_KEYS=keys, READS_PER_MINUTE=50, WRITES_PER_MINUTE=30):
        yield public


@pytest.mark.parametrize("foreign", FOREIGN, ids=str)
def test_posts_from_elsewhere_use_up_nothing_of_a_victims_allowance(visitor: Client, foreign: dict[str, str]) -> None:
    """The attack: a page makes the victim's browser send the form 40 times; then the victim reports."""
    for path in ("/r/", "/r/check", "/feedback/", "/privacy/complaint/", "/make-a-request/"):
        for _post in range(40):
            assert visitor.post(path, {"text": "x"}, **foreign).status_code == 403
    begun = visitor.post("/r/", **OWN)
    assert (begun.status_code, begun.headers["Location"]) == (302, "/r/1")
    assert Draft.objects.count() == 1


def test_a_flood_from_elsewhere_has_an_end_of_its_own(visitor: Client) -> None:
    statuses = {visitor.post("/feedback/", **FOREIGN[0]).status_code for _post in range(320)}
    assert statuses == {403, 429}
    assert visitor.post("/r/", **OWN).status_code == 302


@pytest.mark.parametrize(
    ("method", "headers", "foreign"),
    [
        ("get", {}, False),
        ("get", {"HTTP_SEC_FETCH_SITE": "none"}, False),
        ("get", {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_SEC_FETCH_DEST": "document"}, False),  # a link was followed
        ("get", {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_SEC_FETCH_DEST": "image"}, True),
        ("get", {"HTTP_SEC_FETCH_SITE": "same-site", "HTTP_SEC_FETCH_DEST": "iframe"}, True),
        ("head", {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_SEC_FETCH_DEST": "empty"}, True),
        ("post", OWN, False),
        ("post", {"HTTP_ORIGIN": "http://testserver"}, False),
        *(("post", headers, True) for headers in FOREIGN),
    ],
)
def test_what_another_site_caused(method: str, headers: dict[str, str], foreign: bool) -> None:
    assert is_foreign(getattr(RequestFactory(), method)("/", **headers)) is foreign


def test_pictures_that_another_site_asks_for_do_not_close_the_pages(visitor: Client) -> None:
    for _picture in range(60):
        visitor.get("/", HTTP_SEC_FETCH_SITE="cross-site", HTTP_SEC_FETCH_DEST="image")
    assert visitor.get("/r/", **OWN).status_code == 200


def test_a_draft_counts_for_itself_before_its_address(visitor: Client) -> None:
    """Somebody in the same refuge floods; who has begun a report can send it."""
    visitor.post("/r/", **OWN)
    flooder = Client()
    statuses = [flooder.post("/r/", **OWN).status_code for _post in range(40)]
    assert statuses[-1] == 429
    for step, answers in ((1, {"danger": "no"}), (3, {"who": "me"}), (4, {"age": "18+"}), (9, {"contact": "no"})):
        assert visitor.post(f"/r/{step}", answers, **OWN).status_code == 302
    assert "We have it." in visitor.post("/r/check", **OWN).content.decode()


def test_a_made_up_draft_counts_for_its_address(visitor: Client) -> None:
    from clearcount_web.site import cookies

    statuses = []
    for number in range(40):
        liar = Client()
        liar.cookies[cookies.REPORT] = f"{number:064x}"
        statuses.append(liar.post("/r/check", **OWN).status_code)
    assert statuses.count(429) == 40 - 20


def test_the_page_of_a_limit_keeps_what_was_typed(visitor: Client) -> None:
    typed = 'It began in March.\n<script>alert(1)</script> "quoted" & more'
    for _post in range(10):
        assert visitor.post("/feedback/", {"text": typed}, **OWN).status_code == 302
    refused = visitor.post("/feedback/?from=here", {"text": typed, "more": ["a", "b"]}, **OWN)
    page = refused.content.decode()
    assert refused.status_code == 429 and "999" in page and "<script>alert" not in page
    assert 'action="/feedback/?from=here"' in page and "no-store" in refused.headers["Cache-Control"]
    import html

    found = re.findall(r'<textarea hidden name="(\w+)">\n(.*?)</textarea>', page, re.DOTALL)
    assert [(name, html.unescape(value)) for name, value in found] == [("text", typed), ("more", "a"), ("more", "b")]
    caches["limits"].clear()  # a minute later
    again: dict[str, list[str]] = {}
    for name, value in found:
        again.setdefault(name, []).append(html.unescape(value))
    assert visitor.post("/feedback/?from=here", again, **OWN).status_code == 302
    from clearcount_web.site.models import Feedback

    assert Feedback.objects.latest("pk").text.split() == typed.split()


def test_what_another_site_typed_is_not_kept(visitor: Client) -> None:
    for _post in range(310):
        refused = visitor.post("/feedback/", {"text": "words of somebody else"}, **FOREIGN[0])
    assert refused.status_code == 429 and b"words of somebody else" not in refused.content


PUBLIC_PAGES = (
    "/", "/r/", "/r/1", "/r/check", "/r/danger", "/r/under-18", "/r/code", "/nothing", "/advice/", "/disclosure-log/",
    "/disclosure-log/feed.atom", "/disclosure-log/feed.json", "/make-a-request/", "/cookies/", "/feedback/",
    "/feedback/thanks/",
    "/privacy/", "/privacy/complaint/", "/accessibility/", "/contact/", "/sitemap.xml", "/robots.txt", "/leaving/",
    "/stay-safe-online/", "/leave", "/brand.css", "/leaving/escape", "/.well-known/security.txt",
)  # fmt: skip


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_head_answers_like_get_on_the_public_door(public: Client, path: str) -> None:
    alike(public, path)


def test_head_answers_like_get_on_the_staff_door(staff: Client, sign_in: Callable[..., Any]) -> None:
    from clearcount_web.accounts.roles import Role
    from clearcount_web.accounts.routes import staff_routes

    def everywhere() -> None:
        for route in staff_routes():
            if "sign-out" not in route.pattern:
                alike(staff, "/" + re.sub(r"<(\w+):\w+>", lambda part: "1" if part[1] == "int" else "x", route.pattern))

    everywhere()
    sign_in("ana", *(role.value for role in Role))
    everywhere()


def alike(client: Client, path: str) -> None:
    get, head = client.get(path), client.head(path)
    assert head.status_code == get.status_code, path
    changing = {"Content-Length", "Set-Cookie", "Date"}
    for name in {*get.headers, *head.headers} - changing:
        assert head.headers.get(name) == get.headers.get(name), (path, name)
    assert head.content == b""


@pytest.mark.parametrize("path", ["/", "/r/", "/r/7", "/advice/", "/nothing", "/static/ground/icon.svg"])
def test_nothing_follows_the_headers_that_answer_head(doors: Any, path: str) -> None:
    """What follows would be read as the answer to the next request on the same connection."""
    import socket

    host = doors.public.removeprefix("http://")
    with socket.create_connection(("127.0.0.1", int(host.partition(":")[2])), timeout=30) as connection:
        connection.sendall(f"HEAD {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        received = b""
        while more := connection.recv(65536):
            received += more
    head, end, body = received.partition(b"\r\n\r\n")
    assert end and body == b"" and b"Content-Length: " in head


def test_a_real_door_answers_head_with_the_headers_of_get(doors: Any) -> None:
    for path in ("/", "/r/", "/disclosure-log/", "/static/ground/clearcount.css"):
        found = []
        for method in ("GET", "HEAD"):
            connection = http.client.HTTPConnection(urlsplit(doors.public).netloc, timeout=60)
            connection.request(method, path)
            answer = connection.getresponse()
            body = answer.read()
            found.append((answer.status, answer.headers["Content-Type"], answer.headers["Content-Length"]))
            assert bool(body) is (method == "GET")
            connection.close()
        assert found[0] == found[1]


@pytest.mark.parametrize(
    "sent", [b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ", b"POST /r/ HTTP/1.1\r\nContent-Length: 9\r\n\r\nx", b""]
)
def test_110_slow_connections_do_not_hold_the_door(doors: Any, sent: bytes) -> None:
    host, port = urlsplit(doors.public).netloc.split(":")
    with ExitStack() as held:
        for _connection in range(110):
            slow = held.enter_context(socket.create_connection((host, int(port)), timeout=60))
            if sent:
                slow.sendall(sent)
        connection = http.client.HTTPConnection(host, int(port), timeout=20)  # the slow ones live for a minute
        connection.request("GET", "/r/")
        answer = connection.getresponse()
        assert answer.status == 200
        answer.read()
        connection.close()


def test_a_byte_now_and_then_does_not_keep_a_connection_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of a connection is moved by hand: bytes that make no whole request do not wind it up."""
    from clearcount_web.project.door import Channel

    now = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(time, "time", lambda: now.seconds)
    ours, theirs = socket.socketpair()
    from waitress.adjustments import Adjustments

    server = SimpleNamespace(add_task=lambda _task: None, active_channels={}, application=None)
    channel = Channel(server, ours, ("127.0.0.1", 1), Adjustments(), map={})
    try:
        for byte in b"GET / HTTP/1.1":
            now.seconds += 10
            theirs.sendall(bytes([byte]))
            channel.handle_read()
        assert channel.last_activity == 1000.0
        theirs.sendall(b"\r\nHost: x\r\n\r\n")
        channel.handle_read()
        assert channel.last_activity == now.seconds and len(channel.requests) == 1
    finally:
        ours.close()
        theirs.close()
