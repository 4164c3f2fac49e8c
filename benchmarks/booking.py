"""Our first step, times step and whole booking, beside those of django-appointment."""

import http.client
import itertools
import os
import re
import statistics
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from urllib.parse import urlsplit

import _web
import psycopg
from _appointments import Peer
from _web import LOGIN, Target, in_turns, manage, ratios, site, table
from visitor import Answer, Visitor

DATABASES = ["postgres"]
PEOPLE = 10
AT_ONCE = 8
numbers = itertools.count(1)


def main() -> None:
    manage("prepare", "--demo", "--first-login", LOGIN)
    full, empty = fill()
    peer = Peer(people=PEOPLE)
    with ExitStack() as running:
        roomy = {"OPEN_HOLDS_PER_NETWORK": "1000000", "TRUSTED_PROXY_COUNT": "1"}
        ours = running.enter_context(site("benchmarks._peer.ours", **roomy))
        theirs = running.enter_context(peer.site())
        times, cookies = draft(ours)
        cookie = (f"Cookie: {cookies}",)
        ajax = ("X-Requested-With: XMLHttpRequest",)
        figures = in_turns(
            [
                Target("first step", f"{ours}/book/"),
                Target("times, empty days", f"{ours}{times}?from={empty}", cookie),
                Target("times, full days", f"{ours}{times}?from={full}", cookie),
                Target("django-appointment: booking page", theirs + peer.booking_page),
                Target("django-appointment: slots, empty day", theirs + peer.slots("empty"), ajax),
                Target("django-appointment: slots, full day", theirs + peer.slots("full"), ajax),
            ]
        )
        whole = bookings(ours, theirs, peer)
    wanted = [
        ("first step", "django-appointment: booking page", 1),
        ("times, empty days", "django-appointment: slots, empty day", 1),
        ("times, full days", "django-appointment: slots, full day", 1),
        ("times, full days", "times, empty days", 1),
    ]
    print(
        f"{table(figures)}\n\n"
        "| whole bookings, from the first page to the last | a second |\n"
        "|---|---|\n"
        "| ours: four pages, time claimed, event and mail written, address confirmed "
        f"| {whole[0]:.1f} |\n"
        "| django-appointment: account made, address confirmed, no check of the time "
        f"| {whole[1]:.1f} |\n\n"
        f"{ratios(figures, wanted)}\n"
        f"| whole bookings ÷ its whole bookings | ≥ 1.5 | {whole[2]:.2f} |"
    )


def fill() -> tuple[date, date]:
    """Ten people who work every weekday; ten days full of visits, and the first day without any."""
    import django

    django.setup()
    from _visits import add_visits, staffed
    from django.utils import timezone

    from bookings.models import Location, Service

    Service.objects.update(horizon_days=390)
    service, location = Service.objects.get(), Location.objects.get()
    people = staffed(service, location, PEOPLE, (9, 17))
    first = timezone.now().date() + timedelta(days=20)
    visits = (
        (person, datetime.combine(first + timedelta(days=day), clock(hour), UTC))
        for day in range(-1, 11)
        for person in people
        for hour in range(9, 17)
    )
    add_visits(service, location, visits, now=timezone.now())
    return first, first + timedelta(days=14)


def visitor(address: str) -> Visitor:
    """Who comes from a place of their own, over a connection of their own."""
    at, number = urlsplit(address), next(numbers)
    connection = http.client.HTTPConnection(at.hostname, at.port, timeout=60)
    place = {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}

    def send(method: str, path: str, body: bytes | None, **headers: str) -> Answer:
        connection.request(method, path, body, place | headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())

    return Visitor(send, address)


def draft(address: str) -> tuple[str, str]:
    """The address of the page of times, and the cookies that it needs."""
    someone = visitor(address)
    someone.answer_until_time()
    assert someone.path.endswith("/time/"), someone.path
    return someone.path, "; ".join(f"{name}={value}" for name, value in someone.cookies.items())


def bookings(ours: str, theirs: str, peer: Peer) -> tuple[float, float, float]:
    """Whole bookings a second, ours and theirs, and the one by the other: of each pair of neighbours.

    Many short rounds: a booking is so much work that a computer drifts more between two long ones than
    the two sites differ. All begin with the same diaries: our visitors take the first free times, and
    would soon find weeks full, while those of the other site choose among 300 days.
    """
    own = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    other = psycopg.connect(peer.url, autocommit=True)
    visits = [
        lambda: book(visitor(ours), own),
        lambda: peer.book(visitor(theirs), next(numbers), other),
    ]
    rounds: list[list[float]] = []
    for number in range(3 * _web.ROUNDS + 1):
        rates = [0.0, 0.0]
        let_go(own)
        for who in (0, 1) if number % 2 else (1, 0):
            rates[who] = visits_a_second(visits[who], _web.SECONDS * 2)
        print("whole bookings", rates, file=sys.stderr)
        rounds.append(rates)
    del rounds[0]  # where both make what they then remember
    quotients = (rates[0] / rates[1] for rates in rounds)
    return (*map(statistics.median, zip(*rounds, strict=True)), statistics.median(quotients))


def let_go(database: psycopg.Connection) -> None:
    """The holds of the visitors so far lapse, and their cells are free again, as the worker leaves them."""
    database.execute("DELETE FROM bookings_timeclaim WHERE expires_at IS NOT NULL")
    database.execute(
        "UPDATE bookings_appointment SET hold_expires_at = now() WHERE hold_expires_at IS NOT NULL"
    )


def visits_a_second(visit: Callable[[], object], seconds: float) -> float:
    """Complete bookings a second of `AT_ONCE` who come one after the other."""
    end = time.monotonic() + seconds
    done: list[object] = []
    errors: list[Exception] = []

    def come() -> None:
        while time.monotonic() < end and not errors:
            try:
                done.append(visit())
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=come) for _ in range(AT_ONCE)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return len(done) / (time.monotonic() - began)


def book(someone: Visitor, database: psycopg.Connection) -> None:
    someone.book()
    mail = database.execute(
        'SELECT message FROM post_office_email WHERE "to" = %s ORDER BY id DESC LIMIT 1',
        [someone.mail],
    ).fetchone()
    someone.get(re.search(r"/request/open/[^\s\"]+", mail[0])[0])
    someone.post(f"{someone.path}verify/")


if __name__ == "__main__":
    main()
