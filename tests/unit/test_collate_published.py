"""Answers as forces publish them, each with its reading written by hand: no figure may be wrong.

A wrong figure is the worst, then a figure that is lost without a word, then one that is named as unread.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from clearcount.collate import Line, Page
from clearcount.collate.readers import opening
from clearcount.errors import ClearcountError
from clearcount.workflow.collating import read_page

from .published_samples import Sample, samples

SAMPLES = samples()


@dataclass
class Judged:
    """How many figures of one answer are right, what is wrong, and what is gone without a word."""

    total: int
    right: int = 0
    unread: int = 0
    refused: str = ""
    wrong: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def read(sample: Sample, path: Path) -> tuple[list[Line], list[str]]:
    """Return the lines of a file and what is said of it."""
    if sample.kind == ".eml":
        path.write_bytes(sample.raw)
        pages: list[tuple[str, Page]] = opening.read_published(path)
    else:
        pages = [("", opening.READERS[sample.kind](sample.raw, f"answer{sample.kind}"))]
    found = [read_page(page) for _, page in pages]
    said = [note for _, page in pages for note in page.said]
    return [line for lines, _ in found for line in lines], [*said, *(note for _, notes in found for note in notes)]


def judge(sample: Sample, folder: Path) -> Judged:
    """Return how a sample is read."""
    left = Counter(sample.truth)
    found = Judged(sum(truth[2] != "?" for truth in sample.truth))
    try:
        lines, said = read(sample, folder / f"answer{sample.kind}")
    except ClearcountError as error:
        found.refused = str(error)
        return found
    for line in lines:
        if line.unread:
            found.unread += 1
            continue
        words = " | ".join((line.label, line.group, line.measure)).casefold()
        figure = line.value or line.marker.split("|")[0]
        figure += f" {line.kind}" if line.kind in ("rate", "money") else ""
        fits = [
            truth
            for truth in left
            if left[truth] > 0
            and truth[1:] == (line.period, figure)
            and all(word.strip().casefold() in words for word in truth[0].split("+"))
        ]
        if fits:
            left[max(fits, key=lambda truth: len(truth[0]))] -= 1
            found.right += 1
        elif line.value or line.marker != "blank":
            found.wrong.append(
                f"{line.origin}: {line.label} / {line.group} / {line.measure} / {line.period} = {figure}"
            )
    gone = [" ; ".join(truth) for truth in left.elements() if truth[2] not in ("?", "blank")]
    found.lost = gone if len(gone) > found.unread and not said else []
    return found


@pytest.mark.parametrize("name", SAMPLES)
def test_no_figure_is_wrong_or_lost_without_a_word(name: str, tmp_path: Path) -> None:
    found = judge(SAMPLES[name], tmp_path)
    assert not found.wrong, found
    assert not found.lost, found


def test_most_figures_are_read(tmp_path: Path) -> None:
    found = [judge(sample, tmp_path) for sample in SAMPLES.values()]
    assert sum(each.right for each in found) >= 0.85 * sum(each.total for each in found)
