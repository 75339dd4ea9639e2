"""The reading screen in Chromium: each decision is about the card that was on screen, and none is lost in silence."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone

sys.path.insert(0, str(Path(__file__).parent))
from browsing import examine
from live import Live, live, signed_in
from reading_store import REQUEST, given, make_store

from clearcount.store.decisions import DecisionStore
from clearcount_web.accounts.roles import Role
from clearcount_web.review import rounds, suggestions
from clearcount_web.review.models import Card, Reading, ReadingRound

pytestmark = pytest.mark.browser
CODES = {"r": "relevant", "n": "not_relevant", "s": "unclear"}


@pytest.fixture(autouse=True)
def _queries_beside_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright keeps an event loop in this thread, in which Django else refuses to query."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def door(committed_staff: Client, sign_in_committed: Callable[..., Any], tmp_path: Path) -> Iterator[Any]:
    """`door(cards)`: a running door with a round of so many cards and a reader who is signed in."""
    with live() as running:

        def made(cards: int, **changes: Any) -> tuple[Live, ReadingRound]:
            store = make_store(tmp_path, hits=cards, quiet=1, texts=changes.pop("texts", None))
            overridden = override_settings(READING_STORE_DIR=store)
            overridden.enable()
            undone.append(overridden)
            user = sign_in_committed("rhona", Role.READER, Role.ANALYST)
            opened = rounds.open_round(given(sitting_minutes=0, **changes), by=user, now=timezone.now())
            return running, rounds.draw_round(opened.pk, now=timezone.now())

        undone: list[Any] = []
        yield made
        for each in undone:
            each.disable()


@pytest.fixture
def sign_in_committed(committed_staff: Client) -> Callable[..., Any]:
    from django.conf import settings

    from clearcount_web.accounts.models import RoleGrant, User

    def made(username: str, *roles: str) -> Any:
        user = User.objects.create_user(username)
        for role in roles:
            RoleGrant.objects.create(user=user, role=role, source=RoleGrant.Source.LOCAL)
        committed_staff.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        import time

        session = committed_staff.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
        return user

    return made


def started(browser: Any, client: Client, running: Live, round_: ReadingRound, **options: Any) -> Any:
    page = signed_in(browser, client, running.address, **options)
    page.said = []
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on("console", lambda told: page.said.append(told.text) if told.type == "error" else None)
    page.goto(f"{running.address}/reading/{round_.pk}/")
    page.get_by_role("button", name="Start reading").click()
    page.locator("#reading[data-painted]").wait_for()
    return page


def on_screen(page: Any, not_this: str = "") -> str:
    """The key of the card that is painted, once it is another one than `not_this`."""
    page.locator(f'#reading:not([data-painted="{not_this}"])').wait_for()
    return str(page.locator("#reading").get_attribute("data-painted"))


def decisions() -> dict[int, str]:
    return dict(Reading.objects.filter(undoes=None, undone_by=None).values_list("card_id", "code"))


@pytest.mark.parametrize("cards", [24, pytest.param(200, marks=pytest.mark.slow)])
def test_every_key_decides_the_card_on_screen(browser: Any, committed_staff: Client, door: Any, cards: int) -> None:
    running, round_ = door(cards)
    page = started(browser, committed_staff, running, round_)
    pressed: dict[int, str] = {}
    shown = on_screen(page)
    for number in range(cards):
        key = "rns"[number % 3]
        pressed[int(shown)] = CODES[key]
        assert page.locator("form[data-card]").get_attribute("data-card") == shown
        page.keyboard.press(key)
        shown = on_screen(page, shown)
    page.get_by_text("Every card of this round is decided.").wait_for()
    assert len(pressed) == cards == Reading.objects.count() and decisions() == pressed
    assert page.locator("#progress").inner_text().startswith(f"{cards} of {cards} decided")
    page.get_by_role("button", name="Leave the room").click()
    page.get_by_role("heading", name="Hits").wait_for()
    assert len(DecisionStore(rounds.store_path()).decisions()) == cards
    assert page.said == []
    page.context.close()


def test_hammering_on_a_slow_server_decides_no_card_unseen(browser: Any, committed_staff: Client, door: Any) -> None:
    running, round_ = door(30)
    page = started(browser, committed_staff, running, round_)
    on_screen(page)
    running.delay = 0.3
    # The page itself notes which card was painted, and when, before each key: by what it shows and not by what it says.
    page.evaluate("""() => {
      window.seen = []; window.keys = 0;
      new MutationObserver(() => requestAnimationFrame(() => requestAnimationFrame(() => {
        const card = document.querySelector("form[data-card]");
        if (card) window.seen.push([card.dataset.card, performance.now()]);
      }))).observe(document.getElementById("card"), {childList: true});
      window.seen.push([document.querySelector("form[data-card]").dataset.card, 0]);
      addEventListener("keydown", (event) => { window.keys += 1; }, true);
    }""")
    for number in range(40):
        page.keyboard.press("rn"[number % 2])
        page.wait_for_timeout(100)
    page.wait_for_timeout(1_500)
    seen = [int(card) for card, _ in page.evaluate("window.seen")]
    decided = list(Reading.objects.order_by("pk").values_list("card_id", flat=True))
    assert 2 <= len(decided) < 40 and len(decided) == len(set(decided))
    assert decided == seen[: len(decided)], "each decision is about a card that had been painted, in that order"
    assert (
        int(page.locator("#reading").get_attribute("data-ignored")) + len(decided) == 40 == page.evaluate("window.keys")
    ), "every key was taken, or was said not to be"
    assert page.said == []
    page.context.close()


def test_a_key_that_is_held_down_counts_once(browser: Any, committed_staff: Client, door: Any) -> None:
    running, round_ = door(6)
    page = started(browser, committed_staff, running, round_)
    shown = on_screen(page)
    for _ in range(30):
        page.keyboard.down("r")  # without a key-up the browser sends repeats
    on_screen(page, shown)
    page.wait_for_timeout(300)
    assert Reading.objects.count() == 1
    page.keyboard.up("r")
    page.keyboard.press("Alt+n")
    page.wait_for_timeout(200)
    assert Reading.objects.count() == 1, "a key with a modifier is not ours"
    page.context.close()


def test_undo_note_more_help_and_lost_answers(browser: Any, committed_staff: Client, door: Any) -> None:
    running, round_ = door(6, texts={1: "AI " + "long text " * 200})
    page = started(browser, committed_staff, running, round_)
    first = on_screen(page)
    page.keyboard.press("o")
    page.keyboard.type("r is a letter here")
    assert Reading.objects.count() == 0, "keys mean letters while one writes"
    page.get_by_role("heading", level=1).focus()
    page.keyboard.press("r")
    second = on_screen(page, first)
    assert Reading.objects.get().note == "r is a letter here"
    page.keyboard.press("u")
    assert on_screen(page, second) == first
    page.get_by_text("Undone.").wait_for()
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("r")
    page.keyboard.press("Escape")
    assert decisions() == {}
    page.context.set_offline(True)
    page.keyboard.press("n")
    page.get_by_text("Not saved: the server did not answer.").wait_for()
    assert on_screen(page) == first and decisions() == {}
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    on_screen(page, first)
    assert decisions() == {int(first): "not_relevant"}
    page.context.close()


def test_a_card_that_went_stale_is_said_and_the_next_one_comes(
    browser: Any, committed_staff: Client, door: Any
) -> None:
    running, round_ = door(6)
    page = started(browser, committed_staff, running, round_)
    shown = on_screen(page)
    Card.objects.filter(pk=shown).update(holder="wren", version=7)
    page.keyboard.press("r")
    page.get_by_text("given back").wait_for()
    assert on_screen(page, shown) != shown and decisions() == {}
    page.context.close()


def test_the_pages_have_no_fault_and_names_in_the_accessibility_tree(
    browser: Any, committed_staff: Client, door: Any
) -> None:
    hostile = {1: "<script>alert(1)</script>AI", 2: "x" * 50_000 + " AI", 3: "\u202eAI"}
    running, round_ = door(8, texts=hostile)
    for options in ({}, {"forced_colors": "active"}):
        page = started(browser, committed_staff, running, round_, **options)
        for number in range(3):
            examine(page, f"reading-{number}-{len(options)}")
            page.keyboard.press("m")
            page.keyboard.press("m")
            examine(page, f"reading-{number}-{len(options)}-whole")
            shown = on_screen(page)
            page.keyboard.press("r")
            on_screen(page, shown)
        for name, key in (("Relevant", "R"), ("Not relevant", "N"), ("Not sure", "S"), ("Undo the last decision", "U")):
            assert page.get_by_role("button", name=f"{name} {key}", exact=True).is_visible()
        assert page.get_by_role("status").count() == 1
        assert page.locator("mark").first.inner_text().startswith("hit 1:")
        for path in ("", "new", "keys", f"{round_.pk}/"):
            page.goto(f"{running.address}/reading/{path}")
            examine(page, f"reading-page-{path.strip('/') or 'list'}-{len(options)}")
        assert page.said == []
        page.context.close()


def test_it_is_used_by_keyboard_alone(browser: Any, committed_staff: Client, door: Any) -> None:
    running, _round = door(4)
    page = signed_in(browser, committed_staff, running.address)
    page.goto(f"{running.address}/reading/")

    def to(name: str, role: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            at = page.evaluate("[document.activeElement.tagName, document.activeElement.textContent.trim()]")
            if at[0] == role and at[1].startswith(name):
                return
        pytest.fail(f"Tab never comes to {name}")

    to("Hits", "A")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Start reading").wait_for()
    to("Start reading", "BUTTON")
    page.keyboard.press("Enter")
    shown = on_screen(page)
    to("Not relevant", "BUTTON")
    page.keyboard.press("Enter")
    other = on_screen(page, shown)
    assert page.evaluate("document.activeElement.id") == "card-title", "focus goes to the new card"
    to("Relevant", "BUTTON")
    page.keyboard.press("Space")
    on_screen(page, other)
    assert decisions() == {int(shown): "not_relevant", int(other): "relevant"}
    page.context.close()


FACTS = """
[[fact]]
name = "platform"
text = "Which platform was named?"
values = ["Snapchat", "Another app"]
[[fact]]
name = "kind"
text = "What was done?"
values = ["threatened", "shared", "kept"]
several = true
"""


def test_facts_are_coded_by_keys_and_belong_to_the_card_on_screen(
    browser: Any, committed_staff: Client, door: Any
) -> None:
    running, round_ = door(5, request=REQUEST + FACTS)
    page = started(browser, committed_staff, running, round_)
    examine(page, "reading-facts")
    shown = on_screen(page)
    page.keyboard.press("r")
    page.get_by_text("Which platform was named? (one, when relevant): choose").wait_for()
    page.keyboard.press("1")
    page.get_by_text("What was done? (one or several, when relevant): choose").wait_for()
    for key in ("0", "2", "Enter"):
        page.keyboard.press(key)
    second = on_screen(page, shown)
    page.keyboard.press("n")
    third = on_screen(page, second)
    for key in ("r", "t", "1", "t"):
        page.keyboard.press(key)
    fourth = on_screen(page, third)
    page.keyboard.press("r")
    page.keyboard.press("Escape")
    page.get_by_text("Nothing was decided.").wait_for()
    page.keyboard.press("u")
    assert on_screen(page, fourth) == third
    said = {row.card_id: (row.code, row.facts) for row in Reading.objects.filter(undoes=None, undone_by=None)}
    assert said == {
        int(shown): ("relevant", {"platform": ["Another app"], "kind": ["threatened", "kept"]}),
        int(second): ("not_relevant", {}),
    }
    before = Reading.objects.get(card_id=third, undoes=None)
    assert before.facts == {"platform": ["cannot tell"], "kind": ["cannot tell"]}
    assert page.said == []
    page.context.close()


def test_near_texts_and_terms_are_looked_at_and_decided_by_choice(
    browser: Any, committed_staff: Client, door: Any
) -> None:
    letter = "The bank says in letter {n} that the voice on the telephone was made with AI and that it asked for money."
    texts = {n: letter.format(n=n) for n in range(1, 6)} | {6: "A deepfakes page. AI wrote it.", 7: "AI, <b>no</b>."}
    running, round_ = door(7, texts=texts)
    page = started(browser, committed_staff, running, round_)
    shown = on_screen(page)
    while not page.get_by_label("Same for 4 other records of nearly the same text").count():
        page.keyboard.press("n")
        shown = on_screen(page, shown)
    examine(page, "reading-near-card")
    page.get_by_role("link", name="Show how they differ").click()
    page.get_by_role("heading", name="Nearly the same text").wait_for()
    assert page.locator("tbody tr").count() == 4
    examine(page, "reading-near")
    page.get_by_role("link", name="Back to the card").click()
    on_screen(page)
    page.get_by_label("Same for 4 other records").check()
    page.keyboard.press("r")
    page.get_by_text("Applied to 4 records of nearly the same text.").wait_for()
    assert Reading.objects.exclude(applied_from=None).count() == 4
    page.get_by_role("link", name="Decisions you applied").click()
    examine(page, "reading-applied")
    page.get_by_role("button", name="Take back card").first.click()
    page.get_by_text("Taken back.").wait_for()
    assert Reading.objects.exclude(applied_from=None).filter(undone_by=None, undoes=None).count() == 3
    assert suggestions.find_terms(round_.pk, now=timezone.now()) > 0
    page.goto(f"{running.address}/reading/{round_.pk}/terms")
    examine(page, "reading-terms")
    page.get_by_role("link", name="Examples of").first.click()
    page.locator("mark").first.wait_for()
    examine(page, "reading-examples")
    assert page.said == []
    page.context.close()
