"""What grows with the clinic: every page and every job, in a small clinic and in a large one.

The large one has 5 locations, 30 practitioners and a tenth of three years of 110,000 visits, 150,000
requests, 940,000 events and 400,000 messages; `SIZE=1 make bench ARGS=scale` has all of them. Times are
milliseconds of the processor, the best of two; on PostgreSQL those of its server's process are added, which
Linux tells. Promised: as many queries in both, at most twice the time, at most 150 ms. Only what
breaks that, or is among the ten slowest, has a row; its size tells where the output itself is larger.

To mend a page: `KEEP=/tmp/large.sqlite3 SIZE=1 make bench ARGS=scale` leaves the filled database behind.
`DATABASE_URL=sqlite:////tmp/large.sqlite3 ONLY=/admin/reports PYTHONPATH=. python benchmarks/scale.py`
measures in it what is named so, within seconds.
"""

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

# No cached pages, which would hide what they cost; no limits on tries; no packed static files.
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import DatabaseError, connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from bookings.messages import send  # noqa: E402
from bookings.models import Practitioner  # noqa: E402
from bookings.roles import make_roles  # noqa: E402
from bookings.worker import jobs  # noqa: E402
from tests.addresses import addresses, generic  # noqa: E402
from tests.large_clinic import LARGE, LOGINS, SMALL, fill  # noqa: E402

SQLITE = connection.vendor == "sqlite"
SHARE = float(os.environ.get("SIZE", "0.1"))
ROUNDS, MORE = 2, 4
"""How often each is measured; what seems slow so many times more, in case something else ran then."""
LIMIT = 20
"""Seconds after which no answer is waited for."""
MOST = 150
Figure = tuple[int, float, int]
"""Queries, milliseconds and the bytes of the page; -1 where no answer came."""


def main() -> None:
    setup_test_environment()
    logging.disable()
    settings.RETENTION = dict.fromkeys(settings.RETENTION, 5 * 365)  # nobody is erased meanwhile
    now = timezone.now()
    if filled := Practitioner.objects.filter(user__username__startswith=LOGINS).last():
        dict(figures(filled, now))
        return
    with redirect_stdout(sys.stderr):
        call_command("seed_guides", verbosity=0)
    make_roles()
    get_user_model().objects.create_superuser("owner")
    found = []
    for size in (SMALL, LARGE.times(SHARE)):
        began = time.monotonic()
        people = fill(size, now=now)
        print(f"filled in {time.monotonic() - began:.0f} s", file=sys.stderr)
        keep()
        found.append(dict(figures(people[0], now)))
    table(*found)


def keep() -> None:
    """Leave the database as it is now in the file that `KEEP` names."""
    if SQLITE and (path := os.environ.get("KEEP")):
        Path(path).unlink(missing_ok=True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [path])


def figures(practitioner: Practitioner, now: Any) -> Iterator[tuple[str, Figure]]:
    only = os.environ.get("ONLY", "")
    for name, work in [*pages(practitioner, now), *rounds(now)]:
        if only in name and (figure := measured(name, work)):
            yield name, figure


def pages(practitioner: Practitioner, now: Any) -> Iterator[tuple[str, Callable[[], object]]]:
    owner, person = Client(), Client()
    owner.force_login(get_user_model().objects.get(username="owner"))
    practitioner.user.groups.set(group_of("Practitioner"))
    person.force_login(practitioner.user)
    for url in addresses(now):
        yield f"{url}", lambda url=url: owner.get(url)
        if url.startswith(reverse("desk:requests") + "?queue") or url == "/admin/":
            yield f"{url} of a practitioner", lambda url=url: person.get(url)
    for words in ("Maria Example 7", "maria7@example.org", "example"):
        yield f"search for {words}", lambda q=words: owner.post(reverse("desk:requests"), {"q": q})
    yield "export", lambda: owner.post(reverse("desk:export"))


def group_of(name: str) -> Any:
    from django.contrib.auth.models import Group

    return Group.objects.filter(name=name)


def rounds(now: Any) -> Iterator[tuple[str, Callable[[], object]]]:
    """What the worker does again and again when there is nothing new to do."""
    for job in jobs.jobs():
        yield f"job {job.name}", lambda job=job: job.run(now=now)
    yield "job: mails that are due", lambda: [send.send_due(now=now) for _ in range(12)]


def clock() -> float:
    """Seconds of the processor that we and the database have taken so far."""
    own = time.process_time()
    if SQLITE:
        return own
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    return own + int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def measured(name: str, work: Callable[[], object]) -> Figure | None:
    """The first run warms up, and does what there is to do. None for what only answers to POST."""
    took, number = [], 0
    try:
        while len(took) < 1 + ROUNDS or (min(took[1:]) > MOST and len(took) < 1 + ROUNDS + MORE):
            connection.queries_log.clear()
            with limited(), CaptureQueriesContext(connection) as queries:
                began = clock()
                done = work()
                took.append(1000 * (clock() - began))
            number = len(queries)
            if getattr(done, "status_code", 0) == 405:
                return None
            if took[-1] > 5_000:
                break
    except DatabaseError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return -1, -1, 0
    print(f"{name}: {number} queries, {min(took):.0f} ms", file=sys.stderr)
    return number, min(took[1:] or took), len(getattr(done, "content", b""))


class limited:
    """The database ends a query that takes longer than `LIMIT`."""

    def __enter__(self) -> None:
        if SQLITE:
            end = time.monotonic() + LIMIT
            connection.ensure_connection()
            connection.connection.set_progress_handler(lambda: time.monotonic() > end, 100_000)
        else:
            with connection.cursor() as cursor:
                cursor.execute(f"SET statement_timeout = '{LIMIT}s'")

    def __exit__(self, *_: object) -> None:
        if SQLITE and connection.connection:
            connection.connection.set_progress_handler(None, 0)
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def table(small: dict[str, Figure], large: dict[str, Figure]) -> None:
    pairs = {generic(name): figure for name, figure in small.items()}
    rows = [(generic(name), pairs[generic(name)], figure) for name, figure in large.items()]
    slowest = sorted(rows, key=lambda row: -row[2][1])
    shown = [row for row in slowest if broken(*row[1:])]
    shown += [row for row in slowest[:10] if row not in shown]
    print(f"| {len(rows)} pages and jobs | queries, small | large | ms | large | kB | large |")
    print("|---|---|---|---|---|---|---|")
    for name, (few, quick, short), (many, slow, long) in shown:
        sizes = f"{short // 1000} | {long // 1000}" if long else "|"
        print(f"| `{name}` | {few} | {many} | {quick:.0f} | {slow:.0f} | {sizes} |")


def broken(small: Figure, large: Figure) -> bool:
    return large[0] != small[0] or large[1] > max(2 * small[1], 20) or large[1] > MOST


if __name__ == "__main__":
    main()
