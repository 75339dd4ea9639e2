"""The demo: a made-up export, its store, and the example request answered twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as replace_in
from datetime import datetime
from pathlib import Path

from clearcount import data
from clearcount.demo import AS_AT, OCCURRENCES, Generated, generate
from clearcount.files import whole_folder
from clearcount.store import open_store
from clearcount.workflow.answering import Answer, answer_request, count
from clearcount.workflow.bundling import run_id
from clearcount.workflow.importing import ImportResult, import_export
from clearcount.workflow.inputs import InputFiles, Inputs, one_store, read_policy
from clearcount.workflow.reading_files import read_force, read_toml
from clearcount.workflow.stores import StorePlace

FILES = ("request.toml", "request-as-published.toml", "policy.toml", "force.toml")


@dataclass(frozen=True)
class Demo:
    """What the demo made, and the two answers: `honest` is written to `folder/answer`, `published` only counted."""

    folder: Path
    generated: Generated
    imported: ImportResult
    honest: Answer
    published: Answer


def make_demo(
    folder: Path,
    *,
    now: datetime,
    occurrences: int = OCCURRENCES,
    replace: bool = False,
    say: Callable[[str], None] = lambda step: None,
) -> Demo:
    """Make `folder` with export, store, request, policy, force and answer; the same inputs give the same answer.

    `say` is told what is being done. The folder appears whole or not at all.

    Raises:
        ClearcountError: when the folder holds something, or `occurrences` is too small.
    """
    with whole_folder(folder, replace=replace) as fresh:
        say(f"making {occurrences} occurrences")
        generated = generate(fresh / "export", occurrences)
        for name in FILES:
            (fresh / name).write_text(data.read_text(f"demo/{name}"), encoding="utf-8")
        say(f"importing {generated.offences} offences and {generated.texts} texts")
        imported = import_export([fresh / "export"], fresh / "store", now=now, as_at=AS_AT)
        say("answering the request as it was most likely counted")
        published = answer_request(
            Inputs(
                read_toml(fresh / "request-as-published.toml", "request"),
                one_store(open_store(fresh / "store")),
                policy=read_policy(fresh / "policy.toml"),
                force=read_force(fresh / "force.toml"),
            )
        )
        say("answering the request as it was asked")
        files = InputFiles(
            fresh / "request.toml",
            (StorePlace(fresh / "store"),),
            policy=fresh / "policy.toml",
            force=fresh / "force.toml",
        )
        honest = count(files, out=fresh / "answer")
    honest = replace_in(honest, out=folder / "answer", internal=folder / "store" / "runs" / run_id(honest.release))
    return Demo(folder, generated, imported, honest, published)
