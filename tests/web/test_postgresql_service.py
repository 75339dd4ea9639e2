"""The whole service on a real PostgreSQL: two databases, a role for each door, several doors and workers, a restart."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import at_once
from cluster import running
from reading_store import make_store
from service import service, until
from visitors import ANSWERS, Visitor, ask

from clearcount.store.decisions import DecisionStore

pytestmark = pytest.mark.slow
WORKER = Path(__file__).parent / "worker_for_tests.py"
ASK = "import django; django.setup()\nfrom clearcount_web.jobs.actions import enqueue\n"


def test_a_restart_in_the_middle_loses_nothing_and_needs_no_other_restart(tmp_path: Path) -> None:
    attempts = tmp_path / "attempts"
    attempts.touch()
    worker = (sys.executable, str(WORKER), str(attempts))
    with running() as cluster, service(cluster, tmp_path / "site", worker=worker) as up, ExitStack() as stack:
        staff_url = up.owner["CLEARCOUNT_STAFF_DB_URL"]
        visitor = stack.enter_context(closing(Visitor(up.public, "127.0.0.1")))
        assert visitor.ask("POST", "/r/")[0] == 302
        for path, given in ANSWERS[:3]:
            assert visitor.ask("POST", path, **given)[0] == 302
        asked = f"{ASK}enqueue('slow', {{'name': 'a', 'steps': 40}}, by='ana')"
        subprocess.run([sys.executable, "-c", asked], env=dict(up.environment["staff"]), check=True)
        until(lambda: "begin" in attempts.read_text())

        cluster.halt()
        status, page = ask(up.public, "POST", "/r/")
        assert status == 500 and "999" in page and "101" in page
        assert ask(up.public, "GET", "/advice/")[0] == 200  # advice needs no database
        assert all(ask(port, "GET", "/health/")[0] == 503 for port in (up.public, *up.staff))
        cluster.begin()

        for path, given in ANSWERS[3:-1]:
            assert visitor.ask("POST", path, **given)[0] == 302  # their answers are still there
        status, page = visitor.ask("POST", "/r/check")
        assert status == 200 and "made-up" not in page
        until(lambda: "end" in attempts.read_text())
        until(lambda: cluster.rows(staff_url, "SELECT count(*) FROM triage_report") == [(1,)])
        words = [(word, attempt) for word, _name, attempt, *_ in map(str.split, attempts.read_text().splitlines())]
        assert words == [("begin", "1"), ("begin", "2"), ("end", "2")]
        assert [process.poll() for process in (*up.processes, *up.workers)] == [None] * 5
        assert all(ask(port, "GET", "/accounts/sign-in/")[0] == 200 for port in up.staff)
        assert up.manage("audit", "verify").count("whole") == 2


STANDING = """
SELECT r.card_id, r.reader, r.code FROM review_reading r
WHERE r.undoes_id IS NULL AND NOT EXISTS (SELECT 1 FROM review_reading u WHERE u.undoes_id = r.id)
"""


def test_twenty_staff_decide_cards_while_counts_run(tmp_path: Path) -> None:
    store = make_store(tmp_path, hits=200, quiet=40)
    places = {"CLEARCOUNT_STORE_DIR": str(store), "CLEARCOUNT_READING_STORE_DIR": str(store)}
    with running() as cluster, service(cluster, tmp_path / "site", **places) as up:
        with at_once.room(up, 20) as made:
            told = at_once.read_all(up.staff, made, pause=0)
        assert told.faults == []
        assert set(told.statuses) == {200}, told.statuses
        staff_url = up.owner["CLEARCOUNT_STAFF_DB_URL"]
        standing = cluster.rows(staff_url, STANDING)
        assert sorted(standing) == sorted((card, reader, code) for card, (reader, code) in told.decided.items())
        assert len(standing) == made.cards == 200
        assert len({reader for _card, reader, _code in standing}) == 20
        assert made.faults and not any(made.faults), "counts ran meanwhile, and each ended well"
        until(lambda: cluster.rows(staff_url, "SELECT count(*) FROM review_reading WHERE kept_at IS NULL") == [(0,)])
        named = dict(cluster.rows(staff_url, "SELECT id, occurrence_no FROM review_card"))
        kept = sorted((each.occurrence_no, each.coder, each.code) for each in DecisionStore(store).decisions())
        assert kept == sorted((named[card], reader, code) for card, reader, code in standing)
        assert "deadlock detected" not in cluster.log() and "ERROR" not in cluster.log()
        assert up.manage("audit", "verify").count("whole") == 2
