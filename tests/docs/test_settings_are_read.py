"""Every documented setting is read by something that makes the answer, or refused; an unknown one always stops."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from clearcount.disclosure import Policy
from clearcount.disclosure.policy import _READERS
from clearcount.errors import ClearcountError
from clearcount.importers.layout import Column, FileLayout, Form, Layout, OffencePart, TextPart
from clearcount.importers.layout_file import parse_layout
from clearcount.model.columns import Condition, Grouping
from clearcount.model.release import Force
from clearcount.model.request import Accepted, CountRequest, Marker, Question, Scope, TableShape, Terms
from clearcount.model.terms import TermSet
from clearcount.store import Store, open_store
from clearcount.workflow.answering import answer_request
from clearcount.workflow.inputs import Inputs, one_store
from clearcount.workflow.reading_files import CONTACT_KEYS, FORCE_KEYS, parse_force
from clearcount.writers import bundle_files
from force import make_force

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src"
REFERENCE = ROOT / "docs" / "reference"
SETTINGS = (
    *(Policy, Force, CountRequest, Question, Scope, Terms, TermSet, TableShape, Marker, Accepted, Grouping, Condition),
    *(Layout, FileLayout, Form, OffencePart, TextPart, Column),
)
ONLY_READ_OR_PRINTED = ("as_dict", "parse", "from_dict")
"""Functions that carry a setting from file to file: to be named there is not to be used."""
PRINTED = {"approved_by"}
"""Settings that do all they are documented to do by standing in release.json."""


def reads(tree: ast.AST) -> Iterator[str]:
    """The attributes that a module reads, outside the functions that only carry settings."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef) and node.name in ONLY_READ_OR_PRINTED:
            continue
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield node.attr
        yield from reads(node)


@pytest.fixture(scope="module")
def read() -> set[str]:
    found = {name for path in SRC.rglob("*.py") for name in reads(ast.parse(path.read_text("utf-8")))}
    for template in (SRC / "clearcount" / "writers" / "templates").rglob("*"):
        if template.is_file():
            found |= set(re.findall(r"\.(\w+)", template.read_text("utf-8")))
    return found


@pytest.mark.parametrize("kind", SETTINGS, ids=lambda kind: kind.__name__)
def test_every_setting_is_read_by_some_code(kind: Any, read: set[str]) -> None:
    assert [each.name for each in fields(kind) if each.name not in read | PRINTED] == []


def rows_of(page: str) -> set[str]:
    """The keys in the first column of the tables of a page of reference."""
    lines = [line for line in (REFERENCE / page).read_text("utf-8").splitlines() if line.startswith("| `")]
    return {key for line in lines for key in re.findall(r"`([a-z_]+)`", line.split("|")[1])}


def test_the_pages_name_the_keys_that_the_readers_know() -> None:
    assert rows_of("disclosure-rules.md") == set(_READERS)
    assert rows_of("force.md") == {*FORCE_KEYS, "letter_template"}
    page = (REFERENCE / "force.md").read_text("utf-8")
    assert not [key for key in CONTACT_KEYS if f"`{key}`" not in page]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("force")
    make_force(folder, 150)
    return open_store(folder / "crimes" / "store")


REQUEST: dict[str, Any] = {
    "request": {"reference": "R", "received": "2025-07-01", "version_date": "2025-07-20"},
    "scope": {"from": "2024-01", "to": "2024-06"},
    "question": [{"text": "Burglary and theft", "codes": ["030/01", "008/01", "105/01", "086/02"]}],
}
POLICY: dict[str, Any] = {"rule": "suppress", "reason": "A test.", "approved_by": "Tester"}


def bundle(store: Store, policy: Mapping[str, Any], force: Mapping[str, Any], request: Any = REQUEST) -> dict[str, Any]:
    """What leaves the force, but for the print of the policy itself."""
    rule = Policy.parse(policy)
    made = answer_request(Inputs(request, one_store(store), policy=rule, force=parse_force(force), ledger=False))
    files = dict(bundle_files(made.release))
    released = json.loads(files["release.json"])
    for name in ("policy", "request"):
        released["provenance"].pop(name)
    return {**files, "release.json": {key: value for key, value in released.items() if key != "files"}}


