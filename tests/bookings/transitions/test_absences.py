"""Somebody leaves, or cannot be booked any more: what of theirs ends, and what of others stays."""

from datetime import timedelta

import pytest

from bookings import transitions
from bookings.enums import ResourceKind
from bookings.models import Appointment, DateException
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed, consistent
from tests.bookings.transitions.test_refused import by_desk
from tests.factories import MONDAY, ResourceFactory, make_clinic

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_visits_to_come_with_them_or_there(desk):
    clinic = make_clinic(practitioners=2, needs_room=True)
    about = {"kind": ResourceKind.ROOM, "location": clinic[1]}
    blue, red = (ResourceFactory(name=name, **about) for name in ("Blue", "Red"))
    one, two = clinic[2]
    first = confirmed(clinic, desk, practitioner=one)[1]
    second = confirmed(clinic, desk, practitioner=two, email="b@example.org")[1]
    third = confirmed(clinic, desk, practitioner=two, start=ELEVEN, email="c@example.org")[1]
    asked(clinic, practitioner=one, start=TEN + 3 * HOUR, email="d@example.org")
    gone = confirmed(clinic, desk, practitioner=one, start=TEN + DAY, email="e@example.org")[0]
    by_desk("cancel_for")(gone, None, desk)

    def ahead(resource, now=MONDAY):
        return list(transitions.booked_ahead(resource, now=now).order_by("pk"))

    assert [ahead(row) for row in (one, two)] == [[first], [second, third]]
    assert [ahead(row) for row in (blue, red)] == [[first, third], [second]]
    assert [ahead(row, now=TEN) for row in (one, two)] == [[], [third]]


@pytest.mark.postgresql
def test_holds_end_from_a_day_on(clinic):
    """Theirs alone, and none a second time."""
    one, two = clinic[2]
    spans = [(one, 0), (one, 1), (two, 1), (one, 2)]
    for number, (person, days) in enumerate(spans):
        about = {"practitioner": person, "email": f"{number}@example.org"}
        asked(clinic, start=TEN + days * DAY, **about)
    Appointment.objects.filter(start=TEN + 2 * DAY).update(hold_expires_at=MONDAY - HOUR)

    def left():
        rows = Appointment.objects.filter(hold_expires_at__gt=MONDAY).order_by("pk")
        return [(row.practitioner, (row.start - TEN).days) for row in rows]

    assert transitions.let_holds_lapse(one, after=TEN + DAY, now=MONDAY) == 1
    assert left() == [(one, 0), (two, 1)]
    assert transitions.let_holds_lapse(one, now=MONDAY) == 1
    assert left() == [(two, 1)]
    assert Appointment.objects.get(start=TEN + 2 * DAY).hold_expires_at == MONDAY - HOUR
    assert Appointment.objects.get(practitioner=two).claims.filter(expires_at__gt=MONDAY).exists()


@pytest.mark.postgresql
def test_who_leaves_keeps_what_is_closed(clinic, desk):
    one, two = clinic[2]
    about = {"location": clinic[1], "start": TEN + DAY, "end": ELEVEN + DAY}
    rows = [
        DateException.objects.create(resource=person, kind=kind, **about)
        for person in (one, two)
        for kind in ("closed", "open")
    ]
    assert transitions.leave(one, last_day=MONDAY.date(), actor=desk, now=MONDAY) is None
    assert list(DateException.objects.order_by("pk")) == [rows[0], *rows[2:]]


def test_the_days_of_the_visits_are_closed(clinic, desk):
    """Until the end of the last one; what was held there ends."""
    one, two = clinic[2]
    visits = [
        confirmed(clinic, desk, practitioner=one, start=TEN + n * DAY, email=f"{n}@x.org")[1]
        for n in (0, 1, 2)
    ]
    confirmed(clinic, desk, practitioner=two, start=TEN + 3 * DAY, email="z@x.org")
    closure = transitions.leave(one, last_day=TEN.date(), actor=desk, now=MONDAY)
    midnight = TEN - 10 * HOUR
    assert (closure.start, closure.end) == (midnight + DAY, midnight + 3 * DAY)
    assert list(closure.displaced.order_by("pk").values_list("appointment", flat=True)) == [
        visit.pk for visit in visits[1:]
    ]
    assert closure.resource == one and consistent()
