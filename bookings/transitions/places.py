"""A location gets another address or time zone: whom that concerns, and telling them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from bookings.enums import AppointmentStatus, KindOfVisit, Verb
from bookings.errors import InvalidTransition, TimeTaken
from bookings.messages import to_patients
from bookings.messages.placeholders import Change
from bookings.messages.webhooks import write as webhooks
from bookings.models import Appointment, ConsultationRequest, Location, TimeClaim
from bookings.schedule import claims
from bookings.schedule.intervals import Interval
from bookings.schedule.local_time import instant, whole_cells
from bookings.transitions.closures import time_zone_changed
from bookings.transitions.core import Actor, record


@dataclass(frozen=True)
class Told:
    """Who is told by mail, and whom somebody has to phone."""

    by_mail: list[ConsultationRequest]
    to_phone: list[ConsultationRequest]


def concerned(location: Location, *, other_zone: bool, now: datetime) -> list[Appointment]:
    """The visits that are booked, offered or held, have not begun and get another place, soonest first.

    A visit by telephone or video has its time on the location's clock, and does not take place there.
    """
    visits = _ahead(location, now=now)
    return visits if other_zone else [visit for visit in visits if _comes(visit)]


def _comes(visit: Appointment) -> bool:
    return visit.kind_of_visit == KindOfVisit.CLINIC


def _ahead(location: Location, *, now: datetime) -> list[Appointment]:
    ahead = Appointment.objects.holding(now).filter(location=location, start__gt=now)
    rows = ahead.select_related(
        "request__location", "request__service", "practitioner", "location", "booked_anyway"
    )
    return list(rows.order_by("start", "pk"))


def _standing(visits: Sequence[Appointment], now: datetime) -> list[Appointment]:
    """Those of them that nobody has given up since they were read."""
    rows = Appointment.objects.holding(now).filter(pk__in=[visit.pk for visit in visits])
    left = set(rows.values_list("pk", flat=True))
    return [visit for visit in visits if visit.pk in left]


def fingerprint(location: Location, visits: Sequence[Appointment]) -> str:
    """What a page showed of the location and its visits: another once anything of it has changed."""
    told = [location.name, location.address, location.time_zone]
    told += [f"{visit.pk} {visit.start.isoformat()} {visit.status}" for visit in visits]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


@transaction.atomic
def change_place(
    location: Location,
    *,
    before: ZoneInfo,
    wall_clock_stays: bool,
    tell: bool,
    actor: Actor,
    now: datetime,
) -> Told:
    """The location was just saved with another name, address or zone, in this transaction.

    If the zone is another, either the visits' wall-clock times stay and their instants move, or the
    reverse. With `tell` everybody concerned gets a mail or is put on the list of calls; a change of zone
    is always told. Without it only what the pages show changes. Raises `InvalidTransition` and `TimeTaken`
    for visits that cannot keep their wall-clock time.
    """
    visits = _ahead(location, now=now)
    other_zone = before != location.zone
    was = {visit.pk: (visit.start, visit.zone, visit.place) for visit in visits}
    released = None
    if other_zone and wall_clock_stays:
        released = _keep_wall_clock(visits, location, now=now)
    if other_zone:
        time_zone_changed(location, actor=actor, before=before, now=now)
    if released:  # of whoever works elsewhere too: absences entered there, visits booked anyway
        claims.fill_closures(*released, now=now)
    told = Told([], [])
    for visit in _standing(visits, now):
        visit.place, visit.time_zone = "\n".join(location.lines), location.time_zone
        comes = _comes(visit)
        tells = other_zone or (tell and comes)
        changes: dict[str, Any] = {"place": visit.place, "time_zone": visit.time_zone}
        if tells:
            visit.ics_sequence += 1
            changes["ics_sequence"] = visit.ics_sequence
        Appointment.objects.filter(pk=visit.pk).update(**changes)
        start, zone, place = was[visit.pk]
        if other_zone:
            webhooks.clock_changed(visit, start, zone, now=now)
        if tells:
            change = Change(start, zone, comes and place != visit.place, wall_clock_stays)
            _tell(visit, change, told, actor=actor, now=now)
    return told


def _keep_wall_clock(
    visits: Sequence[Appointment], location: Location, *, now: datetime
) -> Interval | None:
    """Each visit begins at the same time on the new clock; all cells are released before any is taken.

    Returns from when to when cells were released (UTC).
    """
    for visit in visits:
        local = visit.start.astimezone(visit.zone)
        start = instant(local.date(), local.time(), location.zone)
        if start <= now:
            raise InvalidTransition(
                _("%(reference)s would then have begun already. Move that visit first.")
                % {"reference": visit.request.reference}
            )
        shift = start - visit.start
        visit.start, visit.end = start, visit.end + shift
        # A shift of a zone may be any number of minutes, so cells are computed anew.
        visit.busy_start, visit.busy_end = whole_cells(
            visit.busy_start + shift, visit.busy_end + shift
        )
        if visit.hold_expires_at:
            visit.hold_expires_at = min(visit.hold_expires_at, start)
    own = TimeClaim.objects.filter(appointment__in=visits)
    resources = {resource for visit in visits for resource in visit.resources}
    closures = TimeClaim.objects.filter(
        resource__in=resources, exception__location=location, exception__end__gt=now
    )
    spans = [span for span in (claims.span(own), claims.span(closures)) if span]
    own.delete()
    for span in spans:
        claims.promote(*span)
    closures.delete()  # `time_zone_changed` takes them again
    fields = ["start", "end", "busy_start", "busy_end", "hold_expires_at"]
    Appointment.objects.bulk_update(visits, fields)
    # Their rows are locked now: none is given up from here on. Who overlaps others by decision comes last.
    for visit in sorted(_standing(visits, now), key=lambda visit: visit.anyway is not None):
        try:
            claims.claim(
                visit,
                now=now,
                expires_at=visit.hold_expires_at,
                decided=visit.anyway,
                with_its_place=True,
            )
        except TimeTaken as error:
            text = _("%(reference)s would then overlap another visit. Move it first.")
            raise TimeTaken(text % {"reference": visit.request.reference}) from error
    return (min(s for s, _e in spans), max(e for _s, e in spans)) if spans else None


def _tell(visit: Appointment, change: Change, told: Told, *, actor: Actor, now: datetime) -> None:
    consultation = visit.request
    record(consultation, Verb.CHANGE_PLACE, actor=actor, now=now, appointment=visit)
    # A form that shows the visit as it was must not act on it.
    rows = ConsultationRequest.objects.filter(pk=consultation.pk)
    by_mail = consultation.gets_mail
    rows.update(version=F("version") + 1, **({} if by_mail else {"needs_call": True}))
    consultation.refresh_from_db(fields=["version", "needs_call"])
    if consultation not in (*told.by_mail, *told.to_phone):
        (told.by_mail if by_mail else told.to_phone).append(consultation)
    if not by_mail:
        return
    if visit.status == AppointmentStatus.PROPOSED:
        to_patients.received(consultation, visit, now=now)
    elif visit.status == AppointmentStatus.PENDING:
        offers = consultation.appointments.pending().select_related("location", "practitioner")
        to_patients.offered(consultation, list(offers), now=now)
    else:
        to_patients.updated(consultation, visit, change, now=now)
