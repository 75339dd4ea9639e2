"""Events in the databases: written with the act, never changed, found when they were."""

from __future__ import annotations

import ast
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections, transaction

import clearcount_web
from clearcount_web.audit.actions import record
from clearcount_web.audit.models import Event, Head
from clearcount_web.audit.queries import verify
from clearcount_web.platform.databases import PUBLIC, STAFF


def some(count: int, using: str = STAFF) -> None:
    with transaction.atomic(using=using):
        for number in range(count):
            record("case.changed", by="ana", kind="case", key=number, changes={"state": ("new", "open")}, using=using)


def test_an_event_is_written_only_with_its_act(committed_db: None) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record("case.opened", by="ana", kind="case", key=1)
    with pytest.raises(ZeroDivisionError), transaction.atomic(using=STAFF):
        record("case.opened", by="ana", kind="case", key=1)
        1 / 0  # noqa: B018
    assert not Event.objects.exists()
    assert not Head.objects.exists()


def test_each_database_has_its_own_chain(db: None) -> None:
    some(3)
    some(2, using=PUBLIC)
    assert [Event.objects.using(alias).count() for alias in (STAFF, PUBLIC)] == [3, 2]
    assert verify(STAFF).faults == verify(PUBLIC).faults == ()
    keys = settings.AUDIT_KEYS
    assert keys[STAFF] != keys[PUBLIC]


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "word " * 60},
        {"text": "one line\nand another"},
        {"story": ("", "x" * 201)},
        {"found": 1.5},
        {"who": object()},
    ],
)
def test_free_text_is_refused(db: None, changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="event"):
        record("case.changed", by="ana", kind="case", key=1, changes=changes)
    assert not Event.objects.exists()


def test_a_verb_out_of_form_is_refused(db: None) -> None:
    for verb in ("opened", "Case.Opened", "case opened", "case.opened.twice"):
        with pytest.raises(ValueError, match="verb"):
            record(verb, by="ana", kind="case", key=1)


@pytest.mark.parametrize("alias", [STAFF, PUBLIC])
def test_the_database_refuses_to_change_or_remove_an_event(db: None, alias: str) -> None:
    some(2, using=alias)
    for change in (
        lambda: Event.objects.using(alias).filter(number=1).update(actor="nobody"),
        lambda: Event.objects.using(alias).filter(number=1).delete(),
        lambda: connections[alias].cursor().execute("DELETE FROM audit_event"),
    ):
        with pytest.raises(DatabaseError, match="never"), transaction.atomic(using=alias):
            change()
    assert verify(alias).faults == ()


def test_a_change_made_behind_the_triggers_is_found_by_the_command(db: None) -> None:
    some(40)
    out = io.StringIO()
    call_command("audit", "verify", "--chain", "staff", stdout=out)
    assert "40 events, whole" in out.getvalue()
    with connections[STAFF].cursor() as cursor:
        postgresql = connections[STAFF].vendor == "postgresql"
        cursor.execute(
            f"DROP TRIGGER {'audit_event_append_only ON audit_event' if postgresql else 'audit_event_no_update'}"
        )
        cursor.execute("UPDATE audit_event SET actor = 'nobody' WHERE number = 17")
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("audit", "verify", "--chain", "staff", stdout=out)
    assert ended.value.code == 1
    assert out.getvalue().startswith("staff: event 17:")


def test_an_exported_chain_is_verified_and_an_earlier_head_is_expected_in_it(db: None, tmp_path: Path) -> None:
    some(5)
    earlier = Event.objects.get(number=3)
    file = tmp_path / "staff.jsonl"
    call_command("audit", "export", "staff", str(file), stdout=io.StringIO())
    arguments = ("audit", "verify", "--chain", "staff", "--file", str(file))
    call_command(*arguments, "--expect", f"3:{earlier.mac}", stdout=io.StringIO())
    with pytest.raises(SystemExit):
        call_command(*arguments, "--expect", f"3:{'0' * 64}", stdout=io.StringIO())
    lines = file.read_text().splitlines()
    edited = json.loads(lines[2])
    edited["reason"] = "another reason"
    file.write_text("\n".join([*lines[:2], json.dumps(edited), *lines[3:]]))
    with pytest.raises(SystemExit):
        call_command(*arguments, stdout=io.StringIO())
    with pytest.raises(CommandError, match="there already"):
        call_command("audit", "export", "staff", str(file))


def test_the_daily_note_fails_aloud_when_a_chain_does_not_hold(db: None) -> None:
    from clearcount_web.desk.tasks import note_heads
    from clearcount_web.jobs.worker import Running

    some(3)
    note_heads(Running(1, "note-audit-heads", {}, 1))
    Head.objects.update(number=2)
    with pytest.raises(RuntimeError, match="does not hold"):
        note_heads(Running(1, "note-audit-heads", {}, 1))


LOCKS = {"update", "save", "delete", "bulk_update", "select_for_update", "update_or_create"}


def test_the_event_comes_last_in_its_act() -> None:
    """It locks the head of the chain: two acts that lock a row after it may wait for each other for ever."""
    root = Path(clearcount_web.__file__).parent
    found, acts = [], 0
    for file in root.rglob("*.py"):
        for block in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(block, ast.With) and any("atomic" in ast.unparse(each) for each in block.items)):
                continue
            calls = [call for call in ast.walk(block) if isinstance(call, ast.Call)]
            names = {call: ast.unparse(call.func).rpartition(".")[2] for call in calls}
            first = min((call.lineno for call in calls if names[call] == "record"), default=None)
            acts += first is not None
            late = [call for call in calls if first is not None and call.lineno > first and names[call] in LOCKS]
            found += [f"{file.relative_to(root)}:{call.lineno}" for call in late]
    assert acts > 40
    assert found == []
