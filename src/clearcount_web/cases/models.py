"""Cases as the staff database keeps them. What happened is in the audit's events; these rows say how things are.

Who asked is in a table of its own: nothing that an analyst or a reader opens is joined with it.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from clearcount_web.cases.models_around import Complaint, DepartmentTask, Letter, Regular

__all__ = ["Answer", "Applicant", "Case", "Complaint", "Contribution", "DepartmentTask", "Letter", "Part", "Pause",
           "Regular", "Review", "Run", "Worksheet"]  # fmt: skip
REFERENCE = RegexValidator(r"^[A-Z0-9][A-Z0-9/.-]{2,39}\Z", "Use capital letters, digits, and the signs / . and -")
EXEMPT = ("part", "withheld", "ncnd")
"""Outcomes that rest on an exemption of Part II of the Act."""


class Case(models.Model):
    """One request. `version` grows with each act, so that a page that is out of date changes nothing.

    `due` is the next day that the law or the Code sets, and `due_why` says where it comes from. `calendar` is the
    digest of the bank holidays that it was worked out with. A case that waits for the applicant has none.
    """

    class State(models.TextChoices):
        """Where a case stands. How each part ended is on the part."""

        RECEIVED = "received", "received"
        INVALID = "invalid", "not valid yet"
        TRIAGE = "triage", "being planned"
        CLARIFYING = "clarifying", "waiting for clarification"
        FEE_PENDING = "fee_pending", "waiting for a fee"
        SEARCHING = "searching", "being counted"
        DRAFTING = "drafting", "being drafted"
        REVIEW = "review", "waiting for approval"
        APPROVED = "approved", "approved, not sent"
        ISSUED = "issued", "answered"
        INTERNAL_REVIEW = "internal_review", "under internal review"
        ICO = "ico", "with the regulator"
        CLOSED = "closed", "closed"
        WITHDRAWN = "withdrawn", "withdrawn"
        LAPSED = "lapsed", "lapsed"

    class Channel(models.TextChoices):
        """How the request came."""

        FORM = "form", "the form on our site"
        EMAIL = "email", "e-mail"
        POST = "post", "post"
        OTHER = "other", "another way"

    reference = models.CharField(max_length=40, unique=True, validators=[REFERENCE])
    title = models.CharField(max_length=200)
    """What it is about, in words that may be printed; never who asked."""
    state = models.CharField(max_length=16, choices=State.choices, default=State.RECEIVED, db_index=True)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    received_on = models.DateField(db_index=True)
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)
    round = models.PositiveSmallIntegerField(default=1)
    """The answer that is worked on: 2 after the first was sent, and so on."""
    due = models.DateField(null=True, db_index=True)
    due_why = models.CharField(max_length=400, blank=True)
    calendar = models.CharField(max_length=64, blank=True)
    round_robin = models.BooleanField(default=False)
    issued_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    correction = models.CharField(max_length=300, blank=True)
    """Why the published answer is being corrected; empty while it is not."""
    keep_because = models.CharField(max_length=200, blank=True)
    """Why the identity is kept past its day."""
    inbox = models.CharField(max_length=16, null=True, unique=True)
    """What it was opened from, the public form's reference or a page's token, so that it becomes one case only."""
    plan = models.TextField(blank=True)
    """The request to count, as TOML."""
    run = models.ForeignKey("Run", null=True, on_delete=models.PROTECT, related_name="+")
    """The count that the answer rests on."""
    run_over = models.PositiveSmallIntegerField(null=True)
    """The newer count that was known when an older one was chosen, and why it was."""
    run_because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["due", "pk"]
        indexes: ClassVar = [models.Index(fields=["state", "due", "id"], name="open_cases_by_due_day")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    state__in=(
                        *("received", "invalid", "triage", "clarifying", "fee_pending", "searching", "drafting"),
                        *("review", "approved", "issued", "internal_review", "ico", "closed", "withdrawn", "lapsed"),
                    )
                ),
                name="a_case_is_in_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("closed", "withdrawn", "lapsed"), ended_on__isnull=False)
                | (~Q(state__in=("closed", "withdrawn", "lapsed")) & Q(ended_on__isnull=True)),
                name="an_ended_case_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Applicant(models.Model):
    """Who asked, and the letter as it came. Only FOI officers and decision makers open it; each look is an event."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="+")
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=400)
    letter = models.TextField()
    message_id = models.CharField(max_length=200, blank=True)
    deleted_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(deleted_on__isnull=True) | Q(name="", address="", letter=""),
                name="a_deleted_identity_is_empty",
            )
        ]


