"""Advice pages, help services and easy-read versions, as values; `reading.py` reads them from their files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clearcount_web.advice.rendering import Section

PACKAGED = Path(__file__).parent / "content"
STALE_AFTER_DAYS = 120
"""A number or an hour that nobody has checked for this long is not printed by a production site."""
NAMES = 2
"""How many people check a fact."""
MADE_UP = frozenset({"Ash Marlow (made-up name)", "Robin Teal (made-up name)"})
"""The names in the packaged content. They count in the demonstration alone: no force has checked its own pages yet."""


class ContentError(Exception):
    """Content that cannot be shown: the message names the file, the key and what to do."""


@dataclass(frozen=True)
class Law:
    """A provision that a page relies on: the act and section, the day it came into force, the primary source."""

    act: str
    in_force: str
    url: str
    expected: str = ""
    """The day that other sources give, while nobody has read it at the primary source."""

    @property
    def confirmed(self) -> bool:
        """Whether somebody read the day of coming into force at its source."""
        return self.in_force != "not confirmed"


class Checked(Protocol):
    """What people check at its sources: a page, a service, a part of several pages, an easy-read version."""

    @property
    def file(self) -> str:
        """Its file in the folder of its language, such as "pages/sextortion.md"."""

    @property
    def checked_on(self) -> date:
        """The day on which its facts were last read at their source."""

    @property
    def checked_by(self) -> tuple[str, ...]:
        """Who read them."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Where they were read; one that begins with "Not confirmed" says what could not be."""


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
    language: str = "en"

    @property
    def dial(self) -> str:
        """The number as a `tel:` address."""
        return "tel:" + self.number.replace(" ", "")

    @property
    def address(self) -> str:
        """The web address as one would write it down."""
        return self.url.removeprefix("https://").removeprefix("www.").rstrip("/")

    @property
    def file(self) -> str:
        """Its file in the folder of its language."""
        return f"services/{self.slug}.md"


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
    language: str = "en"

    @property
    def file(self) -> str:
        """Its file in the folder of its language."""
        return f"pages/{self.slug}.md"


@dataclass(frozen=True)
class Part:
    """A passage with facts that stand in several pages, kept once; `text` is Markdown."""

    slug: str
    checked_on: date
    sources: tuple[str, ...]
    checked_by: tuple[str, ...]
    text: str

    @property
    def file(self) -> str:
        """Its file in the folder of its language."""
        return f"parts/{self.slug}.md"


@dataclass(frozen=True)
class EasyStep:
    """One thing to know or do: a picture, one to three short sentences, and a service to call, if any."""

    picture: str
    say: tuple[str, ...]
    service: Service | None = None


@dataclass(frozen=True)
class Easy:
    """The easy-read version of a page."""

    slug: str
    title: str
    checked_on: date
    sources: tuple[str, ...]
    checked_by: tuple[str, ...]
    steps: tuple[EasyStep, ...]
    language: str = "en"

    @property
    def file(self) -> str:
        """Its file in the folder of its language."""
        return f"easy/{self.slug}.md"


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
    parts: Mapping[str, Part]
    easy: Mapping[str, Easy]

    def page(self, slug: str) -> Page:
        """Return the page called `slug`. Raises KeyError."""
        return {page.slug: page for page in self.pages}[slug]

    @property
    def groups(self) -> tuple[Group, ...]:
        """The pages by who asks; a group without pages is left out."""
        by_asker = {asker: tuple(page for page in self.pages if page.asks == asker) for asker, _words in ASKERS}
        return tuple(Group(words, by_asker[asker]) for asker, words in ASKERS if by_asker[asker])

    @property
    def checked(self) -> tuple[Checked, ...]:
        """Everything that people check."""
        return (*self.pages, *self.services.values(), *self.parts.values(), *self.easy.values())

    @property
    def oldest_check(self) -> date:
        """The day of the oldest check."""
        return min(item.checked_on for item in self.checked)


def stale(library: Library, today: date) -> tuple[str, ...]:
    """Return one sentence for each item last checked more than `STALE_AFTER_DAYS` before `today`."""
    return tuple(
        f"{item.file} was last checked on {item.checked_on}, {(today - item.checked_on).days} days ago; "
        f"check it against its sources and set checked_on"
        for item in library.checked
        if (today - item.checked_on).days > STALE_AFTER_DAYS
    )


def names_of(item: Checked, *, demo: bool) -> frozenset[str]:
    """Return the names of the people who checked an item; the made-up names count in the demonstration alone."""
    return frozenset(item.checked_by) - (frozenset() if demo else MADE_UP)


def unnamed(library: Library, *, demo: bool) -> tuple[str, ...]:
    """Return one sentence for each item that fewer than two named people have checked."""
    return tuple(
        f"{item.file} was checked by {len(names)} of {NAMES} people; "
        f"let two people read its facts at their sources, then write their names into checked_by"
        for item in library.checked
        if len(names := names_of(item, demo=demo)) < NAMES
    )
