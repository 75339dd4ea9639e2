"""A made-up force at work: records of so many offences a month, imports, counts, publications, and the print."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LAYOUT = """name = "ours"
codes = "home-office"
[[file]]
match = ["offences*"]
[file.offence]
occurrence_no = "occurrence_no"
crime_no = "crime_no"
code = "code"
recorded_on = "recorded_on"
[file.offence.extra]
district = "district"
age = "age"
[[file]]
match = ["texts*"]
[[file.text]]
occurrence_no = "occurrence_no"
field = "field"
entry_no = "entry_no"
text = "text"
"""
POLICY = """[disclosure]
rule = "suppress"
reason = "small counts"
approved_by = "reviewer"
"""


@dataclass(frozen=True)
class Record:
    """One offence: its occurrence, code, month, district and text."""

    occurrence: str
    code: str
    month: str
    district: str = "North"
    text: str = "nothing of note"
    age: str = "adult"
    crime: str = ""


@dataclass
class Office:
    """A folder in which a force imports, counts and publishes; `run` is the command line."""

    folder: Path
    run: Callable[..., Any]
    policy: str = POLICY
    printed: dict[str, Path] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        """The record store."""
        return self.folder / "store"

    def imports(self, records: Sequence[Record], as_at: str = "2025-01-31") -> None:
        """Import an export of exactly these records."""
        export = self.folder / f"export-{as_at}-{len(list(self.folder.iterdir()))}"
        export.mkdir()
        (self.folder / "layout.toml").write_text(LAYOUT, encoding="utf-8")
        with (export / "offences.csv").open("w", newline="", encoding="utf-8") as file:
            lines = csv.writer(file)
            lines.writerow(["occurrence_no", "crime_no", "code", "recorded_on", "district", "age"])
            for number, each in enumerate(records):
                crime = each.crime or f"{each.occurrence}/{number}"
                lines.writerow([each.occurrence, crime, each.code, f"{each.month}-05", each.district, each.age])
        with (export / "texts.csv").open("w", newline="", encoding="utf-8") as file:
            lines = csv.writer(file)
            lines.writerow(["occurrence_no", "field", "entry_no", "text"])
            for occurrence, text in {each.occurrence: each.text for each in records}.items():
                lines.writerow([occurrence, "mo", 1, text])
        layout = self.folder / "layout.toml"
        done = self.run("import", export, "--store", self.store, "--layout", layout, "--as-at", as_at)
        assert done.code == 0, done.err

    def counts(
        self,
        name: str,
        *,
        first: str = "2024-01",
        last: str = "2024-06",
        codes: Sequence[Sequence[str]] = (("086/02",),),
        rows: Sequence[str] = ("offence",),
        columns: Any = "month",
        where: Mapping[str, Sequence[str]] | None = None,
        words: Mapping[str, Any] | None = None,
        unit: str = "offences",
        force: str = "",
        supersedes: str = "",
        tables: str = "",
        arguments: Sequence[Any] | Callable[[Path], Sequence[Any]] = (),
    ) -> Any:
        """Count a request into the folder `name`; every doubt is accepted. `arguments` may depend on the request."""
        questions = "".join(
            f'[[question]]\ntext = "Question {n}"\ncodes = {json.dumps(list(c))}\n' for n, c in enumerate(codes, 1)
        )
        filters = ", ".join(f"{column} = {json.dumps(list(values))}" for column, values in (where or {}).items())
        terms = "".join(f"{key} = {json.dumps(value)}\n" for key, value in (words or {}).items())
        request = self.folder / f"{name}.toml"
        text = (
            f'[request]\nreference = "FOI/{name}"\nreceived = 2025-02-03\nversion_date = 2025-02-20\n'
            f'[scope]\nfrom = "{first}"\nto = "{last}"\nunit = "{unit}"\n'
            + (f"where = {{ {filters} }}\n" if filters else "")
            + questions
            + (f'[terms]\nfields = ["mo"]\n{terms}' if words else "")
            + (tables or f"[table]\nrows = {json.dumps(list(rows))}\ncolumns = {json.dumps(columns)}\n")
        )
        request.write_text(text, encoding="utf-8")
        said = self.run("check", request, "--store", self.store, "--json")
        assert said.out, said.err
        checked = json.loads(said.out)
        for doubt in checked["doubts"]:
            text += f'[[accepted]]\ndoubt = "{doubt["id"]}"\nreason = "made up"\n'
        request.write_text(text, encoding="utf-8")
        policy = self.folder / "policy.toml"
        policy.write_text(self.policy, encoding="utf-8")
        more: list[Any] = list(arguments(request) if callable(arguments) else arguments)
        if supersedes:
            more += ["--supersedes", self.folder / supersedes, "--reason", "months were missing"]
        if force:
            (self.folder / "force.toml").write_text(f'[force]\nname = "{force}"\n', encoding="utf-8")
            more += ["--force", self.folder / "force.toml"]
        out = self.folder / name
        done = self.run("count", request, "--store", self.store, "--policy", policy, "--out", out, *more)
        assert done.code == 0 or (done.code == 2 and ("safe" in done.err or "exact" in done.err)), done.err
        return done

    def publishes(self, name: str, *arguments: str) -> Any:
        """Publish the bundle in the folder `name`."""
        return self.run("publish", self.folder / name, "--store", self.store, *arguments)

    def answers(self, name: str, **request: Any) -> dict[tuple[str, ...], str]:
        """Count and publish; return the cells of the answer."""
        done = self.counts(name, **request)
        assert done.code == 0, done.err
        published = self.publishes(name)
        assert published.code == 0, published.err
        return self.cells(name)

    def cells(self, name: str, file: str = "counts.csv") -> dict[tuple[str, ...], str]:
        """The cells of a table of a bundle as printed: the value, or its marker."""
        with (self.folder / name / file).open(newline="", encoding="utf-8-sig") as lines:
            rows = list(csv.DictReader(lines))
        left_out = {"force", "reference", "table", "code", "label", "period_from", "period_to", "value", "marker"}
        keys = [key for key in rows[0] if key not in left_out]
        return {tuple(row[key] for key in keys): row["value"] or f"[{row['marker']}]" for row in rows}


def records(counts: Mapping[tuple[str, ...], int], text: str = "nothing of note", start: int = 0) -> list[Record]:
    """So many offences for each (code, month) or (code, month, district), each an occurrence of its own."""
    found: list[Record] = []
    for at, count in counts.items():
        for _ in range(count):
            number = start + len(found)
            found.append(Record(f"N{number:05d}", *at, text=text))
    return found
