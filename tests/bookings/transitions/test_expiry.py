"""What the worker ends, and what it leaves alone: to the minute, and how many it counts."""

from datetime import date, timedelta

import pytest

from bookings import transitions
from bookings.enums import RequestStatus
from bookings.models import Appointment, ConsultationRequest
from bookings.transitions import Waiting, expiry
from tests.bookings import written
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed, kinds, verbs
from tests.bookings.transitions import test_refused as of_requests
from tests.bookings.transitions.test_refused import by_desk
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = (timedelta(**{n: 1}) for n in ("minutes", "hours", "days"))


@pytest.mark.parametrize(
    ("late", "status"), [(-MINUTE, RequestStatus.UNVERIFIED), (timedelta(0), RequestStatus.EXPIRED)]
)
def test_a_day_to_confirm_the_address(clinic, late, status):
    consultation = asked(clinic, start=None, verified=False)
    done = transitions.expire_due(now=MONDAY + DAY + late)
    consultation.refresh_from_db()
    assert (consultation.status, done) == (status, int(status == RequestStatus.EXPIRED))


def test_what_is_over_is_counted(clinic, desk):
    """Two offered times, a request that nobody confirmed, one who waited in vain; others stay."""
    offered = asked(clinic, start=None)
    times = [(ELEVEN + DAY, None), (ELEVEN + 2 * DAY, None)]
    by_desk("offer", times=times)(offered, None, desk)
    asked(clinic, start=None, verified=False, email="b@example.org")
    waiting = Waiting((), date(2026, 11, 24))
    asked(clinic, start=None, waiting=waiting, email="c@example.org")
    left = asked(clinic, start=None, email="d@example.org")
    assert transitions.expire_due(now=MONDAY + 3 * DAY) == 4
    assert transitions.expire_due(now=MONDAY + 3 * DAY) == 0
    left.refresh_from_db()
    assert left.status == RequestStatus.SUBMITTED


def test_nothing_is_said_while_a_time_is_offered(clinic, desk):
    consultation = asked(clinic, start=None)
    times = [(ELEVEN, None), (ELEVEN + 2 * DAY, None)]
    by_desk("offer", times=times)(consultation, None, desk)
    before = kinds(consultation)
    assert transitions.expire_due(now=ELEVEN) == 1
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.OFFERED and kinds(consultation) == before
    assert verbs(consultation)[-1] == "lapse"


@pytest.mark.parametrize(
    ("status", "visit", "late", "lapses"),
    [
        ("info_needed", "booked", timedelta(0), True),
        ("info_needed", "booked", -MINUTE, False),
        ("info_needed", "cancelled", HOUR, False),
        ("in_review", "booked", HOUR, False),
        ("offered", "booked", HOUR, False),
        ("confirmed", "booked", HOUR, False),
    ],
)
def test_which_wish_ends_with_the_visit(clinic, desk, status, visit, late, lapses):
    """One about which we asked; the visit was booked, and is over."""
    consultation, _visit = of_requests.moving(clinic, desk)
    by_desk("ask_question", question="When?")(consultation, None, desk)
    ConsultationRequest.objects.update(status=status)
    Appointment.objects.update(status=visit)
    before = written.stored()
    done = transitions.expire_due(now=ELEVEN + late)
    if lapses:
        consultation.refresh_from_db()
        assert (consultation.status, done) == (RequestStatus.CONFIRMED, 1)
        assert consultation.events.last().verb == "lapse_wish"
    else:
        assert done == 0 and written.stored() == before


@pytest.mark.parametrize(
    ("status", "day", "ends"),
    [
        ("waitlisted", date(2026, 11, 22), True),
        ("waitlisted", date(2026, 11, 23), False),
        ("offered", date(2026, 11, 22), False),
        ("in_review", date(2026, 11, 22), False),
        ("info_needed", date(2026, 11, 22), False),
    ],
)
def test_whose_waiting_ends_with_its_last_day(clinic, status, day, ends):
    consultation = asked(clinic, start=None, waiting=Waiting((), date(2026, 12, 1)))
    consultation.waiting.until = day
    consultation.waiting.save()
    ConsultationRequest.objects.update(status=status)
    done = transitions.expire_due(now=MONDAY)
    consultation.refresh_from_db()
    assert (consultation.status, done) == (("expired", 1) if ends else (status, 0))


@pytest.mark.postgresql
def test_who_is_faster_is_not_counted(clinic):
    """The worker has read what has run out; then the patient confirms."""
    consultation = asked(clinic, verified=False)
    late = MONDAY + 16 * MINUTE
    (found,) = Appointment.objects.lapsed(late)
    transitions.verify(consultation, now=late)
    before = written.stored()
    assert expiry._safely(expiry._lapse, found, now=late) is False
    transitions.expire(ConsultationRequest.objects.get(), now=late)
    assert written.stored() == before


def test_a_visit_confirmed_stays_when_holds_end(clinic, desk):
    confirmed(clinic, desk)
    before = written.stored()
    assert transitions.expire_due(now=TEN + 300 * DAY) == 0
    assert written.stored() == before
