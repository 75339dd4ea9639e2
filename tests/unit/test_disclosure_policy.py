"""The policy is read once, with every fault at once, and tells what a reader knows."""

from __future__ import annotations

from typing import Any

import pytest

from clearcount.disclosure import Policy
from clearcount.errors import DisclosureError

GOOD = {"rule": "suppress", "reason": "small counts", "approved_by": "reviewer"}


def test_defaults_are_the_documented_ones() -> None:
    policy = Policy.parse({"disclosure": GOOD})
    assert (policy.threshold, policy.zeros, policy.label, policy.requirement) == (5, "shown", "c", "not-exact")
    assert (policy.cost, policy.time_limit, policy.base, policy.method) == ("cells", 60.0, 5, "controlled")
    assert Policy.parse(GOOD | {"zeros": "hidden"}).zeros == "ambiguous"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rule": "noise"}, "rule"),
        ({"threshold": 1}, "threshold"),
        ({"threshold": True}, "threshold"),
        ({"zeros": "maybe"}, "zeros"),
        ({"label": "<6"}, "<5"),
        ({"requirement": "width:0"}, "requirement"),
        ({"cost": "weight"}, "cost"),
        ({"time_limit": 0}, "time_limit"),
        ({"base": 0}, "base"),
        ({"method": "random"}, "method"),
        ({"coarsen": {"rows": []}}, "coarsen"),
        ({"coarsen": {"merge": [["a", "b"], ["b", "c"]]}}, "twice"),
        ({"reason": " "}, "reason"),
        ({"approved_by": ""}, "approved_by"),
        ({"treshold": 5}, "treshold"),
        ({"publish_comparison": "yes"}, "publish_comparison"),
    ],
)
def test_a_fault_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(DisclosureError, match=said):
        Policy.parse(GOOD | change)


def test_all_faults_come_at_once() -> None:
    with pytest.raises(DisclosureError) as caught:
        Policy.parse({"rule": "hide", "threshold": "five", "colour": "red"})
    text = str(caught.value)
    assert all(word in text for word in ("colour", "rule", "threshold", "reason is missing", "approved_by is missing"))


@pytest.mark.parametrize(
    ("settings", "count", "bounds"),
    [
        ({}, 3, (1, None)),
        ({"zeros": "ambiguous"}, 0, (0, None)),
        ({"label": "<5"}, 3, (1, 4)),
        ({"label": "<5"}, 8, (5, None)),
        ({"label": "<5", "zeros": "ambiguous"}, 0, (0, 4)),
    ],
)
def test_what_a_reader_knows_follows_from_zeros_and_label(
    settings: dict[str, Any], count: int, bounds: tuple[int, int | None]
) -> None:
    assert Policy.parse(GOOD | settings).hidden_bounds(count) == bounds
