"""What every test shares: sockets stay on loopback, and the real data is found or its absence is said aloud."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from pytest_socket import socket_allow_hosts

settings.register_profile("clearcount", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("clearcount")
os.environ["SOURCE_DATE_EPOCH"] = "1772452800"
"""2 March 2026, noon: the day of each answer whose request gives no date, so that no test leans on the clock."""


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests reach nothing but this machine."""
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data; without `CLEARCOUNT_DATA` the test is skipped, and the skip says so."""
    folder = os.environ.get("CLEARCOUNT_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("CLEARCOUNT_DATA does not point to the real data")
    return Path(folder)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Where nothing may be missing (`CLEARCOUNT_NO_SKIP=1`, as in CI), a skip is a failure that says why."""
    report = yield
    if report.skipped and os.environ.get("CLEARCOUNT_NO_SKIP") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr}"
    return report
