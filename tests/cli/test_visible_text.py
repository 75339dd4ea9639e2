"""Invisible characters are taken out of everything a person writes, named by check, and what count writes verifies."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearcount.model.visible import cleaned, is_visible, unseen_in, visible
from clearcount.writers.printed import plain
from clearcount.writers.scan.finding import unseen_characters

SIGNS = {
    "zero width space": "\u200b", "byte order mark": "\ufeff", "word joiner": "\u2060", "override": "\u202e",
    "isolate": "\u2066", "soft hyphen": "\u00ad", "variation selector": "\ufe0d", "tag": "\U000e0041",
    "private use": "\ue123", "line separator": "\u2028", "bell": "\x07", "delete": "\x7f", "next line": "\x85",
    "object replacement": "\ufffc",
}  # fmt: skip
PLACES = ("title", "text", "question", "term", "accepted", "policy", "force")


@given(st.text())
def test_what_is_printed_holds_nothing_that_a_scan_finds(text: str) -> None:
    assert not list(unseen_characters("f", plain(text), "somewhere"))
    assert is_visible(visible(text)) and visible(visible(text)) == visible(text)


@given(st.text(alphabet=st.characters(categories=("L", "N", "P", "Zs"), exclude_characters="\u00ad")))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


@given(st.recursive(st.text() | st.integers() | st.booleans(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_a_cleaned_value_is_clean_and_keeps_its_shape(value: Any) -> None:
    found, places = cleaned(value)
    assert cleaned(found)[1] == () and (bool(places) or found == value)


@pytest.mark.parametrize(
    ("sign", "place"),
    [
        # Each sign and each place in every run; every pair among the slow tests.
        pytest.param(sign, place, marks=() if at % len(PLACES) == PLACES.index(place) else pytest.mark.slow)
        for at, sign in enumerate(SIGNS)
        for place in PLACES
    ],
)
@pytest.mark.usefixtures("store")
def test_a_sign_that_nobody_sees_is_named_and_the_bundle_verifies(
    work: Path, run: Callable[..., Any], place: str, sign: str
) -> None:
    text = SIGNS[sign]
    escaped = (
        json.dumps(f"Image{text} offences")[1:-1].replace("\\u007f", "\\u007F")
        if ord(text) < 0x10000
        else (f"Image\\U{ord(text):08X} offences")
    )
    request, policy, force = (work / f"{name}.toml" for name in ("request", "policy", "force"))
    force.write_text('[force]\nname = "F"\n', encoding="utf-8")
    data = request.read_text(encoding="utf-8")
    changes = {
        "title": ("[scope]", f'title = "{escaped}"\n[scope]'),
        "text": ("[scope]", f'text = "{escaped}"\n[scope]'),
        "question": ('text = "Sharing,', f'text = "{escaped} Sharing,'),
        "term": ('"deepfake"]', f'"deepfake", "{escaped}"]'),
        "accepted": ("[terms]", f'[[accepted]]\ndoubt = "x"\nreason = "{escaped}"\n[terms]'),
    }
    if place in changes:
        assert changes[place][0] in data
        request.write_text(data.replace(*changes[place]), encoding="utf-8")
    elif place == "policy":
        policy.write_text(policy.read_text(encoding="utf-8").replace("A test", f"{escaped} A test"), encoding="utf-8")
    else:
        force.write_text(f'[force]\nname = "{escaped}"\n', encoding="utf-8")
    checked = json.loads(run("check", request, "--store", work / "store", "--json").out)
    if place in changes:
        assert any(f"U+{ord(text):04X}" in each for each in checked["notes"]), "check names the sign"
    words = ["--store", work / "store", "--policy", policy, "--force", force, "--out", work / "answer"]
    assert run("count", request, *words).code == 0
    done = run("verify", work / "answer", "--store", work / "store")
    assert done.code == 0, done.out


def test_the_first_signs_are_named_once() -> None:
    assert unseen_in("a\u200bb\u200bc\ufeff") == "U+200B, U+FEFF"
    assert visible("deep\u200bfake \u200b and\u00ad") == "deep fake and"
