"""Takes pictures of the demonstration: every public page and the officers' desk.

Use: .venv/bin/python tools/pictures.py [FOLDER]. Needs Chromium. It writes docs/reference/public-pages.md and
desk-pages.md too. Public pages show a phone (390 wide), the desk a window (1,280 wide), in WebP, cut at 1,400 pixels.
Look at them before you commit them.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests/web"))
from browsing import PHONE, press, report, sign_in, unlock  # noqa: E402
from ports import free_ports  # noqa: E402

CHROMIUM = "/usr/bin/chromium"
WIDTH, TALLEST, SHOWN = PHONE["viewport"]["width"], 1400, 300
BESIDES = (
    "/leaving/?next=/advice/", "/advice/sextortion/card/", "/privacy/complaint/", "/feedback/thanks/",
    "/disclosure-log/?q=nothing+has+these+words", "/there-is-no-such-page/",
)  # fmt: skip
Taken = list[tuple[str, str]]
"""Title and file of each picture."""
REFERENCE = ROOT / "docs/reference"
PUBLIC = """# The public pages, in pictures

`tools/pictures.py` took these pictures of the demonstration. The force and the people in it are made up. Each shows a
phone of 390 pixels, from the top. A long page is cut. The last ones show the dark scheme and a wide window.

"""
DESK = """# The officers' desk, in pictures

`tools/pictures.py` took these pictures of the demonstration. The force, the people and the reports in it are made up.
Each shows a window of 1,280 pixels, from the top. A long page is cut. The report asks for no voicemail: whoever calls
sees that first on each page.

"""


def main() -> int:
    """Write a picture of each page and the page of docs that lists them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs/pictures"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.webp"):
        if not old.name.startswith("answer-"):  # those are `answer_pictures.py`'s
            old.unlink()
    public, staff = free_ports(2)
    address = f"http://127.0.0.1:{public}"
    command = [sys.executable, "-m", "clearcount", "serve", "--demo", "--public", address[7:]]
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        environment = os.environ | {
            "CLEARCOUNT_WEB_DIR": name,
            "CLEARCOUNT_READS_PER_MINUTE": "1000000",
            "PYTHONPATH": str(ROOT / "src"),  # this tree's pages, wherever the package was installed from
        }
        with subprocess.Popen(
            [*command, "--staff", f"127.0.0.1:{staff}"], env=environment, stdout=subprocess.PIPE, text=True
        ) as demo:
            try:
                if demo.stdout is None or not all(demo.stdout.readline() for _line in range(3)):
                    raise SystemExit("the demonstration did not start")
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
                taken, reference = _take(browser, address, folder)
                doors = SimpleNamespace(public=address, staff=f"http://127.0.0.1:{staff}")
                desk = _take_desk(browser, doors, folder, reference)
                browser.close()
            finally:
                demo.terminate()
    for page, head, pictures in (("public-pages", PUBLIC, taken), ("desk-pages", DESK, desk)):
        lines = [f"## {title}\n\n![{title}](../pictures/{file})\n" for title, file in pictures]
        (REFERENCE / f"{page}.md").write_text(head + "\n".join(lines), encoding="utf-8")
    size = sum(file.stat().st_size for file in folder.glob("*.webp"))
    print(f"{len(taken) + len(desk)} pictures, {size // 1000} KB in {folder}")
    return 0


