"""Until when somebody waits: the last local day, whoever counts it, and how it ends."""

from datetime import UTC, date, datetime

import pytest

from bookings import transitions
from bookings.enums import RequestStatus
from bookings.schedule.waiting_list import WaitingList
from bookings.transitions import Waiting
from tests.factories import MONDAY, make_ask, make_clinic, make_person, make_request

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)


def waits(clinic, until=TUESDAY, **changes):
    service, location, _people = clinic
    return make_request(service, location, waiting=Waiting((), until), **changes)


@pytest.fixture
def west(db):
    """Los Angeles, where it is still Tuesday at one in the morning of Wednesday in London."""
    return make_clinic(time_zone="America/Los_Angeles")


STILL_TUESDAY = datetime(2026, 11, 25, 1, tzinfo=UTC)


@pytest.mark.postgresql
def test_the_last_evening_counts_west_of_london(west, desk):
    consultation = waits(west)
    transitions.expire_due(now=STILL_TUESDAY)
    assert WaitingList(now=STILL_TUESDAY).requests == [consultation]
    start = datetime(2026, 11, 27, 18, tzinfo=UTC)
    transitions.offer(
        consultation,
        actor=desk,
        version=consultation.version,
        now=STILL_TUESDAY,
        times=[(start, None)],
    )
    transitions.refuse(consultation, now=STILL_TUESDAY)
    assert consultation.status == RequestStatus.WAITLISTED


def test_the_next_morning_ends_it_east_of_london():
    clinic = make_clinic(time_zone="Australia/Sydney")
    consultation = waits(clinic)
    wednesday = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
    assert WaitingList(now=wednesday).requests == []
    transitions.expire_due(now=wednesday)
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.EXPIRED


def test_patients_without_email_are_called_afterwards(clinic):
    service, location, _people = clinic
    ask = make_ask(service, location, waiting=Waiting((), TUESDAY))
    person = make_person(email="", phone="+442079460123", contact_by="phone")
    consultation = transitions.submit(ask, person, idempotency_key="k", now=MONDAY)
    transitions.expire_due(now=datetime(2026, 11, 25, 1, tzinfo=UTC))
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.EXPIRED and consultation.needs_call


def test_rejoining_after_the_end_starts_anew(clinic, desk):
    consultation = waits(clinic)
    over = datetime(2026, 11, 25, 8, tzinfo=UTC)
    transitions.expire_due(now=over)
    consultation.refresh_from_db()
    for verb, extra in (("reopen", {"why": "They rang"}), ("waitlist", {})):
        getattr(transitions, verb)(
            consultation, actor=desk, version=consultation.version, now=over, **extra
        )
    transitions.expire_due(now=over)
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.WAITLISTED and consultation.waiting.until > TUESDAY


def test_undone_nobody_is_on_the_list(clinic, desk):
    service, location, _people = clinic
    start = datetime(2026, 11, 24, 10, tzinfo=UTC)
    consultation = make_request(service, location, start=start)
    for verb in ("waitlist", "undo"):
        getattr(transitions, verb)(
            consultation, actor=desk, version=consultation.version, now=MONDAY
        )
    transitions.offer(
        consultation, actor=desk, version=consultation.version, now=MONDAY, times=[(start, None)]
    )
    transitions.refuse(consultation, now=MONDAY)
    assert consultation.status == RequestStatus.IN_REVIEW
