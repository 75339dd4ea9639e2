"""The online report: sealed, skippable, idempotent, and unreadable without the keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.forms import CharField
from django.test import Client, override_settings
from django.utils import timezone
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey

from clearcount_web.reporting import actions, drafts, forms, sealing
from clearcount_web.reporting.draft_answers import LOST, from_content
from clearcount_web.reporting.models import Draft, SealedMessage, SealedReport
from clearcount_web.site import cookies

STORY = "A made-up story about a picture that was made with AI."
SAME = {"HTTP_SEC_FETCH_SITE": "same-origin"}


@pytest.fixture
def private() -> dict[str, PrivateKey]:
    return {"duty": PrivateKey.generate(), "recovery": PrivateKey.generate()}


@pytest.fixture
def visitor(public: Client, private: dict[str, PrivateKey]) -> Iterator[Client]:
    """A visitor of a site whose report form is open."""
    keys = sealing.PublicKeys(private["duty"].public_key, private["recovery"].public_key)
    with override_settings(REPORT_KEYS=keys, REPORT_WATCHED="Watched at all hours."):
        yield public


def post(visitor: Client, path: str, **data: Any) -> Any:
    return visitor.post(path, data, **SAME)


def fill(visitor: Client, **answers: dict[str, Any]) -> None:
    """Goes through the pages up to the check; `s5={…}` answers page 5."""
    assert post(visitor, "/r/").status_code == 302
    given = {3: {"who": "me"}, 4: {"age": "18+"}, 7: {"story": STORY}, 9: {"contact": "no"}}
    for step in (1, 3, 4, 5, 6, 7, 8, 9, 11):
        done = post(visitor, f"/r/{step}", **answers.get(f"s{step}", given.get(step, {})))
        assert done.status_code == 302, (step, done.content.decode()[:2000])


def test_the_start_says_when_it_is_watched_before_question_one(visitor: Client) -> None:
    page = visitor.get("/r/").content.decode()
    assert "Watched at all hours." in page
    assert "we cannot promise" in page
    assert not visitor.cookies


def test_without_keys_the_form_is_closed_and_says_whom_to_call(public: Client) -> None:
    with override_settings(REPORT_KEYS=None):
        page = public.get("/r/")
    assert page.status_code == 503
    assert "999" in page.content.decode() and "101" in page.content.decode()


def test_a_report_is_sealed_to_both_keys_and_to_nobody_else(visitor: Client, private: dict[str, PrivateKey]) -> None:
    fill(visitor)
    assert STORY.encode() not in bytes(Draft.objects.get().box)
    assert post(visitor, "/r/check").status_code == 200
    report = SealedReport.objects.get()
    assert not Draft.objects.exists()
    for box, name in ((report.duty_box, "duty"), (report.recovery_box, "recovery")):
        content = sealing.open_sealed(box, private[name])
        assert (content["schema"], content["answers"]["story"]) == (2, STORY)
        assert content["reference"] == report.reference
        with pytest.raises(CryptoError):
            sealing.open_sealed(box, PrivateKey.generate())
    with pytest.raises(CryptoError):
        sealing.open_sealed(report.duty_box, private["recovery"])


def test_every_question_but_three_may_be_left_empty(visitor: Client) -> None:
    post(visitor, "/r/")
    for step in (1, 5, 6, 7, 8, 10, 11):
        assert post(visitor, f"/r/{step}").status_code == 302
    for step, words in ((3, "Choose who"), (4, "Choose an age"), (9, "Choose whether")):
        page = post(visitor, f"/r/{step}")
        assert page.status_code == 200
        assert words in page.content.decode() and "Error: " in page.content.decode()
    assert visitor.get("/r/check")["Location"] == "/r/3"


def test_back_shows_the_answers_and_the_check_page_can_change_them(visitor: Client) -> None:
    fill(visitor)
    assert STORY in visitor.get("/r/7").content.decode()
    post(visitor, "/r/7", story="Changed.")
    page = visitor.get("/r/check").content.decode()
    assert "Changed." in page and STORY not in page and "Not provided" in page


def test_sending_twice_is_one_report_and_back_says_so(visitor: Client) -> None:
    fill(visitor)
    key = visitor.cookies[cookies.REPORT].value
    first = post(visitor, "/r/check").content.decode()
    visitor.cookies[cookies.REPORT] = key  # the answer was lost on the way, or the button was pressed twice at once
    again = post(visitor, "/r/check").content.decode()
    reference = re.search(r"R-[A-Z0-9]{8}", first)
    assert reference and reference.group() in again
    assert SealedReport.objects.count() == 1
    visitor.cookies[cookies.REPORT] = key
    page = visitor.get("/r/7").content.decode()
    assert "You have already sent this" in page and "once" in page
    assert STORY not in page and reference.group() not in page
    assert reference.group() in post(visitor, "/r/done").content.decode()


def kept(visitor: Client) -> dict[str, str]:
    """The cookies that the browser would still send."""
    return {name: held.value for name, held in visitor.cookies.items() if held.value}


def test_whoever_uses_the_browser_next_sees_neither_code_nor_reference(visitor: Client) -> None:
    fill(visitor)
    page = post(visitor, "/r/check")
    told = page.content.decode()
    code, reference = told_code(told), re.search(r"R-[A-Z0-9]{8}", told)
    assert reference and page.headers["Cache-Control"] == "no-store"
    assert "Leave this site" in told and "When you will hear" in told and "Watched at all hours." in told
    assert kept(visitor) == {}
    for path in ("/", "/r/", "/r/1", "/r/7", "/r/check", "/r/done", "/r/code", "/r/now", "/r/help", "/advice/"):
        for answer in (visitor.get(path), post(visitor, path)):
            page_after = answer.content.decode()
            assert code not in page_after and reference[0] not in page_after and STORY not in page_after, path


def test_the_code_is_told_for_half_an_hour_to_a_browser_that_never_got_it(visitor: Client) -> None:
    fill(visitor)
    key = visitor.cookies[cookies.REPORT].value
    post(visitor, "/r/check")
    SealedReport.objects.update(received_at=timezone.now() - timedelta(minutes=31))
    visitor.cookies[cookies.REPORT] = key
    for answer in (visitor.get("/r/7"), post(visitor, "/r/check"), post(visitor, "/r/done")):
        assert "There are no answers here" in answer.content.decode()
        visitor.cookies[cookies.REPORT] = key


def told_code(page: str) -> str:
    found = re.search(r"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}", page)
    assert found
    return found[0]


def test_two_submits_at_once_are_one_report(visitor: Client, private: dict[str, PrivateKey]) -> None:
    fill(visitor)
    row = Draft.objects.get()
    key = bytes.fromhex(visitor.cookies[cookies.REPORT].value)
    keys = sealing.PublicKeys(private["duty"].public_key, private["recovery"].public_key)
    open_ = drafts.Open(key, row, from_content(sealing.unlock(row.box, key)).answers)
    assert actions.send(open_, keys, now=timezone.now()) == actions.send(open_, keys, now=timezone.now())
    assert SealedReport.objects.count() == 1


def test_two_tabs_do_not_lose_each_others_answers(visitor: Client) -> None:
    post(visitor, "/r/")
    key = bytes.fromhex(visitor.cookies[cookies.REPORT].value)
    now = timezone.now()
    one, two = (drafts.Open(key, Draft.objects.get(), {}) for _ in range(2))
    drafts.keep(one, "5", {"when": "Monday"}, now=now)
    drafts.keep(two, "6", {"apps": "A chat app"}, now=now)
    held = sealing.unlock(Draft.objects.get().box, key)
    assert held == {"schema": 2, "answers": {"when": "Monday", "apps": "A chat app"}, "lost": False}


def test_leaving_shreds_the_draft(visitor: Client) -> None:
    fill(visitor)
    assert visitor.post("/leave", HTTP_SEC_FETCH_SITE="same-origin").status_code == 204
    assert not Draft.objects.exists()
    assert "There are no answers here" in visitor.get("/r/7").content.decode()


@pytest.mark.parametrize(("idle", "age"), [(31, 31), (1, 121)])
def test_an_idle_or_old_draft_is_gone(visitor: Client, idle: int, age: int) -> None:
    fill(visitor)
    now = timezone.now()
    Draft.objects.update(touched_at=now - timedelta(minutes=idle), started_at=now - timedelta(minutes=age))
    assert "There are no answers here" in visitor.get("/r/7").content.decode()
    assert not Draft.objects.exists()


def test_staying_keeps_the_draft_and_the_purge_takes_the_rest(visitor: Client) -> None:
    fill(visitor)
    now = timezone.now()
    Draft.objects.update(touched_at=now - timedelta(minutes=29))
    assert post(visitor, "/r/stay").status_code == 204
    assert drafts.purge(now=now + timedelta(minutes=20)) == 0
    assert drafts.purge(now=now + timedelta(minutes=32)) == 1
    assert post(visitor, "/r/stay").status_code == 410


def test_the_cookie_is_a_session_cookie_that_no_script_reads(visitor: Client) -> None:
    post(visitor, "/r/")
    cookie = visitor.cookies[cookies.REPORT]
    assert cookie["httponly"] and not cookie["max-age"] and not cookie["expires"] and cookie["samesite"] == "Lax"
    assert set(visitor.cookies) == {cookies.REPORT}
    assert cookies.REPORT in {item.name for item in cookies.registry()}


def test_danger_and_under_18_lead_to_help_and_on(visitor: Client) -> None:
    post(visitor, "/r/")
    for danger, words in (("yes", "Call 999 now"), ("unsure", "If you think that someone is in danger, call 999")):
        assert post(visitor, "/r/1", danger=danger)["Location"] == "/r/now"
        page = visitor.get("/r/now").content.decode()
        assert words in page and 'class="govuk-button govuk-button--warning" draggable="false" href="tel:999"' in page
        assert "next=/r/3" in post(visitor, "/r/now", place="")["Location"].replace("%2F", "/")
    for age in ("under13", "13-15", "16-17"):
        assert post(visitor, "/r/4", age=age)["Location"] == "/r/help"
    page = visitor.get("/r/help").content.decode()
    for words in ('href="tel:08001111"', "https://www.ceop.police.uk/", "https://www.childline.org.uk/remove", "/r/5"):
        assert words in page
    assert "You cannot report to CEOP without your name." in page
    assert post(visitor, "/r/4", age="18+")["Location"] == post(visitor, "/r/4", age="unknown")["Location"] == "/r/5"
    assert "next=/r/3" in post(visitor, "/r/1", danger="no")["Location"].replace("%2F", "/")


def test_safe_ways_are_asked_only_of_who_wants_contact(visitor: Client) -> None:
    post(visitor, "/r/")
    assert post(visitor, "/r/9", contact="no")["Location"] == "/r/11"
    assert post(visitor, "/r/9", contact="yes")["Location"] == "/r/10"
    assert "voicemail" in visitor.get("/r/10").content.decode()


def test_who_takes_back_the_wish_for_contact_sends_no_number(visitor: Client, private: dict[str, PrivateKey]) -> None:
    fill(visitor, s9={"contact": "yes"})
    post(visitor, "/r/10", phone="a made-up number", voicemail="yes")
    changed = post(visitor, "/r/9", contact="no", then="check")
    assert changed["Location"] == "/r/check"
    assert "a made-up number" not in visitor.get("/r/check").content.decode()
    post(visitor, "/r/check")
    held = sealing.open_sealed(SealedReport.objects.get().duty_box, private["duty"])["answers"]
    assert held["phone"] is held["voicemail"] is None and held["contact"] == "no"


def test_changing_one_answer_leads_back_to_the_check_page(visitor: Client) -> None:
    fill(visitor)
    page = visitor.get("/r/check").content.decode()
    assert "/r/7?then=check" in page
    assert 'name="then" value="check"' in visitor.get("/r/7?then=check").content.decode()
    assert post(visitor, "/r/7", story="Changed.", then="check")["Location"] == "/r/check"
    assert post(visitor, "/r/9", contact="yes", then="check")["Location"] == "/r/10?then=check"
    post(visitor, "/r/10", phone="a made-up number", then="check")
    for danger in ("yes", "unsure"):
        assert post(visitor, "/r/1", danger=danger, then="check")["Location"] == "/r/now?then=check"
        assert 'name="then" value="check"' in visitor.get("/r/now?then=check").content.decode()
        assert post(visitor, "/r/now", place="", then="check")["Location"] == "/r/check"
    assert post(visitor, "/r/4", age="16-17", then="check")["Location"] == "/r/help?then=check"
    assert 'href="/r/check"' in visitor.get("/r/help?then=check").content.decode()


def test_changing_who_it_is_about_asks_the_new_questions_and_the_age_again(
    visitor: Client, private: dict[str, PrivateKey]
) -> None:
    fill(visitor)
    assert post(visitor, "/r/3", who="other", then="check")["Location"] == "/r/4?then=check"
    assert visitor.get("/r/check")["Location"] == "/r/4"
    assert post(visitor, "/r/4", age="13-15", then="check")["Location"] == "/r/help?then=check"
    assert 'href="/r/8?then=check"' in visitor.get("/r/help?then=check").content.decode()
    assert post(visitor, "/r/8", reach="no", knows="no", name="Sam", then="check")["Location"] == "/r/check"
    # between somebody else and a witness nothing changes; back to oneself the other person's age and wishes are void
    assert post(visitor, "/r/3", who="witness", then="check")["Location"] == "/r/check"
    assert post(visitor, "/r/3", who="me", then="check")["Location"] == "/r/4?then=check"
    assert post(visitor, "/r/4", age="18+", then="check")["Location"] == "/r/check"
    assert post(visitor, "/r/3", who="other", then="check")["Location"] == "/r/4?then=check"
    assert post(visitor, "/r/4", age="18+", then="check")["Location"] == "/r/8?then=check"
    assert "Sam" in visitor.get("/r/8?then=check").content.decode()
    assert post(visitor, "/r/8", name="Sam", then="check")["Location"] == "/r/check"
    assert post(visitor, "/r/check").status_code == 200
    held = sealing.open_sealed(SealedReport.objects.get().duty_box, private["duty"])["answers"]
    assert (held["who"], held["age"], held["reach"], held["name"]) == ("other", "18+", "", "Sam")


@pytest.mark.parametrize(
    ("ways", "open_way"),
    [
        ({}, False),
        ({"times": "After 6 pm", "other": "Say it is the library"}, False),
        ({"phone": "a made-up number"}, True),
        ({"phone": "a made-up number", "phone_safe": "no"}, True),
        ({"phone": "a made-up number", "phone_safe": "no", "text_safe": "no"}, False),
        ({"phone": "a made-up number", "phone_safe": "no", "text_safe": "no", "email": "sam@post.example"}, True),
        ({"email": "sam@post.example"}, True),
        ({"post": "1 Example Street"}, True),
        ({"phone": "   "}, False),
    ],
)
def test_who_wants_contact_leaves_one_way(visitor: Client, ways: dict[str, str], open_way: bool) -> None:
    fill(visitor, s9={"contact": "yes"})
    assert visitor.get("/r/check")["Location"] == "/r/10"  # nobody gets round the question
    answer = post(visitor, "/r/10", **ways)
    assert (answer.status_code == 302) == open_way
    if not open_way:
        page = answer.content.decode()
        assert "come back with a code" in page
        assert all(said.strip() in page for said in ways.values() if said not in ("no",))
    assert (post(visitor, "/r/check").status_code == 200) == open_way
    if not open_way:
        post(visitor, "/r/9", contact="code")
        assert post(visitor, "/r/check").status_code == 200


def test_each_line_has_the_keyboard_that_fits_and_nothing_is_filled_in(visitor: Client) -> None:
    post(visitor, "/r/")
    post(visitor, "/r/9", contact="yes")
    page = visitor.get("/r/10").content.decode()
    assert re.search(r'name="phone"[^>]*inputmode="tel"', page) and re.search(
        r'name="email"[^>]*inputmode="email"', page
    )
    for path in ("/r/5", "/r/6", "/r/7", "/r/8", "/r/10", "/r/11", "/r/code"):
        page = visitor.get(path).content.decode()
        assert '<form method="post" action="' in page and 'autocomplete="off" novalidate' in page
    page = visitor.get("/r/6").content.decode()
    assert page.count('autocapitalize="none"') == 2


@pytest.mark.parametrize("who", ["other", "witness"])
def test_a_report_about_somebody_else_asks_whether_they_know_and_are_safe_to_reach(visitor: Client, who: str) -> None:
    asked = ("know that you are telling us", "safe for us to contact that person")
    post(visitor, "/r/")
    post(visitor, "/r/3", who="me")
    assert not any(words in visitor.get("/r/8").content.decode() for words in asked)
    post(visitor, "/r/3", who=who)
    assert all(words in visitor.get("/r/8").content.decode() for words in asked)


def test_the_danger_page_keeps_a_place_and_says_999_without_a_draft(visitor: Client) -> None:
    assert "Call 999 now" in visitor.get("/r/now").content.decode()
    post(visitor, "/r/")
    post(visitor, "/r/5", when="Monday", place="")
    assert post(visitor, "/r/now", place="Northmoor").status_code == 302
    page = visitor.get("/r/5").content.decode()
    assert "Northmoor" in page and "Monday" in page


def test_the_same_message_sent_again_is_one(visitor: Client) -> None:
    fill(visitor)
    code = told_code(post(visitor, "/r/check").content.decode())
    for _ in range(2):
        assert "We have your message" in post(visitor, "/r/code", code=code, message="More.").content.decode()
    assert SealedMessage.objects.count() == 1
    assert "Error: " in post(visitor, "/r/code", code="").content.decode()


def once_in(answer: Any) -> str:
    """The token of the form on a page."""
    found = re.search(r'name="once" value="([^"]+)"', answer.content.decode())
    assert found
    return found[1]


@pytest.mark.parametrize("tampered", [False, True])
def test_whoever_sends_the_form_with_the_code_again_is_shown_nothing(visitor: Client, tampered: bool) -> None:
    """Back and Reload send what the last person typed: the browser keeps it, whatever the server says."""
    fill(visitor)
    code = told_code(post(visitor, "/r/check").content.decode())
    typed = {"code": code, "once": once_in(visitor.get("/r/code"))}
    read = post(visitor, "/r/code", **typed)
    assert "There is no answer yet." in read.content.decode()
    added = post(visitor, "/r/code", code=code, once=once_in(read), message="More.")
    assert "We have your message." in added.content.decode()
    for again in (typed, {"code": code, "once": once_in(read), "message": "More."}):
        if tampered:
            again = again | {"once": again["once"][:-1] + ("A" if again["once"][-1] != "A" else "B")}
        shown = post(visitor, "/r/code", **again).content.decode()
        assert "Type your code again." in shown and code not in shown and "no answer yet" not in shown
    assert SealedMessage.objects.count() == 1
    fresh = post(visitor, "/r/code", code=code, once=once_in(visitor.get("/r/code"))).content.decode()
    assert "There is no answer yet." in fresh


def test_a_form_with_a_code_that_lay_open_too_long_asks_for_it_again(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clearcount_web.reporting import once

    fill(visitor)
    code = told_code(post(visitor, "/r/check").content.decode())
    token = once_in(visitor.get("/r/code"))
    monkeypatch.setattr(once, "SECONDS", -1)
    assert "Type your code again." in post(visitor, "/r/code", code=code, once=token).content.decode()


def test_a_code_opens_the_replies_and_takes_a_message(visitor: Client, private: dict[str, PrivateKey]) -> None:
    fill(visitor, s9={"contact": "code"})
    code = told_code(post(visitor, "/r/check").content.decode())
    report = SealedReport.objects.get()
    actions.reply(report, "Thank you. Keep the messages.", now=timezone.now())
    sloppy = code.lower().replace("-", " ")
    read = post(visitor, "/r/code", code=sloppy, message="One more thing.").content.decode()
    assert "Thank you. Keep the messages." in read and "We have your message" in read
    added = SealedMessage.objects.get(from_visitor=True)
    assert sealing.open_sealed(added.box, private["duty"])["text"] == "One more thing."
    assert post(visitor, "/r/code", code="WRONG").status_code == 404
    assert code not in str(SealedReport.objects.values().get())


def test_forms_from_elsewhere_are_refused(visitor: Client) -> None:
    assert visitor.post("/r/", HTTP_SEC_FETCH_SITE="cross-site").status_code == 403
    assert not Draft.objects.exists()


def test_no_address_or_title_says_what_it_is_about(visitor: Client) -> None:
    fill(visitor)
    for path in ("/r/", "/r/1", "/r/4", "/r/7", "/r/9", "/r/check", "/r/code"):
        page = visitor.get(path)
        title = re.search(r"<title>(.*?)</title>", page.content.decode(), re.DOTALL)
        assert title and not re.search("report|sext|image|crime|police", title[1].split("–")[0], re.IGNORECASE)
        assert page["Cache-Control"] == "no-store"
        assert "noindex" in page["X-Robots-Tag"]
        assert 'type="file"' not in page.content.decode()


def test_no_page_of_the_report_leads_away_to_the_feedback_form(visitor: Client) -> None:
    """Whoever follows that link in the middle of a page loses what they typed, and nobody reads it as a report."""
    assert "/feedback/" in visitor.get("/").content.decode()
    fill(visitor)
    for path in ("/r/", "/r/1", "/r/7", "/r/now", "/r/help", "/r/check", "/r/code"):
        page = visitor.get(path).content.decode()
        assert "govuk-phase-banner" in page and "/feedback/" not in page, path


def test_every_naughty_string_survives_every_step(visitor: Client, private: dict[str, PrivateKey], data: Path) -> None:
    strings = json.loads((data / "conformance" / "blns.json").read_text(encoding="utf-8"))
    post(visitor, "/r/")
    for text in strings:
        line = text[:500]
        for step, given in (
            (5, {"when": line, "place": line}),
            (6, {"apps": line, "names": text, "links": text}),
            (7, {"story": text}),
            (8, {"name": line}),
            (10, {"phone": line, "email": line, "post": text, "times": line, "other": text, "help": line}),
            (11, {"unsafe": text}),
            (3, {"who": text}),
        ):
            assert post(visitor, f"/r/{step}", **given).status_code in (200, 302), (step, text)
    post(visitor, "/r/3", who="me"), post(visitor, "/r/4", age="18+"), post(visitor, "/r/9", contact="yes")
    assert visitor.get("/r/check").status_code == 200
    assert post(visitor, "/r/check").status_code == 200
    held = sealing.open_sealed(SealedReport.objects.get().duty_box, private["duty"])["answers"]
    last = strings[-1].strip()
    assert held["story"] == held["unsafe"] == held["names"] == last
    assert held["phone"] == last[:500].strip()


def test_naughty_strings_one_at_a_time_are_kept_as_typed(
    visitor: Client, private: dict[str, PrivateKey], data: Path
) -> None:
    strings = json.loads((data / "conformance" / "blns.json").read_text(encoding="utf-8"))
    post(visitor, "/r/")
    key = bytes.fromhex(visitor.cookies[cookies.REPORT].value)
    refused = []
    for text in strings:
        if post(visitor, "/r/7", story=text).status_code != 302:
            refused.append(text)
            continue
        held = sealing.unlock(Draft.objects.get().box, key)["answers"]["story"]
        assert held == text.strip().replace("\r\n", "\n")
    assert all("\x00" in text for text in refused)


@pytest.mark.parametrize("lost", [1, 3, 4, 5, 6, 7, 8, 9, 11])
def test_a_page_whose_answer_was_lost_on_the_way_is_sent_again(
    visitor: Client, private: dict[str, PrivateKey], lost: int
) -> None:
    fill(visitor)
    given = {3: {"who": "me"}, 4: {"age": "18+"}, 7: {"story": STORY}, 9: {"contact": "no"}}
    for _ in range(2):
        assert post(visitor, f"/r/{lost}", **given.get(lost, {})).status_code == 302
    assert Draft.objects.count() == 1
    key = visitor.cookies[cookies.REPORT].value
    for _ in range(3):  # the answer to "Send" was lost twice
        visitor.cookies[cookies.REPORT] = key
        assert "We have it." in post(visitor, "/r/check").content.decode()
    report = SealedReport.objects.get()
    assert sealing.open_sealed(report.duty_box, private["duty"])["answers"]["story"] == STORY


@pytest.mark.parametrize("path", ["1", "3", "4", "5", "6", "7", "8", "9", "10", "11", "check"])
def test_an_expired_visit_says_so_on_every_page_and_shows_nothing(visitor: Client, path: str) -> None:
    fill(visitor)
    Draft.objects.update(touched_at=timezone.now() - timedelta(minutes=31))
    for page in (visitor.get(f"/r/{path}"), post(visitor, f"/r/{path}", story=STORY)):
        assert "There are no answers here" in page.content.decode()
        assert STORY not in page.content.decode()
    assert not Draft.objects.exists() and not SealedReport.objects.exists()


@pytest.mark.parametrize("cookie", ["", "zz", "ab" * 16, "ab" * 32, "é", "0" * 5000])
def test_a_cookie_that_is_no_key_is_no_error(visitor: Client, cookie: str) -> None:
    visitor.cookies[cookies.REPORT] = cookie
    for path in ("/r/3", "/r/check", "/r/now"):
        assert visitor.get(path).status_code == 200
    assert "There are no answers here" in post(visitor, "/r/done").content.decode()
    assert post(visitor, "/r/stay").status_code == 410


def test_a_long_story_is_kept_whole_and_a_longer_one_is_asked_to_be_shorter(visitor: Client) -> None:
    post(visitor, "/r/")
    assert post(visitor, "/r/7", story="x" * 5000).status_code == 302
    page = post(visitor, "/r/7", story="y" * 5001)
    assert page.status_code == 200 and "Use 5000 characters or fewer. You have used 5001." in page.content.decode()
    assert "y" * 5001 in page.content.decode()


def test_a_line_break_counts_as_one_character(visitor: Client) -> None:
    post(visitor, "/r/")
    assert post(visitor, "/r/7", story="\r\n".join("x" * 2500)).status_code == 302
    assert post(visitor, "/r/7", story="x\r\n" * 2500 + "yy").status_code == 200


# A draft that an earlier, a later or a damaged version left


READABLE: dict[str, tuple[Any, dict[str, dict[str, Any]]]] = {
    "none": ({}, {}),
    "version 1": (
        {"3": {"who": "me"}, "7": {"story": STORY}, "8": {"kept": ["messages"], "name": ""}},
        {"3": {"who": "me"}, "7": {"story": STORY}, "8": {"kept": ["messages"], "name": ""}},
    ),
    "version 1, on another page": ({"99": {"story": STORY}}, {"7": {"story": STORY}}),
    "version 2": ({"schema": 2, "answers": {"voicemail": "no"}, "lost": False}, {"10": {"voicemail": "no"}}),
    "an unknown question that was left empty": ({"3": {"who": "me", "colour": ""}}, {"3": {"who": "me"}}),
}
LOSSES: dict[str, tuple[Any, dict[str, dict[str, Any]]]] = {
    "a question that is gone": ({"3": {"who": "me", "colour": "red"}}, {"3": {"who": "me"}}),
    "a choice that is gone": ({"10": {"voicemail": "perhaps", "phone": "1"}}, {"10": {"phone": "1"}}),
    "one of several that is gone": ({"5": {"what": ["fake", "gone"], "when": "Monday"}}, {"5": {"when": "Monday"}}),
    "words where several were": ({"5": {"what": "fake"}}, {}),
    "several where words were": ({"7": {"story": ["a", "b"]}}, {}),
    "a number": ({"7": {"story": 7}}, {}),
    "a page that is none": ({"3": {"who": "me"}, "7": "story"}, {"3": {"who": "me"}}),
    "lost before": ({"schema": 2, "answers": {"who": "me"}, "lost": True}, {"3": {"who": "me"}}),
    "a later version": ({"schema": 3, "answers": {"who": "me"}}, {}),
    "a version that is none": ({"schema": "two", "answers": {"who": "me"}}, {}),
    "version 2 without answers": ({"schema": 2}, {}),
    "a list": (["who"], {}),
}


@pytest.mark.parametrize("name", [*READABLE, *LOSSES])
def test_a_draft_of_another_version_is_read_or_said_to_be_lost(name: str) -> None:
    content, answers = (READABLE | LOSSES)[name]
    found = from_content(json.loads(json.dumps(content)))
    assert (found.answers, found.lost) == (answers, name in LOSSES)
    assert from_content(json.loads(json.dumps(found.sealed()))) == found


@pytest.mark.parametrize("damage", ["later", "damaged", "choice"])
def test_who_is_in_the_middle_of_the_form_at_an_upgrade_is_told(
    visitor: Client, private: dict[str, PrivateKey], damage: str
) -> None:
    fill(visitor)
    key = bytes.fromhex(visitor.cookies[cookies.REPORT].value)
    row = Draft.objects.get()
    held = sealing.unlock(row.box, key)
    content = {"later": held | {"schema": 3}, "choice": held | {"answers": held["answers"] | {"who": "neighbour"}}}
    row.box = bytes(row.box)[:-1] + b"x" if damage == "damaged" else sealing.lock(content[damage], key)
    row.save()
    told = "Some of your answers were lost."
    assert told in visitor.get("/r/7").content.decode()
    assert visitor.get("/r/check")["Location"] == "/r/3"  # what must be answered is asked again
    assert told in visitor.get("/r/3").content.decode()
    for step, given in ((3, {"who": "other"}), (4, {"age": "18+"}), (9, {"contact": "no"})):
        assert post(visitor, f"/r/{step}", **given).status_code == 302
    assert told in visitor.get("/r/check").content.decode()
    assert (STORY in visitor.get("/r/7").content.decode()) == (damage == "choice")
    assert post(visitor, "/r/check").status_code == 200
    sent = sealing.open_sealed(SealedReport.objects.get().duty_box, private["duty"])
    assert sent["answers"]["who"] == "other" and LOST.answers == {}


def test_no_field_lets_the_browser_keep_what_was_typed_for_the_next_person() -> None:
    """A purpose such as `tel` counts more than the `off` of the form around it."""
    fields = [field for form in (*forms.STEPS.values(), forms.Place, forms.Code, forms.More)
              for field in form.base_fields.values()]  # fmt: skip
    typed = [field.widget for field in fields if isinstance(field, CharField) and not field.widget.is_hidden]
    assert len(typed) > 12
    assert {widget.attrs.get("autocomplete") for widget in typed} == {"off"}
