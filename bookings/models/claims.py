"""The cells that visits and closures hold: the one guarantee against double booking."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bookings.models.appointments import Appointment
from bookings.models.directory import Resource
from bookings.models.hours import DateException


class BookedAnyway(models.Model):
    """Staff booked a time that is not free, and said why: the mark without which nothing may overlap.

    `because` is what they typed, `against` the reasons that they had read, one a line.
    """

    appointment = models.OneToOneField(
        Appointment, on_delete=models.CASCADE, primary_key=True, related_name="booked_anyway"
    )
    because = models.CharField(_("because"), max_length=300)
    against = models.TextField(_("against"), blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(because=""),
                name="booked_anyway_has_reason",
                violation_error_message=_("Say why."),
            )
        ]

    def __str__(self) -> str:
        return str(self.appointment_id)


class TimeClaim(models.Model):
    """One five-minute cell of one resource, owned by an appointment or by a closure.

    The unique constraint makes double bookings impossible, on SQLite and PostgreSQL alike. Everybody is in
    lane 0; another lane takes a decision of staff about this very visit.
    """

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="+")
    cell_start = models.DateTimeField()
    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, null=True, blank=True, related_name="claims"
    )
    exception = models.ForeignKey(
        DateException, on_delete=models.CASCADE, null=True, blank=True, related_name="claims"
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    # Database defaults, so that the previous version of the code can still insert rows.
    lane = models.PositiveSmallIntegerField(default=0, db_default=0)
    decided = models.ForeignKey(
        BookedAnyway, on_delete=models.CASCADE, null=True, blank=True, related_name="claims"
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["cell_start"], condition=Q(lane__gt=0), name="time_claim_other_lanes"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "cell_start", "lane"],
                name="time_claim_lane_once",
                violation_error_message=_("That time is taken."),
            ),
            models.CheckConstraint(
                condition=Q(lane=0) | Q(decided__isnull=False, decided=F("appointment")),
                name="time_claim_lane_decided",
                violation_error_message=_("Only a time that staff booked anyway may overlap."),
            ),
            models.CheckConstraint(
                condition=Q(appointment__isnull=False, exception__isnull=True)
                | Q(appointment__isnull=True, exception__isnull=False),
                name="time_claim_one_owner",
                violation_error_message=_("A cell has exactly one owner."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.cell_start:%Y-%m-%d %H:%M}Z"
