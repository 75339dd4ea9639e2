"""Who can write the database, and even holds the key, cannot cut the audit: its heads stand outside."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
from django.test import override_settings
from other_user import NOBODY, as_root, identity, python, reachable_folder

from clearcount_web.audit import actions
from clearcount_web.audit.actions import anchor_head, record
from clearcount_web.audit.anchors import Anchor, AnchorFault, Memory, anchor_of, compared, note, parsed, places, read
from clearcount_web.audit.chain import START, mac_of, seal_of
from clearcount_web.audit.keeper import Keeper
from clearcount_web.audit.models import Event, Head

KEY = "a key for the tests that is long enough"


@pytest.fixture
def anchored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    file = tmp_path / "heads"
    file.touch()
    monkeypatch.setattr(actions, "_noted", Memory())
    with override_settings(AUDIT_ANCHORS=places(f"file:{file}")):
        yield file


def happen(count: int, alias: str = "default") -> None:
    for _event in range(count):
        with transaction.atomic(using=alias):
            record("case.opened", by="ana", kind="case", key="1", using=alias)


def drop_triggers() -> None:
    with connections["default"].cursor() as cursor:
        if connections["default"].vendor == "postgresql":
            cursor.execute("DROP TRIGGER audit_event_append_only ON audit_event")
        else:
            cursor.execute("DROP TRIGGER audit_event_no_update")
            cursor.execute("DROP TRIGGER audit_event_no_delete")


def verified() -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("audit", "verify", stdout=out)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    return 0, out.getvalue()


def cut(at: int) -> None:
    """The attack: drop the triggers, delete the last events, put the head back, sealed with the stolen key."""
    drop_triggers()
    Event.objects.filter(number__gt=at).delete()
    mac = Event.objects.get(number=at).mac if at else START
    Head.objects.update(number=at, mac=mac, seal=seal_of(at, mac, settings.AUDIT_KEYS["default"]))


@pytest.mark.parametrize("at", [9, 5, 1, 0])
def test_events_cut_off_the_end_are_found_though_the_key_was_stolen(
    committed_db: None, anchored: Path, at: int
) -> None:
    happen(10)
    assert verified() == (0, verified()[1]) and "10 heads noted outside agree" in verified()[1]
    cut(at)
    code, said = verified()
    assert code == 1 and f"staff: event {at}: the chain ends here, but ended at event 10" in said


def test_a_chain_written_anew_is_found(committed_db: None, anchored: Path) -> None:
    happen(10)
    cut(6)
    happen(6)
    code, said = verified()
    assert code == 1 and "staff: event 7: is not the event that stood here" in said


def test_a_head_and_events_that_are_gone_altogether_are_found(committed_db: None, anchored: Path) -> None:
    happen(3)
    drop_triggers()
    Event.objects.all().delete()
    Head.objects.all().delete()
    assert verified()[0] == 1


@pytest.mark.parametrize("level", ["CRITICAL", "ERROR", "INFO"])
def test_heads_are_noted_whatever_the_log_level(committed_db: None, anchored: Path, level: str) -> None:
    import logging

    logger = logging.getLogger()
    before = logger.level
    logger.setLevel(level)
    try:
        happen(1)
    finally:
        logger.setLevel(before)
    assert len(anchored.read_text().splitlines()) == 1


def test_each_act_is_noted_once_and_a_quiet_minute_adds_nothing(committed_db: None, anchored: Path) -> None:
    with transaction.atomic():
        for _event in range(3):
            record("case.opened", by="ana", kind="case", key="1")
    assert [parsed(line).number for line in anchored.read_text().splitlines()] == [3]  # type: ignore[union-attr]
    for _minute in range(3):
        assert anchor_head("default", always=True) == []
    assert len(anchored.read_text().splitlines()) == 1
    with pytest.raises(RuntimeError), transaction.atomic():
        record("case.opened", by="ana", kind="case", key="1")
        raise RuntimeError
    assert len(anchored.read_text().splitlines()) == 1  # what did not happen is not noted


def test_a_place_that_is_down_stops_no_act_and_is_told(committed_db: None, tmp_path: Path, caplog: Any) -> None:
    from clearcount_web.desk.tasks import anchor_heads
    from clearcount_web.jobs.worker import Running

    for address in (f"file:{tmp_path}/nowhere", f"socket:{tmp_path}/nowhere", f"syslog:{tmp_path}/nowhere"):
        with override_settings(AUDIT_ANCHORS=places(address)):
            happen(1)
            assert "could not be noted" in caplog.text
            with pytest.raises(RuntimeError, match="could not be noted"):
                anchor_heads(Running(1, "anchor-audit", {}, 1))
            if not address.startswith("syslog"):
                code, said = verified()
                assert code == 1 and "cannot be read" in said
    assert Event.objects.count() == 3


def made(count: int) -> tuple[dict[int, str], list[Anchor]]:
    macs, anchors, before = {}, [], START
    for number in range(1, count + 1):
        event = dict.fromkeys(("at", "actor", "verb", "kind", "key", "changes", "reason"), "x") | {"number": number}
        before = macs[number] = mac_of(event, before, KEY)
        anchors.append(anchor_of("staff", {"number": number, "mac": before}, KEY))
    return macs, anchors


def lines(*anchors: Anchor) -> list[str]:
    return [anchor.as_line() for anchor in anchors]


def test_lines_that_prove_nothing_are_remarked_and_counted() -> None:
    macs, anchors = made(3)
    forged = anchor_of("staff", {"number": 99, "mac": "f" * 64}, "another key, of somebody else")
    other = anchor_of("public", {"number": 50, "mac": "a" * 64}, KEY)
    logged = f"Mar  1 10:00:00 host clearcount: audit head {anchors[2].as_line()}"
    found = compared("staff", macs, [*lines(anchors[0], forged, other), logged, '{"half": ', "", "words"], KEY)
    assert (found.faults, found.heads) == ((), 2)
    assert len(found.remarks) == 2 and "1 noted heads" in found.remarks[0] and "2 lines" in found.remarks[1]


def test_a_backup_put_back_is_a_remark_for_ever_and_excuses_only_what_came_before() -> None:
    macs, anchors = made(10)
    back = anchor_of("staff", {"number": 4, "mac": macs[4]}, KEY, restored=True)
    old = {number: mac for number, mac in macs.items() if number <= 4}
    found = compared("staff", old, lines(*anchors, back), KEY)
    assert found.faults == () and "event 4 was put back" in found.remarks[0]
    later = anchor_of("staff", {"number": 5, "mac": "5" * 64}, KEY)
    assert compared("staff", old | {5: "5" * 64}, lines(*anchors, back, later), KEY).faults == ()
    [fault] = compared("staff", old, lines(*anchors, back, later), KEY).faults
    assert "ended at event 5" in str(fault)
    [fault] = compared("staff", old | {4: "4" * 64}, lines(*anchors, back), KEY).faults
    assert fault.number == 4


@pytest.mark.parametrize("text", ["file", "file:", "http://x", "syslog", "socket:", "file:/a,b"])
def test_a_place_out_of_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="file:PATH"):
        places(text)


def test_a_syslog_takes_heads_over_both_kinds_of_socket(tmp_path: Path) -> None:
    _, [anchor] = made(1)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as local, socket.socket(type=socket.SOCK_DGRAM) as remote:
        local.bind(str(tmp_path / "log"))
        remote.bind(("127.0.0.1", 0))
        where = places(f"syslog:{tmp_path}/log,syslog:127.0.0.1:{remote.getsockname()[1]}")
        assert note(anchor, where) == [] and list(read(where)) == []
        for listening in (local, remote):
            listening.settimeout(10)
            assert parsed(listening.recv(2000).decode()) == anchor


def test_the_keeper_appends_hands_out_and_refuses_everything_else(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "heads")
    _, [first, second] = made(2)
    assert keeper.answer(f"note {first.as_line()}") == b"noted\n"
    assert keeper.answer(f"note {first.as_line()}") == b"noted\n"  # the same head again is one line
    assert keeper.answer(f"note {second.as_line()}") == b"noted\n"
    for bad in ("", "note", "note {}", "note words", "delete", "note [1]", 'note {"chain": 1}', "READ", "truncate 0"):
        assert keeper.answer(bad) == b"refused\n"
    assert keeper.answer("read").decode().splitlines() == lines(first, second)
    assert Keeper(tmp_path / "heads").answer("read").decode().splitlines() == lines(first, second)


@pytest.fixture
def kept() -> Iterator[Callable[..., Path]]:
    with reachable_folder() as folder:
        yield from _keepers(folder)


def _keepers(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    running = []

    def start(**more: Any) -> Path:
        where = tmp_path / "keeper"
        where.mkdir(mode=0o755, exist_ok=True)
        if "user" in more:
            os.chown(where, NOBODY, -1)
        interpreter, found = python() if more else (sys.executable, dict(os.environ))
        command = [interpreter, "-m", "clearcount_web", "manage", "keep-anchors"]
        command += ["--socket", str(where / "socket"), "--file", str(where / "heads")]
        running.append(subprocess.Popen(command, env=found, cwd="/", **more))
        until = time.monotonic() + 60
        while not (where / "socket").exists() and running[-1].poll() is None:
            assert time.monotonic() < until
            time.sleep(0.02)
        return where

    yield start
    for each in running:
        each.send_signal(signal.SIGTERM)
    try:
        assert [each.wait(timeout=60) for each in running] == [0] * len(running)
    finally:
        for each in running:
            each.kill()


@as_root
def test_a_keeper_of_another_user_finds_the_cut(
    committed_db: None, kept: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    where = kept(**identity(NOBODY))
    monkeypatch.setattr(actions, "_noted", Memory())
    with override_settings(AUDIT_ANCHORS=places(f"socket:{where}/socket")):
        happen(4)
        assert verified()[0] == 0
        cut(2)
        code, said = verified()
    assert code == 1 and "ended at event 4" in said
    found = (where / "heads").stat()
    assert (found.st_uid, found.st_mode & 0o777) == (NOBODY, 0o600)


def test_slow_connections_do_not_hold_the_keeper(kept: Callable[..., Path]) -> None:
    where = kept()
    held = [socket.socket(socket.AF_UNIX) for _connection in range(40)]
    for each in held:
        each.connect(str(where / "socket"))
        each.sendall(b"note {")
    _, [anchor] = made(1)
    assert note(anchor, places(f"socket:{where}/socket")) == []
    [(_, noted)] = read(places(f"socket:{where}/socket"))
    assert list(noted) == lines(anchor)
    for each in held:
        each.close()


def test_two_acts_at_once_note_whole_lines(tmp_path: Path) -> None:
    file = tmp_path / "heads"
    file.touch()
    _, anchors = made(40)
    threads = [threading.Thread(target=note, args=(each, places(f"file:{file}"))) for each in anchors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(json.loads(line)["number"] for line in file.read_text().splitlines()) == list(range(1, 41))


def test_rotated_heads_are_read_too(tmp_path: Path) -> None:
    _, anchors = made(3)
    for name, anchor in zip(("heads.2", "heads.1", "heads"), anchors, strict=True):
        (tmp_path / name).write_text(anchor.as_line() + "\n")
    [(_, noted)] = read(places(f"file:{tmp_path}/heads"))
    assert [parsed(line).number for line in noted] == [1, 2, 3]  # type: ignore[union-attr]
    with pytest.raises(AnchorFault, match="cannot be read"):
        list(read(places(f"file:{tmp_path}/other")))
