"""The Python face: open a store, count a request, look at the table, write the release."""

from __future__ import annotations

import html
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from clearcount.disclosure import Policy
from clearcount.errors import ClearcountError
from clearcount.model.keys import ALL, Place, is_margin
from clearcount.model.mention import Mention
from clearcount.model.months import TOTAL
from clearcount.model.release import Force, Release
from clearcount.model.request import CountRequest
from clearcount.model.table import ControlledTable, Dimension
from clearcount.store import Store
from clearcount.store import open_store as open_record_store
from clearcount.workflow.answering import Answer, answer_request, read_policy
from clearcount.workflow.bundling import write_release
from clearcount.workflow.checking import accepts_only_doubts
from clearcount.workflow.codes import codes_in_use
from clearcount.workflow.ledger import adopt
from clearcount.workflow.lettering import named_template, read_letter_template
from clearcount.workflow.reading_files import parse_force, read_force, read_toml

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


@dataclass(frozen=True)
class TableView:
    """A controlled table that shows itself in a notebook and turns into a data frame.

    Frames are long: row, code, label, period, value (null where hidden, not in force or not searched), marker.
    """

    table: ControlledTable

    def to_arrow(self) -> pa.Table:
        """The table as an Arrow table, margins included."""
        table, ats = self.table, self.table.coordinates()
        many = len(table.rows)
        first = [table.rows[0].leaf(at[0]) for at in ats]
        columns = {
            "row": ["|".join(key.text for key in at[:many]) if not is_margin(at[:many]) else TOTAL for at in ats],
            "code": [leaf.code if leaf.key != ALL else "" for leaf in first],
            "label": [leaf.label for leaf in first],
            "period": [" ".join(key.text for key in at[many:]) for at in ats],
            "value": [int(value) if (value := table.value(at)) else None for at in ats],
            "marker": [table.marker(at) for at in ats],
        }
        kinds = {"value": pa.int64()}
        return pa.table({name: pa.array(held, kinds.get(name, pa.string())) for name, held in columns.items()})

    def to_polars(self) -> pl.DataFrame:
        """The table as a Polars frame."""
        frame: pl.DataFrame = _needed("polars").from_arrow(self.to_arrow())
        return frame

    def to_pandas(self) -> pd.DataFrame:
        """The table as a pandas frame; `value` is a nullable integer."""
        frame: pd.DataFrame = self.to_arrow().to_pandas(types_mapper={pa.int64(): _needed("pandas").Int64Dtype()}.get)
        return frame

    def _repr_html_(self) -> str:
        table = self.table
        head = "".join(f'<th scope="col">{html.escape(_spoken(table.columns, at))}</th>' for at in table.heads)
        body = "".join(
            f'<tr><th scope="row" title="{html.escape(_label(table, line))}">{html.escape(_printed(table, line))}</th>'
            + "".join(f"<td>{html.escape(table.shown((*line, *at)))}</td>" for at in table.heads)
            + "</tr>"
            for line in table.lines
        )
        caption = html.escape(self.table.title)
        return (
            f"<table><caption>{caption}</caption><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


def _spoken(dimensions: tuple[Dimension, ...], place: Place) -> str:
    return ", ".join(dimension.leaf(key).label for dimension, key in zip(dimensions, place, strict=True))


def _label(table: ControlledTable, line: Place) -> str:
    return "" if is_margin(line) else table.rows[0].leaf(line[0]).label


def _printed(table: ControlledTable, line: Place) -> str:
    if is_margin(line):
        return table.rows[0].leaf(ALL).label
    leaves = [dimension.leaf(key) for dimension, key in zip(table.rows, line, strict=True)]
    return "|".join(leaf.key.text for leaf in leaves) if len(leaves) > 1 else leaves[0].code or leaves[0].key.text


@dataclass(frozen=True)
class ReleaseView:
    """What may be sent, and where to write it."""

    release: Release

    def write(self, folder: str | Path, *, replace: bool = False) -> Path:
        """Writes the whole bundle to `folder`, or nothing. Raises BundleError when it is not empty."""
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
    ) -> Result:
        """Counts a request (a file, a mapping of the same shape, or a parsed one) under the force's policy.

        Without `letter_template` the letter is made with the one that `force` names (relative to its file, or to the
        working folder for a mapping), else with the packaged one.

        Raises:
            ClearcountError: with a sentence.
        """
        data = read_toml(Path(request), "request") if isinstance(request, str | Path) else request
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
            codes=codes_in_use(Path(codes) if codes else None),
            snapshot=snapshot,
            engine=engine,
            accepted=accept,
            letter_template=read_letter_template(template) if template else b"",
        )
        accepts_only_doubts(accept or {}, answer.checked)
        return Result(answer)


def open_store(folder: str | Path) -> RecordStore:
    """The record store at `folder`. Raises StoreError when there is none or it is of a newer format."""
    return RecordStore(open_record_store(Path(folder)))
