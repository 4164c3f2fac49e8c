"""/metrics: numbers for who may read them, a 404 for everybody else."""

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.http import HttpResponse
from django.utils import timezone

from bookings.models import Heartbeat
from clinic.metrics import Metrics
from tests.factories import make_clinic, make_request

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-twenty-characters"


def numbers(response):
    return dict(re.findall(r"^(\w+(?:\{[^}]*\})?) (\S+)$", response.content.decode(), re.MULTILINE))


@pytest.mark.postgresql
def test_it_counts_requests_and_what_waits(client):
    service, location, _people = make_clinic()
    Heartbeat.objects.create(name="worker", at=timezone.now() - timedelta(minutes=5))
    request = make_request(service, location)
    type(request).objects.update(respond_by=timezone.now() - timedelta(hours=1))
    client.get("/livez")
    client.get("/nothing/here/")

    found = numbers(client.get("/metrics"))

    assert found['clinic_requests_total{method="GET",status="200"}'] == "1"
    assert found['clinic_requests_total{method="GET",status="404"}'] == "1"
    assert found['clinic_request_seconds_bucket{le="+Inf"}'] == "2"
    assert 299 <= float(found["clinic_worker_age_seconds"]) <= 330
    assert found["clinic_requests_overdue"] == "1"
    assert float(found["clinic_promise_oldest_seconds"]) >= 3599


@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "203.0.113.5"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"REMOTE_ADDR": "nonsense"},
    ],
)
def test_strangers_learn_nothing(client, headers):
    assert client.get("/metrics", follow=True, **headers).status_code == 404


def test_a_token_is_wanted_where_set(client, settings):
    settings.METRICS_TOKEN = TOKEN
    sent = {"HTTP_AUTHORIZATION": f"Bearer {TOKEN}", "REMOTE_ADDR": "203.0.113.5"}

    assert client.get("/metrics", **sent).status_code == 200
    assert client.get("/metrics", follow=True).status_code == 404
    sent["HTTP_AUTHORIZATION"] += "x"
    assert client.get("/metrics", follow=True, **sent).status_code == 404


def test_a_database_that_is_away_is_a_number(rf, settings):
    settings.GAUGES = ["tests.clinic.test_metrics.away"]

    assert numbers(Metrics(HttpResponse)(rf.get("/metrics")))["clinic_database_up"] == "0"


def away(*, now):
    raise DatabaseError
