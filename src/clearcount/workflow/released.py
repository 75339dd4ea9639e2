"""The release.json beside a published answer of clearcount: who answered, how it was counted, and its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clearcount.errors import ClearcountError, ExportError, ForeignFileError
from clearcount.foreign import parse_json
from clearcount.model.method import MethodFact, method_facts
from clearcount.model.request import FaultyRequest
from clearcount.model.request_reader import parse_request
from clearcount.writers.bundle import printed_file
from clearcount.writers.printed_release import PrintedRelease

_LARGEST = 64 << 20
_FURTHER = (
    ("codes_version", "code list"),
    ("matcher_version", "matcher"),
    ("unicode_version", "Unicode tables"),
    ("extract_date", "day of the extract"),
)


@dataclass(frozen=True)
class Released:
    """What release.json says; everything is empty where there is none."""

    force: str = ""
    reference: str = ""
    method: tuple[MethodFact, ...] = ()
    data: Mapping[str, object] | None = None


def released_at(path: Path) -> Released:
    """Return what the release.json of a bundle says: at `path`, in the folder `path`, or beside the file."""
    beside = path if path.name == "release.json" else (path if path.is_dir() else path.parent) / "release.json"
    try:
        if not beside.is_file() or beside.stat().st_size > _LARGEST:
            return Released()
        data = parse_json(beside.read_bytes(), str(beside))
    except (ForeignFileError, OSError):
        return Released()
    if not isinstance(data, dict):
        return Released()
    force = data.get("force")
    name = force.get("name", "") if isinstance(force, dict) else force
    return Released(str(name or ""), str(data.get("reference", "")), _method(data), data)


def counts_of(released: Released, path: Path) -> bytes:
    """Return counts.csv as it is written from release.json alone.

    Raises:
        ExportError: when it is no release, or of a form that cannot be written again.
    """
    if released.data is None:
        raise ExportError(f"{path}: is no release.json; name a bundle, or a table as CSV")
    try:
        return printed_file("counts.csv", PrintedRelease.from_dict(released.data))
    except (ClearcountError, ValueError, KeyError, TypeError, AttributeError):
        raise ExportError(f"{path}: does not hold what its tables print; name counts.csv of the bundle") from None


def _method(data: Mapping[str, object]) -> tuple[MethodFact, ...]:
    provenance = data.get("provenance")
    if not isinstance(provenance, dict) or not isinstance(provenance.get("request"), dict):
        return ()
    facts: tuple[MethodFact, ...] = ()
    for own_codes in (False, True):
        try:
            facts = method_facts(parse_request(provenance["request"], own_codes=own_codes))
            break
        except FaultyRequest:
            continue
    if not facts:
        return ()
    further = [MethodFact(name, str(provenance[key])) for key, name in _FURTHER if provenance.get(key)]
    return (*facts, *further, *_disclosure(provenance.get("policy")))


def _disclosure(policy: object) -> tuple[MethodFact, ...]:
    if not isinstance(policy, dict) or not policy.get("rule"):
        return ()
    said = str(policy["rule"])
    if said == "suppress":
        said += f" below {policy.get('threshold')}"
    if said == "round":
        said += f" to {policy.get('base')}"
    return (MethodFact("small numbers", said),)
