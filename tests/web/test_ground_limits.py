"""The rate limiter: generous, forgetful, and the same for a whole IPv6 household."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings

from clearcount_web.ground.limits import Limit, limited, network
from clearcount_web.ground.middleware import logged_address


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    caches["limits"].clear()
    yield
    caches["limits"].clear()


def asked(address: str = "203.0.113.9", method: str = "post") -> Any:
    return getattr(RequestFactory(), method)("/", REMOTE_ADDR=address)


@pytest.mark.parametrize(
    ("address", "shared"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_what_counts_as_one_address(address: str, shared: str) -> None:
    assert network(address) == shared


def test_the_limit_is_for_one_address_in_one_window() -> None:
    limit = Limit("test", 3, seconds=60)
    assert [limit.exceeded(asked(), now=0) for _ in range(5)] == [False] * 3 + [True] * 2
    assert not limit.exceeded(asked("203.0.113.10"), now=0)
    assert not limit.exceeded(asked(), now=60)
    assert not Limit("another", 3).exceeded(asked(), now=0)


def test_one_household_cannot_escape_by_changing_its_ipv6_address() -> None:
    limit = Limit("test", 1)
    assert not limit.exceeded(asked("2001:db8::1"), now=0)
    assert limit.exceeded(asked("2001:db8::ffff"), now=0)


def test_the_cache_holds_no_address_and_forgets_the_key_each_day() -> None:
    limit = Limit("test", 3)
    limit.exceeded(asked(), now=0)
    first = dict(caches["limits"]._cache)  # type: ignore[attr-defined]
    assert "203.0.113.9" not in repr(first)
    limit.exceeded(asked(), now=24 * 3600)
    second = set(caches["limits"]._cache) - set(first)  # type: ignore[attr-defined]
    assert len(second) == 2  # a new key, a new counter: nothing ties them to yesterday's


def test_a_limited_view_refuses_posts_only_with_help_on_the_page(public: Client) -> None:
    @limited(Limit("view", 1))
    def view(request: Any) -> HttpResponse:
        return HttpResponse("done")

    assert view(asked()).content == b"done"
    refused = view(asked())
    assert refused.status_code == 429
    assert "999" in refused.content.decode() and "101" in refused.content.decode()
    assert view(asked(method="get")).content == b"done"


def test_many_addresses_do_not_push_each_other_out() -> None:
    limit = Limit("flood", 2)
    for number in range(5_000):
        limit.exceeded(asked(f"198.18.{number // 250}.{number % 250}"), now=0)
    assert [limit.exceeded(asked(), now=0) for _ in range(3)] == [False, False, True]


def test_the_general_limit_lets_honest_visitors_in(public: Client) -> None:
    with override_settings(READS_PER_MINUTE=5):
        client = Client()
        codes = [client.get("/nothing", REMOTE_ADDR="203.0.113.1").status_code for _ in range(8)]
        assert codes.count(429) == 3
        assert client.get("/nothing", REMOTE_ADDR="203.0.113.2").status_code == 404


def test_leaving_is_never_limited(public: Client) -> None:
    with override_settings(READS_PER_MINUTE=0, WRITES_PER_MINUTE=0):
        assert Client().get("/").status_code == 429
        assert Client().get("/leave").status_code == 303
        assert Client().post("/leave").status_code == 204


@pytest.mark.parametrize(
    ("policy", "address", "logged"),
    [
        ("none", "203.0.113.9", ""),
        ("truncated", "203.0.113.9", "203.0.113.0/24"),
        ("truncated", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("full", "203.0.113.9", "203.0.113.9"),
    ],
)
def test_what_the_log_keeps_of_an_address(policy: str, address: str, logged: str) -> None:
    with override_settings(LOG_ADDRESSES=policy):
        assert logged_address(address) == logged
