"""Every reason why a time is not free, in the words that staff read."""

from datetime import UTC, datetime, time, timedelta

import pytest

from bookings.enums import ResourceKind
from bookings.models import Appointment, DateException, TravelTime
from bookings.schedule.availability import Search, closest
from bookings.schedule.why_not_free import explain
from tests.factories import (
    MONDAY,
    LocationFactory,
    ResourceFactory,
    WeeklyHoursFactory,
    make_clinic,
    make_request,
    work_also,
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


@pytest.mark.postgresql
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


def test_the_nearest_may_be_on_another_day():
    """The last grid time of Tuesday is taken, the first of Wednesday is not."""
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


def test_the_first_and_last_moment(clinic):
    service, location, person = clinic
    assert why(clinic, at(12), now=at(12))[0] == "This time is in the past."
    taken = "Amara has another visit, midday–1pm."
    assert why(clinic, at(12), now=at(12) - timedelta(hours=24)) == [taken]
    midnight = datetime(2027, 1, 23, tzinfo=UTC)
    idle = "Amara does not work then, nor at any time that day."
    assert why(clinic, midnight) == ["More than 60 days ahead.", idle]
    late = why(clinic, midnight - timedelta(minutes=5))
    assert late == ["Amara works 9am–5pm that day."]


@pytest.mark.parametrize(("before", "after"), [(10, 20), (20, 10)])
def test_both_buffers_are_kept_free(before, after):
    service, location, (person,) = make_clinic(
        buffer_before_minutes=before, buffer_after_minutes=after, step_minutes=5
    )
    make_request(service, location, start=at(12))
    close = (
        f"Too close to another visit of {person.name}, midday–1pm: "
        "30 minutes are kept free between visits."
    )
    assert why((service, location), at(13, 25)) == why((service, location), at(10, 35)) == [close]
    assert why((service, location), at(13, 30)) == why((service, location), at(10, 30)) == []


@pytest.fixture
def elsewhere(clinic):
    """Amara works at the pier too, and has a visit there at nine; the way takes twenty minutes."""
    service, location, person = clinic
    pier = LocationFactory(name="Pier")
    work_also(person, pier)
    TravelTime.objects.create(first=location, second=pier, minutes=20)
    return make_request(service, pier, start=at(9), email="b@example.org").appointments.get()


@pytest.mark.postgresql
def test_visits_at_another_location(clinic, elsewhere):
    visit = "Amara has a visit at Pier, 9am–10am."
    way = "The way between there and here takes 20 minutes."
    assert why(clinic, at(9)) == [visit]
    assert why(clinic, at(10, 25)) == [visit, way]
    assert why(clinic, at(10, 30)) == []
    assert why(clinic, at(10, 25), ignoring=[elsewhere.pk]) == []
    TravelTime.objects.update(minutes=1)
    assert why(clinic, at(10, 10))[1] == "The way between there and here takes 1 minute."
    TravelTime.objects.all().delete()
    assert why(clinic, at(10, 5)) == [visit]
    assert why(clinic, at(10, 10)) == []


def test_a_visit_that_is_moved_is_no_reason(clinic):
    visit = Appointment.objects.get()
    assert why(clinic, at(12, 30), ignoring=[visit.pk]) == []
    make_request(*clinic[:2], start=at(14), email="b@example.org")
    both = why(clinic, at(12, 55), ignoring=[visit.pk])
    assert [said.partition(",")[0] for said in both] == ["Too close to another visit of Amara"]


def test_reasons_of_several_in_order(clinic):
    """Of the place, then of each person, then of rooms."""
    service, location, amara = clinic
    jonas = ResourceFactory(location=location, name="Jonas")
    service.practitioners.add(jonas)
    WeeklyHoursFactory(resource=jonas, weekday=1, start=time(22), end=time(2))
    service.needs_room = True
    service.save()
    for who, why_closed in ((amara, "Leave"), (jonas, "Course"), (None, "Fire drill")):
        DateException.objects.create(
            location=location, resource=who, start=at(12), end=at(13), reason=why_closed
        )
    assert why(clinic, at(12), now=at(13, day=23)) == [
        "Less than 24 hours of notice.",
        f"{location.name} is closed: Fire drill.",
        "Amara is closed: Leave.",
        "Amara has another visit, midday–1pm.",
        "Jonas is closed: Course.",
        "Jonas works 10pm–2am that day.",
        "This service needs a room, and there is none here.",
    ]


@pytest.mark.postgresql
def test_a_taken_room_is_the_only_reason(clinic):
    """Off the grid as well, but that is not said beside it."""
    service, location, _person = clinic
    room = ResourceFactory(kind=ResourceKind.ROOM, location=location, name="Blue room")
    service.needs_room = True
    service.save()
    Appointment.objects.update(room=room, practitioner=ResourceFactory(location=location))
    assert why(clinic, at(12, 2)) == ["No room is free.", "Blue room is in use, midday–1pm."]
    visit = Appointment.objects.get()
    (said,) = why(clinic, at(12, 2), ignoring=[visit.pk])
    assert said.startswith("Visits begin every 5 minutes")


@pytest.mark.postgresql
def test_the_nearest_time_names_whom_it_is_with(clinic):
    service, location, amara = clinic
    for name in ("Jonas", "Kaya"):
        person = ResourceFactory(location=location, name=name)
        service.practitioners.add(person)
        WeeklyHoursFactory(resource=person, weekday=1)
    amara.weekly_hours.update(start=time(9, 58), end=time(12))
    Appointment.objects.all().delete()
    (said,) = why(clinic, at(10, 0), practitioner=amara, notice=False)
    assert said.endswith("The nearest free one is 10am, with Jonas.")
    (said,) = why(clinic, at(10, 4), practitioner=amara, notice=False)
    assert said.endswith("The nearest free one is 10:03am.")


def test_no_time_is_near(clinic):
    service, location, amara = clinic
    amara.weekly_hours.all().delete()
    DateException.objects.create(
        location=location, resource=amara, kind="open", start=at(9), end=at(10)
    )
    make_request(service, location, start=at(9), email="b@example.org")
    visit = Appointment.objects.get(start=at(9))
    Appointment.objects.filter(pk=visit.pk).update(location=LocationFactory())
    found = why(clinic, at(9))
    assert len(found) == 1 and "nearest" not in found[0]