class Part(models.Model):
    """One question: as asked, how it was read, and how it ended."""

    class Held(models.TextChoices):
        """Whether the information is held."""

        YES = "yes", "held"
        NO = "no", "not held"
        PARTLY = "partly", "held in part"
        NCND = "ncnd", "neither confirmed nor denied"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    reading = models.TextField(blank=True)
    held = models.CharField(max_length=6, choices=Held.choices, blank=True)
    outcome = models.CharField(max_length=16, blank=True)
    exemption = models.CharField(max_length=4, blank=True)
    limb = models.CharField(max_length=40, blank=True)
    why = models.TextField(blank=True)
    """Why the exemption or the refusal applies."""
    interest_for = models.TextField(blank=True)
    interest_against = models.TextField(blank=True)
    log_address = models.CharField(max_length=300, blank=True)
    """Where it is published already (section 21)."""
    tables = models.CharField(max_length=100, blank=True)
    test_days = models.PositiveSmallIntegerField(null=True)
    """Further working days for the public interest test of this part."""
    test_limb = models.CharField(max_length=40, blank=True)
    """The exemption under that test."""
    test_told_on = models.DateField(null=True)
    """The day on which the applicant was told of that test (section 17(2)); from then the part has its own day."""
    due = models.DateField(null=True)
    """The part's own day, where it differs from the case's."""
    issued_on = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="one_part_a_number"),
            models.CheckConstraint(
                condition=Q(outcome__in=EXEMPT) & ~Q(exemption="") & ~Q(limb="")
                | ~Q(outcome__in=EXEMPT) & Q(exemption="", limb=""),
                name="an_exemption_stands_with_its_limb",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="not-held") | Q(held="no"), name="not_held_is_said_twice_or_never"
            ),
            models.CheckConstraint(
                condition=Q(outcome="ncnd", held="ncnd") | ~Q(outcome="ncnd") & ~Q(held="ncnd"),
                name="neither_confirmed_nor_denied_is_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True) | ~Q(outcome=""), name="an_answered_part_has_an_outcome"
            ),
        ]


class Run(models.Model):
    """One count of a case: what was asked of which snapshot, and what came of it. None is ever taken away."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="runs")
    number = models.PositiveSmallIntegerField()
    plan = models.TextField()
    snapshot = models.PositiveIntegerField(null=True)
    """The snapshot asked for, and then the one that was counted."""
    with_decisions = models.BooleanField(default=False)
    """Whether what readers decided about the hits is counted too."""
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    """The published count that it makes a new version of."""
    replaces_because = models.CharField(max_length=300, blank=True)
    job_id = models.BigIntegerField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=500, blank=True)
    """Why nothing was counted, in a sentence."""
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 of the bundle's release.json."""
    hits = models.PositiveIntegerField(null=True)
    """Records in which the words were found: what somebody would read."""
    doubts = models.JSONField(default=list)
    """The doubts that were open, as [id, words]; while there is one the bundle is a draft."""
    papers = models.CharField(max_length=300, blank=True)
    """The folder of its working papers, among them the reviewer's sheet; never part of a bundle."""

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="one_run_a_number"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, digest="", fault="")
                | Q(ended_at__isnull=False, digest="") & ~Q(fault="")
                | Q(ended_at__isnull=False, fault="") & ~Q(digest=""),
                name="a_run_ends_with_a_bundle_or_a_fault",
            ),
        ]


