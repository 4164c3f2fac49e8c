"""Many real processes at once, longer than `make test` has time for."""

import pytest

from bookings.models import Draft
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
    (found,) = race([{"verb": "write", "times": 100}] * 20)
    assert set(found) == {"ok"} and Draft.objects.count() == 2000
    figure("Writers wait for each other: 20 processes × 100 transactions", "2,000 done, 0 errors")
