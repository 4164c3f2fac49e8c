"""When a reminder is due, and whom none is sent."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings.models import (
    Appointment,
    BookedAnyway,
    ConsultationRequest,
    DateException,
    MessageSettings,
)
from bookings.worker import reminders
from tests.bookings.steps import TEN, confirmed
from tests.factories import MONDAY, make_clinic

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = (timedelta(**{n: 1}) for n in ("minutes", "hours", "days"))
UTC_ZONE = ZoneInfo("UTC")


NIGHT = (time(21), time(8))
NEVER = (time(8), time(8))


@pytest.mark.parametrize(
    ("since", "now", "found"),
    [(-49, -48, 48), (-49, -4, 48), (-49, -3, 3), (-48, -48, 48), (-47, -4, None), (-2, -1, None)],
)
def test_the_latest_reminder_that_has_come(since, now, found):
    about = {"since": TEN + since * HOUR, "now": TEN + now * HOUR}
    assert reminders.due(TEN, [48, 3], UTC_ZONE, NEVER, **about) == found


@pytest.mark.parametrize(
    ("start", "at"),
    [
        (datetime(2026, 11, 24, 10, tzinfo=UTC), datetime(2026, 11, 24, 8, tzinfo=UTC)),
        (datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 24, 8, tzinfo=UTC)),
        (datetime(2026, 11, 24, 8, 59, tzinfo=UTC), datetime(2026, 11, 23, 20, 45, tzinfo=UTC)),
        (datetime(2026, 11, 24, 2, tzinfo=UTC), datetime(2026, 11, 23, 20, 45, tzinfo=UTC)),
        (datetime(2026, 11, 24, 0, tzinfo=UTC), datetime(2026, 11, 23, 20, 45, tzinfo=UTC)),
    ],
)
def test_reminders_around_the_night(start, at):
    assert reminders.send_at(start, 3, UTC_ZONE, NIGHT) == at


@pytest.fixture
def visit(clinic, desk):
    return confirmed(clinic, desk, start=TEN + 3 * DAY + 4 * HOUR)[1]


@pytest.mark.parametrize(
    ("of", "start", "end", "closed"),
    [
        ("all", 0, 60, True),
        ("person", 59, 90, True),
        ("person", 60, 90, False),
        ("person", -60, 0, False),
        ("person", -60, 1, True),
        ("another", 0, 60, False),
        ("elsewhere", 0, 60, False),
    ],
)
def test_nobody_is_reminded_inside_a_closure(visit, clinic, of, start, end, closed):
    _service, location, people = clinic
    person = {"person": visit.practitioner}.get(of)
    if of == "another":
        person = next(one for one in people if one != visit.practitioner)
    if of == "elsewhere":
        location = make_clinic()[1]
    DateException.objects.create(
        location=location,
        resource=person,
        kind="closed",
        start=visit.start + start * MINUTE,
        end=visit.start + end * MINUTE,
    )
    assert reminders.expected().exists() is not closed
    assert reminders.remind_due(now=visit.start - 3 * HOUR) == (not closed)


def test_open_hours_close_nobody(visit):
    DateException.objects.create(
        location=visit.location,
        resource=visit.practitioner,
        kind="open",
        start=visit.start,
        end=visit.end,
    )
    assert reminders.expected().exists()


@pytest.mark.parametrize("status", ["in_review", "offered", "confirmed"])
def test_who_waits_for_another_time(visit, status):
    ConsultationRequest.objects.update(status=status)
    assert reminders.expected().exists() is (status == "confirmed")


def test_booked_anyway_is_reminded(visit, desk):
    DateException.objects.create(
        location=visit.location, kind="closed", start=visit.start, end=visit.end
    )
    assert not reminders.expected().exists()
    BookedAnyway.objects.create(appointment=visit, because="asked", created_at=MONDAY)
    assert reminders.expected().exists()


@pytest.mark.postgresql
@pytest.mark.parametrize(("minutes", "told"), [(119, 0), (120, 1)])
def test_who_was_told_just_now(visit, minutes, told):
    now = visit.start - 3 * HOUR
    visit.request.events.filter(to_status="confirmed").update(at=now - minutes * MINUTE)
    assert reminders.remind_due(now=now) == told


def test_no_reminder_where_none_is_wanted(visit):
    settings = MessageSettings.load()
    settings.reminders = ""
    settings.save()
    assert reminders.remind_due(now=visit.start - 3 * HOUR) == 0


def test_reminders_leave_out_what_has_begun(visit):
    assert reminders.remind_due(now=visit.start) == 0
    Appointment.objects.update(status="cancelled")
    assert not reminders._remind(visit.pk, 3, visit.start - 3 * HOUR)
