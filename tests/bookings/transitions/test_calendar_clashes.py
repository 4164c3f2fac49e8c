"""Own calendars of two persons, and what a reading of one leaves alone."""

from datetime import timedelta

import pytest

from bookings import transitions
from bookings.enums import StaffKind
from bookings.models import DateException, Displaced, OwnCalendar, StaffNotice, TimeClaim
from bookings.schedule import claims
from bookings.transitions import ChangedMeanwhile
from clinic import content_version
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed
from tests.bookings.transitions.test_own_calendars import make_calendar
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ADDRESS = "https://calendar.example.org/"


@pytest.fixture
def both(clinic, desk, django_user_model):
    """A calendar of each, and a visit with each at ten; the owner is told of clashes."""
    django_user_model.objects.create_superuser("olga", email="olga@clinic.example")
    made = []
    for person in clinic[2]:
        email = f"n{person.pk}@example.org"
        visit = confirmed(clinic, desk, practitioner=person, email=email)[1]
        made.append((make_calendar(person, f"{ADDRESS}{person.pk}.ics"), visit))
    return made


def busy(calendar, *spans, now=MONDAY):
    transitions.set_busy(calendar, spans, now=now)


def spans(calendar):
    return list(calendar.busy.order_by("start").values_list("start", "end"))


def listed():
    return set(Displaced.objects.values_list("closure__source", "appointment"))


def told():
    rows = StaffNotice.objects.filter(kind=StaffKind.OWN_CALENDAR)
    return set(rows.values_list("appointment", flat=True))


def test_the_clash_of_another_person_stays(both):
    (one, first), (two, second) = both
    busy(one, (TEN, ELEVEN))
    busy(two, (TEN, ELEVEN))
    assert listed() == {(one.pk, first.pk), (two.pk, second.pk)}
    assert told() == {first.pk, second.pk}
    by_hand = one.busy.get()  # as somebody may shorten it by hand, and not look at the list
    DateException.objects.filter(pk=by_hand.pk).update(start=ELEVEN, end=ELEVEN + HOUR)
    for wanted in ([], [(TEN, TEN + HOUR / 2)], [(TEN, TEN + HOUR / 2)]):
        busy(two, *wanted)
        assert (one.pk, first.pk) in listed() and first.pk in told()
        assert ((two.pk, second.pk) in listed()) is (second.pk in told()) is bool(wanted)
    assert spans(one) == [(ELEVEN, ELEVEN + HOUR)]


@pytest.mark.postgresql
def test_busy_for_less_gives_cells_back(both):
    (one, visit), _other = both
    busy(one, (ELEVEN, ELEVEN + 2 * HOUR), (ELEVEN + 4 * HOUR, ELEVEN + 5 * HOUR))
    kept = one.busy.order_by("start").first()
    busy(one, (ELEVEN, ELEVEN + HOUR), (ELEVEN + 3 * HOUR, ELEVEN + 3 * HOUR + 15 * MINUTE))
    assert spans(one) == [
        (ELEVEN, ELEVEN + HOUR),
        (ELEVEN + 3 * HOUR, ELEVEN + 3 * HOUR + 15 * MINUTE),
    ]
    assert one.busy.order_by("start").first() == kept
    assert TimeClaim.objects.filter(exception__source=one).count() == 15
    assert visit.claims.count() == 12 and not list(claims.inconsistencies(MONDAY))


def test_a_shorter_busy_time_leaves_the_list(both):
    """The same row as before, and the visit is no longer inside."""
    (one, visit), _other = both
    busy(one, (TEN, ELEVEN + HOUR))
    row = one.busy.get()
    assert listed() == {(one.pk, visit.pk)}
    busy(one, (ELEVEN, ELEVEN + HOUR))
    assert one.busy.get() == row and not listed() and not told()


@pytest.mark.parametrize(
    ("now", "clashes"), [(TEN + 10 * MINUTE, True), (TEN + 15 * MINUTE, False)]
)
def test_a_busy_time_that_is_over_clashes_no_more(clinic, desk, now, clashes):
    calendar = make_calendar(clinic[2][0])
    request = asked(clinic, practitioner=clinic[2][0], verified=False)
    busy(calendar, (TEN, TEN + 15 * MINUTE))
    transitions.verify(request, now=MONDAY)
    transitions.confirm(request, actor=desk, version=request.version, now=MONDAY)
    transitions.see_clashes(calendar, now=now)
    assert Displaced.objects.exists() is clashes


@pytest.mark.parametrize(("now", "clashes"), [(ELEVEN - MINUTE, True), (ELEVEN, False)])
def test_a_visit_that_is_over_clashes_no_more(clinic, desk, now, clashes):
    calendar = make_calendar(clinic[2][0])
    request = asked(clinic, practitioner=clinic[2][0], verified=False)
    busy(calendar, (TEN, ELEVEN + 2 * HOUR))
    transitions.verify(request, now=MONDAY)
    transitions.confirm(request, actor=desk, version=request.version, now=MONDAY)
    transitions.see_clashes(calendar, now=now)
    assert Displaced.objects.exists() is clashes


@pytest.mark.postgresql
def test_a_removed_calendar_is_not_its_neighbour(clinic):
    """The person has another one, which has not changed."""
    person = clinic[2][0]
    gone, left = make_calendar(person, f"{ADDRESS}1.ics"), make_calendar(person, f"{ADDRESS}2.ics")
    read = OwnCalendar.objects.get(pk=gone.pk)
    transitions.remove_calendar(gone, now=MONDAY)
    with pytest.raises(ChangedMeanwhile):
        busy(read, (TEN, ELEVEN))
    assert list(OwnCalendar.objects.all()) == [left] and not DateException.objects.exists()


def test_another_address_is_read_at_once(both):
    (one, _visit), (two, _other) = both
    version = one.version
    busy(one, (TEN, ELEVEN))
    later = MONDAY + HOUR
    transitions.replace_address(one, f"{ADDRESS}new.ics", host="calendar.example.org", now=later)
    one.refresh_from_db()
    assert (one.address(), one.version, one.due_at) == (f"{ADDRESS}new.ics", version + 1, later)
    two.refresh_from_db()
    assert (two.version, two.due_at) == (version, MONDAY)


@pytest.mark.postgresql
def test_only_what_nobody_could_read_is_dropped(both):
    (one, visit), (two, _other) = both
    OwnCalendar.objects.update(digest="d", expanded_at=MONDAY)
    busy(one, (TEN, ELEVEN))
    transitions.drop_old(one, now=MONDAY + HOUR)
    rows = OwnCalendar.objects.order_by("pk").values_list("pk", "dropped_at", "expanded_at")
    assert list(rows) == [(one.pk, MONDAY + HOUR, None), (two.pk, None, MONDAY)]
    assert list(OwnCalendar.objects.order_by("pk").values_list("digest", flat=True)) == ["", "d"]
    assert not spans(one) and not listed() and told() == {None}
    assert visit.claims.count() == 12


def test_pages_learn_of_it_when_something_changed(
    both, caching, django_capture_on_commit_callbacks
):
    one = both[0][0]
    seen = [content_version.current()]
    for wanted in ([(ELEVEN, ELEVEN + HOUR)], [(ELEVEN, ELEVEN + HOUR)], []):
        with django_capture_on_commit_callbacks(execute=True):
            busy(one, *wanted)
        seen.append(content_version.current())
    assert seen[0] != seen[1] == seen[2] != seen[3]
