"""What a provider reports, as django-anymail hands it over: from the provider's own bytes."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from anymail.signals import tracking
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.conf import settings as site
from django.core.exceptions import SuspiciousOperation
from django.utils import timezone
from post_office.models import STATUS, Email, Log, RecipientDeliveryStatus

from bookings.messages import bounces
from bookings.models import Message, StaffNotice
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


@pytest.mark.postgresql
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


@pytest.mark.thorough
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


NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
def mails(db):
    """To two people, oldest first; the last one has not left."""
    made = []
    rows = [("a", 6), ("a", 4), ("b", 5), ("b", 1), ("a", 0)]
    for number, (name, days) in enumerate(rows):
        mail = Email.objects.create(
            from_email="x@example.org",
            to=[f"{name}@example.org"],
            message_id=f"<{number}@example.org>",
            status=STATUS.queued if number == 4 else STATUS.sent,
        )
        Email.objects.filter(pk=mail.pk).update(last_updated=NOW - timedelta(days=days))
        made.append(mail)
    return made


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("message_id", "recipient", "found"),
    [
        ("<0@example.org>", "", 0),
        (" 4@example.org ", "b@example.org", 4),
        ("<other@example.org>", "A@Example.org", 1),
        ("", "b@example.org", 3),
        ("", "c@example.org", None),
        ("<other@example.org>", "", None),
        ("", "", None),
    ],
)
def test_which_mail_a_report_is_about(mails, message_id, recipient, found):
    about = {"message_id": message_id, "recipient": recipient, "reason": "550 bounced"}
    marked = bounces.mark("bounced", now=NOW, **about)
    assert marked == (None if found is None else mails[found])
    bounced = Email.objects.exclude(recipient_delivery_status=None)
    wanted = [] if found is None else [mails[found].pk]
    assert list(bounced.values_list("pk", flat=True)) == wanted
    assert set(bounced.values_list("last_updated", flat=True)) == {NOW for _one in wanted}
    logs = Log.objects.values_list("email", "status", "message", "exception_type")
    hard = RecipientDeliveryStatus.HARD_BOUNCED
    assert list(logs) == [(pk, hard, "550 bounced", "") for pk in wanted]


@pytest.mark.postgresql
def test_after_five_days_it_is_another_mail(mails):
    Email.objects.exclude(pk=mails[2].pk).delete()
    about = {"message_id": "", "recipient": "b@example.org", "reason": ""}
    assert bounces.mark("bounced", now=NOW, **about) is None
    assert bounces.mark("bounced", now=NOW - timedelta(seconds=1), **about) == mails[2]


@pytest.mark.parametrize(
    ("outcomes", "changes", "status"),
    [
        (["delivered", "delivered"], [True, False], "DELIVERED"),
        (["delivered", "complained"], [True, True], "SPAM_COMPLAINT"),
        (["failed", "bounced", "delivered"], [True, False, False], "UNDETERMINED_BOUNCED"),
        (["rejected"], [True], "HARD_BOUNCED"),
        (["opened", "queued"], [False, False], None),
    ],
)
def test_what_several_reports_make_of_it(mails, outcomes, changes, status):
    about = {"message_id": "1@example.org", "recipient": "", "reason": "", "now": NOW}
    assert [bool(bounces.mark(one, **about)) for one in outcomes] == changes
    mails[1].refresh_from_db()
    wanted = status and RecipientDeliveryStatus[status]
    assert mails[1].recipient_delivery_status == wanted


@pytest.mark.parametrize(("outcome", "told"), [("delivered", 0), ("bounced", 1)])
def test_the_desk_hears_of_a_bounce_alone(sent, django_user_model, outcome, told):
    django_user_model.objects.create_superuser("root", email="root@clinic.example")
    about = {"message_id": sent.message_id, "recipient": "", "reason": ""}
    bounces.mark(outcome, now=timezone.now(), **about)
    assert StaffNotice.objects.filter(kind="undelivered").count() == told


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("answer", "word", "reason"),
    [
        ("550 5.1.1 no <maria@example.org>", "bounced", "550 bounced"),
        ("5500 no", None, ""),
        ("no 550", "blocked", "blocked"),
        (None, None, ""),
        ("421 later", None, "421"),
    ],
)
def test_a_reason_has_no_address(mails, answer, word, reason):
    event = SimpleNamespace(
        event_type="bounced",
        message_id=None,
        recipient="b@example.org",
        mta_response=answer,
        reject_reason=word,
    )
    Email.objects.update(last_updated=timezone.now())
    bounces.receive(None, event, "x")
    assert Log.objects.get().message == reason
    for missing in ("event_type", "recipient"):
        bounces.receive(None, SimpleNamespace(**(vars(event) | {missing: None})), "x")
    assert Log.objects.count() == 1
