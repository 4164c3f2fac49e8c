"""Real processes against one database: one winner each time, and proof that the test can fail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import time, timedelta
from functools import partial
from multiprocessing import get_context
from threading import BrokenBarrierError

import pytest
from django.db import connection, transaction
from django.utils import timezone
from post_office.models import Email

from bookings import transitions
from bookings.enums import AppointmentStatus, RequestStatus, ResourceKind
from bookings.models import Appointment, ConsultationRequest, TimeClaim
from bookings.schedule import claims
from bookings.transitions import places
from tests.bookings.races import (
    consistent,
    filled_in,
    forty_at_once,
    no_overlap,
    noon_ahead,
    race,
    submits,
)
from tests.factories import ResourceFactory, make_clinic, make_request

# SQLite lets one write after the other, so there the races that show the index itself are enough.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tomorrow():
    return noon_ahead()


@pytest.mark.parametrize(
    "stale",
    [pytest.param(False, marks=pytest.mark.postgresql), pytest.param(True, marks=pytest.mark.both)],
)
def test_forty_visitors_at_once_for_one_time(stale):
    """Through the real view. Twenty rounds of it: tests/faults/test_races.py."""
    forty_at_once(1, stale=stale)


@contextmanager
def without_unique_cells() -> Iterator[None]:
    every = TimeClaim._meta.constraints
    cells = next(c for c in every if c.name == "time_claim_lane_once")
    # On SQLite the table is made anew from the model, which must not name the constraint then.
    TimeClaim._meta.constraints = [c for c in every if c is not cells]
    with connection.schema_editor() as editor:
        editor.remove_constraint(TimeClaim, cells)
    try:
        yield
    finally:
        TimeClaim._meta.constraints = every
        with connection.schema_editor() as editor:
            editor.add_constraint(TimeClaim, cells)


@pytest.mark.both
def test_the_race_bites_once_the_constraint_is_gone(tomorrow):
    """The stale race again without the unique cells: visits overlap. So it is they that prevent it."""
    service, location, _people = make_clinic()
    with without_unique_cells():
        found = race(submits(service, location, [tomorrow] * 8), stale=True)
        overlapping = not no_overlap()
        Appointment.objects.all().delete()
    assert found.count("ok") > 1 and overlapping


@pytest.mark.postgresql
@pytest.mark.parametrize("stale", [False, True])
def test_partial_overlaps_and_buffers(tomorrow, stale):
    service, location, _people = make_clinic(step_minutes=5, buffer_after_minutes=10)
    starts = [tomorrow + timedelta(minutes=15 * n) for n in range(8)] * 3
    race(submits(service, location, starts), stale=stale)
    assert Appointment.objects.exists() and no_overlap() and consistent()


@pytest.mark.both
def test_a_room_is_shared_by_different_practitioners(tomorrow):
    service, location, _people = make_clinic(practitioners=3, needs_room=True)
    ResourceFactory(kind=ResourceKind.ROOM, location=location, name="Blue room")
    found = race(submits(service, location, [tomorrow] * 12), stale=True)
    assert sorted(found) == ["TimeTaken"] * 11 + ["ok"]
    assert no_overlap()


@pytest.mark.postgresql
def test_fifty_equal_posts_make_one_request(tomorrow):
    service, _location, _people = make_clinic(practitioners=2)
    found = race([filled_in(service, tomorrow, 0)] * 50)
    assert set(found) == {"302 /sent/"}
    assert ConsultationRequest.objects.count() == 1 and Email.objects.count() == 1


@pytest.fixture
def desk(transactional_db, django_user_model):
    return transitions.staff(django_user_model.objects.create_user("ruth"))


@pytest.mark.both
def test_confirm_against_confirm(tomorrow, desk):
    service, location, _people = make_clinic()
    consultation = make_request(service, location, start=tomorrow, now=timezone.now())
    version, now = consultation.version, timezone.now()
    confirm = partial(transitions.confirm, consultation, actor=desk, version=version, now=now)
    found = race([confirm] * 8)
    assert sorted(found) == ["StaleVersion"] * 7 + ["ok"]
    assert consultation.messages.filter(kind="confirmed").count() == 1


@pytest.fixture
def offered(tomorrow, desk):
    """An offered time an hour later than the one that was asked for."""
    service, location, _people = make_clinic()
    now = timezone.now()
    consultation = make_request(service, location, start=tomorrow, now=now)
    later = tomorrow + timedelta(hours=1)
    (offer,) = transitions.offer(
        consultation, actor=desk, version=consultation.version, now=now, times=[(later, None)]
    )
    return offer


def outcome(request) -> tuple[str, int]:
    request.refresh_from_db()
    return request.status, request.appointments.filter(status=AppointmentStatus.BOOKED).count()


@pytest.mark.both
def test_accept_against_withdraw(offered):
    now = timezone.now()
    accept = partial(transitions.accept, offered.request, appointment=offered, now=now)
    withdraw = partial(transitions.withdraw, offered.request, now=now)
    race([accept, withdraw] * 4)
    assert outcome(offered.request) in {(RequestStatus.CONFIRMED, 1), (RequestStatus.WITHDRAWN, 0)}
    assert consistent()


@pytest.mark.both
def test_expiry_against_accept(offered):
    over = offered.hold_expires_at + timedelta(seconds=1)
    now = timezone.now()
    accept = partial(transitions.accept, offered.request, appointment=offered, now=now)
    race([accept] * 4 + [partial(transitions.expire_due, now=over)] * 4)
    assert outcome(offered.request) in {(RequestStatus.CONFIRMED, 1), (RequestStatus.IN_REVIEW, 0)}
    assert consistent()


@pytest.mark.both
def test_expiry_against_verify(tomorrow):
    """Whoever confirms the address just when the hold runs out has the time, if nobody else wants it."""
    service, location, _people = make_clinic()
    now = timezone.now()
    consultation = make_request(service, location, start=tomorrow, now=now, verified=False)
    over = now + timedelta(minutes=16)
    verify = partial(transitions.verify, consultation, now=over)
    race([verify, *[partial(transitions.expire_due, now=over)] * 7])
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.SUBMITTED and consistent()
    assert consultation.appointments.filter(status=AppointmentStatus.PROPOSED).count() == 1


@pytest.mark.postgresql
def test_forty_moves_to_one_time_have_one_winner(tomorrow, desk):
    """The others keep the visit that they had."""
    service, location, _people = make_clinic(hours=(time(0), time(23)), horizon_days=60)
    now = timezone.now()
    booked = []
    for n in range(40):
        start = tomorrow + timedelta(days=7 * (1 + n // 10), hours=n % 10)
        asked = make_request(service, location, start=start, now=now, email=f"p{n}@example.org")
        transitions.confirm(asked, actor=desk, version=asked.version, now=now)
        booked.append((asked, start))
    found = race(
        [partial(transitions.move_own_visit, asked, start=tomorrow, now=now) for asked, _ in booked]
    )
    assert sorted(found) == ["TimeTaken"] * 39 + ["ok"]
    visits = Appointment.objects.filter(status=AppointmentStatus.BOOKED)
    starts = dict(visits.values_list("request", "start"))
    kept = [starts[asked.pk] == start for asked, start in booked]
    assert len(starts) == 40 and kept.count(True) == 39
    assert list(starts.values()).count(tomorrow) == 1
    assert no_overlap() and consistent()


# --- with visits that overlap because staff said so -----------------------------------------------


def decide(consultation, start, desk, code=None) -> None:
    """Book a start anyway; with the code of reasons read before, or of those of now."""
    about = {"practitioner": None, "now": timezone.now()}
    own = transitions.held_by(consultation)
    seen = code or transitions.against(
        consultation.service, consultation.location, start, ignoring=own, **about
    )
    transitions.confirm(
        consultation,
        actor=desk,
        version=consultation.version,
        start=start,
        anyway=transitions.Anyway("They insist.", code or seen.code),
        **about,
    )


@pytest.fixture
def overlapping(tomorrow, desk):
    """Noon to one is booked, and half past twelve to half past one as well, because staff said so."""
    service, location, _people = make_clinic(step_minutes=30, hours=(time(0), time(23)))
    now, visits = timezone.now(), []
    for n, start in enumerate((tomorrow, tomorrow + timedelta(hours=5))):
        asked = make_request(service, location, start=start, now=now, email=f"d{n}@example.org")
        if n:
            decide(asked, tomorrow + timedelta(minutes=30), desk)
        else:
            transitions.confirm(asked, actor=desk, version=asked.version, now=now)
        visits.append(asked.appointments.get(status=AppointmentStatus.BOOKED))
    return service, location, visits


@pytest.mark.postgresql
@pytest.mark.parametrize("leaves", [None, 0, 1])
def test_nobody_gets_between_those_who_overlap(overlapping, tomorrow, leaves):
    """Strangers who believe the diary empty, while one of the two may be leaving."""
    service, location, visits = overlapping
    now, half = timezone.now(), timedelta(minutes=30)
    jobs = submits(service, location, [tomorrow + half * n for n in range(-1, 3)] * 3)
    if leaves is not None:
        jobs.append(partial(transitions.withdraw, visits[leaves].request, now=now))
    found = race(jobs, stale=True)
    assert not [text for text in found if "(" in text], found
    assert no_overlap() and consistent()
    if leaves is None:
        assert set(found) == {"TimeTaken"}


@pytest.mark.postgresql
def test_one_of_many_decisions_counts(overlapping, tomorrow, desk):
    """Each had read of two visits. The first makes them three, which the others have not read."""
    service, location, visits = overlapping
    now, jobs = timezone.now(), []
    start = tomorrow + timedelta(minutes=15)
    for n in range(6):
        free = tomorrow + timedelta(days=7, hours=n)
        asked = make_request(service, location, start=free, now=now, email=f"e{n}@example.org")
        own = transitions.held_by(asked)
        about = {"practitioner": None, "now": now}
        code = transitions.against(service, location, start, ignoring=own, **about).code
        jobs.append(partial(decide, asked, start, desk, code))
    found = race(jobs)
    assert sorted(found) == ["TimeTaken"] * 5 + ["ok"]
    assert no_overlap() and consistent()


def leave_together(visit, now, gate) -> None:
    """Give up a visit; its cells are gone before anybody looks who comes into lane 0 now."""
    promote = claims.promote

    def after_the_other(*interval) -> None:
        with suppress(BrokenBarrierError):  # whoever waits for the other's rows does not come
            gate.wait(timeout=5)
        promote(*interval)

    claims.promote = after_the_other
    transitions.withdraw(visit.request, now=now)


@pytest.mark.both
def test_two_leave_below_a_third(overlapping, tomorrow, desk):
    """Each might take the other for the one in lane 0, and nothing would guard the third."""
    service, location, visits = overlapping
    now, third = timezone.now(), tomorrow + timedelta(minutes=45)
    free = tomorrow + timedelta(days=7)
    asked = make_request(service, location, start=free, now=now, email="third@example.org")
    decide(asked, third, desk)
    gate = get_context("fork").Barrier(len(visits))
    assert race([partial(leave_together, visit, now, gate) for visit in visits]) == ["ok", "ok"]
    assert consistent()
    assert race(submits(service, location, [third])) == ["TimeTaken"]


@transaction.atomic
def change_clock(location, desk, read, left) -> None:
    """As the form of the location does; the visit leaves once the visits were read, or waits."""
    ahead = places._ahead

    def and_wait(*args, **kwargs):
        found = ahead(*args, **kwargs)
        read.set()
        left.wait(5)
        return found

    places._ahead = and_wait
    before = type(location).objects.select_for_update(no_key=True).get(pk=location.pk).zone
    location.time_zone = "Europe/Paris"
    location.save()
    about = {"before": before, "wall_clock_stays": True, "tell": False}
    transitions.change_place(location, **about, actor=desk, now=timezone.now())


@pytest.mark.both
def test_a_visit_leaves_while_its_clock_changes(overlapping, desk):
    """It holds no cells afterwards. If the clock changes first, its page is out of date."""
    _service, location, visits = overlapping
    read, left = get_context("fork").Event(), get_context("fork").Event()

    def leave() -> None:
        read.wait(20)
        transitions.withdraw(visits[0].request, now=timezone.now())
        left.set()

    jobs = [partial(change_clock, location, desk, read, left), leave]
    assert set(race(jobs)) <= {"ok", "StaleVersion"}
    assert consistent()


@pytest.mark.postgresql
def test_deciding_while_the_other_leaves(overlapping, tomorrow, desk):
    service, location, visits = overlapping
    now, jobs = timezone.now(), []
    start = tomorrow + timedelta(minutes=45)
    for n in range(4):
        free = tomorrow + timedelta(days=7, hours=n)
        asked = make_request(service, location, start=free, now=now, email=f"f{n}@example.org")
        jobs.append(partial(decide, asked, start, desk))
    jobs += [partial(transitions.withdraw, visit.request, now=now) for visit in visits]
    jobs += submits(service, location, [tomorrow, tomorrow + timedelta(minutes=30)] * 2)
    found = race(jobs)
    assert set(found) <= {"ok", "TimeTaken", "StaleVersion"}, found
    assert no_overlap() and consistent()
