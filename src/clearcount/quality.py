"""The figures behind a published count: how much was missed, how far readers agree, when reading may stop.

Every function takes plain counts and needs no record store; see docs/reference/quality.md.
"""

from __future__ import annotations

from clearcount.reading.agreement import Agreement, agreement
from clearcount.reading.keyness import Keyness, keyness
from clearcount.reading.proportions import (
    Interval,
    StopTest,
    missed_records,
    proportion_interval,
    sample_size,
    stop_test,
)

__all__ = [
    "Agreement",
    "Interval",
    "Keyness",
    "StopTest",
    "agreement",
    "keyness",
    "missed_records",
    "proportion_interval",
    "sample_size",
    "stop_test",
]
