"""Calendar files (RFC 5545, RFC 5546), with no word about health."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from bookings.enums import AppointmentStatus
from bookings.models import Appointment
from clinic.models import ClinicSettings

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]
YEAR = timedelta(days=366)
TENTATIVE = frozenset({AppointmentStatus.PROPOSED, AppointmentStatus.PENDING})


def invitation(appointment: Appointment, *, method: Method, now: datetime) -> bytes:
    """The appointment as an iCalendar file with its time zone.

    REQUEST invites or updates, CANCEL takes it out of the calendar again (RFC 5546), PUBLISH is for
    a download. The UID never changes; SEQUENCE grows with each change, so that clients follow.
    """
    clinic = ClinicSettings.current()
    calendar = _calendar(method)
    event = _event(appointment, now)
    event.add("summary", _("Appointment at %(clinic)s") % {"clinic": clinic.name})
    event.add("location", appointment.location.one_line)
    event.add("description", _("To change or cancel, use the link in our message or call us."))
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    # Whoever shares their calendar with others shows them a busy time, and not why.
    event.add("class", "PRIVATE")
    if method != "PUBLISH" and clinic.email and appointment.request.email:
        organizer = vCalAddress(f"mailto:{clinic.email}")
        organizer.params["cn"] = vText(clinic.name)
        event["organizer"] = organizer
        attendee = vCalAddress(f"mailto:{appointment.request.email}")
        attendee.params["rsvp"] = vText("FALSE")
        attendee.params["partstat"] = vText("ACCEPTED")
        event.add("attendee", attendee, encode=False)
    calendar.add_component(event)
    return _bytes(calendar, [appointment])


def feed(name: str, appointments: Sequence[Appointment], *, now: datetime) -> bytes:
    """A practitioner's visits, to subscribe to; of the patient only the reference.

    What is held and not booked yet is tentative. Rooms are named, services are not: a service says
    what somebody comes for.
    """
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    for appointment in appointments:
        event = _event(appointment, now)
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


def _event(appointment: Appointment, now: datetime) -> Event:
    zone = appointment.location.zone
    event = Event()
    event.add("uid", appointment.ics_uid)
    event.add("sequence", appointment.ics_sequence)
    event.add("dtstamp", now)
    event.add("dtstart", appointment.start.astimezone(zone))
    event.add("dtend", appointment.end.astimezone(zone))
    event.add("transp", "OPAQUE")
    return event


def _bytes(calendar: Calendar, appointments: Sequence[Appointment]) -> bytes:
    """With the clock changes of the years around the visits; all since 1970 would be four times
    the rest of the file."""
    days: list[date] = [appointment.start.date() for appointment in appointments]
    if days:
        calendar.add_missing_timezones(first_date=min(days) - YEAR, last_date=max(days) + YEAR)
    return bytes(calendar.to_ical())
