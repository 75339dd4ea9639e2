"""Every public page as a file whose links work from any folder, also without a web server."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client

_LINK = re.compile(r'(?P<name>\s(?:href|src|content)=")(?P<path>/[^"]*)"')
_FORMS = frozenset({"/feedback/", "/feedback/thanks/", "/privacy/complaint/", "/make-a-request/", "/leave"})
"""Pages that need the web service; in the files no link leads to them."""
_FEEDS = ("/disclosure-log/feed.atom", "/disclosure-log/feed.json", "/sitemap.xml")


class BrokenPage(Exception):
    """A page that cannot be written: it leads to something that is not there."""


def static_files(url: str) -> Iterator[tuple[str, bytes]]:
    """Yield (path in the folder, content) of every public page, every published file and every asset they use.

    `url` is where the files will stand; with it feeds and a sitemap are written.

    Raises:
        BrokenPage: for a link that leads nowhere.
    """
    root = urlsplit(url or "https://static.invalid/")
    prefix = root.path.rstrip("/")
    # STATIC_SITE reaches templates as request.META.STATIC_SITE. No visitor can send it: what comes over the network
    # carries the prefix HTTP_.
    client = Client(SERVER_NAME=root.hostname or "static.invalid", STATIC_SITE="1", STATIC_FEEDS="1" if url else "")
    todo = ["/", *(_FEEDS if url else ())]
    seen: set[str] = set()
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        if path.startswith(settings.STATIC_URL):
            yield path[1:], (Path(settings.STATIC_ROOT) / path.removeprefix(settings.STATIC_URL)).read_bytes()
            continue
        response = client.get(path)
        if response.status_code not in {200, 410}:
            raise BrokenPage(f"{path} answers {response.status_code}")
        kind = response.headers["Content-Type"]
        if kind.startswith("text/html") and "attachment" not in response.headers.get("Content-Disposition", ""):
            page = response.content.decode()
            todo += [link for link in _paths(page) if link not in _FORMS and (url or link not in _FEEDS)]
            yield file_of(path), relative(page, path).encode()
        elif path in _FEEDS:
            own = f"http://{root.hostname}"
            yield path[1:], response.content.replace(own.encode(), f"{root.scheme}://{root.netloc}{prefix}".encode())
        else:
            yield path[1:], response.content


def _paths(page: str) -> list[str]:
    return [match["path"].partition("#")[0] for match in _LINK.finditer(page)]


def file_of(path: str) -> str:
    """Return the file of a page: `advice/index.html` for `/advice/`."""
    return path[1:] + "index.html" if path.endswith("/") else path[1:]


def relative(page: str, path: str) -> str:
    """Return `page` with every link from this site's root made relative to the file of `path`."""
    here = posixpath.dirname(file_of(path)) or "."

    def linked(match: re.Match[str]) -> str:
        target, mark, place = match["path"].partition("#")
        return f'{match["name"]}{posixpath.relpath(file_of(target), here)}{mark}{place}"'

    return _LINK.sub(linked, page)
