"""What of two records becomes one, and what of a third person stays as it is."""

from collections import Counter
from datetime import timedelta

import pytest

from bookings import transitions
from bookings.enums import AppointmentStatus, ExceptionKind
from bookings.errors import InvalidTransition, StaleVersion
from bookings.models import (
    Appointment,
    DateException,
    Displaced,
    Practitioner,
    Resource,
    TimeClaim,
    WeeklyHours,
)
from bookings.schedule import claims
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed
from tests.factories import MONDAY, LocationFactory, WeeklyHoursFactory, make_clinic, work_also

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def clinic(db):
    """Three practitioners: of the first two the records become one."""
    return make_clinic(practitioners=3)


@pytest.fixture
def kept(clinic):
    return clinic[2][0]


@pytest.fixture
def gone(clinic):
    return clinic[2][1]


@pytest.fixture
def third(clinic):
    return clinic[2][2]


def look(kept, gone, now=MONDAY):
    return transitions.look_at_merge(kept, gone, now=now)


def merge(kept, gone, desk, *, now=MONDAY, shown=None):
    shown = look(kept, gone, now).shown if shown is None else shown
    return transitions.merge(kept, gone, shown=shown, actor=desk, now=now)


def book(clinic, desk, person, start=TEN, **about):
    email = f"n{person.pk}{start:%d%H}@example.org"
    return confirmed(clinic, desk, start=start, practitioner=person, email=email, **about)[1]


def close(clinic, desk, person, start, end, *, kind=ExceptionKind.CLOSED, now=MONDAY):
    closure = DateException.objects.create(
        location=clinic[1], resource=person, kind=kind, start=start, end=end
    )
    if kind == ExceptionKind.CLOSED:
        transitions.apply_closure(closure, actor=desk, now=now)
    return closure


def test_which_visits_are_in_the_way(clinic, desk, kept, gone, third):
    """Those that overlap, not those that touch, and nobody else's."""
    ours = [book(clinic, desk, kept, TEN), book(clinic, desk, kept, TEN + DAY)]
    theirs = [book(clinic, desk, gone, TEN), book(clinic, desk, gone, ELEVEN + DAY)]
    book(clinic, desk, third, TEN + DAY)
    found = look(kept, gone)
    assert list(found.clashes) == [(ours[0], theirs[0])]
    assert (found.tight, found.away, found.visits) == ([], [], theirs)
    assert look(gone, kept).clashes == [(theirs[0], ours[0])]
    assert list(look(kept, gone, TEN).visits) == theirs[1:]
    assert list(look(kept, gone, TEN - MINUTE).visits) == theirs


def test_which_absences_meet_visits_of_the_other(clinic, desk, kept, gone, third):
    ours, theirs = book(clinic, desk, kept, TEN), book(clinic, desk, gone, TEN + DAY)
    own = [
        close(clinic, desk, gone, TEN + HOUR / 2, ELEVEN),
        close(clinic, desk, kept, ELEVEN + DAY - HOUR / 2, ELEVEN + DAY),
    ]
    for person, start, end in (
        (gone, TEN - HOUR, TEN),
        (gone, ELEVEN, ELEVEN + HOUR),
        (kept, TEN - HOUR, ELEVEN),
        (third, TEN, ELEVEN),
        (None, TEN, ELEVEN),
    ):
        close(clinic, desk, person, start, end)
    close(clinic, desk, gone, TEN, ELEVEN, kind=ExceptionKind.OPEN)
    assert sorted(look(kept, gone).away, key=lambda pair: pair[0].pk) == [
        (own[0], ours),
        (own[1], theirs),
    ]
    assert look(kept, gone, ELEVEN).away == [(own[1], theirs)]


def test_nothing_of_a_third_person_changes(clinic, desk, kept, gone, third):
    for number, person in enumerate((kept, gone, third)):
        book(clinic, desk, person, TEN + number * HOUR)
        close(clinic, desk, person, TEN + DAY, ELEVEN + DAY)
    asked(clinic, start=TEN + 5 * HOUR, practitioner=third, verified=False, email="h@example.org")
    elsewhere = WeeklyHoursFactory(resource=third, location=LocationFactory(), weekday=6)
    WeeklyHours.objects.filter(resource=third, weekday=1).update(location=None)
    late = MONDAY + HOUR

    def everything():
        rows = [TimeClaim, WeeklyHours, DateException]
        found = [list(model.objects.filter(resource=third).values()) for model in rows]
        third.refresh_from_db()
        return found, (third.active, third.name, third.merged_into_id, list(third.services.all()))

    before = everything()
    shown = look(kept, gone, late).shown
    close(clinic, desk, third, TEN + 2 * DAY, ELEVEN + 2 * DAY).delete()
    assert everything() == before
    merge(kept, gone, desk, now=late, shown=shown)
    assert everything() == before and elsewhere.resource == third
    assert not list(claims.inconsistencies(late))


def test_an_absence_of_somebody_else_is_no_change(clinic, desk, kept, gone, third):
    shown = look(kept, gone).shown
    close(clinic, desk, third, TEN, ELEVEN)
    assert merge(kept, gone, desk, shown=shown).kept == kept
    assert Resource.objects.get(pk=gone.pk).merged_into == kept


@pytest.mark.parametrize("change", ["renamed", "absent", "booked", "works elsewhere"])
def test_what_has_changed_is_looked_at_again(clinic, desk, kept, gone, change):
    """Also where only the database knows of it."""
    shown = look(kept, gone).shown
    if change == "renamed":
        Resource.objects.filter(pk=gone.pk).update(name="Anna")
    elif change == "absent":
        close(clinic, desk, gone, TEN, ELEVEN)
    elif change == "booked":
        book(clinic, desk, gone)
    else:
        work_also(gone, LocationFactory())
    with pytest.raises(StaleVersion, match="Look again"):
        merge(kept, gone, desk, shown=shown)
    assert not Resource.objects.exclude(merged_into=None).exists()


