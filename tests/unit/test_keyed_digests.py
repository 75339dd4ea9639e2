"""A digest that is printed must not tell its parts to somebody who tries every likely value."""

from __future__ import annotations

import hashlib
import hmac
from itertools import product
from pathlib import Path

import pytest

from clearcount.errors import StoreDamaged
from clearcount.store.force_key import force_key, keyed_digest

DECISIONS = ("000123|086/02|relevant", "000124|088/15|not_relevant")
CODES = ("relevant", "not_relevant", "unclear", "cannot_decide")


def _met(printed: str, key: bytes | None) -> set[tuple[str, ...]]:
    """The decisions under which the printed digest comes out: by plain hashes, or with a key."""
    found = set()
    for codes in product(CODES, repeat=2):
        parts = tuple(f"{part.rsplit('|', 1)[0]}|{code}" for part, code in zip(DECISIONS, codes, strict=True))
        if key is not None:
            tried = {keyed_digest(key, *parts)}
        else:
            framed = b"".join(len(part).to_bytes(8, "big") + part.encode() for part in parts)
            texts = (framed, *("".join((*parts[:1], joint, *parts[1:])).encode() for joint in ("", "\n", "|", ",")))
            tried = {hashlib.sha256(text).hexdigest() for text in texts}
            tried |= {hmac.new(b"", text, hashlib.sha256).hexdigest() for text in texts}
        if printed in tried:
            found.add(parts)
    return found


def test_trying_values_meets_nothing_without_the_key_and_the_decisions_with_it(tmp_path: Path) -> None:
    key = force_key(tmp_path)
    printed = keyed_digest(key, *DECISIONS)
    assert _met(printed, None) == set()
    assert _met(printed, key) == {DECISIONS}
    framed = b"".join(len(part).to_bytes(8, "big") + part.encode() for part in DECISIONS)
    assert _met(hashlib.sha256(framed).hexdigest(), None) == {DECISIONS}  # a plain digest would be met


def test_each_store_has_one_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    stores = tmp_path / "a", tmp_path / "b"
    for store in stores:
        store.mkdir()
    first, second = map(force_key, stores)
    assert first != second and force_key(stores[0]) == first
    assert (stores[0] / "digest.key").stat().st_mode & 0o777 == 0o600
    assert keyed_digest(first, *DECISIONS) != keyed_digest(second, *DECISIONS)


def test_where_a_part_ends_counts(tmp_path: Path) -> None:
    key = force_key(tmp_path)
    assert len({keyed_digest(key, *parts) for parts in (("ab", "c"), ("a", "bc"), ("abc",), ("ab", "", "c"))}) == 4


@pytest.mark.parametrize("content", ["abcd\n", "", "zz\n", "\u00fc", None])
def test_a_damaged_key_is_refused(tmp_path: Path, content: str | None) -> None:
    sound = (force_key(tmp_path), (tmp_path / "digest.key").read_text())[1]
    flipped = ("1" if sound[0] != "1" else "2") + sound[1:]
    (tmp_path / "digest.key").write_text(flipped if content is None else content, encoding="utf-8")
    with pytest.raises(StoreDamaged, match=r"digest\.key is not what was written"):
        force_key(tmp_path)


def test_a_key_of_an_earlier_version_without_a_check_is_taken(tmp_path: Path) -> None:
    (tmp_path / "digest.key").write_text("ab" * 32 + "\n")
    assert force_key(tmp_path) == b"\xab" * 32
