"""The stylesheet: ours, complete, and what its sources compile to."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "src/clearcount_web/ground/static/ground"
TOOLS = ROOT / "tools/css"


def test_the_stylesheet_is_compiled_and_carries_neither_font_nor_crest() -> None:
    sheet = (STATIC / "clearcount.css").read_text(encoding="utf-8")
    assert len(sheet) > 50_000
    for forbidden in ("GDS Transport", "crest", "crown", "@use", "@import", "url("):
        assert forbidden not in sheet, forbidden
    for needed in (".govuk-button", ".govuk-error-summary", ".govuk-radios", ".cc-exit", "#12436d", "forced-colors"):
        assert needed in sheet, needed
    assert "#1d70b8" not in sheet  # GOV.UK's blue


def test_every_component_in_the_stylesheet_is_on_some_page() -> None:
    """Every visitor fetches the stylesheet: what no page uses is not in it."""
    source = (TOOLS / "src/clearcount.scss").read_text(encoding="utf-8")
    pages = "\n".join(
        file.read_text(encoding="utf-8")
        for kind in ("*.html", "*.py", "*.js")
        for file in (ROOT / "src/clearcount_web").rglob(kind)
    )
    components = re.findall(r"govuk/components/([a-z-]+)", source)
    assert len(components) > 15
    assert [name for name in components if f"govuk-{name}" not in pages] == []


def test_the_licence_of_the_styles_is_beside_them() -> None:
    licence = (STATIC / "govuk-frontend.LICENSE").read_text(encoding="utf-8")
    assert "MIT License" in licence and "Crown Copyright" in licence


def test_the_lock_names_versions_and_no_addresses() -> None:
    lock = json.loads((TOOLS / "package-lock.json").read_text(encoding="utf-8"))
    packages = [package for name, package in lock["packages"].items() if name]
    assert all("integrity" in package and "resolved" not in package for package in packages)
    assert lock["packages"]["node_modules/govuk-frontend"]["version"] == "6.6.0"


def test_the_stylesheet_is_what_its_sources_compile_to() -> None:
    if shutil.which("node") is None or not (TOOLS / "node_modules/sass").is_dir():
        pytest.skip("needs Node and `npm ci` in tools/css")
    answer = subprocess.run(["node", "build.mjs", "--check"], cwd=TOOLS, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr


def test_no_page_of_ours_has_inline_script_or_style() -> None:
    """The content policy would block them; this finds them in templates that no test happens to render."""
    for template in (ROOT / "src/clearcount_web").rglob("templates/**/*.html"):
        text = template.read_text(encoding="utf-8")
        for forbidden in (" style=", "<style", " onclick=", " onload=", " onsubmit=", "javascript:", "data:"):
            assert forbidden not in text, (template.name, forbidden)
        assert "<script>" not in text, template.name
