"""Staff who decide reading cards all at once, over HTTP as their browsers do, and what they were told."""

from __future__ import annotations

import http.client
import json
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from service import PATIENCE, Service

CODES = ("relevant", "not_relevant", "unclear")


@dataclass
class Told:
    """What the doors said: decisions that were taken (card -> reader and code), statuses, seconds of each answer by
    what was asked.
    """

    decided: dict[int, tuple[str, str]] = field(default_factory=dict)
    statuses: dict[int, int] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Room:
    """A round and its readers: the number of its cards, and a cookie for each reader."""

    round: int
    cards: int
    cookies: dict[str, str]
    faults: list[str]
    """What the counts that ran meanwhile had to say, once the block has ended: one entry for each count."""


@contextmanager
def room(running: Service, readers: int) -> Iterator[Room]:
    """A round for so many readers; counts run for as long as the block does."""
    program = str(Path(__file__).with_name("staff_for_tests.py"))
    command = [sys.executable, program, str(readers)]
    environment = dict(running.environment["staff"])
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as filled:
        assert filled.stdout is not None and filled.stdin is not None
        line = filled.stdout.readline()
        assert line, "the readers could not be made"
        made = json.loads(line)
        counts: list[str] = []
        try:
            yield Room(made["round"], made["cards"], made["cookies"], counts)
        finally:
            filled.stdin.close()
            counts += json.loads(filled.stdout.readline() or "[]")


def read_all(ports: Sequence[int], made: Room, *, pause: float) -> Told:
    """All readers at once, each until no card is left; `pause` is the longest time for which one reads a card.

    Nobody decides before everybody has a card.
    """
    told = Told()
    lock = threading.Lock()
    ready = threading.Barrier(len(made.cookies), timeout=PATIENCE)

    def sit(number: int, reader: str, cookie: str) -> None:
        browser = Reader(ports[number % len(ports)], made.round, reader, cookie, told, lock)
        try:
            _sit(browser, ready, pause, number)
        except Exception as error:
            with lock:
                told.faults.append(f"{reader}: {error!r}")
        finally:
            browser.connection.close()

    threads = [
        threading.Thread(target=sit, args=(number, reader, cookie))
        for number, (reader, cookie) in enumerate(made.cookies.items())
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


@dataclass
class Reader:
    """One reader's browser."""

    port: int
    round: int
    name: str
    cookie: str
    told: Told
    lock: threading.Lock
    csrf: str = ""

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def ask(self, method: str, what: str, **sent: str) -> str:
        """One request for the round, as the script of the page sends it; gives the answer."""
        headers = {"Cookie": self.cookie, "X-Reading": "script"}
        if sent or method == "POST":
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{self.port}"}
            sent["csrfmiddlewaretoken"] = self.csrf
        begun = time.monotonic()
        self.connection.request(method, f"/reading/{self.round}/{what}", urlencode(sent), headers)
        answer = self.connection.getresponse()
        body = answer.read().decode()
        took = time.monotonic() - begun
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and "csrf" in value:
                self.cookie += "; " + value.partition(";")[0]
        with self.lock:
            self.told.statuses[answer.status] = self.told.statuses.get(answer.status, 0) + 1
            if method == "POST":
                self.told.seconds.setdefault(what, []).append(took)
        return body


def _sit(reader: Reader, ready: threading.Barrier, pause: float, number: int) -> None:
    draw = random.Random(number)
    page = reader.ask("GET", "read")
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found is not None, page[:500]
    reader.csrf = found[1]
    card = json.loads(reader.ask("POST", "ahead")).get("card")
    ready.wait()
    while card:
        token = re.search(r'name="token" value="(\d+)\.(\d+)\.(\d+)"', card)
        assert token is not None
        key, code = int(token[2]), CODES[draw.randrange(3)]
        upcoming = json.loads(reader.ask("POST", "ahead", seen=str(key))).get("card")
        time.sleep(pause * draw.random())
        said = json.loads(reader.ask("POST", "decide", token=token[0].split('"')[3], code=code))
        if "done" in said:
            with reader.lock:
                assert key not in reader.told.decided, "two readers were told that they decided one card"
                reader.told.decided[key] = reader.name, code
        card = upcoming
