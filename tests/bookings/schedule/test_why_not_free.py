"""Every reason why a time is not free, in the words that staff read."""

from datetime import UTC, datetime, time, timedelta

import pytest

from bookings.enums import ResourceKind
from bookings.models import Appointment, DateException
from bookings.schedule.availability import Search, closest
from bookings.schedule.why_not_free import explain
from tests.factories import (
    MONDAY,
    ResourceFactory,
    WeeklyHoursFactory,
    make_clinic,
    make_request,
)

pytestmark = pytest.mark.django_db


def at(hour, minute=0, day=24):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def clinic(db):
    """One practitioner, 9 to 17; a visit at noon with ten minutes after it."""
    service, location, people = make_clinic(buffer_after_minutes=10, step_minutes=5)
    people[0].name = "Amara"
    people[0].save()
    make_request(service, location, start=at(12))
    return service, location, people[0]


def why(clinic, start, now=MONDAY, **kwargs):
    return explain(Search(clinic[0], clinic[1], now, **kwargs), start)


def test_a_free_time_has_no_reason(clinic):
    assert why(clinic, at(9)) == []


def test_another_visit_and_one_too_close(clinic):
    assert why(clinic, at(12, 30)) == ["Amara has another visit, midday–1pm."]
    close = (
        "Too close to another visit of Amara, midday–1pm: 10 minutes are kept free between visits."
    )
    assert why(clinic, at(10, 55)) == why(clinic, at(13, 5)) == [close]
    assert why(clinic, at(10, 50)) == why(clinic, at(13, 10)) == []


def test_outside_the_hours(clinic):
    assert why(clinic, at(20)) == ["Amara works 9am–5pm that day."]
    assert why(clinic, at(10, day=28)) == ["Amara does not work then, nor at any time that day."]


def test_past_notice_and_horizon(clinic):
    assert why(clinic, at(10), now=at(8)) == ["Less than 24 hours of notice."]
    assert why(clinic, at(10), now=at(8), notice=False) == []
    assert "This time is in the past." in why(clinic, at(12), now=at(13))
    assert why(clinic, at(12) + timedelta(days=70)) == ["More than 60 days ahead."]


def test_closures_and_what_reaches_into_one(clinic):
    _service, location, person = clinic
    DateException.objects.create(
        location=location, start=at(9), end=at(10), reason="Staff training"
    )
    assert why(clinic, at(9)) == [f"{location.name} is closed: Staff training."]
    DateException.objects.create(location=location, resource=person, start=at(16), end=at(17))
    assert why(clinic, at(16)) == ["Amara is closed: no reason given."]
    reaches = "The time around the visit reaches into a closure (no reason given)."
    assert why(clinic, at(15)) == [reaches]


def test_nobody_offers_it(clinic):
    service, _location, person = clinic
    other = ResourceFactory(location=clinic[1], name="Jonas")
    assert why(clinic, at(9), practitioner=other) == ["Jonas does not offer this service here."]
    service.practitioners.clear()
    assert why(clinic, at(9)) == ["Nobody offers this service here."]
    person.active = False
    assert why(clinic, at(9), practitioner=person) == ["Amara takes no appointments."]


def test_no_room(clinic):
    service, location, _person = clinic
    service.needs_room = True
    service.save()
    assert why(clinic, at(9)) == ["This service needs a room, and there is none here."]
    second = ResourceFactory(location=location, name="Jonas")
    service.practitioners.add(second)
    room = ResourceFactory(kind=ResourceKind.ROOM, location=location, name="Blue room")
    DateException.objects.create(location=location, resource=room, start=at(9), end=at(10))
    make_request(service, location, start=at(14), email="b@example.org")
    service.practitioners.remove(second)
    assert why(clinic, at(9)) == ["No room is free.", "Blue room is closed."]
    assert "Blue room is in use, 2pm–3pm." in why(clinic, at(14))


def test_off_the_grid_names_the_nearest(clinic):
    found = why(clinic, at(9, 2))
    assert found == [
        "Visits begin every 5 minutes from the start of the working hours. "
        "The nearest free one is 9am."
    ]


def test_everybody_has_a_reason(clinic):
    """Amara has a visit; Jonas is free, but visits begin every five minutes."""
    service, location, _person = clinic
    jonas = ResourceFactory(location=location, name="Jonas")
    service.practitioners.add(jonas)
    WeeklyHoursFactory(resource=jonas, weekday=1)
    assert why(clinic, at(12, 2), notice=False) == [
        "Amara has another visit, midday–1pm.",
        "Jonas: visits begin every 5 minutes. The nearest free one is midday.",
    ]


def test_a_visit_is_not_sent_back(clinic):
    """Its own time is no time to move to."""
    visit = Appointment.objects.get()
    values = {"notice": False, "moving": visit, "ignoring": [visit.pk]}
    (text,) = why(clinic, at(12, 2), **values)
    assert text.endswith("The nearest free one is 12:05pm.")


def test_the_same_time_with_another_is_nearest(clinic):
    service, location, amara = clinic
    jonas = ResourceFactory(location=location, name="Jonas")
    service.practitioners.add(jonas)
    WeeklyHoursFactory(resource=jonas, weekday=1)
    search = Search(service, location, MONDAY, amara, notice=False)
    found = [(slot.start, slot.practitioner_ids) for slot in closest(search, at(12), count=3)]
    assert found == [
        (at(12), (jonas.pk,)),
        (at(11, 55), (jonas.pk,)),
        (at(12, 5), (jonas.pk,)),
    ]
    assert closest(search, at(10), count=1)[0].practitioner_ids == (amara.pk,)


def test_the_nearest_may_be_on_another_day(time_machine):
    """The last grid time of Tuesday is taken, the first of Wednesday is not."""
    time_machine.move_to(MONDAY)
    service, location, _people = make_clinic(hours=(time(9), time(10)), duration_minutes=30)
    service.step_minutes = 60
    service.save()
    make_request(service, location, start=at(9))
    assert why((service, location), at(9, 30)) == [
        "Visits begin every 60 minutes from the start of the working hours. "
        "The nearest free one is Wednesday 25 November, 9am."
    ]


def test_several_reasons_are_all_told(clinic):
    service, location, _person = clinic
    DateException.objects.create(location=location, start=at(11), end=at(13), reason="Fire drill")
    assert len(why(clinic, at(12, 30))) == 2
