"""Advice pages and help services, read from Markdown with front matter.

A folder `content/LANGUAGE/` holds `pages/*.md` and `services/*.md`. A page names a service with a line `[[slug]]`;
numbers, hours and limits stand in the service's own file only, so a changed number is changed once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

import frontmatter
import markdown
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

PACKAGED = Path(__file__).parent / "content"
STALE_AFTER_DAYS = 120
"""A number or an hour that nobody has checked for this long is not printed by a production site."""

_SERVICE = re.compile(r"^\[\[([a-z0-9-]+)\]\]$")
_PAGE_KEYS = {
    "title",
    "summary",
    "order",
    "owner",
    "checked_on",
    "sources",
    "law",
    "card",
    "routes",
    "approval",
    "asks",
    "checked_by",
}
_SERVICE_KEYS = {
    "name",
    "number",
    "email",
    "url",
    "hours",
    "who",
    "chat",
    "brief",
    "checked_on",
    "checked_by",
    "mark",
    "sources",
}
_MARKS = {"verified", "recalled"}


class ContentError(Exception):
    """Content that cannot be shown: the message names the file, the key and what to do."""


@dataclass(frozen=True)
class Law:
    """A provision that a page relies on: the act and section, the day it came into force, the primary source."""

    act: str
    in_force: str
    url: str

    @property
    def confirmed(self) -> bool:
        """Whether somebody read the day of coming into force at its source."""
        return self.in_force != "not confirmed"


@dataclass(frozen=True)
class Service:
    """One help line or organisation: whom it serves, when, and what it cannot do."""

    slug: str
    name: str
    who: str
    hours: str
    checked_on: date
    sources: tuple[str, ...]
    number: str = ""
    email: str = ""
    url: str = ""
    chat: str = ""
    limits: tuple[str, ...] = ()
    brief: str = ""
    """One sentence that must stand beside its name wherever the service is offered, such as "Not anonymous."."""
    checked_by: tuple[str, ...] = ()
    """The names of the people who read its facts at their source; two are asked for."""

    @property
    def dial(self) -> str:
        """The number as a `tel:` address."""
        return "tel:" + self.number.replace(" ", "")

    @property
    def address(self) -> str:
        """The web address as one would write it down."""
        return self.url.removeprefix("https://").removeprefix("www.").rstrip("/")


@dataclass(frozen=True)
class Card:
    """A help card to print: a title, a few short steps, and the services on it."""

    title: str
    steps: tuple[str, ...]
    services: tuple[Service, ...]


@dataclass(frozen=True)
class Page:
    """One advice page; `html` is escaped and ready to print. `routes`: the force's own ways to report follow it."""

    slug: str
    title: str
    summary: str
    order: int
    owner: str
    checked_on: date
    sources: tuple[str, ...]
    html: str
    laws: tuple[Law, ...] = ()
    card: Card | None = None
    routes: bool = False
    approval: str = ""
    asks: str = "anybody"
    """Who asks: me, a carer of a child, or somebody who knows the person; anybody for pages that serve all."""
    sections: tuple[Section, ...] = ()
    checked_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """One heading of a page: the place to jump to, and its words."""

    place: str
    words: str


@dataclass(frozen=True)
class Group:
    """The pages for one kind of asker, under a heading."""

    heading: str | Promise
    pages: tuple[Page, ...]


ASKERS = (
    ("me", _("If it happens to you")),
    ("carer", _("If you care for a child")),
    ("knows", _("If it happens to somebody you know")),
    ("anybody", _("Reporting")),
)


@dataclass(frozen=True)
class Library:
    """All content in one language: pages in print order, services by slug."""

    pages: tuple[Page, ...]
    services: Mapping[str, Service]

    def page(self, slug: str) -> Page:
        """Return the page called `slug`. Raises KeyError."""
        return {page.slug: page for page in self.pages}[slug]

    @property
    def groups(self) -> tuple[Group, ...]:
        """The pages by who asks; a group without pages is left out."""
        by_asker = {asker: tuple(page for page in self.pages if page.asks == asker) for asker, _words in ASKERS}
        return tuple(Group(words, by_asker[asker]) for asker, words in ASKERS if by_asker[asker])

    @property
    def oldest_check(self) -> date:
        """The day of the oldest check of any page or service."""
        items: list[Page | Service] = [*self.pages, *self.services.values()]
        return min(item.checked_on for item in items)


