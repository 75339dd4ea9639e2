"""Other tools on the same tables in the same run: what each hides, and what two kinds of reader work out all the same.

pytauargus gets an environment of its own, made once. GaussSuppression is used where an R has it, and its absence is
printed: it is no part of Debian, so it is for the person who runs this to install.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.disclosure.instances import instances
from bench.disclosure.measure import POLICY, Document, Place, exact_under, heading, line, timed, truth
from clearcount import __version__
from clearcount.disclosure import protect

ENVIRONMENT = Path(__file__).parents[1] / "data" / "disclosure" / "pytauargus"
PYTAUARGUS = "pytauargus==0.6.0"
_SECONDS = 900
"""After which a tool is stopped and its line says so."""


def peers(names: list[str]) -> None:
    """Runs every tool on the named tables and prints one line each."""
    tools = _tools()
    heading("table", "tool", "hidden", "exact if hidden >= 0", "exact if hidden >= 1", "CPU s")
    for name, document in instances().items():
        if name not in names:
            continue
        coded, back = _codes(document)
        for tool, (program, more) in tools.items():
            answer = _run(program, json.dumps(coded | more))
            if isinstance(answer, str):
                line(name, tool, answer, "", "", "")
                continue
            hidden = _hidden(document, {(back[row], back[column]) for row, column, *_ in answer["hidden"]})
            _told(document, name, f"{tool} {answer['version']}", hidden, answer["seconds"])
        for cost in ("sum", "cells"):
            found, took = timed(lambda d=document, c=cost: protect(d, POLICY | {"cost": c}))
            proof = "proven" if found.optimal else f"at most {found.gap} from the least"
            hidden = {tuple(item["at"]) for item in found.hidden}
            least = {"sum": "least sum", "cells": "fewest cells"}[cost]
            _told(document, name, f"clearcount {__version__}, {least}, {proof}", hidden, took.cpu)
    print()


def _told(document: Document, name: str, tool: str, hidden: set[Place], seconds: float) -> None:
    exact = (exact_under(document, hidden, floor) for floor in (0, 1))
    line(name, tool, f"{len(hidden):,}", *exact, f"{seconds:.2f}")


def _tools() -> dict[str, tuple[list[str], dict[str, Any]]]:
    """The tools that can be had here: how each is started, and what its input says beside the table."""
    here = Path(__file__).parent
    found: dict[str, tuple[list[str], dict[str, Any]]] = {}
    python = _environment()
    if python:
        found["pytauargus OPT"] = [str(python), str(here / "tau_argus.py")], {"method": "OPT(1)"}
        found["pytauargus MOD"] = [str(python), str(here / "tau_argus.py")], {"method": "MOD(1)"}
    rscript = shutil.which("Rscript")
    asked = [rscript, "-e", 'cat(R.version.string, "\\n"); library(GaussSuppression)'] if rscript else ["false"]
    answer = subprocess.run(asked, capture_output=True, text=True)
    if rscript and not answer.returncode:
        print(answer.stdout.strip())
        found["GaussSuppression"] = [rscript, str(here / "gauss_suppression.R")], {"singletons": True}
        found["GaussSuppression, no singleton rule,"] = (
            [rscript, str(here / "gauss_suppression.R")],
            {"singletons": False},
        )
    else:
        print("GaussSuppression: not installed (Rscript -e 'library(GaussSuppression)' fails).")
    return found


def _environment() -> Path | None:
    """The Python of an environment that holds pytauargus, made when it is not there; None when it cannot be had."""
    python = ENVIRONMENT / "bin" / "python"
    commands = [] if python.exists() else [[sys.executable, "-m", "venv", str(ENVIRONMENT)]]
    commands.append([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PYTAUARGUS])
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            print(f"{PYTAUARGUS}: cannot be installed: {done.stderr.strip().splitlines()[-1:]}")
            return None
    return python


def _run(program: list[str], given: str) -> dict[str, Any] | str:
    """What the tool answers, or why it does not."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    try:
        with tempfile.TemporaryDirectory() as folder:  # tools leave logs where they are started
            done = subprocess.run(
                program, input=given, capture_output=True, text=True, timeout=_SECONDS, env=environment, cwd=folder
            )
        answer: dict[str, Any] = json.loads(done.stdout[done.stdout.index("{") :])
    except subprocess.TimeoutExpired:
        return f"no answer in {_SECONDS} s"
    except ValueError:
        return f"no answer, exit {done.returncode}"
    return answer


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


def _hidden(document: Document, named: set[Place]) -> set[Place]:
    """The hidden cells above 0, with those that print the same figure: a year of one month is that month."""
    part, counts = document["tables"][0], truth(document)
    sides = [document["dimensions"][dimension] for dimension in ("offence", "month")]
    groups: dict[Any, set[Place]] = {}
    for at, _, _ in part["cells"]:
        key = tuple(tuple(side["totals"].get(name, [name])) for side, name in zip(sides, at, strict=True))
        groups.setdefault(key, set()).add(tuple(at))
    same = {cell: cells for cells in groups.values() for cell in cells}
    return {cell for at in named for cell in same.get(at, {at}) if counts.get(cell, 0) > 0}
