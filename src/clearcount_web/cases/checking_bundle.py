"""Checks a bundle for the regulator again: its seal, every file, the events, the seals, the estimate, the count."""

from __future__ import annotations

import hashlib
import hmac
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings

from clearcount.errors import ClearcountError
from clearcount.workflow.stores import StorePlace
from clearcount.workflow.verifying import verify
from clearcount_web.audit.chain import mac_of
from clearcount_web.audit.models import Event
from clearcount_web.cases.checking_told import differences
from clearcount_web.cases.models import Case, Worksheet
from clearcount_web.cases.regulator_bundle import FORMAT, KIND, LISTED, SIGNED, estimate, plain
from clearcount_web.cases.seals import digest_of
from clearcount_web.disclosure_log.bundle import MANIFEST
from clearcount_web.disclosure_log.seals import holds
from clearcount_web.platform.databases import STAFF

MOST_BYTES = 500_000_000
"""Of all files of a bundle together, unpacked."""


class BundleFault(Exception):
    """Why a file is no bundle that can be checked, in a sentence."""


@dataclass(frozen=True)
class Checked:
    """One thing that was checked, and every fault found in it."""

    name: str
    faults: tuple[str, ...]


def check_bundle(path: Path, *, store: Path | None) -> list[Checked]:
    """Return what checking a bundle found. `store` None: nothing is counted again, and that is no fault.

    Raises:
        BundleFault: for a file that is no bundle at all.
    """
    files = _unpacked(path)
    listed = _listed(files)
    found = [
        Checked("the list of files bears the force's seal", tuple(_said(lambda: _seal(files)))),
        Checked("every file is the one on the list", tuple(_said(lambda: _files(files, listed)))),
    ]
    if any(check.faults for check in found):  # what nobody sealed is not worth counting again
        return [*found, Checked("what the files say", ("they are not the force's, so they were not read",))]
    checks: list[tuple[str, Callable[[], Iterator[str]]]] = [
        ("the events are those of the force's chain", lambda: _events(files, listed)),
        ("it is the very file that the force made", lambda: _made(path, listed)),
        ("the files say what the events say", lambda: differences(files)),
        ("each answer is what its seal, its letters and its approval say", lambda: _answers(files)),
        ("the estimate follows from its worksheet", lambda: _estimate(files)),
        ("the counts are whole" if store is None else "counted again, the counts come out the same",
         lambda: _counts(files, store)),
    ]  # fmt: skip
    return found + [Checked(name, tuple(_said(find))) for name, find in checks]


def _said(find: Callable[[], Iterator[str]]) -> Iterator[str]:
    try:
        yield from find()
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        yield f"a file does not hold what a bundle of this format holds ({type(error).__name__})"
    except ClearcountError as error:
        yield f"{error}"


