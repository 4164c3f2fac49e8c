"""Did it help? How well somebody can do what they named as their goal, before and after."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bookings.models import ConsultationRequest, Service
from bookings.validators import validate_one_line
from plans.enums import Moment
from plans.models.plans import in_range


class FollowUp(models.Model):
    """After how many weeks the patients of a service are asked. Without a row nobody is."""

    service = models.OneToOneField(Service, on_delete=models.CASCADE, related_name="+")
    first_weeks = models.PositiveSmallIntegerField(_("weeks after the visit"), default=2)
    second_weeks = models.PositiveSmallIntegerField(_("and again after"), default=6)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=in_range("first_weeks", 1, 26)
                & Q(second_weeks__lte=26, second_weeks__gt=F("first_weeks")),
                name="follow_up_weeks",
                violation_error_message=_("1 to 26 weeks, the second after the first."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.service_id}"


class Outcome(models.Model):
    """One question and its answer: the Patient-Specific Functional Scale on the patient's own goal.

    `ability`: 0 is "cannot do it", 10 "as well as ever". `asked_at` and `answered_at` are UTC; the goal is
    kept in the words that the question had.
    """

    request = models.ForeignKey(
        ConsultationRequest, on_delete=models.CASCADE, related_name="outcomes"
    )
    moment = models.CharField(_("when"), max_length=12, choices=Moment)
    goal = models.CharField(_("goal"), max_length=100, blank=True)
    ability = models.PositiveSmallIntegerField(_("how well, 0 to 10"), null=True, blank=True)
    pain = models.PositiveSmallIntegerField(_("pain, 0 to 10"), null=True, blank=True)
    line = models.CharField(
        _("in a sentence"), max_length=200, blank=True, validators=[validate_one_line]
    )
    asked_at = models.DateTimeField(_("asked"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        verbose_name = _("answer about a goal")
        verbose_name_plural = _("answers about goals")
        indexes = [models.Index(fields=["asked_at"], name="outcome_asked")]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "moment"],
                name="outcome_once_a_moment",
                violation_error_message=_("This was asked already."),
            ),
            models.CheckConstraint(
                condition=Q(ability__isnull=True) | in_range("ability", 0, 10),
                name="outcome_ability_0_to_10",
                violation_error_message=_("Choose a number from 0 to 10."),
            ),
            models.CheckConstraint(
                condition=Q(pain__isnull=True) | in_range("pain", 0, 10),
                name="outcome_pain_0_to_10",
                violation_error_message=_("Choose a number from 0 to 10."),
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=False)
                | Q(ability__isnull=True, pain__isnull=True, line=""),
                name="outcome_answer_has_its_time",
                violation_error_message=_("An answer was given at a time."),
            ),
            models.CheckConstraint(
                condition=Q(moment__in=list(Moment)),
                name="outcome_moment_known",
                violation_error_message=_("Unknown moment."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.moment}"
