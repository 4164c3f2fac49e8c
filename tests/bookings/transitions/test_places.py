"""Another address or time zone: which visits it concerns, who is told, and what is refused."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings import transitions
from bookings.enums import AppointmentStatus, KindOfVisit
from bookings.errors import InvalidTransition, TimeTaken
from bookings.models import Appointment, Location, TimeClaim
from bookings.schedule import claims
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed, kinds, verbs
from tests.bookings.test_places import at, book, two_places
from tests.bookings.transitions import test_refused as of_requests
from tests.bookings.transitions.test_refused import by_desk
from tests.bookings.transitions.test_written import by_phone
from tests.factories import MONDAY, make_clinic

pytestmark = pytest.mark.django_db
DAY, HOUR, MINUTE = (timedelta(**{n: 1}) for n in ("days", "hours", "minutes"))
LONDON, BERLIN = ZoneInfo("Europe/London"), "Europe/Berlin"


def change(place, desk, *, now=MONDAY, wall_clock_stays=True, tell=True, **values):
    """Save the location with these values, and tell of it."""
    for name, value in values.items():
        setattr(place, name, value)
    place.save()
    place = Location.objects.get(pk=place.pk)
    return transitions.change_place(
        place,
        before=LONDON,
        wall_clock_stays=wall_clock_stays,
        tell=tell,
        actor=desk,
        now=now,
    )


def seen(*visits):
    rows = Appointment.objects.filter(pk__in=[visit.pk for visit in visits])
    return list(rows.order_by("pk").values()), set(TimeClaim.objects.values_list("pk", flat=True))


def test_which_visits_have_another_place(clinic, desk):
    """Ahead and at this location, soonest first; a call has only another clock."""
    later = confirmed(clinic, desk, start=TEN + DAY)[1]
    call = confirmed(clinic, desk, start=ELEVEN, email="b@example.org")[1]
    Appointment.objects.filter(pk=call.pk).update(kind_of_visit=KindOfVisit.TELEPHONE)
    soon = confirmed(clinic, desk, email="c@example.org")[1]
    over = confirmed(clinic, desk, start=TEN + 2 * DAY, email="d@example.org")[0]
    transitions.withdraw(over, now=MONDAY)
    confirmed(make_clinic(), desk, email="e@example.org")

    def concerned(other_zone, now=MONDAY):
        return transitions.concerned(clinic[1], other_zone=other_zone, now=now)

    assert concerned(True) == [soon, call, later]
    assert concerned(False) == [soon, later]
    assert concerned(False, TEN - MINUTE) == [soon, later] and concerned(False, TEN) == [later]


def test_nothing_of_another_location_changes(clinic, desk):
    visit = confirmed(clinic, desk)[1]
    asked_by_phone = asked(clinic, start=None, email="b@example.org")
    by_desk("confirm", start=MONDAY + HOUR)(asked_by_phone, None, desk)
    begun = asked_by_phone.appointments.get()
    elsewhere = confirmed(make_clinic(), desk, email="c@example.org")[1]
    before = seen(begun, elsewhere)[0], set(elsewhere.claims.all()), set(begun.claims.all())
    told = change(clinic[1], desk, now=MONDAY + HOUR, address="1 New Road", time_zone=BERLIN)
    assert (told.by_mail, told.to_phone) == ([visit.request], [])
    after = seen(begun, elsewhere)[0], set(elsewhere.claims.all()), set(begun.claims.all())
    assert after == before and "change_place" not in verbs(elsewhere.request)
    visit.refresh_from_db()
    assert (visit.start, visit.end, visit.time_zone) == (TEN - HOUR, TEN, BERLIN)


@pytest.mark.postgresql
def test_each_request_is_told_once(clinic, desk):
    consultation, _visit = of_requests.new(clinic, desk)
    times = [(ELEVEN, None), (ELEVEN + DAY, None)]
    by_desk("offer", times=times)(consultation, None, desk)
    phoned, _same = by_phone(clinic, desk)
    by_desk("confirm", start=TEN)(phoned, None, desk)
    version = phoned.version
    told = change(clinic[1], desk, address="1 New Road")
    assert (told.by_mail, told.to_phone) == ([consultation], [phoned])
    assert told.to_phone[0].needs_call and told.to_phone[0].version == version + 1
    consultation.refresh_from_db()
    assert not consultation.needs_call and verbs(consultation).count("change_place") == 2
    assert kinds(consultation) == ["offered"] and kinds(phoned) == []


@pytest.mark.parametrize(
    ("values", "tell", "told", "sequence"),
    [
        ({"address": "1 New Road"}, True, 1, 1),
        ({"address": "1 New Road"}, False, 0, 0),
        ({"time_zone": BERLIN}, False, 1, 1),
    ],
)
def test_what_is_told_changes_the_invitation(clinic, desk, values, tell, told, sequence):
    consultation, visit = confirmed(clinic, desk)
    call = confirmed(clinic, desk, start=ELEVEN, email="b@example.org")[1]
    Appointment.objects.filter(pk=call.pk).update(kind_of_visit=KindOfVisit.VIDEO)
    before = visit.ics_sequence
    found = change(clinic[1], desk, tell=tell, **values)
    visit.refresh_from_db()
    call.refresh_from_db()
    assert len(found.by_mail) == told * (2 if "time_zone" in values else 1)
    assert visit.ics_sequence == before + sequence
    place = Location.objects.get()
    assert {visit.place, call.place} == {"\n".join(place.lines)}
    assert {visit.time_zone, call.time_zone} == {place.time_zone}


@pytest.mark.parametrize("early", [True, False])
def test_no_visit_may_have_begun_by_then(clinic, desk, early):
    """An hour earlier, on the clock of Berlin: at nine."""
    visit = confirmed(clinic, desk)[1]
    before = seen(visit)
    now = TEN - HOUR - MINUTE if early else TEN - HOUR
    if early:
        change(clinic[1], desk, now=now, time_zone=BERLIN)
        assert Appointment.objects.get().start == TEN - HOUR
    else:
        with pytest.raises(InvalidTransition, match=visit.request.reference):
            change(clinic[1], desk, now=now, time_zone=BERLIN)
        assert seen(visit) == before


@pytest.mark.postgresql
def test_a_hold_ends_before_its_new_start(clinic, desk):
    held = asked(clinic).appointments.get()
    (offer,) = of_requests.offered(make_clinic(), desk)[0].appointments.filter(status="pending")
    Appointment.objects.filter(pk=offer.pk).update(location=clinic[1])
    change(clinic[1], desk, time_zone=BERLIN)
    for visit in (held, offer):
        visit.refresh_from_db()
    assert (held.start, held.hold_expires_at) == (TEN - HOUR, MONDAY + 9 * HOUR)
    assert (offer.start, offer.hold_expires_at) == (TEN, TEN)
    assert (offer.busy_start, offer.busy_end) == (TEN, ELEVEN)
    assert set(offer.claims.values_list("expires_at", flat=True)) == {TEN}


@pytest.mark.postgresql
def test_what_would_overlap_elsewhere_is_refused(desk):
    """Ten in New York is three in London, where the same person has a visit."""
    service, here, there, _person = two_places()
    visit, other = book(service, here, at(10)), book(service, there, at(15))
    before = seen(visit, other)
    with pytest.raises(TimeTaken, match=f"{visit.request.reference} would then overlap"):
        change(here, desk, time_zone="America/New_York")
    assert seen(visit, other) == before and not list(claims.inconsistencies(MONDAY))


def test_any_change_of_the_page_is_another_print(clinic, desk):
    visit = confirmed(clinic, desk)[1]
    place = clinic[1]
    prints = [transitions.fingerprint(place, [visit]), transitions.fingerprint(place, [])]
    for one, name, value in (
        (visit, "start", ELEVEN),
        (visit, "status", AppointmentStatus.ARRIVED),
        (place, "name", "Renamed"),
        (place, "address", "1 New Road"),
        (place, "time_zone", BERLIN),
    ):
        setattr(one, name, value)
        prints.append(transitions.fingerprint(place, [visit]))
    assert len(set(prints)) == 7
    assert transitions.fingerprint(place, [visit]) == prints[-1]
