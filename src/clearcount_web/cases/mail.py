"""A request that came as a mail (.eml): who sent it, when it arrived, and its words.

This module knows nothing of Django: it is read in a process apart, with bounds on time and memory.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any, BinaryIO

from lxml.etree import LxmlError, iterwalk
from lxml.html import HTMLParser, document_fromstring

from clearcount.errors import ClearcountError, RequestError
from clearcount.foi import local_date
from clearcount.foreign import Allowance, read_apart

MOST_BYTES = 5_000_000
MOST_LETTERS = 50_000
MOST_PARTS = 200
IN_FORCE = date(2005, 1, 1)
"""The day on which the Act came into force; a date before it is a clock that was never set."""
_BLOCKS = frozenset({"p", "div", "br", "li", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "blockquote", "hr"})
_UNREAD = frozenset({"script", "style", "head", "title", "template"})
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Mail:
    """What a mail says. `received_on` is its arrival as the headers tell it, `from_where` which of them; a person
    confirms both. `remarks` are sentences about what was left out.
    """

    name: str
    address: str
    subject: str
    letter: str
    received_on: date | None
    from_where: str
    message_id: str
    remarks: tuple[str, ...]


def read_mail(content: bytes) -> Mail:
    """Return what the mail says.

    Raises:
        RequestError: for a mail that is too large, holds no words, or cannot be read; no attachment is ever opened.
    """
    if len(content) > MOST_BYTES:
        raise RequestError(
            f"the mail has more than {MOST_BYTES // 1_000_000} MB; save it without its attachments, or paste its words"
        )
    (found,) = read_apart(
        mail_apart, content, name="the mail", allowance=Allowance(seconds=5, memory=512 << 20), error=RequestError
    )
    assert isinstance(found, dict)
    day = found.pop("received_on")
    remarks = tuple(found.pop("remarks"))
    return Mail(**found, received_on=date.fromisoformat(day) if day else None, remarks=remarks)


def mail_apart(stream: BinaryIO) -> Iterator[dict[str, Any]]:
    """Give the mail as values of JSON."""
    message = message_from_bytes(stream.read(), policy=policy.default)
    remarks: list[str] = []
    letter = _letter(message, remarks)
    if not letter.strip():
        raise RequestError("the mail holds no words; open it and paste the request")
    if len(letter) > MOST_LETTERS:
        raise RequestError(f"the mail has more than {MOST_LETTERS} letters; paste the request alone")
    name, address = parseaddr(_header(message, "Reply-To") or _header(message, "From"))
    if "@" not in address:
        name, address = parseaddr(_header(message, "From"))
    day, where = _arrival(message)
    yield {
        "name": _line(name)[:200],
        "address": _line(address)[:400],
        "subject": _line(_header(message, "Subject"))[:200],
        "letter": letter,
        "received_on": day,
        "from_where": where,
        "message_id": _line(_header(message, "Message-ID"))[:200],
        "remarks": remarks,
    }


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except Exception:  # the standard library raises many kinds for headers that were made to break it
        return ""


def _line(text: str) -> str:
    """The text on one line: no break, no control sign, no sign that turns the direction of others."""
    return " ".join("".join(" " if unicodedata.category(s) in ("Cc", "Cf", "Zl", "Zp") else s for s in text).split())


def _arrival(message: EmailMessage) -> tuple[str, str]:
    """The day of arrival: what the last server on the way wrote, or else what the sender wrote."""
    for line in message.get_all("Received", [])[:1]:  # each server puts its own line on top
        if day := _day(str(line).rpartition(";")[2]):
            return day, "the line that our own mail server wrote"
    if day := _day(_header(message, "Date")):
        return day, "the sender's own date, because no server's line can be read"
    return "", ""


def _day(text: str) -> str:
    try:
        moment = parsedate_to_datetime(text.strip())
        day = local_date(moment, "date") if moment.tzinfo else moment.date()
        return day.isoformat() if day >= IN_FORCE else ""
    except (ValueError, TypeError, IndexError, OverflowError, ClearcountError):
        return ""


def _letter(message: EmailMessage, remarks: list[str]) -> str:
    leaves = _leaves(message)
    files = sum(map(_is_file, leaves))
    if files:
        remarks.append(f"Attachments that were not opened: {files}. Look whether the request is in one.")
    plain = [leaf for leaf in leaves if leaf.get_content_type() == "text/plain" and not _is_file(leaf)]
    words = "\n\n".join(filter(None, (_content(leaf).strip() for leaf in plain)))
    if words:
        return _clean(words)
    html = [leaf for leaf in leaves if leaf.get_content_type() == "text/html" and not _is_file(leaf)]
    words = "\n\n".join(filter(None, (_words_of_html(_content(leaf)) for leaf in html)))
    if words:
        remarks.append("The mail is formatted only. Its words were taken out: compare them with the mail.")
    return _clean(words)


def _leaves(message: EmailMessage) -> list[EmailMessage]:
    """The parts that hold content, mails within the mail left closed. Walks a list, so no nesting is too deep."""
    found: list[EmailMessage] = []
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if len(found) + len(waiting) >= MOST_PARTS:
            raise RequestError(f"the mail has more than {MOST_PARTS} parts; paste its words")
        if part.get_content_maintype() == "multipart" and isinstance(part.get_payload(), list):
            waiting += [each for each in reversed(list(part.iter_parts())) if isinstance(each, EmailMessage)]
        else:
            found.append(part)
    return found


def _is_file(part: EmailMessage) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_content_maintype() == "message"


def _content(part: EmailMessage) -> str:
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError, ValueError, KeyError):
        payload = part.get_payload(decode=True)
        return payload.decode("cp1252", "replace") if isinstance(payload, bytes) else ""


def _clean(text: str) -> str:
    """The text with plain line ends and without signs that print nothing but change what is read."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        sign for sign in lines if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co")
    ).strip()


def _words_of_html(page: str) -> str:
    """The words that a reader of the page sees, a line for each block; what is not shown is left out."""
    parser = HTMLParser(no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        root = document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except (LxmlError, ValueError):
        return ""
    if any("depth" in str(entry.message).lower() for entry in parser.error_log):
        raise RequestError("the mail's formatting is nested too deep to be read whole; paste its words")
    pieces: list[str] = []
    unread = 0
    for event, element in iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        begins = event == "start"
        unread += (1 if begins else -1) if tag in _UNREAD else 0
        if tag in _BLOCKS and not unread:
            pieces.append("\n\n" if tag == "p" else "\n")
        if begins and not unread:
            pieces += ["• "] if tag == "li" else []
            pieces.append(_SPACES.sub(" ", element.text or ""))
        elif not begins and not unread:
            pieces.append(_SPACES.sub(" ", element.tail or ""))
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(pieces))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]{2,}", " ", text)).strip()
