"""Our first step, times step and whole booking, beside those of django-appointment."""

import os
import re
import statistics
import sys
from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import _web
import psycopg
from _appointments import Peer
from _visitors import Browser, one_of, visits_a_second
from _web import Target, in_turns, manage, ratios, site, table

DATABASES = ["postgres"]
PEOPLE = 10
FOLDER = Path(os.environ["VAR_DIR"])


def main() -> None:
    manage("prepare", "--demo", "--first-login", str(FOLDER / "login"))
    full, empty = fill()
    peer = Peer(people=PEOPLE)
    with ExitStack() as running:
        roomy = {"OPEN_HOLDS_PER_NETWORK": "1000000", "TRUSTED_PROXY_COUNT": "1"}
        ours = running.enter_context(site("benchmarks._peer.ours", **roomy))
        theirs = running.enter_context(peer.site())
        cookie = (f"Cookie: draft={draft(ours)}",)
        ajax = ("X-Requested-With: XMLHttpRequest",)
        figures = in_turns(
            [
                Target("first step", f"{ours}/book/"),
                Target("times, empty days", f"{ours}/book/time/?from={empty}", cookie),
                Target("times, full days", f"{ours}/book/time/?from={full}", cookie),
                Target("django-appointment: booking page", theirs + peer.booking_page),
                Target("django-appointment: slots, empty day", theirs + peer.slots("empty"), ajax),
                Target("django-appointment: slots, full day", theirs + peer.slots("full"), ajax),
            ]
        )
        whole = bookings(ours, theirs, peer)
    rate = {name: figure.rate for name, figure in figures.items()}
    print(table(figures, "first step"))
    print(
        "\n| whole bookings, from the first page to the last | a second |\n"
        "|---|---|\n"
        f"| ours: six steps, time claimed, event and mail written, address confirmed "
        f"| {whole[0]:.1f} |\n"
        f"| django-appointment: account made, address confirmed, no check of the time "
        f"| {whole[1]:.1f} |\n"
    )
    print(
        ratios(
            [
                (
                    "first step ÷ its booking page",
                    rate["first step"] / rate["django-appointment: booking page"],
                    1,
                ),
                (
                    "times ÷ its slots, empty day",
                    rate["times, empty days"] / rate["django-appointment: slots, empty day"],
                    1,
                ),
                (
                    "times ÷ its slots, full day",
                    rate["times, full days"] / rate["django-appointment: slots, full day"],
                    1,
                ),
                (
                    "times on full days ÷ on empty days",
                    rate["times, full days"] / rate["times, empty days"],
                    1,
                ),
                ("whole bookings ÷ its whole bookings", whole[2], 1),
            ]
        )
    )


def fill() -> tuple[date, date]:
    """Ten people who work every weekday; ten days full of visits, and the first day without any."""
    import django

    django.setup()
    from django.utils import timezone

    from bookings.enums import AppointmentStatus, RequestStatus
    from bookings.models import Appointment, ConsultationRequest, Location, Service, WeeklyHours
    from bookings.models import Resource as Person

    service, location = Service.objects.get(), Location.objects.get()
    Service.objects.update(horizon_days=390)
    people = list(service.practitioners.all())
    while len(people) < PEOPLE:
        person = Person.objects.create(
            kind="practitioner", location=location, name=f"Person {len(people)}"
        )
        service.practitioners.add(person)
        people.append(person)
    WeeklyHours.objects.all().delete()
    WeeklyHours.objects.bulk_create(
        WeeklyHours(resource=person, weekday=day, start=time(9), end=time(17))
        for person in people
        for day in range(5)
    )
    now = timezone.now()
    first = now.date() + timedelta(days=20)
    visits = []
    for offset in range(-1, 11):
        for person in people:
            for hour in range(9, 17):
                day = first + timedelta(days=offset)
                start = datetime.combine(day, time(hour), UTC)
                number = len(visits)
                asked = ConsultationRequest.objects.create(
                    reference=f"BENCH-{number}",
                    name="Bench",
                    email="bench@example.org",
                    idempotency_key=f"bench-{number}",
                    status=RequestStatus.CONFIRMED,
                    location=location,
                    service=service,
                    created_at=now,
                    respond_by=now,
                )
                end = start + timedelta(hours=1)
                visits.append(
                    Appointment(
                        request=asked,
                        location=location,
                        service=service,
                        practitioner=person,
                        status=AppointmentStatus.BOOKED,
                        start=start,
                        end=end,
                        busy_start=start,
                        busy_end=end,
                        ics_uid=f"bench-{number}",
                        created_at=now,
                    )
                )
    Appointment.objects.bulk_create(visits)
    return first, first + timedelta(days=14)


def answer_until_time(browser: Browser) -> None:
    browser.get("/book/")
    browser.post("/book/", flags="none")
    offering = browser.choices("offering")
    browser.post(
        "/book/reason/",
        offering=offering[0] if offering else "",
        reason=browser.choices("reason")[0],
        side=browser.choices("side")[0],
        goal=browser.choices("goal")[0],
        note="",
    )


def draft(address: str) -> str:
    browser = Browser(address)
    answer_until_time(browser)
    assert browser.path.startswith("/book/time/"), browser.path
    return browser.cookies["draft"]


def bookings(ours: str, theirs: str, peer: Peer) -> tuple[float, float, float]:
    """Whole bookings a second, ours and theirs, and the one by the other: of each pair of neighbours.

    Many short rounds: a booking is so much work that a computer drifts more between two long ones than
    the two sites differ.
    """
    own = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    theirs_database = psycopg.connect(peer.url, autocommit=True)
    visits = [lambda: book(ours, own), lambda: peer.book(theirs, theirs_database)]
    rounds: list[list[float]] = []
    for number in range(3 * _web.ROUNDS + 1):
        rates = [0.0, 0.0]
        for who in (0, 1) if number % 2 else (1, 0):
            rates[who] = visits_a_second(visits[who], _web.SECONDS * 2)
        print("whole bookings", rates, file=sys.stderr)
        rounds.append(rates)
    del rounds[0]  # where both make what they then remember
    return (
        statistics.median(rates[0] for rates in rounds),
        statistics.median(rates[1] for rates in rounds),
        statistics.median(rates[0] / rates[1] for rates in rounds),
    )


def book(address: str, database: psycopg.Connection) -> bool:
    """False where somebody else was quicker."""
    browser = Browser(address)
    answer_until_time(browser)
    times = [value for value in browser.choices("first") if value.startswith("20")]
    browser.post("/book/time/", first=one_of(times))
    browser.post("/book/other-times/", second="", third="")
    mail = f"visitor{browser.number}@example.org"
    browser.post(
        "/book/contact/",
        name="Maria Example",
        contact_by="email",
        email=mail,
        phone="",
        consent="on",
    )
    browser.post("/book/check/")
    if not browser.path.startswith("/book/sent/"):
        return False
    text = database.execute(
        'SELECT message FROM post_office_email WHERE "to" = %s', [mail]
    ).fetchone()
    link = re.search(r"/request/open/[^\s\"]+", text[0])
    browser.get(link[0])
    browser.post("/request/verify/")
    return True


if __name__ == "__main__":
    main()
