"""Calendar files (RFC 5545, RFC 5546), with no word about health."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Literal

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from bookings.enums import AppointmentStatus
from bookings.models import Appointment
from bookings.schedule import zones
from clinic.models import ClinicSettings

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]
DAY = timedelta(days=1)
ALARM = timedelta(hours=2)
"""How long before the visit a calendar reminds the patient: time to set out."""
TENTATIVE = frozenset({AppointmentStatus.PROPOSED, AppointmentStatus.PENDING})


def invitation(*appointments: Appointment, method: Method, now: datetime) -> bytes:
    """The appointment as an iCalendar file with its time zone.

    REQUEST invites or updates, CANCEL removes it from the calendar (RFC 5546); both are about one visit.
    PUBLISH is for a download, and for several visits at once. The UID never changes; SEQUENCE grows with
    each change, so that clients follow. Place, zone, organizer and attendee are those of the visit, not of
    today.
    """
    calendar = _calendar(method)
    for appointment in appointments:
        calendar.add_component(_invited(appointment, method, now))
    return _bytes(calendar, appointments)


def _invited(appointment: Appointment, method: Method, now: datetime) -> Event:
    clinic = ClinicSettings.current()
    event = _event(appointment, now)
    summary = _("Appointment at %(clinic)s") % {"clinic": clinic.name}
    event.add("summary", summary)
    event.add("location", appointment.video_link or appointment.place_label)
    event.add("description", "\n".join(_description(appointment)))
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    # In a shared calendar others see a busy time, but not why.
    event.add("class", "PRIVATE")
    # Not the secret link: calendars are shared. The page mails a new link to the patient.
    event.add("url", settings.SITE_URL + reverse("find-request"))
    if method != "PUBLISH" and appointment.attendee:
        _add_people(event, appointment)
    if method != "CANCEL":
        event.add_component(_alarm(summary))
    return event


def _description(appointment: Appointment) -> Iterator[str]:
    yield _("To move or cancel, use the link in our message or call us.")
    yield _("“No” or “Decline” in a calendar does not reach us.")
    if appointment.video_link:
        yield _("Video call: %(link)s") % {"link": appointment.video_link}
    for label, words, _field in appointment.getting_there:
        yield f"{label}: {words}"


def _add_people(event: Event, appointment: Appointment) -> None:
    """Organizer and attendee as in the first invitation: programs match updates by them."""
    organizer = vCalAddress(f"mailto:{appointment.organizer}")
    organizer.params["cn"] = vText(appointment.organizer_name)
    sender = sender_address()
    if sender.casefold() != appointment.organizer.casefold():
        # Programs distrust an invitation whose organizer is not the sender of the mail.
        organizer.params["sent-by"] = vText(f"mailto:{sender}")
    event["organizer"] = organizer
    attendee = vCalAddress(f"mailto:{appointment.attendee}")
    attendee.params["rsvp"] = vText("FALSE")
    attendee.params["partstat"] = vText("ACCEPTED")
    event.add("attendee", attendee, encode=False)


def sender_address() -> str:
    """The bare address that sends this site's mail."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def _alarm(text: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", text)
    alarm.add("trigger", -ALARM)
    return alarm


def feed(name: str, appointments: Sequence[Appointment]) -> bytes:
    """A practitioner's visits, to subscribe to; of the patient only the reference.

    Held times are tentative. Rooms are named but services are not, because a service says what somebody
    comes for. Each visit has `changed` (UTC); the file is the same until something in it changes.
    """
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    for appointment in appointments:
        changed: datetime = appointment.changed  # type: ignore[attr-defined]  # annotated
        event = _event(appointment, changed)
        event.add("last-modified", changed)
        held = appointment.status in TENTATIVE
        text = _("Held: %(reference)s") if held else _("Visit %(reference)s")
        event.add("summary", text % {"reference": appointment.request.reference})
        room = f"{appointment.room.name}, " if appointment.room else ""
        event.add("location", f"{room}{appointment.location.name}")
        event.add("status", "TENTATIVE" if held else "CONFIRMED")
        event.add("class", "PRIVATE")
        calendar.add_component(event)
    return _bytes(calendar, appointments)


def _calendar(method: Method) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//clinic-site//bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _event(appointment: Appointment, stamp: datetime) -> Event:
    zone = appointment.zone
    event = Event()
    event.add("uid", appointment.ics_uid)
    event.add("sequence", appointment.ics_sequence)
    event.add("dtstamp", stamp)
    event.add("dtstart", appointment.start.astimezone(zone))
    event.add("dtend", appointment.end.astimezone(zone))
    event.add("transp", "OPAQUE")
    return event


def _bytes(calendar: Calendar, appointments: Sequence[Appointment]) -> bytes:
    """With each zone's clock changes in the years of its visits."""
    for zone in {visit.zone for visit in appointments}:
        days = [visit.start.date() for visit in appointments if visit.zone == zone]
        calendar.add_component(zones.component(zone, min(days) - DAY, max(days) + DAY))
    # Zones first: programs read from top to bottom.
    calendar.subcomponents.sort(key=lambda part: part.name != "VTIMEZONE")
    return bytes(calendar.to_ical())
