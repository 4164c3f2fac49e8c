"""What a practitioner and a patient agreed that the patient does at home."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bookings.enums import ActorKind
from bookings.models import Appointment, ConsultationRequest, Resource
from bookings.validators import validate_one_line
from plans.enums import PlanStatus, PlanVerb, WhichSide

EVERY_DAY = 0b1111111
LONGEST_WEEKS = 26


def in_range(name: str, low: int, high: int) -> Q:
    return Q(**{f"{name}__gte": low, f"{name}__lte": high})


class Plan(models.Model):
    """A plan to take home. It belongs to a request, and goes with it when the person is erased.

    `starts` and `until` are the first and the last local day. `guide` is the id of the page whose "get
    help" stands on the plan. `remind_hour`: the local hour at which the patient wants a mail on the days
    of the plan; `reminded_on`: the last such day.
    """

    # So that nothing of a patient stands in Wagtail's index of what refers to what.
    wagtail_reference_index_ignore = True

    request = models.ForeignKey(ConsultationRequest, on_delete=models.CASCADE, related_name="plans")
    visit = models.ForeignKey(
        Appointment, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    practitioner = models.ForeignKey(
        Resource, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    guide = models.PositiveBigIntegerField(null=True, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=PlanStatus)
    version = models.PositiveIntegerField(default=1)
    locale = models.CharField(_("language"), max_length=12)
    starts = models.DateField(_("first day"))
    until = models.DateField(_("last day"))
    remind_hour = models.PositiveSmallIntegerField(_("reminder at"), null=True, blank=True)
    reminded_on = models.DateField(_("last reminder"), null=True, blank=True)
    made_at = models.DateTimeField(_("begun"))
    sent_at = models.DateTimeField(_("given to the patient"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        indexes = [
            models.Index(
                fields=["remind_hour"],
                condition=Q(remind_hour__isnull=False),
                name="plan_reminders",
            ),
            models.Index(fields=["status", "until"], name="plan_status_until"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=list(PlanStatus)),
                name="plan_status_known",
                violation_error_message=_("Unknown status."),
            ),
            models.CheckConstraint(
                condition=Q(until__gte=F("starts")),
                name="plan_ends_after_it_starts",
                violation_error_message=_("The last day must not be before the first."),
            ),
            models.CheckConstraint(
                condition=Q(status=PlanStatus.DRAFT, sent_at__isnull=True)
                | ~Q(status=PlanStatus.DRAFT) & Q(sent_at__isnull=False),
                name="plan_sent_has_its_time",
                violation_error_message=_("A plan that the patient has was given at a time."),
            ),
            models.CheckConstraint(
                condition=Q(remind_hour__isnull=True) | in_range("remind_hour", 0, 23),
                name="plan_reminder_is_an_hour",
                violation_error_message=_("Choose one of the hours."),
            ),
            *(
                models.UniqueConstraint(
                    fields=["request"],
                    condition=Q(status=status),
                    name=f"plan_one_{status.value}_a_request",
                    violation_error_message=_("There is such a plan already."),
                )
                for status in (PlanStatus.DRAFT, PlanStatus.SENT)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.pk}"

    @property
    def is_draft(self) -> bool:
        return self.status == PlanStatus.DRAFT

    @property
    def is_running(self) -> bool:
        return self.status == PlanStatus.SENT


class PlanExercise(models.Model):
    """One exercise of a plan: its words and drawing as they were agreed, and how much of it.

    `words` is the snapshot (`plans.library.snapshot`), `fingerprint` that of the text it was made of, `key`
    and `revision` name the exercise of the library. `weekdays` is a sum of bits, Monday's being 1.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="exercises")
    order = models.PositiveSmallIntegerField(_("place"))
    key = models.SlugField(_("exercise"))
    revision = models.PositiveBigIntegerField(null=True, blank=True)
    fingerprint = models.CharField(max_length=64)
    words: models.JSONField[Any, Any] = models.JSONField(_("words"))
    sets = models.PositiveSmallIntegerField(_("rounds"), default=1)
    reps = models.PositiveSmallIntegerField(_("repeats"), default=1)
    hold = models.PositiveSmallIntegerField(_("hold, in seconds"), default=0)
    side = models.CharField(_("side"), max_length=8, choices=WhichSide)
    weekdays = models.PositiveSmallIntegerField(_("days"), default=EVERY_DAY)
    line = models.CharField(
        _("for the patient"), max_length=160, blank=True, validators=[validate_one_line]
    )

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("exercise of a plan")
        verbose_name_plural = _("exercises of plans")
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "key"],
                name="plan_exercise_once",
                violation_error_message=_("The plan has this exercise already."),
            ),
            models.CheckConstraint(
                condition=in_range("sets", 1, 10) & in_range("reps", 1, 50) & Q(hold__lte=300),
                name="plan_exercise_dose",
                violation_error_message=_(
                    "1 to 10 rounds of 1 to 50 repeats, held for at most 300 seconds."
                ),
            ),
            models.CheckConstraint(
                condition=in_range("weekdays", 1, EVERY_DAY),
                name="plan_exercise_has_days",
                violation_error_message=_("Choose at least one day."),
            ),
            models.CheckConstraint(
                condition=Q(side__in=list(WhichSide)),
                name="plan_exercise_side_known",
                violation_error_message=_("Choose one of the sides."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.key}"

    @property
    def days(self) -> list[int]:
        """The weekdays, with Monday as 0."""
        return [day for day in range(7) if self.weekdays & 1 << day]

    def is_on(self, day: date) -> bool:
        return bool(self.weekdays & 1 << day.weekday())


class PlanEvent(models.Model):
    """One thing that happened to a plan. Append-only."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="events")
    verb = models.CharField(max_length=24, choices=PlanVerb)
    actor_kind = models.CharField(max_length=8, choices=ActorKind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.verb}"


class PlanTemplate(models.Model):
    """Exercises with their doses under a name, as one practitioner saved them. Nothing of a patient.

    `exercises` is a list of {key, sets, reps, hold, side, weekdays}; their words come from the library
    when the template is used.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="plan_templates"
    )
    name = models.CharField(_("name"), max_length=60, validators=[validate_one_line])
    exercises: models.JSONField[Any, Any] = models.JSONField(default=list)
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("template of plans")
        verbose_name_plural = _("templates of plans")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                name="plan_template_name_once",
                violation_error_message=_("You have a template of that name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name
