"""Marks of a report: keyed digests of ways of contact and account names, so that equal ones meet unread.

The digest key is made from the duty key, so nothing but an unlocked duty key makes or tries one. The oldest key of the
key file is taken: a rotation keeps it, so marks made before and after one still meet.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from nacl.public import PrivateKey

from clearcount_web.platform.databases import STAFF
from clearcount_web.reporting.answers import ReportAnswers
from clearcount_web.triage.models import Mark

VERSION = "1"
_SHORTEST = 3
_LONGEST = 4
"""The fewest signs and the most words of a name."""
_HANDLE = re.compile(r"@[\w.\-]{2,}|(?=[\w.\-]*[\d_.\-])[\w.\-]{4,}")
"""What reads as an account name within a line: it begins with @, or holds a digit, underscore, dot or dash."""
_NUMBER = re.compile(r"(?:\+|00)?\d[\d\s().\-]{5,}\d")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_E_MAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+")
_SAYS_NOTHING = frozenset(
    " ".join(
        (
            "a account accounts an and anonymous app are blocked boy can cannot can't chat deleted different do",
            "don't dont e-mail email facebook fake friend from girl has have he her him his i idk insta instagram",
            "is it kik know made man many me messenger my n/a na name names no nobody none not nothing number of",
            "on phone person private profile random remember roblox said same say several she signal skype sms",
            "snap snapchat some somebody someone stranger sure telegram text the their them they tiktok to",
            "twitter unknown use used user username want was were whatsapp woman yes",
        )
    ).split()
)
"""Words that name no account; a line of these alone would tie reports together that share nothing."""


@dataclass(frozen=True)
class Digester:
    """Makes digests under a key that lives in memory only; `stamp` tells marks of other keys and versions apart."""

    key: bytes
    stamp: str

    def digest(self, kind: str, words: str) -> str:
        """Return the digest of plain words: 64 hexadecimal digits."""
        told = f"{kind}\0{words}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(told, key=self.key, digest_size=32).hexdigest()


def digester(keys: tuple[PrivateKey, ...]) -> Digester:
    """Return the digester of an unlocked key file, whose keys stand newest first."""
    key = hashlib.blake2b(bytes(keys[-1]), digest_size=32, person=b"clearcount marks").digest()
    return Digester(key, f"{VERSION}:{hashlib.blake2b(key, digest_size=16).hexdigest()}")


def marks_of(answers: ReportAnswers, digests: Digester) -> frozenset[tuple[str, str]]:
    """Return the marks of a report as kind and digest, each once."""
    contacts, accounts = set(contacts_of(answers)), set(accounts_of(answers))
    return frozenset(
        {(Mark.Kind.CONTACT.value, digests.digest("contact", words)) for words in contacts}
        | {(Mark.Kind.ACCOUNT.value, digests.digest("account", words)) for words in accounts}
    )


def contacts_of(answers: ReportAnswers) -> Iterator[str]:
    """Yield the ways to reach the person who reports, in one writing each."""
    if answers.phone and (number := number_in_one_writing(answers.phone)):
        yield number
    if answers.email:
        yield from (plain(found).rstrip(".") for found in _E_MAIL.findall(answers.email))
    if answers.post and len(words := re.sub(r"[\W_]+", "", plain(answers.post))) >= 10:
        yield words


def accounts_of(answers: ReportAnswers) -> Iterator[str]:
    """Yield the account names, numbers and profile links that a report gives of others, in one writing each."""
    for line in re.split(r"[\n\r,;|]+", answers.names or ""):
        yield from _accounts_in(line)
    for address in re.split(r"[\s,;]+", answers.links or ""):
        if words := _profile(address):
            yield words


def _accounts_in(line: str) -> Iterator[str]:
    rest = line
    for pattern, one_writing in ((_ADDRESS, _profile), (_E_MAIL, plain), (_NUMBER, number_in_one_writing)):
        for found in pattern.findall(rest):
            if words := one_writing(found):
                yield words
        rest = pattern.sub(" ", rest)
    words = _bare(plain(rest))
    if rest == line and _names_somebody(words):
        yield words
    for found in _HANDLE.findall(plain(rest)):
        if _names_somebody(handle := _bare(found)) and handle != words:
            yield handle


def _names_somebody(words: str) -> bool:
    """Whether words may be a name: not too short, no sentence, and not made of words that name nobody."""
    parts = [part.replace("’", "'") for part in re.split(r"[\s:]+", words)]
    return len(words) >= _SHORTEST and len(parts) <= _LONGEST and not set(parts) <= _SAYS_NOTHING


def plain(words: str) -> str:
    """Return words in one writing: compatibility forms, no case, single spaces, nothing invisible."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", words).casefold())
    seen = "".join(sign for sign in folded if unicodedata.category(sign) not in ("Cf", "Cc") or sign.isspace())
    return " ".join(seen.split())


def _bare(words: str) -> str:
    """Return a name without the @ before it and the signs around it."""
    return words.strip(" .,:;!?'\"()[]<>@-")


def _profile(address: str) -> str:
    """Return the last part of a profile's address, which is most often the account name; "" when there is none."""
    path = re.sub(r"[?#].*$", "", re.sub(r"^(?:https?://)?(?:www\.)?", "", plain(address))).strip("/")
    last = _bare(path.rpartition("/")[2])
    return last if "/" in path and _names_somebody(last) else ""


def number_in_one_writing(words: str) -> str:
    """Return a telephone number as digits, those of the United Kingdom without their prefix; "" for too few.

    `+44 7700 900123`, `0044 7700 900123` and `07700 900123` are one number.
    """
    told = unicodedata.normalize("NFKC", words)
    digits = "".join(str(unicodedata.digit(sign)) for sign in told if sign.isdigit())
    if told.strip().startswith("+") or digits.startswith("00"):
        digits = digits.removeprefix("00")
        digits = digits.removeprefix("44").removeprefix("0") if digits.startswith("44") else digits
    elif digits.startswith("0"):
        digits = digits[1:]
    elif digits.startswith("44") and len(digits) == 12:
        digits = digits[2:]
    return digits if len(digits) >= 6 else ""


def likeness(answers: ReportAnswers) -> str:
    """Return a keyed hash of the story without case and spaces; "" for a story too short to tell reports apart."""
    story = "".join((answers.story or "").casefold().split())
    if len(story) < 40:
        return ""
    key = hashlib.blake2b(settings.AUDIT_KEYS[STAFF].encode(), digest_size=32).digest()
    return hashlib.blake2b(story.encode("utf-8", "surrogatepass"), key=key, digest_size=32).hexdigest()
