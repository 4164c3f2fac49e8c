"""Makes one mail of all that a member of staff is to be told. A periodic job.

The mail and the mark on its notices are written in one transaction, so a worker that is killed leaves
either both or neither. References, times and rooms only, because the mail leaves the clinic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Max
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from post_office.models import Email

from bookings import clock
from bookings.enums import AppointmentStatus, StaffKind, Verb
from bookings.messages import queue, recipients
from bookings.models import Appointment, DateException, StaffNotice
from bookings.models.events import WORDS
from bookings.permissions import can_read_requests, can_see_health, can_triage
from bookings.schedule.waiting_list import WaitingList
from clinic.dates import plain, unbroken
from clinic.models import ClinicSettings

AT_MOST = timedelta(minutes=5)
"""Between two mails to one person, unless a change cannot wait."""
LINES, SUGGESTIONS = 30, 3


class AlreadyTold(Exception):
    """Another worker has just written this mail, or a patient was erased."""


@dataclass
class Line:
    """One notice in words, its page, and who could take a time that became free."""

    text: str
    url: str
    suggestions: list[str] = field(default_factory=list)


def write_due(*, now: datetime) -> int:
    """Write a mail to everybody for whom something is due; returns how many mails."""
    ids = StaffNotice.objects.due(now).order_by().values_list("user", flat=True).distinct()
    return sum(_write(user, now) for user in get_user_model().objects.filter(pk__in=list(ids)))


def _write(user: Any, now: datetime) -> bool:
    due = user.staff_notices.due(now)
    if not (user.is_active and user.email and (can_read_requests(user) or can_see_health(user))):
        due.update(due_at=None)
        return False
    notices = list(due.of_others().with_details().order_by("-urgent", "at", "pk"))
    due.exclude(pk__in=[one.pk for one in notices]).delete()
    if not notices or (not notices[0].urgent and _just_told(user, now)):
        return False
    with translation.override(_language(user)):
        texts = render(notices, user, now=now)
    try:
        with transaction.atomic():
            email = Email.objects.create(
                to=[user.email], scheduled_time=now, **queue.common() | texts
            )
            mine = StaffNotice.objects.filter(pk__in=[one.pk for one in notices], told_at=None)
            if mine.update(told_at=now, email=email) != len(notices):
                raise AlreadyTold
    except AlreadyTold:
        return False
    return True


def _just_told(user: Any, now: datetime) -> bool:
    last = user.staff_notices.aggregate(last=Max("told_at"))["last"]
    return bool(last and now - AT_MOST < last <= now)


def _language(user: Any) -> str:
    """The one that the person has chosen for the admin, else the site's."""
    profile = getattr(user, "wagtail_userprofile", None)
    return (profile and profile.preferred_language) or settings.LANGUAGE_CODE


def render(notices: Sequence[StaffNotice], user: Any, *, now: datetime) -> dict[str, Any]:
    """Subject, text and HTML of one mail about these notices, in the active language."""
    waiting = WaitingList(now=now) if can_triage(user) else None
    urgent = [_line(one, waiting, now) for one in notices if one.urgent]
    others = [_line(one, None, now) for one in notices if not one.urgent]
    alone = notices[0] if len(notices) == 1 else None
    clinic = ClinicSettings.current()
    button = _("Open today’s screen")
    if alone and (alone.request or alone.closure):
        button = _("Open the request") if alone.request else _("See the visits inside")
    context = {
        "clinic": clinic,
        "urgent": urgent[:LINES],
        "others": others[:LINES],
        "left_out": max(len(urgent) - LINES, 0) + max(len(others) - LINES, 0),
        "button_url": _page(alone),
        "button_text": button,
        "choose_url": settings.SITE_URL + reverse("wagtailadmin_account"),
        "stop_url": settings.SITE_URL + reverse("stop-staff-mail", args=[recipients.token(user)]),
    }
    return queue.sender(clinic) | {
        "subject": plain(subject(urgent, others)),
        "message": plain(render_to_string("emails/staff.txt", context)),
        "html_message": render_to_string("emails/staff.html", context),
    }


def subject(urgent: Sequence[Line], others: Sequence[Line]) -> str:
    if urgent:
        return _("At short notice: %(line)s") % {"line": urgent[0].text}
    if len(others) == 1:
        return others[0].text
    text = ngettext("%(count)s thing has changed", "%(count)s things have changed", len(others))
    return text % {"count": len(others)}


