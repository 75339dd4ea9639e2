"""Fills both databases with what is not for the public, each text with a token of its own, and finds tokens again.

Run as a program with the staff door's settings it writes two rows of every model that there is, also of one that is
added later, and prints `{token: where it stands}` as JSON.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import itertools
import json
import re
import uuid
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

PREFIX = "zq7vkxw"
TOKEN_LENGTH = len(PREFIX) + 3
UUID_PREFIX = "7a71c0de7a71"
NETWORK = "203.0.113."
TOO_SHORT = frozenset(
    {
        "occurrences.Offence.code",
        "occurrences.Person.danger",
        "occurrences.Person.age_group",
        "occurrences.Person.about",
        "cases.Part.exemption",
        "review.Card.month",
        "triage.Report.age_group",
        "triage.WeekCount.about",
    }
)
"""Texts of record that hold fewer characters than a token."""
FITTING = {
    "cases.Applicant": ({}, {"deleted_on": None}),
    "cases.Case": ({"state": "triage"}, {"state": "closed"}),
    "cases.Complaint": ({"decision": ""}, {"decision": "upheld"}),
    "cases.Contribution": ({"round": 30_000}, {"round": 30_000}),
    "cases.DepartmentTask": ({"kind": "referral", "answer": ""}, {"kind": "department", "dropped_because": ""}),
    "cases.Worksheet": ({}, {"records": 9000, "read": 10, "found": 5}),
    "cases.Regular": ({"every_months": 3}, {"every_months": 12}),
    "cases.Run": ({"digest": "", "fault": ""}, {"fault": ""}),
    "records.Intake": ({}, {"state": "imported"}),
    "records.Recount": ({"settled": ""}, {}),
    "cases.Part": ({"outcome": "withheld", "held": "yes"}, {"outcome": "part", "held": "partly"}),
}
"""Values without which the constraints of the database refuse the two rows of a model, by its name."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def token_of(number: int) -> str:
    """The token of that number: letters and digits only, so that no page writes it in another way."""
    first, rest = divmod(number, 36 * 36)
    return PREFIX + _DIGITS[first] + _DIGITS[rest // 36] + _DIGITS[rest % 36]


def _patterns() -> Iterator[str]:
    token = rf"{PREFIX}\w{{0,3}}"
    yield token
    yield PREFIX.encode().hex()
    yield rf"{UUID_PREFIX[:8]}-?{UUID_PREFIX[8:]}[\w-]*"
    yield re.escape(NETWORK) + r"\d+"
    for shift in range(3):  # within base64 the token stands at one of three places
        text = base64.b64encode(b"x" * shift + PREFIX.encode()).decode().rstrip("=")
        yield text[(0, 2, 3)[shift] : -1]


_ANY = re.compile("|".join(_patterns()).encode(), re.IGNORECASE)


def tokens_in(content: bytes) -> set[str]:
    """Every token in it, plain, in hexadecimal or in base64; gzip and ZIP (XLSX, ODS) are unpacked first."""
    found = {match.decode().lower() for match in _ANY.findall(content)}
    if content[:2] == b"\x1f\x8b":
        found |= tokens_in(gzip.decompress(content))
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                found |= tokens_in(name.encode()) | tokens_in(packed.read(name))
    return found


class Planter:
    """Writes the rows."""

    def __init__(self) -> None:
        self.places: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self._rows: dict[tuple[Any, str, int], Any] = {}
        self._begun: set[tuple[Any, str, int]] = set()

    def plant(self) -> dict[str, str]:
        """Two rows of every model in every database that keeps it; returns token -> where it stands."""
        from django.apps import apps
        from django.db import connections, router

        from clearcount_web.disclosure_log import search
        from clearcount_web.disclosure_log.actions import seal
        from clearcount_web.disclosure_log.models import File, Release

        for model in apps.get_models(include_auto_created=True):
            for alias in connections:
                if router.allow_migrate_model(alias, model):
                    for variant in (0, 1):
                        self.row(model, alias, variant)
                    assert model._base_manager.using(alias).count() >= 2, model
        for file in File.objects.all():  # the digest that its content has, or it would not be shown in any case
            File.objects.filter(pk=file.pk).update(sha256=hashlib.sha256(bytes(file.content)).hexdigest())
        for release in Release.objects.filter(withdrawn_at__isnull=False):
            seal(release)  # or their pages would say that they cannot be shown
            search.index(release, self.token(f"words of release {release.slug}"))  # as if it had not been forgotten
        return self.places

    def token(self, place: str) -> str:
        """The next token, noted as standing at `place`."""
        token = token_of(next(self._numbers))
        self.places[token] = place
        return token

    def row(self, model: Any, alias: str, variant: int) -> Any:
        """The row of that model; in the second (variant 1) all that may be empty is filled and booleans are true."""
        from clearcount_web.disclosure_log.models import Release

        key = (model, alias, variant)
        if key not in self._rows:
            self._begun.add(key)
            values = {
                field.name: self.value(field, alias, variant)
                for field in model._meta.concrete_fields
                if not field.get_internal_type().endswith("AutoField")
            }
            if model is Release:  # published rows are for the public; these are not
                values["withdrawn_at"] = values["updated_at"]
                values["withdrawal_reason"] = self.token(f"{alias} {model._meta.label}.withdrawal_reason")
            values |= FITTING.get(model._meta.label, ({}, {}))[variant]
            if model._meta.label == "cases.Answer":  # nobody approves what they prepared, or checks what they took down
                other = self.row(model._meta.get_field("prepared_by").related_model, alias, 0)
                values |= {"prepared_by": other, "withdrawn_by": other if variant else None}
            if model._meta.label == "cases.DepartmentTask" and variant:  # nor what they answered for a department
                values["answered_by"] = self.row(model._meta.get_field("answered_by").related_model, alias, 0)
            row = model(**values)
            row.save(using=alias, force_insert=True)
            self._rows[key] = row
        return self._rows[key]

    def value(self, field: Any, alias: str, variant: int) -> Any:
        """What a field of the row holds."""
        place = f"{alias} {field.model._meta.label}.{field.name}"
        kind = field.get_internal_type()
        if field.is_relation:
            wanted = (field.related_model, alias, 0 if field.related_model is field.model else variant)
            if field.null and (not variant or (wanted in self._begun and wanted not in self._rows)):
                return None  # of two rows that name each other, the first is written without
            return self.row(*wanted)
        if field.null and not variant:
            return None
        if field.choices:
            return list(field.choices)[-variant][0]
        if kind == "BooleanField":
            return bool(variant)
        if kind in {"DateField", "DateTimeField"}:
            at = datetime(2024, 2, 3, tzinfo=UTC)
            return at if kind == "DateTimeField" else at.date()
        if kind.endswith("IntegerField"):
            return 7000 + next(self._numbers)
        if kind == "FloatField":
            return 0.5
        if kind == "UUIDField":
            return uuid.UUID(f"{UUID_PREFIX}4c0d8000{next(self._numbers):012d}")
        if kind == "GenericIPAddressField":
            return f"{NETWORK}{1 + variant}"
        if place.partition(" ")[2] in TOO_SHORT:
            return "000/00"
        token = self.token(place)
        if kind == "BinaryField":
            return token.encode()
        if kind == "JSONField":
            return [{"planted": token}]
        assert kind in {"CharField", "TextField", "SlugField"}, f"{place} is a {kind}: say here what it can hold"
        assert field.max_length is None or field.max_length >= TOKEN_LENGTH, f"{place} is too short for a token"
        return token


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(Planter().plant()))
