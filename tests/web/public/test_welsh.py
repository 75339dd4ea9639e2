"""Welsh: served where it can be checked, in English with the language marked where it is not translated yet."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from lxml import html

from clearcount_web.advice.content import MADE_UP
from clearcount_web.ground.force import Force
from clearcount_web.platform.rooms import ROOMS
from clearcount_web.site.catalogue import PACKAGED, CatalogueError, compile_catalogue, file_of
from clearcount_web.site.passages import CLOSE, OPEN, marked

WORDS: Mapping[str, str | tuple[str, ...]] = {
    "Advice": "Cyngor",
    "Contact": "Cysylltu",
    "Privacy": "Preifatrwydd",
    "Last checked on %(day)s. %(owner)s.": "Gwiriwyd %(day)s. %(owner)s.",
}
PAGE = """---
title: Prawf
summary: Tudalen brawf.
order: 10
asks: me
owner: Tîm
checked_on: 2026-12-01
checked_by: [{names}]
sources: [prawf]
---
Testun.

[[samaritans]]
"""


def fill(folder: Path, words: Mapping[str, str | tuple[str, ...]], *, fuzzy: bool = False) -> None:
    """Fills the packaged catalogue in a folder, as a translator's editor does."""
    shutil.copytree(PACKAGED, folder)
    source = file_of(folder, "cy", "po")
    with source.open("rb") as file:
        catalogue = read_po(file, locale="cy")
    for message in catalogue:
        name = message.id if isinstance(message.id, str) else message.id[0]
        if name in words:
            message.string = words[name]
            if fuzzy:
                message.flags.add("fuzzy")
    with source.open("wb") as file:
        write_po(file, catalogue)


@contextmanager
def serving(
    folder: Path,
    words: Mapping[str, str | tuple[str, ...]] = WORDS,
    *,
    names: str = "Ann Example, Ben Example",
    fuzzy: bool = False,
    ready: bool = True,
) -> Iterator[None]:
    """A site with one Welsh page of advice and a catalogue."""
    fill(folder / "locale", words, fuzzy=fuzzy)
    if ready:
        call_command("compile_welsh", str(folder / "locale"))
    call_command("copy_advice", str(folder / "content"))
    (folder / "content/cy/pages").mkdir(parents=True)
    (folder / "content/cy/pages/sextortion.md").write_text(PAGE.format(names=names), encoding="utf-8")
    force = Force(web={"content": str(folder / "content"), "locale": str(folder / "locale")})
    with override_settings(FORCE=force, WELSH_FOLDER=folder / "locale", LOCALE_PATHS=[folder / "locale"], DEMO=False):
        yield


def test_a_filled_catalogue_is_served_in_welsh_with_english_passages_marked(public: Client, tmp_path: Path) -> None:
    with serving(tmp_path):
        answer = public.get("/cy/advice/sextortion/")
        page = html.fromstring(answer.content.decode())
    assert answer.headers["Content-Language"] == "cy"
    assert page.get("lang") == "cy"
    assert page.xpath("//h1")[0].text_content() == "Prawf"
    assert not page.xpath("//h1/@lang")
    footer = {link.get("href"): link for link in page.xpath("//footer//a")}
    assert footer["/privacy/"].text_content() == "Preifatrwydd" and not footer["/privacy/"].xpath(".//@lang")
    assert footer["/cookies/"].text_content() == "Cookies"
    assert footer["/cookies/"].xpath("./span/@lang") == ["en"]
    assert footer["/privacy/"].get("hreflang") == "en"  # the page behind it is in English
    assert "Gwiriwyd 1 Rhagfyr 2026. Tîm." in page.text_content()
    (box,) = page.xpath("//div[contains(@class, 'service')]")
    assert box.get("lang") == "en"  # the help line has no Welsh file
    assert OPEN not in answer.content.decode() and CLOSE not in answer.content.decode()
    # every word is Welsh, or inside an element that says English
    said = {text.strip() for text in page.xpath("//main//text()[not(ancestor::*[@lang='en'])]") if text.strip()}
    english = {each for each in said if re.search(r"\b(the|you|report|is|of)\b", each.lower())}
    assert english == set()


