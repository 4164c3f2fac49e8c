"""The waiting list."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from bookings.models.requests import ConsultationRequest


class WaitingListEntry(models.Model):
    """When a patient on the waiting list can come, and until when they wait.

    Only valid while the request's status is `waitlisted`. Parts of the day are in the request's
    preferences. `weekdays` are numbers with Monday as 0; an empty list means any. `until` is the last
    local day.
    """

    request = models.OneToOneField(
        ConsultationRequest, on_delete=models.CASCADE, related_name="waiting"
    )
    weekdays: models.JSONField[Any, Any] = models.JSONField(_("days"), default=list, blank=True)
    until = models.DateField(_("waits until"))
    joined_at = models.DateTimeField(_("joined"))

    class Meta:
        ordering = ["joined_at", "pk"]
        verbose_name = _("waiting list entry")
        verbose_name_plural = _("waiting list")
        indexes = [models.Index(fields=["until"], name="waiting_until")]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.pk}"

    @property
    def days_in_words(self) -> str:
        """Such as "Monday, Tuesday"; empty for any day."""
        return ", ".join(str(WEEKDAYS[day]) for day in self.weekdays)
