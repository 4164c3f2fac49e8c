"""Small rules that no other test would miss, each for itself."""

import json
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from post_office.models import STATUS, Email

from bookings import transitions
from bookings.enums import DayPart, DeliveryStatus, PausedBecause
from bookings.errors import InvalidTransition
from bookings.messages import placeholders, queue, to_staff
from bookings.messages.webhooks import send as webhooks
from bookings.models import (
    Appointment,
    ConsultationRequest,
    Draft,
    Event,
    Message,
    PreferredTime,
    StaffNotice,
    WebhookDelivery,
    WeeklyHours,
)
from bookings.schedule import availability, why_not_free
from bookings.schedule.availability import Search
from bookings.schedule.seconds import local_seconds
from bookings.schedule.waiting_list import WaitingList
from bookings.transitions import own_calendars
from bookings.transitions.holds import hold_first_choice
from bookings.worker import retention, staff_warnings
from tests.bookings.messages.test_webhooks import make_endpoint
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed
from tests.factories import MONDAY, make_clinic, make_request

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = (timedelta(**{n: 1}) for n in ("minutes", "hours", "days"))


@pytest.fixture
def freed(clinic, desk):
    visit = confirmed(clinic, desk)[1]
    transitions.withdraw(visit.request, now=MONDAY)
    visit.refresh_from_db()
    return visit


@pytest.mark.parametrize(
    ("wishes", "met", "reasons"),
    [
        ({"parts": [DayPart.MORNING]}, 1, ["any day", "wants morning", "any practitioner"]),
        ({"practitioner": True}, 1, ["any day", "any hour", "wants Practitioner"]),
        ({}, 0, ["any day", "any hour", "any practitioner"]),
    ],
)
def test_each_wish_is_named_for_itself(clinic, freed, wishes, met, reasons):
    wishes = dict(wishes)
    if wishes.get("practitioner"):
        wishes["practitioner"] = freed.practitioner
    make_request(
        *clinic[:2], waiting=transitions.Waiting((), date(2027, 1, 4)), email="w@x.org", **wishes
    )
    (match,) = WaitingList(now=MONDAY).matches(freed)
    assert match.wishes_met == met
    assert [
        said[: len(want)] for said, want in zip(match.reasons, reasons, strict=False)
    ] == reasons


def test_hours_that_end_after_midnight_are_of_their_day(clinic):
    WeeklyHours.objects.update(start=time(22), end=time(2))
    search = Search(*clinic[:2], MONDAY, clinic[2][0], notice=False)
    said = " ".join(why_not_free.explain(search, datetime(2026, 11, 24, 12, tzinfo=UTC)))
    assert "works 10pm" in said


@pytest.mark.parametrize(("short", "letters"), [(False, 43), (True, 22)])
def test_how_long_a_secret_is(clinic, short, letters):
    consultation = asked(clinic)
    link = queue.new_link(consultation, now=MONDAY, short=short)
    assert len(link.rstrip("/").rpartition("/")[2]) == letters


def test_a_claim_sweeps_its_own_cells_alone(clinic):
    about = {"practitioner": clinic[2][0]}
    later = asked(clinic, start=ELEVEN + DAY, **about).appointments.get()
    nine = TEN + DAY - HOUR
    earlier = asked(clinic, start=nine, email="b@x.org", **about).appointments.get()
    asked(clinic, start=TEN + DAY, email="c@x.org", now=later.hold_expires_at, **about)
    assert (later.claims.count(), earlier.claims.count()) == (12, 12)


def test_what_a_message_leaves_out_is_empty(clinic):
    consultation = asked(clinic, start=None)
    values = placeholders.values_of(consultation, now=MONDAY)
    for name in ("waits_until", "until", "instead", "change"):
        assert values[name] == "", name
    assert values["visit"] == [] and values["times"] == [] and values["links"] == []


def test_a_wish_that_is_over_is_not_held(clinic):
    consultation = asked(clinic, start=TEN)
    consultation.appointments.all().delete()
    PreferredTime.objects.create(request=consultation, rank=2, start=ELEVEN + DAY)
    held = hold_first_choice(consultation, until=ELEVEN + 2 * DAY, now=TEN + MINUTE)
    assert held.start == ELEVEN + DAY and held.hold_expires_at == ELEVEN + DAY


def test_nothing_held_is_nothing_to_confirm(clinic, desk):
    consultation = asked(clinic)
    by = {"actor": desk, "now": MONDAY}
    transitions.waitlist(consultation, version=consultation.version, **by)
    with pytest.raises(InvalidTransition):
        transitions.confirm(consultation, version=consultation.version, **by)


