"""What surrounds a case: departments, complaints, letters, regular publication. None of it says who asked."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Complaint(models.Model):
    """A complaint to the regulator, from the day we heard of it to the day of the decision."""

    class Decision(models.TextChoices):
        """How the regulator decided."""

        UPHELD = "upheld", "complaint upheld"
        PARTLY = "partly", "complaint upheld in part"
        NOT_UPHELD = "not_upheld", "complaint not upheld"
        SETTLED = "settled", "settled without a decision"

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="complaints")
    began_on = models.DateField()
    ended_on = models.DateField(null=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    steps_due = models.DateField(null=True)
    """The day by which the decision notice orders a fresh answer; none where it orders nothing."""
    answered_on = models.DateField(null=True)
    """The day on which the fresh answer was sent."""

    class Meta:
        ordering: ClassVar = ["began_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_on__isnull=True), name="one_open_complaint_a_case"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, decision="", steps_due__isnull=True, answered_on__isnull=True)
                | Q(ended_on__isnull=False, ended_on__gte=F("began_on")) & ~Q(decision=""),
                name="a_complaint_ends_with_a_decision",
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True) | Q(steps_due__isnull=False),
                name="only_what_was_ordered_is_answered_afresh",
            ),
        ]


class DepartmentTask(models.Model):
    """What a department, or the national unit, is asked for a case, with its day and its answer. It names nobody."""

    class Kind(models.TextChoices):
        """Whom it goes to."""

        DEPARTMENT = "department", "department"
        REFERRAL = "referral", "national unit"

    class Held(models.TextChoices):
        """What a department says of the information; to neither confirm nor deny is not for it to say."""

        YES = "yes", "we hold it"
        PARTLY = "partly", "we hold a part of it"
        NO = "no", "we do not hold it"

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="tasks")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    """Who answers for the department; nobody of ours for the national unit."""
    asks = models.TextField()
    due_on = models.DateField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField()
    chased = models.PositiveSmallIntegerField(default=0)
    """How many times it was asked for again, and when for the last time."""
    chased_on = models.DateField(null=True)
    held = models.CharField(max_length=6, choices=Held.choices, blank=True)
    answer = models.TextField(blank=True)
    searched = models.TextField(blank=True)
    """Where and how it was looked for."""
    minutes = models.PositiveIntegerField(null=True)
    answered_on = models.DateField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    dropped_because = models.CharField(max_length=200, blank=True)
    """Why no answer is waited for any more."""

    class Meta:
        ordering: ClassVar = ["number"]
        indexes: ClassVar = [models.Index(fields=["to", "answered_on", "due_on"], name="tasks_of_a_department")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="one_task_a_number"),
            models.CheckConstraint(
                condition=Q(kind="department", to__isnull=False) | Q(kind="referral", to__isnull=True),
                name="a_department_answers_through_somebody",
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True, answered_by__isnull=True, answer="")
                | Q(answered_on__isnull=False, answered_by__isnull=False, dropped_because="") & ~Q(answer=""),
                name="an_answered_task_says_what_when_and_who",
            ),
        ]


class Letter(models.Model):
    """One letter as it was made. Its words say `[[applicant]]` where the name belongs: who asked is not in it."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="letters")
    number = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16)
    own_words = models.TextField(blank=True)
    paragraphs = models.JSONField()
    """[words, legal basis] of each paragraph."""
    templates = models.CharField(max_length=80)
    """Version and SHA-256 of the templates."""
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    sent_on = models.DateField(null=True)
    sent_how = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="one_letter_a_number"),
            models.CheckConstraint(
                condition=Q(sent_on__isnull=True) | ~Q(sent_how=""), name="a_letter_was_sent_in_some_way"
            ),
        ]


class Regular(models.Model):
    """An answer that is published again and again: how often, and when the next version is due."""

    case = models.OneToOneField("cases.Case", on_delete=models.CASCADE, primary_key=True, related_name="regular")
    every_months = models.PositiveSmallIntegerField()
    next_on = models.DateField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_on = models.DateField()

    class Meta:
        ordering: ClassVar = ["next_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(every_months__gte=1, every_months__lte=24), name="regular_is_every_1_to_24_months"
            )
        ]
