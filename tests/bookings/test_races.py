"""Real processes against one database: one winner each time, and proof that the test can fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from post_office.models import Email

from bookings import claims, transitions
from bookings.enums import AppointmentStatus, RequestStatus, ResourceKind
from bookings.models import Appointment, ConsultationRequest, TimeClaim
from bookings.public import drafts
from tests.factories import ResourceFactory, make_clinic, make_request

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
CONTENDER = Path(__file__).with_name("contender.py")
ROOT = Path(__file__).parents[2]


def database_url() -> str:
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    host = settings.get("HOST") or settings.get("OPTIONS", {}).get("host", "")
    return f"postgresql://{settings['USER']}@/{settings['NAME']}?host={host}"


def race(*rounds: list[dict[str, object]], stale: bool = False) -> list[list[str]]:
    """Each round's jobs at once, a process each; what each job came to, round by round."""
    connection.close()  # PostgreSQL's pool must not be shared with forks
    env = os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_POOL_SIZE": "1",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, str(CONTENDER)],
        input=json.dumps({"rounds": rounds, "stale": stale}),
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: list[list[str]] = json.loads(done.stdout)
    return found


@pytest.fixture
def tomorrow() -> datetime:
    """Noon UTC on a working day that every notice and horizon of these tests allows."""
    day = timezone.now() + timedelta(days=2)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day.replace(hour=12, minute=0, second=0, microsecond=0, tzinfo=UTC)


def submit_jobs(service, location, starts):
    return [
        {
            "verb": "submit",
            "service": service.pk,
            "location": location.pk,
            "start": start.isoformat(),
            "email": f"p{n}@example.org",
            "key": f"key-{n}",
        }
        for n, start in enumerate(starts)
    ]


def filled_in(service, start, n):
    """A visitor who has answered everything and is about to press "Send my request"."""
    draft, token = drafts.start()
    draft.expires_at = timezone.now() + timedelta(hours=1)
    draft.answers = {
        "source": {"source_path": "", "source_revision": None, "source_exercise": ""},
        "safety": {"flags": ["none"], "cleared": False},
        "reason": {"reason": "tight", "side": "left", "goal": "sit", "note": ""},
        "time": {"first": start.strftime("%Y-%m-%dT%H:%MZ"), "practitioner": None},
        "other-times": {"second": "", "third": "", "parts": []},
        "contact": {
            "name": "Maria Example",
            "contact_by": "email",
            "email": f"p{n}-{start:%d%H%M}@example.org",
            "phone": "",
            "on_behalf_of": "",
            "consent": True,
        },
    }
    draft.save()
    return {"verb": "post", "token": token}


def no_overlap() -> bool:
    """Looks at the appointments themselves, not at the cells."""
    held = Appointment.objects.holding(timezone.now())
    rows = list(held.values_list("practitioner", "room", "busy_start", "busy_end"))
    spans = sorted((who, a, b) for p, r, a, b in rows for who in (p, r) if who)
    return all(
        one[0] != two[0] or one[2] <= two[1] for one, two in zip(spans, spans[1:], strict=False)
    )


def consistent() -> bool:
    return list(claims.inconsistencies(timezone.now())) == []


@pytest.mark.parametrize(("rounds", "stale"), [(20, False), (4, True)])
def test_forty_visitors_at_once_for_one_time(tomorrow, rounds, stale):
    """Through the real view: one winner a round, everybody else a clear answer, never a 5xx."""
    service, location, _people = make_clinic(hours=(time(0), time(23)), horizon_days=60)
    starts = [tomorrow + timedelta(days=n) for n in range(40)]
    starts = [s for s in starts if s.weekday() < 5][:rounds]
    found = race(*[[filled_in(service, s, n) for n in range(40)] for s in starts], stale=stale)
    for answers in found:
        assert sorted(answers) == ["302 /book/sent/"] + ["302 /book/time/"] * 39
    assert Appointment.objects.count() == ConsultationRequest.objects.count() == rounds
    assert no_overlap() and consistent()


