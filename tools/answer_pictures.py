"""Takes pictures of the demonstration's answer: the page, the letter and the workbook.

Use: .venv/bin/python tools/answer_pictures.py [FOLDER]. Needs Chromium, LibreOffice and poppler. It writes
docs/reference/answer-pages.md too. Look at the pictures before you commit them.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
CHROMIUM = "/usr/bin/chromium"
SHOWN, TALLEST = 700, 1700
PAGE = """# An answer, in pictures

`tools/answer_pictures.py` took these pictures of the demonstration's answer. The force and its records are made up.
LibreOffice turned the letter and the workbook into pages. The tutorial
[a first answer of your own](../tutorials/first-own-answer.md) makes such files from your records.

"""


def main() -> int:
    """Write a picture of each page and the page of docs that lists them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs/pictures"
    lines = []
    with tempfile.TemporaryDirectory() as name:
        demo = Path(name) / "demo"
        subprocess.run([sys.executable, "-m", "clearcount", "demo", "--out", str(demo), "--quiet"], check=True)
        for file, title, picture in (*_web_page(demo / "answer"), *_paper(demo / "answer", Path(name))):
            shown = picture.convert("RGB")
            shown = shown.resize((SHOWN, round(shown.height * SHOWN / shown.width)), Image.Resampling.LANCZOS)
            shown.save(folder / f"answer-{file}.webp", quality=40, method=6)
            lines.append(f"## {title}\n\n![{title}](../pictures/answer-{file}.webp)\n")
    (ROOT / "docs/reference/answer-pages.md").write_text(PAGE + "\n".join(lines), encoding="utf-8")
    print(f"{len(lines)} pictures in {folder}")
    return 0


def _web_page(answer: Path) -> Iterator[tuple[str, str, Image.Image]]:
    """The page in a window of 1,280 pixels: from the top, and from its figures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": TALLEST})
        page.goto((answer / "response.html").as_uri())
        yield "page", "The page that is published", Image.open(io.BytesIO(page.screenshot()))
        page.get_by_role("heading", name="The figures").evaluate("heading => heading.scrollIntoView()")
        yield "figures", "Its figures by month", Image.open(io.BytesIO(page.screenshot()))
        browser.close()


def _paper(answer: Path, work: Path) -> Iterator[tuple[str, str, Image.Image]]:
    """The two pages of the letter before its annex, and the first two of the workbook."""
    for source, titles in (
        ("response.docx", ("The letter, page 1", "The letter, page 2")),
        ("counts.xlsx", ("The workbook's cover", "Its first table")),
    ):
        office = ["soffice", "--headless", "--convert-to", "pdf", f"-env:UserInstallation={(work / 'office').as_uri()}"]
        subprocess.run([*office, "--outdir", str(work), str(answer / source)], check=True, capture_output=True)
        stem = source.partition(".")[0]
        subprocess.run(
            ["pdftoppm", "-r", "100", "-l", str(len(titles)), "-png", f"{stem}.pdf", stem], cwd=work, check=True
        )
        for number, (title, file) in enumerate(zip(titles, sorted(work.glob(f"{stem}-*.png")), strict=True), 1):
            yield f"{stem}-{number}", title, Image.open(file)


if __name__ == "__main__":
    raise SystemExit(main())
