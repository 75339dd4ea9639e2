"""Measures disclosure control: optima, audits, releases over time, and other tools on the same tables.

    python bench/disclosure/measure.py [--tau PYTHON_WITH_PYTAUARGUS] [--gauss RSCRIPT] > figures.md

Times are CPU seconds of this process (of the tool's process for other tools).
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from instances import fifty_by_thirty_six, police_shape, source_table, table

from clearcount.disclosure import Protection, audit, protect
from clearcount.disclosure.linked import together

POLICY = {"rule": "suppress", "reason": "benchmark", "approved_by": "benchmark", "time_limit": 300}
Document = dict[str, Any]


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """The value of `work` and the CPU seconds it took."""
    started = time.process_time()
    value = work()
    return value, time.process_time() - started


def instances() -> dict[str, Document]:
    """The tables that all tools get."""
    found = {"source": source_table(), "source + years": source_table(years=True)}
    for name, shape in {
        "10 x 12": {"offences": 10, "months": 12, "groups": 3, "quarters": True, "mean": 6.0, "seed": 1},
        "20 x 24": {"offences": 20, "months": 24, "groups": 4, "quarters": True, "years": True, "mean": 5.0, "seed": 2},
        "20 x 24 sparse": {
            "offences": 20,
            "months": 24,
            "groups": 4,
            "quarters": True,
            "years": True,
            "mean": 1.0,
            "seed": 3,
        },
    }.items():
        counts, dimensions = police_shape(**shape)  # type: ignore[arg-type]
        found[name] = table(name, counts, dimensions, shape["months"])  # type: ignore[arg-type]
    counts, dimensions = fifty_by_thirty_six()
    found["50 x 36"] = table("50 x 36", counts, dimensions, 36)
    return found


def small(document: Document) -> set[tuple[str, ...]]:
    """The cells of 1 to 4."""
    return {tuple(at) for at, n, _ in document["tables"][0]["cells"] if 1 <= n < 5}


def exact_under(document: Document, hidden: set[tuple[str, ...]], floor: int) -> int:
    """How many small cells a reader who knows hidden cells are `floor` or more works out."""
    part = document["tables"][0]
    cells = [[at, *((floor, None) if tuple(at) in hidden else (n, n))] for at, n, _ in part["cells"]]
    result = audit({**document, "tables": [part | {"cells": cells}]})
    assert result.consistent
    return len({item.target.cells[0] for item in result.exact} & small(document))


def optima() -> None:
    """Our proven optima, per cost, with the audit of every hidden cell."""
    print("| table | cells | small | cost | hidden | sum hidden | proven | gap | exact | CPU s | audit CPU s |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name, document in instances().items():
        for cost in ("sum", "cells"):
            if name == "50 x 36" and cost == "cells":
                continue
            found, seconds = timed(lambda d=document, c=cost: protect(d, POLICY | {"cost": c}))
            result, audited = timed(lambda f=found: audit(f.document))
            truth = {tuple(at): n for at, n, _ in document["tables"][0]["cells"]}
            total = sum(truth[tuple(item["at"])] for item in found.hidden)
            print(
                f"| {name} | {len(truth)} | {len(small(document))} | {cost} | {len(found.hidden)} | {total} | "
                f"{found.optimal} | {found.gap} | {len(result.exact)} | {seconds:.1f} | {audited:.2f} |",
                flush=True,
            )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nGreatest memory of the process: {memory:.0f} MB.\n", flush=True)


def releases(name: str, shape: dict[str, Any], ends: list[int], cost: str) -> None:
    """Cumulative releases of one population: each protected afresh, then each with the ledger of those before."""
    counts, dimensions = police_shape(**shape)
    truths = [table(f"to month {end}", counts, dimensions, end) for end in ends]
    policy = POLICY | {"cost": cost}
    sensitive = _each_once(truths)

    def run(aware: bool) -> tuple[list[Document], list[Protection]]:
        ledger: list[Document] = []
        found = []
        for truth in truths:
            one = protect(truth, policy, published=ledger if aware else ())
            assert one.safe
            found.append(one)
            ledger.append({**one.document, "hidden": [dict(item) for item in one.hidden]})
        return ledger, found

    for aware in (False, True):
        (ledger, found), seconds = timed(lambda a=aware: run(a))
        alone = sum(len(audit(document).exact) for document in ledger)
        joint, audited = timed(lambda d=ledger: audit(together(d) | {"targets": sensitive}))
        assert joint.consistent
        print(
            f"| {name} | {len(ends)} | {'knows the ledger' if aware else 'each afresh'} | {len(found[-1].hidden)} | "
            f"{alone} | {len(joint.exact)} of {len(sensitive)} | {seconds:.1f} | {audited:.2f} |",
            flush=True,
        )


def _each_once(truths: list[Document]) -> list[dict[str, Any]]:
    """Every small figure of all releases as a target, once where several releases print it."""
    found: dict[Any, dict[str, Any]] = {}
    for truth in truths:
        part = truth["tables"][0]
        for row, column in sorted(small(truth)):
            key = (row, tuple(part["totals"]["month"].get(column, [column])))
            found.setdefault(key, {"table": part["name"], "cells": [[row, column]]})
    return list(found.values())


def _codes(document: Document) -> tuple[dict[str, Any], dict[str, str]]:
    """The table in short codes for tools that want them, and the way back."""
    part = document["tables"][0]
    back: dict[str, str] = {"Total": "total"}
    short: dict[str, str] = {}
    for dimension, letter in (("offence", "r"), ("month", "c")):
        sides = document["dimensions"][dimension]
        for number, name in enumerate([*sides["leaves"], *(t for t in sides["totals"] if t != "total")]):
            short[name] = f"{letter}{number:02d}"
            back[short[name]] = name
    axes = {}
    for dimension, key in (("offence", "rows"), ("month", "columns")):
        sides = document["dimensions"][dimension]
        groups = sorted(((t, m) for t, m in sides["totals"].items() if t != "total"), key=lambda item: -len(item[1]))
        axes[key] = {short[leaf]: [short[t] for t, m in groups if leaf in m] for leaf in sides["leaves"]}
    leaves = [document["dimensions"][d]["leaves"] for d in ("offence", "month")]
    counts = [
        [short[at[0]], short[at[1]], n] for at, n, _ in part["cells"] if at[0] in leaves[0] and at[1] in leaves[1] and n
    ]
    return {**axes, "counts": counts, "threshold": 5}, back


def peers(tau: str | None, gauss: str | None) -> None:
    """Other tools on the same tables: what they hide, and what a reader who sees the zeros works out."""
    print("| table | tool | hidden | exact, hidden >= 0 | exact, hidden >= 1 | CPU s |")
    print("|---|---|---|---|---|---|")
    for name, document in instances().items():
        coded, back = _codes(document)
        runs: dict[str, list[str]] = {}
        if tau:
            script = str(Path(__file__).with_name("tau_argus.py"))
            runs["pytauargus OPT"] = [tau, script, json.dumps(coded | {"method": "OPT(1)"})]
            if name == "50 x 36":
                runs["pytauargus MOD"] = [tau, script, json.dumps(coded | {"method": "MOD(1)"})]
        if gauss:
            script = str(Path(__file__).with_name("gauss_suppression.R"))
            runs["GaussSuppression"] = [gauss, script, json.dumps(coded)]
        for tool, (program, script, given) in runs.items():
            try:
                done = subprocess.run([program, script], input=given, capture_output=True, text=True, timeout=300)
                answer = json.loads(done.stdout[done.stdout.index("{") :])
            except (ValueError, subprocess.TimeoutExpired) as fault:
                print(f"| {name} | {tool} | no answer ({type(fault).__name__}) | | | |", flush=True)
                continue
            named = {(back[row], back[column]) for row, column, *_ in answer["hidden"]}
            truth = {tuple(at): n for at, n, _ in document["tables"][0]["cells"]}
            twins = _twins(document)
            hidden = {cell for at in named for cell in twins.get(at, {at}) if cell in truth and truth[cell] > 0}
            figures = [exact_under(document, hidden, floor) for floor in (0, 1)]
            print(
                f"| {name} | {tool} {answer['version']} | {len(hidden)} | {figures[0]} | {figures[1]} | "
                f"{answer['seconds']:.2f} |",
                flush=True,
            )
        found, seconds = timed(lambda d=document: protect(d, POLICY | {"cost": _cost(d)}))
        hidden = {tuple(item["at"]) for item in found.hidden}
        print(f"| {name} | clearcount | {len(hidden)} | {exact_under(document, hidden, 0)} | "
              f"{exact_under(document, hidden, 1)} | {seconds:.2f} |", flush=True)  # fmt: skip


def _cost(document: Document) -> str:
    """The fewest cells, but the least sum on the largest table, where the fewest cells take minutes to prove."""
    return "sum" if len(document["dimensions"]["offence"]["leaves"]) == 50 else "cells"


def _twins(document: Document) -> dict[tuple[str, ...], set[tuple[str, ...]]]:
    """Cells that count the same records: a year of one month is that month."""
    part = document["tables"][0]
    leaves = [document["dimensions"][d] for d in ("offence", "month")]
    groups: dict[Any, set[tuple[str, ...]]] = {}
    for at, _, _ in part["cells"]:
        key = tuple(tuple(side["totals"].get(name, [name])) for side, name in zip(leaves, at, strict=True))
        groups.setdefault(key, set()).add(tuple(at))
    return {cell: same for same in groups.values() for cell in same}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tau", help="a Python that has pytauargus")
    options.add_argument("--gauss", help="an Rscript that has GaussSuppression")
    options.add_argument("--only", choices=["optima", "releases", "peers"])
    given = options.parse_args()
    if given.only in (None, "optima"):
        optima()
    if given.only in (None, "releases"):
        print("| table | releases | suppression | hidden, last | exact alone | exact together | CPU s | audit CPU s |")
        print("|---|---|---|---|---|---|---|---|")
        ten = {"offences": 10, "months": 18, "mean": 4.0, "seed": 11}
        releases("10 x 18, monthly", ten, [12, 13, 14, 15, 16, 17, 18], "cells")
        twenty = {"offences": 20, "months": 24, "groups": 4, "quarters": True, "years": True, "mean": 5.0, "seed": 2}
        releases("20 x 24, quarterly", twenty, [12, 15, 18, 21, 24], "sum")
        fifty = {"offences": 50, "months": 36, "groups": 10, "quarters": True, "years": True, "mean": 5.4, "seed": 36}
        releases("50 x 36, half-yearly", fifty, [12, 18, 24, 30, 36], "sum")
        print()
    if given.only in (None, "peers"):
        peers(given.tau, given.gauss)
    print(f"\nnumpy {np.__version__}, Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
