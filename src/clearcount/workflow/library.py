"""The Python face: open a store, count a request, look at the table, write the release."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from clearcount.answer.values import shown_values
from clearcount.disclosure import Policy
from clearcount.errors import ClearcountError, RequestError
from clearcount.importers.nearest import nearest
from clearcount.model.mention import Mention
from clearcount.model.release import Force, Release
from clearcount.model.request import CountRequest
from clearcount.model.table import ControlledTable
from clearcount.offences import CodeList
from clearcount.store import Store
from clearcount.store import open_store as open_record_store
from clearcount.workflow.answering import Answer, answer_request, read_policy
from clearcount.workflow.bundling import write_release
from clearcount.workflow.checking import Checked, accepts_only_doubts, check_request
from clearcount.workflow.codes import codes_in_use
from clearcount.workflow.compare import Comparison, compare
from clearcount.workflow.ledger import adopt
from clearcount.workflow.lettering import named_template, read_letter_template
from clearcount.workflow.reading_files import parse_force, read_force, read_request_file, read_toml
from clearcount.workflow.showing import cells_of, html_table, text_table
from clearcount.workflow.superseding import read_earlier

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


def _needed(name: str) -> Any:
    """The data frame library `name`. Raises ClearcountError, with the command that installs it, where it is missing."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:  # it is there, and something that it needs is not
            raise
        raise ClearcountError(f"to_{name} needs {name}, which is not installed; run: pip install {name}") from None


@dataclass(frozen=True, repr=False)
class TableView:
    """A controlled table that shows itself, in a notebook too, and turns into a data frame.

    Frames are long: row, code, a column for each further dimension, label, period, value (null where hidden, not in
    force or not searched), marker.
    """

    table: ControlledTable

    def to_arrow(self) -> pa.Table:
        """Return the table as an Arrow table, margins included."""
        cells = list(cells_of(self.table))
        kinds = {"value": pa.int64()}
        columns = {name: [cell[name] for cell in cells] for name in cells[0]}
        columns["value"] = [int(value) if value else None for value in columns["value"]]
        return pa.table({name: pa.array(held, kinds.get(name, pa.string())) for name, held in columns.items()})

    def to_polars(self) -> pl.DataFrame:
        """Return the table as a Polars frame."""
        frame: pl.DataFrame = _needed("polars").from_arrow(self.to_arrow())
        return frame

    def to_pandas(self) -> pd.DataFrame:
        """Return the table as a pandas frame; `value` is a nullable integer."""
        frame: pd.DataFrame = self.to_arrow().to_pandas(types_mapper={pa.int64(): _needed("pandas").Int64Dtype()}.get)
        return frame

    def __repr__(self) -> str:
        return f"{self.table.title}\n{text_table(self.table)}"

    def _repr_html_(self) -> str:
        return html_table(self.table)


@dataclass(frozen=True)
class ReleaseView:
    """What may be sent, and where to write it."""

    release: Release

    def write(self, folder: str | Path, *, replace: bool = False) -> Path:
        """Write the whole bundle to `folder`, or nothing. Raises BundleError when it is not empty."""
        write_release(self.release, Path(folder), replace=replace)
        return Path(folder)


@dataclass(frozen=True)
class Result:
    """One count. `mentions` are internal: they hold free text."""

    answer: Answer

    @property
    def table(self) -> TableView:
        """The answer after disclosure control."""
        return TableView(self.answer.release.answer)

    @property
    def tables(self) -> tuple[TableView, ...]:
        """Every table that the request asks for, after disclosure control, in order."""
        return tuple(map(TableView, self.answer.release.answers))

    @property
    def denominators(self) -> TableView:
        """Every offence in scope, after disclosure control."""
        return TableView(self.answer.release.denominators)

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """Every hit in a text of an occurrence in scope."""
        return self.answer.counted.found.mentions

    @property
    def release(self) -> ReleaseView:
        """What may be sent."""
        return ReleaseView(self.answer.release)

    @property
    def doubts(self) -> tuple[str, ...]:
        """The identities of the doubts that nobody accepted."""
        return tuple(doubt.id for doubt in self.answer.open_doubts)

    def _repr_html_(self) -> str:
        return self.table._repr_html_()


