"""The Python face: open a store, count a request, look at the table, write the release."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict, Unpack

import pyarrow as pa

from clearcount.answer.values import shown_values
from clearcount.disclosure import Policy
from clearcount.errors import ClearcountError, RequestError, StoreError
from clearcount.model.mention import Mention
from clearcount.model.nearest import nearest
from clearcount.model.release import Force, Release
from clearcount.model.request import CountRequest
from clearcount.model.table import ControlledTable
from clearcount.offences import CodeList
from clearcount.store import Store
from clearcount.store import open_store as open_record_store
from clearcount.workflow.answering import Answer, answer_request
from clearcount.workflow.bundling import write_release
from clearcount.workflow.checking import Checked, accepts_only_doubts, check_request
from clearcount.workflow.codes import codes_in_use
from clearcount.workflow.compare import Comparison, compare
from clearcount.workflow.inputs import Inputs, adopt_published, read_policy
from clearcount.workflow.lettering import named_template, read_letter_template
from clearcount.workflow.reading_files import parse_force, read_force, read_request_file, read_toml
from clearcount.workflow.showing import cells_of, html_table, text_table
from clearcount.workflow.stores import NamedStore, named_places, opened
from clearcount.workflow.superseding import read_earlier

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


Snapshots: TypeAlias = int | Mapping[str, int] | None
"""The number of a snapshot; of several stores one for each name."""


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
        columns: dict[str, list[Any]] = {name: [cell[name] for cell in cells] for name in cells[0]}
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
        """Every hit in a text of an occurrence in scope, store by store in the order of their first tables."""
        return tuple(hit for part in self.answer.stores for hit in part.count.counted.found.mentions)

    def mentions_in(self, store: str) -> tuple[Mention, ...]:
        """Return every hit in the store of that name. Raises StoreError when the answer counts in no such store."""
        for part in self.answer.stores:
            if part.count.name == store:
                return part.count.counted.found.mentions
        raise StoreError(f"the answer counts in no store named {store!r}")

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


class CountOptions(TypedDict, total=False):
    """What `RecordStore.count` takes beside request and policy.

    `decisions` is a file of what people decided about the hits; `supersedes` the bundle that the answer replaces,
    `reason` why. `snapshot` is a number, or of several stores a number for each name. Without `letter_template` the
    letter is made with the one that `force` names, else with the packaged one. That name is relative to its file, or to
    the working folder for a mapping.
    """

    force: Force | Mapping[str, object] | str | Path | None
    codes: str | Path | None
    snapshot: Snapshots
    engine: str
    accept: Mapping[str, str] | None
    letter_template: str | Path | None
    decisions: str | Path | None
    supersedes: str | Path | None
    reason: str


@dataclass(frozen=True)
class RecordStore:
    """An open record store that can count, or several, each by the name that requests give it."""

    stores: tuple[NamedStore, ...]

    @property
    def store(self) -> Store:
        """The only store. Raises StoreError when there are several."""
        return self._only().store

    def check(
        self,
        request: CountRequest | Mapping[str, object] | str | Path,
        *,
        codes: str | Path | None = None,
        snapshot: Snapshots = None,
    ) -> Checked:
        """Return every fault and doubt of a request on these records: `.faults`, `.doubts`, `.as_dict()`."""
        return check_request(_data(request), codes=_codes(codes), stores=self._at(snapshot))

    def compare(self, request: str | Path, *, snapshot: int | None = None, store: str = "") -> Comparison:
        """Return the term rules side by side on a request file: what each counts, and what each finds alone.

        Of several stores `store` names one, and the parts of the request that count in it are compared.
        """
        return compare(Path(request), replace(self._only(store), number=snapshot))

    def values(self, column: str | None = None, *, snapshot: int | None = None, store: str = "") -> dict[str, int]:
        """Return the values of a column with the number of offences that hold each; "" stands for a blank.

        Values that could be free text or the number of a person come as shapes. Without a column the result names the
        columns that a request may use, each with the number of its different values. Of several stores `store` names
        one.

        Raises:
            RequestError: when no layout names the column.
        """
        found = self._only(store).store
        shot = found.snapshot(snapshot)
        if column is None:
            return {name: len(found.held(shot, name)) for name in shot.extra_columns}
        if column not in shot.extra_columns:
            raise RequestError(
                f"{column!r} is not a column that the layout names; {nearest(column, shot.extra_columns)}"
            )
        return {value.shown: value.records for value in shown_values(column, found.held(shot, column))}

    def count(
        self,
        request: CountRequest | Mapping[str, object] | str | Path,
        *,
        policy: Policy | Mapping[str, object] | str | Path,
        **options: Unpack[CountOptions],
    ) -> Result:
        """Count a request (a file, a mapping of the same shape, or a parsed one) under the force's policy.

        Raises:
            ClearcountError: with a sentence.
            TypeError: for an option that is none of `CountOptions`.
        """
        if strange := sorted(set(options) - set(CountOptions.__annotations__)):
            raise TypeError(f"count() got an unexpected keyword argument {strange[0]!r}")
        data = _data(request)
        if isinstance(policy, str | Path):
            rule = read_policy(Path(policy))
            adopt_published(rule, Path(policy), [each.store.path for each in self.stores])
        else:
            rule = policy if isinstance(policy, Policy) else Policy.parse(policy)
        force, template = _force_of(options)
        accept, decisions, supersedes = options.get("accept"), options.get("decisions"), options.get("supersedes")
        answer = answer_request(
            Inputs(
                data,
                self._at(options.get("snapshot")),
                policy=rule,
                force=force,
                codes=_codes(options.get("codes")),
                engine=options.get("engine", "local"),
                accepted=accept or {},
                letter_template=read_letter_template(template) if template else b"",
                decisions=Path(decisions) if decisions else None,
                earlier=read_earlier(Path(supersedes)) if supersedes else None,
                reason=options.get("reason", "").strip(),
            )
        )
        accepts_only_doubts(accept or {}, answer.checked)
        return Result(answer)

    def _only(self, name: str = "") -> NamedStore:
        """The store called `name`, or the only one."""
        found = [each for each in self.stores if each.name == name or (not name and len(self.stores) == 1)]
        if len(found) != 1:
            raise StoreError(f"name one of the stores: {', '.join(each.name for each in self.stores)}")
        return found[0]

    def _at(self, snapshot: Snapshots) -> tuple[NamedStore, ...]:
        """The stores on the snapshots asked for; a number alone is that of the only store."""
        if snapshot is None or isinstance(snapshot, Mapping):
            numbers = snapshot or {}
            if strange := sorted(set(numbers) - {each.name for each in self.stores}):
                raise StoreError(f"snapshot: no store is named {strange[0]!r}")
        else:
            numbers = {self._only().name: snapshot}
        return tuple(replace(each, number=numbers.get(each.name)) for each in self.stores)


def _force_of(options: CountOptions) -> tuple[Force, Path | None]:
    """Who answers, and the template of the letter: the one given, else the one that the force names."""
    given, force = options.get("letter_template"), options.get("force")
    template = Path(given) if given else None
    if isinstance(force, str | Path):
        template = template or named_template(read_toml(Path(force), "force"), beside=Path(force).parent)
        return read_force(Path(force)), template
    if isinstance(force, Mapping):
        return parse_force(force), template or named_template(force, beside=Path())
    return force or Force(), template


def _data(request: CountRequest | Mapping[str, object] | str | Path) -> Mapping[str, object]:
    if isinstance(request, CountRequest):
        return request.source
    return read_request_file(Path(request)) if isinstance(request, str | Path) else request


def _codes(path: str | Path | None) -> CodeList:
    return codes_in_use(Path(path) if path else None)


def open_store(folder: str | Path | Mapping[str, str | Path]) -> RecordStore:
    """Return the record store at `folder`, or the stores that a mapping names as requests name their records.

    Raises:
        StoreError: when there is none, it is of a newer format, or two names stand for one store.
    """
    if not isinstance(folder, Mapping):
        return RecordStore((NamedStore(open_record_store(Path(folder))),))
    return RecordStore(opened(named_places({name: Path(path) for name, path in folder.items()})))
