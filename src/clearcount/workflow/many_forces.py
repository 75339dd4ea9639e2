"""One request over the stores of many forces: an answer of each, and beside them what they come to in all.

Each force is counted as if it were asked alone: its own layout, fields, policy, ledger and account. A force whose
records lack a field or column of the request is not searched. Then every line in all says that it is missing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from clearcount.collate.in_all import COUNTED, InAll, in_all
from clearcount.errors import ClearcountError, RequestError
from clearcount.files import whole_folder
from clearcount.model.request import FaultyRequest
from clearcount.workflow.answering import answer_request, check_places, write_answer
from clearcount.workflow.forces_file import ForcePlace
from clearcount.workflow.inputs import InputFiles, read_inputs
from clearcount.workflow.pack_file import Pack
from clearcount.workflow.stores import check_apart, opened
from clearcount.writers.printed import inert

FORCES = ("force", "folder", "outcome", "records_to", "open_doubts", "why")
"""The columns of forces.csv."""


@dataclass(frozen=True)
class AskedOfForces:
    """What every force is asked: the request, and what is said beside it."""

    request: Path
    accepted: Mapping[str, str] = field(default_factory=dict)
    engine: str = "local"
    pack: Pack | None = None


@dataclass(frozen=True)
class ForceAnswer:
    """What became of the request at one force.

    `lines` are those of its counts.csv. `why` says why it was not searched; then nothing else is known of it.
    """

    name: str
    title: str = ""
    lines: tuple[Mapping[str, str], ...] = ()
    extract: str = ""
    open_doubts: tuple[str, ...] = ()
    why: str = ""

    @property
    def outcome(self) -> str:
        """`counted`, `draft` while a doubt is open, or `not searched`."""
        return "not searched" if self.why else "draft" if self.open_doubts else "counted"


@dataclass(frozen=True)
class ManyAnswers:
    """The answers of all forces, and the lines in all."""

    forces: tuple[ForceAnswer, ...]
    together: tuple[InAll, ...]
    out: Path


def count_forces(
    question: AskedOfForces,
    forces: Sequence[ForcePlace],
    *,
    out: Path,
    internal: Path | None = None,
    replace_out: bool = False,
    working: Callable[[str], None] = lambda name: None,
) -> ManyAnswers:
    """Count at every force and write `out`, whole or not at all: a bundle each, and three tables.

    The tables are by-force.csv, in-all.csv and forces.csv.

    Without `internal` the working papers of each force go into its store. `working` is told which force is counted.

    Raises:
        RequestError: when no force can be searched, or a doubt is accepted that none has.
        ClearcountError: when a store, a policy or a file of one force cannot be used; the force is named.
    """
    places = [force.store for force in forces]
    check_places(places, out, internal)
    check_apart(opened([replace(force.store, name=force.name) for force in forces]))
    with whole_folder(out, replace=replace_out) as fresh:
        found: list[ForceAnswer] = []
        doubts: set[str] = set()
        for force in forces:
            working(force.name)
            try:
                answer, raised = _asked(
                    question, force, fresh / force.name, internal / force.name if internal else None
                )
            except ClearcountError as error:  # a policy or a store does not say whose it is
                raise ClearcountError(f"{force.name}: {error}") from error
            if answer.title in [other.title for other in found]:  # nobody could tell their figures apart
                raise RequestError(
                    f"{force.name}: another force is called {answer.title!r} too; name it in {force.force}"
                )
            found.append(answer)
            doubts |= raised
        if all(answer.why for answer in found):
            raise RequestError("\n".join(f"{answer.name}: {answer.why}" for answer in found))
        if strange := sorted(question.accepted.keys() - doubts):
            raise RequestError(f"--accept {strange[0]}: no force has that doubt; see: clearcount check")
        counted = [answer for answer in found if not answer.why]
        together = in_all([answer.lines for answer in counted], len(found) - len(counted))
        _write(fresh, found, together)
    return ManyAnswers(tuple(found), tuple(together), out)


def _asked(
    question: AskedOfForces, force: ForcePlace, out: Path, internal: Path | None
) -> tuple[ForceAnswer, set[str]]:
    """Count at one force and write its bundle; return the answer and the names of its doubts."""
    files = InputFiles(
        question.request,
        (force.store,),
        force.policy,
        force=force.force,
        letter_template=force.letter_template,
        engine=question.engine,
        pack=question.pack,
    )
    inputs, _ = read_inputs(files)
    try:
        answer = answer_request(replace(inputs, accepted=question.accepted))
    except FaultyRequest as fault:  # this force's records have no such field, column or code; another's may
        return ForceAnswer(force.name, title=inputs.force.name, why="; ".join(str(fault).splitlines())), set()
    write_answer(answer, out, internal=internal, replace_out=False, engine=question.engine)
    with (out / "counts.csv").open(encoding="utf-8", newline="") as file:
        lines = tuple(csv.DictReader(file))
    doubts = {doubt.id for doubt in answer.checked.doubts}
    extract = answer.counted.snapshot.as_at.isoformat()
    left = tuple(doubt.id for doubt in answer.open_doubts)
    return ForceAnswer(force.name, inputs.force.name, lines, extract, left), doubts


def _write(folder: Path, found: Sequence[ForceAnswer], together: Sequence[InAll]) -> None:
    """Write the three tables beside the bundles."""
    counted = [answer for answer in found if not answer.why]
    names = list(dict.fromkeys(name for answer in counted for line in answer.lines[:1] for name in line))
    rows = [[line.get(name, "") for name in names] for answer in counted for line in answer.lines]
    (folder / "by-force.csv").write_bytes(_csv([names, *rows]))
    heads = [name for name in names if name not in ("force", "reference", "value", "marker")]
    lines = [[*(each.place.get(name, "") for name in heads), *each.cells()] for each in together]
    (folder / "in-all.csv").write_bytes(_csv([[*heads, *COUNTED], *lines]))
    told = [
        [inert(each.title), *_folder_and_state(each), str(len(each.open_doubts)), inert(each.why)] for each in found
    ]
    (folder / "forces.csv").write_bytes(_csv([FORCES, *told]))


def _folder_and_state(answer: ForceAnswer) -> tuple[str, str, str]:
    return "" if answer.why else answer.name, answer.outcome, answer.extract


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()
