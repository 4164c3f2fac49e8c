"""The desk's list with 1,000 and with 1,000,000 requests: time and queries a page, and their ratio."""

import os
import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.staticfiles.storage import (  # noqa: E402
    StaticFilesStorage,
    staticfiles_storage,
)
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from bookings import transitions  # noqa: E402
from bookings.enums import ContactBy, Reason  # noqa: E402
from bookings.models import ConsultationRequest, Location, Service  # noqa: E402

FEW, MANY = 1_000, 1_000_000
ROUNDS = 7
OPEN = 200
"""So many wait for an answer, however many requests there have ever been."""
LIST = "/admin/requests/"
PAGES = {
    "requests to answer": (LIST + "?queue=answer", None),
    "confirmed, newest first": (LIST + "?queue=confirmed", None),
    "closed, newest first": (LIST + "?queue=closed", None),
    "all, page 40": (LIST + "?queue=all&p=40", None),
    "filtered by status and guide": (
        LIST + "?queue=all&status=declined&source_path=/guides/guide-3/",
        None,
    ),
    "search by reference": (LIST, "B000-0500"),
    "search by email": (LIST, "p500@example.org"),
    "search by phone": (LIST, "020 7946 0500"),
    "search by name": (LIST, "Person 500"),
}


def main() -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.SECURE_SSL_REDIRECT = False
    # Addresses of style sheets need not be looked up in a manifest that no one has collected.
    staticfiles_storage._wrapped = StaticFilesStorage()
    call_command("seed_clinic", verbosity=0, stdout=open(os.devnull, "w"))  # noqa: SIM115
    owner = get_user_model().objects.create_superuser("bench")
    client = Client()
    client.force_login(owner)
    fill(0, FEW)
    few = {name: measure(client, *page) for name, page in PAGES.items()}
    fill(FEW, MANY)
    many = {name: measure(client, *page) for name, page in PAGES.items()}
    print("| page | queries | 1,000 requests, ms | 1,000,000 requests, ms | ratio |")
    print("|---|---|---|---|---|")
    for name in PAGES:
        (few_ms, few_queries), (many_ms, many_queries) = few[name], many[name]
        same = str(few_queries) if few_queries == many_queries else f"{few_queries}/{many_queries}"
        ratio = many_ms / few_ms
        print(f"| {name} | {same} | {few_ms:.0f} | {many_ms:.0f} | {ratio:.1f} |")


def measure(client: Client, url: str, words: str | None) -> tuple[float, int]:
    """The median in milliseconds, and how many queries."""

    def load() -> None:
        answer = client.post(url, {"q": words}) if words else client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)

    load()
    asked = 0

    def count(execute: Any, *arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(*arguments)

    with connection.execute_wrapper(count):
        load()
    times = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        load()
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times), asked


def fill(first: int, last: int) -> None:
    """Rows like the first one, written by the database itself; the newest `OPEN` wait for an answer."""
    model = ConsultationRequest.objects.first() or seed()
    changes = {
        "reference": "'B' || substr('000' || (n / 10000), -3) || '-' || substr('0000' || (n % 10000), -4)",
        "idempotency_key": "'bench-' || n",
        "name": "'Person ' || n",
        "email": "'p' || n || '@example.org'",
        "phone": "'+44207946' || substr('0000' || (n % 10000), -4)",
        "person_key": "'person-' || n",
        "source_path": "'/guides/guide-' || (n % 20) || '/'",
        "status": f"CASE WHEN n < {OPEN} THEN 'submitted' WHEN n % 3 = 0 THEN 'declined' "
        "ELSE 'confirmed' END",
        "closed_at": f"CASE WHEN n >= {OPEN} AND n % 3 = 0 THEN created_at END",
        "created_at": minutes_before("created_at"),
    }
    if connection.vendor == "postgresql":
        changes = {name: text.replace("substr(", "right(").replace("right('000' || (n / 10000), -3)",
                   "right('000' || (n / 10000), 3)").replace(", -4)", ", 4)")
                   for name, text in changes.items()}  # fmt: skip
    fields = [field.column for field in ConsultationRequest._meta.concrete_fields]
    columns = [column for column in fields if column != "id"]
    picked = ", ".join(changes.get(column, f'"{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL "  # noqa: S608
            f"SELECT n + 1 FROM numbers WHERE n + 1 < {last}) "
            f"INSERT INTO bookings_consultationrequest ({names}) SELECT {picked} "
            f"FROM numbers, bookings_consultationrequest r WHERE r.id = {model.pk}"
        )
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")  # as its autovacuum would


def minutes_before(column: str) -> str:
    if connection.vendor == "postgresql":
        return f"{column} - n * interval '1 minute'"
    return f"datetime({column}, '-' || n || ' minutes')"


def seed() -> ConsultationRequest:
    now = datetime.now(UTC).replace(microsecond=0)
    ask = transitions.RequestData(
        service=Service.objects.get(),
        location=Location.objects.get(),
        reason=Reason.TIGHT,
        consent_version="bench",
        consent_text="-",
    )
    person = transitions.Contact(
        name="Model", contact_by=ContactBy.EMAIL, email="model@example.org"
    )
    made = transitions.submit(ask, person, idempotency_key="model", now=now - timedelta(days=1))
    transitions.verify(made, now=now - timedelta(days=1))
    return made


if __name__ == "__main__":
    main()
