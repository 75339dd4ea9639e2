"""Whether a bundle for the regulator says what its events say: days, state, letters, answers, counts, tasks.

The events are sealed with the key of the force's chain, and the other files with a key that more people may hold. So
somebody with that key alone could tell the regulator another day of receipt, or leave an answer out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

RECEIVED = frozenset({"case.opened", "case.confirmed", "case.receipt_mended", "case.cured"})
"""Events that say the day of receipt, the last of them for good."""
Told = list[tuple[str, Mapping[str, Any]]]


def differences(files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield each difference between the files of a bundle and its events, in a sentence."""
    told: Told = []
    for line in files["events.jsonl"].decode().splitlines():
        event = json.loads(line)
        told.append((event["verb"], json.loads(event["changes"])))
    yield from _case(json.loads(files["case.json"]), told)
    yield from _letters(json.loads(files["letters.json"]), told)
    yield from _answers(json.loads(files["answers.json"]), told)
    search = json.loads(files["search.json"])
    yield from _counts(search["counts"], told)
    yield from _asked(search["asked"], told)
    yield from _estimate(json.loads(files["estimate.json"]), told)


def _last(told: Told, name: str, verbs: frozenset[str] | None = None) -> Any:
    """The last value that events of these verbs give `name`: of a pair the one after; None when none does."""
    found = [changes[name] for verb, changes in told if name in changes and (verbs is None or verb in verbs)]
    if not found:
        return None
    return found[-1][1] if isinstance(found[-1], list) else found[-1]


def _case(case: Mapping[str, Any], told: Told) -> Iterator[str]:
    known = {
        "state": _last(told, "state"),
        "received_on": _last(told, "received", RECEIVED),
        "due": _last(told, "due"),
        "issued_on": _last(told, "day", frozenset({"case.answered"})),
    }
    for name, value in known.items():
        if value is not None and str(case[name] or "") != str(value or ""):
            yield f"case.json says {name} {case[name] or 'none'}, and the events say {value or 'none'}"
    begun = {
        "pauses": (
            "case.clarification_asked",
            [each["began_on"] for each in case["pauses"] if each["kind"] == "clarify"],
        ),
        "complaints": ("case.complained", [each["began_on"] for each in case["complaints"]]),
        "internal reviews": ("case.review_asked", [each["asked_on"] for each in case["reviews"]]),
    }
    for name, (verb, days) in begun.items():
        found = [str(changes.get("day", "")) for each, changes in told if each == verb]
        if "" not in found and sorted(days) != sorted(found):  # events of an early version say no day
            yield f"case.json has other {name} than the events"


def _letters(letters: list[Mapping[str, Any]], told: Told) -> Iterator[str]:
    written = {changes["digest"] for verb, changes in told if verb == "case.letter_written" and "digest" in changes}
    sent = {(changes["letter"], changes["day"]) for verb, changes in told if verb == "case.letter_sent"}
    answered = {changes["day"] for verb, changes in told if verb == "case.answered"}
    there = {letter["number"]: letter for letter in letters}
    for letter in letters:
        if letter["digest"] not in written:
            yield f"no event says that letter {letter['number']} was written"
        day = letter["sent_on"]
        if day and (letter["number"], day) not in sent and day not in answered:
            yield f"no event says that letter {letter['number']} was sent on {day}"
    for number, day in sent:
        if number not in there or there[number]["sent_on"] != day:
            yield f"letter {number}, which the events say was sent on {day}, is not here as such"


def _answers(answers: list[Mapping[str, Any]], told: Told) -> Iterator[str]:
    submitted = [changes["seal"] for verb, changes in told if verb == "case.submitted"]
    if sorted(answer["seal"] for answer in answers) != sorted(submitted):
        yield "answers.json has other answers than were put forward"
    standing = {answer["seal"] for answer in answers if not answer["void_because"] and answer["approved_by"]}
    for verb, changes in told:
        if verb == "case.answered" and changes["seal"] not in standing:
            yield "an answer that was sent is said to be void, or not approved"
    published = sum(verb == "case.published" for verb, _changes in told)
    if sum(bool(answer["published_by"]) for answer in answers) != published:
        yield "answers.json says otherwise than the events which answers were published"


def _counts(counts: list[Mapping[str, Any]], told: Told) -> Iterator[str]:
    given = {count["number"]: count for count in counts}
    for verb, changes in told:
        if verb != "case.counted":
            continue
        count = given.get(changes["run"])
        if count is None or (count["release_sha256"], count["snapshot"], bool(count["fault"])) != (
            changes["digest"],
            changes["snapshot"],
            changes["fault"],
        ):
            yield f"count {changes['run']} is not here as the events tell it"


def _asked(asked: list[Mapping[str, Any]], told: Told) -> Iterator[str]:
    given = {task["number"]: task for task in asked}
    for verb, changes in told:
        if verb in ("case.department_asked", "case.referred") and changes["task"] not in given:
            yield f"task {changes['task']} was left out"
        if verb == "case.task_answered":
            task = given.get(changes["task"])
            if task is None or (task["held"], task["minutes"]) != (changes["held"], changes["minutes"]):
                yield f"what was answered to task {changes['task']} is not here as the events tell it"


def _estimate(estimate: Mapping[str, Any], told: Told) -> Iterator[str]:
    records = _last(told, "records", frozenset({"case.cost_estimated"}))
    if (records is not None) != bool(estimate):
        yield "there is an estimate without its event, or an event without its estimate"
    elif estimate and estimate["worksheet"]["records"] != records:
        yield "the estimate is of another number of records than its event"
