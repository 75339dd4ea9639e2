"""A translator can fill every passage of the public site, the report's questions and errors among them.

The pages are made with a catalogue in which nothing is translated. Every passage that comes out of it stands between
two private signs. A word outside of them is one that no translator is asked for.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from babel.messages.pofile import read_po
from django import forms
from django.conf import settings
from django.test import Client, override_settings
from django.utils import translation
from django.utils.functional import Promise
from lxml import html
from nacl.public import PrivateKey

from clearcount_web.advice.content import MADE_UP
from clearcount_web.advice.reading import read_library
from clearcount_web.disclosure_log.actions import publish
from clearcount_web.ground.forms import GroundForm
from clearcount_web.reporting import sealing
from clearcount_web.reporting.forms import STEPS, Code, More, Place
from clearcount_web.requesting.forms import AboutForm, RequestForm
from clearcount_web.site.catalogue import PACKAGED, compile_catalogue, file_of
from clearcount_web.site.forms import ComplaintForm, FeedbackForm
from clearcount_web.site.passages import CLOSE, OPEN

SAME = {"HTTP_SEC_FETCH_SITE": "same-origin"}
SHOWN = ("aria-label", "title", "placeholder", "alt", "data-left", "data-over")
"""Attributes that hold words for people."""
CHANCE = re.compile(
    r"\b(?:[A-Z]{1,3}-[A-Z0-9]{8}|(?:[A-Z0-9]{5}-){3}[A-Z0-9]{5}|01/FIN/25/003516/C|Tachwedd|Rhagfyr)\b"
)
"""References, codes, and months as Django says them in Welsh."""
NO_PASSAGE = {
    "code": "self::script or self::style or self::code",
    "advice: two people check each page in Welsh": "@lang='en' or @lang='cy' or contains(@class, 'cc-services')",
    "force.toml": "contains(@class, 'cc-routes') or contains(@class, 'cc-header__force')",
    "the setting of the phase": "contains(@class, 'govuk-phase-banner__content__tag')",
    "advice: its list of contents": "self::a and ancestor::*[@class='cc-contents']",
    "advice: its card": "contains(@class, 'cc-card')",
    "a published answer": "contains(@class, 'cc-answer') or self::option[starts-with(., 'HO ')]",
    "sources": "self::li and ancestor::details",
    "laws and other sites by their names": "self::a and @rel='noreferrer'",
    "what was typed": "self::textarea or self::dd",
}
"""Parts of a page whose words are not the product's, or are translated elsewhere: what they are -> where they are."""


@pytest.fixture
def signed(public: Client, tmp_path: Path) -> Iterator[Client]:
    """A visitor whose pages are made with the catalogue in which nothing is translated."""
    shutil.copytree(PACKAGED, tmp_path / "locale")
    compile_catalogue(tmp_path / "locale", "cy")
    keys = sealing.PublicKeys(PrivateKey.generate().public_key, PrivateKey.generate().public_key)
    with (
        override_settings(LOCALE_PATHS=[tmp_path / "locale"], REPORT_KEYS=keys, REPORT_WATCHED=""),
        translation.override("cy"),
    ):
        yield public


def unmarked(answer: Any) -> set[str]:
    """The words of a page that no translator is asked for."""
    if not answer.content:  # leads on to another page
        return set()
    tree = html.fromstring(answer.content.decode())
    for condition in NO_PASSAGE.values():
        for element in tree.xpath(f"//*[{condition}]"):
            if element.getparent() is not None:
                element.drop_tree()
    texts = [tree.text_content()] + [each.get(name) or "" for each in tree.iter() for name in SHOWN]
    left = set()
    for text in texts:
        lines = CHANCE.sub(" ", _without(_outside(text), [settings.FORCE.name, "clearcount", *titles()])).splitlines()
        left |= {" ".join(line.split()) for line in lines if re.search(r"[A-Za-z]{2}", line)}
    return left


def titles() -> list[str]:
    """How pages of advice and answers are called, and who checked them: Welsh where the page is."""
    library = read_library("en")
    named = [each.title for each in (*library.pages, *library.easy.values())]
    named += [page.card.title for page in library.pages if page.card]
    return sorted([*named, *MADE_UP, "Image offences that mention AI"], key=len, reverse=True)


def _without(text: str, known: list[str]) -> str:
    for each in known:
        text = text.replace(each, " ")
    return text


def _outside(text: str) -> str:
    depth, kept = 0, []
    for character in text:
        depth += (character == OPEN) - (character == CLOSE)
        kept.append("" if depth or character == CLOSE else character)
    return "".join(kept)


