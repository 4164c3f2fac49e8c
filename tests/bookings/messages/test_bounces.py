"""What a provider reports, as django-anymail hands it over: from the provider's own bytes."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys

import pytest
from anymail.signals import tracking
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.conf import settings as site
from django.core.exceptions import SuspiciousOperation
from django.utils import timezone
from post_office.models import STATUS, Email, RecipientDeliveryStatus

from bookings.messages import bounces
from bookings.models import Message
from tests.factories import make_request

pytestmark = pytest.mark.django_db
AUTH = "Basic " + base64.b64encode(b"clinic:secret").decode()


@pytest.fixture
def sent(clinic):
    """The newest of two messages that a server took."""
    service, location, _people = clinic
    request = make_request(service, location, now=timezone.now())
    Email.objects.update(status=STATUS.sent)
    return request.messages.get(kind="received").email


@pytest.fixture
def report(rf, settings):
    """Post a provider's report to anymail's view."""
    settings.ANYMAIL = {"WEBHOOK_SECRET": "clinic:secret"}
    tracking.connect(bounces.receive)
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "anymail"]

    def post(record, auth=AUTH):
        request = rf.post(
            "/hooks/mail/postmark/tracking/",
            json.dumps(record),
            content_type="application/json",
            headers={"authorization": auth},
        )
        return PostmarkTrackingWebhookView.as_view()(request)

    yield post
    tracking.disconnect(bounces.receive)


def postmark(**changes):
    bounce = {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "TypeCode": 1,
        "ID": 4323372036854775807,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Email": "maria@example.org",
        "Details": "smtp;550 5.1.1 The email account <maria@example.org> does not exist",
        "BouncedAt": "2026-11-23T08:00:00Z",
    }
    return bounce | changes


def test_bounce_finds_message_by_its_id(sent):
    found = bounces.mark(
        "bounced", message_id=sent.message_id, recipient="", reason="550", now=timezone.now()
    )
    assert found == sent
    sent.refresh_from_db()
    assert sent.recipient_delivery_status == RecipientDeliveryStatus.HARD_BOUNCED
    assert Message.objects.undelivered().get().email == sent


def test_a_providers_report(sent, report):
    assert report(postmark()).status_code == 200
    sent.refresh_from_db()
    assert sent.recipient_delivery_status == RecipientDeliveryStatus.HARD_BOUNCED
    log = sent.logs.get()
    assert "maria" not in log.message and "bounced" in log.message
    report(postmark())  # providers repeat themselves
    assert sent.logs.count() == 1


def test_a_report_that_knows_our_message_id(rf, settings, sent, report):
    """Mailgun keeps ours, and signs."""
    import hashlib
    import hmac

    settings.ANYMAIL |= {"MAILGUN_WEBHOOK_SIGNING_KEY": "key"}
    stamp = str(int(timezone.now().timestamp()))
    sign = hmac.new(b"key", f"{stamp}tok".encode(), hashlib.sha256).hexdigest()
    event = {
        "event": "failed",
        "severity": "permanent",
        "reason": "bounce",
        "id": "x",
        "timestamp": 1800000000.0,
        "recipient": "somebody@else.example",
        "delivery-status": {"code": 550, "message": "no <maria@example.org>", "description": ""},
        "message": {"headers": {"message-id": sent.message_id.strip("<>")}},
    }
    body = {
        "signature": {"token": "tok", "timestamp": stamp, "signature": sign},
        "event-data": event,
    }
    request = rf.post(
        "/", json.dumps(body), content_type="application/json", headers={"authorization": AUTH}
    )
    assert MailgunTrackingWebhookView.as_view()(request).status_code == 200
    sent.refresh_from_db()
    assert sent.recipient_delivery_status == RecipientDeliveryStatus.HARD_BOUNCED


def test_nobody_else_reports(sent, report):
    with pytest.raises(SuspiciousOperation):
        report(postmark(), auth="Basic " + base64.b64encode(b"clinic:guess").decode())
    sent.refresh_from_db()
    assert sent.recipient_delivery_status is None


def test_of_somebody_unknown_or_of_nothing_final(sent, report):
    assert report(postmark(Email="nobody@example.org")).status_code == 200
    assert report(postmark(RecordType="Open", ReceivedAt="2026-11-23T08:00:00Z")).status_code == 200
    assert not Message.objects.undelivered().exists()


def test_bounce_is_never_overwritten(sent):
    for outcome in ("delivered", "bounced", "delivered"):
        bounces.mark(
            outcome, message_id=sent.message_id, recipient="", reason="", now=timezone.now()
        )
    sent.refresh_from_db()
    assert sent.recipient_delivery_status == RecipientDeliveryStatus.HARD_BOUNCED


@pytest.mark.parametrize(("secret", "there"), [("", False), ("clinic:secret", True)])
def test_the_address_is_only_there_with_a_secret(secret, there):
    code = (
        "import django; django.setup()\n"
        "from django.urls import resolve\n"
        "print(resolve('/hooks/mail/postmark/tracking/').func.__module__)\n"
        "from anymail.signals import tracking; print(len(tracking.receivers))"
    )
    env = os.environ | {"BOUNCE_WEBHOOK_SECRET": secret, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, cwd=site.BASE_DIR, capture_output=True, text=True
    )
    assert (done.stdout.split() == ["anymail.webhooks.postmark", "1"]) is there, done.stderr
