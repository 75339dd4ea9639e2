"""A request that comes as a mail: what it says, and mails that were made to break the reader."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

sys.path.insert(0, str(Path(__file__).parent))

from clearcount.errors import ClearcountError, RequestError
from clearcount_web.accounts.roles import Role
from clearcount_web.cases.mail import MOST_BYTES, MOST_PARTS, Mail, _words_of_html, mail_apart, read_mail
from clearcount_web.cases.models import Applicant, Case

HEAD = (
    "Received: from out.example by in.force.example; Tue, 3 Mar 2026 23:40:00 +0000\r\n"
    "Received: from pc by out.example; Mon, 2 Mar 2026 10:00:00 +0000\r\n"
    "Date: Mon, 2 Mar 2026 09:59:00 +0000\r\nFrom: Sam Uphill <sam@post.example>\r\n"
    "To: foi@force.example\r\nSubject: A request\r\nMessage-ID: <1@post.example>\r\n"
)
PLAIN = "Content-Type: text/plain; charset=utf-8\r\n\r\nHow many thefts?\r\n\r\nSam\r\n"


def here(text: str | bytes) -> Mail:
    """What a mail says, read in this process: the process apart is the same function."""
    from io import BytesIO

    (found,) = mail_apart(BytesIO(text.encode() if isinstance(text, str) else text))
    day = found.pop("received_on")
    remarks = tuple(found.pop("remarks"))
    return Mail(**found, received_on=date.fromisoformat(day) if day else None, remarks=remarks)


def test_a_plain_mail_apart() -> None:
    found = read_mail((HEAD + PLAIN).encode())
    assert (found.name, found.address, found.subject) == ("Sam Uphill", "sam@post.example", "A request")
    assert found.received_on == date(2026, 3, 3) and "our own mail server" in found.from_where
    assert found.letter == "How many thefts?\n\nSam" and found.message_id == "<1@post.example>" and not found.remarks


@pytest.mark.parametrize(
    ("received", "sent", "day"),
    [
        ("x; Sat, 28 Mar 2026 23:30:00 -0500", "", date(2026, 3, 29)),
        ("x; Sun, 29 Mar 2026 23:30:00 +0000", "", date(2026, 3, 30)),  # summer time began that night
        ("x; Sun, 29 Mar 2026 23:30:00 +0100", "", date(2026, 3, 29)),
        ("no date at all", "Mon, 2 Mar 2026 09:59:00 +0000", date(2026, 3, 2)),
        ("x; Thu, 99 Foo 2026", "Mon, 2 Mar 2026 09:59:00", date(2026, 3, 2)),
        ("", "", None),
        ("x; Mon, 1 Jan 0000 00:00:00 +0000", "tomorrow", None),
        ("x; " + "9" * 5000, "Mon, 2 Mar 99999 09:59:00 +0000", None),
    ],
    ids=range(8),
)
def test_the_day_of_arrival_is_that_in_london(received: str, sent: str, day: date | None) -> None:
    head = (f"Received: {received}\r\n" if received else "") + (f"Date: {sent}\r\n" if sent else "")
    assert here(head + "From: a@b.example\r\n" + PLAIN).received_on == day


def test_a_mail_of_html_alone_gives_the_words_that_a_reader_sees() -> None:
    page = (
        "<html><head><title>no</title><style>p{}</style></head><body><p>How   many <b>thefts</b>?</p>"
        "<script>alert('no')</script><ul><li>by month</li><li>by ward</li></ul><img src='http://x.example/1.gif'>"
        "<p>&lt;b&gt; &amp; thanks</p><p hidden>seen?</p></body></html>"
    )
    found = here(HEAD + f"Content-Type: text/html; charset=utf-8\r\n\r\n{page}")
    assert "How many thefts?" in found.letter and "by month" in found.letter and "<b> & thanks" in found.letter
    assert "alert" not in found.letter and "p{}" not in found.letter and "x.example" not in found.letter
    assert any("compare them" in remark for remark in found.remarks)


@pytest.mark.parametrize("page", ["<p" * 2_000, "<div>" * 200 + "hello", "<!--" * 2_000 + "hello", "&#0;hello" * 9])
def test_html_without_an_end_is_read_or_refused(page: str) -> None:
    assert isinstance(_words_of_html(page), str)


def test_html_too_deep_to_be_read_whole_is_refused_and_not_cut() -> None:
    with pytest.raises(RequestError, match="too deep"):
        _words_of_html("<p>How many?</p>" + "<div>" * 5000 + "And how many burglaries?")


def nested(depth: int) -> bytes:
    """A mail with so many multiparts within each other, written by hand: the library's writer is recursive."""
    lines = [HEAD]
    for level in range(depth):
        lines.append(f"Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n")
    lines.append("Content-Type: text/plain\r\n\r\nHow many thefts?\r\n")
    return "".join(lines).encode()


