"""From exact tables to a release: through disclosure control, with the words and the provenance round them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from clearcount import __version__
from clearcount.answer.account import statement
from clearcount.disclosure import Controlled, Policy, control_statement
from clearcount.disclosure.stores import controlled_in_one
from clearcount.matching import MATCHER_VERSION, UNICODE_VERSION
from clearcount.model.release import Prose, Provenance, Release, StoreVersion
from clearcount.model.request import CountRequest, Doubt
from clearcount.model.statement import Statement
from clearcount.workflow import prose
from clearcount.workflow.accounting import named
from clearcount.workflow.confirming import Confirmed
from clearcount.workflow.counting import Counted
from clearcount.workflow.counting_stores import StoreCount
from clearcount.workflow.inputs import Inputs
from clearcount.workflow.lettering import DIGEST, digest
from clearcount.workflow.prose_answers import answered
from clearcount.workflow.prose_short import together
from clearcount.workflow.superseding import what_changed

_HEADINGS = {
    "mentions": "Mentions, not read by a person",
    "marked": "Offences that carry the force's marker",
    "offences": "Recorded offences",
}
_READ = {True: "Confirmed mentions, all read by people", False: "Confirmed mentions, in part read by people"}


@dataclass(frozen=True)
class StorePart:
    """What one store gives to a release: its count, what disclosure control made of it, and what people read of it."""

    count: StoreCount
    controlled: Controlled
    read: Confirmed | None = None

    @property
    def counted(self) -> Counted:
        """What was counted."""
        return self.count.counted

    @property
    def hidden(self) -> dict[str, object]:
        """Which cells are hidden and why, which never leaves the force."""
        return {**self.controlled.internal, "untied": list(self.controlled.untied)}

    @property
    def answer(self) -> str:
        """The name of the first table: what people confirmed where they read, else what was counted."""
        return "confirmed" if self.read else self.counted.answer.name


def release_of(
    request: CountRequest, parts: Sequence[StorePart], inputs: Inputs, open_doubts: Sequence[Doubt] = ()
) -> Release:
    """Return the release of one request. `parts` are its stores, that of the headline table first.

    The tables of each store have passed disclosure control together, with what was published from it before.
    `inputs.made_on` is the date on the answer.
    """
    lead, force, policy = parts[0], inputs.force, inputs.policy
    counted, read, earlier = lead.counted, lead.read, inputs.earlier
    counts = [part.counted for part in parts]
    controlled = controlled_in_one({part.count.name: part.controlled for part in parts})
    tables = controlled.tables
    answer = tables[lead.answer]
    answers = sorted((each for count in counts for each in count.answers), key=lambda each: each.wanted.number)
    asked = {each.name for pair in answers[1:] for each in (pair.table, pair.denominator) if each}
    asked.add(counted.denominator.name)
    provenance = _provenance(request, parts, inputs)
    changed: tuple[Prose, ...] = ()
    if earlier:
        changed = what_changed(earlier, provenance, answer=answer, tables=tables, reason=inputs.reason)
    heading = _READ[read.complete] if read else prose.noun_of(counts).put(_HEADINGS[counted.kind])
    questions = [
        question
        for part in parts
        for question in answered(part.counted, tables[part.answer], tables[part.counted.denominator.name], tables)
    ]
    return Release(
        reference=request.reference,
        title=request.title or f"Request {request.reference}",
        received=request.received,
        version_date=inputs.made_on or request.received,
        request_text=request.text or "\n".join(f"{q.number}. {q.text}" for q in request.questions),
        force=force,
        questions=tuple(sorted(questions, key=lambda question: question.number)),
        answer=answer,
        denominators=tables[counted.denominator.name],
        further=tuple(
            (tables[each.table.name], tables[each.denominator.name] if each.denominator else None)
            for each in answers[1:]
        ),
        others=tuple(table for name, table in tables.items() if name not in {answer.name, *asked}),
        statements=tuple(control_statement(each, policy, tables) for each in map(_statement, parts)),
        provenance=provenance,
        document=controlled.document,
        control=controlled.record,
        heading=", ".join(filter(None, (heading, policy.rounding))),
        asked=prose.asked(counts),
        together=together(counted, answer, tables[counted.denominator.name]) if len(counts) == 1 else (),
        data_source=prose.data_source(counts, force),
        data_processing=prose.data_processing(counts, force),
        method=prose.method(counts),
        quality=read.quality if read else prose.quality_unread(counts),
        disclosure=_disclosure(policy),
        notes=(*changed, *prose.notes(counts)),
        accepted=tuple((each.doubt, each.reason) for each in request.accepted),
        draft_because=tuple(doubt.id for doubt in open_doubts),
        supersedes=earlier.name if earlier else "",
        noun=prose.noun_of(counts),
        letter_template=inputs.letter_template,
    )


def _provenance(request: CountRequest, parts: Sequence[StorePart], inputs: Inputs) -> Provenance:
    lead = parts[0].counted
    read, template = parts[0].read, inputs.letter_template
    return Provenance(
        request=plain(request.source),
        policy=inputs.policy.as_dict(),
        snapshot=lead.snapshot.number,
        extract_date=lead.snapshot.as_at.isoformat(),
        codes_version=lead.codes.version,
        clearcount_version=__version__,
        matcher_version=MATCHER_VERSION,
        unicode_version=UNICODE_VERSION,
        digests={
            **({"decisions": read.digest} if read else {}),
            **({DIGEST: digest(template)} if template else {}),
        },
        stores=tuple(
            StoreVersion(part.count.name, part.counted.snapshot.number, part.counted.snapshot.as_at.isoformat())
            for part in (parts if len(parts) > 1 else ())
        ),
    )


def _statement(part: StorePart) -> Statement:
    """The account of one store, which says so where there are several."""
    account, name = part.count.accounted.account, part.count.name
    found = statement(account, named(part.counted, account))
    return replace(found, name=f"{found.name} of {name}", title=f"{found.title}: {name}") if name else found


def _disclosure(policy: Policy) -> tuple[Prose, ...]:
    what = {
        "none": "Small numbers are printed as they are.",
        "suppress": f"Counts below {policy.threshold} are suppressed. Other counts are suppressed with them, so "
        "that nobody can work a suppressed count out.",
        "round": "Counts are rounded.",
    }[policy.rule]
    lines: list[Prose] = [(what, " ", f"Reason: {policy.reason}")]
    if policy.rule != "none":
        lines.append((f"What a reader knows: {policy.reader}",))
    if policy.exemption:
        lines.append((f"Exemption relied on for what is not shown: {policy.exemption}.",))
    return tuple(lines)


def plain(value: object) -> Any:
    """Return a TOML value as plain JSON values: dates as text, mappings and lists all the way down."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)