def test_a_merged_record_is_not_merged_twice(desk, kept, gone, third):
    merge(kept, gone, desk)
    for one, two in ((kept, gone), (gone, third)):
        with pytest.raises(StaleVersion):
            merge(one, two, desk)


@pytest.mark.parametrize(
    ("kept_active", "gone_active", "after"),
    [(True, True, True), (False, True, True), (True, False, True), (False, False, False)],
)
def test_who_takes_appointments_afterwards(desk, kept, gone, kept_active, gone_active, after):
    Resource.objects.filter(pk=kept.pk).update(active=kept_active)
    Resource.objects.filter(pk=gone.pk).update(active=gone_active)
    for person in (kept, gone):
        person.refresh_from_db()
    name = gone.name
    merge(kept, gone, desk)
    for person in (kept, gone):
        person.refresh_from_db()
    assert (kept.active, gone.active) == (after, False)
    assert gone.name == f"{name} ({gone.pk})" and kept.merged_into is None


def test_a_visit_inside_an_absence_is_a_clash(clinic, desk, kept, gone):
    """Booked although they are away: its cells lie above the absence, and meet no others."""
    own = book(clinic, desk, kept)
    close(clinic, desk, gone, TEN - HOUR, ELEVEN + HOUR)
    request = asked(clinic, start=None, email="anyway@example.org")
    about = {"practitioner": gone, "now": MONDAY}
    found = transitions.against(*clinic[:2], TEN, **about)
    by = {"actor": desk, "version": request.version}
    decision = transitions.Anyway("They insist.", found.code)
    above = transitions.confirm(request, start=TEN, anyway=decision, **by, **about)
    assert set(above.claims.values_list("lane", flat=True)) == {1}
    assert list(look(kept, gone).clashes) == [(own, above)]
    with pytest.raises(InvalidTransition, match="Visits overlap"):
        merge(kept, gone, desk)
    assert Resource.objects.get(pk=gone.pk).merged_into is None


@pytest.mark.postgresql
def test_the_cells_have_the_last_word(clinic, desk, kept, gone):
    """A visit that somebody is writing at this moment: its cells are there already."""
    book(clinic, desk, kept)
    late = book(clinic, desk, gone)
    Appointment.objects.filter(pk=late.pk).update(status=AppointmentStatus.CANCELLED)
    assert not look(kept, gone).clashes
    with pytest.raises(InvalidTransition, match="Visits overlap"):
        merge(kept, gone, desk)
    assert late.claims.filter(resource=gone).count() == 12


def test_a_hold_that_is_over_is_not_in_the_way(clinic, desk, kept, gone):
    hold = asked(clinic, practitioner=gone, verified=False).appointments.get()
    book(clinic, desk, kept)
    merge(kept, gone, desk, now=hold.hold_expires_at)
    assert not hold.claims.exists() and not list(claims.inconsistencies(hold.hold_expires_at))


@pytest.mark.postgresql
def test_both_may_be_away_at_once(clinic, desk, kept, gone):
    both = [close(clinic, desk, one, TEN, ELEVEN) for one in (kept, gone)]
    morning, noon = MONDAY + 2 * HOUR, MONDAY + 3 * HOUR
    over = close(clinic, desk, gone, morning, noon)
    request = asked(clinic, start=None)
    about = {"actor": desk, "version": request.version, "now": MONDAY}
    transitions.confirm(request, start=morning, practitioner=kept, **about)
    merge(kept, gone, desk, now=noon)
    assert TimeClaim.objects.filter(resource=kept, exception__in=both).count() == 12
    assert set(kept.exceptions.all()) == {*both, over} and not gone.exceptions.exists()
    assert not Displaced.objects.exists()  # what is over is not listed any more


@pytest.mark.postgresql
def test_hours_stay_where_they_are_worked(clinic, desk, kept, gone):
    there = LocationFactory()
    work_also(gone, there)
    merge(kept, gone, desk)
    rows = WeeklyHours.objects.filter(resource=kept).values_list("location", flat=True)
    assert Counter(rows) == {clinic[1].pk: 10, there.pk: 5}
    assert set(kept.also_at.all()) == {there}
    assert not gone.also_at.exists() and not gone.services.exists()
    assert not WeeklyHours.objects.filter(resource=gone).exists()


@pytest.mark.postgresql
def test_texts_of_a_profile_in_another_language(desk, kept, gone, third):
    Practitioner.objects.filter(resource=kept).update(title="", bio="Own.", translations={})
    Practitioner.objects.filter(resource=gone).update(
        title="Head", bio="Hips.", translations={"es": {"title": "Jefe", "bio": "Caderas."}}
    )
    merge(kept, gone, desk)
    profile = Practitioner.objects.get(resource=kept)
    assert (profile.title, profile.bio) == ("Head", "Own.")
    assert profile.translations == {"es": {"title": "Jefe"}}
    Practitioner.objects.filter(resource=third).delete()
    merge(kept, third, desk)
    assert Practitioner.objects.get(resource=kept).title == "Head"


@pytest.mark.postgresql
def test_a_record_without_a_profile_gets_one(desk, kept, gone):
    Practitioner.objects.filter(resource=kept).delete()
    merge(kept, gone, desk)
    assert Practitioner.objects.get(resource=kept).title == "Physiotherapist"
