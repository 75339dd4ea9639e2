"""Structured logs: one JSON object a line on stderr, with nothing in it that tells who did what they read."""

from __future__ import annotations

from typing import Any


def logging_configuration(level: str) -> dict[str, Any]:
    """Return Django's LOGGING: everything to stderr through the formatter that leaves personal data out."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "clearcount_web.ground.logs.JsonFormatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": ["stderr"], "level": level, "propagate": False},
            # Logs the SQL it sends, values included.
            "django.db.backends": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        },
    }
