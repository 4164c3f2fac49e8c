"""What an answer does to a message, to those behind it, and to nobody else's."""

import time
from datetime import timedelta

import pytest

from bookings.enums import DeliveryStatus, PausedBecause
from bookings.messages.webhooks import send, write
from bookings.models import WebhookDelivery, WebhookEndpoint
from tests.bookings.messages.test_webhooks import make_endpoint
from tests.bookings.steps import asked
from tests.factories import MONDAY
from tests.outside import serve

pytestmark = pytest.mark.django_db
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOUR = timedelta(hours=1)
NOW, WAITS = MONDAY, MONDAY + MINUTE


@pytest.fixture(autouse=True)
def may_ask_here(settings, time_machine):
    settings.OUTGOING_EXCEPTIONS = ["127.0.0.1/32"]
    time_machine.move_to(MONDAY)


@pytest.fixture
def other(db):
    """Another system, which fails as well; two messages of it wait, and none is due."""
    endpoint = make_endpoint("https://other.example.org/", failing_since=NOW - HOUR)
    write.test(endpoint, now=NOW + HOUR)
    write.test(endpoint, now=NOW + 2 * HOUR)
    WebhookDelivery.objects.filter(endpoint=endpoint).update(due_at=NOW + SECOND)
    return endpoint


def fill(endpoint, *, since=NOW - HOUR, due=NOW, number=2):
    for one in range(number):
        write.test(endpoint, now=since + one * SECOND)
    WebhookDelivery.objects.filter(endpoint=endpoint).update(due_at=due)


def rows(endpoint):
    found = endpoint.deliveries.order_by("created_at")
    return list(found.values_list("status", "tries", "due_at"))


def ask(status, *, number=2, rounds=1):
    """Send to an endpoint that always answers with this; what becomes of its messages."""
    with serve(lambda asked: asked.say(status=status)) as server:
        endpoint = make_endpoint(server.url())
        fill(endpoint, number=number)
        sent = [send.send_due(now=NOW) for _round in range(rounds)]
    endpoint.refresh_from_db()
    return sent, endpoint


SENT, DEAD, WAITING = DeliveryStatus.SENT, DeliveryStatus.DEAD, DeliveryStatus.WAITING


@pytest.mark.parametrize("status", [200, 204, 299])
def test_an_answer_that_takes_it(other, status):
    sent, endpoint = ask(status)
    assert sent == [2]
    leased = NOW + send.LEASE
    assert rows(endpoint) == [(SENT, 1, leased)] * 2 and endpoint.failing_since is None
    assert rows(other) == [(WAITING, 0, NOW + SECOND)] * 2
    other.refresh_from_db()
    assert other.failing_since == NOW - HOUR


@pytest.mark.parametrize(
    ("status", "behind"),
    [(300, NOW), (400, NOW), (428, NOW), (429, WAITS), (430, NOW), (499, NOW), (500, WAITS)],
)
def test_an_answer_that_refuses_it(other, status, behind):
    sent, endpoint = ask(status)
    assert sent == [0]
    assert rows(endpoint) == [(WAITING, 1, WAITS), (WAITING, 0, behind)]
    assert (endpoint.failing_since, endpoint.paused_at) == (NOW, None)
    assert rows(other) == [(WAITING, 0, NOW + SECOND)] * 2
    other.refresh_from_db()
    assert other.failing_since == NOW - HOUR


@pytest.mark.postgresql
def test_one_that_is_gone(other):
    endpoint = ask(410)[1]
    assert rows(endpoint) == [(DEAD, 1, NOW + send.LEASE), (WAITING, 0, NOW)]
    assert (endpoint.paused_at, endpoint.paused_because) == (NOW, PausedBecause.GONE)
    assert rows(other) == [(WAITING, 0, NOW + SECOND)] * 2
    other.refresh_from_db()
    assert other.paused_at is None


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("status", "left"),
    [
        (200, [("named", SENT), ("erased", None), ("test:1", SENT)]),
        (410, [("named", WAITING), ("erased", None), ("test:1", WAITING)]),
        (400, [("named", WAITING), ("erased", WAITING), ("test:1", WAITING)]),
    ],
)
def test_what_is_said_of_the_erased_goes(clinic, status, left):
    """What told of somebody who is erased goes once it has arrived, or never will."""
    consultation = asked(clinic, start=None)
    with serve(lambda asked: asked.say(status=status)) as server:
        endpoint = make_endpoint(server.url(), failing_since=NOW)
        for number, (key, request) in enumerate(
            [("erased", None), ("named", consultation), ("test:1", None)]
        ):
            about = {"kind": "visit.cancelled", "due_at": NOW, "body": "{}", "message_id": key}
            at = NOW + number * SECOND
            endpoint.deliveries.create(key=key, request=request, created_at=at, **about)
        old = {"key": "old", "message_id": "old", "request": consultation, "status": SENT}
        endpoint.deliveries.create(created_at=NOW, **(about | old))
        send.send_due(now=NOW)
    found = dict(endpoint.deliveries.values_list("key", "status"))
    assert [(key, found.get(key)) for key, _status in left] == left and found["old"] == SENT
    endpoint.refresh_from_db()
    assert endpoint.failing_since == (None if status == 200 else NOW)


