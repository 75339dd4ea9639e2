"""One JSON object a line, in UTC, without personal data.

Only our own loggers' fields are printed, and only those named here. A library's message is printed as its template,
never with its arguments: those hold addresses, names and values. An exception is its type and its places in the
code, never its text, which may quote a row.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime

FIELDS = ("door", "method", "route", "status", "milliseconds", "job", "kind", "attempt", "outcome", "address", "count")
_TEMPLATES_ARE_CONSTANT = ("clearcount_web", "django", "waitress", "whitenoise")


class JsonFormatter(logging.Formatter):
    """Formats a record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON: at, level, logger, message, our own fields, and where an exception was raised."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        known = record.name.partition(".")[0] in _TEMPLATES_ARE_CONSTANT
        line["message"] = str(record.msg) if known else "(message withheld)"
        if record.name.startswith("clearcount_web"):
            line.update({name: record.__dict__[name] for name in FIELDS if name in record.__dict__})
        elif "status_code" in record.__dict__:
            line["status"] = record.__dict__["status_code"]
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            line["exception"] = f"{kind.__module__}.{kind.__qualname__}"
            frames = traceback.extract_tb(trace)[-12:]
            line["frames"] = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, ensure_ascii=False, default=str)
