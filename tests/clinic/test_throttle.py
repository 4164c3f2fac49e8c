"""Token buckets: so many tries, coming back one by one; exact however many try at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.core.checks import run_checks
from django.db import connection

from clinic import throttle
from clinic.models import Bucket

pytestmark = pytest.mark.both

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def five_in_fifteen_minutes(settings):
    settings.LIMITS = {"try": "5/15"}


def tries(count, now=NOW, who="somebody"):
    return [throttle.spend("try", who, now=now) for _ in range(count)]


@pytest.mark.django_db
def test_tries_run_out_and_return():
    assert tries(6) == [True] * 5 + [False]
    assert tries(1, NOW + timedelta(seconds=179)) == [False]
    assert tries(2, NOW + timedelta(seconds=180)) == [True, False]
    assert tries(6, NOW + timedelta(minutes=18)) == [True] * 5 + [False]


@pytest.mark.django_db
def test_it_never_holds_more_than_its_tries():
    tries(1)
    assert tries(6, NOW + timedelta(days=365)) == [True] * 5 + [False]


@pytest.mark.django_db
def test_a_refused_try_costs_nothing():
    tries(50)
    assert tries(1, NOW + timedelta(seconds=180)) == [True]


@pytest.mark.django_db
def test_everybody_has_their_own():
    tries(5)
    assert tries(1, who="somebody else") == [True]


@pytest.mark.django_db
def test_given_back_and_filled_up_again():
    tries(5)
    throttle.give_back("try", "somebody")
    assert tries(2) == [True, False]
    throttle.refill("try", "somebody")
    assert tries(6) == [True] * 5 + [False]


@pytest.mark.django_db
def test_looking_costs_nothing():
    assert not throttle.is_spent("try", "somebody", now=NOW)
    assert not Bucket.objects.exists()
    tries(5)
    assert throttle.is_spent("try", "somebody", now=NOW)
    assert not throttle.is_spent("try", "somebody", now=NOW + timedelta(seconds=180))


@pytest.mark.django_db
def test_full_buckets_are_forgotten():
    tries(1)
    tries(5, NOW + timedelta(minutes=10), who="somebody else")
    throttle.sweep(now=NOW + timedelta(minutes=10))
    assert Bucket.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_at_once_share_the_tries():
    def attempt(_n):
        try:
            return throttle.spend("try", "somebody", now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        allowed = sum(pool.map(attempt, range(40)))
    assert allowed == 5


@pytest.mark.parametrize("careless", ["", "5", "5/0", "0/5", "-1/5", "many/15", "5/15/1"])
def test_a_careless_limit_is_named_at_the_start(settings, careless):
    settings.LIMITS = {"try": careless}
    assert [problem.id for problem in run_checks() if problem.id == "clinic.E007"]
