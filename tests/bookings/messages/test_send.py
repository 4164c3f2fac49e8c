"""The outbox against a real SMTP server that answers as told."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.core.management import call_command
from django.utils import timezone
from post_office.models import STATUS, Email

from bookings.messages import send
from bookings.models import Heartbeat
from tests.factories import MONDAY, make_request

pytestmark = pytest.mark.django_db


class Server:
    """Keeps what it accepts; `answers` are given first, one a message."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.answers: list[str] = []

    async def handle_DATA(self, server, session, envelope):
        if self.answers:
            return self.answers.pop(0)
        self.received.append(envelope.content)
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def smtp(settings):
    server = Server()
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_TIMEOUT = 5
    backend = "django.core.mail.backends.smtp.EmailBackend"
    settings.POST_OFFICE = settings.POST_OFFICE | {"BACKENDS": {"default": backend}}
    yield server
    controller.stop()


@pytest.fixture
def mail(clinic):
    service, location, _people = clinic
    make_request(service, location, verified=False)
    return Email.objects.get()


def test_a_mail_is_sent_once(smtp, mail):
    assert send.send_due(now=MONDAY) == 1
    assert send.send_due(now=MONDAY) == 0
    (sent,) = smtp.received
    assert mail.message_id.encode() in sent and b"Auto-Submitted: auto-generated" in sent
    mail.refresh_from_db()
    assert mail.status == STATUS.sent


def test_nothing_leaves_before_its_time(smtp, mail):
    Email.objects.update(scheduled_time=MONDAY + timedelta(minutes=2))
    assert send.send_due(now=MONDAY + timedelta(seconds=119)) == 0
    assert send.send_due(now=MONDAY + timedelta(minutes=2)) == 1


@pytest.mark.parametrize("answer", ["421 Try later", "451 Greylisted"])
def test_temporary_refusal_is_retried_with_same_id(smtp, mail, answer):
    smtp.answers = [answer]
    assert send.send_due(now=MONDAY) == 0
    mail.refresh_from_db()
    assert mail.status == STATUS.requeued
    assert mail.scheduled_time == MONDAY + timedelta(minutes=1)
    assert send.send_due(now=MONDAY + timedelta(minutes=1)) == 1
    assert mail.message_id.encode() in smtp.received[0]


def test_permanent_refusal_is_given_up_at_once(smtp, mail):
    smtp.answers = ["550 No such user"]
    send.send_due(now=MONDAY)
    mail.refresh_from_db()
    assert mail.status == STATUS.failed
    assert mail.logs.get().message.startswith("550")
    assert "No such user" not in mail.logs.get().message  # servers repeat addresses there


def test_a_server_that_is_down_loses_nothing(settings, smtp, mail):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    now = MONDAY
    for minutes in (1, 5):
        assert send.send_due(now=now) == 0
        now += timedelta(minutes=minutes)
    settings.EMAIL_PORT = port
    assert send.send_due(now=now) == 1 and len(smtp.received) == 1


def test_after_the_last_try_it_is_given_up(settings, smtp, mail):
    settings.EMAIL_PORT = free_port()
    now = MONDAY
    for wait in [*send.RETRIES, timedelta(0)]:
        send.send_due(now=now)
        now += wait
    mail.refresh_from_db()
    assert mail.status == STATUS.failed and mail.number_of_retries == len(send.RETRIES) + 1


def test_one_bad_mail_does_not_stop_the_others(smtp, mail, clinic):
    service, location, _people = clinic
    make_request(service, location, verified=False, email="b@example.org")
    smtp.answers = ["550 No"]
    assert send.send_due(now=MONDAY) == 1
    assert len(smtp.received) == 1


def test_leased_mail_is_left_alone(smtp, mail, monkeypatch):
    """Two workers read the same due list; the lease lets only one of them send."""
    sent_by_the_other = []

    def once(email, now):
        if not sent_by_the_other:
            sent_by_the_other.append(email.pk)
            assert send.send_due(now=now) == 0

    monkeypatch.setattr(send, "_send", once)
    assert send.send_due(now=MONDAY) == 1
    assert sent_by_the_other == [mail.pk]


def test_killed_workers_mail_returns_after_lease(smtp, mail):
    Email.objects.update(scheduled_time=MONDAY + send.LEASE)  # taken, then kill -9
    assert send.send_due(now=MONDAY) == 0
    assert send.send_due(now=MONDAY + send.LEASE) == 1


def test_line_breaks_never_reach_a_header(smtp, clinic):
    from bookings.public.booking.forms import ContactForm

    form = ContactForm(
        {
            "name": "Eve\r\nBcc: all@example.org",
            "contact_by": "email",
            "email": "eve@example.org",
            "consent": "on",
        },
        for_another=False,
    )
    assert "name" in form.errors


@pytest.mark.postgresql
def test_the_worker_does_a_round(transactional_db, smtp, clinic):
    service, location, _people = clinic
    make_request(service, location, now=timezone.now(), verified=False)
    call_command("worker", "--once")
    assert len(smtp.received) == 1
    assert Heartbeat.objects.get(name="worker").at


def test_oldest_due(mail):
    assert send.oldest_due(MONDAY) == MONDAY
    assert send.oldest_due(MONDAY - timedelta(seconds=1)) is None