def named(notice: StaffNotice, *, now: datetime) -> str:
    """What happened, after the reference of the request that it is about."""
    said = says(notice, now=now)
    return f"{notice.request.reference}: {said}" if notice.request else said


def _line(notice: StaffNotice, waiting: WaitingList | None, now: datetime) -> Line:
    text, url = named(notice, now=now), _page(notice)
    if notice.request is None:
        return Line(text, url)
    freed = notice.appointment
    if waiting is None or freed is None or freed.status != AppointmentStatus.CANCELLED:
        return Line(text, url)
    matches = waiting.matches(freed)[:SUGGESTIONS]
    return Line(text, f"{url}#waiting-section", [match.request.reference for match in matches])


def _page(notice: StaffNotice | None) -> str:
    """Where to read more: the request, the closure, else the first screen."""
    path = reverse("wagtailadmin_home")
    if notice and notice.request:
        path = reverse("desk:request", args=[notice.request.reference])
    elif notice and notice.closure:
        path = reverse("desk:closure", args=[notice.closure.pk])
    return settings.SITE_URL + path


def says(notice: StaffNotice, *, now: datetime) -> str:
    """What happened and when the visit is or was; never who the patient is."""
    words = _words(notice, now)
    visit = notice.appointment
    if visit is None:
        return words
    when = unbroken(clock.moment_label(visit.start, visit.zone, now=now))
    room = f", {visit.room}" if visit.room else ""
    instead = _booked_instead(notice, now)
    return f"{words} ({when}{room})" + (f" → {instead}" if instead else "")


def _booked_instead(notice: StaffNotice, now: datetime) -> str:
    """The new time, where a visit was moved and is still booked."""
    moved = notice.verb == Verb.MOVE
    visits: list[Appointment] = getattr(notice.request, "booked_visits", []) if moved else []
    return ", ".join(unbroken(clock.moment_label(v.start, v.zone, now=now)) for v in visits)


def _absence(closure: DateException, now: datetime) -> str:
    zone, people = closure.location.zone, len(closure.displaced.all())
    text = _("%(name)s is away from %(start)s to %(end)s") % {
        "name": closure.resource,
        "start": unbroken(clock.moment_label(closure.start, zone, now=now)),
        "end": unbroken(clock.moment_label(closure.end, zone, now=now)),
    }
    inside = ngettext("%(count)s visit is inside", "%(count)s visits are inside", people)
    return f"{text}: {inside % {'count': people}}" if people else text


def _own_calendar(notice: StaffNotice) -> str:
    if notice.calendar:
        text = _(
            "%(name)s: their own calendar could not be read for too long, and no longer counts"
        )
        return text % {"name": notice.calendar.resource}
    person = notice.appointment.practitioner if notice.appointment else ""
    return _("clashes with %(name)s’s own calendar") % {"name": person}


def _words(notice: StaffNotice, now: datetime) -> str:
    if notice.kind == StaffKind.ATTACK:
        return _("Somebody may be blocking the diary: many requests are never confirmed.")
    if notice.kind == StaffKind.UNDELIVERED:
        return _("a message did not arrive; please phone")
    if notice.closure:
        return _absence(notice.closure, now)
    if notice.kind == StaffKind.OWN_CALENDAR:
        return _own_calendar(notice)
    if notice.kind == StaffKind.OWN_VISIT:
        return {
            Verb.CONFIRM: _("a visit with you is booked"),
            Verb.MOVE: _("a visit with you was moved away from"),
        }.get(Verb(notice.verb), _("a visit with you is cancelled"))
    due = notice.request.respond_by if notice.request else None
    if due and notice.request and notice.kind in {StaffKind.NEW, StaffKind.PROMISE}:
        moment = unbroken(clock.moment_label(due, notice.request.location.zone, now=now))
        words = (
            _("new request, answer by %(moment)s")
            if notice.kind == StaffKind.NEW
            else _("the answer is due by %(moment)s")
        )
        return words % {"moment": moment}
    if notice.kind == StaffKind.NEW:
        return _("new request")
    return str(WORDS.get(notice.verb, notice.verb))
