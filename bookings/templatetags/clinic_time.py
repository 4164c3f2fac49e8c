"""Filters that show an instant on a wall clock: `{{ start|moment_at:location }}`.

A visit has the zone in which its patient was told the time: `{{ visit.start|moment_at:visit }}`.
"""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings import clock
from bookings.models import Appointment, Location
from clinic.dates import unbroken

register = template.Library()


@register.filter
def moment_at(at: datetime | None, location: Location | Appointment) -> str:
    return unbroken(clock.moment_label(at, location.zone)) if at else ""


@register.filter
def day_at(day: date, location: Location) -> str:
    return unbroken(clock.date_label(day, today=location.today(timezone.now())))


@register.filter
def zone_name(location: Location | Appointment) -> str:
    return clock.zone_label(location.zone)


@register.filter
def soon_at(at: datetime, location: Location | Appointment) -> str:
    """A moment of the next minutes: "5:34pm today", and the day only once it is another."""
    if at.astimezone(location.zone).date() != location.today(timezone.now()):
        return moment_at(at, location)
    return _("%(time)s today") % {"time": clock.time_label(at, location.zone)}