@pytest.mark.parametrize("depth", [3, 90, 5000], ids=str)
def test_nested_mails_are_read_or_refused_in_a_sentence(depth: int) -> None:
    try:
        assert "How many thefts?" in read_mail(nested(depth)).letter
    except RequestError as refused:
        assert "mail" in str(refused) and "Traceback" not in str(refused)
        assert depth > 90, "an honest nesting is read"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 1000,
        HEAD.encode(),
        (HEAD + "Content-Type: application/pdf\r\n\r\n%PDF").encode(),
        (HEAD + "Content-Type: text/html\r\n\r\n<script>only</script>").encode(),
        (HEAD + "Content-Type: text/plain\r\n\r\n" + "x" * 50_001).encode(),
        (HEAD + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + "--b\r\n\r\nx\r\n" * (MOST_PARTS + 1)).encode(),
        b"x" * (MOST_BYTES + 1),
    ],
    ids=range(8),
)
def test_what_is_no_letter_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(ClearcountError) as refused:
        read_mail(content)
    assert "mail" in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "header",
    [
        "From: =?utf-8?q?Sam=0D=0ABcc=3A_all=40force.example?= <sam@post.example>",
        "From: \"Sam\r\n\tBcc: all@force.example\" <sam@post.example>",
        "From: Sam\u202egro.ecrof <sam@post.example>",
        "From: =?utf-8?b?U2FtCgpCY2M6IHg=?= <sam@post.example>",
        "From: =?nonsense?q?Sam?= <sam@post.example>",
        "From: <sam@post.example>\r\nReply-To: a@b\x00\x0b.example",
        "From: " + "a" * 50_000 + " <sam@post.example>",
        "From: \"" + "(" * 3000,
    ],
    ids=range(8),
)  # fmt: skip
def test_headers_stay_on_one_line(header: str) -> None:
    found = here(header + "\r\n" + PLAIN)
    for value in (found.name, found.address, found.subject, found.message_id):
        assert value.isprintable() and len(value) <= 400
        assert not any(sign in value for sign in "\r\n\x00\u202e")


def test_attachments_stay_closed_and_are_told() -> None:
    message = EmailMessage()
    message["From"] = "a@b.example"
    message.set_content("How many thefts?")
    message.add_attachment(b"PK\x03\x04", maintype="application", subtype="zip", filename="x.zip")
    inner = EmailMessage()
    inner.set_content("inner words")
    message.add_attachment(inner)
    found = here(message.as_bytes())
    assert found.letter == "How many thefts?" and "inner" not in found.letter
    assert found.remarks == ("Attachments that were not opened: 2. Look whether the request is in one.",)


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ("iso-8859-1", b"caf\xe9"),
        ("no-such", b"caf\xe9"),
        ("utf-8", b"caf\xc3\xa9"),
        ("utf-8", b"caf\xe9"),
        ("", b"cafe"),
    ],
    ids=range(5),
)
def test_letters_of_any_encoding_are_read(charset: str, body: bytes) -> None:
    kind = f"Content-Type: text/plain; charset={charset}\r\n\r\n" if charset else "\r\n"
    assert here(HEAD.encode() + kind.encode() + body).letter.startswith("caf")


def test_a_mail_fills_the_form_and_opens_nothing_by_itself(staff: Client, sign_in: Callable[..., Any]) -> None:
    sign_in("olive", Role.FOI_OFFICER)
    page = staff.post("/cases/new/mail/", {"mail": SimpleUploadedFile("x.eml", (HEAD + PLAIN).encode())})
    shown = page.content.decode()
    assert 'value="Sam Uphill"' in shown and "How many thefts?" in shown and "Its subject was: A request" in shown
    assert "Confirm it: it starts the clock" in shown and page.headers["Cache-Control"] == "no-store"
    assert not Case.objects.exists()
    given = {"title": "Thefts", "channel": "email", "received_on_0": "3", "received_on_1": "3", "received_on_2": "2026",
             "name": "Sam Uphill", "address": "sam@post.example", "letter": "How?",
             "message_id": "<1@post.example>"}  # fmt: skip
    assert staff.post("/cases/new/", given).status_code == 302
    assert Applicant.objects.get().message_id == "<1@post.example>"
    assert "is a case already" in staff.post("/cases/new/", given).content.decode()
    for wrong in (b"", b"x" * (MOST_BYTES + 1), HEAD.encode()):
        refused = staff.post("/cases/new/mail/", {"mail": SimpleUploadedFile("x.eml", wrong)})
        assert refused.status_code == 200 and "There is a problem" in refused.content.decode()
    assert Case.objects.count() == 1
