"""Limits on how often somebody may try something: token buckets in the database.

In the database, so that all processes share them and a restart forgets nothing; keyed by HMAC, so
that they say nothing about anybody. Each step is one statement, which is atomic on SQLite and
PostgreSQL alike. The limits are `settings.LIMITS`: "5/15" is five tries, one more each three minutes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, Value
from django.utils.crypto import salted_hmac

from clinic.models import Bucket


def parse(limit: str) -> tuple[int, float]:
    """ "5/15" as five tries and the seconds that one of them takes to come back.

    Raises `ValueError` for anything but two positive whole numbers.
    """
    tries, minutes = (int(part) for part in limit.split("/"))
    if tries < 1 or minutes < 1:
        raise ValueError(limit)
    return tries, minutes * 60 / tries


# In words that both databases know. A bucket that is not there yet is full: it loses its first try.
SPEND = f"""
    INSERT INTO {Bucket._meta.db_table} AS kept (key, full_at) VALUES (%(key)s, %(moment)s + %(one)s)
    ON CONFLICT (key) DO UPDATE SET full_at = %(one)s +
        CASE WHEN kept.full_at > %(moment)s THEN kept.full_at ELSE %(moment)s END
    WHERE kept.full_at <= %(latest)s
"""  # noqa: S608  (the table's own name)


def spend(limit: str, who: str, *, now: datetime) -> bool:
    """Take one try out of `who`'s bucket; False where none is left, and nothing is written then."""
    tries, seconds = parse(settings.LIMITS[limit])
    moment = now.timestamp()
    # Rounded up by a millisecond: the sums are floating-point.
    latest = moment + (tries - 1) * seconds + 0.001
    values: dict[str, Any] = {
        "key": key(limit, who),
        "moment": moment,
        "one": seconds,
        "latest": latest,
    }
    with connection.cursor() as cursor:
        cursor.execute(SPEND, values)
        return bool(cursor.rowcount)


def is_spent(limit: str, who: str, *, now: datetime) -> bool:
    """Whether no try is left. Writes nothing."""
    tries, seconds = parse(settings.LIMITS[limit])
    full_at = Bucket.objects.filter(key=key(limit, who)).values_list("full_at", flat=True).first()
    return full_at is not None and full_at > now.timestamp() + (tries - 1) * seconds + 0.001


def give_back(limit: str, who: str) -> None:
    """One try was no misuse after all."""
    _tries, seconds = parse(settings.LIMITS[limit])
    Bucket.objects.filter(key=key(limit, who)).update(full_at=F("full_at") - Value(seconds))


def refill(limit: str, who: str) -> None:
    """All tries again."""
    Bucket.objects.filter(key=key(limit, who)).delete()


def wait_seconds(limit: str) -> int:
    """How long an empty bucket takes to hold a try again."""
    return int(parse(settings.LIMITS[limit])[1]) + 1


def sweep(*, now: datetime) -> int:
    """Forget full buckets; returns how many."""
    return Bucket.objects.filter(full_at__lt=now.timestamp()).delete()[0]


def key(limit: str, who: str) -> str:
    return salted_hmac("clinic.throttle", f"{limit}:{who}", algorithm="sha256").hexdigest()
