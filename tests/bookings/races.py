"""Real processes against one database: how tests start a race, and what must hold after it."""

from __future__ import annotations

import multiprocessing
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import combinations
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

from bookings import transitions
from bookings.errors import BookingError
from bookings.models import Appointment, ConsultationRequest, TravelTime
from bookings.public import shown
from bookings.public.booking import drafts
from bookings.public.booking.draft_request import chosen_offering, summary
from bookings.schedule import claims, occupied
from tests import database
from tests.bookings.questions import WHY, ticked
from tests.factories import make_ask, make_clinic, make_person

Job = Callable[[], object]
SECONDS = 300
"""How long a race may take on the busiest computer."""


def race(jobs: list[Job], *, stale: bool = False) -> list[str]:
    """Do all jobs at once, each in a process of its own; what they came to, in no order.

    A job comes to the text that it returns, or "ok", or the name of its error. The processes are
    forks of this one, so a job may use what the test has read before. With `stale` each believes
    the diary to be as empty as when they opened the page; what then still keeps two of them apart is
    the database alone.
    """
    Client().get("/book/")  # load addresses and templates once, and not in each process
    database.disconnect()
    fork = multiprocessing.get_context("fork")
    gate, results = fork.Barrier(len(jobs), timeout=SECONDS), fork.Queue()
    processes = [fork.Process(target=run, args=(job, stale, gate, results)) for job in jobs]
    for process in processes:
        process.start()
    found = [results.get(timeout=SECONDS) for _ in jobs]
    for process in processes:
        process.join()
    return found


def run(job: Job, stale: bool, gate: Any, results: Any) -> None:
    """The whole life of one process."""
    if stale:
        occupied.held = lambda people, rooms, **about: {}
    try:
        connection.ensure_connection()
        gate.wait()
        result = job()
        found = result if isinstance(result, str) else "ok"
    except BookingError as error:
        found = type(error).__name__
    except Exception as error:
        found = repr(error)[:300]
    connection.close()
    results.put(found)


def noon_ahead() -> datetime:
    """Noon UTC on a working day that every notice and horizon of these tests allows."""
    day = timezone.now() + timedelta(days=2)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day.replace(hour=12, minute=0, second=0, microsecond=0, tzinfo=UTC)


def submits(service, location, starts) -> list[Job]:
    """A patient for each start."""
    return [partial(submit, service, location, start, n) for n, start in enumerate(starts)]


def submit(service, location, start, n) -> None:
    data = make_ask(service, location, starts=[start])
    person = make_person(email=f"p{n}@example.org")
    transitions.submit(data, person, idempotency_key=f"key-{n}", now=timezone.now())


def filled_in(service, start, n) -> Job:
    """A visitor who has answered everything and is about to press "Send my request"."""
    draft, secret = drafts.start()
    draft.expires_at = timezone.now() + timedelta(hours=1)
    draft.answers = {
        "source": {"source_path": "", "source_revision": None, "source_exercise": ""},
        "safety": ticked("none"),
        "reason": WHY,
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
    rows = summary(draft, chosen_offering(draft))
    return partial(post, draft.key, secret, " ".join(shown.rows(rows)))


def post(key, secret, codes) -> str:
    """The status, and the step of the questions that it leads to."""
    client = Client()
    client.cookies[drafts.COOKIE + key] = secret
    response = client.post(f"/book/{key}/check/", {"shown": codes})
    step = response.get("Location", "").split("?")[0].removeprefix(f"/book/{key}")
    return f"{response.status_code} {step}"


def overlaps(now: datetime) -> list[tuple[int, int]]:
    """Pairs of visits that share a person or a room and that nobody decided on.

    Looks at the appointments themselves, not at the cells. Staff decide about the later of two.
    """
    held = Appointment.objects.holding(now).order_by("pk")
    rows = held.values_list("pk", "practitioner", "room", "busy_start", "busy_end", "booked_anyway")
    by_resource = defaultdict(list)
    for pk, practitioner, room, start, end, mark in rows:
        for resource in filter(None, (practitioner, room)):
            by_resource[resource].append((pk, start, end, mark))
    return [
        (one[0], two[0])
        for spans in by_resource.values()
        for one, two in combinations(spans, 2)
        if one[1] < two[2] and two[1] < one[2] and not two[3]
    ]


def too_close(now: datetime) -> list[tuple[int, int]]:
    """Pairs of visits of one person at two locations between which the way takes longer, undecided."""
    ways = {
        frozenset(pair): timedelta(minutes=minutes)
        for *pair, minutes in TravelTime.objects.values_list("first", "second", "minutes")
    }
    held = Appointment.objects.holding(now).select_related("booked_anyway").order_by("pk")
    return [
        (one.pk, two.pk)
        for one, two in combinations(held, 2)
        if one.practitioner_id == two.practitioner_id and not two.anyway
        for way in (ways.get(frozenset((one.location_id, two.location_id)), timedelta()),)
        if one.busy_start - way < two.busy_end and two.busy_start < one.busy_end + way
    ]


def no_overlap() -> bool:
    return overlaps(timezone.now()) == []


def consistent() -> bool:
    return list(claims.inconsistencies(timezone.now())) == []


@override_settings(BOOKINGS=settings.BOOKINGS | {"OPEN_HOLDS_PER_NETWORK": 10**6})
def forty_at_once(rounds: int, *, stale: bool = False) -> None:
    """One winner a round, everybody else a clear answer, never a 5xx."""
    service, _location, _people = make_clinic(hours=(time(0), time(23)), horizon_days=60)
    starts = [noon_ahead() + timedelta(days=n) for n in range(2 * rounds + 2)]
    for start in [start for start in starts if start.weekday() < 5][:rounds]:
        found = race([filled_in(service, start, n) for n in range(40)], stale=stale)
        assert sorted(found) == ["302 /sent/"] + ["302 /time/"] * 39
    assert Appointment.objects.count() == ConsultationRequest.objects.count() == rounds
    assert no_overlap() and consistent()
