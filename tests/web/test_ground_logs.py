"""The log: one JSON object a line, and nothing personal in it whatever happens."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest
from django.test import Client

from clearcount_web.ground.logs import FIELDS, JsonFormatter

SECRET = "Sam Reed of 4 Example Street"


def formatted(logger: str, message: str, *args: object, **extra: Any) -> dict[str, Any]:
    record = logging.LogRecord(logger, logging.WARNING, __file__, 1, message, args, extra.pop("exc_info", None))
    record.__dict__.update(extra)
    line = JsonFormatter().format(record)
    assert "\n" not in line
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_librarys_arguments_are_never_printed() -> None:
    assert SECRET not in str(formatted("django.request", "Not Found: %s", SECRET))
    assert formatted("axes", f"failed for {SECRET}")["message"] == "(message withheld)"


def test_an_exception_is_its_type_and_its_places_never_its_text() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        line = formatted("clearcount_web.jobs", "job failed", exc_info=sys.exc_info())
    assert line["exception"] == "builtins.ValueError"
    assert line["frames"][-1].startswith("test_ground_logs.py:")
    assert SECRET not in str(line)


def test_only_the_fields_that_are_named_are_printed() -> None:
    line = formatted(
        "clearcount_web.request", "request", route="cases/<int:case_id>", status=200, who=SECRET, path=SECRET
    )
    assert line["route"] == "cases/<int:case_id>"
    assert SECRET not in str(line)
    assert set(line) <= {"at", "level", "logger", "message", *FIELDS}


def test_a_line_cannot_be_forged_with_a_line_break() -> None:
    assert formatted("clearcount_web.x", "one\ntwo")["message"] == "one\ntwo"


def test_a_request_leaves_its_route_and_not_what_was_asked(public: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="clearcount_web.request"):
        public.get(f"/nothing/{SECRET}?q={SECRET}", HTTP_USER_AGENT=SECRET, REMOTE_ADDR="203.0.113.9")
    lines = [JsonFormatter().format(record) for record in caplog.records]
    assert any('"route": "(none)"' in line and '"status": 404' in line for line in lines)
    assert not any("Example" in line or "203.0.113" in line for line in lines)
