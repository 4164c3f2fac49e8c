"""Calendar files (RFC 5545, RFC 5546): one event an appointment, with no word about health."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from bookings.models import Appointment
from clinic.models import ClinicSettings

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]


def invitation(appointment: Appointment, *, method: Method, now: datetime) -> bytes:
    """The appointment as an iCalendar file with its time zone.

    REQUEST invites or updates, CANCEL takes it out of the calendar again (RFC 5546), PUBLISH is for
    a download. The UID never changes; SEQUENCE grows with each change, so that clients follow.
    """
    clinic = ClinicSettings.current()
    calendar = Calendar()
    calendar.add("prodid", "-//clinic-site//bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(appointment, clinic, method, now))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(
    appointment: Appointment, clinic: ClinicSettings, method: Method, now: datetime
) -> Event:
    zone = appointment.location.zone
    event = Event()
    event.add("uid", appointment.ics_uid)
    event.add("sequence", appointment.ics_sequence)
    event.add("dtstamp", now)
    event.add("dtstart", appointment.start.astimezone(zone))
    event.add("dtend", appointment.end.astimezone(zone))
    event.add("summary", _("Appointment at %(clinic)s") % {"clinic": clinic.name})
    event.add("location", appointment.location.one_line)
    event.add("description", _("To change or cancel, use the link in our mail or call us."))
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("transp", "OPAQUE")
    if method != "PUBLISH" and clinic.email and appointment.request.email:
        organizer = vCalAddress(f"mailto:{clinic.email}")
        organizer.params["cn"] = vText(clinic.name)
        event["organizer"] = organizer
        attendee = vCalAddress(f"mailto:{appointment.request.email}")
        attendee.params["rsvp"] = vText("FALSE")
        attendee.params["partstat"] = vText("ACCEPTED")
        event.add("attendee", attendee, encode=False)
    return event