class Pause(models.Model):
    """A stretch in which the clock does not run: from a question or a fees notice to its answer or payment."""

    class Kind(models.TextChoices):
        """What is waited for."""

        CLARIFY = "clarify", "clarification"
        FEE = "fee", "fee"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="pauses")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    began_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["began_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("began_on")), name="a_pause_ends_after_it_began"
            ),
            models.UniqueConstraint(fields=["case"], condition=Q(ended_on__isnull=True), name="one_open_pause_a_case"),
        ]


class Review(models.Model):
    """An internal review: a new decision by somebody who made none of the answers before it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reviews")
    asked_on = models.DateField()
    answered_on = models.DateField(null=True)
    changed = models.BooleanField(null=True)
    """Whether its answer differs from the one under review."""

    class Meta:
        ordering: ClassVar = ["asked_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(answered_on__isnull=True), name="one_open_review_a_case"
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True, changed__isnull=True)
                | Q(answered_on__gte=F("asked_on"), changed__isnull=False),
                name="a_review_ends_with_a_decision",
            ),
        ]


class Contribution(models.Model):
    """Somebody worked on an answer of a case, so cannot be the one who approves or publishes it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="contributions")
    round = models.PositiveSmallIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "round", "user"], name="one_contribution_a_person")
        ]


class Answer(models.Model):
    """One answer as it was put forward. `seal` is the SHA-256 of all that it says; an approval is of that alone."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="answers")
    round = models.PositiveSmallIntegerField()
    seal = models.CharField(max_length=64)
    sealed = models.TextField(blank=True)
    """The very text that the seal is the SHA-256 of."""
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    void_because = models.CharField(max_length=200, blank=True)
    """Why it counts no more; a case has one answer that does."""
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    slug = models.SlugField(max_length=120, blank=True)
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="+")
    """The count that it rests on."""
    publish_fault = models.CharField(max_length=500, blank=True)
    """Why it could not be published, in a sentence."""
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawal_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(withdrawn_by__isnull=True) | Q(published_by__isnull=False),
                name="only_what_was_published_is_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(withdrawal_checked_by__isnull=True)
                | Q(withdrawn_by__isnull=False) & ~Q(withdrawal_checked_by=F("withdrawn_by")),
                name="a_withdrawal_is_checked_by_another",
            ),
            models.UniqueConstraint(
                fields=["case", "round"], condition=Q(void_because=""), name="one_answer_a_round_counts"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("prepared_by")),
                name="nobody_approves_what_they_prepared",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("prepared_by")),
                name="nobody_publishes_what_they_prepared",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | Q(approved_by__isnull=False),
                name="only_what_is_approved_is_published",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="an_approval_has_a_time",
            ),
        ]


class Worksheet(models.Model):
    """The estimate of section 12 for one case, and the sample that fits the limit."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="worksheet")
    records = models.PositiveIntegerField()
    """Records that somebody would read."""
    minutes = models.JSONField()
    """The minutes that each record of a timed sample took."""
    other_minutes = models.PositiveIntegerField(default=0)
    """Minutes for finding out whether it is held, locating and retrieving, together."""
    method = models.TextField()
    advice = models.TextField()
    """How the request could be narrowed (section 16)."""
    read = models.PositiveIntegerField(null=True)
    """Records of a random sample that were read, and how many of them were relevant."""
    found = models.PositiveIntegerField(null=True)
    interval = models.JSONField(null=True)
    """[estimate, lower, upper] of all records, where the reading room drew the sample by term; else none."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(read__isnull=True, found__isnull=True)
                | Q(found__isnull=False, read__gte=1, found__lte=F("read"), read__lte=F("records")),
                name="what_was_found_was_read",
            )
        ]
