"""Nearly equal texts in the room: shown with what differs, decided by choice, each an event that can be taken back."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone

sys.path.insert(0, str(Path(__file__).parent))
from reading_store import given, make_store

from clearcount.store.decisions import DecisionStore
from clearcount_web.accounts.models import User
from clearcount_web.accounts.roles import Role
from clearcount_web.audit.models import Event
from clearcount_web.review import applying, cards, deciding, figures, keeping, queries, rounds
from clearcount_web.review.models import Card, Reading, ReadingRound

LETTER = (
    "A letter came to the office on day {n}. It says that the voice on the telephone was made with AI and that the "
    "caller asked for money to be sent at once. The letter was kept, and the office told its bank about the call."
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    made = make_store(tmp_path, hits=9, quiet=2, texts={n: LETTER.format(n=n) for n in range(2, 8)})
    with override_settings(READING_STORE_DIR=made):
        yield made


@pytest.fixture
def round_(db: None, store: Path) -> ReadingRound:
    by = User.objects.create_user("amir")
    return rounds.draw_round(rounds.open_round(given(), by=by, now=timezone.now()).pk, now=timezone.now())


def leader(round_: ReadingRound) -> Card:
    found = [card for card in round_.cards.all() if card.near.count() > 1]
    assert len(found) == 1 and found[0].near.count() == 5
    return found[0]


def take(round_: ReadingRound, card: Card, reader: str = "rhona") -> Card:
    """The card on the reader's screen; others are given back."""
    seen: list[int] = []
    while (given_ := cards.give(round_, reader=reader, now=timezone.now(), seen=seen)) is not None:
        if given_.pk == card.pk:
            Card.objects.filter(round=round_, holder=reader).exclude(occurrence_no=card.occurrence_no).update(holder="")
            return given_
        seen.append(given_.pk)
    raise AssertionError("the card is not given")


def decide(round_: ReadingRound, card: Card, reader: str = "rhona", code: str = "relevant") -> str:
    return deciding.decide(
        round_, [queries.token_of(card)], deciding.Said(code), reader=reader, now=timezone.now(), near=True
    )


def test_one_reading_is_applied_by_choice_and_each_is_an_event(round_: ReadingRound, store: Path) -> None:
    card = leader(round_)
    near = [each.pk for each in card.near.all()]
    told = decide(round_, take(round_, card))
    assert told == "Applied to 5 records of nearly the same text."
    applied = Reading.objects.exclude(applied_from=None)
    assert sorted(applied.values_list("card_id", flat=True)) == sorted(near)
    assert set(applied.values_list("applied_from__card_id", "code")) == {(card.pk, "relevant")}
    assert Event.objects.filter(verb="card.applied").count() == 5
    keeping.keep_pending(round_, now=timezone.now())
    kept = DecisionStore(store).decisions()
    assert len(kept) == 6 and {d.applied_from for d in kept if d.applied_from} == {card.row["text_hash"]}
    assert figures.figures(round_).applied == 5
    progress = queries.progress(round_, "rhona", timezone.now())
    assert progress.mine == 6 and progress.pace == 1, "the pace counts what was read"


def test_undo_takes_what_was_applied_back_and_then_the_reading(round_: ReadingRound, store: Path) -> None:
    card = leader(round_)
    decide(round_, take(round_, card))
    keeping.keep_pending(round_, now=timezone.now())
    one = applying.applied_by(round_, "rhona").first()
    assert one is not None
    back = deciding.take_back(round_, one.pk, reader="rhona", now=timezone.now())
    assert back.pk == one.card_id and back.holder == "rhona" and back.state == "open"
    with pytest.raises(deciding.Stale):
        deciding.take_back(round_, one.pk, reader="rhona", now=timezone.now())
    for reading in (card.readings.first().pk, 0):
        with pytest.raises(deciding.Stale, match="not there to be taken back"):
            deciding.take_back(round_, reading, reader="rhona", now=timezone.now())
    with pytest.raises(deciding.Stale):
        deciding.take_back(round_, applying.applied_by(round_, "rhona").first().pk, reader="wren", now=timezone.now())
    keeping.keep_pending(round_, now=timezone.now())
    assert len(DecisionStore(store).decisions()) == 5
    deciding.undo(round_, reader="rhona", now=timezone.now())
    assert applying.applied_by(round_, "rhona").count() == 0
    assert deciding.undo(round_, reader="rhona", now=timezone.now()).pk == card.pk
    keeping.keep_pending(round_, now=timezone.now())
    assert DecisionStore(store).decisions() == ()
    assert round_.cards.filter(state="decided").count() == 0