def test_a_word_that_no_translator_is_asked_for_is_found(signed: Client) -> None:
    class Page:
        content = f"<p>{OPEN}Known <b>{OPEN}word{CLOSE}</b> here{CLOSE} unknown</p>\n<p title='Other'>1</p>".encode()

    assert unmarked(Page) == {"unknown", "Other"}


def test_every_page_comes_out_of_the_catalogue(signed: Client, bundle: Path) -> None:
    publish(bundle, at=datetime(2026, 11, 22, tzinfo=UTC))
    listed = re.findall(r"<loc>https?://[^/]+([^<]*)</loc>", signed.get("/sitemap.xml").content.decode())
    paths = {*listed, "/leaving/?next=/advice/", "/feedback/thanks/", "/privacy/complaint/", "/advice/sextortion/card/",
             "/disclosure-log/?q=nothing", "/there-is-no-such-page/", "/r/", "/r/code", "/r/3"}  # fmt: skip
    assert len(paths) > 25
    found = {path: left for path in paths if (left := unmarked(signed.get(path)))}
    assert found == {}


def test_every_question_and_error_of_the_report_comes_out_of_the_catalogue(signed: Client) -> None:
    def seen(answer: Any, name: str) -> Any:
        if left := unmarked(answer):
            found[name] = left
        return answer

    found: dict[str, set[str]] = {}
    signed.post("/r/", **SAME)
    given = {1: {"danger": "yes"}, 3: {"who": "other"}, 4: {"age": "13-15"}, 9: {"contact": "yes"}}
    for step in STEPS:
        seen(signed.get(f"/r/{step}"), f"{step}")
        seen(
            signed.post(f"/r/{step}", {"story": "x" * 5001, "phone": "y" * 501, "unsafe": "z" * 2001}, **SAME),
            f"{step} refused",
        )
        signed.post(f"/r/{step}", {"name": "", **given.get(step, {"email": "a@post.example"})}, **SAME)
    for path in ("now", "help", "check", "code"):
        seen(signed.get(f"/r/{path}"), path)
    seen(signed.post("/r/code", {"code": "WRONG"}, **SAME), "wrong code")
    sent = seen(signed.post("/r/check", **SAME), "sent")
    code = html.fromstring(sent.content.decode()).xpath("//*[@class='cc-code']")[0].text_content()
    seen(signed.post("/r/code", {"code": code}, **SAME), "conversation")
    seen(signed.post("/r/code", {"code": code, "message": "x" * 5001}, **SAME), "message refused")
    seen(signed.get("/r/7"), "gone")
    with override_settings(REPORT_KEYS=None):
        seen(signed.get("/r/"), "closed")
    assert found == {}


def test_the_other_forms_come_out_of_the_catalogue(signed: Client) -> None:
    found: dict[str, set[str]] = {}
    token = {"token": str(uuid4())}
    full = {"name": "A", "contact": "b", "text": "c", **token}
    for path, posted in (
        ("/feedback/", {}), ("/feedback/", {"text": "x" * 2001}), ("/privacy/complaint/", {}),
        ("/privacy/complaint/", dict.fromkeys(("name", "contact", "text"), "x" * 5001)), ("/privacy/complaint/", full),
        ("/make-a-request/", {"step": "about"}), ("/make-a-request/", {"step": "about", "text": "c"}),
        ("/make-a-request/", {"step": "check", **token}), ("/make-a-request/", {"step": "check", **full}),
    ):  # fmt: skip
        answer = signed.post(path, posted, **SAME)
        if left := unmarked(answer):
            found[f"{path} {sorted(posted)}"] = left
    assert found == {}


def test_every_label_help_choice_and_error_of_a_public_form_is_in_the_catalogue() -> None:
    with file_of(PACKAGED, "cy", "po").open("rb") as file:
        known = {each.id if isinstance(each.id, str) else each.id[0] for each in read_po(file, locale="cy")}
    public: tuple[type[GroundForm], ...] = (
        *STEPS.values(), Place, Code, More, AboutForm, RequestForm, ComplaintForm, FeedbackForm,
    )  # fmt: skip
    words = [each for form in public for field in form.base_fields.values() for each in _words(field)]
    assert len(words) > 100
    assert [each for each in words if not isinstance(each, Promise) or str(each) not in known] == []


def _words(field: forms.Field) -> Iterator[Any]:
    """What a field says to a visitor, without what Django says in its own catalogue."""
    if field.widget.is_hidden:
        return
    yield field.label
    yield from [field.help_text] if field.help_text else []
    yield from (words for _value, words in getattr(field, "choices", ()))
    standard = [each for kind in type(field).__mro__ for each in getattr(kind, "default_error_messages", {}).values()]
    yield from (words for words in field.error_messages.values() if words not in standard)
