"""A made-up force that answers questions about victims: imports, counts, publications, and the print."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Person = tuple[str, str, str, str]
"""(month, ethnicity, age, sex)"""


@dataclass
class People:
    """A store of victims, one on each offence, and answers about them."""

    folder: Path
    run: Callable[..., Any]

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def imports(self, people: Sequence[Person], as_at: str = "2025-01-31") -> None:
        export = self.folder / f"export-{as_at}"
        export.mkdir()
        head = ["occurrence_no", "crime_no", "home_office_code", "recorded_on", "status"]
        offences = [[f"O{n}", f"O{n}/1", "086/02", f"{month}-05", "recorded"] for n, (month, *_) in enumerate(people)]
        for name, columns, rows in (
            ("offences.csv", head, offences),
            (
                "persons.csv",
                ["occurrence_no", "crime_no", "person_no", "role", "age", "sex", "ethnicity"],
                [[f"O{n}", f"O{n}/1", 1, "victim", age, sex, kind] for n, (_, kind, age, sex) in enumerate(people)],
            ),
        ):
            with (export / name).open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([columns, *rows])
        done = self.run("import", export, "--store", self.store, "--as-at", as_at)
        assert done.code == 0, done.err

    def answers(
        self,
        name: str,
        *,
        last: str = "2024-02",
        where: str = "",
        table: str = "rows = []\ncolumns = []",
    ) -> Any:
        """Count and publish an answer; return how publishing ended."""
        request = self.folder / f"{name}.toml"
        text = (
            f'[request]\nreference = "FOI/{name}"\nreceived = 2025-02-03\n[scope]\nfrom = "2024-01"\nto = "{last}"\n'
            f'unit = "victims"\n{where}\n[[question]]\ntext = "Victims"\ncodes = ["086/02"]\n[[table]]\n{table}\n'
        )
        request.write_text(text, encoding="utf-8")
        checked = json.loads(self.run("check", request, "--store", self.store, "--json").out)
        for doubt in checked["doubts"]:
            text += f'[[accepted]]\ndoubt = "{doubt["id"]}"\nreason = "made up"\n'
        request.write_text(text, encoding="utf-8")
        policy = self.folder / "policy.toml"
        policy.write_text('[disclosure]\nrule = "suppress"\nreason = "r"\napproved_by = "a"\n', encoding="utf-8")
        place = ["--store", self.store, "--policy", policy, "--out", self.folder / name]
        done = self.run("count", request, *place)
        if done.code:
            return done
        assert "cannot be compared" not in done.out + done.err
        return self.run("publish", self.folder / name, "--store", self.store)

    def cells(self, name: str, file: str = "counts.csv") -> Mapping[tuple[tuple[str, str], ...], str]:
        """The cells of a table as printed, each by the columns that say where it is."""
        with (self.folder / name / file).open(newline="", encoding="utf-8-sig") as lines:
            rows = list(csv.DictReader(lines))
        keys = [key for key in ("age", "sex", "ethnicity", "period") if key in rows[0]]
        return {tuple((key, row[key]) for key in keys): row["value"] or f"[{row['marker']}]" for row in rows}