def _unpacked(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            names = [member.filename for member in members]
            if len(set(names)) != len(names):
                raise BundleFault(f"{path.name} holds two files of one name")
            if any(_leads_out(name) for name in names):
                raise BundleFault(f"{path.name} holds a file whose name leads elsewhere")
            if sum(member.file_size for member in members) > MOST_BYTES:
                raise BundleFault(f"{path.name} is larger than a bundle can be")
            return {name: archive.read(name) for name in names}
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        raise BundleFault(f"{path.name} cannot be read as a ZIP that the case's page made") from None


def _leads_out(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in PurePosixPath(name).parts or name.endswith("/")


def _listed(files: Mapping[str, bytes]) -> Mapping[str, Any]:
    try:
        listed = json.loads(files[LISTED])
        if listed["format"] == FORMAT and isinstance(listed["files"], dict):
            return dict(listed)
    except (KeyError, ValueError, TypeError):
        pass
    raise BundleFault(f"the bundle has no {LISTED} of format {FORMAT}")


def _seal(files: Mapping[str, bytes]) -> Iterator[str]:
    if settings.SEAL_PUBLIC is None:
        yield "the force's public key is not set; set CLEARCOUNT_SEAL_PUBLIC_FILE"
    elif not holds(KIND + files[LISTED], files.get(SIGNED, b"").decode("ascii", "replace")):
        yield f"{LISTED} is not the one that the force sealed"


def _files(files: Mapping[str, bytes], listed: Mapping[str, Any]) -> Iterator[str]:
    there, wanted = set(files) - {LISTED, SIGNED}, listed["files"]
    yield from (f"{name} is missing" for name in sorted(set(wanted) - there))
    yield from (f"{name} is not on the list" for name in sorted(there - set(wanted)))
    for name in sorted(there & set(wanted)):
        if hashlib.sha256(files[name]).hexdigest() != wanted[name]:
            yield f"{name} was changed"


def _events(files: Mapping[str, bytes], listed: Mapping[str, Any]) -> Iterator[str]:
    key, reference = settings.AUDIT_KEYS[STAFF], listed["reference"]
    events = [json.loads(line) for line in files["events.jsonl"].decode().splitlines()]
    last, before = 0, ""
    for event in events:
        number = int(event["number"])
        if number <= last:
            yield f"event {number} comes after event {last}"
        if number == last + 1 and before and event["before"] != before:
            yield f"event {number} does not follow event {last}"
        if not hmac.compare_digest(mac_of(event, str(event["before"]), key), str(event["mac"])):
            yield f"event {number} is not as it was written"
        if (event["kind"], event["key"]) != ("case", reference):
            yield f"event {number} is of another case"
        last, before = number, str(event["mac"])
    known = dict(
        Event.objects.filter(kind="case", key=reference, number__lte=last).values_list("number", "mac")
    )  # a force that looks at its own bundle also finds an event that was left out
    given = {int(event["number"]): str(event["mac"]) for event in events}
    if not given:
        yield "there is no event"
    if known and known != given:
        lost = sorted(set(known) - set(given))
        yield f"events {', '.join(map(str, lost))} were left out" if lost else "the chain here has other events"


def _made(path: Path, listed: Mapping[str, Any]) -> Iterator[str]:
    """Whether an event keeps the SHA-256 of this file; asked only where this service holds the case."""
    made = Event.objects.filter(kind="case", key=listed["reference"], verb="case.bundle_made")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if Event.objects.filter(kind="case", key=listed["reference"]).exists() and not any(
        json.loads(changes).get("sha256") == digest for changes in made.values_list("changes", flat=True)
    ):
        yield "no event here says that this file was made"


def _answers(files: Mapping[str, bytes]) -> Iterator[str]:
    letters, answers = json.loads(files["letters.json"]), json.loads(files["answers.json"])
    events = [json.loads(line) for line in files["events.jsonl"].decode().splitlines()]
    written = {(each["round"], digest_of(each["paragraphs"])) for each in letters}
    for letter in letters:
        if digest_of(letter["paragraphs"]) != letter["digest"]:
            yield f"letter {letter['number']} does not say what was written"
    manifests = {hashlib.sha256(content).hexdigest() for name, content in files.items()
                 if name.startswith("counts/") and name.endswith(f"/{MANIFEST}")}  # fmt: skip
    for answer in answers:
        name = f"answer {answer['round']}"
        if hashlib.sha256(answer["sealed"].encode()).hexdigest() != answer["seal"]:
            yield f"{name}: its seal is of other words"
            continue
        said = json.loads(answer["sealed"])
        if answer["void_because"]:
            continue
        if any((answer["round"], digest) not in written for digest in said["letters"]):
            yield f"{name}: a letter that was sealed with it is not here"
        if said["bundle"] and said["bundle"] not in manifests:
            yield f"{name}: the count that was sealed with it is not here"
        yield from (f"{name}: {fault}" for fault in _approved(answer, events))


def _approved(answer: Mapping[str, Any], events: list[Mapping[str, Any]]) -> Iterator[str]:
    """Whether somebody else approved this very seal, as the events tell it."""
    if not answer["approved_by"]:
        return
    if answer["approved_by"] == answer["prepared_by"] or answer["published_by"] == answer["prepared_by"]:
        yield "one person did what two have to do"
    acts = {"case.approved": answer["approved_by"], "case.submitted": answer["prepared_by"]}
    for verb, who in acts.items():
        found = [event for event in events if event["verb"] == verb and event["actor"] == who]
        if not any(json.loads(event["changes"]).get("seal") == answer["seal"] for event in found):
            yield f"no event says that it was {verb.partition('.')[2]} by whom it says"


def _estimate(files: Mapping[str, bytes]) -> Iterator[str]:
    told = json.loads(files["estimate.json"])
    if not told:
        return
    received = date.fromisoformat(told["received_on"])
    if str(received) != json.loads(files["case.json"])["received_on"]:
        yield "the worksheet is of another day of receipt"
    if plain(estimate(Worksheet(**told["worksheet"]), Case(received_on=received))) != told:
        yield "worked out again, the figures are others"


def _counts(files: Mapping[str, bytes], store: Path | None) -> Iterator[str]:
    digests = {f"run-{each['number']}": each["release_sha256"] for each in json.loads(files["search.json"])["counts"]}
    folders: dict[str, dict[str, bytes]] = {}
    for name, content in files.items():
        if name.startswith("counts/"):
            _, run, file = name.split("/")
            folders.setdefault(run, {})[file] = content
    for run, held in folders.items():
        if hashlib.sha256(held.get(MANIFEST, b"")).hexdigest() != digests.get(run):
            yield f"{run}: {MANIFEST} is not that of the count"
        with tempfile.TemporaryDirectory() as place:
            for file, content in held.items():
                (Path(place) / file).write_bytes(content)
            found = verify(Path(place), stores=(StorePlace(store),) if store is not None else ())
            yield from (f"{run}: {fault}" for check in found.checks for fault in check.faults)
