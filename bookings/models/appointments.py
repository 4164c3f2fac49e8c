"""A time in the diary."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bookings.enums import (
    APPOINTMENT_ACTIVE,
    APPOINTMENT_CAN_LAPSE,
    APPOINTMENT_HOLDING,
    AppointmentStatus,
    KindOfVisit,
)
from bookings.models.directory import Location, Resource
from bookings.models.hours import DateException
from bookings.models.requests import ConsultationRequest
from bookings.models.services import Service

LONGEST = timedelta(hours=13)
"""More than a visit with both buffers can hold, in whole cells (see the constraints of `Service`)."""


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def holding(self, now: datetime) -> Self:
        """Visits that occupy their time: in a holding status, and any hold has not lapsed."""
        return self.filter(
            Q(hold_expires_at__isnull=True) | Q(hold_expires_at__gt=now),
            status__in=APPOINTMENT_HOLDING,
        )

    def lapsed(self, now: datetime) -> Self:
        return self.filter(status__in=APPOINTMENT_HOLDING, hold_expires_at__lte=now)

    def active(self) -> Self:
        return self.filter(status__in=APPOINTMENT_ACTIVE)

    def pending(self) -> Self:
        return self.filter(status=AppointmentStatus.PENDING)

    def overlapping(self, start: datetime, end: datetime) -> Self:
        # The third bound changes nothing but lets an index leave out all that is long over.
        return self.filter(busy_start__lt=end, busy_end__gt=start, busy_start__gt=start - LONGEST)

    def one_at_most(self) -> Appointment | None:
        """The row, where constraints allow only one. `first` would sort, which costs time."""
        return next(iter(self.order_by()), None)


class Appointment(models.Model):
    """One practitioner, one time, perhaps one room (FHIR Appointment). Times are UTC, half-open.

    What a patient is told is copied, so that a later change of the service or the location does not
    rewrite it: length, buffers, `price`, `kind_of_visit`, `time_zone` and `place` (its lines) when the row
    is made; `organizer` and `attendee` with the first invitation. `busy_start` and `busy_end` are what it
    holds: the visit with its buffers, rounded outwards to whole cells.
    """

    request = models.ForeignKey(
        ConsultationRequest, on_delete=models.CASCADE, related_name="appointments"
    )
    replaces = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replacements"
    )
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="appointments")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="appointments")
    practitioner = models.ForeignKey(
        Resource, on_delete=models.PROTECT, related_name="appointments"
    )
    room = models.ForeignKey(
        Resource, on_delete=models.PROTECT, null=True, blank=True, related_name="room_appointments"
    )
    status = models.CharField(max_length=16, choices=AppointmentStatus)
    start = models.DateTimeField()
    end = models.DateTimeField()
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(default=0)
    busy_start = models.DateTimeField()
    busy_end = models.DateTimeField()
    hold_expires_at = models.DateTimeField(null=True, blank=True)
    # Nothing reads or writes it any more; an earlier version that still runs inserts it.
    person_key = models.CharField(max_length=64, blank=True, default="", db_default="")
    cancelled_because = models.CharField(max_length=40, blank=True)
    ics_uid = models.CharField(max_length=80, unique=True)
    ics_sequence = models.PositiveIntegerField(default=0)
    # Database defaults too, so that the previous version of the code can still insert rows.
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, default="", db_default=""
    )
    place = models.TextField(_("place"), blank=True, default="", db_default="")
    price = models.CharField(_("price"), max_length=40, blank=True, default="", db_default="")
    kind_of_visit = models.CharField(
        _("kind of visit"),
        max_length=12,
        choices=KindOfVisit,
        default=KindOfVisit.CLINIC,
        db_default=KindOfVisit.CLINIC,
    )
    organizer = models.CharField(max_length=254, blank=True, default="", db_default="")
    organizer_name = models.CharField(max_length=80, blank=True, default="", db_default="")
    attendee = models.CharField(
        _("invited as"), max_length=254, blank=True, default="", db_default=""
    )
    created_at = models.DateTimeField()

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["start", "pk"]
        indexes = [
            models.Index(fields=["practitioner", "busy_start"], name="appointment_practitioner"),
            models.Index(fields=["room", "busy_start"], name="appointment_room"),
            models.Index(fields=["status", "start"], name="appointment_status"),
            models.Index(fields=["location", "start"], name="appointment_location"),
            models.Index(
                fields=["hold_expires_at"],
                condition=Q(hold_expires_at__isnull=False),
                name="appointment_hold_expiry",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gt=F("start")),
                name="appointment_end_after_start",
                violation_error_message=_("The end must be after the start."),
            ),
            models.CheckConstraint(
                condition=Q(busy_start__lte=F("start")) & Q(busy_end__gte=F("end")),
                name="appointment_busy_around_visit",
                violation_error_message=_("The held time must include the visit."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=list(AppointmentStatus)),
                name="appointment_status_known",
                violation_error_message=_("Unknown status."),
            ),
            models.CheckConstraint(
                condition=Q(hold_expires_at__isnull=True)
                | Q(status__in=sorted(APPOINTMENT_CAN_LAPSE)),
                name="appointment_only_holds_expire",
                violation_error_message=_("Only a held time can lapse."),
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(status__in=sorted(APPOINTMENT_ACTIVE)),
                name="appointment_one_active_a_request",
                violation_error_message=_("This request already has a time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request.reference} {self.start:%Y-%m-%d %H:%M}Z"

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the patient was told the time."""
        return ZoneInfo(self.time_zone) if self.time_zone else self.location.zone

    def today(self, now: datetime) -> date:
        """The day on the visit's wall clock at `now` (UTC)."""
        return now.astimezone(self.zone).date()

    @property
    def place_lines(self) -> list[str]:
        """Where it is, line by line, as the patient was told."""
        if self.place and self.kind_of_visit == KindOfVisit.CLINIC:
            return self.place.splitlines()
        return self.location.where(self.kind_of_visit)

    @property
    def video_link(self) -> str:
        """Where a visit by video takes place: that of today, since an old link leads nowhere."""
        return self.service.video_link if self.kind_of_visit == KindOfVisit.VIDEO else ""

    @property
    def getting_there(self) -> list[tuple[str, str, str]]:
        """How to get there; nothing for a visit without a way."""
        return self.location.getting_there(self.kind_of_visit)

    @property
    def place_label(self) -> str:
        """Where it is, on one line."""
        return ", ".join(self.place_lines)

    @property
    def minutes(self) -> int:
        """How long it lasts, without buffers."""
        return (self.end - self.start) // timedelta(minutes=1)

    @property
    def resources(self) -> list[int]:
        """Ids of what it occupies."""
        return [self.practitioner_id] + ([self.room_id] if self.room_id else [])

    @property
    def anyway(self) -> Any:
        """The mark of a time that staff booked although it was not free; None for any other."""
        return getattr(self, "booked_anyway", None)

    @property
    def instead_of(self) -> str:
        """The name of the practitioner before the visit moved, where it is another one now."""
        earlier = self.replaces
        changed = earlier is not None and earlier.practitioner_id != self.practitioner_id
        return earlier.practitioner.name if earlier and changed else ""

    def is_inside_notice(self, now: datetime) -> bool:
        """Whether it begins within the notice that its service asks for to cancel, at `now` (UTC)."""
        return self.start - now < timedelta(hours=self.service.cancel_notice_hours)

    def day_has_come(self, now: datetime) -> bool:
        """Whether it is the day of the visit at its location, or later, at `now` (UTC)."""
        return self.today(self.start) <= self.today(now)


class Displaced(models.Model):
    """A visit or hold inside a closure: the wizard lists it until the patient has a new time."""

    closure = models.ForeignKey(DateException, on_delete=models.CASCADE, related_name="displaced")
    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="displaced_by"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["closure", "appointment"],
                name="displaced_once_a_closure",
                violation_error_message=_("This visit is in the list already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.closure_id}/{self.appointment_id}"
