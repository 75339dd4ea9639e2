"""The date on an answer: given, or the day on which it is made, never one that nobody gave."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from clearcount.errors import RequestError
from clearcount.model.request_reader import parse_request
from clearcount.workflow.dating import doubts_of_date, release_day

RECEIVED, EXTRACT = date(2025, 2, 3), date(2025, 1, 31)


def seconds(*moment: int) -> str:
    """A moment in UTC as the variable holds it."""
    return str(int(datetime(*moment, tzinfo=UTC).timestamp()))  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        ((2025, 2, 20, 12), "", date(2025, 2, 20)),
        ((2025, 2, 20, 23, 30), "Europe/London", date(2025, 2, 20)),
        ((2025, 7, 20, 23, 30), "Europe/London", date(2025, 7, 21)),
        ((2025, 7, 20, 23, 30), "UTC", date(2025, 7, 20)),
        ((2025, 7, 20, 20, 0), "Australia/Sydney", date(2025, 7, 21)),
        ((1970, 1, 1), "UTC", date(1970, 1, 1)),
    ],
)
def test_the_variable_gives_the_day(monkeypatch: Any, moment: tuple[int, ...], zone: str, day: date) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", seconds(*moment))
    assert release_day(zone) == day


@pytest.mark.parametrize("value", ["yesterday", "2025-02-03", "1e9", "9" * 40, "--5", "0x10"])
def test_a_variable_that_is_no_moment_stops_in_a_sentence(monkeypatch: Any, value: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", value)
    with pytest.raises(RequestError, match="SOURCE_DATE_EPOCH is no number of seconds"):
        release_day()


def test_without_the_variable_it_is_today(monkeypatch: Any) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    before = datetime.now(UTC).date()
    assert before <= release_day("UTC") <= datetime.now(UTC).date()


@pytest.mark.parametrize(
    ("given", "made", "extract", "ids"),
    [
        (None, date(2025, 3, 1), EXTRACT, []),
        (None, RECEIVED, EXTRACT, []),
        (date(2025, 2, 3), date(1970, 1, 1), EXTRACT, []),
        (date(2025, 2, 2), date(2025, 3, 1), EXTRACT, ["version-date-before-received"]),
        (date(2025, 1, 30), date(2025, 3, 1), EXTRACT, ["version-date-before-received", "version-date-before-extract"]),
        (date(2025, 2, 10), date(2025, 3, 1), date(2025, 2, 28), ["version-date-before-extract"]),
        (None, date(1970, 1, 1), None, ["version-date-before-received"]),
    ],
)
def test_a_date_before_what_it_rests_on_is_a_doubt(
    given: date | None, made: date, extract: date | None, ids: list[str]
) -> None:
    head = {"reference": "A", "received": RECEIVED, **({"version_date": given} if given else {})}
    scope = {"from": "2024-01", "to": "2024-12"}
    request = parse_request({"request": head, "scope": scope, "question": [{"text": "A", "codes": ["030/01"]}]})
    doubts = list(doubts_of_date(request, made, extract))
    assert [doubt.id for doubt in doubts] == ids
    assert all(("clock" in doubt.what) == (given is None) for doubt in doubts)
