"""From exact tables to a release: through disclosure control, with the words and the provenance round them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from clearcount import __version__
from clearcount.answer.account import statement
from clearcount.disclosure import Controlled, Policy, control, control_statement
from clearcount.disclosure.records import Earlier as Known
from clearcount.disclosure.records import Records
from clearcount.matching import MATCHER_VERSION, UNICODE_VERSION
from clearcount.model.release import Force, Prose, Provenance, Release
from clearcount.model.request import Doubt
from clearcount.model.statement import Statement
from clearcount.workflow import prose
from clearcount.workflow.accounting import Accounted, named
from clearcount.workflow.confirming import Confirmed
from clearcount.workflow.counting import Counted
from clearcount.workflow.lettering import DIGEST, digest
from clearcount.workflow.prose_answers import answered
from clearcount.workflow.superseding import Earlier, what_changed

_HEADINGS = {
    "mentions": "Mentions, not read by a person",
    "marked": "Offences that carry the force's marker",
    "offences": "Recorded offences",
}
_READ = {True: "Confirmed mentions, all read by people", False: "Confirmed mentions, in part read by people"}


def release_of(
    counted: Counted,
    *,
    policy: Policy,
    force: Force,
    made_on: date,
    open_doubts: Sequence[Doubt] = (),
    published: Sequence[Known | Mapping[str, Any]] = (),
    records: Records | None = None,
    accounted: Accounted | None = None,
    read: Confirmed | None = None,
    earlier: Earlier | None = None,
    reason: str = "",
    letter_template: bytes = b"",
) -> tuple[Release, Mapping[str, Any]]:
    """Return the release of one count, and what disclosure control hid and why, which never leaves the force.

    All its tables pass disclosure control together, with what was published before.

    `made_on` is the date on the answer. `published` is what left before, and `records` what this count found, to
    compare it with. `read` is what people decided about the hits, where they were read. `earlier` is the version that
    this one replaces. `letter_template` is the force's own, or empty.

    Raises:
        DisclosureError: when no safe pattern exists, with what to coarsen.
    """
    request = counted.request
    controlled: Controlled = control(
        [*counted.tables, *(read.tables if read else ()), *([earlier.table] if earlier and earlier.table else ())],
        links=[*counted.links, *(read.links if read else ())],
        policy=policy,
        published=published,
        records=records,
        force=force.name,
    )
    tables = controlled.tables
    answer = tables["confirmed" if read else counted.answer.name]
    asked = {each.name for pair in counted.answers[1:] for each in (pair.table, pair.denominator) if each}
    asked.add(counted.denominator.name)
    provenance = Provenance(
        request=plain(request.source),
        policy=policy.as_dict(),
        snapshot=counted.snapshot.number,
        extract_date=counted.snapshot.as_at.isoformat(),
        codes_version=counted.codes.version,
        clearcount_version=__version__,
        matcher_version=MATCHER_VERSION,
        unicode_version=UNICODE_VERSION,
        digests={
            **({"decisions": read.digest} if read else {}),
            **({DIGEST: digest(letter_template)} if letter_template else {}),
        },
    )
    changed: tuple[Prose, ...] = ()
    if earlier:
        changed = what_changed(earlier, provenance, answer=answer, tables=tables, reason=reason)
    heading = _READ[read.complete] if read else _HEADINGS[counted.answer.name]
    release = Release(
        reference=request.reference,
        title=request.title or f"Request {request.reference}",
        received=request.received,
        version_date=made_on,
        request_text=request.text or "\n".join(f"{q.number}. {q.text}" for q in request.questions),
        force=force,
        questions=answered(counted, answer, tables[counted.denominator.name], tables),
        answer=answer,
        denominators=tables[counted.denominator.name],
        further=tuple(
            (tables[each.table.name], tables[each.denominator.name] if each.denominator else None)
            for each in counted.answers[1:]
        ),
        others=tuple(table for name, table in tables.items() if name not in {answer.name, *asked}),
        statements=tuple(control_statement(each, policy, tables) for each in _statements(counted, accounted)),
        provenance=provenance,
        document=controlled.document,
        control=controlled.record,
        heading=", ".join(filter(None, (heading, policy.rounding))),
        data_source=prose.data_source(counted, force),
        data_processing=prose.data_processing(counted, force),
        method=prose.method(counted),
        quality=read.quality if read else prose.quality_unread(counted),
        disclosure=_disclosure(policy),
        notes=(*changed, *prose.notes(counted)),
        accepted=tuple((each.doubt, each.reason) for each in request.accepted),
        draft_because=tuple(doubt.id for doubt in open_doubts),
        supersedes=earlier.name if earlier else "",
        letter_template=letter_template,
    )
    return release, {**controlled.internal, "untied": list(controlled.untied)}


def _statements(counted: Counted, accounted: Accounted | None) -> Iterator[Statement]:
    if accounted is not None:
        yield statement(accounted.account, named(counted, accounted.account))


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


def plain(value: Any) -> Any:
    """Return a TOML value as plain JSON values: dates as text, mappings and lists all the way down."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)