def stale(library: Library, today: date) -> tuple[str, ...]:
    """Return one sentence for each page or service last checked more than `STALE_AFTER_DAYS` before `today`."""
    items: Iterable[Page | Service] = (*library.pages, *library.services.values())
    return tuple(
        f"{item.slug}.md was last checked on {item.checked_on}, {(today - item.checked_on).days} days ago; "
        f"check it against its sources and set checked_on"
        for item in items
        if (today - item.checked_on).days > STALE_AFTER_DAYS
    )


@lru_cache(maxsize=8)
def read_library(language: str, folder: Path = PACKAGED) -> Library:
    """Return all content in `language`; a page or service that is not translated comes from English.

    Raises:
        ContentError: for an unknown key, a missing owner, date or source, an unknown service, raw HTML or an image.
    """
    services = {slug: _service(slug, post) for slug, post in _posts(folder, language, "services")}
    pages = [_page(slug, post, services) for slug, post in _posts(folder, language, "pages")]
    return Library(tuple(sorted(pages, key=lambda page: (page.order, page.slug))), services)


def _posts(folder: Path, language: str, kind: str) -> list[tuple[str, frontmatter.Post]]:
    found = {path.stem: path for code in ("en", language) for path in sorted((folder / code / kind).glob("*.md"))}
    if not found:
        raise ContentError(f"no {kind} in {folder.name}/{language}; add Markdown files with front matter")
    return [(slug, frontmatter.loads(path.read_text(encoding="utf-8"))) for slug, path in found.items()]


def _service(slug: str, post: frontmatter.Post) -> Service:
    meta = _meta(slug, post, known=_SERVICE_KEYS, required={"name", "who", "hours", "checked_on", "mark", "sources"})
    if meta["mark"] not in _MARKS:
        raise ContentError(f"{slug}.md: mark {meta['mark']!r} is not one of {', '.join(sorted(_MARKS))}")
    if meta["mark"] == "recalled":
        raise ContentError(f"{slug}.md: its facts were recalled, not read; check them at the source, then mark them")
    text = {key: str(meta.get(key, "")) for key in ("name", "who", "hours", "number", "email", "url", "chat", "brief")}
    limits = tuple(line.strip() for line in post.content.splitlines() if line.strip())
    sources, names = tuple(meta["sources"]), _names(meta)
    return Service(slug=slug, checked_on=meta["checked_on"], sources=sources, limits=limits, checked_by=names, **text)


def _page(slug: str, post: frontmatter.Post, services: Mapping[str, Service]) -> Page:
    meta = _meta(slug, post, known=_PAGE_KEYS, required={"title", "summary", "order", "owner", "checked_on", "sources"})
    card = meta.get("card")
    try:
        html, sections = _render(post.content, services)
        named = tuple(services[name] for name in card["services"]) if card else ()
    except KeyError as unknown:
        raise ContentError(f"{slug}.md names the service {unknown.args[0]!r}, which has no file in services/") from None
    return Page(
        slug=slug,
        title=meta["title"],
        summary=meta["summary"],
        order=int(meta["order"]),
        owner=meta["owner"],
        checked_on=meta["checked_on"],
        sources=tuple(meta["sources"]),
        html=html,
        laws=tuple(Law(**law) for law in meta.get("law", ())),
        card=Card(card["title"], tuple(card["steps"]), named) if card else None,
        routes=bool(meta.get("routes", False)),
        approval=meta.get("approval", ""),
        asks=_asks(slug, meta),
        sections=sections,
        checked_by=_names(meta),
    )


def _names(meta: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(name).strip() for name in meta.get("checked_by", ()) if str(name).strip())


