"""The first page of an answer: what was asked, the answer, what was not counted, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from clearcount.model.record import Noun
from clearcount.writers.blocks import AnswerInShort, Block, Bullets, Chart, Heading, Paragraph, explained
from clearcount.writers.printed import SHORTHAND
from clearcount.writers.printed_release import PrintedLine, PrintedRelease, spoken_date
from clearcount.writers.svg import drawn_markers

_LEADS = {
    "offences": "Offences",
    "rows of offences": "Rows for offences that were set aside,",
    "rows of texts": "Rows for texts that were set aside,",
    "rows of persons": "Rows for people that were set aside,",
}
"""How a line of the account begins where it stands alone, by the group of lines that it belongs to."""
_KEPT = ("counted", "with", "kept", "changed", "unchanged", "read", "set aside", "out of reach", "mended")
"""Lines of the account that are no loss to the answer."""
_GONE = ("gone", "purged")
"""Lines that say by themselves what was lost."""


def front(release: PrintedRelease) -> tuple[Block, ...]:
    """Return the blocks of the first page."""
    counted, sure = not_counted(release), how_sure(release)
    return (
        *((Heading("What was asked"), *asked(release)) if release.asked else ()),
        *answers(release),
        *chart(release),
        *((Heading("What was not counted"), *counted) if counted else ()),
        *((Heading("How sure this is"), *sure) if sure else ()),
    )


def asked(release: PrintedRelease) -> tuple[Block, ...]:
    """Return what was asked, in one paragraph."""
    return (Paragraph(" ".join(release.asked)),) if release.asked else ()


def answers(release: PrintedRelease) -> tuple[Block, ...]:
    """Return the answer to each question, and what the markers in it mean. Questions with one answer stand together."""
    groups: list[AnswerInShort] = []
    for question in release.questions:
        rows = tuple((line.heading, release.cells_of(line)) for line in question.lines)
        same = next(
            (at for at, each in enumerate(groups) if rows and (each.heads, each.rows) == (question.heads, rows)), -1
        )
        if same < 0:
            groups.append(AnswerInShort((question.number,), (question.text,), question.answer, question.heads, rows))
        else:
            one = groups[same]
            groups[same] = AnswerInShort(
                (*one.numbers, question.number), (*one.texts, question.text), one.sentence, one.heads, one.rows
            )
    used = {cell.marker for group in groups for _, cells in group.rows for cell in cells}
    legend = explained(mark for mark in SHORTHAND if mark in used)
    whole = map(Paragraph, release.together)
    return (*groups, *whole, *((Bullets(legend),) if legend else ()))


def chart(release: PrintedRelease) -> tuple[Block, ...]:
    """Return the chart with what a reader needs for it."""
    used = drawn_markers(release.answer, 0)
    note = ["The bars start at zero."]
    if used & {"c", "low"}:
        note.append("A hatched bar is a number that is not shown.")
    if used & {"z", "x"}:
        note.append("An outline is a time in which the offence did not exist, or was not searched.")
    return (Chart(" ".join((*note, "Table 1 gives every number."))),)


def not_counted(release: PrintedRelease) -> tuple[Block, ...]:
    """Return what was left out, each with its number; where nothing was, that."""
    if not release.statements:
        return ()
    noun = release.noun
    losses = tuple(loss for statement in release.statements for line in statement.lines for loss in _loss(line, noun))
    return (Bullets(losses),) if losses else (Paragraph(noun.put("No record of these offences was left out.")),)


def _loss(line: PrintedLine, noun: Noun) -> Iterator[str]:
    """What a line of the account says that the tables do not count; nothing for a line without a loss."""
    group, _, kind = line.key.partition(": ")
    if line.shown == "0" or kind in _KEPT or (line.level == 0 and not _is_alone(line)):
        return
    lead = "" if _is_alone(line) or kind in _GONE else noun.put(_LEADS.get(group, group.capitalize()))
    said = " ".join(filter(None, (lead, line.label)))
    yield f"{said[:1].upper()}{said[1:]}: {line.shown}"


def _is_alone(line: PrintedLine) -> bool:
    """Whether a line is a loss by itself and no part of the line above."""
    group, _, kind = line.key.partition(": ")
    return group == "no code" or (group, kind) == ("texts", "without") or kind in ("none", "astray")


def how_sure(release: PrintedRelease) -> tuple[Block, ...]:
    """Return how far the numbers can be trusted."""
    said = list(release.quality)
    if day := extract_date(release):
        when = f"on these days: {day}" if release.provenance.stores else f"on {day}"
        extracted = f"The records were extracted {when}. They can change later."
        said[-1:] = [f"{said[-1]} {extracted}" if said else extracted]
    return tuple(map(Paragraph, said))


def extract_date(release: PrintedRelease) -> str:
    """Return the day as of which the records are counted, in words; of several stores the day of each."""
    made = release.provenance
    if made.stores:
        return "; ".join(f"{store.name}: {_spoken(store.extract_date)}" for store in made.stores)
    return _spoken(made.extract_date)


def _spoken(day: str) -> str:
    try:
        return spoken_date(date.fromisoformat(day))
    except ValueError:
        return day