@dataclass(frozen=True)
class RecordStore:
    """An open record store that can count."""

    store: Store

    def check(
        self,
        request: CountRequest | Mapping[str, Any] | str | Path,
        *,
        codes: str | Path | None = None,
        snapshot: int | None = None,
    ) -> Checked:
        """Return every fault and doubt of a request on these records: `.faults`, `.doubts`, `.as_dict()`."""
        data = _data(request)
        return check_request(data, codes=_codes(codes), store=self.store, snapshot=snapshot)

    def compare(self, request: str | Path, *, snapshot: int | None = None) -> Comparison:
        """Return the term rules side by side on a request file: what each counts, and what each finds alone."""
        return compare(Path(request), store=self.store.path, snapshot=snapshot)

    def values(self, column: str | None = None, *, snapshot: int | None = None) -> dict[str, int]:
        """Return the values of a column with the number of offences that hold each; "" stands for a blank.

        Values that could be free text or the number of a person come as shapes. Without a column the result names the
        columns that a request may use, each with the number of its different values.

        Raises:
            RequestError: when no layout names the column.
        """
        shot = self.store.snapshot(snapshot)
        if column is None:
            return {name: len(self.store.held(shot, name)) for name in shot.extra_columns}
        if column not in shot.extra_columns:
            raise RequestError(
                f"{column!r} is not a column that the layout names; {nearest(column, shot.extra_columns)}"
            )
        return {value.shown: value.records for value in shown_values(column, self.store.held(shot, column))}

    def count(
        self,
        request: CountRequest | Mapping[str, Any] | str | Path,
        *,
        policy: Policy | Mapping[str, Any] | str | Path,
        force: Force | Mapping[str, Any] | str | Path | None = None,
        codes: str | Path | None = None,
        snapshot: int | None = None,
        engine: str = "local",
        accept: Mapping[str, str] | None = None,
        letter_template: str | Path | None = None,
        decisions: str | Path | None = None,
        supersedes: str | Path | None = None,
        reason: str = "",
    ) -> Result:
        """Count a request (a file, a mapping of the same shape, or a parsed one) under the force's policy.

        `decisions` is a file of what people decided about the hits; `supersedes` the bundle that this answer replaces,
        `reason` why.

        Without `letter_template` the letter is made with the one that `force` names, else with the packaged one. That
        name is relative to its file, or to the working folder for a mapping.

        Raises:
            ClearcountError: with a sentence.
        """
        data = _data(request)
        if isinstance(policy, str | Path):
            rule = read_policy(Path(policy))
            if rule.published:
                adopt(self.store.path, Path(policy).parent / rule.published)
        else:
            rule = policy if isinstance(policy, Policy) else Policy.parse(policy)
        template = Path(letter_template) if letter_template else None
        if isinstance(force, str | Path):
            template = template or named_template(read_toml(Path(force), "force"), beside=Path(force).parent)
            force = read_force(Path(force))
        elif isinstance(force, Mapping):
            template = template or named_template(force, beside=Path())
            force = parse_force(force)
        answer = answer_request(
            data,
            self.store,
            policy=rule,
            force=force,
            codes=_codes(codes),
            snapshot=snapshot,
            engine=engine,
            accepted=accept,
            letter_template=read_letter_template(template) if template else b"",
            decisions=(Path(decisions), self.store.path) if decisions else None,
            earlier=read_earlier(Path(supersedes)) if supersedes else None,
            reason=reason.strip(),
        )
        accepts_only_doubts(accept or {}, answer.checked)
        return Result(answer)


def _data(request: CountRequest | Mapping[str, Any] | str | Path) -> Mapping[str, Any]:
    if isinstance(request, CountRequest):
        return request.source
    return read_request_file(Path(request)) if isinstance(request, str | Path) else request


def _codes(path: str | Path | None) -> CodeList:
    return codes_in_use(Path(path) if path else None)


def open_store(folder: str | Path) -> RecordStore:
    """Return the record store at `folder`. Raises StoreError when there is none or it is of a newer format."""
    return RecordStore(open_record_store(Path(folder)))
