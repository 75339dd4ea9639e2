"""Takes a picture of every public page of the demonstration, for docs/reference/public-pages.md.

Use: .venv/bin/python tools/pictures.py [FOLDER]. Needs Chromium. The pictures show a phone (390 wide), in WebP, cut at
1,400 pixels. Look at them before you commit them.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests/web"))
from browsing import follow, press, report  # noqa: E402
from ports import free_ports  # noqa: E402

CHROMIUM = "/usr/bin/chromium"
WIDTH, TALLEST, SHOWN = 390, 1400, 300
BESIDES = ("/leaving/?next=/advice/", "/advice/sextortion/card/", "/privacy/complaint/", "/there-is-no-such-page/")
PAGE = ROOT / "docs/reference/public-pages.md"
HEAD = """# The public pages, in pictures

`tools/pictures.py` took these pictures of the demonstration. The force and the people in it are made up. Each shows a
phone of 390 pixels, from the top. A long page is cut. The last ones show the dark scheme and a wide window.

"""


def main() -> int:
    """Write a picture of each page and the page of docs that lists them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs/pictures"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.webp"):
        old.unlink()
    public, staff = free_ports(2)
    address = f"http://127.0.0.1:{public}"
    command = [sys.executable, "-m", "clearcount", "serve", "--demo", "--public", address[7:]]
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        environment = os.environ | {"CLEARCOUNT_WEB_DIR": name, "CLEARCOUNT_READS_PER_MINUTE": "1000000"}
        with subprocess.Popen(
            [*command, "--staff", f"127.0.0.1:{staff}"], env=environment, stdout=subprocess.PIPE, text=True
        ) as demo:
            try:
                if demo.stdout is None or not all(demo.stdout.readline() for _line in range(3)):
                    raise SystemExit("the demonstration did not start")
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
                taken = _take(browser, address, folder)
                browser.close()
            finally:
                demo.terminate()
    lines = [f"## {title}\n\n![{title}](../pictures/{file})\n" for title, file in taken]
    PAGE.write_text(HEAD + "\n".join(lines), encoding="utf-8")
    print(f"{len(taken)} pictures, {sum(file.stat().st_size for file in folder.glob('*.webp')) // 1000} KB in {folder}")
    return 0


def _take(browser: Any, address: str, folder: Path) -> list[tuple[str, str]]:
    taken: list[tuple[str, str]] = []
    page = browser.new_context(viewport={"width": WIDTH, "height": 844}).new_page()
    with urlopen(f"{address}/sitemap.xml") as answer:
        paths = re.findall(rf"<loc>{re.escape(address)}([^<]*)</loc>", answer.read().decode())
    for path in (*paths, *BESIDES):
        page.goto(address + path)
        taken.append(_keep(page, folder, _name(path)))
    look: Callable[[str], None] = lambda name: taken.append(_keep(page, folder, f"report-{name}"))  # noqa: E731
    report(page, address, story="A made-up story.", look=look)
    for path, name in (("/r/now", "danger"), ("/r/help", "under-18"), ("/r/code", "code"), ("/r/3", "expired")):
        page.goto(address + path)
        taken.append(_keep(page, folder, f"report-{name}"))
    page.goto(f"{address}/make-a-request/")
    press(page, "Continue")
    taken.append(_keep(page, folder, "request-error"))
    page.locator("main textarea").fill("How many offences with AI images were recorded in 2024?")
    follow(page, page.locator("main button").first)
    taken.append(_keep(page, folder, "request-details"))
    dark = browser.new_context(viewport={"width": WIDTH, "height": 844}, color_scheme="dark").new_page()
    wide = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    for other, name in ((dark, "dark"), (wide, "wide")):
        for path in ("/", "/advice/sextortion/"):
            other.goto(address + path)
            taken.append(_keep(other, folder, f"{name}-{_name(path)}"))
    return taken


def _name(path: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path).strip("-") or "home"


def _keep(page: Any, folder: Path, name: str) -> tuple[str, str]:
    """Keep what the page shows; return its title and the picture's file."""
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))
    shown = SHOWN if picture.width == WIDTH else 2 * SHOWN
    picture = picture.resize((shown, round(picture.height * shown / picture.width)), Image.Resampling.LANCZOS)
    picture.save(folder / f"{name}.webp", quality=25, method=6)
    return f"{page.title().partition(' – ')[0]} ({name})", f"{name}.webp"


if __name__ == "__main__":
    raise SystemExit(main())
