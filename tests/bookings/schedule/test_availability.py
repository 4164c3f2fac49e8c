from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test.utils import CaptureQueriesContext

from bookings import clock, transitions
from bookings.enums import ExceptionKind, ResourceKind
from bookings.models import DateException
from bookings.schedule import answer_deadline, availability
from bookings.schedule.availability import Search
from tests.factories import (
    MONDAY,
    ResourceFactory,
    WeeklyHoursFactory,
    make_clinic,
    make_request,
)

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)


def at(hour, minute=0, day=24):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def starts(service, location, day=TUESDAY, days=1, now=MONDAY, **kwargs):
    search = Search(service, location, now, **kwargs)
    found = availability.free_slots(search, first_day=day, days=days)
    return [slot.start for slot in found]


def local(service, location, day, now):
    zone = location.zone
    return [clock.time_label(s, zone) for s in starts(service, location, day, now=now)]


def test_an_empty_day_offers_every_start_that_fits():
    service, location, _ = make_clinic()
    assert starts(service, location) == [at(h) for h in range(9, 17)]


def test_several_ranges_a_day_leave_the_break_free():
    service, location, (person,) = make_clinic(hours=(time(9), time(12)))
    WeeklyHoursFactory(resource=person, weekday=1, start=time(13, 30), end=time(15, 30))
    assert starts(service, location) == [at(9), at(10), at(11), at(13, 30), at(14, 30)]


def test_hours_outside_their_validity_do_not_count():
    service, location, (person,) = make_clinic(hours=(time(9), time(10)))
    WeeklyHoursFactory(
        resource=person, weekday=1, start=time(14), end=time(15), valid_to=date(2026, 11, 23)
    )
    assert starts(service, location) == [at(9)]


def test_hours_may_run_past_midnight():
    service, location, (person,) = make_clinic(hours=(time(9), time(10)))
    WeeklyHoursFactory(resource=person, weekday=1, start=time(22), end=time(1))
    assert starts(service, location) == [at(9), at(22), at(23)]
    assert starts(service, location, date(2026, 11, 25))[0] == at(0, day=25)


def test_notice_counts_to_the_minute():
    service, location, _ = make_clinic(minimum_notice_hours=24)
    now = at(10, day=23)
    assert starts(service, location, now=now)[0] == at(10)
    assert starts(service, location, now=now + timedelta(minutes=1))[0] == at(11)


def test_nothing_beyond_the_horizon():
    service, location, _ = make_clinic(horizon_days=3)
    assert starts(service, location, date(2026, 11, 26))
    assert not starts(service, location, date(2026, 11, 27))


def test_buffers_keep_their_distance_on_both_sides():
    service, location, _ = make_clinic(
        step_minutes=15, buffer_before_minutes=10, buffer_after_minutes=20
    )
    make_request(service, location, start=at(12))
    free = starts(service, location)
    # The gap is after + before = 30 minutes: 10:30 to 11:30 ends 30 before noon, 13:30 starts 30 after.
    assert at(10, 30) in free and at(10, 45) not in free
    assert at(13, 30) in free and at(13, 15) not in free


def test_closure_of_one_person_or_location():
    service, location, (one, two) = make_clinic(practitioners=2)
    DateException.objects.create(location=location, resource=one, start=at(9), end=at(12))
    by_start = {
        slot.start: slot.practitioner_ids
        for slot in availability.free_slots(
            Search(service, location, MONDAY), first_day=TUESDAY, days=1
        )
    }
    assert by_start[at(9)] == (two.pk,)
    assert by_start[at(12)] == (one.pk, two.pk)
    DateException.objects.create(location=location, start=at(0), end=at(23))
    assert starts(service, location) == []


def test_an_extra_opening():
    service, location, (person,) = make_clinic()
    saturday = date(2026, 11, 28)
    assert starts(service, location, saturday) == []
    DateException.objects.create(
        location=location,
        resource=person,
        kind=ExceptionKind.OPEN,
        start=at(10, day=28),
        end=at(12, day=28),
    )
    assert starts(service, location, saturday) == [at(10, day=28), at(11, day=28)]


def test_a_room_is_a_second_resource():
    service, location, _ = make_clinic(practitioners=2, needs_room=True)
    assert starts(service, location) == []
    ResourceFactory(kind=ResourceKind.ROOM, location=location, name="Blue room")
    assert at(9) in starts(service, location)
    make_request(service, location, start=at(9))
    assert at(9) not in starts(service, location)


def test_a_lapsed_hold_is_free_again():
    service, location, _ = make_clinic()
    make_request(service, location, start=at(9), verified=False)
    assert at(9) not in starts(service, location)
    assert at(9) in starts(service, location, now=MONDAY + timedelta(minutes=15))


def test_nearest_are_the_closest_free_times_in_order():
    service, location, _ = make_clinic()
    make_request(service, location, start=at(12))
    search = Search(service, location, MONDAY)
    found = [s.start for s in availability.nearest(search, at(12))]
    assert found == [at(10), at(11), at(13), at(14)]


