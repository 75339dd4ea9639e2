"""The word index of published releases: FTS5 on SQLite, tsvector on PostgreSQL. Both come with the database.

A search finds releases that hold every word, by its stem or as the start of a word. PostgreSQL's English dictionary
drops words such as "it" and "about"; there every word is indexed, and looked for, as it stands as well.
"""

from __future__ import annotations

import re
from typing import Any

from django.db import connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from clearcount_web.disclosure_log.models import Release
from clearcount_web.platform.databases import PUBLIC

_WORD = re.compile(r"\w+")
_MOST_WORDS = 12

CREATE = {
    "sqlite": [
        "CREATE VIRTUAL TABLE disclosure_log_words USING fts5(words, tokenize = 'porter unicode61 remove_diacritics 2')"
    ],
    "postgresql": [
        "CREATE TABLE disclosure_log_words (rowid bigint PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX disclosure_log_words_gin ON disclosure_log_words USING gin (words)",
    ],
}
_INSERT = {
    "sqlite": "INSERT INTO disclosure_log_words (rowid, words) VALUES (%s, %s)",
    "postgresql": "INSERT INTO disclosure_log_words (rowid, words) "
    "SELECT %s, to_tsvector('english', given) || to_tsvector('simple', given) FROM (SELECT %s AS given) AS one",
}
_MATCH = {
    "sqlite": "SELECT rowid FROM disclosure_log_words WHERE disclosure_log_words MATCH %s",
    "postgresql": "SELECT rowid FROM disclosure_log_words WHERE words @@ ({})",
}
_WORD_ASKED = "(to_tsquery('english', %s) || to_tsquery('simple', %s))"
_NEAREST = {
    "sqlite": "SELECT rowid FROM disclosure_log_words WHERE disclosure_log_words MATCH %s ORDER BY rank LIMIT %s",
    "postgresql": "SELECT rowid FROM disclosure_log_words, to_tsquery('english', %s) AS asked "
    "WHERE words @@ asked ORDER BY ts_rank(words, asked) DESC LIMIT %s",
}
# Words of nearly every request: they say nothing about what is asked.
_COMMON_WORDS = """
please could would like know information request freedom under provide number police force forces from since
each with that this have been your which were what when where many much give tell year years month months data
records recorded offence offences total between including following about there their they them
"""
COMMON = frozenset(_COMMON_WORDS.split())
"""Those words, in small letters."""


def index(release: Release, words: str) -> None:
    """Put the words of a release into the index, in place of those it had."""
    connection = connections[PUBLIC]
    words = " ".join(_WORD.findall(words))  # PostgreSQL would take a reference such as 01/FIN/25 for a path, whole
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM disclosure_log_words WHERE rowid = %s", [release.pk])
        cursor.execute(_INSERT[connection.vendor], [release.pk, words])


def forget(release: Release) -> None:
    """Take a release out of the index."""
    with connections[PUBLIC].cursor() as cursor:
        cursor.execute("DELETE FROM disclosure_log_words WHERE rowid = %s", [release.pk])


def holding(releases: QuerySet[Release], text: str) -> QuerySet[Release]:
    """Return those of `releases` that hold every word of `text`; all of them when it has no word."""
    words = _WORD.findall(text)[:_MOST_WORDS]
    if not words:
        return releases
    if connections[PUBLIC].vendor == "sqlite":
        sql, values = _MATCH["sqlite"], [" AND ".join(f'"{word}"*' for word in words)]
    else:
        sql = _MATCH["postgresql"].format(" && ".join([_WORD_ASKED] * len(words)))
        values = [f"{word}:*" for word in words for _dictionary in range(2)]
    found: Any = RawSQL(sql, values)  # noqa: S611 - fixed SQL; the words are parameters
    return releases.filter(pk__in=found)


def nearest(text: str, *, most: int) -> list[Release]:
    """Return up to `most` published releases that share telling words with `text`, the best match first."""
    words = [word for word in dict.fromkeys(_WORD.findall(text.lower())) if len(word) > 3 and word not in COMMON]
    words += list(dict.fromkeys(re.findall(r"\b[A-Z]{2,3}\b", text)))
    if not words:
        return []
    connection = connections[PUBLIC]
    words = words[:40]
    query = " OR ".join(f'"{w}"' for w in words) if connection.vendor == "sqlite" else " | ".join(words)
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST[connection.vendor], [query, most])
        keys = [key for (key,) in cursor.fetchall()]
    found = Release.objects.filter(withdrawn_at__isnull=True).in_bulk(keys)
    return [found[key] for key in keys if key in found]
