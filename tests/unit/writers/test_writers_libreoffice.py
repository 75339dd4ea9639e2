"""LibreOffice, which wrote none of them, opens XLSX, ODS and DOCX and makes pages of them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

SOFFICE = shutil.which("soffice")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")]


@pytest.mark.parametrize("name", ["counts.xlsx", "counts.ods", "response.docx"])
@pytest.mark.parametrize("shape", ["the source table", "every marker", "right-to-left label", "Welsh letters"])
def test_libreoffice_makes_pages_of_it(written: Any, tmp_path: Path, name: str, shape: str) -> None:
    release, folder = written(shape).release, written(shape).folder
    subprocess.run(
        [str(SOFFICE), "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
         "--convert-to", "pdf", "--outdir", str(tmp_path), str(folder / name)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    pages = [page.extract_text() for page in PdfReader(tmp_path / f"{Path(name).stem}.pdf").pages]
    text = re.sub(r"\s+", " ", " ".join(pages))

    assert len(pages) >= 3
    assert release.title in text and release.reference in text
    assert release.answer.title in text
    assert "[r]" in text or shape != "every marker"
    for shown in {release.answer.shown(at) for at in release.answer.coordinates()}:
        assert shown.split(" ")[0] in text