def test_no_availability_at_all_ends_the_search():
    service, location, (person,) = make_clinic()
    person.weekly_hours.all().delete()
    assert availability.first_page(Search(service, location, MONDAY), days=10) is None
    assert answer_deadline.answer_deadline(location, now=MONDAY) == MONDAY + timedelta(days=30)


def test_answer_by_counts_working_hours_only():
    service, location, _ = make_clinic()  # 9 to 17, Monday to Friday; 8 working hours promised
    assert answer_deadline.answer_deadline(location, now=at(8, day=23)) == at(17, day=23)
    assert answer_deadline.answer_deadline(location, now=at(16, day=23)) == at(16, day=24)
    minutes_past = at(15, 46, day=23).replace(second=7)
    assert answer_deadline.answer_deadline(location, now=minutes_past) == at(16, day=24)
    friday_evening = at(18, day=27)
    assert answer_deadline.answer_deadline(location, now=friday_evening) == at(17, day=30)
    DateException.objects.create(location=location, start=at(0, day=30), end=at(23, 59, day=30))
    december_first = datetime(2026, 12, 1, 17, tzinfo=UTC)
    assert answer_deadline.answer_deadline(location, now=friday_evening) == december_first


@pytest.mark.parametrize("needs_room", [False, True])
def test_query_count_is_constant(db, uncached, needs_room):
    from django.db import connection

    service, location, _ = make_clinic(
        practitioners=3, minimum_notice_hours=0, needs_room=needs_room
    )
    for name in ("Blue", "Green", "Red") if needs_room else ():
        ResourceFactory(kind=ResourceKind.ROOM, location=location, name=name)

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as found:
            starts(service, location, days=10)
        return len(found)

    before = queries()
    for hour in range(9, 15):
        make_request(service, location, start=at(hour), email=f"p{hour}@example.org")
    assert queries() == before <= 8


# --- clock changes: the exact list of offered local times ------------------------------------------

NIGHT = (time(0), time(6))


def night_clinic(zone, step=60):
    service, location, (person,) = make_clinic(
        time_zone=zone,
        hours=NIGHT,
        duration_minutes=30,
        step_minutes=step,
        minimum_notice_hours=0,
    )
    for weekday in (5, 6):
        WeeklyHoursFactory(resource=person, weekday=weekday, start=NIGHT[0], end=NIGHT[1])
    return service, location


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        # Clocks go from 2:00 to 3:00: there is no two o'clock.
        ("Europe/Berlin", date(2026, 3, 29), ["00:00", "01:00", "03:00", "04:00", "05:00"]),
        # Clocks go from 3:00 back to 2:00: two o'clock comes twice.
        (
            "Europe/Berlin",
            date(2026, 10, 25),
            ["00:00", "01:00", "02:00 CEST", "02:00 CET", "03:00", "04:00", "05:00"],
        ),
        ("America/New_York", date(2026, 3, 8), ["00:00", "01:00", "03:00", "04:00", "05:00"]),
        (
            "America/New_York",
            date(2026, 11, 1),
            ["00:00", "01:00 EDT", "01:00 EST", "02:00", "03:00", "04:00", "05:00"],
        ),
        # Lord Howe moves by half an hour: 2:00 becomes 2:30, and the hours after it start at half past.
        (
            "Australia/Lord_Howe",
            date(2026, 10, 4),
            ["00:00", "01:00", "02:30", "03:30", "04:30", "05:30"],
        ),
        # Back from 2:00 to 1:30: one o'clock is once, half past one twice (the second at the step).
        (
            "Australia/Lord_Howe",
            date(2026, 4, 5),
            ["00:00", "01:00", "01:30 +1030", "02:30", "03:30", "04:30", "05:30"],
        ),
        (
            "Asia/Kathmandu",
            date(2026, 3, 29),
            ["00:00", "01:00", "02:00", "03:00", "04:00", "05:00"],
        ),
        # No change ever; five hours and three quarters from UTC.
        (
            "Asia/Kathmandu",
            date(2026, 10, 25),
            ["00:00", "01:00", "02:00", "03:00", "04:00", "05:00"],
        ),
    ],
)
def test_offered_times_on_clock_change_days(zone, day, expected):
    service, location = night_clinic(zone)
    now = datetime.combine(day, time(12), tzinfo=UTC) - timedelta(days=3)
    shown = []
    for start in starts(service, location, day, now=now):
        wall = start.astimezone(ZoneInfo(zone))
        twice = clock.happens_twice(start, ZoneInfo(zone))
        shown.append(f"{wall:%H:%M}" + (f" {wall.tzname()}" if twice else ""))
    assert shown == expected


def test_notice_on_a_change_day_is_real_hours():
    """Twenty-four hours before 9:00 on the spring Sunday is 8:00 on the Saturday, local time."""
    service, location = night_clinic("Europe/Berlin")
    service.minimum_notice_hours = 24
    service.save()
    nine = datetime(2026, 3, 29, 3, tzinfo=UTC)  # 05:00 summer time
    day = date(2026, 3, 29)
    assert nine in starts(service, location, day, now=nine - timedelta(hours=24))
    assert nine not in starts(service, location, day, now=nine - timedelta(hours=23, minutes=59))