def test_both_pages_name_each_other_and_lead_to_each_other(public: Client, tmp_path: Path) -> None:
    with serving(tmp_path):
        for path in ("/advice/sextortion/", "/cy/advice/sextortion/", "/", "/cy/", "/advice/", "/cy/advice/"):
            page = html.fromstring(public.get(path).content.decode())
            english = path.removeprefix("/cy")
            alternates = {link.get("hreflang"): link.get("href") for link in page.xpath("//link[@rel='alternate']")}
            root = "http://testserver"
            assert alternates == {"en": root + english, "cy": f"{root}/cy{english}", "x-default": root + english}, path
            (switch,) = page.xpath("//p[@class='cc-language']/a")
            other = english if path.startswith("/cy") else f"/cy{english}"
            assert (switch.get("href"), switch.get("hreflang")) == (other, switch.get("lang"))
        index = html.fromstring(public.get("/cy/advice/").content.decode())
        links = {link.text_content(): link for link in index.xpath("//main//ul[@class='cc-list']//a")}
        assert links["Prawf"].get("href") == "/cy/advice/sextortion/"
        fakes = links["Deepfakes and fake images"]
        assert (fakes.get("href"), fakes.get("hreflang"), fakes.getparent().get("lang")) == (
            "/advice/deepfakes/", "en", "en",
        )  # fmt: skip
        assert "/cy/advice/sextortion/" in public.get("/sitemap.xml").content.decode()


def test_a_page_that_is_in_english_alone_has_no_switch_and_no_welsh_address(public: Client, tmp_path: Path) -> None:
    with serving(tmp_path):
        for path in ("/advice/deepfakes/", "/contact/", "/r/", "/advice/under-18/easy/"):
            page = public.get(path).content.decode()
            assert "Cymraeg" not in page and "hreflang" not in page, path
            assert public.get(f"/cy{path}").status_code == 404, path


@pytest.mark.parametrize(
    ("names", "ready"),
    [
        ("Ann Example", True),
        ("Ann Example, Ann Example", True),
        (", ".join(sorted(MADE_UP)), True),
        ("", True),
        ("Ann Example, Ben Example", False),
    ],
)
def test_welsh_that_nobody_checked_is_not_served(public: Client, tmp_path: Path, names: str, ready: bool) -> None:
    with serving(tmp_path, names=names, ready=ready):
        assert public.get("/cy/advice/sextortion/").status_code == 404
        assert public.get("/cy/").status_code == 404
        assert "Cymraeg" not in public.get("/advice/sextortion/").content.decode()


def test_a_guess_of_an_editor_is_not_taken_for_a_translation(public: Client, tmp_path: Path) -> None:
    with serving(tmp_path, fuzzy=True):
        page = html.fromstring(public.get("/cy/advice/sextortion/").content.decode())
    assert "Preifatrwydd" not in page.text_content()
    (link,) = page.xpath("//footer//a[@href='/privacy/']")
    assert link.xpath("./span/@lang") == ["en"]


def test_as_it_comes_the_site_is_in_english_alone(public: Client) -> None:
    assert public.get("/cy/").status_code == 404
    page = public.get("/").content.decode()
    assert 'lang="en"' in page and "Cymraeg" not in page and "hreflang" not in page


@pytest.mark.parametrize(
    ("message", "string", "fault"),
    [
        ("Last checked on %(day)s. %(owner)s.", "Gwiriwyd %(day)s.", "placeholders"),
        ("Last checked on %(day)s. %(owner)s.", "Gwiriwyd %(day)s. %(owner)s. %(more)s", "placeholders"),
        ("Advice", "<b>Cyngor</b>", "elements"),
        ("Advice", "<script>x()</script>", "elements"),
        ("Advice", f"Cyngor{OPEN}", "a private sign"),
    ],
)
def test_a_translation_that_lost_something_is_refused(tmp_path: Path, message: str, string: str, fault: str) -> None:
    fill(tmp_path / "locale", {message: string})
    with pytest.raises(CatalogueError, match=fault):
        compile_catalogue(tmp_path / "locale", "cy")
    assert not file_of(tmp_path / "locale", "cy", "mo").exists()


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b'msgid "a\nmsgstr'])
def test_a_file_that_is_no_catalogue_is_refused_in_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    source = file_of(tmp_path, "cy", "po")
    source.parent.mkdir(parents=True)
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(CommandError, match=r"django\.po (cannot be read|is not a catalogue)"):
        call_command("compile_welsh", str(tmp_path))


def test_words_that_are_newer_than_the_catalogue_are_marked_too(public: Client, tmp_path: Path) -> None:
    fill(tmp_path / "locale", WORDS)
    source = file_of(tmp_path / "locale", "cy", "po")
    with source.open("rb") as file:
        old = read_po(file, locale="cy")
    old.delete("Cookies")
    with source.open("wb") as file:
        write_po(file, old)
    call_command("compile_welsh", str(tmp_path / "locale"))
    from django.utils import translation

    with override_settings(LOCALE_PATHS=[tmp_path / "locale"]), translation.override("cy"):
        assert translation.gettext("Cookies") == f"{OPEN}Cookies{CLOSE}"
        assert translation.gettext("Advice") == "Cyngor"