@contextmanager
def without_unique_cells() -> Iterator[None]:
    every = TimeClaim._meta.constraints
    cells = next(c for c in every if c.name == "time_claim_cell_once")
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


def test_the_race_bites_once_the_constraint_is_gone(tomorrow):
    """The stale race again without the unique cells: visits overlap. So it is they that prevent it."""
    service, location, _people = make_clinic()
    with without_unique_cells():
        (found,) = race(submit_jobs(service, location, [tomorrow] * 8), stale=True)
        overlapping = not no_overlap()
        Appointment.objects.all().delete()
    assert found.count("ok") > 1 and overlapping


@pytest.mark.parametrize("stale", [False, True])
def test_partial_overlaps_and_buffers(tomorrow, stale):
    service, location, _people = make_clinic(step_minutes=5, buffer_after_minutes=10)
    starts = [tomorrow + timedelta(minutes=15 * n) for n in range(8)] * 3
    race(submit_jobs(service, location, starts), stale=stale)
    assert Appointment.objects.exists() and no_overlap() and consistent()


def test_a_room_is_shared_by_different_practitioners(tomorrow):
    service, location, _people = make_clinic(practitioners=3, needs_room=True)
    ResourceFactory(kind=ResourceKind.ROOM, location=location, name="Blue room")
    (found,) = race(submit_jobs(service, location, [tomorrow] * 12), stale=True)
    assert sorted(found) == ["TimeTaken"] * 11 + ["ok"]
    assert no_overlap()


def test_the_same_post_fifty_times_is_one_request_and_one_mail(tomorrow):
    service, _location, _people = make_clinic(practitioners=2)
    (found,) = race([filled_in(service, tomorrow, 0)] * 50)
    assert set(found) == {"302 /book/sent/"}
    assert ConsultationRequest.objects.count() == 1 and Email.objects.count() == 1


@pytest.fixture
def desk(transactional_db, django_user_model):
    return transitions.staff(django_user_model.objects.create_user("ruth"))


def test_confirm_against_confirm(tomorrow, desk):
    service, location, _people = make_clinic()
    request = make_request(service, location, start=tomorrow, now=timezone.now())
    job = {"verb": "confirm", "request": request.pk, "version": request.version}
    (found,) = race([job | {"user": desk.user.pk}] * 8)
    assert sorted(found) == ["StaleVersion"] * 7 + ["ok"]
    assert request.messages.filter(kind="confirmed").count() == 1


@pytest.fixture
def offered(tomorrow, desk):
    """An offered time an hour later than the one that was asked for."""
    service, location, _people = make_clinic()
    now = timezone.now()
    request = make_request(service, location, start=tomorrow, now=now)
    later = tomorrow + timedelta(hours=1)
    (offer,) = transitions.offer(
        request, actor=desk, version=request.version, now=now, times=[(later, None)]
    )
    return offer


def outcome(request) -> tuple[str, int]:
    request.refresh_from_db()
    return request.status, request.appointments.filter(status=AppointmentStatus.BOOKED).count()


def test_accept_against_withdraw(offered):
    job = {"request": offered.request_id, "appointment": offered.pk}
    race([job | {"verb": verb} for verb in ("accept", "withdraw") * 4])
    assert outcome(offered.request) in {(RequestStatus.CONFIRMED, 1), (RequestStatus.WITHDRAWN, 0)}
    assert consistent()


def test_expiry_against_accept(offered):
    over = (offered.hold_expires_at + timedelta(seconds=1)).isoformat()
    accept = {"verb": "accept", "request": offered.request_id, "appointment": offered.pk}
    race([accept] * 4 + [{"verb": "expire", "now": over}] * 4)
    assert outcome(offered.request) in {(RequestStatus.CONFIRMED, 1), (RequestStatus.IN_REVIEW, 0)}
    assert consistent()