@pytest.mark.postgresql
def test_sent_again_nothing_is_known_of_its_arrival(clinic, desk):
    consultation = confirmed(clinic, desk)[0]
    message = consultation.messages.get(kind="confirmed")
    Email.objects.filter(pk=message.email_id).update(
        status=STATUS.failed, recipient_delivery_status=40
    )
    message.refresh_from_db()
    transitions.send_again(message, actor=desk, now=MONDAY)
    message.email.refresh_from_db()
    assert message.email.recipient_delivery_status is None


@pytest.mark.postgresql
@pytest.mark.parametrize(("late", "left"), [(-MINUTE, 1), (timedelta(0), 0)])
def test_how_long_a_draft_is_kept(db, late, left):
    Draft.objects.create(
        digest="d", idempotency_key="k", expires_at=MONDAY, created_at=MONDAY - DAY
    )
    transitions.expire_due(now=MONDAY + late)
    assert Draft.objects.count() == left


@pytest.mark.parametrize(
    ("zone", "at"),
    [
        ("Europe/London", datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC)),
        ("Europe/London", datetime(2026, 3, 29, 1, tzinfo=UTC)),
        ("Europe/London", datetime(2026, 7, 1, tzinfo=UTC)),
        ("Europe/London", datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC)),
        ("Europe/London", datetime(2026, 10, 25, 1, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 12, 1, 3, tzinfo=UTC)),
        ("UTC", datetime(2026, 12, 1, 3, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("span", [(2026, 2027), (2026, 2026)])
def test_the_wall_clock_in_a_query(clinic, zone, at, span):
    asked(clinic)
    ConsultationRequest.objects.update(created_at=at)
    first, last = datetime(span[0], 1, 1, tzinfo=UTC), datetime(span[1], 12, 31, tzinfo=UTC)
    found = ConsultationRequest.objects.annotate(
        wall=local_seconds("created_at", ZoneInfo(zone), first, last)
    ).values_list("wall", flat=True)
    local = at.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC)
    assert list(found) == [int(local.timestamp())]


def test_no_warning_while_there_is_time(clinic, django_user_model):
    django_user_model.objects.create_superuser("root", email="root@clinic.example")
    consultation = asked(clinic)
    StaffNotice.objects.all().delete()
    assert staff_warnings.warn_due(now=MONDAY + HOUR) == 0
    assert not StaffNotice.objects.exists()
    assert staff_warnings.warn_due(now=consultation.respond_by - MINUTE) == 1


@pytest.mark.postgresql
@pytest.mark.parametrize(("age", "told"), [(-MINUTE, []), (timedelta(0), ["given up"])])
def test_only_what_was_given_up_since_it_fails(clinic, desk, age, told):
    endpoint = make_endpoint(failing_since=MONDAY)
    confirmed(clinic, desk)
    WebhookDelivery.objects.update(status=DeliveryStatus.DEAD, created_at=MONDAY + age)
    assert [word for word in ["given up"] if word in " ".join(webhooks.troubles())] == told
    endpoint.paused_at, endpoint.paused_because = MONDAY, PausedBecause.GONE
    endpoint.save()
    assert "paused by itself" in webhooks.troubles()[0]


@pytest.mark.postgresql
def test_who_was_told_of_a_clash_keeps_it(clinic, desk, django_user_model):
    django_user_model.objects.create_superuser("root", email="root@clinic.example")
    visit = confirmed(clinic, desk)[1]
    StaffNotice.objects.all().delete()
    to_staff.clash(visit, now=MONDAY)
    for told, left in (({"told_at": MONDAY}, 1), ({"told_at": None, "seen_at": MONDAY}, 1)):
        StaffNotice.objects.update(**told)
        to_staff.no_clash([visit.pk])
        assert StaffNotice.objects.count() == left
    StaffNotice.objects.update(seen_at=None)
    to_staff.no_clash([visit.pk + 1])
    assert StaffNotice.objects.count() == 1
    to_staff.no_clash([visit.pk])
    assert not StaffNotice.objects.exists()


def row(pk, start, end):
    return SimpleNamespace(pk=pk, start=start, end=end)


@pytest.mark.parametrize(
    ("old", "wanted", "gone", "moved", "fresh"),
    [
        ([(1, 2)], [(1, 2)], [], [], []),
        ([(1, 2)], [], [1], [], []),
        ([], [(1, 2)], [], [], [(1, 2)]),
        ([(1, 3)], [(2, 4)], [], [(1, (2, 4))], []),
        ([(1, 2)], [(2, 3)], [1], [], [(2, 3)]),
        ([(1, 3), (5, 7)], [(2, 4), (6, 8)], [], [(1, (2, 4)), (2, (6, 8))], []),
        (
            [(1, 9), (10, 12)],
            [(2, 3), (4, 5), (11, 13)],
            [],
            [(1, (2, 3)), (2, (11, 13))],
            [(4, 5)],
        ),
    ],
)
def test_what_becomes_of_busy_times(old, wanted, gone, moved, fresh):
    rows = [row(pk, *span) for pk, span in enumerate(old, 1)]
    found = own_calendars._difference(rows, wanted)
    assert [one.pk for one in found[0]] == gone
    assert [(one.pk, span) for one, span in found[1]] == moved and found[2] == fresh


def test_a_visit_may_run_into_the_next_day():
    service, location, (one,) = make_clinic(hours=(time(12), time(0)), step_minutes=30)
    for weekday in range(5):
        WeeklyHours.objects.create(resource=one, weekday=weekday, start=time(0), end=time(12))
    search = Search(service, location, MONDAY)
    assert availability.find_slot(search, datetime(2026, 11, 24, 23, 30, tzinfo=UTC))
    friday = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)  # nobody works on Saturday
    assert availability.find_slot(search, friday - HOUR / 2)
    assert availability.find_slot(search, friday) is None


