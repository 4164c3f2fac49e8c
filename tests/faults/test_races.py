"""Many real processes at once, longer than `make test` has time for."""

import pytest
from django.db import transaction
from django.utils import timezone

from bookings.models import Draft
from bookings.public.booking import drafts
from tests.bookings.races import forty_at_once, race

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 20


def test_no_double_booking(figure):
    forty_at_once(ROUNDS)
    figure(
        "No double booking: 20 rounds × 40 visitors who send for one time at once",
        f"{ROUNDS} booked, {ROUNDS * 39} told that it is taken, 0 × 5xx",
    )


def test_nothing_is_ever_locked(figure):
    """Twenty processes of a hundred transactions each that read and then write."""
    found = race([write] * 20)
    assert set(found) == {"ok"} and Draft.objects.count() == 2000
    figure("Writers wait for each other: 20 processes × 100 transactions", "2,000 done, 0 errors")


def write() -> None:
    """SQLite answers "locked" to such a transaction unless it takes the lock when it begins."""
    now = timezone.now()
    for _time in range(100):
        with transaction.atomic():
            Draft.objects.filter(expires_at__gt=now).exists()
            draft, _secret = drafts.start()
            draft.expires_at = now
            draft.save()