def _take(browser: Any, address: str, folder: Path) -> tuple[Taken, str]:
    """Take the public pages as they follow for a visitor; return them and the reference of the report."""
    taken: Taken = []
    page = browser.new_context(**PHONE).new_page()
    with urlopen(f"{address}/sitemap.xml") as answer:
        paths = re.findall(rf"<loc>{re.escape(address)}([^<]*)</loc>", answer.read().decode())
    for path in (*paths, *BESIDES):
        page.goto(address + path)
        taken.append(_keep(page, folder, _name(path)))
    look: Callable[[str], None] = lambda name: taken.append(_keep(page, folder, f"report-{name}"))  # noqa: E731
    reference = report(page, address, story="A made-up story.", look=look)
    code = page.locator(".cc-code").inner_text()
    for path, name in (("/r/3", "expired"), ("/r/code", "code")):
        page.goto(address + path)
        look(name)
    page.get_by_label("Your code").fill(code)
    press(page, "Continue")
    look("messages")
    page.goto(f"{address}/r/")
    press(page, "Start")
    for path, name in (("/r/now", "danger"), ("/r/help", "under-18"), ("/r/3", "3")):
        page.goto(address + path)
        if name == "3":
            press(page, "Continue")
        look("error" if name == "3" else name)
    page.goto(f"{address}/make-a-request/")
    press(page, "Continue")
    taken.append(_keep(page, folder, "request-error"))
    page.locator("main textarea").fill("How many offences with AI images were recorded in 2024?")
    for button, name in (("Continue", "details"), ("Continue", "check"), ("Send request", "sent")):
        press(page, button)
        taken.append(_keep(page, folder, f"request-{name}"))
        if name == "details":
            page.get_by_label("Your real name").fill("Sam Example")
            page.get_by_label("Where to send the answer").fill("sam@post.example")
    page.goto(f"{address}/privacy/complaint/")
    for label in ("Your name", "How we can reach you", "What went wrong"):
        page.get_by_label(label).fill("Made up")
    press(page, "Send complaint")
    taken.append(_keep(page, folder, "privacy-complaint-sent"))
    dark = browser.new_context(**PHONE, color_scheme="dark").new_page()
    wide = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    for other, name in ((dark, "dark"), (wide, "wide")):
        for path in ("/", "/advice/sextortion/"):
            other.goto(address + path)
            taken.append(_keep(other, folder, f"{name}-{_name(path)}"))
    return taken, reference


def _take_desk(browser: Any, doors: Any, folder: Path, reference: str) -> Taken:
    """Take the desk as a shift uses it: the list, the report, the reply, the occurrence, the hand-over."""
    taken: Taken = []
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    sign_in(page, doors, "corin")
    look: Callable[[str], None] = lambda name: taken.append(_keep(page, folder, f"desk-{name}"))  # noqa: E731
    look("start")
    unlock(page, doors)
    page.goto(f"{doors.staff}/reports/?q={reference}")
    while not page.get_by_role("link", name=reference).count():  # the worker takes reports in every 15 seconds
        time.sleep(1)
        page.reload()
    for path, name in (
        ("", "reports"), ("take", "take"), (f"{reference}/", "report"), (f"{reference}/reply", "reply"),
        (f"{reference}/outcome", "outcome"), ("hand-over", "hand-over"), ("statistics", "statistics"),
        (f"{reference}/record", "record"),
    ):  # fmt: skip
        page.goto(f"{doors.staff}/reports/{path}")
        look(name)
    page.get_by_label("Offence code").fill("088/15")
    for part, value in (("Day", "14"), ("Month", "5"), ("Year", "2025")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_label("Summary").fill("Caller says that somebody threatens to share a picture.")
    press(page, "Save")
    look("occurrence")
    page.goto(f"{doors.staff}/occurrences/")
    look("occurrences")
    return taken


def _name(path: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path).strip("-") or "home"


def _keep(page: Any, folder: Path, name: str) -> tuple[str, str]:
    """Keep what the page shows; return its title and the picture's file.

    The window is made as tall as the page: a picture of the full page is taken without the touch screen of a phone.
    """
    size = page.viewport_size
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": min(tall, TALLEST)})
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.set_viewport_size(size)
    shown = SHOWN if picture.width == WIDTH else 2 * SHOWN
    picture = picture.resize((shown, round(picture.height * shown / picture.width)), Image.Resampling.LANCZOS)
    picture.save(folder / f"{name}.webp", quality=25, method=6)
    return f"{page.title().partition(' – ')[0]} ({name})", f"{name}.webp"


if __name__ == "__main__":
    raise SystemExit(main())
