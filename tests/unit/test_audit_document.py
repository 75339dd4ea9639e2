"""The document of published tables: what the auditor makes of each part, and what it refuses."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from clearcount.disclosure import audit
from clearcount.disclosure.document import Document
from clearcount.disclosure.document_json import document_json, parse_document
from clearcount.disclosure.linked import together
from clearcount.errors import DisclosureError

BASE: dict[str, Any] = {
    "dimensions": {
        "offence": {"leaves": ["Exposure", "Voyeurism"], "totals": {"All": ["Exposure", "Voyeurism"]}},
        "month": {"leaves": ["Jan", "Feb"], "totals": {"Total": ["Jan", "Feb"]}},
    },
    "tables": [
        {
            "name": "first release",
            "by": ["offence", "month"],
            "leaves": {"month": ["Jan", "Feb"]},
            "totals": {"month": {"Total": ["Jan", "Feb"]}},
            "cells": [[["Exposure", "Jan"], 3, 3], [["Exposure", "Feb"], 1, None], [["All", "Total"], 20, 20]],
        }
    ],
    "targets": [{"table": "first release", "cells": [["Exposure", "Feb"]]}],
}


def _with(**parts: Any) -> dict[str, Any]:
    return copy.deepcopy(BASE) | parts


def _together(*documents: dict[str, Any]) -> Document:
    return together([parse_document(document) for document in documents]).document


def test_a_document_is_read_back_as_it_was_written() -> None:
    for document in (BASE, _with(known_zero=[["Exposure", "Jan"], {"offence": "Voyeurism"}])):
        parsed = parse_document(document)
        again = parse_document(document_json(parsed))
        assert again.tables == parsed.tables and again.known_zero == parsed.known_zero
        assert again.targets == parsed.targets and again.links == parsed.links


def test_the_promised_json() -> None:
    assert audit(BASE).as_dict() == {
        "consistent": True,
        "exact": [],
        "intervals": [{"table": "first release", "at": ["Exposure", "Feb"], "low": 1, "high": 17}],
    }


def test_known_zeros_by_list_and_by_map() -> None:
    everything_else = _with(known_zero=[["Voyeurism", "Jan"], ["Voyeurism", "Feb"]])
    assert audit(everything_else).as_dict()["exact"] == [
        {"table": "first release", "at": ["Exposure", "Feb"], "value": 17}
    ]
    assert audit(_with(known_zero=[{"offence": "Voyeurism"}])).as_dict() == audit(everything_else).as_dict()


def test_a_known_zero_that_was_counted_is_a_clash() -> None:
    found = audit(_with(known_zero=[["Exposure", "Jan"]])).as_dict()
    assert not found["consistent"] and found["exact"] == [] and found["intervals"] == []
    assert [(cell["table"], cell["at"]) for cell in found["clash"]] == [("first release", ["Exposure", "Jan"])]


def test_a_target_of_several_cells_means_their_sum() -> None:
    document = _with(targets=[{"table": "first release", "cells": [["Exposure", "Jan"], ["Exposure", "Feb"]]}])
    assert audit(document).as_dict()["intervals"] == [
        {"table": "first release", "at": [["Exposure", "Jan"], ["Exposure", "Feb"]], "low": 4, "high": 20}
    ]


def test_an_open_figure_has_no_high() -> None:
    document = _with()
    document["tables"][0]["cells"] = [[["Exposure", "Feb"], 1, None]]
    assert audit(document).as_dict()["intervals"][0]["high"] is None


def test_populations_are_apart_but_for_links() -> None:
    part = {"name": "part", "by": ["offence"], "population": "terms", "cells": [[["Exposure"], 0, None]]}
    document = _with(targets=[{"table": "part", "cells": [["Exposure"]]}])
    document["tables"].append(part)
    assert audit(document).as_dict()["intervals"][0]["high"] is None
    document["links"] = [
        {"less": {"table": "part", "at": ["Exposure"]}, "than": {"table": "first release", "at": ["Exposure", "Jan"]}}
    ]
    assert audit(document).as_dict()["intervals"][0]["high"] == 3


def test_whole_counts_settle_what_fractions_leave_open() -> None:
    """Three overlapping groups rounded to base 3: a linear attacker says 1 to 1.5 for their union, the truth is 1."""
    groups = {"ab": ["a", "b"], "bc": ["b", "c"], "ca": ["c", "a"], "abc": ["a", "b", "c"]}
    document = {
        "dimensions": {"offence": {"leaves": ["a", "b", "c"], "totals": groups}},
        "tables": [
            {"name": "t", "by": ["offence"], "cells": [[["ab"], 0, 1], [["bc"], 0, 1], [["ca"], 0, 1], [["abc"], 1, 9]]}
        ],
        "targets": [{"table": "t", "cells": [["abc"]]}],
    }
    assert audit(document).as_dict()["exact"] == [{"table": "t", "at": ["abc"], "value": 1}]


def test_releases_over_their_own_months_meet_on_the_months_they_share() -> None:
    document = _with()
    later = copy.deepcopy(BASE)
    later["dimensions"]["month"] = {"leaves": ["Jan", "Feb", "Mar"], "totals": {"Total": ["Jan", "Feb", "Mar"]}}
    later["tables"][0] |= {
        "leaves": {"month": ["Jan", "Feb", "Mar"]},
        "totals": {"month": {"Total": ["Jan", "Feb", "Mar"]}},
        "cells": [[["All", "Mar"], 1, None], [["All", "Total"], 26, 26]],
    }
    later.pop("targets")
    found = audit(_together(document, later)).as_dict()
    assert {"table": "first release (2)", "at": ["All", "Mar"], "value": 6} in found["exact"]


def test_a_revised_figure_is_a_clash_of_both_prints() -> None:
    later = copy.deepcopy(BASE)
    later["tables"][0]["cells"] = [[["All", "Total"], 21, 21]]
    found = audit(_together(BASE, later)).as_dict()
    assert not found["consistent"]
    assert [(c["table"], c["low"]) for c in found["clash"]] == [("first release", 20), ("first release (2)", 21)]


def test_the_smallest_clash_is_found_among_larger_ones() -> None:
    leaves = list("abcde")
    document = {
        "dimensions": {"offence": {"leaves": leaves, "totals": {"all": leaves, "ab": ["a", "b"]}}},
        "tables": [
            {
                "name": "t",
                "by": ["offence"],
                "cells": [*([[x], 2, 2] for x in leaves), [["all"], 11, 11], [["ab"], 5, 5]],
            }
        ],
    }
    clash = audit(document).as_dict()["clash"]
    assert [cell["at"] for cell in clash] == [["a"], ["b"], ["ab"]]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.pop("dimensions"), "dimensions"),
        (lambda d: d["tables"][0].pop("name"), "name"),
        (lambda d: d["tables"].append(d["tables"][0]), "two tables"),
        (lambda d: d["tables"][0]["by"].append("age"), "age"),
        (lambda d: d["tables"][0]["cells"].append([["Exposure"], 1, 1]), "do not follow"),
        (lambda d: d["tables"][0]["cells"].append([["Stalking", "Jan"], 1, 1]), "Stalking"),
        (lambda d: d["tables"][0]["cells"].append([["Exposure", "Jan"], 5, 1]), "below its low"),
        (lambda d: d["tables"][0]["cells"].append([["Exposure", "Jan"], 1.5, 2]), "whole number"),
        (lambda d: d["tables"][0]["cells"].append([["Exposure", "Jan"], -1, 2]), "below 0"),
        (lambda d: d["tables"][0]["leaves"].update(month=["Jan", "Mar"]), "Mar"),
        (lambda d: d["tables"][0]["totals"]["month"].update(Total=["Total"]), "contains itself"),
        (lambda d: d["tables"][0]["totals"]["month"].update(Total=["Jan", "Jan"]), "twice"),
        (lambda d: d.update(known_zeros=[]), "known_zeros"),
        (lambda d: d.update(known_zero=[["Exposure"]]), "one leaf per dimension"),
        (lambda d: d.update(targets=[{"table": "none", "cells": [["a"]]}]), "none"),
        (lambda d: d.update(links=[{"less": {"table": "first release", "at": ["Exposure", "Jan"]}}]), "than"),
    ],
)
def test_a_document_that_does_not_read_is_refused_with_the_place(change: Any, said: str) -> None:
    document = copy.deepcopy(BASE)
    change(document)
    with pytest.raises(DisclosureError, match=said):
        audit(document)
