"""A text's short link, what its provider reports, and what it costs."""

import base64
import hashlib
import hmac
import json
import re
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from bookings import transitions
from bookings.enums import ContactBy
from bookings.messages import send, sms, sms_cost, sms_reports
from bookings.models import AccessLink
from bookings.models.access import SECRET
from tests.factories import MONDAY, make_ask, make_person

pytestmark = pytest.mark.django_db


class Told:
    """A sender that is told where to report."""

    given: list[str] = []

    def send(self, number, text, report):
        self.given[:] = [text, report]


@pytest.fixture
def text(settings, clinic, desk):
    """One that has left, with the path of its report."""
    settings.SMS_BACKEND = "tests.bookings.messages.test_sms_reports.Told"
    service, location, _people = clinic
    person = make_person(email="", phone="+447400123456", contact_by=ContactBy.PHONE)
    start = MONDAY + timedelta(days=3, hours=2)
    visit = transitions.book_for(
        make_ask(service, location),
        person,
        actor=desk,
        now=MONDAY,
        start=start,
        idempotency_key="k",
    )
    send.send_due(now=MONDAY + timedelta(minutes=2))
    words, report = Told.given
    return visit.request, words, report.removeprefix(settings.SITE_URL)


def test_the_short_link_opens_the_own_page(text, client, time_machine):
    time_machine.move_to(MONDAY)
    consultation, words, _report = text
    path = re.search(r"/r/\S+", words)[0]
    assert len(words) <= 160
    assert client.get(path).url == reverse("manage", args=[consultation.reference])
    page = client.get(reverse("manage", args=[consultation.reference]))
    assert page.status_code == 200 and page["Cache-Control"] == "no-store"
    assert Client().get("/r/" + "x" * 22).status_code == 404


def test_the_secret_is_not_kept(text, settings):
    consultation, words, _report = text
    assert SECRET.search(words)
    assert len(AccessLink.objects.get(request=consultation).digest) == 64
    settings.MAIL_SERVER = "mail.example.org"
    email = consultation.messages.get().email
    from bookings.messages.secret_links import texts_without_secret

    assert not SECRET.search(texts_without_secret(email)["message"])


@pytest.mark.parametrize(
    ("posted", "status", "told"),
    [
        ({"status": "sent"}, None, False),
        ({"status": "DELIVRD"}, 0, False),
        ({"status": "failed"}, 3, True),
        ({}, None, False),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_the_provider_says_what_became_of_it(text, desk, posted, status, told, as_json):
    client = Client(enforce_csrf_checks=True)
    body = {"data": json.dumps(posted), "content_type": "application/json"}
    answer = client.post(text[2], **(body if as_json else {"data": posted}))
    assert answer.status_code == 204
    found = Email.objects.get().recipient_delivery_status
    assert (found is None) == (status is None)
    assert text[0].messages.undelivered().exists() == told


def test_nobody_else_reports(text, client):
    for token in ("x", "x:y", "\u00e9:y"):
        path = reverse("sms-report", args=[token])
        assert client.post(path, {"status": "failed"}).status_code == 404
    assert client.get(text[2]).status_code == 405
    assert client.post(text[2], "[]", content_type="application/json").status_code == 204
    assert not text[0].messages.undelivered().exists()


def test_twilio_signs_what_it_reports(text, client, settings):
    settings.SMS_BACKEND = "bookings.messages.sms.Twilio"
    settings.SMS_HTTP = {"user": "AC1", "password": "token", "from": "+441"}
    posted = {"MessageStatus": "undelivered", "To": "+447400123456"}
    assert client.post(text[2], posted).status_code == 403
    said = settings.SITE_URL + text[2] + "MessageStatusundelivered" + "To+447400123456"
    digest = hmac.new(b"token", said.encode(), hashlib.sha1).digest()
    headers = {"X-Twilio-Signature": base64.b64encode(digest).decode()}
    assert client.post(text[2], posted | {"To": "x"}, headers=headers).status_code == 403
    assert client.post(text[2], posted, headers=headers).status_code == 204
    assert text[0].messages.undelivered().exists()
    assert sms.Twilio().how["fields"]["StatusCallback"] == "{report}"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 307, 3),
        ("á" * 70, 1),
        ("á" * 71, 2),
        ("é" * 160, 1),
        ("€" * 81, 2),
        ("🦵" * 36, 2),
    ],
)
def test_segments_as_providers_count(text, count):
    assert sms_cost.segments(text) == count


@pytest.mark.parametrize(
    ("price", "said"),
    [
        ("£0.04", "£0.08"),
        ("0,075 €", "0.15 €"),
        ("", ""),
        ("free", ""),
        ("£0.00", ""),
        (" 5p ", "10p"),
    ],
)
def test_the_price_of_two_segments(settings, price, said):
    settings.SMS_PRICE = price
    assert sms_cost.price(2) == said


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b'{"MessageStatus": "\\ud800"}', b"\xff\xfe", b'{"status": {"a": [1]}}', b""],
)
@pytest.mark.parametrize("backend", ["Http", "Twilio"])
def test_no_report_breaks_the_page(client, settings, body, backend):
    settings.SMS_BACKEND = f"bookings.messages.sms.{backend}"
    answer = client.post("/hooks/sms/nothing/", body, content_type="application/json")
    assert answer.status_code in (403, 404)


@pytest.mark.parametrize("signed_with", [b"", b"None"])
def test_without_a_token_nothing_is_signed(settings, signed_with):
    settings.SMS_HTTP = {"user": "AC1", "from": "+441"}
    digest = hmac.new(signed_with, b"https://xab", hashlib.sha1).digest()
    signature = base64.b64encode(digest).decode()
    assert not sms_reports.is_twilios(signature, "https://x", {"a": "b"})
    settings.SMS_HTTP = {"password": signed_with.decode()}
    assert sms_reports.is_twilios(signature, "https://x", {"a": "b"}) is bool(signed_with)


def test_a_provider_with_words_of_its_own(settings, text):
    settings.SMS_HTTP = {"report": {"field": "state", "delivered": ["ok"], "failed": ["lost"]}}
    token = text[2].rstrip("/").rpartition("/")[2]
    for fields, status in (
        ({"status": "failed"}, None),
        ({"state": "ok"}, 0),
        ({"state": "lost"}, 3),
    ):
        assert sms_reports.receive(token, fields, now=MONDAY) is True
        found = Email.objects.get().recipient_delivery_status
        assert (found is None) == (status is None)
    assert sms_reports.receive("x", {"state": "lost"}, now=MONDAY) is False


def test_a_text_without_an_id_still_leaves(settings):
    settings.SMS_BACKEND = f"{__name__}.Told"
    Told.given.clear()
    sms.Backend().send_messages([EmailMessage(body="Hello", to=["447400123456@sms.invalid"])])
    assert Told.given[0] == "Hello" and "/hooks/sms/" in Told.given[1]
