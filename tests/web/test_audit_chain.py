"""The chain as pure functions: whatever is done to one of a thousand events is found, at its place."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import pytest

from clearcount_web.audit import chain
from clearcount_web.audit.chain import SEALED_FIELDS, START, faults, mac_of, seal_of

KEY = "a key for the tests that is long enough"
COUNT = 1000
Events = list[dict[str, Any]]


def made(count: int) -> tuple[Events, dict[str, Any]]:
    events: Events = []
    before = START
    for number in range(1, count + 1):
        event: dict[str, Any] = {
            "number": number,
            "at": f"2026-03-01T10:{number // 60 % 60:02}:{number % 60:02}.000000+00:00",
            "actor": ("ana", "bo", "cy")[number % 3],
            "verb": ("case.opened", "case.approved", "report.read")[number % 3],
            "kind": "case",
            "key": str(number % 7),
            "changes": f'{{"state":["{number % 4}","{number % 5}"]}}',
            "reason": "" if number % 2 else "asked by the requester",
        }
        before = event["mac"] = mac_of(event, before, KEY)
        events.append(event)
    return events, {"number": count, "mac": before, "seal": seal_of(count, before, KEY)}


EVENTS, HEAD = made(COUNT)


@pytest.fixture(autouse=True)
def remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of chains that differ in one event: each distinct event is hashed once."""

    @cache
    def hashed(fields: tuple[object, ...], before: str, key: str) -> str:
        return mac_of(dict(zip(SEALED_FIELDS, fields, strict=True)), before, key)

    def once(event: Any, before: str, key: str) -> str:
        return hashed(tuple(event[name] for name in SEALED_FIELDS), before, key)

    monkeypatch.setattr(chain, "mac_of", once)


def first_fault(events: Events, head: dict[str, Any] | None = HEAD) -> int | None:
    found = next(faults(events, head, KEY), None)
    return found.number if found else None


def test_a_whole_chain_has_no_fault() -> None:
    assert list(faults(EVENTS, HEAD, KEY)) == []
    assert list(faults([], None, KEY)) == []


@pytest.mark.parametrize("field", [*SEALED_FIELDS, "mac"])
def test_an_edit_of_any_field_of_any_event_is_found(field: str) -> None:
    for place in range(0, COUNT, 1 if field == "changes" else 13):
        event = dict(EVENTS[place])
        event[field] = event[field] + 1 if field == "number" else f"{event[field]} "
        mutated = [*EVENTS[:place], event, *EVENTS[place + 1 :]]
        assert first_fault(mutated) is not None, (field, place)


def test_each_removed_event_is_found() -> None:
    for place in range(COUNT):
        assert first_fault([*EVENTS[:place], *EVENTS[place + 1 :]]) is not None, place


def test_each_pair_of_neighbours_swapped_is_found_with_or_without_their_numbers() -> None:
    for place in range(COUNT - 1):
        first, second = dict(EVENTS[place]), dict(EVENTS[place + 1])
        if place % 2:
            first["number"], second["number"] = second["number"], first["number"]
        assert (
            first_fault([*EVENTS[:place], second, first, *EVENTS[place + 2 :]])
            == EVENTS[place + 1 - place % 2]["number"]
        )


def test_an_event_added_or_repeated_is_found() -> None:
    draw = random.Random(7)
    for _attempt in range(200):
        place = draw.randrange(COUNT)
        added = {**EVENTS[place], "number": EVENTS[place]["number"] + draw.choice([0, 1])}
        assert first_fault([*EVENTS[: place + 1], added, *EVENTS[place + 1 :]]) is not None


def test_events_cut_off_at_the_end_are_found_by_the_head() -> None:
    for kept in (0, 1, 500, 999):
        assert first_fault(EVENTS[:kept]) == kept


def test_a_chain_made_again_with_another_key_is_found() -> None:
    before = START
    forged: Events = []
    for event in EVENTS:
        copy = {**event, "actor": "nobody"}
        before = copy["mac"] = mac_of(copy, before, "a guessed key")
        forged.append(copy)
    head = {"number": COUNT, "mac": before, "seal": seal_of(COUNT, before, "a guessed key")}
    assert first_fault(forged, head) == 1


def test_a_head_set_back_to_hide_a_cut_is_found_without_the_key() -> None:
    cut = EVENTS[:900]
    head = {"number": 900, "mac": cut[-1]["mac"], "seal": HEAD["seal"]}
    assert first_fault(cut, head) == 900
    assert first_fault(cut, None) == 900
