"""A visitor who follows every link of a database full of things that are not published sees none of them."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.test import Client

from clearcount_web.disclosure_log.actions import publish, withdraw
from clearcount_web.requesting.models import InboxRequest
from clearcount_web.site.models import Complaint, Feedback

NOW = datetime(2026, 11, 22, tzinfo=UTC)
MARK = "zqxunpublished"


def _fill_with_unpublished(bundle: Path, other: Path) -> None:
    """Rows of every public table that are not for the public, each with a mark in every text."""
    publish(bundle, at=NOW)
    publish(other, at=NOW)
    withdraw("99-fin-25-000001-x", at=NOW, reason="Replaced by another answer.")
    for number in range(20):
        Feedback.objects.create(text=f"{MARK} {number}", received_on=date(2026, 11, 1))
        Complaint.objects.create(
            reference=f"DP-{number}", name=MARK, contact=MARK, text=MARK, received_on=date(2026, 11, 1)
        )
        InboxRequest.objects.create(
            token=uuid.uuid4(), reference=f"FOI-{number}", name=MARK, contact=MARK, text=MARK, received_at=NOW
        )


def crawl(client: Client, start: tuple[str, ...]) -> dict[str, bytes]:
    """Every address reached by links, feeds and the sitemap, with its content."""
    seen: dict[str, bytes] = {}
    todo = list(start)
    while todo:
        path = todo.pop()
        if path in seen or len(seen) > 400 or path.startswith("/leave"):
            continue
        response = client.get(path)
        # Without its keys the report form says that it is closed.
        assert response.status_code in {200, 301, 302, 410} or path.startswith("/r/"), path
        seen[path] = response.content
        text = response.content.decode("utf-8", "replace")
        links = re.findall(r'(?:href|src)="([^"]+)"|<loc>([^<]+)</loc>|"url": "([^"]+)"', text)
        for link in (next(filter(None, found)) for found in links):
            parts = urlsplit(link.replace("&amp;", "&"))
            if (
                parts.netloc in {"", "testserver"}
                and parts.path.startswith("/")
                and not parts.path.startswith("/static/")
            ):
                todo.append(parts.path + (f"?{parts.query}" if parts.query else ""))
            elif not parts.netloc and not parts.path and parts.query:
                todo.append(path.partition("?")[0] + "?" + parts.query)
    return seen


def test_a_crawl_shows_no_unpublished_byte(public: Client, bundle: Path, other_answer: Path) -> None:
    _fill_with_unpublished(bundle, other_answer)
    seen = crawl(public, ("/", "/sitemap.xml", "/disclosure-log/feed.atom", "/disclosure-log/feed.json", "/robots.txt"))
    assert len(seen) > 30
    assert "/disclosure-log/01-fin-25-003516-c/versions/1/counts.csv" in seen
    assert not any("99-fin-25-000001-x" in path for path in seen), "nothing links to what was withdrawn"
    for path, content in seen.items():
        assert MARK.encode() not in content, path
    digests = [line for line in (other_answer / "release.json").read_text().splitlines() if '"counts.csv":' in line]
    for guess in ("", "versions/1/", "versions/1/counts.csv", "versions/1/release.json"):
        answer = public.get("/disclosure-log/99-fin-25-000001-x/" + guess)
        assert answer.status_code == 410
        assert digests[0].strip().encode() not in answer.content
        assert b"[z]" not in answer.content


def test_a_search_finds_nothing_that_is_withdrawn(public: Client, bundle: Path, other_answer: Path) -> None:
    _fill_with_unpublished(bundle, other_answer)
    for query in ("q=99", "q=deepfake", "offence=HO+086/02", "year=2024", "q=" + MARK):
        assert "99-fin-25-000001-x" not in public.get("/disclosure-log/?" + query).content.decode()


def test_no_public_room_imports_the_library_or_casework() -> None:
    import clearcount_web

    root = Path(clearcount_web.__file__).parent
    for room in ("site", "advice", "disclosure_log", "requesting"):
        for file in (root / room).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            wrong = re.search(
                r"^\s*(?:from|import) (clearcount|clearcount_web\.(?:cases|review|occurrences))\b(?!_)", text, re.M
            )
            assert wrong is None, file.name
