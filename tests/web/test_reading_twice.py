"""Reading twice: a blind second reader, neither of the two settles, and readers who differ too much are stopped."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
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
from clearcount_web.ground.refusals import Refused
from clearcount_web.review import cards, deciding, figures, keeping, queries, rounds
from clearcount_web.review.models import Card, ReadingRound


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("reading-twice"), hits=34, quiet=60, twice=(3,))


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(made, tmp_path / "store")
    with override_settings(READING_STORE_DIR=tmp_path / "store"):
        yield tmp_path / "store"


def drawn(**changes: Any) -> ReadingRound:
    by = User.objects.filter(username="amir").first() or User.objects.create_user("amir")
    made = rounds.open_round(given(**changes), by=by, now=timezone.now())
    found = rounds.draw_round(made.pk, now=timezone.now())
    assert found.state == ReadingRound.State.OPEN, found.error
    return found


def read_all(round_: ReadingRound, reader: str, say: Callable[[Card], str]) -> int:
    count = 0
    while (card := cards.give(round_, reader=reader, now=timezone.now())) is not None:
        said = deciding.Said(say(card))
        deciding.decide(round_, [queries.token_of(card)], said, reader=reader, now=timezone.now())
        count += 1
    keeping.keep_pending(round_, now=timezone.now())
    return count


def by_number(card: Card) -> str:
    return "relevant" if int(card.occurrence_no[1:]) % 2 else "not_relevant"


def pages(client: Client, round_: ReadingRound, codes: str = "relevant") -> list[str]:
    """What the second reader gets for 25 cards, without what names the round, the card and the form.

    From 30 on, readers who differ are stopped, and that may show.
    """
    found = []
    client.post(f"/reading/{round_.pk}/take")
    for _ in range(25):
        answers = [client.get(f"/reading/{round_.pk}/{path}") for path in ("read", "")]
        answers += [client.get("/reading/")]
        html = answers[0].content.decode()
        token = re.search(r'name="token" value="([\d.]+)"', html)
        assert token is not None
        card = Card.objects.get(pk=token[1].split(".")[1])
        ahead = {"seen": card.pk}
        answers.append(client.post(f"/reading/{round_.pk}/ahead", ahead, headers={"X-Reading": "script"}))
        told = [each.content.decode() for each in answers]
        for text in told:
            text = re.sub(r"csrfmiddlewaretoken\W+value=\W+\w+", "", text)
            text = re.sub(
                r"\d+(\.\d+\.\d+)|data-card=\S+|(reason|note|all)-\d+|/reading/\d+/|\d+:\d\d|\bseed\b", "", text
            )
            found.append(text)
        answer = client.post(f"/reading/{round_.pk}/decide", {"token": token[1], "code": codes})
        assert answer.status_code == 302
    return found


def test_the_second_readers_pages_are_the_same_whatever_the_first_one_said(
    staff: Client, sign_in: Callable[..., User], made: Path, tmp_path: Path
) -> None:
    sign_in("wren", Role.READER)
    seen = []
    for name in ("relevant", "not_relevant"):
        shutil.copytree(made, tmp_path / name)
        with override_settings(READING_STORE_DIR=tmp_path / name):
            read_all(drawn(title="First"), "rhona", lambda card, name=name: name)
            seen.append(pages(staff, drawn(what="second", title="Second", share=1)))
            ReadingRound.objects.all().delete()
    assert len(seen[0]) == len(seen[1]) == 100
    assert seen[0] == seen[1]


def test_the_first_reader_gets_no_card_of_the_second_reading(db: None, store: Path) -> None:
    first = drawn()
    assert read_all(first, "rhona", by_number) == 35
    second = drawn(what="second", share=1)
    assert second.cards.count() >= 30
    assert cards.give(second, reader="rhona", now=timezone.now()) is None
    assert cards.give(second, reader="RHONA", now=timezone.now()) is None
    assert cards.give(second, reader="wren", now=timezone.now()) is not None
    held = str(list(second.cards.values("row", "codes", "hits")))
    assert "rhona" not in held and "relevant" not in held, "a card of a second reading carries nothing of the first"


def test_neither_of_the_two_settles_and_the_figures_follow(db: None, store: Path, tmp_path: Path) -> None:
    read_all(drawn(), "rhona", by_number)
    second = drawn(what="second", share=1)
    read_all(second, "wren", lambda card: "not_relevant" if card.position == 1 else by_number(card))
    said = figures.figures(second).agreement
    assert "were read twice" in said[0] and "kappa" in said[1] and "AC1" in said[2]
    settle = drawn(what="settle")
    assert settle.cards.count() >= 1
    card = settle.cards.first()
    assert sorted(card.codes) == ["not_relevant", "relevant"]
    for either in ("rhona", "wren"):
        assert cards.give(settle, reader=either, now=timezone.now()) is None
        with pytest.raises(deciding.Stale):
            deciding.decide(
                settle, [queries.token_of(card)], deciding.Said("relevant"), reader=either, now=timezone.now()
            )
    assert read_all(settle, "una", lambda card: "relevant") == settle.cards.count()
    latest = {d.key: d for d in DecisionStore(store).decisions()}
    assert latest[card.occurrence_no, card.offence_code].round == "adjudication"
    with pytest.raises(AssertionError, match="no two readers disagree"):
        drawn(what="settle")


def test_readers_who_agree_too_little_are_stopped_and_read_again_by_a_mended_guide(db: None, store: Path) -> None:
    read_all(drawn(guide_version="ai-1"), "rhona", by_number)
    second = drawn(what="second", share=1)
    with pytest.raises(Refused, match="agree too little"):
        while True:
            card = cards.give(second, reader="wren", now=timezone.now())
            said = "relevant" if by_number(card) == "not_relevant" else "not_relevant"
            deciding.decide(second, [queries.token_of(card)], deciding.Said(said), reader="wren", now=timezone.now())
            if second.cards.filter(state="decided").count() > 27:
                keeping.keep_pending(second, now=timezone.now())
            figures.stop_if_apart(second)
            second.refresh_from_db()
    done = second.cards.filter(state="decided").count()
    assert done >= 30 and Event.objects.filter(verb="reading_round.stopped").count() == 1
    again = drawn(what="again", guide_version="ai-2")
    assert again.cards.count() == 35
    read_all(again, "rhona", by_number)
    codes = {key: d.code for key, d in _current(store).items()}
    assert all(codes[c.occurrence_no, c.offence_code] == by_number(c) for c in again.cards.all()), (
        "the second reading by the old guide does not outrank the reading by the mended one"
    )
    mended = drawn(what="second", share=1)
    assert mended.guide_version == "ai-2" and mended.cards.count() >= 30
    read_all(mended, "wren", by_number)
    assert "agree on 100%" in figures.figures(mended).agreement[0]


def _current(store: Path) -> dict[Any, Any]:
    from clearcount.reading.decide import current

    return current(DecisionStore(store).decisions())


def test_the_missed_interval_is_shown_when_a_planned_look_is_complete(db: None, store: Path, tmp_path: Path) -> None:
    read_all(drawn(), "rhona", lambda card: "relevant")
    sample = drawn(what="random", size=20, looks=2, seed=7)
    assert sample.cards.count() == 20
    waiting = ("The estimate is shown when the sample is read to the end of its next planned look.",)
    assert figures.figures(sample).missed == waiting
    for number in range(20):
        card = cards.give(sample, reader="rhona", now=timezone.now() + timedelta(seconds=number))
        deciding.decide(
            sample, [queries.token_of(card)], deciding.Said("not_relevant"), reader="rhona", now=timezone.now()
        )
        if number not in (8, 9, 18, 19):
            continue
        keeping.keep_pending(sample, now=timezone.now())
        shown = figures.figures(sample).missed
        looks = {
            row["sample_id"].rsplit(".", 1)[-1]
            for row in sample.cards.filter(state="open").values_list("row", flat=True)
        }
        assert (shown == waiting) is ("1of2" in looks)
    assert "20 of 60 records without a term were read, and 0 are relevant" in shown[0]
    from clearcount.quality import missed_records

    upper = missed_records(0, 20, 60).upper
    assert f"(95 per cent interval 0 to {upper:.0f})" in shown[1]


def differing(store: Path) -> tuple[list[Card], ReadingRound]:
    """A first and a second reading that differ on every third card, and a joint round about those."""
    read_all(drawn(), "rhona", by_number)
    apart = {"relevant": "not_relevant", "not_relevant": "relevant"}

    def second(card: Card) -> str:
        return apart[by_number(card)] if card.position % 6 == 0 else by_number(card)

    read_all(drawn(what="second", share=1), "Wren", second)
    joint = drawn(what="joint")
    return list(joint.cards.all()), joint


def say(round_: ReadingRound, reader: str, code: str) -> str:
    card = cards.give(round_, reader=reader, now=timezone.now())
    assert card is not None
    return deciding.decide(round_, [queries.token_of(card)], deciding.Said(code), reader=reader, now=timezone.now())


def settled(store: Path, round_: ReadingRound) -> tuple[int, int]:
    keeping.keep_pending(round_, now=timezone.now())
    twice = queries_measure(round_)
    return twice.settled_jointly, twice.unsettled


def queries_measure(round_: ReadingRound) -> Any:
    from clearcount.workflow.reading_room import measure_sheet

    return measure_sheet(keeping.store_path(), round_.sheet_id).twice


def test_the_two_settle_together_and_neither_alone(db: None, store: Path) -> None:
    held, joint = differing(store)
    whole = len(held)
    assert whole >= 5 and all(sorted(card.parties) == ["Wren", "rhona"] for card in held)
    assert cards.give(joint, reader="una", now=timezone.now()) is None, "a third person has another round"
    assert say(joint, "rhona", "relevant") == "Your proposal is kept. It counts when the other reader says the same."
    assert settled(store, joint) == (0, whole)
    first = held[0]
    assert joint.cards.get(pk=first.pk).state == "open"
    again = cards.give(joint, reader="rhona", now=timezone.now())
    assert again is not None and again.pk != first.pk, "nobody settles one card twice"
    cards.let_go("rhona", joint)
    shown = queries.next_card(joint, reader="wren", now=timezone.now())
    assert shown is not None and shown.key == first.pk and shown.proposed is not None
    assert shown.proposed.code == "relevant"
    assert "You both say the same" in say(joint, "wren", "relevant")
    assert settled(store, joint) == (1, whole - 1)
    assert "You still differ" not in say(joint, "wren", "relevant")
    assert "You still differ" in say(joint, "rhona", "unclear")
    assert settled(store, joint) == (1, whole - 1)
    card = deciding.undo(joint, reader="rhona", now=timezone.now())
    told = deciding.decide(
        joint, [queries.token_of(card)], deciding.Said("relevant"), reader="rhona", now=timezone.now()
    )
    assert "You both say the same" in told and settled(store, joint) == (2, whole - 2)
    assert "0 disagreements were settled by a third person and 2 by the two readers together." in (
        figures.figures(joint).agreement
    )
    third = drawn(what="settle")
    assert read_all(third, "una", lambda card: "unclear") == whole - 2
    twice = queries_measure(third)
    assert (twice.settled_by_third, twice.settled_jointly, twice.unsettled) == (whole - 2, 2, 0)


def test_a_proposal_is_undone_before_the_other_answers(db: None, store: Path) -> None:
    held, joint = differing(store)
    say(joint, "rhona", "relevant")
    keeping.keep_pending(joint, now=timezone.now())
    card = deciding.undo(joint, reader="rhona", now=timezone.now())
    assert card.pk == held[0].pk and card.holder == "rhona"
    assert settled(store, joint) == (0, len(held))
    kept = [d for d in DecisionStore(store).decisions() if d.round == "adjudication"]
    assert kept == []
    cards.let_go("rhona", joint)
    say(joint, "rhona", "relevant")
    taken = cards.give(joint, reader="Wren", now=timezone.now())
    assert taken is not None and taken.pk == held[0].pk
    with pytest.raises(deciding.Stale, match="changed just now"):
        deciding.undo(joint, reader="rhona", now=timezone.now())


def test_one_person_who_read_twice_has_nobody_to_settle_with(db: None, store: Path) -> None:
    first = drawn()
    read_all(first, "rhona", by_number)
    second = drawn(what="second", share=1)
    second.cards.first().barred.all().delete()
    from clearcount_web.review.models import Barred

    Barred.objects.all().delete()
    apart = {"relevant": "not_relevant", "not_relevant": "relevant"}
    read_all(second, "RHONA", lambda card: apart[by_number(card)] if card.position < 4 else by_number(card))
    by = User.objects.get(username="amir")
    made = rounds.open_round(given(what="joint"), by=by, now=timezone.now())
    assert "one person read both times" in rounds.draw_round(made.pk, now=timezone.now()).error
