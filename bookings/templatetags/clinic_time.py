"""Filters that show an instant on a wall clock: `{{ start|moment_at:location }}`.

A visit has the zone in which its patient was told the time: `{{ visit.start|moment_at:visit }}`.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from bookings import clock
from bookings.models import Appointment, Location
from clinic.dates import unbroken
from clinic.markup import filled

register = template.Library()


@register.filter
def moment_at(at: datetime | None, location: Location | Appointment) -> str:
    return unbroken(clock.moment_label(at, location.zone, now=timezone.now())) if at else ""


@register.filter
def day_at(day: date, location: Location) -> str:
    return unbroken(clock.date_label(day, today=location.today(timezone.now())))


@register.filter
def zone_name(location: Location | Appointment) -> str:
    return clock.zone_label(location.zone)


@register.simple_tag
def day_links(days: Sequence[tuple[date, int]], list_id: str) -> SafeString:
    """A link to each day of a list of times, with how many of them are free."""
    language = get_language() or ""
    return SafeString(
        "".join(
            [
                f'<li><a href="#{list_id}_day_{number}">{_day_in_short(day, free, language)}</a></li>'
                for number, (day, free) in enumerate(days, 1)
            ]
        )
    )


@lru_cache(maxsize=1024)
def _day_in_short(day: date, free: int, _language: str) -> SafeString:
    """Everybody is shown much the same days."""
    weekday, number = (date_format(day, part) for part in ("D", "j"))
    times = ngettext("%(n)s free", "%(n)s free", free) % {"n": free}
    return filled("<span>{}</span> {} <small>{}</small>", weekday, number, times)


@register.filter
def soon_at(at: datetime, location: Location | Appointment) -> str:
    """A moment of the next minutes: "5:34pm today", and the day only once it is another."""
    if at.astimezone(location.zone).date() != location.today(timezone.now()):
        return moment_at(at, location)
    return _("%(time)s today") % {"time": clock.time_label(at, location.zone)}