def _asks(slug: str, meta: Mapping[str, Any]) -> str:
    asks = str(meta.get("asks", "anybody"))
    if asks not in dict(ASKERS):
        raise ContentError(f"{slug}.md: asks {asks!r} is not one of {', '.join(dict(ASKERS))}")
    return asks


def _meta(slug: str, post: frontmatter.Post, *, known: set[str], required: set[str]) -> dict[str, Any]:
    meta: dict[str, Any] = post.metadata
    if unknown := set(meta) - known:
        raise ContentError(f"{slug}.md: unknown key {sorted(unknown)[0]!r}; use one of {', '.join(sorted(known))}")
    if missing := sorted(key for key in required if not meta.get(key)):
        raise ContentError(f"{slug}.md: add {', '.join(missing)} to the front matter")
    if not isinstance(meta["checked_on"], date):
        raise ContentError(f"{slug}.md: checked_on is not a date; write it like 2026-11-22")
    return meta


def _render(text: str, services: Mapping[str, Service]) -> tuple[str, tuple[Section, ...]]:
    """The page as HTML, and its headings, each with the place to jump to."""
    writer = markdown.Markdown(extensions=["sane_lists", "toc", _House(services)], output_format="html")
    html = writer.convert(text)
    tokens: list[dict[str, Any]] = writer.toc_tokens  # type: ignore[attr-defined]
    return html, tuple(Section(token["id"], unescape(token["name"])) for token in tokens if token["level"] == 2)


class _House(Extension):
    """Markdown as this site allows it: services by name, no raw HTML, no image, no referrer to other sites."""

    def __init__(self, services: Mapping[str, Service]) -> None:
        super().__init__()
        self._services = services

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - the library's name
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.deregister("image_link")
        md.inlinePatterns.deregister("image_reference")
        # After the inline patterns: [[slug]] must still be text when the block is built.
        md.treeprocessors.register(_Services(md, self._services), "services", 30)
        md.treeprocessors.register(_Links(md), "links", 5)


class _Services(Treeprocessor):
    def __init__(self, md: markdown.Markdown, services: Mapping[str, Service]) -> None:
        super().__init__(md)
        self._services = services

    def run(self, root: Element) -> None:
        for place, paragraph in enumerate(list(root)):
            if paragraph.tag == "p" and (match := _SERVICE.match((paragraph.text or "").strip())):
                root[place] = service_element(self._services[match[1]])


class _Links(Treeprocessor):
    def run(self, root: Element) -> None:
        for link in root.iter("a"):
            if link.get("href", "").startswith(("http:", "https:")):
                _outward(link)


def _outward(link: Element) -> None:
    link.set("rel", "noreferrer")
    link.set("referrerpolicy", "no-referrer")


def service_element(service: Service) -> Element:
    """Return the box that a page shows for a service: name, number, whom it serves, hours, other routes, limits."""
    box = Element("div", {"class": "service"})
    name = SubElement(box, "p", {"class": "service__name"})
    if service.url:
        link = SubElement(name, "a", {"href": service.url})
        link.text = service.name
        _outward(link)
    else:
        name.text = service.name
    if service.number:
        number = SubElement(box, "p", {"class": "service__number"})
        link = SubElement(number, "a", {"href": service.dial})
        link.text = service.number
    if service.email:
        mail = SubElement(SubElement(box, "p", {"class": "service__number"}), "a", {"href": f"mailto:{service.email}"})
        mail.text = service.email
    facts = SubElement(box, "dl", {"class": "service__facts"})
    for term, fact in (
        (_now("Who it is for"), service.who),
        (_now("When"), service.hours),
        (_now("Other ways"), service.chat),
    ):
        if fact:
            SubElement(facts, "dt").text = term
            SubElement(facts, "dd").text = fact
    if service.brief:
        SubElement(box, "p").text = service.brief
    if service.limits:
        more = SubElement(box, "details", {"class": "service__more"})
        SubElement(more, "summary").text = _now("More about %(name)s") % {"name": service.name}
        for line in service.limits:
            SubElement(more, "p").text = line
    return box
