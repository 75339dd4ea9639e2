"""Both databases full of what is not for the public; a visitor of the running public door sees none of it.

The visitor follows every link, guesses addresses, searches for what was planted, sends forms, downloads everything and
breaks things. No answer may hold a token, neither its content, unpacked, nor its headers. A request that holds a token
itself may get it back, as a search box does: then the answer must be the very one to a token that was never planted.
"""

from __future__ import annotations

import gzip
import http.client
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from planting import Planter, token_of, tokens_in

PUBLISHED = "/disclosure-log/01-fin-25-003516-c/"
DRAFT = "/disclosure-log/77-fin-25-000077-d/"
STARTS = ("/", "/sitemap.xml", "/robots.txt", "/disclosure-log/feed.atom", "/disclosure-log/feed.json", "/r/", "/leave")
CONTROL = token_of(36**3 - 1)
"""A token that is planted nowhere."""
BUNDLE_MARK = token_of(36**3 - 2)
SECRETS = ("public-" * 10, "staff-" * 10, "audit-key-" * 4, "public-audit-key-" * 3)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: str
    content: bytes


@dataclass
class Visitor:
    """Somebody who is not signed in, with one connection and, if wanted, the cookies of one browser."""

    site: Any
    keeps_cookies: bool = False
    cookies: dict[str, str] = field(default_factory=dict)
    statuses: dict[int, int] = field(default_factory=dict)
    twins: dict[str, Answer] = field(default_factory=dict)
    """What came back to requests with a token that is planted nowhere."""

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(self.site.url).netloc, timeout=30)

    def ask(self, path: str, form: dict[str, str] | None = None, method: str = "", **headers: str) -> Answer:
        """One request, as written: no address is made tidy on the way."""
        sent = {"Accept-Encoding": "gzip"}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None if form is None else urlencode(form)
        if form is not None:
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.site.url}
        sent |= headers
        self.connection.request(method or ("GET" if form is None else "POST"), path, body, sent)
        response = self.connection.getresponse()
        content = response.read()
        if response.getheader("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        for name, value in response.getheaders():
            if name.lower() == "set-cookie" and self.keeps_cookies:
                cookie, _, text = value.partition(";")[0].partition("=")
                self.cookies[cookie] = text
        self.statuses[response.status] = self.statuses.get(response.status, 0) + 1
        lines = "\n".join(f"{name}: {value}" for name, value in response.getheaders() if name.lower() != "set-cookie")
        return Answer(response.status, lines, content)

    def leaks(self, path: str, form: dict[str, str] | None = None, **more: Any) -> tuple[set[str], Answer]:
        """The tokens that an answer holds and the request does not explain."""
        answer = self.ask(path, form, **more)
        found = tokens_in(answer.content) | tokens_in(answer.headers.encode())
        found |= {secret for secret in SECRETS if secret.encode() in answer.content}
        asked = tokens_in(json.dumps([path, form]).encode())
        if asked & found:
            neutral = _neutral(path), form and {name: _neutral(text) for name, text in form.items()}
            key = f"{answer.status} {neutral}"  # a limit answers otherwise than the page
            if key not in self.twins:
                self.twins[key] = self.ask(*neutral, **more)
            twin = self.twins[key]
            if (answer.status, _plain(answer, asked)) == (twin.status, _plain(twin, set())):
                found -= asked
        return found, answer


def _neutral(text: str) -> str:
    """The text with a token that is planted nowhere in place of each that it holds."""
    for token in tokens_in(text.encode()):
        text = text.replace(token, CONTROL)
    return text


def _plain(answer: Answer, asked: set[str]) -> bytes:
    """The content with the tokens asked for made neutral, and without the number or token that each form gets."""
    content = re.sub(rb"[\da-f]{8}-[\da-f-]{27}", b"", answer.content)
    content = re.sub(rb'name="once" value="[^"]*"', b"", content)
    for token in asked:
        content = content.replace(token.encode(), CONTROL.encode())
    return content


def crawl(visitor: Visitor, starts: tuple[str, ...]) -> tuple[dict[str, set[str]], set[str]]:
    """Leaks by address, of every address reached by links from `starts`, and all those addresses."""
    leaked: dict[str, set[str]] = {}
    seen: set[str] = set()
    todo = list(starts)
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        assert len(seen) < 2000, "the links do not end"
        seen.add(path)
        found, answer = visitor.leaks(path)
        if found:
            leaked[path] = found
        text = answer.content.decode("utf-8", "replace")
        links = re.findall(r'(?:href|src|action)="([^"]*)"|<loc>([^<]+)</loc>|"url": "([^"]+)"', text)
        for link in ("".join(parts).replace("&amp;", "&") for parts in links):
            parts = urlsplit(link)
            if parts.scheme not in {"", "http"} or not visitor.site.url.endswith(parts.netloc):
                continue
            query = f"?{parts.query}" if parts.query else ""
            todo.append((parts.path or path.partition("?")[0]) + query)
    return leaked, seen


def _guesses(site: Any, bundle_files: list[str]) -> Iterator[str]:
    """Addresses that nothing links to: staff pages, numbers counted up, files of what was withdrawn, paths on disk."""
    from clearcount_web.accounts.routes import staff_routes

    for route in staff_routes():
        for number in (1, 2):
            yield "/" + re.sub(r"<[^>]+>", str(number), route.pattern)
    for number in range(25):
        for room in ("disclosure-log", "advice", "r", "reports", "occurrences", "requests", "jobs", "audit"):
            yield f"/{room}/{number}"
            yield f"/{room}/{number}/"
        yield f"{PUBLISHED}versions/{number}/"
        yield f"/disclosure-log/?page={number}"
        yield f"/disclosure-log/?year={2000 + number}"
    for name in bundle_files:
        yield f"{DRAFT}versions/1/{name}"
    for name in (
        "staff.sqlite3",
        "public.sqlite3",
        "force.toml",
        "keys/duty.key",
        "keys/public.json",
        "bundles/",
        "secrets.json",
    ):
        for before in (
            "/",
            "/static/",
            "/static/../",
            "/static/%2e%2e/",
            "/static/..%2f",
            "/static//",
            "//",
            "/media/",
        ):
            yield before + name
    for path in (site.folder / "static").rglob("*"):
        if path.is_file():
            yield "/static/" + quote(path.relative_to(site.folder / "static").as_posix())
    yield from (
        "/admin/",
        "/accounts/sign-in/",
        "/correspondence/",
        "/%ff",
        "/disclosure-log/?page=%00",
        "/?" + "x" * 5000,
    )


@dataclass(frozen=True)
class Planted:
    """The running site, where each token stands, and the folder of an answer that is not published."""

    site: Any
    places: dict[str, str]
    draft: Path


@pytest.fixture(scope="module")
def planted(
    open_site: Any, write_bundle: Any, bundle: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Planted]:
    from clearcount_web.triage.demo_keys import settings_with_keys

    folder = tmp_path_factory.mktemp("full")
    (folder / "bundles").mkdir()
    draft = write_bundle(folder / "bundles", reference="77/FIN/25/000077/D", mark=BUNDLE_MARK)
    with open_site(folder, **settings_with_keys(folder / "keys")) as site:
        site.manage("publish", str(bundle), "--store", str(bundle.parent / "store"))
        program = str(Path(__file__).with_name("planting.py"))
        done = subprocess.run([sys.executable, program], env=site.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        yield Planted(site, json.loads(done.stdout), draft)


@pytest.fixture
def visitor(planted: Planted) -> Iterator[Visitor]:
    came = Visitor(planted.site)
    yield came
    came.connection.close()


def said(leaked: dict[str, set[str]], places: dict[str, str]) -> dict[str, list[str]]:
    """The leaks in words."""
    return {path: sorted(places.get(token, token) for token in tokens) for path, tokens in leaked.items()}


def test_every_room_of_both_databases_is_planted(planted: Planted) -> None:
    places = set(planted.places.values())
    for wanted in (
        "default occurrences.Entry.text", "default triage.Report.duty_box", "default accounts.User.username",
        "default audit.Event.reason", "default jobs.Job.payload", "public audit.Event.reason",
        "public site.Complaint.text", "public requesting.InboxRequest.contact", "public reporting.Draft.box",
        "public reporting.SealedMessage.box", "public disclosure_log.Version.html",
        "public disclosure_log.File.content", "public sessions.Session.session_data",
    ):  # fmt: skip
        assert wanted in places
    assert len(planted.places) > 150


def test_a_visitor_of_full_databases_sees_no_unpublished_byte(planted: Planted, visitor: Visitor) -> None:
    leaked, seen = crawl(visitor, STARTS)
    assert said(leaked, planted.places) == {}
    assert {PUBLISHED, PUBLISHED + "versions/1/counts.csv", "/r/code", "/make-a-request/"} <= seen
    assert not any(path.startswith(DRAFT) or tokens_in(path.encode()) for path in seen), "nothing links to them"

    for path in _guesses(planted.site, [file.name for file in planted.draft.iterdir()]):
        found, answer = visitor.leaks(path)
        assert not found, (path, said({path: found}, planted.places))
        assert answer.status in {200, 301, 302, 303, 400, 404, 405, 410, 503}, path
    assert visitor.statuses[404] > 100

    titles = {
        token: place for token, place in planted.places.items() if place.startswith("public disclosure_log.Release.")
    }
    for token in planted.places:
        words = {"q": token}
        for path in (f"/disclosure-log/?{urlencode(words)}", f"/disclosure-log/?offence={token}", f"/advice/{token}/"):
            assert visitor.leaks(path)[0] == set(), (path, planted.places[token])
        found, answer = visitor.leaks(f"/disclosure-log/{token}/")
        assert found <= titles.keys(), planted.places[token]  # what stands in place of a withdrawn answer
        assert answer.status == (410 if found else 404)
    form = {"step": "about", "text": f"How many {BUNDLE_MARK} were recorded?"}
    assert visitor.leaks("/make-a-request/", form)[0] == set()


def test_a_visitor_who_reports_sees_no_report_of_anybody_else(planted: Planted, visitor: Visitor) -> None:
    visitor.keeps_cookies = True
    assert visitor.ask("/r/", {}).status == 302
    [cookie] = visitor.cookies
    leaked, seen = crawl(visitor, ("/r/1", "/r/check", "/r/done", *(f"/r/{number}" for number in range(15))))
    assert said(leaked, planted.places) == {}
    assert len(seen) > 20
    for token, place in planted.places.items():
        if place.startswith("public reporting."):
            visitor.cookies = {cookie: token}
            assert visitor.leaks("/r/done")[0] == set()
    statuses = []
    for token in list(planted.places)[:30]:  # ten tries in a minute are answered, the others refused
        found, answer = visitor.leaks("/r/code", {"code": token})
        assert not found
        statuses.append(answer.status)
    assert set(statuses) == {404, 429}


def test_what_breaks_says_nothing(planted: Planted, visitor: Visitor) -> None:
    broken: list[tuple[dict[str, Any], int]] = [
        ({"path": "/feedback/", "form": {"text": "x"}, "Origin": "https://elsewhere.example"}, 403),
        ({"path": "/feedback/", "method": "PUT", "Origin": planted.site.url}, 405),
        ({"path": "/", "Host": "elsewhere.example"}, 400),
    ]
    for request, status in broken:
        found, answer = visitor.leaks(**request)
        assert (found, answer.status) == (set(), status)
    with planted.site.database() as ask:
        ask("ALTER TABLE disclosure_log_release RENAME TO elsewhere")
        try:
            for path in ("/disclosure-log/?q=x", PUBLISHED, "/sitemap.xml", "/disclosure-log/feed.json"):
                found, answer = visitor.leaks(path)
                assert (found, answer.status) == (set(), 500)
                assert b"999" in answer.content
        finally:
            ask("ALTER TABLE elsewhere RENAME TO disclosure_log_release")


def test_what_is_published_is_found_so_this_search_can_fail(planted: Planted, visitor: Visitor) -> None:
    """The same visitor finds the token of an answer on every page and in every file of it, and no more afterwards."""
    site = planted.site
    site.manage("publish", str(planted.draft), "--store", str(planted.draft.parent / "store"))
    leaked, _seen = crawl(visitor, STARTS)
    assert {token for tokens in leaked.values() for token in tokens} == {BUNDLE_MARK}
    files = {path.removeprefix(DRAFT + "versions/1/") for path in leaked}
    assert {DRAFT, "release.json", "response.docx", "counts.xlsx"} <= files
    site.manage("withdraw", "77-fin-25-000077-d", "--reason", "Published too early.")
    assert crawl(visitor, STARTS)[0] == {}
    for query in ("q=77", "q=possession", "offence=HO+086/02", "year=2024"):
        assert DRAFT.encode() not in visitor.ask("/disclosure-log/?" + query).content
    for path in (DRAFT, *(f"{DRAFT}versions/1/{file.name}" for file in planted.draft.iterdir())):
        found, answer = visitor.leaks(path)
        assert (found, answer.status) == (set(), 410)

    rows = (
        "SELECT slug, number, name FROM disclosure_log_release r JOIN disclosure_log_version v ON v.release_id = r.id "
        "JOIN disclosure_log_file f ON f.version_id = v.id WHERE slug LIKE 'zq%' LIMIT 1"
    )
    change = "UPDATE disclosure_log_release SET withdrawn_at = %s, updated_at = '2099-01-01 00:00:00' WHERE slug = %s"
    with site.database() as ask:
        [(slug, number, name)] = ask(rows)
        for value, expected in ((None, True), ("2026-01-01 00:00:00", False)):
            ask(change, value, slug)
            site.manage("seal", "again")  # as if the staff side had said so
            leaked, _seen = crawl(visitor, (*STARTS, f"/disclosure-log/{slug}/versions/{number}/{name}"))
            found = {planted.places[token].rpartition("log.")[2] for tokens in leaked.values() for token in tokens}
            assert ({"Release.title", "Release.reference", "Version.html", "File.content"} <= found) == expected
            assert ("Version.html" in found or "File.content" in found) == expected


def test_the_planter_knows_every_kind_of_packing() -> None:
    import base64
    import io
    import zipfile

    token = token_of(5)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", f"<c>{token}</c>" * 50)
    assert tokens_in(packed.getvalue()) == tokens_in(gzip.compress(token.encode())) == {token}
    for before in (b"", b"a", b"ab", b"abc"):
        assert tokens_in(base64.b64encode(before + token.encode() + b"more"))
    assert tokens_in(token.encode().hex().encode())
    assert tokens_in(token.upper().encode()) == {token}
    assert tokens_in(b"nothing") == set()
    assert Planter().token("somewhere") == token_of(1)


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