def test_what_another_reader_has_on_screen_is_left_to_that_reader(round_: ReadingRound, store: Path) -> None:
    card = leader(round_)
    mine = take(round_, card)
    other = take(round_, card.near.first(), "wren")
    assert decide(round_, mine).endswith("Applied to 4 records of nearly the same text. 1 are with other readers and "
                                         "were left to them.")  # fmt: skip
    other.refresh_from_db()
    assert other.state == "open" and other.holder == "wren"
    assert decide(round_, other, "wren", "unclear") == ""


def test_without_the_box_nothing_is_applied(round_: ReadingRound) -> None:
    card = take(round_, leader(round_))
    deciding.decide(round_, [queries.token_of(card)], deciding.Said("relevant"), reader="rhona", now=timezone.now())
    assert Reading.objects.count() == 1


def test_a_second_reading_and_a_sample_have_no_near_cards(round_: ReadingRound, store: Path) -> None:
    while (card := cards.give(round_, reader="rhona", now=timezone.now())) is not None:
        deciding.decide(round_, [queries.token_of(card)], deciding.Said("relevant"), reader="rhona", now=timezone.now())
    by = User.objects.get(username="amir")
    for changes in ({"what": "second", "share": 1}, {"what": "hits", "size": 6}):
        made = rounds.open_round(given(**changes), by=by, now=timezone.now())
        drawn = rounds.draw_round(made.pk, now=timezone.now())
        assert drawn.state == "open" and drawn.cards.exclude(near_to=None).count() == 0


def test_the_walk_by_plain_forms(staff: Client, sign_in: Callable[..., Any], round_: ReadingRound, store: Path) -> None:
    sign_in("rhona", Role.READER)
    card = take(round_, leader(round_))
    html = staff.get(f"/reading/{round_.pk}/read").content.decode()
    assert "Same for 5 other records of nearly the same text" in html
    page = staff.get(f"/reading/{round_.pk}/near/{card.pk}").content.decode()
    assert page.count('<th scope="row"') == 5 and "100%" in page
    cells = re.findall(r'dir="auto">([^<]*)<', page)
    assert all(cell.replace(" ", "").isdigit() for cell in cells), "copies differ in the day alone"
    token = re.search(r'name="token" value="([\d.]+)"', html)
    assert token is not None
    answer = staff.post(
        f"/reading/{round_.pk}/decide", {"token": token[1], "code": "relevant", "near": "yes"}, follow=True
    )
    assert "Applied to 5 records of nearly the same text." in answer.content.decode()
    assert staff.get(f"/reading/{round_.pk}/near/{card.pk}").status_code == 404, "only of the card on screen"
    listed = staff.get(f"/reading/{round_.pk}/applied").content.decode()
    assert listed.count("Take back card") == 5
    one = re.search(r'name="reading" value="(\d+)"', listed)
    assert one is not None
    done = staff.post(f"/reading/{round_.pk}/applied", {"reading": one[1]}, follow=True)
    assert "Taken back." in done.content.decode() and done.content.decode().count("Take back card") == 4
    for strange in (one[1], "x", "9" * 30, ""):
        assert staff.post(f"/reading/{round_.pk}/applied", {"reading": strange}).status_code == 409
    again = staff.post(f"/reading/{round_.pk}/decide", {"token": token[1], "code": "relevant", "near": "yes"})
    assert again.status_code == 302 and Reading.objects.exclude(applied_from=None).filter(undoes=None).count() == 5
