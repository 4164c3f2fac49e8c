"""What staff are told of what patients do, and how each person wants to be told."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils.translation import gettext_lazy as _
from post_office.models import Email

from bookings.enums import AppointmentStatus, StaffKind, TellWhen
from bookings.models.appointments import Appointment
from bookings.models.events import Event
from bookings.models.hours import DateException
from bookings.models.own_calendars import OwnCalendar
from bookings.models.requests import ConsultationRequest


class StaffNoticeQuerySet(models.QuerySet["StaffNotice"]):
    def of_others(self) -> Self:
        """Without their own visits that they changed themselves: all rows of a change have its moment."""
        own = Event.objects.filter(
            request=OuterRef("request"), at=OuterRef("at"), actor=OuterRef("user")
        )
        return self.exclude(Q(kind=StaffKind.OWN_VISIT) & Exists(own))

    def with_details(self) -> Self:
        """Everything that a line about them says, in two queries however many there are."""
        booked = Appointment.objects.filter(status=AppointmentStatus.BOOKED)
        return self.select_related(
            "request__location",
            "appointment__location",
            "appointment__room",
            "appointment__practitioner",
            "closure__location",
            "closure__resource",
            "calendar__resource",
        ).prefetch_related(
            "closure__displaced",
            Prefetch(
                "request__appointments",
                queryset=booked.select_related("location"),
                to_attr="booked_visits",
            ),
        )

    def due(self, now: datetime) -> Self:
        """To be mailed by now (UTC)."""
        return self.filter(told_at=None, due_at__lte=now)

    def unseen_by(self, user: Any) -> Self:
        """What the person has not looked at yet, newest first."""
        return self.filter(user=user, seen_at=None).of_others().order_by("-at", "-pk")


class StaffNotice(models.Model):
    """One thing that one member of staff is told: on the first screen, and by mail when it is due.

    All times are UTC. `due_at`: when it goes into a mail; without it, it is only on the screen. `urgent`:
    a change so shortly before a visit that it waits for nothing. `told_at`: when the mail was written,
    `email` as long as that mail is kept. `seen_at`: when the person looked at it. `appointment`: the visit
    that it is about, if there is one; `closure`: the absence; `calendar`: the person's own one.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="staff_notices"
    )
    kind = models.CharField(max_length=16, choices=StaffKind)
    verb = models.CharField(max_length=24, blank=True)
    request = models.ForeignKey(
        ConsultationRequest,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="staff_notices",
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    closure = models.ForeignKey(
        DateException,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    calendar = models.ForeignKey(
        OwnCalendar,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    at = models.DateTimeField()
    urgent = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    email = models.ForeignKey(
        Email, on_delete=models.SET_NULL, null=True, blank=True, related_name="staff_notices"
    )
    seen_at = models.DateTimeField(null=True, blank=True)
    dedupe_key = models.CharField(max_length=120, unique=True)

    objects = StaffNoticeQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("message to staff")
        verbose_name_plural = _("messages to staff")
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(told_at__isnull=True), name="staff_notice_due"
            ),
            models.Index(
                fields=["user", "-at"],
                condition=Q(seen_at__isnull=True),
                name="staff_notice_unseen",
            ),
            models.Index(fields=["at"], name="staff_notice_at"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind}"


class StaffPreference(models.Model):
    """When one member of staff wants mail about one kind. Without a row, the default of their role."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="staff_preferences"
    )
    kind = models.CharField(max_length=16, choices=StaffKind)
    when = models.CharField(max_length=8, choices=TellWhen)

    class Meta:
        verbose_name = _("choice of messages")
        verbose_name_plural = _("choices of messages")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                name="staff_preference_once_a_kind",
                violation_error_message=_("There is a choice for this kind already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"


class LiveLine(models.Model):
    """Somebody who wants to hear what is new in an open tab of the admin."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )

    def __str__(self) -> str:
        return str(self.user_id)