ROUNDED = {**POLICY, "rule": "round"}
CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "rule": (POLICY, {"rule": "none"}),
    "threshold": (POLICY, {"threshold": 9}),
    "zeros": (POLICY, {"zeros": "ambiguous"}),
    "label": (POLICY, {"label": "<5"}),
    "requirement": (POLICY, {"requirement": "width:6"}),
    "cost": (POLICY, {"cost": "sum"}),
    "base": (ROUNDED, {"base": 10}),
    "method": (ROUNDED, {"method": "midpoint-6"}),
    "coarsen": (POLICY, {"coarsen": {"columns": "quarter"}}),
    "exemption": (POLICY, {"exemption": "section 40(2)"}),
    "reason": (POLICY, {"reason": "Another reason."}),
}
ELSEWHERE = {
    "approved_by": "printed in release.json with the policy",
    "time_limit": "tests/unit/test_disclosure_time_limit.py",
    "published": "tests/cli/test_publish.py",
    "publish_comparison": "refused below",
}


def test_every_documented_policy_key_is_tried() -> None:
    assert set(CHANGES) | set(ELSEWHERE) == rows_of("disclosure-rules.md")


@pytest.fixture(scope="module")
def plain(store: Store) -> dict[str, dict[str, Any]]:
    return {rule: bundle(store, {**POLICY, "rule": rule}, {}) for rule in ("suppress", "round")}


@pytest.mark.parametrize("key", sorted(CHANGES))
def test_a_policy_key_changes_what_leaves(key: str, store: Store, plain: dict[str, dict[str, Any]]) -> None:
    base, change = CHANGES[key]
    assert bundle(store, base | change, {}) != plain[base["rule"]]


@pytest.mark.parametrize("value", [True, "yes", 1, 0, "false", [], None])
def test_the_comparison_is_never_promised(value: object) -> None:
    with pytest.raises(ClearcountError, match="publish_comparison"):
        Policy.parse({**POLICY, "publish_comparison": value})
    assert Policy.parse({**POLICY, "publish_comparison": False}) == Policy.parse(POLICY)


VALUES = {"licence_url": "https://example.invalid/licence"}
LATE = {**REQUEST, "request": {**REQUEST["request"], "received": datetime(2025, 7, 1, 23, 30, tzinfo=UTC)}}


def test_the_zone_of_the_force_changes_what_leaves(store: Store) -> None:
    london, utc = (bundle(store, POLICY, {"force": {"time_zone": zone}}, LATE) for zone in ("Europe/London", "UTC"))
    assert (london["release.json"]["received"], utc["release.json"]["received"]) == ("2025-07-02", "2025-07-01")


@pytest.mark.parametrize("key", [key for key in FORCE_KEYS if key != "time_zone"])
def test_a_force_key_changes_what_leaves(key: str, store: Store) -> None:
    words = {**REQUEST, "terms": {"any": ["knife"], "fields": ["oel", "mo"]}} if key == "oel_label" else REQUEST
    changed = {"force": {key: VALUES.get(key, "Another word")}}
    assert bundle(store, POLICY, changed, words) != bundle(store, POLICY, {}, words)


@pytest.mark.parametrize("key", CONTACT_KEYS)
def test_a_route_changes_what_leaves(key: str, store: Store, plain: dict[str, dict[str, Any]]) -> None:
    assert bundle(store, POLICY, {"force": {"contact": {key: "Another way"}}}) != plain["suppress"]


def keys_of(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of each key of a TOML document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        if isinstance(key, str):
            yield (*at, key)
        yield from keys_of(inner, (*at, key))


PAGE = (REFERENCE / "layouts.md").read_text("utf-8")
LAYOUT = next(text for text in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL) if "[[file]]" in text)
FREE = {"status", "role", "extra"}
"""Tables whose keys are the force's own words."""
LAYOUT_KEYS = [at for at in keys_of(tomllib.loads(LAYOUT)) if not FREE & set(at[:-1][-1:])]


def as_toml(value: Any) -> str:
    """A value as inline TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {as_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return json.dumps(value)


def layout_of(data: Mapping[str, Any]) -> Layout:
    return parse_layout("\n".join(f"{key} = {as_toml(value)}" for key, value in data.items()), where="layout")


@pytest.mark.parametrize("at", LAYOUT_KEYS, ids=lambda at: ".".join(map(str, at)))
def test_a_layout_key_means_something_and_a_mistyped_one_stops(at: tuple[Any, ...]) -> None:
    data = tomllib.loads(LAYOUT)
    inner: Any = data
    for step in at[:-1]:
        inner = inner[step]
    whole = layout_of(data)
    value = inner.pop(at[-1])
    default = {
        "codes": "home-office",
        "marker_separator": "|",
        "name": "ours",
        "format": "plain",
        "quotes": "double",
    }.get(at[-1])
    try:
        without = layout_of(data)
    except ClearcountError:
        without = None  # it is needed
    assert without != whole or value == default
    inner[f"{at[-1]}x"] = value
    with pytest.raises(ClearcountError):
        layout_of(data)
