"""A ranker of the force's own: a Python file with `rank(texts, decisions)`, which may order records and nothing else.

It gets the texts and, for each, whether a person found it relevant (True, False, or None where nobody has decided). It
returns one finite number for each text; the higher, the sooner it is read. It cannot remove a record. What it is given
is what is drawn from, and a random sample measures what it puts last. It runs with the rights of whoever
names it, so name only a file that you trust.
"""

from __future__ import annotations

import hashlib
import importlib.util
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from clearcount.errors import DecisionError


@dataclass(frozen=True)
class RankerFile:
    """A loaded ranker: its file's name, the SHA-256 of what it holds, and its function."""

    name: str
    digest: str
    function: Callable[[list[str], list[bool | None]], object]

    def rank(self, texts: Sequence[str], relevant: Sequence[bool | None]) -> list[float]:
        """Return a score for each text.

        Raises:
            DecisionError: when the function fails, or does not return one finite number for each text.
        """
        try:
            found = self.function(list(texts), list(relevant))
            scores = [float(score) for score in cast(Iterable[float], found)]
        except Exception as fault:  # another's code may fail in any way; the message may hold text, so it is left out
            raise DecisionError(
                f"{self.name}: rank(texts, decisions) failed with {type(fault).__name__}; mend it, or leave it out"
            ) from None
        if len(scores) != len(texts) or not all(math.isfinite(score) for score in scores):
            raise DecisionError(
                f"{self.name}: rank(texts, decisions) must return one finite number for each of {len(texts):,} texts"
            )
        return scores


def load_ranker(file: Path) -> RankerFile:
    """Return the ranker in a Python file. Nothing is loaded unless somebody names the file.

    Raises:
        DecisionError: when there is no such file, or it has no function `rank`.
    """
    try:
        source = file.read_bytes()
    except OSError:
        raise DecisionError(
            f"{file}: there is no such ranker; name a Python file with rank(texts, decisions)"
        ) from None
    spec = importlib.util.spec_from_file_location("clearcount_ranker", file)
    if spec is None or spec.loader is None:
        raise DecisionError(f"{file}: is no Python file; name one with rank(texts, decisions)")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as fault:
        raise DecisionError(f"{file}: cannot be loaded: {type(fault).__name__}; mend it, or leave it out") from None
    function = getattr(module, "rank", None)
    if not callable(function):
        raise DecisionError(f"{file}: has no function rank(texts, decisions); add it")
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,80}", file.name):  # the answer prints it
        raise DecisionError("a ranker's file has a name of letters, digits, dots, dashes and underscores; rename it")
    return RankerFile(file.name, hashlib.sha256(source).hexdigest(), function)
