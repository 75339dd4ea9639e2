"""A reader's server is killed in the middle of a sitting, again and again: nothing is lost, nothing is there twice."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone

sys.path.insert(0, str(Path(__file__).parent))
from reading_store import given, make_store

from clearcount.store.decisions import DecisionStore
from clearcount_web.accounts.models import User
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
