"""Markdown of the advice as HTML: services by name, no raw HTML, no image, no referrer to other sites."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement

import markdown
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

if TYPE_CHECKING:
    from clearcount_web.advice.content import Service

_SERVICE = re.compile(r"^\[\[([a-z0-9-]+)\]\]$")


@dataclass(frozen=True)
class Section:
    """One heading of a page: the place to jump to, and its words."""

    place: str
    words: str


def render(text: str, services: Mapping[str, Service], language: str) -> tuple[str, tuple[Section, ...]]:
    """Return the page as HTML, and its headings, each with the place to jump to. Raises KeyError for no service."""
    house = _House(services, language)
    writer = markdown.Markdown(extensions=["sane_lists", "toc", house], output_format="html")
    html = writer.convert(text)
    tokens: list[dict[str, Any]] = writer.toc_tokens  # type: ignore[attr-defined]
    return html, tuple(Section(token["id"], unescape(token["name"])) for token in tokens if token["level"] == 2)


class _House(Extension):
    """Markdown as this site allows it: services by name, no raw HTML, no image, no referrer to other sites."""

    def __init__(self, services: Mapping[str, Service], language: str) -> None:
        super().__init__()
        self._services, self._language = services, language

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - the library's name
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.deregister("image_link")
        md.inlinePatterns.deregister("image_reference")
        # After the inline patterns: [[slug]] must still be text when the block is built.
        md.treeprocessors.register(_Services(md, self._services, self._language), "services", 30)
        md.treeprocessors.register(_Links(md), "links", 5)


class _Services(Treeprocessor):
    def __init__(self, md: markdown.Markdown, services: Mapping[str, Service], language: str) -> None:
        super().__init__(md)
        self._services, self._language = services, language

    def run(self, root: Element) -> None:
        for place, paragraph in enumerate(list(root)):
            if paragraph.tag == "p" and (match := _SERVICE.match((paragraph.text or "").strip())):
                root[place] = service_element(self._services[match[1]], self._language)


class _Links(Treeprocessor):
    def run(self, root: Element) -> None:
        for link in root.iter("a"):
            if link.get("href", "").startswith(("http:", "https:")):
                _outward(link)


def _outward(link: Element) -> None:
    link.set("rel", "noreferrer")
    link.set("referrerpolicy", "no-referrer")


def service_element(service: Service, language: str) -> Element:
    """Return the box that a page in `language` shows for a service.

    It holds the name, the number, whom it serves, hours, other routes, and folded: limits, sources, day of check.
    """
    box = Element("div", {"class": "service"} | ({"lang": service.language} if service.language != language else {}))
    name = SubElement(box, "p", {"class": "service__name"})
    if service.url:
        link = SubElement(name, "a", {"href": service.url})
        link.text = service.name
        _outward(link)
    else:
        name.text = service.name
    if service.number:
        number = SubElement(box, "p", {"class": "service__number"})
        SubElement(number, "a", {"href": service.dial}).text = service.number
    if service.email:
        mail = SubElement(box, "p", {"class": "service__number"})
        SubElement(mail, "a", {"href": f"mailto:{service.email}"}).text = service.email
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
    _folded(box, service)
    return box


def _folded(box: Element, service: Service) -> None:
    more = SubElement(box, "details", {"class": "service__more"})
    SubElement(more, "summary").text = _now("More about %(name)s") % {"name": service.name}
    for line in service.limits:
        SubElement(more, "p").text = line
    checked = SubElement(more, "p", {"class": "service__checked"})
    checked.text = _now("We checked this on %(day)s.") % {"day": date_format(service.checked_on, "j F Y")}
    for source in service.sources:
        if source.startswith("Not confirmed"):
            SubElement(more, "p", {"class": "service__checked"}).text = source
    told = ", ".join(source for source in service.sources if not source.startswith("Not confirmed"))
    if told:
        SubElement(more, "p", {"class": "service__checked"}).text = _now("Source: %(source)s") % {"source": told}
