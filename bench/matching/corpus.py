"""A made-up corpus of log entries in one Parquet file, the same bytes for the same size and seed.

Clinical police-log register with a long tail of rare words (Zipf), mistyped words, telephone numbers of Ofcom's
drama range, dates and reference numbers. About 158 bytes an entry (log-normal), 3 % of entries with a character
beyond ASCII, 62 % with the letters "ai", a hit in one of 10,000, 15 % of the hits at the start and 15 % at the end of
their text, and a near miss (Aiden, AIR, A.I., deep-fake) in one of 35.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clearcount.matching import TermSet, fold, matcher

TERMS = (
    "AI", "artificial intelligence", "deepfake", "deep fake", "ChatGPT", "face swap", "voice clone", "synthetic media",
)  # fmt: skip
ROW_GROUP = 250_000
SEED = 20250722

_COMMON_WORDS = (
    "the to and of a was on in at by for with that from he she they is it as has had been no not said states stated "
    "caller informed victim male female officer attended address phone call message account number video image sent "
    "received contact vehicle street road unknown suspect reports reported checked details given advice unit control "
    "room logged further enquiries neighbour witness statement taken property entry door window left right towards "
    "believed approx hours approximately via social media profile group chat online platform photograph request money "
    "bank card transfer email paid again available claims detained maintained email's complaint daily train station "
    "rail chair stairs hair aid fail mail raised waiting remains explained afraid "
)
_SYLLABLE_LIST = (
    "ba be bo ca ce co da de dra el en er fa fe fi ga ge gra ha hi in ka la le lo ma me mi mo na ne no or pa pe pla "
    "po ra re ri ro sa se shi sta ta te tho tra tu un va ve wa we wi yo "
)
_COMMON = _COMMON_WORDS.split()
_SYLLABLES = _SYLLABLE_LIST.split()
_BEYOND = (
    "£250", "£40", "café", "don’t", "victim’s", "“blocked”", "–", "no\u00a0reply", "co\u00adoperate", "naïve", "50€",
    "sent…", "José", "½", "ﬁle", "🙂",
)  # fmt: skip
_HITS = (
    "AI", "AI", "ai", "AI,", "AI.", "(AI)", "AI-generated", "artificial intelligence", "Artificial Intelligence.",
    "deepfake", "deepfake,", "deep fake", "ChatGPT", "face swap", "voice clone", "synthetic media.",
)  # fmt: skip
_NEAR = (
    "Aiden", "AIR", "Aisha", "AIMS", "paidAI", "deepfakes", "deap fake", "fake deep", "artificial light", "face  mask",
    "AIs", "chatgpts", "voice call", "synthetics", "AI5", "A.I.", "deep-fake",
)  # fmt: skip


def make(path: Path, rows: int) -> dict[str, Any]:
    """Writes the corpus of `rows` entries to `path` (columns entry_id, text, folded) and returns what is in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    vocabulary, weights = _vocabulary(rng)
    schema = pa.schema([("entry_id", pa.int64()), ("text", pa.string()), ("folded", pa.string())])
    facts: dict[str, Any] = {"rows": rows, "bytes": 0, "beyond": 0, "ai": 0, "hits": 0}
    word = matcher(TermSet("word", TERMS), "re2")
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=3) as writer:
        for start in range(0, rows, ROW_GROUP):
            size = min(ROW_GROUP, rows - start)
            text = _texts(rng, vocabulary, weights, size)
            folded = fold(text)
            facts["bytes"] += pc.sum(pc.binary_length(text)).as_py()
            facts["beyond"] += size - folded.null_count
            facts["ai"] += pc.sum(pc.match_substring(text, "ai", ignore_case=True)).as_py()
            facts["hits"] += len(word.hits(text, folded).kept)
            ids = pa.array(np.arange(start, start + size))
            writer.write_table(pa.table([ids, text, folded], schema=schema), row_group_size=ROW_GROUP)
    path.with_suffix(".json").write_text(json.dumps(facts))
    return facts


def _vocabulary(rng: np.random.Generator) -> tuple[pa.Array, np.ndarray[Any, np.dtype[np.float64]]]:
    tail = ["".join(rng.choice(_SYLLABLES, rng.integers(2, 5))) for _ in range(20_000)]
    typed = [f"{word[:1]}{word[2:3]}{word[1:2]}{word[3:]}" for word in _COMMON if len(word) > 4]
    numbers = [f"07700 900{number:03d}" for number in range(0, 1000, 7)]
    dates = [f"{day:02d}/{month:02d}/2024" for month in range(1, 13) for day in range(1, 29, 4)]
    signs = [f"{word}{sign}" for word in _COMMON for sign in (".", ",", ":")]
    capitals = [word.capitalize() for word in _COMMON] + [word.upper() for word in _COMMON[:60]]
    rare = typed + numbers + dates + signs + capitals + tail
    rng.shuffle(rare)
    words = [*_COMMON, *rare]
    weights = 1 / (np.arange(len(words)) + 12.0) ** 1.15
    return pa.array(words), weights / weights.sum()


def _texts(
    rng: np.random.Generator, vocabulary: pa.Array, weights: np.ndarray[Any, np.dtype[np.float64]], size: int
) -> pa.Array:
    counts = np.clip(np.exp(rng.normal(3.0, 0.66, size)), 3, 130).astype(np.int64)
    drawn = np.searchsorted(np.cumsum(weights), rng.random(int(counts.sum()))).clip(0, len(vocabulary) - 1)
    extra = [*_BEYOND, *_NEAR, *_HITS]
    first = np.cumsum(counts) - counts
    for pool, share in ((_BEYOND, 0.031), (_NEAR, 1 / 35), (_HITS, 1.0e-4)):
        rows = np.flatnonzero(rng.random(size) < share)
        place = rng.random(len(rows))
        offset = np.where(place < 0.15, 0, np.where(place > 0.85, counts[rows] - 1, (place * counts[rows]).astype(int)))
        drawn[first[rows] + offset] = len(vocabulary) + extra.index(pool[0]) + rng.integers(0, len(pool), len(rows))
    words = pa.concat_arrays([vocabulary, pa.array(extra)]).take(pa.array(drawn))
    lists = pa.ListArray.from_arrays(pa.array(np.append(first, counts.sum()), pa.int32()), words)
    return pc.binary_join(lists, " ")


def many_terms(count: int) -> tuple[str, ...]:
    """`TERMS` and as many further terms as make `count`: two-word phrases and long words that hardly ever occur."""
    rng = np.random.default_rng(SEED + 1)

    def made() -> str:
        return "".join(rng.choice(_SYLLABLES, rng.integers(4, 6)))

    more: dict[str, None] = dict.fromkeys(TERMS)
    while len(more) < count:
        more[f"{rng.choice(_COMMON)} {made()}" if rng.random() < 0.5 else made()] = None
    return tuple(more)
