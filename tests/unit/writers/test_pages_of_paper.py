"""How many sheets of paper the example answer takes: letter, page and workbook, as programs lay them out."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from clearcount.workflow.demo import make_demo

SOFFICE, CHROMIUM = shutil.which("soffice"), shutil.which("chromium")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle that `make demo` writes, from as many occurrences."""
    return (
        make_demo(tmp_path_factory.mktemp("paper") / "demo", now=datetime(2026, 1, 2, 9, tzinfo=UTC)).folder / "answer"
    )


def laid_out(file: Path, place: Path) -> list[str]:
    """The text of each page that LibreOffice makes of a file."""
    subprocess.run(
        [str(SOFFICE), "--headless", f"-env:UserInstallation={(place / 'profile').as_uri()}",
         "--convert-to", "pdf", "--outdir", str(place), str(file)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return [page.extract_text() for page in PdfReader(place / f"{file.stem}.pdf").pages]


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_the_letter_has_two_pages_and_an_annex_with_the_asked_table_on_the_second(answer: Path, tmp_path: Path) -> None:
    pages = laid_out(answer / "response.docx", tmp_path)
    annex = next(number for number, text in enumerate(pages) if re.search(r"^\s*Annex\s*$", text, re.MULTILINE))
    assert annex == 2
    assert "Dear requester" in pages[0] and "How sure this is" in pages[0]
    assert "Table 1: Offences whose records mention the terms" in pages[1] and "Yours faithfully" in pages[1]


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("name", ["counts.xlsx", "counts.ods"])
def test_the_workbook_prints_on_eight_pages(answer: Path, tmp_path: Path, name: str) -> None:
    pages = laid_out(answer / name, tmp_path)
    assert 6 <= len(pages) <= 8
    assert "foi@fernshire.example" in pages[0]


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_the_page_prints_on_six_sheets_with_the_answer_in_short_on_the_first(answer: Path, tmp_path: Path) -> None:
    subprocess.run(
        [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
         f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={tmp_path / 'page.pdf'}",
         (answer / "response.html").as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    pages = PdfReader(tmp_path / "page.pdf").pages
    assert len(pages) <= 6
    first = pages[0].extract_text()
    assert (
        "What was asked" in first
        and "How sure this is" in first
        and "They can change later" in re.sub(r"\s+", " ", first)
    )
    width, height = pages[0].mediabox[2:]
    assert (round(float(width)), round(float(height))) == (595, 842)
