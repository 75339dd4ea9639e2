"""`clearcount site`: the public part as files that work in any folder and without a server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from browsing import follow


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a force that has no web service would run it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CLEARCOUNT_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "clearcount", "site", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, bundle: Path) -> Path:
    """The files for a site that will stand in a folder of another one."""
    place = tmp_path_factory.mktemp("static")
    (place / "force.toml").write_text(
        '[force]\nname = "Northmoor Police"\n[force.contact]\nonline = "https://n.example/r"\n'
    )
    done = run(
        *("--out", str(place / "out"), "--bundle", str(bundle), "--force", str(place / "force.toml")),
        *("--exit-url", "https://weather.example/", "--url", "https://n.example/help/"),
    )
    assert done.returncode == 0, done.stderr
    assert "files in" in done.stdout
    return place / "out"


def pages(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"))


def test_every_link_leads_to_a_file_that_is_there(folder: Path) -> None:
    assert len(pages(folder)) > 20
    for page in pages(folder):
        text = page.read_text(encoding="utf-8")
        for link in re.findall(r'\s(?:href|src)="([^"]+)"', text):
            if link.startswith(("https://", "mailto:", "tel:", "#")):
                continue
            assert not link.startswith("/"), (page.name, link)
            assert (page.parent / link.partition("#")[0]).is_file(), (page.name, link)


def test_nothing_in_the_files_needs_the_web_service(folder: Path) -> None:
    for page in pages(folder):
        text = page.read_text(encoding="utf-8")
        assert "<form" not in text, page
        assert "data-cookies" not in text, page
        assert "/leave" not in re.sub(r"site/leave[.\w]*js", "", text), page
        assert "static.invalid" not in text, page
        assert not re.search(r'\ssrc="https?:', text), page
        assert 'href="https://weather.example/"' in text, page
        assert "Northmoor Police" in text


def test_the_release_is_there_with_its_files(folder: Path, bundle: Path) -> None:
    release = folder / "disclosure-log" / "01-fin-25-003516-c"
    assert "Image offences that mention AI" in (release / "index.html").read_text(encoding="utf-8")
    assert (release / "versions" / "1" / "counts.csv").read_bytes() == (bundle / "counts.csv").read_bytes()


def test_feeds_and_sitemap_name_the_place_where_the_files_will_stand(folder: Path) -> None:
    address = "https://n.example/help/disclosure-log/01-fin-25-003516-c/"
    feed = json.loads((folder / "disclosure-log" / "feed.json").read_text())
    assert [item["url"] for item in feed["items"]] == [address]
    atom = fromstring((folder / "disclosure-log" / "feed.atom").read_bytes())
    assert atom.findtext("{*}entry/{*}id") == address
    locations = [each.text for each in fromstring((folder / "sitemap.xml").read_bytes()).findall("{*}url/{*}loc")]
    assert address in locations


def test_the_files_are_not_overwritten_unless_asked(folder: Path, tmp_path: Path) -> None:
    refused = run("--out", str(folder))
    assert refused.returncode == 2
    assert "--replace" in refused.stderr
    assert pages(folder)


@pytest.mark.slow
def test_a_bundle_that_may_not_be_published_writes_nothing(tmp_path: Path, bundle: Path) -> None:
    import shutil

    broken = Path(shutil.copytree(bundle, tmp_path / "broken"))
    (broken / "counts.csv").write_text("changed")
    done = run("--out", str(tmp_path / "out"), "--bundle", str(broken), "--quiet")
    assert done.returncode == 2
    assert "counts.csv was changed" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.browser
def test_escape_and_button_leave_from_a_file(folder: Path, tab: Callable[..., Any]) -> None:
    for way in ("escape", "button"):
        page = tab(390, 844)
        page.route("https://weather.example/", lambda route: route.fulfill(body="<title>Weather</title>"))
        page.goto((folder / "advice" / "sextortion" / "index.html").as_uri())
        page.keyboard.press("Escape") if way == "escape" else page.locator("[data-leave]").click()
        page.wait_for_url("https://weather.example/")


@pytest.mark.browser
def test_a_file_looks_as_the_served_page_does(folder: Path, tab: Callable[..., Any]) -> None:
    page = tab(390, 844)
    page.goto((folder / "index.html").as_uri())
    assert page.locator(".cc-exit").evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(11, 31, 51)"
    follow(page, page.get_by_role("link", name="Sextortion: what to do"))
    assert page.locator("h1").inner_text() == "Sextortion: what to do"
