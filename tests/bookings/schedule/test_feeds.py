"""What a practitioner's feed shows, and when it says that something has changed."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from wagtail.models import ModelLogEntry

from bookings.enums import ResourceKind
from bookings.models import Appointment, CalendarFeed, Practitioner
from bookings.schedule import feeds
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed
from tests.factories import MONDAY, ResourceFactory, make_clinic

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = (timedelta(**{n: 1}) for n in ("minutes", "hours", "days"))


@pytest.fixture
def amara(clinic, django_user_model):
    user = django_user_model.objects.create_user("amara")
    Practitioner.objects.filter(resource=clinic[2][0]).update(user=user)
    return clinic[2][0]


def token(address):
    return address.rsplit("/", 1)[-1].removesuffix(".ics")


def of(visits):
    return [(visit.start, visit.changed) for visit in visits]


@pytest.mark.postgresql
def test_each_person_has_one_feed(clinic, amara, django_user_model):
    other = clinic[2][1]
    user = django_user_model.objects.create_user("jonas")
    Practitioner.objects.filter(resource=other).update(user=user)
    theirs, first, second = (feeds.make(one, now=MONDAY) for one in (other, amara, amara))
    assert [feeds.owner_of(token(one)) for one in (theirs, first, second)] == [other, None, amara]
    assert CalendarFeed.objects.get(resource=amara).created_at == MONDAY
    feeds.revoke(amara)
    assert [feeds.owner_of(token(one)) for one in (theirs, second)] == [other, None]


@pytest.mark.parametrize(
    ("late", "shown"), [(30 * DAY - MINUTE, [TEN, ELEVEN]), (30 * DAY, [ELEVEN])]
)
def test_a_feed_goes_back_a_month(clinic, desk, amara, late, shown):
    for start in (ELEVEN, TEN):
        confirmed(clinic, desk, start=start, practitioner=amara, email=f"{start.hour}@x.org")
    confirmed(clinic, desk, practitioner=clinic[2][1], email="other@x.org")
    found = feeds.visits_of(amara, now=TEN + late)
    assert of(found) == [(start, MONDAY) for start in shown]


def test_a_feed_has_holds_until_they_lapse(clinic, amara):
    held = asked(clinic, practitioner=amara).appointments.get()
    ends = held.hold_expires_at
    assert feeds.visits_of(amara, now=ends - MINUTE) == [held]
    assert feeds.visits_of(amara, now=ends) == []


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        *(("proposed", 1), ("pending", 1), ("booked", 1), ("arrived", 1), ("fulfilled", 1)),
        *(("noshow", 0), ("cancelled", 0)),
    ],
)
def test_which_visits_are_in_a_feed(clinic, desk, amara, status, shown):
    confirmed(clinic, desk, practitioner=amara)
    Appointment.objects.update(status=status)
    assert len(feeds.visits_of(amara, now=MONDAY)) == shown


@pytest.mark.postgresql
def test_visits_without_events_changed_when_made(clinic, desk, amara):
    visit = confirmed(clinic, desk, practitioner=amara)[1]
    visit.request.events.filter(verb="verify").update(appointment=visit, at=MONDAY + HOUR)
    assert of(feeds.visits_of(amara, now=MONDAY)) == [(TEN, MONDAY + HOUR)]
    visit.events.update(appointment=None)
    Appointment.objects.update(created_at=MONDAY - HOUR)
    visits = feeds.visits_of(amara, now=MONDAY)
    assert of(visits) == [(TEN, MONDAY - HOUR)]
    assert feeds.last_changed(visits) == MONDAY - HOUR
    assert feeds.last_changed([]) is None


def edited(record, at, *, changed=True):
    ModelLogEntry.objects.create(
        content_type=ContentType.objects.get_for_model(record),
        object_id=str(record.pk),
        label="x",
        action="wagtail.edit",
        content_changed=changed,
        timestamp=at,
        data={},
    )


@pytest.fixture
def in_a_room(clinic, desk, amara):
    """Two visits at one location, the first in a room."""
    room = ResourceFactory(kind=ResourceKind.ROOM, location=clinic[1], name="Blue room")
    first = confirmed(clinic, desk, practitioner=amara)[1]
    confirmed(clinic, desk, start=ELEVEN, practitioner=amara, email="b@x.org")
    Appointment.objects.filter(pk=first.pk).update(room=room)
    return room


def test_a_renamed_room_is_of_its_visits(clinic, amara, in_a_room):
    edited(in_a_room, MONDAY + 2 * HOUR)
    edited(in_a_room, MONDAY + HOUR)
    found = feeds.visits_of(amara, now=MONDAY)
    assert of(found) == [(TEN, MONDAY + 2 * HOUR), (ELEVEN, MONDAY)]
    assert feeds.last_changed(found) == MONDAY + 2 * HOUR
    edited(clinic[1], MONDAY + 3 * HOUR)
    found = feeds.visits_of(amara, now=MONDAY)
    assert of(found) == [(start, MONDAY + 3 * HOUR) for start in (TEN, ELEVEN)]


def test_other_edits_change_no_visit(clinic, amara, in_a_room):
    edited(in_a_room, MONDAY + HOUR, changed=False)
    edited(clinic[1], MONDAY - HOUR)
    edited(make_clinic()[1], MONDAY + HOUR)
    edited(amara, MONDAY + HOUR)
    # Another kind of record with the number of the room and of the location.
    for pk in (in_a_room.pk, clinic[1].pk):
        edited(clinic[0].__class__(pk=pk), MONDAY + HOUR)
    assert of(feeds.visits_of(amara, now=MONDAY)) == [(TEN, MONDAY), (ELEVEN, MONDAY)]
