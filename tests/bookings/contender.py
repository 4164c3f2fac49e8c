"""Races: for each line read, one process a contender, all let go at once, round by round.

A line is `{"rounds": [[job, …], …], "stale": bool}`; the one written for it says what each job came to.
With `stale`, every contender believes the diary to be as empty as when they opened the page; what then
still keeps two of them apart is the database alone.

The program that all of them need is loaded once, and each race is held in a fork of it.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import sys
from datetime import datetime
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.template.loader import get_template  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from bookings import transitions  # noqa: E402
from bookings.errors import BookingError  # noqa: E402
from bookings.models import (  # noqa: E402
    Appointment,
    ConsultationRequest,
    Draft,
    Location,
    Service,
)
from bookings.public.booking import drafts  # noqa: E402
from bookings.schedule import occupied  # noqa: E402
from tests.factories import make_ask, make_person  # noqa: E402


def do(job: dict[str, Any]) -> str:
    now = timezone.now()
    verb = job["verb"]
    if verb == "post":
        client = Client()
        key = job["key"]
        client.cookies[drafts.COOKIE + key] = job["secret"]
        response = client.post(f"/book/{key}/check/", {"shown": job["shown"]})
        place = response.get("Location", "").split("?")[0]
        return f"{response.status_code} {place.removeprefix(f'/book/{key}')}"
    if verb == "submit":
        service = Service.objects.get(pk=job["service"])
        location = Location.objects.get(pk=job["location"])
        ask = make_ask(service, location, starts=[datetime.fromisoformat(job["start"])])
        person = make_person(email=job["email"])
        transitions.submit(ask, person, idempotency_key=job["key"], now=now)
    elif verb == "write":
        write(job["times"], now)
    elif verb == "verify":
        consultation = ConsultationRequest.objects.get(pk=job["request"])
        transitions.verify(consultation, now=datetime.fromisoformat(job["now"]))
    elif verb == "expire":
        transitions.expire_due(now=datetime.fromisoformat(job["now"]))
    else:
        answer(verb, job, now)
    return "ok"


def write(times: int, now: datetime) -> None:
    """So many transactions that read, then write: what SQLite answers "locked" to when deferred."""
    for _time in range(times):
        with transaction.atomic():
            Draft.objects.filter(expires_at__gt=now).exists()
            draft, _secret = drafts.start()
            draft.expires_at = now
            draft.save()


def answer(verb: str, job: dict[str, Any], now: datetime) -> None:
    consultation = ConsultationRequest.objects.get(pk=job["request"])
    if verb == "confirm":
        actor = transitions.staff(get_user_model().objects.get(pk=job["user"]))
        consultation.version = job["version"]
        transitions.confirm(consultation, actor=actor, version=job["version"], now=now)
    elif verb == "accept":
        appointment = Appointment.objects.get(pk=job["appointment"])
        transitions.accept(consultation, appointment=appointment, now=now)
    else:
        transitions.withdraw(consultation, now=now)


def attempt(job: dict[str, Any]) -> str:
    try:
        return do(job)
    except BookingError as error:
        return type(error).__name__
    except Exception as error:
        return repr(error)[:300]


def contend(number: int, rounds: list[list[Any]], gate: Any, found: Any) -> None:
    for jobs in rounds:
        ConsultationRequest.objects.exists()  # connected before the start
        gate.wait()
        found.put(attempt(jobs[number]))
        connection.close()
        gate.wait()


def warm_up() -> None:
    """Load what every contender needs before they part: addresses and templates."""
    Client().get(f"/book/{'K' * 16}/check/")
    for kind in ("message.txt", "message.html"):
        get_template(f"emails/{kind}")
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()


def hold(task: dict[str, Any]) -> list[list[str]]:
    if task["stale"]:
        occupied.held = lambda people, rooms, **about: {}
    rounds = task["rounds"]
    fork = multiprocessing.get_context("fork")
    count = len(rounds[0])
    gate, found = fork.Barrier(count + 1, timeout=300), fork.SimpleQueue()
    contenders = [
        fork.Process(target=contend, args=(number, rounds, gate, found)) for number in range(count)
    ]
    for contender in contenders:
        contender.start()
    results = []
    for _round in rounds:
        gate.wait()
        results.append([found.get() for _ in range(count)])
        gate.wait()
    for contender in contenders:
        contender.join(10)
    return results


def main() -> None:
    logging.disable(logging.CRITICAL)
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.BOOKINGS["OPEN_HOLDS_PER_NETWORK"] = 10**6  # they all come from this computer
    warm_up()
    for line in sys.stdin:
        race = os.fork()
        if not race:
            tell(hold(json.loads(line)))
            sys.exit()
        if os.waitpid(race, 0)[1]:
            tell(None)


def tell(found: list[list[str]] | None) -> None:
    sys.stdout.write(f"{json.dumps(found)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
