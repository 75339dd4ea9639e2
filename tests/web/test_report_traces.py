"""What is left of a report on this machine: files and memory of the public process are read, byte for byte."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

sys.path.insert(0, str(Path(__file__).parent))
from browsing import report

from clearcount_web.reporting import sealing
from clearcount_web.site import cookies

pytestmark = pytest.mark.browser
SENT, LEFT = "planted words in what was sent", "planted words in what was left"


def public_process(parent: int) -> int:
    """The process id of the public door: a child of the demo, or a child's child."""
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        if b"\0door\0public\0" in Path(f"/proc/{child}/cmdline").read_bytes():
            return int(child)
        if found := public_process(int(child)):
            return found
    return 0


def memory(process: int) -> Iterator[bytes]:
    """Every readable and writable region of the process's memory."""
    maps = Path(f"/proc/{process}/maps").read_text().splitlines()
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as file:
        for line in maps:
            found = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if found is None:
                continue
            start, end = int(found[1], 16), int(found[2], 16)
            file.seek(start)
            try:
                yield file.read(end - start)
            except OSError:  # a guard page
                continue


def files(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "static" not in path.relative_to(folder).parts:
            yield path, path.read_bytes()


def boxes(folder: Path) -> bytes:
    """The public database with its journal, where a box may still lie after its row is gone."""
    return b"".join(held for path, held in files(folder) if path.name.startswith("public.sqlite3"))


@pytest.mark.sqlite
def test_nothing_that_the_public_side_holds_opens_a_report_or_an_abandoned_draft(browser: Any, doors: Any) -> None:
    context = browser.new_context()
    page = context.new_page()
    report(page, doors.public, story=SENT)
    context.close()
    context = browser.new_context()
    page = context.new_page()
    report(page, doors.public, story=LEFT, send=False)
    key = next(kept["value"] for kept in context.cookies() if kept["name"] == cookies.REPORT)
    page.goto(f"{doors.public}/r/7")
    page.get_by_label("What happened, in your own words?").fill(f"{LEFT} and never continued")
    with page.expect_request("**/leave"):
        page.keyboard.press("Escape")
    context.close()
    # Other visitors come and go, as they do; then the machine is taken.
    context = browser.new_context()
    page = context.new_page()
    for _ in range(2):
        report(page, doors.public, story="Another made-up story.")
    context.close()

    planted = [text.encode(form) for text in (SENT, LEFT) for form in ("utf-8", "utf-16-le", "utf-32-le")]
    for path, held in files(doors.folder):
        assert not any(text in held for text in planted), path.name
        assert bytes.fromhex(key) not in held, path.name
        assert key.encode() not in held, path.name

    process = public_process(doors.pid)
    assert process
    held_keys: set[bytes] = set()
    read = 0
    for region in memory(process):
        read += len(region)
        held_keys.update(re.findall(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", region))
        assert b"BEGIN PRIVATE" not in region
    assert read > 10_000_000  # the process was really read
    print(f"{read} bytes of memory read, {len(held_keys)} strings that could be keys")

    # Every string in memory that could be a key is tried on the abandoned draft: its row, and its leftovers, are gone.
    rows = boxes(doors.folder)
    place = sealing.place_of(bytes.fromhex(key)).encode()
    assert place not in rows
    reports = sealed_boxes(doors)
    assert len(reports) >= 3
    for text in held_keys:
        candidate = bytes.fromhex(text.decode())
        for box in reports:
            with pytest.raises(CryptoError):
                SealedBox(PrivateKey(candidate)).decrypt(box)


def sealed_boxes(doors: Any) -> list[bytes]:
    rows = doors.public_rows("SELECT duty_box, recovery_box FROM reporting_sealedreport")
    return [bytes(box) for row in rows for box in row]
