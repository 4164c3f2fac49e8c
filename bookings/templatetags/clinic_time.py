"""Filters that show an instant on a location's wall clock: `{{ start|moment_at:location }}`."""

from datetime import date, datetime

from django import template
from django.utils import timezone

from bookings import clock
from bookings.models import Location
from clinic.dates import unbroken

register = template.Library()


@register.filter
def moment_at(at: datetime | None, location: Location) -> str:
    return unbroken(clock.moment_label(at, location.zone)) if at else ""


@register.filter
def day_at(day: date, location: Location) -> str:
    return unbroken(clock.date_label(day, today=location.today(timezone.now())))


@register.filter
def zone_name(location: Location) -> str:
    return clock.zone_label(location.zone)


@register.filter
def time_at(at: datetime | None, location: Location) -> str:
    return clock.time_label(at, location.zone) if at else ""