def test_a_message_in_numbers_is_marked_in_every_form(public: Client, tmp_path: Path) -> None:
    from django.utils import translation

    with serving(tmp_path), translation.override("cy"):
        said = [translation.ngettext("%(counter)s answer", "%(counter)s answers", n) for n in (0, 1, 2, 3, 8, 11)]
    forms = [f"{OPEN}%(counter)s answer{'' if n == 1 else 's'}{CLOSE}" for n in (0, 1, 2, 3, 8, 11)]
    assert said == forms


@pytest.mark.parametrize(
    ("page", "after"),
    [
        ("<p>{A}</p>", '<p><span lang="en">A</span></p>'),
        ('<p title="{A}">B</p>', '<p title="A">B</p>'),
        ("<title>{A}</title><p>{B}</p>", '<title>A</title><p><span lang="en">B</span></p>'),
        ("<option>{A}</option>", "<option>A</option>"),
        ("<textarea>{A}</textarea>", "<textarea>A</textarea>"),
        ("{<b>A</b> B}", '<span lang="en"><b>A</b> B</span>'),
        ('<a href="/x/">A</a>', '<a href="/cy/x/">A</a>'),
        ('<a href="/x/#y">A</a>', '<a href="/cy/x/#y">A</a>'),
        ('<a href="/z/">A</a>', '<a href="/z/" hreflang="en">A</a>'),
        ('<a href="/x/" hreflang="en">A</a>', '<a href="/x/" hreflang="en">A</a>'),
        ('<a href="https://x.example/">A</a>', '<a href="https://x.example/">A</a>'),
        ('<link href="/x/">', '<link href="/x/">'),
        ('<form action="/x/">', '<form action="/x/">'),
    ],
)
def test_passages_and_links_of_a_page(page: str, after: str) -> None:
    signed = page.replace("{", OPEN).replace("}", CLOSE)
    assert marked(signed, code="cy", translated={"/x/"}) == after


@pytest.mark.skipif(not shutil.which("xgettext"), reason="GNU gettext is not installed")
@pytest.mark.slow
def test_the_packaged_catalogue_has_every_word_of_the_public_site(tmp_path: Path) -> None:
    root = PACKAGED.parents[2]
    shutil.copytree(root / "src/clearcount_web", tmp_path / "src/clearcount_web")
    (tmp_path / "tools").mkdir()
    shutil.copy(root / "tools/catalogue.sh", tmp_path / "tools")
    import os
    import sys

    admin = Path(sys.executable).with_name("django-admin")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO_")}
    subprocess.run([tmp_path / "tools/catalogue.sh"], env=environment | {"DJANGO_ADMIN": str(admin)}, check=True)
    for each in (PACKAGED, tmp_path / "src/clearcount_web/locale"):
        assert file_of(each, "cy", "po").is_file()
    fresh = file_of(tmp_path / "src/clearcount_web/locale", "cy", "po").read_text(encoding="utf-8")
    assert fresh == file_of(PACKAGED, "cy", "po").read_text(encoding="utf-8"), "run tools/catalogue.sh"


def test_no_packaged_passage_pretends_to_be_welsh() -> None:
    with file_of(PACKAGED, "cy", "po").open("rb") as file:
        catalogue = read_po(file, locale="cy")
    assert len(catalogue) > 300
    assert not [message.id for message in catalogue if message.id and any(message.string)]


def test_a_translator_is_asked_for_public_words_alone() -> None:
    with file_of(PACKAGED, "cy", "po").open("rb") as file:
        rooms = {place.partition("/")[0] for message in read_po(file, locale="cy") for place, _ in message.locations}
    assert rooms == {room.label for room in ROOMS if room.public is not None} | {"ground"}


QUOTED = "This site is a beta, which means it's a work in progress"
"""The words of the sites that people know are kept as they are."""


def test_no_sentence_of_the_public_site_has_more_than_20_words() -> None:
    with file_of(PACKAGED, "cy", "po").open("rb") as file:
        messages = [each for each in read_po(file, locale="cy") if each.id]
    long = []
    for message in messages:
        for words in [message.id] if isinstance(message.id, str) else message.id:
            plain = " ".join(re.sub(r"%\(\w+\)s", "x", re.sub(r"<[^>]+>", "", words)).split())
            found = (each for each in re.split(r'(?<=[.?!:;])["”]? ', plain) if len(each.split()) > 20)
            long += [each for each in found if not each.startswith(QUOTED)]
    assert long == []
