"""The reading room by plain forms: what a card shows, deciding, undoing, holds, and what the library gets."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone

sys.path.insert(0, str(Path(__file__).parent))
from reading_store import REQUEST, given, make_store

from clearcount.store.decisions import DecisionStore
from clearcount_web.accounts.models import RoleGrant, User
from clearcount_web.accounts.roles import Role
from clearcount_web.audit.models import Event
from clearcount_web.ground.refusals import Refused
from clearcount_web.review import cards, deciding, keeping, queries, rounds
from clearcount_web.review.models import Card, Reading, ReadingRound, Sitting
from clearcount_web.review.showing import shown_text


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reading-room")
    return make_store(folder, twice=(3, 5))


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Iterator[Path]:
    import shutil

    shutil.copytree(made, tmp_path / "store")
    with override_settings(READING_STORE_DIR=tmp_path / "store"):
        yield tmp_path / "store"


def person(name: str, *roles: str) -> User:
    user = User.objects.filter(username=name).first() or User.objects.create_user(name)
    for role in roles or (Role.READER,):
        RoleGrant.objects.get_or_create(user=user, role=role, defaults={"source": RoleGrant.Source.LOCAL})
    return user


def drawn(**changes: Any) -> ReadingRound:
    made = rounds.open_round(given(**changes), by=person("amir", Role.ANALYST), now=timezone.now())
    found = rounds.draw_round(made.pk, now=timezone.now())
    assert found.state == ReadingRound.State.OPEN, found.error
    return found


def take(round_: ReadingRound, reader: str, now: datetime | None = None) -> Card | None:
    return cards.give(round_, reader=reader, now=now or timezone.now())


def decide(card: Card, code: str = "relevant", *, reader: str = "rhona", **said: str) -> None:
    deciding.decide(
        card.round, [queries.token_of(card)], deciding.Said(code, **said), reader=reader, now=timezone.now()
    )


def kept(store: Path) -> list[tuple[str, str, str, str]]:
    return sorted((d.occurrence_no, d.offence_code, d.code, d.coder) for d in DecisionStore(store).decisions())


def test_a_round_is_drawn_from_the_hits(db: None, store: Path) -> None:
    round_ = drawn()
    assert round_.cards.count() == 14  # 12 records, two of them under two offences
    assert round_.guide_version == "ai-1" and round_.sheet_id.startswith("match-")
    positions = [card.occurrence_no for card in round_.cards.all()]
    for number in ("N00003", "N00005"):
        first = positions.index(number)
        assert positions[first + 1] == number, "the offences of one record follow each other"


def test_what_the_library_refuses_is_said_on_the_round(db: None, store: Path) -> None:
    made = rounds.open_round(given(request="[request]\n"), by=person("amir"), now=timezone.now())
    found = rounds.draw_round(made.pk, now=timezone.now())
    assert found.state == "failed" and "received" in found.error
    with pytest.raises(Refused, match="could not be drawn"):
        take(found, "rhona")


def test_no_text_of_a_record_is_kept_in_the_database(db: None, store: Path) -> None:
    round_ = drawn()
    held = str(list(Card.objects.values()) + list(ReadingRound.objects.values()) + list(Event.objects.values()))
    assert "Exhibit list" not in held and "believes" not in held and round_.cards.count()


@pytest.fixture
def reader(sign_in: Callable[..., User]) -> User:
    return sign_in("rhona", Role.READER)


def page_of(client: Client, round_: ReadingRound) -> str:
    answer = client.get(f"/reading/{round_.pk}/read")
    assert answer.status_code == 200
    return answer.content.decode()


def fields(html: str) -> dict[str, Any]:
    token = re.search(r'name="token" value="([\d.]+)"', html)
    assert token is not None
    return {"token": token[1], "also": re.findall(r'name="also" value="([\d.]+)"', html)}


def test_a_card_shows_hits_terms_hints_rule_and_guide(staff: Client, reader: User, store: Path) -> None:
    round_ = drawn()
    seen = []
    for _ in range(14):
        assert staff.post(f"/reading/{round_.pk}/take").status_code == 302
        html = page_of(staff, round_)
        seen.append(html)
        staff.post(f"/reading/{round_.pk}/decide", {**fields(html), "code": "relevant"})
    every = "\n".join(seen)
    assert "<mark>" in every and '<span class="govuk-visually-hidden">hit 1: </span>' in every
    assert "negated: “<bdi>denies</bdi>”" in every
    assert "A term stands as a whole word." in every and "Relevant: somebody says" in every
    assert "“<bdi>deepfake*</bdi>” (1)" in every
    assert "summary 1: no hit; show the entry" in every
    assert "<kbd>R</kbd>" in seen[0]


def test_entries_without_a_hit_are_folded_together_and_none_is_left_out() -> None:
    entries = [("oel", str(number), "AI" if number in (4, 6) else f"entry {number}") for number in range(1, 10)]
    places = [("oel", "4", 0, 2, "AI"), ("oel", "6", 0, 2, "AI")]
    runs = shown_text(entries, places).runs
    assert [(run.first.name, run.last.name, run.first.folded) for run in runs] == [
        ("oel 1", "oel 3", True),
        ("oel 4", "oel 4", False),
        ("oel 5", "oel 5", True),
        ("oel 6", "oel 6", False),
        ("oel 7", "oel 9", True),
    ]
    assert [entry.name for run in runs for entry in run.entries] == [f"oel {number}" for number in range(1, 10)]
    assert shown_text([], []).runs == []


def test_the_walk_by_plain_forms(staff: Client, reader: User, store: Path) -> None:
    round_ = drawn()
    answer = staff.post(f"/reading/{round_.pk}/take")
    for _ in range(14):
        html = page_of(staff, round_)
        answer = staff.post(
            f"/reading/{round_.pk}/decide", {**fields(html), "code": "not_relevant", "reason": "negated"}
        )
    assert "Every card of this round is decided." in answer.content.decode()
    assert staff.post(f"/reading/{round_.pk}/leave").status_code == 302
    found = DecisionStore(store).decisions()
    assert len(found) == 14 and {(d.code, d.reason, d.coder) for d in found} == {("not_relevant", "negated", "rhona")}
    assert Reading.objects.filter(kept_at=None).count() == 0
    assert keeping.keep_pending(round_, now=timezone.now()) == 0


def test_a_stale_card_answers_409_with_a_sentence(staff: Client, reader: User, store: Path) -> None:
    round_ = drawn()
    staff.post(f"/reading/{round_.pk}/take")
    sent = {**fields(page_of(staff, round_)), "code": "relevant"}
    assert staff.post(f"/reading/{round_.pk}/decide", sent).status_code == 302
    again = staff.post(f"/reading/{round_.pk}/decide", sent)
    assert again.status_code == 302, "the same once more, as after a lost answer, is no fault"
    other = staff.post(f"/reading/{round_.pk}/decide", {**sent, "code": "not_relevant"})
    assert other.status_code == 409 and "already decided by you" in other.content.decode()
    assert Reading.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"token": ""}, 400, "does not say which card"),
        ({"token": "1.2"}, 400, "does not say which card"),
        ({"token": "99999.9.9"}, 409, "another round"),
        ({"token": "1.-1.1"}, 400, "does not say which card"),
        ({"token": "٣.1.1"}, 400, "does not say which card"),
        ({"code": ""}, 400, "Choose one"),
        ({"code": "maybe"}, 400, "Choose one"),
        ({"reason": "negated"}, 400, "does not go with"),
        ({"note": "x" * 2001}, 400, "longer than"),
    ],
)
def test_what_is_no_decision_is_refused(
    staff: Client, reader: User, store: Path, changes: dict[str, str], status: int, words: str
) -> None:
    round_ = drawn()
    staff.post(f"/reading/{round_.pk}/take")
    sent = {**fields(page_of(staff, round_)), "code": "relevant", **changes}
    for headers in ({}, {"X-Reading": "script"}):
        answer = staff.post(f"/reading/{round_.pk}/decide", sent, headers=headers)
        assert answer.status_code == status and words in answer.content.decode()
    assert Reading.objects.count() == 0


def test_two_readers_never_hold_the_same_record(db: None, store: Path) -> None:
    round_ = drawn()
    held = {reader: take(round_, reader) for reader in ("rhona", "wren", "una", "ben")}
    assert all(held.values()) and len({card.occurrence_no for card in held.values() if card}) == 4
    mine = held["rhona"]
    assert mine is not None and take(round_, "rhona") == mine, "asking again gives the same card"
    with pytest.raises(deciding.Stale, match="given back"):
        decide(mine, reader="wren")


def test_a_hold_ends_and_the_old_page_is_refused(db: None, store: Path) -> None:
    round_ = drawn()
    now = timezone.now()
    old = take(round_, "rhona", now)
    assert old is not None
    later = now + cards.HOLD + timedelta(minutes=1)
    for _ in range(20):
        new = take(round_, "wren", later)
        assert new is not None
        if new.pk == old.pk:
            break
        decide(new, reader="wren")
    assert new.pk == old.pk and new.version > old.version
    with pytest.raises(deciding.Stale):
        decide(old)
    decide(new, reader="wren")


def test_same_for_all_offences_is_one_act_and_undone_as_one(db: None, store: Path) -> None:
    round_ = drawn()
    for _ in range(14):
        card = take(round_, "rhona")
        assert card is not None
        shown = queries.shown(round_, card)
        tokens = [queries.token_of(card), *(queries.token_of(each) for each in shown.siblings)]
        deciding.decide(round_, tokens, deciding.Said("relevant"), reader="rhona", now=timezone.now())
        if len(tokens) == 2:
            break
    before = Reading.objects.count()
    assert len(tokens) == 2
    back = deciding.undo(round_, reader="rhona", now=timezone.now())
    assert back.pk == card.pk
    assert Reading.objects.filter(undoes=None, undone_by=None).count() == before - 2
    assert Reading.objects.count() == before + 2, "an undo is a row of its own"
    assert Event.objects.filter(verb="card.undone").count() == 2


def test_one_stale_offence_stops_them_all(db: None, store: Path) -> None:
    round_ = drawn()
    pair = [card for card in round_.cards.all() if card.occurrence_no == "N00003"]
    Card.objects.filter(pk__in=[card.pk for card in pair]).update(holder="rhona")
    Card.objects.filter(pk=pair[1].pk).update(version=9)
    with pytest.raises(deciding.Stale):
        deciding.decide(
            round_, [queries.token_of(c) for c in pair], deciding.Said("relevant"), reader="rhona", now=timezone.now()
        )
    assert Reading.objects.count() == 0 and not Card.objects.filter(state="decided").exists()


def test_undo_reaches_what_the_library_already_has(db: None, store: Path) -> None:
    round_ = drawn()
    card = take(round_, "rhona")
    assert card is not None
    decide(card, "relevant")
    keeping.keep_pending(round_, now=timezone.now())
    assert len(kept(store)) == 1
    deciding.undo(round_, reader="rhona", now=timezone.now())
    keeping.keep_pending(round_, now=timezone.now())
    assert kept(store) == [], "what was taken back counts nowhere"
    again = Card.objects.get(pk=card.pk)
    decide(again, "relevant")  # the same word once more is a new decision
    keeping.keep_pending(round_, now=timezone.now())
    assert kept(store) == [(card.occurrence_no, card.offence_code, "relevant", "rhona")]


def test_undone_before_it_was_kept_never_reaches_the_library(db: None, store: Path) -> None:
    round_ = drawn()
    card = take(round_, "rhona")
    assert card is not None
    decide(card, "relevant")
    deciding.undo(round_, reader="rhona", now=timezone.now())
    keeping.keep_pending(round_, now=timezone.now())
    assert kept(store) == [] and not (store / "decisions/withdrawn").exists()
    with pytest.raises(deciding.Stale, match="nothing of yours"):
        deciding.undo(round_, reader="rhona", now=timezone.now())
    with pytest.raises(deciding.Stale, match="nothing of yours"):
        deciding.undo(round_, reader="wren", now=timezone.now())


def test_a_store_that_is_away_loses_nothing(db: None, store: Path) -> None:
    round_ = drawn()
    card = take(round_, "rhona")
    assert card is not None
    decide(card)
    (store / "decisions.json").rename(store / "aside")
    from clearcount.errors import ClearcountError

    with pytest.raises(ClearcountError):
        keeping.keep_pending(round_, now=timezone.now())
    (store / "aside").rename(store / "decisions.json")
    assert keeping.keep_pending(round_, now=timezone.now()) == 1
    assert len(kept(store)) == 1


def test_every_reading_is_an_event_without_text_or_code(staff: Client, reader: User, store: Path) -> None:
    round_ = drawn()
    staff.post(f"/reading/{round_.pk}/take")
    staff.post(
        f"/reading/{round_.pk}/decide",
        {**fields(page_of(staff, round_)), "code": "relevant", "note": "A made-up note."},
    )
    events = list(Event.objects.filter(verb__startswith="card.").values("verb", "actor", "kind", "key", "changes"))
    assert [(e["verb"], e["actor"], e["kind"], e["key"]) for e in events[:2]] == [
        ("card.given", "rhona", "reading_round", str(round_.pk)),
        ("card.decided", "rhona", "reading_round", str(round_.pk)),
    ]
    assert '"case":"F-1"' in events[1]["changes"]
    assert all(word not in str(events) for word in ("relevant", "made-up", "N000", "picture"))


def test_a_sitting_has_a_limit_and_a_pause_ends_it(db: None, store: Path) -> None:
    round_ = drawn(sitting_minutes=30)
    now = timezone.now()
    assert take(round_, "rhona", now)
    Sitting.objects.update(last_at=now + timedelta(minutes=29))
    with pytest.raises(Refused, match="Take a break"):
        take(round_, "rhona", now + timedelta(minutes=31))
    assert take(round_, "rhona", now + timedelta(minutes=40))
    assert take(drawn(sitting_minutes=0, seed=2), "rhona", now + timedelta(hours=5))


def test_keys_are_the_readers_own(staff: Client, reader: User, store: Path) -> None:
    round_ = drawn()
    usual = {key.act.name: key.key for key in queries.keys_for(reader)}
    assert staff.post("/reading/keys", {**usual, "relevant": "j", "single_keys": "on"}).status_code == 302
    staff.post(f"/reading/{round_.pk}/take")
    assert 'data-key="j"' in page_of(staff, round_) and "<kbd>J</kbd>" in page_of(staff, round_)
    for wrong, words in (
        ({"relevant": "n"}, "same key"),
        ({"relevant": "7"}, "one letter"),
        ({"undo": ""}, "one letter"),
    ):
        answer = staff.post("/reading/keys", {**usual, **wrong, "single_keys": "on"})
        assert answer.status_code == 200 and words in answer.content.decode()
    staff.post("/reading/keys", usual)
    html = page_of(staff, round_)
    assert 'data-keys="off"' in html and "<kbd>" not in html.split("<dialog")[0]


def test_a_record_that_was_purged_is_put_aside(staff: Client, reader: User, store: Path) -> None:
    round_ = drawn()
    first = round_.cards.first()
    Card.objects.filter(occurrence_no=first.occurrence_no).update(row={**first.row, "text_hash": "t0"})
    staff.post(f"/reading/{round_.pk}/take")
    assert Card.objects.filter(state="gone").count() >= 1
    assert Event.objects.filter(verb="card.gone").count() == 1
    assert f'data-card="{first.pk}"' not in page_of(staff, round_)


HOSTILE = {
    1: "<script>alert(1)</script> made with AI </textarea><img src=x onerror=alert(2)>",
    2: "before \u202egnp.AI\u202c after AI",
    3: "x" * 25_000 + "-AI-" + "y" * 25_000,
    4: '<b title="AI">bold</b> &amp; {{ 7|add:1 }} {% now %} AI',
    5: "zero\u200bwidth AI \u0007 bell \ufeff bom",
    6: "\u202dAI\u2066deepfakes\u2069 and e\u0301",
    7: "AI " * 300,
}


def test_hostile_text_is_shown_as_text(staff: Client, reader: User, tmp_path: Path, db: None) -> None:
    store = make_store(tmp_path, hits=8, quiet=1, texts=HOSTILE)
    with override_settings(READING_STORE_DIR=store):
        round_ = drawn()
        pages = {}
        for _ in range(round_.cards.count()):
            staff.post(f"/reading/{round_.pk}/take")
            html = page_of(staff, round_)
            card = Card.objects.get(pk=fields(html)["token"].split(".")[1])
            pages[int(card.occurrence_no[1:])] = html
            staff.post(f"/reading/{round_.pk}/decide", {**fields(html), "code": "relevant"})
    every = "".join(pages.values())
    assert "<script>alert" not in every and "<img src=x" not in every and "<b title" not in every
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages[1]
    assert "[U+202E]" in pages[2] and not re.search("[\u202a-\u202e\u2066-\u2069\u200b\ufeff\u0007]", every)
    assert "x" * 200 in pages[3] and pages[3].count("<mark>") == 1
    assert "{{ 7|add:1 }} {% now %}" in pages[4] and pages[4].count("<mark>") == 2
    assert pages[7].count("<mark>") == 300


def test_twenty_readers_at_once_never_have_the_same_card(committed_db: None, tmp_path: Path) -> None:
    from threading import Barrier, Thread

    from django.db import connections

    store = make_store(tmp_path, hits=60, quiet=1, twice=range(1, 60, 5))
    with override_settings(READING_STORE_DIR=store):
        round_ = drawn()
        together, faults = Barrier(20), []

        def read(name: str) -> None:
            try:
                together.wait()
                while (card := take(round_, name)) is not None:
                    decide(card, reader=name)
            except Exception as fault:
                faults.append(fault)
            finally:
                connections.close_all()

        readers = [Thread(target=read, args=(f"reader{number}",)) for number in range(20)]
        for each in readers:
            each.start()
        for each in readers:
            each.join()
        assert faults == []
        assert Reading.objects.count() == round_.cards.count() == 72
        assert Reading.objects.values("card").distinct().count() == 72
        given_out = [event.changes for event in Event.objects.filter(verb="card.given")]
        assert len(given_out) == len(set(given_out)) == 60, "each record was given once, and to one reader"
        assert Event.objects.filter(verb="card.given").values("actor").distinct().count() > 1
        keeping.keep_pending(round_, now=timezone.now())
        assert len(kept(store)) == 72


FACT = """
[[fact]]
name = "platform"
text = "Which platform was named?"
values = ["Snapchat", "Another app"]
"""


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Which platform was named?: choose a value"),
        ({"fact-platform": "Telegram"}, "does not fit"),
        ({"fact-platform": ["Snapchat", "Another app"]}, "does not fit"),
        ({"fact-platform": ["cannot tell", "Snapchat"]}, "does not fit"),
        ({"fact-platform": ["Snapchat", "Snapchat"]}, "does not fit"),
        ({"fact-weather": "sun"}, "choose a value"),
    ],
)
def test_a_relevant_record_needs_an_answer_to_each_fact(
    staff: Client, reader: User, store: Path, said: dict[str, Any], words: str
) -> None:
    round_ = drawn(request=REQUEST + FACT)
    staff.post(f"/reading/{round_.pk}/take")
    sent = {**fields(page_of(staff, round_)), "code": "relevant"}
    answer = staff.post(f"/reading/{round_.pk}/decide", {**sent, **said})
    assert answer.status_code == 400 and words in answer.content.decode() and not Reading.objects.exists()
    assert staff.post(f"/reading/{round_.pk}/decide", {**sent, "fact-platform": "cannot tell"}).status_code == 302
    assert Reading.objects.get().facts == {"platform": ["cannot tell"]}


def test_facts_of_a_record_that_is_not_relevant_are_left_out(staff: Client, reader: User, store: Path) -> None:
    round_ = drawn(request=REQUEST + FACT)
    staff.post(f"/reading/{round_.pk}/take")
    sent = {**fields(page_of(staff, round_)), "code": "not_relevant", "fact-platform": "Snapchat"}
    assert staff.post(f"/reading/{round_.pk}/decide", sent).status_code == 302
    assert Reading.objects.get().facts == {}
    keeping.keep_pending(round_, now=timezone.now())
    assert [d.facts for d in DecisionStore(store).decisions()] == [()]


def test_the_text_may_be_blurred_and_a_reason_asked_for(staff: Client, reader: User, store: Path) -> None:
    round_ = drawn(blur=True, ask_reason=True)
    staff.post(f"/reading/{round_.pk}/take")
    html = page_of(staff, round_)
    assert "cc-reading__text--blurred" in html and "Show the text" in html and 'data-reasons="asked"' in html
    with override_settings(READER_SUPPORT_URL="https://support.example/"):
        assert 'href="https://support.example/"' in page_of(staff, round_)
    assert "support.example" not in page_of(staff, round_)
