"""The force's letter template: found from force.toml or an option, and checked before anything is counted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from clearcount.errors import TemplateError
from clearcount.foreign import read_apart
from clearcount.workflow.reading_files import read_toml
from clearcount.writers.letter import check_template, starter

DIGEST = "letter_template"
"""The name under which the provenance keeps the template's SHA-256."""
_LARGEST = 20_000_000


def read_letter_template(path: Path) -> bytes:
    """Return the template at `path`.

    Raises:
        TemplateError: when there is none, or it cannot be filled, with one line for each fault.
    """
    try:
        content = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
    except OSError as error:
        raise TemplateError(
            f"{path}: cannot be read ({error.strerror}); name a letter template, or make one to start from with: "
            "clearcount new DIR"
        ) from None
    if not content:
        raise TemplateError(
            f"{path}: is empty or larger than {_LARGEST // 1_000_000} MB; a letter template holds words and a logo"
        )
    for _ in read_apart(faults_apart, content, name=str(path), error=TemplateError, title=str(path)):
        pass
    return content


def faults_apart(stream: BinaryIO, title: str) -> Iterator[bool]:
    """Check a template in a process of its own, before the same bytes are opened to be filled."""
    check_template(stream.read(), title)
    yield True


def letter_template(*, force: Path | None, given: Path | None = None) -> bytes:
    """Return the template that `given` names, else the one that the force's file names (relative to it); empty for
    neither.

    Raises:
        TemplateError: when it cannot be filled.
    """
    if given is None and force is not None:
        given = named_template(read_toml(force, "force"), beside=force.parent)
    return read_letter_template(given) if given else b""


def named_template(force: Mapping[str, object], *, beside: Path) -> Path | None:
    """Return the place that `letter_template` of a force's data names, or None."""
    section = force.get("force", {})
    name = section.get("letter_template") if isinstance(section, Mapping) else None
    return beside / name if isinstance(name, str) and name else None


def digest(template: bytes) -> str:
    """Return the SHA-256 of a template, in hexadecimal."""
    return hashlib.sha256(template).hexdigest()


def template_to_repeat(digests: Mapping[str, object], given: Path | None) -> bytes | None:
    """Return the template with which a letter can be made again; empty for the packaged one, None when it is not here.

    Raises:
        TemplateError: when `given` is not the template with which the letter was made.
    """
    wanted = digests.get(DIGEST)
    if given is not None:
        content = read_letter_template(given)
        if digest(content) != wanted:
            raise TemplateError(
                f"{given}: is not the template of this letter, whose SHA-256 stands in release.json; name that one, "
                "or leave --letter-template out"
            )
        return content
    if wanted is None:
        return b""
    return starter() if wanted == digest(starter()) else None
