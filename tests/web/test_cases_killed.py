"""A case under kills: two people do each act at once, and the door or the worker is ended with SIGKILL meanwhile.

Each act is sent by two people in one moment; the door dies at a random moment of it and is started again. The same act
is then done, and the page it was sent from is sent once more, and the door dies again. The worker dies in the middle
of counts and publications. In the end nothing is lost, and nothing was sent or published twice: the database says so,
and so do the folders of the counts and the ledger of the record store.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import cluster
import pytest
from ports import free_ports

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent
KILLS, PATIENCE = 30, 240
JOBS = "('count-case', 'publish-answer')"


class Form(HTMLParser):
    """The fields of the page's form that is sent by `button`, as a browser would send them untouched."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._select, self._area = "", ""
        self.feed(page[page.index("<main") :])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = {name: value or "" for name, value in attrs}
        name = had.get("name", "")
        if tag == "input" and name and had.get("type") not in ("checkbox", "radio"):
            self.fields[name] = had.get("value", "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in had or self._select not in self.fields):
            self.fields[self._select] = had.get("value", "")
        elif tag == "textarea" and name:
            self._area, self.fields[name] = name, ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data.removeprefix("\n")


@dataclass
class Desk:
    """The service of one case: a door and a worker that are killed and started, and what was counted of it."""

    environment: dict[str, str]
    staff_file: Path
    port: int
    draw: random.Random
    case: int = 0
    cookies: dict[str, str] = field(default_factory=dict)
    door: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None
    kills: dict[str, int] = field(default_factory=lambda: {"door": 0, "worker": 0})
    took: float = 0.3
    """Seconds that the last act took, so that a kill comes in the middle of one."""

    def ask_program(self, what: str) -> dict[str, Any]:
        program = [sys.executable, str(HERE / "case_for_kills.py"), what]
        done = subprocess.run(program, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    def look(self) -> dict[str, Any]:
        found = self.ask_program("look")
        assert found["faults"] == []
        return found

    def start_door(self) -> None:
        command = [sys.executable, "-m", "clearcount_web", "door", "staff", f"127.0.0.1:{self.port}"]
        self.door = subprocess.Popen(command, env=self.environment)
        until(self._answers)

    def _answers(self) -> bool:
        assert self.door is not None and self.door.poll() is None, "the door ended"
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
            return True
        return False

    def start_worker(self) -> None:
        command = [sys.executable, "-m", "clearcount_web", "manage", "worker"]
        self.worker = subprocess.Popen(command, env=self.environment)

    def kill(self, which: str) -> None:
        process = self.door if which == "door" else self.worker
        assert process is not None
        process.kill()
        process.wait()
        self.kills[which] += 1

    def ask(self, who: str, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """One request of a person's browser: status and page; (0, "") when the door died on it."""
        headers = {"Cookie": self.cookies[who], "Sec-Fetch-Site": "same-origin"}
        if fields is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{self.port}"}
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)) as connection:
                connection.request(method, path, urlencode(fields) if fields is not None else None, headers)
                answer = connection.getresponse()
                page = answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and "csrf" in value:
                kept = [each for each in self.cookies[who].split("; ") if "csrf" not in each]
                self.cookies[who] = "; ".join([*kept, value.partition(";")[0]])
        return answer.status, page

    def page(self, who: str, path: str, **more: str) -> dict[str, str]:
        """The form of a page as somebody has it before them."""
        status, page = self.ask(who, "GET", path)
        assert status == 200, (path, status, page[-2000:])
        return {**Form(page).fields, **more}

    def at_once(self, forms: dict[str, dict[str, str]], path: str, *, kill: bool) -> list[int]:
        """Both send their form in one moment; the door may die meanwhile. Gives the statuses that came back."""
        told: list[int] = []

        def send(who: str, fields: dict[str, str]) -> None:
            told.append(self.ask(who, "POST", path, fields)[0])

        threads = [Thread(target=send, args=each) for each in forms.items()]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        if kill:
            time.sleep(self.draw.random() * self.took * 1.2)
            self.kill("door")
        for thread in threads:
            thread.join()
        if kill:
            self.start_door()
        else:
            self.took = time.monotonic() - began
        return told

    def number(self, sql: str) -> int:
        """The one number that the staff database answers."""
        if url := self.environment.get("CLEARCOUNT_STAFF_DB_URL"):
            import psycopg  # where tests run on SQLite alone it need not be there

            with psycopg.connect(url) as there:
                [[found]] = there.execute(sql).fetchall()
        else:
            with closing(sqlite3.connect(self.staff_file, timeout=60)) as here:
                [[found]] = here.execute(sql).fetchall()
        return int(found)

    def told(self, verb: str) -> int:
        """How often the events say it."""
        return self.number(f"SELECT count(*) FROM audit_event WHERE kind = 'case' AND verb = '{verb}'")

    def _attempts(self) -> int:
        """How often the last count or publication was begun."""
        last = f"SELECT attempts FROM jobs_job WHERE kind IN {JOBS} ORDER BY id DESC LIMIT 1"
        return self.number(f"SELECT coalesce(max(attempts), 0) FROM ({last}) AS begun")

    def _waits(self) -> bool:
        """Whether a count or a publication is waiting or under way."""
        return bool(
            self.number(f"SELECT count(*) FROM jobs_job WHERE kind IN {JOBS} AND state IN ('queued', 'running')")
        )

    def act(self, people: tuple[str, str], path: str, verb: str, *, form: str = "", **more: str) -> None:
        """One act by two at once, killed, done for sure, and sent once more from the old page and killed again."""
        path = f"/cases/{self.case}/{path}"
        before = self.told(verb)
        forms = {who: self.page(who, form or path, **more) for who in people}
        told = self.at_once(forms, path, kill=True)
        done = self.told(verb) - before
        assert done in (0, 1) and told.count(302) <= done, (verb, done, told)
        if not done:
            told = self.at_once({who: self.page(who, form or path, **more) for who in people}, path, kill=False)
            assert told.count(302) == 1, (verb, told)
        self.at_once(forms, path, kill=True)
        assert self.told(verb) == before + 1, verb

    def worked(self, done: Callable[[], bool], again: Callable[[], None]) -> None:
        """The worker dies twice in the middle of a job, which is asked for again where its attempts are used up."""
        for attempt in (1, 2):
            self.start_worker()
            until(lambda attempt=attempt: self._attempts() >= attempt or done())
            time.sleep(self.draw.random() * 1.5)
            self.kill("worker")
        self.start_worker()
        end = time.monotonic() + PATIENCE
        while not done():
            assert time.monotonic() < end, self.look()
            if not self._waits() and not done():
                again()
            time.sleep(1)
        assert self.worker is not None
        self.worker.kill()
        self.worker.wait()
        self.look()


def until(happened: Callable[..., bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


@contextmanager
def desk(folder: Path, databases: dict[str, str], state: str) -> Iterator[Desk]:
    """The service with its case."""
    from clearcount_web.project.serving import Address, demo_environment, environment_of

    [port] = free_ports(1)
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("CLEARCOUNT_", "DJANGO_"))}
    addresses: Any = {"public": Address("127.0.0.1", 1), "staff": Address("127.0.0.1", port)}
    values = {
        **clean,
        **demo_environment(folder, addresses),
        "CLEARCOUNT_LOG_LEVEL": "CRITICAL",
        "CLEARCOUNT_WRITES_PER_MINUTE": "1000000",
        "CLEARCOUNT_STORE_DIR": str(folder / "store"),
        "CLEARCOUNT_READING_STORE_DIR": str(folder / "store"),
        "CLEARCOUNT_POLICY_FILE": str(folder / "policy.toml"),
        **databases,
    }
    environment = environment_of("staff", values)
    manage = [sys.executable, "-m", "clearcount_web", "manage"]
    for step in (("migrate", "--verbosity", "0"), ("collectstatic", "--noinput", "--verbosity", "0")):
        subprocess.run([*manage, *step], env=environment, check=True, capture_output=True)
    found = Desk(environment, folder / "staff.sqlite3", port, random.Random(state))
    made = found.ask_program(state)
    found.case, found.cookies = made["case"], made["cookies"]
    try:
        found.start_door()
        yield found
    finally:
        for process in (found.door, found.worker):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()


OFFICERS, DECIDERS, PUBLISHERS = ("olive", "oscar"), ("dilys", "dora"), ("percy", "paula")


def count(at: Desk) -> None:
    """Asks for a count, lets the worker die in it, and rests the answer on what came of it."""
    counts = "SELECT count(*) FROM cases_run WHERE digest <> ''"
    before = at.number(counts)
    at.act(OFFICERS, "counts/", "case.count_asked")

    def again() -> None:
        """A count whose worker died twice is over; somebody asks for another."""
        path = f"/cases/{at.case}/counts/"
        at.ask("olive", "POST", path, at.page("olive", path))

    at.worked(lambda: at.number(counts) > before, again)
    assert at.number(counts) == before + 1
    newest = at.number("SELECT max(number) FROM cases_run WHERE digest <> ''")
    at.act(OFFICERS, "counts/choose", "case.run_chosen", form=f"/cases/{at.case}/counts/", number=str(newest))


def issue(at: Desk, kind: str) -> None:
    """From the letter to what the public reads, each act by two at once and under kills."""
    versions = at.told("case.published")
    at.act(OFFICERS, "do/write_letter/", "case.letter_written", kind=kind)
    at.act(OFFICERS, "do/submit/", "case.submitted")
    at.act(DECIDERS, "do/approve/", "case.approved")
    at.act(OFFICERS, "do/sent/", "case.answered", how="by post, filed")
    note = {"note": "New records came in."} if versions else {"note": ""}
    at.act(PUBLISHERS, "do/publish/", "case.publishing_asked", **note)

    def again() -> None:
        """A publication whose worker died twice is asked for again."""
        path = f"/cases/{at.case}/do/publish/"
        status, page = at.ask("percy", "GET", path)
        if status == 200:
            at.ask("percy", "POST", path, {**Form(page).fields, **note})

    at.worked(lambda: at.told("case.published") > versions, again)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@pytest.mark.parametrize("stage", ["answer", "correction"])
def test_nothing_is_lost_or_done_twice(tmp_path: Path, stage: str, engine: str) -> None:
    """The first answer of a case, or the correction of one that is published; `KILLS` in both together."""
    with ExitStack() as stack:
        databases = stack.enter_context(cluster.running()).pair() if engine == "postgresql" else {}
        first = stage == "answer"
        at = stack.enter_context(desk(tmp_path, databases, "ready" if first else "published"))
        if first:
            at.act(OFFICERS, "do/answer_part/", "case.part_answered", outcome="granted", held="yes", tables="1")
        else:
            at.act(OFFICERS, "do/correct/", "case.correction_begun", reason="Records were added since.")
        count(at)
        issue(at, stage)
        ended_well(at, 1 if first else 2)


def ended_well(at: Desk, answers: int) -> None:
    """So many answers were put forward, approved, sent and published, each once, and none is lost."""
    found = at.look()
    print(f"{at.kills['door']} kills of the door, {at.kills['worker']} of the worker; {found['verbs']}")
    assert sum(at.kills.values()) >= KILLS / 2
    once = ("case.submitted", "case.approved", "case.answered", "case.published")
    assert {verb: found["verbs"][verb] for verb in once} == dict.fromkeys(once, answers)
    assert [number for number, _digest in found["versions"]] == list(range(1, answers + 1))
    assert found["public"] == answers
    assert found["ledger"] == answers, "what left the store is in its ledger once for each version"
    digests = [digest for _number, digest in found["versions"]]
    assert [(round_, digest, out) for round_, _void, digest, out in found["answers"]] == [
        (number, digest, True) for number, digest in enumerate(digests, 1)
    ]
    letters = [("answer", 1), ("correction", 2)][:answers]
    assert [(kind, round_) for kind, round_, _day in found["letters"]] == letters
    assert found["state"] == "issued" and all(day != "None" for _kind, _round, day in found["letters"])
