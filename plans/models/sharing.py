"""What a patient shares of their own days, and that they agreed to it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plans.models.plans import Plan, in_range


class ShareConsent(models.Model):
    """That the patient agreed to share, in which words, and when they took it back (UTC)."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="share_consents")
    text = models.TextField(_("agreed to"))
    given_at = models.DateTimeField(_("agreed"))
    taken_back_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(taken_back_at__isnull=True),
                name="plan_shared_once",
                violation_error_message=_("The days are shared already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.pk}"


class SharedDay(models.Model):
    """A local day on which the patient did the plan, and how much it hurt, if they said.

    It hangs on the consent: whoever takes that back deletes these rows.
    """

    consent = models.ForeignKey(ShareConsent, on_delete=models.CASCADE, related_name="days")
    day = models.DateField(_("day"))
    discomfort = models.PositiveSmallIntegerField(_("discomfort, 0 to 10"), null=True, blank=True)
    shared_at = models.DateTimeField(_("shared"))

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["consent", "day"],
                name="shared_day_once",
                violation_error_message=_("This day is shared already."),
            ),
            models.CheckConstraint(
                condition=Q(discomfort__isnull=True) | in_range("discomfort", 0, 10),
                name="shared_day_from_0_to_10",
                violation_error_message=_("Choose a number from 0 to 10."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consent_id}/{self.day}"
