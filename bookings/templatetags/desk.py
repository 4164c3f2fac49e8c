"""What staff read: short times, who did what, and how a mail stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.utils import formats
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from post_office.models import STATUS

from bookings import clock
from bookings.enums import REQUEST_NEEDS_ANSWER, ActorKind, AppointmentStatus, RequestStatus
from bookings.models import (
    Appointment,
    ConsultationRequest,
    DateException,
    Event,
    LiveLine,
    Location,
    Message,
)
from bookings.models.events import BOUNCED
from bookings.permissions import can_read_requests
from clinic.dates import unbroken

register = template.Library()

COLOURS: dict[str, str] = {
    RequestStatus.SUBMITTED: "new",
    RequestStatus.IN_REVIEW: "new",
    RequestStatus.OFFERED: "waiting",
    RequestStatus.INFO_NEEDED: "waiting",
    RequestStatus.UNVERIFIED: "waiting",
    RequestStatus.WAITLISTED: "waiting",
    RequestStatus.CONFIRMED: "good",
    AppointmentStatus.BOOKED: "good",
    AppointmentStatus.ARRIVED: "good",
    AppointmentStatus.FULFILLED: "good",
    AppointmentStatus.NOSHOW: "bad",
    "to-ask": "new",
    "moved": "good",
    "refused": "bad",
    "lapsed": "bad",
    "keeps": "bad",
}

REFUSED, LATER = gettext_lazy("refused"), gettext_lazy("the server asks to wait")
PROBLEMS: Mapping[str, str | Promise] = {
    "550": gettext_lazy("no such mailbox"),
    "551": gettext_lazy("no such mailbox"),
    "552": gettext_lazy("the mailbox is full"),
    "553": gettext_lazy("not a valid address"),
}


@register.filter
def short_at(at: datetime | None, location: Location | Appointment) -> str:
    """Such as "Thu 26 Nov, 2:30pm", with the year if it is not this one; a visit has its own zone.

    A zone that is not the clinic's own (`TIME_ZONE`) is named.
    """
    if at is None:
        return ""
    zone = location.zone
    label = _moment(at, zone)
    return label if zone.key == settings.TIME_ZONE else f"{label}, {clock.zone_label(zone)}"


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{_day(at, zone)}, {clock.time_label(at, zone)}"


def _day(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    pattern = _("D j M") if local.year == datetime.now(tz=zone).year else _("D j M Y")
    return unbroken(formats.date_format(local, pattern))


@register.filter
def closed_span(closure: DateException) -> str:
    """When it is closed, such as "all day Thu 3 Dec", "Wed 2 Dec, 1pm to 7pm" or from one day on."""
    place = closure.location
    start, end = (at.astimezone(place.zone) for at in (closure.start, closure.end))
    last = end - timedelta(minutes=1)
    first_day, last_day = (_day(at, place.zone) for at in (start, last))
    whole_days = start.time() == time(0) and end.time() in (time(0), time(23, 59))
    if whole_days and first_day == last_day:
        return _("all day %(day)s") % {"day": first_day}
    if whole_days:
        return _("%(first)s to %(last)s, all day") % {"first": first_day, "last": last_day}
    until = clock_at(end, place) if first_day == last_day else _moment(end, place.zone)
    return _("%(start)s to %(end)s") % {"start": _moment(start, place.zone), "end": until}


@register.filter
def clock_at(at: datetime, location: Location) -> str:
    """The time of day alone, on the location's wall clock."""
    return clock.time_label(at, location.zone)


@register.filter
def instant(at: datetime) -> str:
    """A start as a button carries it: UTC, to the minute."""
    return at.strftime("%Y-%m-%dT%H:%MZ")


@register.filter
def wall(at: datetime, location: Location) -> str:
    """A start as a `datetime-local` input carries it: the location's wall clock."""
    return at.astimezone(location.zone).strftime("%Y-%m-%dT%H:%M")


@register.filter
def minute_of_day(minute: int) -> str:
    """Minutes after midnight as "09:30"; the end of the day is its last minute."""
    return f"{min(minute, 1439) // 60:02}:{min(minute, 1439) % 60:02}"


@register.filter
def minute_words(minute: int) -> str:
    """Minutes after midnight as staff read them, such as "9:30am"."""
    return clock.time_words(time(minute // 60 % 24, minute % 60))


@register.filter
def hour_words(hour: int) -> str:
    return minute_words(hour * 60)


@register.filter
def colour(status: str) -> str:
    """Which of the desk's colours marks the status; never the only sign of it."""
    return COLOURS.get(status, "quiet")


@register.filter
def who(event: Event) -> str:
    if event.actor:
        return event.actor.get_full_name() or event.actor.get_username()
    if event.actor_kind == ActorKind.PATIENT:
        return _("The patient")
    return _("The system") if event.actor_kind == ActorKind.SYSTEM else _("Staff")


@register.filter
def delivery(message: Message) -> str:
    """One of: sent, bounced, failed, retrying, waiting, dropped."""
    if message.email.recipient_delivery_status in BOUNCED:
        return "bounced"
    if message.email.status is None or message.superseded:
        return "sent" if message.email.status == STATUS.sent else "dropped"
    names = {STATUS.sent: "sent", STATUS.failed: "failed", STATUS.requeued: "retrying"}
    return names.get(message.email.status, "waiting")


@register.filter
def subject(message: Message) -> str:
    """A reference has a hyphen, at which no line should end."""
    before, reference, after = message.email.subject.partition(message.request.reference)
    return format_html('{}<span class="desk-reference">{}</span>{}', before, reference, after)


@register.filter
def last_problem(message: Message) -> str:
    """Why the last try did not deliver it: in words, and the server's number (RFC 5321, 4.2)."""
    bad = {STATUS.failed, *BOUNCED}
    failed = [log for log in message.email.logs.all() if log.status in bad]
    if not failed:
        return ""
    code = max(failed, key=lambda log: log.date).message[:3]
    if not code.isdigit():
        return _("no answer from the mail server")
    words = PROBLEMS.get(code) or (REFUSED if code.startswith("5") else LATER)
    return f"{words}, {code}"


@register.filter
def undelivered(messages: Any) -> Message | None:
    """The newest message that was given up, where nothing newer has got through and nobody phoned."""
    for message in messages:
        state = delivery(message)
        if state in {"failed", "bounced"}:
            return None if message.handled_at else message
        if state == "sent":
            return None
    return None


@register.filter
def practitioners(people: Any) -> str:
    """Their names, each of which stays on one line where it can."""
    one = '<span class="desk-name">{}</span>'
    return format_html_join(_(" or "), one, ((person.name,) for person in people))


@register.filter
def overdue(consultation: ConsultationRequest, now: datetime) -> bool:
    """Whether the answer-by time that the patient was told has passed without an answer."""
    owed = consultation.status in REQUEST_NEEDS_ANSWER
    return bool(owed and consultation.respond_by and consultation.respond_by < now)


@register.filter
def awaits_answer(consultation: ConsultationRequest) -> bool:
    return consultation.status in REQUEST_NEEDS_ANSWER


@register.inclusion_tag("bookings/staff/_live_line.html", takes_context=True)
def live_line(context: Any) -> dict[str, Any]:
    """For whoever wants to hear in the open tab what is new; for the rest, nothing."""
    request = context.get("request")
    user = getattr(request, "user", None)
    on = bool(user and can_read_requests(user) and LiveLine.objects.filter(user=user).exists())
    return {"on": on}
