"""docs/reference/request.md: every key is on the page, and every example is counted."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from clearcount.model.request_columns import RANGE_KEYS
from clearcount.model.request_reader import DIMENSIONS
from clearcount.model.request_sections import SECTIONS
from clearcount.offences import code_list
from clearcount.store import Store, open_store
from clearcount.workflow.checking import faults_of
from clearcount.workflow.counting_stores import count_stores
from clearcount.workflow.stores import NamedStore
from force import make_force

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "request.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("force")
    make_force(folder, 400)
    return open_store(folder / "crimes" / "store")


def keys(value: Any) -> set[str]:
    if isinstance(value, list):
        return {key for each in value for key in keys(each)}
    return {key for name, each in value.items() for key in (name, *keys(each))} if isinstance(value, dict) else set()


def test_every_key_and_every_dimension_stands_on_the_page_and_in_an_example() -> None:
    shown = keys([tomllib.loads(example) for example in EXAMPLES])
    for section, names in SECTIONS.items():
        assert section in shown
        for name in (*names, *RANGE_KEYS):
            assert f"`{name}`" in PAGE, name
            assert name in shown, name
    assert not [name for name in DIMENSIONS if f"`{name}`" not in PAGE]


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_counts(store: Store, number: int) -> None:
    data = {"request": {"reference": "R", "received": "2025-07-01"}, **tomllib.loads(EXAMPLES[number])}
    scopes = [data.get("scope", {}), *data.get("question", ())]
    names = list(dict.fromkeys(each["records"] for each in scopes if "records" in each)) or [""]
    stores = [NamedStore(store, name) for name in names]
    request, faults = faults_of(data, code_list(), stores)
    assert not faults
    for count in count_stores(request, stores, codes=code_list()):
        assert len(count.counted.answers) >= 1 and len(count.counted.found.offences)