@pytest.mark.postgresql
def test_the_last_try_ends_it():
    with serve(lambda asked: asked.say(status=500)) as server:
        endpoint = make_endpoint(server.url())
        fill(endpoint)
        for tries in (len(send.RETRIES) - 1, len(send.RETRIES)):
            endpoint.deliveries.update(tries=tries, due_at=NOW)
            send.send_due(now=NOW)
            first = endpoint.deliveries.order_by("created_at")[0]
            ended = first.status == DEAD
            assert ended == (tries == len(send.RETRIES)) and first.tries == tries + 1


@pytest.mark.postgresql
def test_who_waits_longer_keeps_waiting(other):
    with serve(lambda asked: asked.say(status=500)) as server:
        endpoint = make_endpoint(server.url())
        fill(endpoint)
        endpoint.deliveries.filter(created_at=NOW - HOUR + SECOND).update(due_at=NOW + HOUR)
        send.send_due(now=NOW)
    assert [due for _status, _tries, due in rows(endpoint)] == [WAITS, NOW + HOUR]


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("age", "paused"), [(send.FAILS_AT_MOST - SECOND, None), (send.FAILS_AT_MOST, NOW)]
)
def test_who_fails_too_long_is_paused(other, age, paused):
    WebhookEndpoint.objects.update(failing_since=NOW - 2 * send.FAILS_AT_MOST)
    with serve(lambda asked: asked.say(status=500)) as server:
        endpoint = make_endpoint(server.url(), failing_since=NOW - age)
        fill(endpoint)
        send.send_due(now=NOW)
    endpoint.refresh_from_db()
    other.refresh_from_db()
    because = PausedBecause.FAILING if paused else ""
    assert (endpoint.paused_at, endpoint.paused_because) == (paused, because)
    assert endpoint.failing_since == NOW - age and other.paused_at is None


def test_who_was_paused_meanwhile_keeps_the_reason():
    about = {"paused_at": NOW - HOUR, "paused_because": PausedBecause.OWNER}
    endpoint = make_endpoint(**about)
    send._mark_failing(endpoint.pk, gone=True, now=NOW)
    endpoint.refresh_from_db()
    assert (endpoint.paused_at, endpoint.paused_because) == (NOW - HOUR, PausedBecause.OWNER)


def test_a_round_ends_when_it_must():
    assert ask(200, number=3)[0] == [3]
    with serve(lambda asked: asked.say(status=200)) as server:
        fill(make_endpoint(server.url()), number=5)
        assert send.send_due(now=NOW, stopping=lambda: len(server.asked) == 2) == 2
        assert send.send_due(now=NOW, limit=1) == 1
        assert send.send_due(now=NOW, limit=9) == 2


@pytest.mark.postgresql
def test_a_round_takes_fifteen_seconds(monkeypatch):
    passed = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: passed[0])

    def slowly(asked):
        passed[0] += 7.5
        asked.say(status=200)

    with serve(slowly) as server:
        fill(make_endpoint(server.url()), number=5)
        assert send.send_due(now=NOW) == 3
    tried = WebhookDelivery.objects.filter(status=SENT).order_by("created_at")
    assert list(tried.values_list("tried_at", flat=True)) == [
        NOW + seconds * SECOND for seconds in (0, 7, 15)
    ]


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("because", "paused", "failing", "said"),
    [
        ("", False, True, ["hooks.example.org: messages were given up"]),
        ("", False, False, []),
        (PausedBecause.OWNER, True, True, []),
        (PausedBecause.GONE, True, True, ["hooks.example.org: paused by itself"]),
        (PausedBecause.FAILING, True, True, ["hooks.example.org: paused by itself"]),
    ],
)
def test_what_the_owner_is_told(because, paused, failing, said):
    endpoint = make_endpoint(
        paused_because=because,
        paused_at=NOW if paused else None,
        failing_since=NOW - HOUR if failing else None,
    )
    fill(endpoint)
    assert [one for one in send.troubles() if "given" in one] == []
    endpoint.deliveries.update(status=DEAD)
    assert send.troubles() == said


@pytest.mark.postgresql
def test_which_message_waits_longest():
    assert send.oldest_due(NOW) is None
    fill(make_endpoint(paused_at=NOW, paused_because="owner"), since=NOW - 3 * HOUR)
    fill(make_endpoint("https://b.example.org/"), since=NOW - 2 * HOUR)
    assert send.oldest_due(NOW) == NOW - 2 * HOUR
    assert send.oldest_due(NOW - SECOND) is None