def test_notice_on_long_day_is_real_hours():
    """Twenty-four hours before 5:00 on the autumn Sunday is 6:00 on the Saturday, local time."""
    service, location = night_clinic("Europe/Berlin")
    service.minimum_notice_hours = 24
    service.save()
    five = datetime(2026, 10, 25, 4, tzinfo=UTC)  # 05:00 winter time
    day = date(2026, 10, 25)
    assert (five - timedelta(hours=24)).astimezone(location.zone).hour == 6
    assert five in starts(service, location, day, now=five - timedelta(hours=24))
    assert five not in starts(service, location, day, now=five - timedelta(hours=23, minutes=59))


def test_visit_across_clock_change_keeps_its_length():
    """Half an hour from the first 2:45 ends at the second 2:15: thirty minutes of real time."""
    service, location = night_clinic("Europe/Berlin", step=15)
    day, now = date(2026, 10, 25), datetime(2026, 10, 22, 12, tzinfo=UTC)
    found = availability.free_slots(Search(service, location, now), first_day=day, days=1)
    assert {slot.end - slot.start for slot in found} == {timedelta(minutes=30)}
    assert len(found) == 7 * 4 - 1


def test_leap_day_and_year_end():
    service, location, _ = make_clinic()
    leap = date(2028, 2, 29)
    now = datetime(2028, 2, 25, tzinfo=UTC)
    assert len(starts(service, location, leap, now=now)) == 8
    eve = date(2026, 12, 31)
    now = datetime(2026, 12, 29, tzinfo=UTC)
    assert len(starts(service, location, eve, days=2, now=now)) == 16


def test_the_clinic_changes_its_zone():
    """Hours are the wall's: they move with the zone; what is booked stays where it is."""
    service, location, _ = make_clinic()
    consultation = make_request(service, location, start=at(12))
    location.time_zone = "Asia/Kathmandu"
    location.save()
    wednesday = starts(service, location, date(2026, 11, 25))
    assert wednesday[0] == at(3, 15, day=25)  # 9:00 at UTC+5:45
    assert consultation.appointments.get().start == at(12)


def test_any_practitioner_is_spread_fairly():
    service, location, (one, two) = make_clinic(practitioners=2)
    for hour in (9, 10, 11, 12):
        make_request(service, location, start=at(hour), email=f"p{hour}@example.org")
    from bookings.models import Appointment

    assert Appointment.objects.filter(practitioner=one).count() == 2
    assert Appointment.objects.filter(practitioner=two).count() == 2
    assert transitions.PATIENT.user is None


class TestRemembered:
    """Pages read who works when once; whoever changes it is believed at once."""

    @pytest.fixture(autouse=True)
    def committing(self, caching, django_capture_on_commit_callbacks):
        self.commit = django_capture_on_commit_callbacks

    def test_hours_are_read_once(self, django_assert_num_queries):
        service, location, _ = make_clinic(minimum_notice_hours=0)
        starts(service, location)
        with django_assert_num_queries(1):  # what is held
            assert len(starts(service, location)) == 8

    @pytest.mark.postgresql
    @pytest.mark.parametrize("change", ["hours", "person", "offered", "closed"])
    def test_a_change_counts_at_once(self, change):
        service, location, (person,) = make_clinic(minimum_notice_hours=0)
        assert len(starts(service, location)) == 8
        with self.commit(execute=True):
            if change == "hours":
                for row in person.weekly_hours.all():
                    row.end = time(12)
                    row.save()
            elif change == "person":
                person.active = False
                person.save()
            elif change == "closed":
                closure = {"resource": person, "start": at(8), "end": at(20)}
                DateException.objects.create(location=location, **closure)
            else:
                service.practitioners.remove(person)
        assert len(starts(service, location)) == (3 if change == "hours" else 0)

    @pytest.mark.postgresql
    def test_who_holds_a_time_reads_the_rows(self):
        service, location, (person,) = make_clinic(minimum_notice_hours=0)
        assert at(14) in starts(service, location)
        person.weekly_hours.update(end=time(12))  # tells nobody
        assert at(14) in starts(service, location)
        assert (
            availability.day_of(Search(service, location, MONDAY), at(14)).slot_at(at(14)) is None
        )

    def test_who_holds_a_time_reads_what_is_closed(self):
        service, location, (person,) = make_clinic(minimum_notice_hours=0)
        assert at(14) in starts(service, location)
        # Written without a word to anybody.
        closure = DateException(resource=person, location=location, start=at(8), end=at(20))
        DateException.objects.bulk_create([closure])
        assert at(14) in starts(service, location)
        assert (
            availability.day_of(Search(service, location, MONDAY), at(14)).slot_at(at(14)) is None
        )


def test_first_page_starts_on_first_free_day():
    service, location, _ = make_clinic(minimum_notice_hours=24 * 20)
    day, slots = availability.first_page(Search(service, location, MONDAY), days=10)
    assert day == date(2026, 12, 14)
    search = Search(service, location, MONDAY)
    assert slots == availability.free_slots(search, first_day=day, days=10)
