"""Book a time for a request, or swap its booked visit for one."""

from __future__ import annotations

from datetime import datetime

from bookings.enums import AppointmentStatus, CancelledBecause, Verb
from bookings.messages import to_staff
from bookings.messages.webhooks import write as webhooks
from bookings.models import Appointment, ConsultationRequest, Resource
from bookings.transitions.anyway import Anyway, hold_anyway, still_against
from bookings.transitions.core import SYSTEM, Actor, set_appointment_status
from bookings.transitions.holds import by_staff, drop_holds, hold


def book(
    consultation: ConsultationRequest,
    start: datetime,
    *,
    now: datetime,
    practitioner: Resource | None = None,
    instead_of: Appointment | None = None,
    anyway: Anyway | None = None,
    actor: Actor = SYSTEM,
    room: Resource | None = None,
) -> Appointment:
    """Book a free time, at whatever notice. Held times are released; `instead_of` moves there.

    `anyway`: also a time that is not free, where nothing speaks against it but what staff had read. `room`:
    rather this one. Raises `TimeTaken` with the nearest free times.
    """
    what = anyway and still_against(
        anyway, consultation, start, practitioner=practitioner, moving=instead_of, now=now
    )
    drop_holds(consultation, now=now, because=CancelledBecause.OTHER_TIME)
    if instead_of:
        set_appointment_status(
            instead_of, AppointmentStatus.CANCELLED, now=now, because=CancelledBecause.MOVED
        )
    if anyway and what and what.reasons:
        visit = hold_anyway(consultation, start, anyway, what, actor=actor, replaces=instead_of)
    else:
        visit = hold(
            consultation,
            start,
            search=by_staff(consultation, practitioner, now=now, moving=instead_of),
            status=AppointmentStatus.BOOKED,
            replaces=instead_of,
            room=room,
        )
    if instead_of:
        continue_calendar(visit, instead_of)
    to_staff.visit_changed(visit, Verb.CONFIRM, now=now)
    webhooks.status_changed(visit, webhooks.NEW, now=now)
    return visit


def continue_calendar(appointment: Appointment, old: Appointment) -> None:
    """The moved visit stays the same event in the patient's calendar: same UID, next SEQUENCE."""
    event = old.ics_uid
    Appointment.objects.filter(pk=old.pk).update(ics_uid=f"{appointment.ics_uid}-moved")
    appointment.ics_uid, appointment.ics_sequence = event, old.ics_sequence + 1
    for name in ("organizer", "organizer_name", "attendee"):
        setattr(appointment, name, getattr(old, name))
    appointment.save(
        update_fields=["ics_uid", "ics_sequence", "organizer", "organizer_name", "attendee"]
    )
