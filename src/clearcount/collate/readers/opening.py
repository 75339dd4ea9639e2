"""Opens a published file by what it is, in a process of its own where a library could be led astray by it."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from clearcount.collate.grid import Cell, Page, lay_out
from clearcount.collate.readers.delimited import decoded, grid_of
from clearcount.collate.readers.docx import read_docx
from clearcount.collate.readers.html import read_html
from clearcount.collate.readers.ods import read_ods
from clearcount.collate.readers.pdf import read_pdf
from clearcount.collate.readers.text import read_text
from clearcount.collate.readers.xls import read_xls
from clearcount.collate.readers.xlsx import read_xlsx
from clearcount.errors import ClearcountError, ExportError
from clearcount.foreign import Allowance, read_apart

LARGEST = 64 << 20
"""Bytes. A published answer is small; something larger is not one."""
_MEMORY = 3 << 29
"""Bytes of address space of the reader apart: a PDF library alone takes a third of it."""


def _separated(raw: bytes, name: str) -> Page:
    return Page((grid_of(decoded(raw, name), name),))


READERS: dict[str, Callable[[bytes, str], Page]] = {
    ".csv": _separated,
    ".tsv": _separated,
    ".txt": read_text,
    ".xlsx": read_xlsx,
    ".xlsm": read_xlsx,
    ".xls": read_xls,
    ".ods": read_ods,
    ".docx": read_docx,
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
}
KINDS = (*READERS, ".eml")
"""The endings that are read."""


def read_published(path: Path) -> list[tuple[str, Page]]:
    """Return what was read of a file: its name and page, and for a message one more for each attachment.

    A bundle folder is read by its counts.csv.

    Raises:
        ClearcountError: in a sentence that names the file, when it is missing, too large, of another kind or damaged.
    """
    if path.is_dir():
        path = path / "counts.csv"
    if not path.is_file():
        raise ExportError(f"{path}: there is no such file; name a published answer or a bundle folder")
    if path.stat().st_size > LARGEST:
        raise ExportError(f"{path}: is larger than {LARGEST >> 20} MB; a published answer is a small table")
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise ExportError(f"{path}: {kind or 'no ending'} is not read; use {', '.join(KINDS)}")
    raw = path.read_bytes()
    if not raw.strip():
        raise ExportError(f"{path}: is empty")
    if kind == ".eml":
        return list(_message(raw, path))
    return [(str(path), _page(raw, kind, str(path)))]


def _page(raw: bytes, kind: str, name: str) -> Page:
    allowance = Allowance(10, _MEMORY)
    try:
        (answer,) = read_apart(
            page_apart, raw, name=name, allowance=allowance, error=ExportError, kind=kind, title=name
        )
        return _decoded(answer)
    except ClearcountError as error:
        sentence = str(error)
        raise ExportError(sentence if name in sentence else f"{name}: {sentence}") from None


def page_apart(stream: BinaryIO, kind: str, title: str) -> Iterator[dict[str, object]]:
    """Give the page that a file of one kind holds, as values of JSON; runs in a process of its own."""
    yield _encoded(READERS[kind](stream.read(), title))


def _encoded(page: Page) -> dict[str, object]:
    grids = []
    for grid in page.grids:
        seen: dict[int, int] = {}
        cells: list[tuple[int, int, dict[str, object]]] = []
        for at, row in enumerate(grid.rows):
            for column, cell in enumerate(row):
                if id(cell) not in seen:
                    seen[id(cell)] = 1
                    cells.append((at, column, asdict(cell)))
        grids.append({"cells": cells, "name": grid.name, "title": grid.title, "said": grid.said})
    return {"grids": grids, "words": page.words, "said": page.said, "outside": page.outside}


def _decoded(answer: Any) -> Page:
    grids = []
    for each in answer["grids"]:
        placed = [(at, column, Cell(**{**cell, "notes": tuple(cell["notes"])})) for at, column, cell in each["cells"]]
        grids.append(lay_out(placed, _nowhere, name=each["name"], title=each["title"], said=each["said"]))
    return Page(tuple(grids), answer["words"], tuple(answer["said"]), answer["outside"])


def _nowhere(row: int, column: int) -> str:
    return ""


def _message(raw: bytes, path: Path) -> Iterator[tuple[str, Page]]:
    """Give the body of a message and each attachment that can be read; one that cannot is said."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    said: list[str] = []
    found: list[tuple[str, Page]] = []
    bodies = 0
    for part in message.walk():
        if part.is_multipart():
            continue
        name = PurePosixPath((part.get_filename() or "").replace("\\", "/")).name
        kind = PurePosixPath(name).suffix.lower()
        if not name:
            kind = {"text/html": ".html", "text/plain": ".txt"}.get(part.get_content_type(), "")
            if not kind or (kind == ".txt" and bodies):
                continue
        if kind not in READERS:
            said.append(f"the attachment {name} is of a kind that is not read")
            continue
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes) or not payload.strip() or len(payload) > LARGEST:
            said.append(f"the attachment {name or 'body'} is empty, damaged or too large")
            continue
        if not name:
            bodies += 1
            text = payload.decode(part.get_content_charset() or "utf-8", errors="replace")
            payload = text.encode("utf-8")
        try:
            found.append((f"{path}, {name or 'body'}", _page(payload, kind, f"{path}, {name or 'body'}")))
        except ClearcountError as error:
            said.append(str(error))
    if not found and not said:
        raise ExportError(f"{path}: is no message with a body or attachments")
    yield from found
    if said:
        yield str(path), Page((), "", tuple(said))
