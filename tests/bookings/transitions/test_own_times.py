"""Other times that patients choose themselves: what is held then, and what is not."""

from datetime import timedelta

import pytest

from bookings import transitions
from bookings.enums import AppointmentStatus, DayPart
from bookings.errors import InvalidTransition, TimeTaken
from bookings.models import Appointment, TimeClaim
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed, consistent, kinds, verbs
from tests.bookings.transitions import test_refused as of_requests
from tests.bookings.transitions.test_written import by_phone
from tests.factories import MONDAY, make_clinic

pytestmark = pytest.mark.django_db
DAY, HOUR, MINUTE = (timedelta(**{n: 1}) for n in ("days", "hours", "minutes"))
HALF_PAST = TEN + HOUR / 2


@pytest.fixture
def alone(db):
    """One practitioner; a visit may begin at any half hour."""
    return make_clinic(step_minutes=30)


def wish(consultation, *starts, now=MONDAY):
    return transitions.change_wishes(consultation, starts, now=now)


def held(consultation):
    return consultation.appointments.get(status=AppointmentStatus.PROPOSED)


def wishes(consultation):
    return list(consultation.preferences.order_by("rank").values_list("rank", "start", "part"))


def test_what_they_hold_is_not_in_the_way(alone):
    consultation = asked(alone)
    for start in (HALF_PAST, TEN, HALF_PAST):
        assert wish(consultation, start) == held(consultation)
        assert held(consultation).start == start and consistent()


def test_a_visit_moves_into_its_own_time(alone, desk):
    consultation, visit = confirmed(alone, desk, start=TEN + 2 * DAY)
    moved = transitions.move_own_visit(consultation, start=HALF_PAST + 2 * DAY, now=MONDAY)
    assert moved.start == HALF_PAST + 2 * DAY and moved.replaces == visit and consistent()


def test_only_the_first_has_to_be_free(alone):
    other = asked(alone, start=TEN + 2 * DAY, email="b@example.org")
    consultation = asked(alone, parts=[DayPart.EVENING])
    assert wish(consultation, ELEVEN, held(other).start).start == ELEVEN
    chosen = [(1, ELEVEN, ""), (2, TEN + 2 * DAY, ""), (3, None, "evening")]
    assert wishes(consultation) == chosen
    with pytest.raises(TimeTaken) as caught:
        wish(consultation, held(other).start, TEN)
    assert {slot.start.date() for slot in caught.value.alternatives} == {TEN.date() + 2 * DAY}
    assert held(consultation).start == ELEVEN and wishes(consultation) == chosen


@pytest.mark.parametrize(
    "make", [of_requests.unverified, of_requests.offered, of_requests.moving, of_requests.waiting]
)
def test_not_with_an_answer_or_unproven(clinic, desk, make):
    consultation = make(clinic, desk)[0]
    before = verbs(consultation), kinds(consultation), wishes(consultation)
    with pytest.raises(InvalidTransition):
        wish(consultation, ELEVEN)
    assert (verbs(consultation), kinds(consultation), wishes(consultation)) == before


@pytest.mark.postgresql
def test_without_email_nothing_is_held(clinic, desk):
    consultation, _same = by_phone(clinic, desk)
    assert wish(consultation, ELEVEN, TEN) is None
    assert wishes(consultation) == [(1, ELEVEN, ""), (2, TEN, "")]
    assert not TimeClaim.objects.exists() and verbs(consultation)[-1] == "change_wishes"


def test_somebody_faster_has_the_wished_time(alone):
    """Their row is not there to be seen yet; its cells are."""
    consultation = asked(alone)
    other = held(asked(alone, start=ELEVEN, email="b@example.org"))
    start, end = TEN + 5 * DAY, ELEVEN + 5 * DAY
    Appointment.objects.filter(pk=other.pk).update(
        start=start, end=end, busy_start=start, busy_end=end
    )
    before = verbs(consultation), kinds(consultation), wishes(consultation)
    with pytest.raises(TimeTaken):
        wish(consultation, ELEVEN)
    assert (verbs(consultation), kinds(consultation), wishes(consultation)) == before
    assert held(consultation).start == TEN


def test_a_lapsed_hold_may_be_taken(alone):
    consultation = asked(alone, verified=False)
    late = held(consultation).hold_expires_at
    asked(alone, email="b@example.org", now=late)
    before = verbs(consultation)
    with pytest.raises(TimeTaken):
        transitions.hold_again(consultation, now=late)
    assert verbs(consultation) == before


def test_after_the_hold_it_is_given_once(clinic):
    consultation = asked(clinic, verified=False)
    late = held(consultation).hold_expires_at
    again = transitions.hold_again(consultation, now=late)
    assert (again.start, again.hold_expires_at) == (TEN, late + 15 * MINUTE)
    event = consultation.events.get(verb="hold_again")
    assert (event.from_status, event.to_status) == ("unverified", "unverified")
    assert event.actor_kind == "patient" and verbs(consultation).count("lapse") == 1
