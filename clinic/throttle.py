"""Limits on how often somebody may try something: token buckets in the database.

In the database, so that all processes share them and a restart forgets nothing; keyed by HMAC, so
that they say nothing about anybody. Each step is one UPDATE, which is atomic on SQLite and
PostgreSQL alike. The limits are `settings.LIMITS`: "5/15" is five tries, one more each three minutes.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import F, Value
from django.db.models.functions import Greatest
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


def spend(limit: str, who: str, *, now: datetime) -> bool:
    """Take one try out of `who`'s bucket; False where none is left, and nothing is written then."""
    tries, seconds = parse(settings.LIMITS[limit])
    moment = now.timestamp()
    after = Greatest(F("full_at"), Value(moment)) + Value(seconds)
    bucket = Bucket.objects.filter(key=key(limit, who))
    # Rounded up by a millisecond: the sums are floating-point.
    room = bucket.filter(full_at__lte=moment + (tries - 1) * seconds + 0.001)
    if room.update(full_at=after):
        return True
    # Empty, or not there yet. Somebody else may make it at this very moment.
    Bucket.objects.bulk_create([Bucket(key=key(limit, who), full_at=moment)], ignore_conflicts=True)
    return bool(room.update(full_at=after))


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
