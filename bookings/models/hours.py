"""Opening times: weekly hours on the wall clock, and exceptions as instants (UTC)."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bookings.enums import ExceptionKind
from bookings.models.directory import Location, Resource
from bookings.models.own_calendars import OwnCalendar


class WeeklyHoursQuerySet(models.QuerySet["WeeklyHours"]):
    def at(self, location: Location | int) -> Self:
        """Those of one location. A row without one is of the person's usual location."""
        usual = Q(location=None, resource__location=location)
        return self.filter(Q(location=location) | usual)


class WeeklyHours(models.Model):
    """One working range of one person at one location on one weekday, on that location's wall clock.

    A day may have several. If the end is at or before the start, it is on the next day.
    """

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="weekly_hours")
    # Empty only in rows that the previous version of the code has written: the usual location then.
    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("location"),
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=list(WEEKDAYS.items()))
    start = models.TimeField(_("from"))
    end = models.TimeField(_("to"))
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True, help_text=_("Inclusive."))

    objects = WeeklyHoursQuerySet.as_manager()

    class Meta:
        ordering = ["resource", "weekday", "start"]
        verbose_name = _("weekly hours")
        verbose_name_plural = _("weekly hours")
        constraints = [
            models.CheckConstraint(
                condition=~Q(start=F("end")),
                name="weekly_hours_not_empty",
                violation_error_message=_("The start and the end must differ."),
            ),
            models.CheckConstraint(
                condition=Q(weekday__lte=6),
                name="weekly_hours_weekday_0_to_6",
                violation_error_message=_("Choose a day of the week."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                name="weekly_hours_valid_range",
                violation_error_message=_("The last day must not be before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.weekday]} {self.start:%H:%M}–{self.end:%H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.location_id is None:
            self.location = self.resource.location
        super().save(*args, **kwargs)

    @property
    def place(self) -> Location:
        """The location on whose clock they are."""
        return self.location or self.resource.location


class DateException(models.Model):
    """A closure, or an extra opening, of one resource or of a whole location; UTC instants.

    The closure of a person closes them wherever they work; their extra opening is of its location alone.
    `source`: the person's own calendar that says so; nobody enters, changes or deletes such a row by hand.
    """

    location = models.ForeignKey(
        Location, on_delete=models.CASCADE, related_name="exceptions", verbose_name=_("location")
    )
    resource = models.ForeignKey(
        Resource,
        on_delete=models.CASCADE,
        related_name="exceptions",
        null=True,
        blank=True,
        verbose_name=_("person or room"),
        help_text=_("Empty: the whole location."),
    )
    kind = models.CharField(
        _("kind"), max_length=6, choices=ExceptionKind, default=ExceptionKind.CLOSED
    )
    start = models.DateTimeField(_("from"))
    end = models.DateTimeField(_("to"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    source = models.ForeignKey(
        OwnCalendar, on_delete=models.CASCADE, null=True, blank=True, related_name="busy"
    )

    class Meta:
        ordering = ["start"]
        verbose_name = _("closure or extra opening")
        verbose_name_plural = _("closures")
        indexes = [models.Index(fields=["location", "end"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gt=F("start")),
                name="exception_end_after_start",
                violation_error_message=_("The end must be after the start."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.start:%Y-%m-%d}"

    @property
    def why(self) -> str:
        """The reason as staff read it: a calendar's events are busy times without a title."""
        return gettext("busy, by their own calendar") if self.source_id else self.reason
