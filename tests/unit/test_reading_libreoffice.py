"""A sheet that a real spreadsheet program has opened and saved comes back with every key as it was."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from clearcount.model.decision import Decision
from clearcount.reading.sheets import read_sheet, to_csv, to_xlsx

SOFFICE = shutil.which("soffice")
KEYS = ("000123", "008", "1E5", "=1+1", "-7", "07/08", "TRUE", "12345678901234567890")
ROWS = tuple(
    Decision(number, "008/71", "relevant", "asserted", "Zoë", "1", "ai-1", "q1", "t" + "0" * 32, "2025-08-01T09:00:00",
             "random", "008/71 2023", 1200, "sample-1.2of3")
    for number in KEYS
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("shape", ["xlsx", "ods", "xls", "csv"])
def test_reading_sheet_survives_libreoffice(tmp_path: Path, shape: str) -> None:
    long = "one entry\nof many lines; " * 2_000
    (tmp_path / "sheet.xlsx").write_bytes(to_xlsx([(row, long, {}) for row in ROWS]))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", shape, "--outdir", str(tmp_path / "saved")]
    subprocess.run([*command, str(tmp_path / "sheet.xlsx")], check=True, capture_output=True, timeout=180)
    assert read_sheet((tmp_path / "saved" / f"sheet.{shape}").read_bytes(), f"sheet.{shape}") == ROWS


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_reading_csv_opened_in_libreoffice_is_refused_when_a_key_was_damaged(tmp_path: Path) -> None:
    """A CSV has no text cells: what the program made of a key differs, and an import compares keys."""
    (tmp_path / "sheet.csv").write_bytes(to_csv([(row, "text", {}) for row in ROWS]))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "saved")]
    subprocess.run([*command, str(tmp_path / "sheet.csv")], check=True, capture_output=True, timeout=180)
    found = read_sheet((tmp_path / "saved" / "sheet.xlsx").read_bytes(), "sheet.xlsx", own_codes=True)
    assert {row.occurrence_no for row in found} != set(KEYS)