@pytest.mark.postgresql
def test_the_key_of_an_old_version_goes_too(clinic, desk):
    consultation = confirmed(clinic, desk)[0]
    Appointment.objects.update(person_key="from an old version", attendee="m@x.org")
    transitions.erase(
        consultation, actor=desk, version=consultation.version, now=MONDAY, because="asked"
    )
    visit = Appointment.objects.get()
    assert (visit.person_key, visit.attendee) == ("", "")


@pytest.mark.postgresql
def test_exports_are_recorded_with_each_request(clinic, desk):
    both = [asked(clinic), asked(clinic, start=ELEVEN, email="b@x.org")]
    transitions.exported(both, actor=desk, now=MONDAY)
    rows = Event.objects.filter(verb="export")
    assert {(one.request, one.actor, one.at, one.actor_kind) for one in rows} == {
        (one, desk.user, MONDAY, "staff") for one in both
    }


def test_the_feed_for_programs_is_json(clinic, desk):
    from bookings.schedule import feeds

    visit = confirmed(clinic, desk)[1]
    (said,) = json.loads(feeds.as_json([visit]))["visits"]
    assert said["reference"] == visit.request.reference and said["status"] == "booked"
    assert said["start"] == "2026-11-24T10:00:00+00:00" and said["time_zone"] == "Europe/London"


@pytest.mark.postgresql
def test_sending_again_settles_one_message(clinic, desk):
    both = [confirmed(clinic, desk)[0], confirmed(clinic, desk, start=ELEVEN, email="b@x.org")[0]]
    Message.objects.update(handled_at=MONDAY)
    message = both[0].messages.get(kind="confirmed")
    Email.objects.filter(pk=message.email_id).update(status=STATUS.failed)
    message.refresh_from_db()
    transitions.send_again(message, actor=desk, now=MONDAY)
    assert both[0].messages.get(kind="confirmed").handled_at is None
    assert both[1].messages.get(kind="confirmed").handled_at == MONDAY


@pytest.mark.parametrize("status", ["confirmed", "waitlisted", "offered"])
def test_only_what_is_looked_at_is_given_to_somebody(clinic, desk, status):
    consultation = asked(clinic)
    ConsultationRequest.objects.update(status=status)
    consultation.refresh_from_db()
    by = {"actor": desk, "to": desk.user, "version": consultation.version, "now": MONDAY}
    with pytest.raises(InvalidTransition):
        transitions.assign(consultation, **by)


def test_how_many_notices_are_forgotten(clinic, settings, django_user_model):
    django_user_model.objects.create_superuser("root", email="root@clinic.example")
    asked(clinic)
    number = StaffNotice.objects.count()
    days = settings.RETENTION["MESSAGE_DAYS"] * DAY
    assert retention.forget_staff_notices(MONDAY + days - MINUTE) == 0
    assert retention.forget_staff_notices(MONDAY + days) == number > 0
