"""A reader's server is killed in the middle of a sitting, again and again: nothing is lost, nothing is there twice."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test import override_settings
from django.utils import timezone

sys.path.insert(0, str(Path(__file__).parent))
from ports import free_port
from reading_store import given, make_store
from service import until

from clearcount.store.decisions import DecisionStore
from clearcount_web.accounts.models import User
from clearcount_web.project.serving import Address, demo_environment, environment_of
from clearcount_web.review import keeping, rounds
from clearcount_web.review.models import Reading

PROGRAM = Path(__file__).parent / "reader_for_tests.py"


@pytest.mark.parametrize("kills", [(2, 5), pytest.param((1, 1, 2, 3, 5, 8, 4, 6), marks=pytest.mark.slow)])
def test_a_killed_sitting_loses_nothing_and_doubles_nothing(
    committed_db: None, tmp_path: Path, kills: tuple[int, ...]
) -> None:
    store = make_store(tmp_path, hits=60, quiet=1)
    told: dict[int, str] = {}
    with override_settings(READING_STORE_DIR=store):
        made = rounds.open_round(given(sitting_minutes=0), by=User.objects.create_user("amir"), now=timezone.now())
        round_ = rounds.draw_round(made.pk, now=timezone.now())
        for after in (*kills, None):
            environment = {**os.environ, "CLEARCOUNT_READING_STORE_DIR": str(store)}
            command = [sys.executable, str(PROGRAM), str(round_.pk)]
            with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
                assert process.stdout is not None
                for number, line in enumerate(process.stdout, 1):
                    if line.strip() == "done":
                        break
                    card, code = line.split()
                    assert int(card) not in told or int(card) % 4 == 0, (
                        "a decided card is given again though nobody undid it"
                    )
                    told[int(card)] = code
                    if number == after:
                        process.kill()  # in the middle of what it does after it has told
                        break
                for line in process.stdout if after else ():  # what it had told before the signal came
                    if line.strip() not in ("", "done"):
                        told[int(line.split()[0])] = line.split()[1]
        keeping.keep_pending(round_, now=timezone.now())
        standing = Reading.objects.filter(undoes=None, undone_by=None)
        held = dict(standing.values_list("card_id", "code"))
        assert len(held) == standing.count() == 60 == round_.cards.filter(state="decided").count()
        assert all(held[card] == code for card, code in told.items())
        kept = [(d.occurrence_no, d.code) for d in DecisionStore(store).decisions()]
        assert Counter(kept).most_common(1)[0][1] == 1
        assert sorted(kept) == sorted(standing.values_list("card__occurrence_no", "code"))


@contextmanager
def door(environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A staff door that listens, until the block ends."""
    command = [sys.executable, "-m", "clearcount_web", "door", "staff", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, env=environment) as process:
        try:
            until(lambda: process.poll() is not None or listens(port))
            assert process.poll() is None, "the door did not start"
            yield process
        finally:
            process.kill()


def listens(port: int) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as asking:
        try:
            asking.request("GET", "/accounts/sign-in/")
            return asking.getresponse().status < 500
        except OSError:
            return False


class Browser:
    """A reader's browser without a script: pages, forms and the cookies of a session."""

    def __init__(self, port: int, round_: int, cookie: str) -> None:
        self.port, self.round, self.cookie = port, round_, cookie

    def ask(self, method: str, what: str, **sent: str) -> str:
        """The page that comes, or that the answer leads to."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as asking:
            headers = {"Cookie": self.cookie, "Origin": f"http://127.0.0.1:{self.port}"}
            if method == "POST":
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            asking.request(method, f"/reading/{self.round}/{what}", urlencode(sent), headers)
            answer = asking.getresponse()
            page = answer.read().decode()
        if answer.status in (302, 303):
            return self.ask("GET", "read")
        assert answer.status == 200, (answer.status, page[-2000:])
        found = answer.getheader("Set-Cookie") or ""
        if "csrf" in found:
            self.cookie += "; " + found.partition(";")[0]
        return page

    def send(self, page: str, what: str, **sent: str) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token is not None, page[:2000]
        return self.ask("POST", what, csrfmiddlewaretoken=token[1], **sent)


TOKEN = re.compile(r'name="token" value="((\d+)\.(\d+)\.(\d+))"')


@pytest.mark.slow
@pytest.mark.sqlite
def test_a_door_killed_in_a_sitting_loses_no_decision_that_it_answered(tmp_path: Path) -> None:
    """SIGKILL falls while an answer is on its way; the reader opens the page again and goes on with what it shows."""
    store = make_store(tmp_path, hits=60, quiet=1)
    port = free_port()
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("CLEARCOUNT_", "DJANGO_"))}
    addresses = {"public": Address("127.0.0.1", free_port()), "staff": Address("127.0.0.1", port)}
    places = {"CLEARCOUNT_STORE_DIR": str(store), "CLEARCOUNT_READING_STORE_DIR": str(store)}
    environment = environment_of("staff", {**clean, **demo_environment(tmp_path / "site", addresses), **places})
    for step in (("migrate", "--verbosity", "0"), ("collectstatic", "--noinput", "--verbosity", "0")):
        subprocess.run([sys.executable, "-m", "clearcount_web", "manage", *step], env=environment, check=True)
    fill = [sys.executable, str(PROGRAM.with_name("staff_for_tests.py")), "1"]
    made = json.loads(
        subprocess.run(fill, env=environment, input=b"x", stdout=subprocess.PIPE, check=True).stdout.splitlines()[0]
    )
    browser = Browser(port, made["round"], *made["cookies"].values())
    draw, answered, asked = random.Random(7), {}, {}
    kills = 0
    while len(answered) < made["cards"]:
        with door(environment, port) as process:
            page = browser.ask("GET", "read")
            if not TOKEN.search(page):
                page = browser.send(page, "take")
            left = draw.randrange(1, 8)
            while card := TOKEN.search(page):
                key, code = int(card[3]), ("relevant", "not_relevant", "unclear")[draw.randrange(3)]
                assert key not in answered, "a card that was decided is given again"
                asked.setdefault(key, set()).add(code)
                left -= 1
                if not left and kills < 6:
                    kills += 1
                    threading.Timer(draw.random() * 0.05, process.kill).start()
                    try:
                        browser.send(page, "decide", token=card[1], code=code)
                        answered[key] = code
                    except (OSError, http.client.HTTPException):
                        pass
                    process.wait(timeout=60)
                    break
                page = browser.send(page, "decide", token=card[1], code=code)
                answered[key] = code
            else:
                browser.send(page, "leave")
                break
    standing = rows(tmp_path / "site")
    assert kills == 6
    assert len(standing) == len(dict(standing)) == made["cards"], "each card is decided once"
    assert {key: dict(standing)[key] for key in answered} == answered, "what was answered stands"
    assert all(code in asked[key] for key, code in standing), "nothing stands that nobody said"
    kept = [each.code for each in DecisionStore(store).decisions()]
    assert Counter(kept) == Counter(code for _key, code in standing)


def rows(site: Path) -> list[tuple[int, str]]:
    """Card and code of each decision that stands."""
    (database,) = site.glob("staff*.sqlite3")
    with closing(sqlite3.connect(database)) as opened:
        return opened.execute(
            "SELECT card_id, code FROM review_reading r WHERE undoes_id IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM review_reading u WHERE u.undoes_id = r.id)"
        ).fetchall()
