"""Advice read from Markdown files with front matter.

A folder `content/LANGUAGE/` holds `pages/*.md` and `services/*.md`; it may hold `parts/*.md` and `easy/*.md`. A page
names a service or a part with a line `[[slug]]`. Numbers, hours and limits stand in the service's own file only, so a
changed number is changed once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import frontmatter
from django.utils import translation

from clearcount_web.advice.content import (
    ASKERS,
    PACKAGED,
    Card,
    ContentError,
    Easy,
    EasyStep,
    Law,
    Library,
    Page,
    Part,
    Service,
)
from clearcount_web.advice.rendering import render

_PLACE = re.compile(r"^\[\[([a-z0-9-]+)\]\]$", re.MULTILINE)
_CHECKED = {"checked_on", "checked_by", "sources"}
_PAGE_KEYS = _CHECKED | {"title", "summary", "order", "owner", "law", "card", "routes", "approval", "asks"}
_SERVICE_KEYS = _CHECKED | {"name", "number", "email", "url", "hours", "who", "chat", "brief", "mark"}
_EASY_KEYS = _CHECKED | {"title", "steps"}
_MARKS = {"verified", "recalled"}
PICTURES = ("block", "camera", "clock", "heart", "keep", "money", "phone", "police", "screen", "stop", "talk")
"""The pictures that an easy-read step may have; `templates/advice/pictures.html` draws them."""

Item = TypeVar("Item")
_Post = tuple[str, frontmatter.Post, str]
"""A file's name without its ending, what it holds, and its language."""


@lru_cache(maxsize=8)
def read_library(language: str, folder: Path = PACKAGED) -> Library:
    """Return all content in `language`; what is not translated comes from English.

    Raises:
        ContentError: for an unknown key, a missing owner, date or source, an unknown service, raw HTML or an image.
    """
    with translation.override("cy" if language == "cy" else "en-gb"):
        services = _read(folder, language, "services", _service)
        parts = _read(folder, language, "parts", _part, needed=False)
        pages = _read(folder, language, "pages", lambda post: _page(post, services, parts))
        easy = _read(folder, language, "easy", lambda post: _easy(post, services), needed=False)
    if lost := sorted(set(easy) - set(pages)):
        raise ContentError(f"easy/{lost[0]}.md has no page of its name in pages/; rename it or write the page")
    return Library(tuple(sorted(pages.values(), key=lambda page: (page.order, page.slug))), services, parts, easy)


def _read(
    folder: Path, language: str, kind: str, make: Callable[[_Post], Item], *, needed: bool = True
) -> dict[str, Item]:
    found = {path.stem: (path, code) for code in ("en", language) for path in (folder / code / kind).glob("*.md")}
    if needed and not found:
        raise ContentError(f"no {kind} in {folder.name}/{language}; add Markdown files with front matter")
    posts = ((slug, path.read_text(encoding="utf-8"), code) for slug, (path, code) in sorted(found.items()))
    return {slug: make((slug, frontmatter.loads(text), code)) for slug, text, code in posts}


def _service(post: _Post) -> Service:
    slug, held, language = post
    meta = _meta(slug, held, known=_SERVICE_KEYS, required={"name", "who", "hours", "checked_on", "mark", "sources"})
    if meta["mark"] not in _MARKS:
        raise ContentError(f"{slug}.md: mark {meta['mark']!r} is not one of {', '.join(sorted(_MARKS))}")
    if meta["mark"] == "recalled":
        raise ContentError(f"{slug}.md: its facts were recalled, not read; check them at the source, then mark them")
    keys = ("name", "who", "hours", "number", "email", "url", "chat", "brief")
    text: dict[str, Any] = {key: str(meta.get(key, "")) for key in keys}
    limits = tuple(line.strip() for line in held.content.splitlines() if line.strip())
    return Service(slug=slug, limits=limits, language=language, **_check(meta), **text)


def _part(post: _Post) -> Part:
    slug, held, _language = post
    return Part(slug=slug, text=held.content, **_check(_meta(slug, held, known=_CHECKED, required=set())))


def _page(post: _Post, services: Mapping[str, Service], parts: Mapping[str, Part]) -> Page:
    slug, held, language = post
    needed = {"title", "summary", "order", "owner", "checked_on", "sources"}
    meta = _meta(slug, held, known=_PAGE_KEYS, required=needed)
    text = _PLACE.sub(lambda name: parts[name[1]].text if name[1] in parts else name[0], held.content)
    card = meta.get("card")
    try:
        html, sections = render(text, services, language)
        named = tuple(services[name] for name in card["services"]) if card else ()
    except KeyError as unknown:
        raise ContentError(f"{slug}.md names the service {unknown.args[0]!r}, which has no file in services/") from None
    return Page(
        slug=slug,
        title=meta["title"],
        summary=meta["summary"],
        order=int(meta["order"]),
        owner=meta["owner"],
        html=html,
        laws=tuple(Law(**law) for law in meta.get("law", ())),
        card=Card(card["title"], tuple(card["steps"]), named) if card else None,
        routes=bool(meta.get("routes", False)),
        approval=meta.get("approval", ""),
        asks=_asks(slug, meta),
        sections=sections,
        language=language,
        **_check(meta),
    )


def _easy(post: _Post, services: Mapping[str, Service]) -> Easy:
    slug, held, language = post
    meta = _meta(slug, held, known=_EASY_KEYS, required={"title", "steps", "checked_on", "sources"})
    steps = tuple(_step(slug, step, services) for step in meta["steps"])
    return Easy(slug=slug, title=meta["title"], steps=steps, language=language, **_check(meta))


def _step(slug: str, step: Mapping[str, Any], services: Mapping[str, Service]) -> EasyStep:
    if (picture := step.get("picture")) not in PICTURES:
        raise ContentError(f"easy/{slug}.md: the picture {picture!r} is not one of {', '.join(PICTURES)}")
    if (name := step.get("service", "")) and name not in services:
        raise ContentError(f"easy/{slug}.md names the service {name!r}, which has no file in services/")
    return EasyStep(picture, tuple(step["say"]), services.get(name))


def _check(meta: Mapping[str, Any]) -> dict[str, Any]:
    names = tuple(str(name).strip() for name in meta.get("checked_by", ()) if str(name).strip())
    return {"checked_on": meta["checked_on"], "checked_by": names, "sources": tuple(meta["sources"])}


def _asks(slug: str, meta: Mapping[str, Any]) -> str:
    asks = str(meta.get("asks", "anybody"))
    if asks not in dict(ASKERS):
        raise ContentError(f"{slug}.md: asks {asks!r} is not one of {', '.join(dict(ASKERS))}")
    return asks


def _meta(slug: str, post: frontmatter.Post, *, known: set[str], required: set[str]) -> dict[str, Any]:
    meta: dict[str, Any] = post.metadata
    if unknown := set(meta) - known:
        raise ContentError(f"{slug}.md: unknown key {sorted(unknown)[0]!r}; use one of {', '.join(sorted(known))}")
    if missing := sorted(key for key in required | {"checked_on", "sources"} if not meta.get(key)):
        raise ContentError(f"{slug}.md: add {', '.join(missing)} to the front matter")
    if not isinstance(meta["checked_on"], date):
        raise ContentError(f"{slug}.md: checked_on is not a date; write it like 2026-11-22")
    return meta
