"""LibreOffice, which wrote none of them, opens XLSX, ODS and DOCX and makes pages of them."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from pypdf import PdfReader

from clearcount.writers.letter import check_template, letter, starter
from clearcount.writers.printed_release import printed_release
from clearcount.writers.scan import scan_file

from .letters import plain_template, png, with_logo

SOFFICE = shutil.which("soffice")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")]


def _pages(file: Path, place: Path) -> list[str]:
    """The text of each page that LibreOffice makes of a file."""
    subprocess.run(
        [str(SOFFICE), "--headless", f"-env:UserInstallation={(place / 'profile').as_uri()}",
         "--convert-to", "pdf", "--outdir", str(place), str(file)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return [page.extract_text() for page in PdfReader(place / f"{file.stem}.pdf").pages]


@pytest.mark.parametrize("name", ["counts.xlsx", "counts.ods", "response.docx"])
@pytest.mark.parametrize("shape", ["the source table", "every marker", "right-to-left label", "Welsh letters"])
def test_libreoffice_makes_pages_of_it(written: Any, tmp_path: Path, name: str, shape: str) -> None:
    release, folder = written(shape).release, written(shape).folder
    pages = _pages(folder / name, tmp_path)
    text = re.sub(r"\s+", " ", " ".join(pages))

    assert len(pages) >= 3
    assert release.title in text and release.reference in text
    assert release.answer.title in text
    assert "[r]" not in text
    for shown in {release.answer.shown(at) for at in release.answer.coordinates()}:
        assert shown.split(" ")[0] in text


@pytest.mark.parametrize("template", [plain_template, lambda: with_logo(png())], ids=["plain letterhead", "logo"])
def test_libreoffice_makes_pages_of_a_letter_in_a_template_of_the_forces(
    written: Any, tmp_path: Path, template: Callable[[], bytes]
) -> None:
    release = written("every marker").release
    (tmp_path / "response.docx").write_bytes(letter(printed_release(replace(release, letter_template=template()))))

    text = re.sub(r"\s+", " ", " ".join(_pages(tmp_path / "response.docx", tmp_path)))
    assert release.reference in text and "internal review" in text and "{{" not in text
    for shown in {release.answer.shown(at) for at in release.answer.coordinates()}:
        assert shown.split(" ")[0] in text


def test_a_template_that_libreoffice_saved_is_taken(written: Any, tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_bytes(starter())
    subprocess.run(
        [str(SOFFICE), "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
         "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(tmp_path / "saved"), str(tmp_path / "letter.docx")],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    template = (tmp_path / "saved" / "letter.docx").read_bytes()
    assert template != starter()
    check_template(template, "letter.docx")

    release = written("the source table").release
    (tmp_path / "response.docx").write_bytes(letter(printed_release(replace(release, letter_template=template))))
    assert scan_file(tmp_path / "response.docx") == ()
    lines = [paragraph.text for paragraph in docx.Document(str(tmp_path / "response.docx")).paragraphs]
    assert "Question 1: 45 offences mention the terms." in lines
