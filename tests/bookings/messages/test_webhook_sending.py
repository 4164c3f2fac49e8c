"""Webhooks leave at least once: to a real server on loopback, read by Standard Webhooks' own library."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import textwrap
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from standardwebhooks import Webhook, WebhookVerificationError

from bookings import transitions
from bookings.enums import DeliveryStatus, PausedBecause
from bookings.messages.webhooks import send, sign, write
from bookings.models import ConsultationRequest, WebhookDelivery, WebhookEndpoint
from bookings.worker import health, retention
from tests.bookings.messages.test_webhooks import make_endpoint
from tests.bookings.steps import confirmed
from tests.factories import MONDAY
from tests.outside import serve

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def may_ask_here(settings, time_machine):
    settings.OUTGOING_EXCEPTIONS = ["127.0.0.1/32"]
    time_machine.move_to(MONDAY)


def answers(*statuses):
    """A server that answers with these, and the last one from then on."""
    left = list(statuses)
    return serve(lambda asked: asked.say(status=left.pop(0) if len(left) > 1 else left[0]))


def row():
    return WebhookDelivery.objects.get()


def verified(asked, secret):
    return Webhook(secret).verify(asked.body, dict(asked.headers))


def test_the_other_library_accepts_the_signature(clinic, desk):
    with answers(204) as server:
        endpoint = make_endpoint(server.url("/in?from=clinic"))
        consultation, _visit = confirmed(clinic, desk)
        assert send.send_due(now=MONDAY) == 1
    (asked,) = server.asked
    assert (asked.command, asked.path) == ("POST", "/in?from=clinic")
    assert asked.headers["content-type"] == "application/json"
    said = verified(asked, sign.secret_of(endpoint.seed))
    assert said["data"]["reference"] == consultation.reference
    with pytest.raises(WebhookVerificationError):
        Webhook(sign.secret_of(sign.new_seed())).verify(asked.body, dict(asked.headers))
    asked.body = asked.body.replace(b"booked", b"bokked")
    with pytest.raises(WebhookVerificationError):
        verified(asked, sign.secret_of(endpoint.seed))
    assert (row().status, row().answer, row().tries) == (DeliveryStatus.SENT, 204, 1)


def example(language):
    """The lines of docs/webhooks.md that check a signature."""
    said = (settings.BASE_DIR / "docs" / "webhooks.md").read_text().partition(f"In {language},")[2]
    block = re.search(r"(?:^    .*\n|^\n)+", said.partition("\n")[2].lstrip("\n"), re.M)
    return textwrap.dedent(block[0])


def test_the_documented_checks_are_right(clinic, desk, tmp_path):
    with answers(204) as server:
        endpoint = make_endpoint(server.url())
        confirmed(clinic, desk)
        send.send_due(now=MONDAY)
    (asked,) = server.asked
    secret, headers = sign.secret_of(endpoint.seed), dict(asked.headers)
    known = {}
    exec(example("Python"), known)
    assert known["is_ours"](secret, headers, asked.body)
    assert not known["is_ours"](secret, headers, asked.body + b" ")
    (tmp_path / "body.json").write_bytes(asked.body)
    names = {"WEBHOOK_ID": "webhook-id", "WEBHOOK_TIMESTAMP": "webhook-timestamp"}
    told = {name: headers[header] for name, header in names.items()} | {"SECRET": secret}
    found = subprocess.run(
        ["sh", "-c", example("a shell")],
        cwd=tmp_path,
        env=os.environ | told,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"v1,{found.stdout.strip()}" == headers["webhook-signature"]


@pytest.mark.postgresql
def test_both_secrets_count_for_a_while(clinic, desk):
    with answers(200) as server:
        endpoint = make_endpoint(server.url())
        old, new = endpoint.seed, sign.new_seed()
        WebhookEndpoint.objects.update(seed=new, earlier_seed=old, earlier_until=MONDAY + 2 * DAY)
        confirmed(clinic, desk)
        send.send_due(now=MONDAY)
        for seed in (old, new):
            assert verified(server.asked[0], sign.secret_of(seed))
        WebhookEndpoint.objects.update(earlier_until=MONDAY)
        write.test(WebhookEndpoint.objects.get(), now=MONDAY)
        send.send_due(now=MONDAY)
    assert verified(server.asked[1], sign.secret_of(new))
    with pytest.raises(WebhookVerificationError):
        verified(server.asked[1], sign.secret_of(old))


def test_another_try_is_the_same_message(clinic, desk):
    with answers(500, 500, 200) as server:
        make_endpoint(server.url())
        confirmed(clinic, desk)
        assert send.send_due(now=MONDAY) == 0
        assert row().due_at == MONDAY + MINUTE and row().answer == 500
        assert send.send_due(now=MONDAY + MINUTE - timedelta(seconds=1)) == 0
        assert send.send_due(now=MONDAY + MINUTE) == 0
        assert row().due_at == MONDAY + 6 * MINUTE
        assert send.send_due(now=MONDAY + 6 * MINUTE) == 1
    assert len(server.asked) == 3
    assert len({(asked.headers["webhook-id"], asked.body) for asked in server.asked}) == 1
    stamps = [int(asked.headers["webhook-timestamp"]) for asked in server.asked]
    assert stamps == [int(MONDAY.timestamp()) + more for more in (0, 60, 360)]
    assert WebhookEndpoint.objects.get().failing_since is None


def test_after_all_tries_it_is_seen(clinic, desk):
    now = MONDAY
    with answers(503) as server:
        make_endpoint(server.url())
        confirmed(clinic, desk)
        for wait in (timedelta(), *send.RETRIES):
            now += wait
            send.send_due(now=now)
        send.send_due(now=now + DAY)
    assert len(server.asked) == 1 + len(send.RETRIES) == row().tries
    assert row().status == DeliveryStatus.DEAD
    found = {finding.name: finding for finding in health.findings(now=now)}
    assert not found["webhooks"].ok and "127.0.0.1" in found["webhooks"].says


@pytest.mark.postgresql
def test_one_that_fails_for_days_is_paused(clinic, desk):
    with answers(500) as server:
        make_endpoint(server.url())
        confirmed(clinic, desk)
        send.send_due(now=MONDAY)
        send.send_due(now=MONDAY + 2 * DAY)
        assert not WebhookEndpoint.objects.get().is_paused
        write.test(WebhookEndpoint.objects.get(), now=MONDAY + 3 * DAY)
        WebhookDelivery.objects.update(due_at=MONDAY + 3 * DAY)
        send.send_due(now=MONDAY + 3 * DAY)
        endpoint = WebhookEndpoint.objects.get()
        assert endpoint.is_paused and endpoint.paused_because == PausedBecause.FAILING
        asked = len(server.asked)
        send.send_due(now=MONDAY + 9 * DAY)
    assert len(server.asked) == asked
    assert "paused" in {f.name: f for f in health.findings(now=MONDAY)}["webhooks"].says


def test_gone_pauses_at_once(clinic, desk):
    with answers(410) as server:
        make_endpoint(server.url())
        confirmed(clinic, desk)
        send.send_due(now=MONDAY)
    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.paused_because == PausedBecause.GONE and row().status == DeliveryStatus.DEAD


def test_a_redirect_is_no_delivery(clinic, desk):
    with (
        answers(200) as elsewhere,
        serve(lambda asked: asked.say(status=302, Location=elsewhere.url())) as server,
    ):
        make_endpoint(server.url())
        confirmed(clinic, desk)
        assert send.send_due(now=MONDAY) == 0
    assert not elsewhere.asked and row().answer == 302


def test_a_server_that_is_away(clinic, desk):
    with answers(200) as server:
        url = server.url()
    make_endpoint(url)
    confirmed(clinic, desk)
    assert send.send_due(now=MONDAY) == 0
    assert row().problem == "The server does not answer." and row().answer is None


@pytest.mark.postgresql
def test_a_slow_server_holds_up_its_own_alone(clinic, desk, monkeypatch):
    monkeypatch.setattr(send, "LIMITS", send.Limits(seconds=0.3, connect_seconds=0.3))
    with serve(lambda asked: time.sleep(1)) as slow, answers(200) as quick:
        make_endpoint(slow.url())
        make_endpoint(quick.url())
        confirmed(clinic, desk)
        for endpoint in WebhookEndpoint.objects.all():
            write.test(endpoint, now=MONDAY)
        assert send.send_due(now=MONDAY) == 2
    waiting = WebhookDelivery.objects.waiting()
    assert len(slow.asked) == 1 and waiting.count() == 2
    assert set(waiting.values_list("due_at", flat=True)) == {MONDAY + MINUTE}
    assert [json.loads(asked.body)["type"] for asked in quick.asked] == [
        "visit.booked",
        "webhook.test",
    ]


@pytest.mark.postgresql
def test_a_refused_message_stops_no_other(clinic, desk):
    with answers(400, 200) as server:
        endpoint = make_endpoint(server.url())
        confirmed(clinic, desk)
        write.test(endpoint, now=MONDAY)
        send.send_due(now=MONDAY)
        assert send.send_due(now=MONDAY) == 1
    assert WebhookDelivery.objects.get(kind="visit.booked").answer == 400


@pytest.mark.postgresql
def test_refused_messages_hold_up_their_own_alone(clinic, desk):
    with answers(401) as refuses, answers(200) as takes:
        full = make_endpoint(refuses.url())
        for number in range(30):
            write.test(full, now=MONDAY + timedelta(seconds=number))
        make_endpoint(takes.url())
        confirmed(clinic, desk)
        WebhookDelivery.objects.filter(kind="visit.booked").update(created_at=MONDAY + MINUTE)
        assert send.send_due(now=MONDAY + MINUTE) == 1
    assert len(refuses.asked) == len(takes.asked) == 1


def test_a_killed_worker_loses_nothing(clinic, desk):
    """Killed while the other side had the message already: the same one comes once more."""

    def kill(asked):
        if len(server.asked) == 1:
            os.kill(os.getpid(), signal.SIGUSR1)
            time.sleep(0.2)
        else:
            asked.say(status=200)

    def dies(*_args):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGUSR1, dies)
    try:
        with serve(kill) as server:
            make_endpoint(server.url())
            confirmed(clinic, desk)
            with pytest.raises(KeyboardInterrupt):
                send.send_due(now=MONDAY)
            assert send.send_due(now=MONDAY) == 0  # it may still be on its way
            assert send.send_due(now=MONDAY + send.LEASE) == 1
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert len({asked.headers["webhook-id"] for asked in server.asked}) == 1
    assert len(server.asked) == 2 and row().status == DeliveryStatus.SENT


def test_two_workers_take_it_once(clinic, desk):
    make_endpoint()
    confirmed(clinic, desk)
    first, second = row(), row()
    assert send._take(first, MONDAY) and not send._take(second, MONDAY)


@pytest.mark.parametrize("url", ["https://127.0.0.2/", "https://10.0.0.1/", "http://[::1]/"])
def test_inner_addresses_are_never_asked(clinic, desk, url):
    make_endpoint(url)
    confirmed(clinic, desk)
    assert send.send_due(now=MONDAY) == 0
    assert "public Internet" in row().problem


@pytest.mark.django_db(transaction=True)
def test_the_worker_sends_them(clinic, desk):
    with answers(200) as server:
        make_endpoint(server.url())
        confirmed(clinic, desk)
        call_command("worker", once=True)
    assert len(server.asked) == 1 and row().status == DeliveryStatus.SENT


@pytest.mark.postgresql
def test_what_is_said_of_the_erased_goes(clinic, desk):
    with answers(200) as server:
        make_endpoint(server.url())
        consultation, _visit = confirmed(clinic, desk)
        by = {"actor": desk, "version": consultation.version, "now": MONDAY}
        transitions.erase(consultation, because="asked", **by)
        send.send_due(now=MONDAY)
    assert json.loads(server.asked[-1].body)["type"] == "visit.cancelled"
    assert not WebhookDelivery.objects.exists()


def test_an_erasure_keeps_a_waiting_cancellation(clinic, desk):
    """The other system was away when the visit was cancelled, and still has it."""
    with answers(200, 500, 200) as server:
        make_endpoint(server.url(), sends_contact=True)
        consultation, visit = confirmed(clinic, desk)
        send.send_due(now=MONDAY)
        reference, name = consultation.reference, consultation.name
        by = {"actor": desk, "now": MONDAY}
        transitions.cancel(visit, **by)
        send.send_due(now=MONDAY)
        version = ConsultationRequest.objects.get().version
        transitions.erase(ConsultationRequest.objects.get(), because="asked", version=version, **by)
        left = WebhookDelivery.objects.get()
        assert name not in left.body and left.request is None
        assert send.send_due(now=MONDAY + MINUTE) == 1
    last = json.loads(server.asked[-1].body)
    assert (last["type"], last["data"]["reference"]) == ("visit.cancelled", reference)
    assert not WebhookDelivery.objects.exists()


def test_deliveries_are_kept_for_days(clinic, desk, settings):
    settings.RETENTION = settings.RETENTION | {"WEBHOOK_DAYS": 7}
    make_endpoint()
    confirmed(clinic, desk)
    assert retention.forget_webhooks(MONDAY + 6 * DAY) == 0
    assert retention.forget_webhooks(MONDAY + 7 * DAY) == 1


def test_no_log_has_the_address(clinic, desk, caplog):
    caplog.set_level("DEBUG")
    with answers(500) as server:
        make_endpoint(server.url("/secret-7f3a"))
        confirmed(clinic, desk)
        send.send_due(now=MONDAY)
    assert row().message_id in caplog.text and "7f3a" not in caplog.text
