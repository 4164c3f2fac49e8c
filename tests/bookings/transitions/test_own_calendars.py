"""Busy times of a person's own calendar: closures that come and go by themselves."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group

from bookings import transitions
from bookings.enums import StaffKind, Verb
from bookings.messages import staff_mail
from bookings.models import (
    Appointment,
    DateException,
    Displaced,
    Event,
    OwnCalendar,
    Practitioner,
    StaffNotice,
    TimeClaim,
)
from bookings.roles import make_roles
from bookings.schedule import availability, claims, why_not_free
from bookings.schedule.availability import Search
from bookings.transitions import ChangedMeanwhile
from bookings.transitions.merge import look_at_merge, merge
from tests.factories import MONDAY, LocationFactory, make_request, work_also

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
BOTH = ["amara", "ruth"]


def make_calendar(person, address="https://calendar.example.org/secret.ics"):
    made = OwnCalendar(resource=person, created_at=MONDAY, due_at=MONDAY)
    made.set_address(address, host="calendar.example.org")
    made.save()
    return made


@pytest.fixture
def person(clinic):
    return clinic[2][0]


@pytest.fixture
def own(person):
    return make_calendar(person)


@pytest.fixture(autouse=True)
def told(desk, person, django_user_model):
    """The desk and the practitioner, who hear of it; who was told, each time."""
    make_roles()
    desk.user.groups.add(Group.objects.get(name="Front desk"))
    amara = django_user_model.objects.create_user("amara")
    amara.groups.add(Group.objects.get(name="Practitioner"))
    Practitioner.objects.filter(resource=person).update(user=amara)
    rows = StaffNotice.objects.filter(kind=StaffKind.OWN_CALENDAR).order_by("pk")
    return lambda: sorted(rows.values_list("user__username", flat=True))


@pytest.fixture
def visit(clinic, person, desk):
    service, location, _people = clinic
    asked = make_request(service, location, start=TEN, practitioner=person)
    return transitions.confirm(asked, actor=desk, version=asked.version, now=MONDAY)


def spans(calendar):
    return sorted(calendar.busy.values_list("start", "end"))


def well():
    return list(claims.inconsistencies(MONDAY)) == []


def starts(clinic, person):
    search = Search(clinic[0], clinic[1], MONDAY, person)
    return {slot.start for slot in availability.free_slots(search, first_day=TEN.date(), days=1)}


def test_a_busy_time_is_neither_offered_nor_claimed(clinic, person, own):
    assert TEN in starts(clinic, person)
    transitions.set_busy(own, [(TEN + HOUR / 4, TEN + HOUR / 2)], now=MONDAY)

    assert TEN not in starts(clinic, person) and TEN + HOUR in starts(clinic, person)
    assert TEN in starts(clinic, clinic[2][1])
    assert TimeClaim.objects.filter(exception__source=own, resource=person).count() == 3 and well()
    search = Search(clinic[0], clinic[1], MONDAY, person)
    assert why_not_free.explain(search, TEN) == [
        f"{person.name} is closed: busy, by their own calendar."
    ]


def test_it_is_free_again_when_it_is_gone(clinic, person, own):
    transitions.set_busy(own, [(TEN, TEN + HOUR)], now=MONDAY)
    transitions.set_busy(own, [], now=MONDAY)

    assert TEN in starts(clinic, person)
    assert not DateException.objects.exists() and not TimeClaim.objects.exists()


@pytest.mark.postgresql
def test_the_same_again_changes_nothing(own):
    wanted = [(TEN, TEN + HOUR), (TEN + 3 * HOUR, TEN + 4 * HOUR)]
    transitions.set_busy(own, wanted, now=MONDAY)
    before = list(own.busy.order_by("start").values_list("pk", "start", "end"))
    cells = set(TimeClaim.objects.values_list("pk", flat=True))
    transitions.set_busy(own, wanted, now=MONDAY)

    assert list(own.busy.order_by("start").values_list("pk", "start", "end")) == before
    assert set(TimeClaim.objects.values_list("pk", flat=True)) == cells


def test_what_is_over_is_left_out(own):
    transitions.set_busy(own, [(MONDAY - HOUR, MONDAY), (TEN, TEN + HOUR)], now=MONDAY)
    assert spans(own) == [(TEN, TEN + HOUR)]

    transitions.set_busy(own, [(TEN, TEN + HOUR)], now=TEN + HOUR)
    assert spans(own) == []


@pytest.mark.postgresql
def test_a_booked_visit_stays_and_is_told(visit, own, told):
    transitions.set_busy(own, [(TEN + HOUR / 2, TEN + 2 * HOUR)], now=MONDAY)

    visit.refresh_from_db()
    assert visit.status == "booked" and visit.claims.count() == 12 and well()
    closure = own.busy.get()
    assert [one.appointment for one in closure.displaced.all()] == [visit]
    assert told() == BOTH
    notice = StaffNotice.objects.filter(kind=StaffKind.OWN_CALENDAR).with_details()[0]
    assert staff_mail.named(notice, now=MONDAY) == (
        f"{visit.request.reference}: clashes with {visit.practitioner}’s own calendar "
        "(Tuesday 24\xa0November, 10am)"
    )
    assert Event.objects.filter(verb=Verb.DISPLACE, appointment=visit).count() == 1


@pytest.mark.postgresql
def test_a_clash_is_told_once(visit, own, told):
    clash = [(TEN, TEN + HOUR)]
    transitions.set_busy(own, clash, now=MONDAY)
    transitions.set_busy(own, clash, now=MONDAY + HOUR)
    transitions.see_clashes(own, now=MONDAY + HOUR)
    closure = own.busy.get()
    # The event grows, a second one touches it: still the same clash, in the same list.
    transitions.set_busy(own, [(TEN - HOUR, TEN + 2 * HOUR)], now=MONDAY + 2 * HOUR)

    assert told() == BOTH and Event.objects.filter(verb=Verb.DISPLACE).count() == 1
    assert own.busy.get() == closure
    assert closure.displaced.get().appointment == visit


def test_two_events_that_become_one_tell_nothing_new(visit, own, told):
    early, late = (TEN, TEN + HOUR / 4), (TEN + HOUR / 2, TEN + HOUR)
    transitions.set_busy(own, [early, late], now=MONDAY)
    assert Displaced.objects.count() == 2 and told() == BOTH
    transitions.set_busy(own, [(TEN, TEN + HOUR)], now=MONDAY + HOUR)

    assert Displaced.objects.count() == 1 and told() == BOTH and well()


@pytest.mark.postgresql
def test_a_clash_that_ends_is_not_told(visit, own, told):
    transitions.set_busy(own, [(TEN, TEN + HOUR)], now=MONDAY)
    transitions.set_busy(own, [(TEN + HOUR, TEN + 2 * HOUR)], now=MONDAY + HOUR)
    assert told() == [] and not Displaced.objects.exists()

    transitions.set_busy(own, [(TEN, TEN + HOUR)], now=MONDAY + 2 * HOUR)
    assert told() == BOTH and Displaced.objects.count() == 1


def test_a_moved_visit_stays_in_the_list(visit, own, person, desk):
    transitions.set_busy(own, [(TEN, TEN + HOUR)], now=MONDAY)
    request = visit.request
    request.refresh_from_db()
    transitions.move(
        request,
        start=TEN + 3 * HOUR,
        practitioner=person,
        actor=desk,
        version=request.version,
        now=MONDAY,
    )
    transitions.see_clashes(own, now=MONDAY)

    assert own.busy.get().displaced.get().appointment == visit
    assert TimeClaim.objects.filter(exception__source=own).count() == 0
    transitions.set_busy(own, [(TEN, TEN + HOUR + HOUR / 12)], now=MONDAY)
    assert TimeClaim.objects.filter(exception__source=own).count() == 13 and well()


def test_what_two_calendars_say_outlives_one(clinic, person, own):
    other = make_calendar(person, "https://calendar.example.org/other.ics")
    for calendar in (own, other):
        transitions.set_busy(calendar, [(TEN, TEN + HOUR)], now=MONDAY)
    transitions.remove_calendar(own, now=MONDAY)

    assert TEN not in starts(clinic, person) and spans(other) == [(TEN, TEN + HOUR)]
    assert TimeClaim.objects.filter(exception__source=other).count() == 12 and well()


@pytest.mark.postgresql
def test_a_closure_of_the_location_takes_over(clinic, person, own, desk):
    transitions.set_busy(own, [(TEN, TEN + 2 * HOUR)], now=MONDAY)
    closure = DateException.objects.create(location=clinic[1], start=TEN, end=TEN + HOUR)
    transitions.apply_closure(closure, actor=desk, now=MONDAY)
    transitions.set_busy(own, [], now=MONDAY)

    assert closure.claims.filter(resource=person).count() == 12 and well()


def test_a_lapsed_hold_gives_way(clinic, person, own):
    service, location, _people = clinic
    make_request(service, location, start=TEN, practitioner=person, verified=False)
    later = MONDAY + HOUR
    transitions.set_busy(own, [(TEN, TEN + HOUR)], now=later)

    assert TimeClaim.objects.filter(exception__source=own).count() == 12


@pytest.mark.postgresql
def test_an_unconfirmed_request_is_told_later(clinic, person, own):
    service, location, _people = clinic
    asked = make_request(service, location, start=TEN, practitioner=person, verified=False)
    transitions.set_busy(own, [(TEN, TEN + HOUR)], now=MONDAY)
    assert not Displaced.objects.exists()
    transitions.verify(asked, now=MONDAY)
    transitions.see_clashes(own, now=MONDAY)

    assert Displaced.objects.get().appointment == asked.appointments.get()


@pytest.mark.postgresql
def test_another_address_drops_the_busy_times(own):
    transitions.set_busy(own, [(TEN, TEN + HOUR)], now=MONDAY)
    before = OwnCalendar.objects.get()
    transitions.replace_address(
        own, "https://a.example.org/x.ics", host="a.example.org", now=MONDAY
    )

    assert not own.busy.exists() and not TimeClaim.objects.exists()
    # Who has read the earlier address meanwhile comes too late.
    with pytest.raises(ChangedMeanwhile):
        transitions.set_busy(before, [(TEN, TEN + HOUR)], now=MONDAY)
    own.refresh_from_db()
    transitions.remove_calendar(own, now=MONDAY)
    with pytest.raises(ChangedMeanwhile):
        transitions.set_busy(before, [(TEN, TEN + HOUR)], now=MONDAY)
    assert not DateException.objects.exists()


@pytest.mark.postgresql
def test_a_visit_booked_anyway_is_no_clash(clinic, person, own, desk, told):
    transitions.set_busy(own, [(TEN, TEN + HOUR)], now=MONDAY)
    service, location, _people = clinic
    asked = make_request(service, location, start=TEN + 2 * HOUR, practitioner=person)
    against = transitions.against(service, location, TEN, practitioner=person, now=MONDAY)
    assert against.reasons
    transitions.confirm(
        asked,
        actor=desk,
        version=asked.version,
        now=MONDAY,
        start=TEN,
        practitioner=person,
        anyway=transitions.Anyway("They agree.", against.code),
    )
    transitions.set_busy(own, [(TEN, TEN + 2 * HOUR)], now=MONDAY)

    assert Appointment.objects.get(status="booked").start == TEN
    assert not Displaced.objects.exists() and told() == []


def test_the_address_is_shown_nowhere(own):
    secret = "secret.ics"
    for text in (repr(own), str(own), own.label, repr(vars(own)), own.sealed):
        assert secret not in text
    assert own.address() == "https://calendar.example.org/secret.ics"


def test_it_closes_the_person_everywhere(clinic, person, own, desk):
    service, _location, _people = clinic
    other = LocationFactory()
    work_also(person, other)
    assert TEN in starts((service, other), person)
    transitions.set_busy(own, [(TEN, TEN + HOUR)], now=MONDAY)

    assert TEN not in starts(clinic, person) and TEN not in starts((service, other), person)
    closure = DateException.objects.create(location=clinic[1], start=TEN, end=TEN + HOUR)
    transitions.apply_closure(closure, actor=desk, now=MONDAY)
    transitions.set_busy(own, [], now=MONDAY)
    assert not closure.claims.filter(resource=person).exists() and well()


@pytest.mark.postgresql
def test_merging_takes_calendars_along(clinic, person, own, desk):
    """One of them is entered in both records; it stays once."""
    kept = clinic[2][1]
    same, second = make_calendar(kept), make_calendar(person, "https://calendar.example.org/2.ics")
    spare = (TEN + 3 * HOUR, TEN + 4 * HOUR)
    for calendar, span in ((own, (TEN, TEN + HOUR)), (same, (TEN, TEN + HOUR)), (second, spare)):
        transitions.set_busy(calendar, [span], now=MONDAY)
    found = look_at_merge(kept, person, now=MONDAY)
    merge(kept, person, shown=found.shown, actor=desk, now=MONDAY)

    assert list(kept.own_calendars.order_by("pk")) == [same, second]
    assert kept.exceptions.count() == 2 and well()
    assert TimeClaim.objects.filter(resource=kept, exception__source=second).count() == 12
    with pytest.raises(ChangedMeanwhile):  # who read it for the record that is gone comes too late
        transitions.set_busy(second, [], now=MONDAY)
