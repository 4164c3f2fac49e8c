import io
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.mail import EmailMessage
from phonenumber_field.phonenumber import PhoneNumber
from post_office.models import STATUS, Email

from bookings import transitions
from bookings.enums import ContactBy
from bookings.errors import InvalidTransition
from bookings.messages import send, sms
from bookings.worker import reminders
from tests.factories import MONDAY, make_ask, make_person, make_request

pytestmark = pytest.mark.django_db
FRIDAY_TEN = datetime(2026, 11, 27, 10, tzinfo=UTC)
FORM = "application/x-www-form-urlencoded"
MOBILE, LANDLINE = "+447400123456", "+442079460000"


class Trouble:
    error: Exception

    def send(self, number, text):
        raise self.error


@pytest.fixture
def on(settings):
    settings.SMS_BACKEND = "bookings.messages.sms.Memory"
    sms.Memory.sent.clear()
    return sms.Memory.sent


@pytest.fixture
def book(clinic, desk):
    """Somebody phones, without email, and staff book at once."""
    service, location, _people = clinic

    def make(phone=MOBILE):
        person = make_person(email="", phone=phone, contact_by=ContactBy.PHONE)
        ask = make_ask(service, location, note="It hurts.")
        return transitions.book_for(
            ask, person, actor=desk, now=MONDAY, start=FRIDAY_TEN, idempotency_key="key"
        )

    return make


def test_a_short_text_with_no_word_about_health(on, book):
    visit = book()
    assert send.send_due(now=MONDAY + timedelta(minutes=2)) == 1
    ((number, text),) = on
    assert number == MOBILE and "Friday 27 November, 10am" in text
    assert visit.request.reference in text and len(text) <= 160
    for private in ("hurts", "Maria", "request/open", visit.service.name, "\N{NO-BREAK SPACE}"):
        assert private not in text
    message = visit.request.messages.get()
    assert message.email.status == STATUS.sent and message.kind == "confirmed"


def test_off_by_default(book):
    book()
    assert not Email.objects.exists()


def test_mobile_numbers_only(on, book):
    book(LANDLINE)
    assert not Email.objects.exists()


@pytest.mark.postgresql
def test_whoever_has_mail_gets_mail(on, clinic):
    service, location, _people = clinic
    make_request(service, location)
    assert not Email.objects.filter(backend_alias="sms").exists()


@pytest.fixture
def unproven(on, clinic, desk):
    """The address was never confirmed, but they phoned, and staff booked the visit."""
    service, location, _people = clinic
    consultation = make_request(service, location, start=FRIDAY_TEN, verified=False)
    consultation.phone = MOBILE
    consultation.save()
    transitions.expire(consultation, now=MONDAY)
    transitions.reopen(
        consultation, actor=desk, version=consultation.version, now=MONDAY, why="They phoned"
    )
    transitions.confirm(
        consultation, actor=desk, version=consultation.version, now=MONDAY, start=FRIDAY_TEN
    )
    return consultation


def test_whose_address_was_never_confirmed_gets_a_text(on, unproven):
    send.send_due(now=MONDAY + timedelta(minutes=2))
    ((number, text),) = on
    assert number == MOBILE and "you are booked" in text


@pytest.mark.postgresql
def test_failed_text_is_not_mailed(unproven, desk):
    message = unproven.messages.get(kind="confirmed")
    Email.objects.filter(pk=message.email_id).update(status=STATUS.failed, number_of_retries=6)
    message.email.refresh_from_db()
    with pytest.raises(InvalidTransition, match="text message"):
        transitions.send_again(message, actor=desk, now=MONDAY)


@pytest.mark.postgresql
def test_reminded_by_text_and_a_cancellation_drops_it(on, book, desk):
    visit = book()
    send.send_due(now=MONDAY + timedelta(minutes=2))
    at = FRIDAY_TEN - timedelta(hours=48)
    assert reminders.remind_due(now=at) == 1
    transitions.cancel(visit, actor=desk, now=at)
    send.send_due(now=at + timedelta(minutes=2))
    assert [text.partition(": ")[2][:6] for _number, text in on] == ["you ar", "we are"]


@pytest.mark.postgresql
def test_refused_number_given_up_other_errors_retried(settings, on, book):
    visit = book()
    settings.SMS_BACKEND = f"{__name__}.Trouble"
    email = visit.request.messages.get().email
    Trouble.error = ConnectionResetError()
    send.send_due(now=MONDAY + timedelta(minutes=2))
    email.refresh_from_db()
    assert email.status == STATUS.requeued
    Trouble.error = sms.Refused()
    send.send_due(now=MONDAY + timedelta(minutes=3))
    email.refresh_from_db()
    assert email.status == STATUS.failed and email.logs.last().message.startswith("550")


def test_the_console_prints(capsys):
    sms.Console().send(MOBILE, "Hello")
    assert capsys.readouterr().out == f"SMS to {MOBILE}: Hello\n"


def test_the_console_waits_for_nothing(monkeypatch):
    """Whoever tries the channel out reads the text at once, also in a log."""
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written))
    sms.Console().send(MOBILE, "Hello")
    assert written.getvalue() == f"SMS to {MOBILE}: Hello\n".encode()


@pytest.mark.parametrize(
    ("backend", "phone", "reached"),
    [
        ("Memory", MOBILE, True),
        ("Memory", LANDLINE, False),
        ("Memory", "", False),
        ("", MOBILE, False),
    ],
)
def test_who_can_be_reached(settings, backend, phone, reached):
    settings.SMS_BACKEND = f"bookings.messages.sms.{backend}" if backend else ""
    assert sms.can_reach(phone and PhoneNumber.from_string(phone)) is reached
    assert sms.is_on() is bool(backend)


@pytest.mark.parametrize(
    ("kind", "beside", "says"),
    [
        ("cancelled", False, "We will call you."),
        ("cancelled", True, "Our email says more."),
        ("confirmed", True, "you are booked on"),
        ("confirmed", False, "you are booked on"),
    ],
)
def test_the_words_beside_a_mail(kind, beside, says):
    assert says in sms.words(kind, beside_mail=beside)


def test_the_outbox_hands_each_text_over(on):
    texts = [EmailMessage(body=body, to=[f"{MOBILE[1:]}@{sms.DOMAIN}"]) for body in ("One", "Two")]
    assert sms.Backend().send_messages(texts) == 2
    assert on == [(MOBILE, "One"), (MOBILE, "Two")]


@pytest.fixture
def provider(settings):
    """A provider's HTTP interface on this computer, which answers with `status`."""

    class Handler(BaseHTTPRequestHandler):
        status, asked, sent = 200, [], {}

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.asked.append((self.headers["Authorization"], body))
            self.sent.clear()
            self.sent.update(self.headers)
            self.send_response(self.status)
            self.end_headers()

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        settings.SMS_BACKEND = "bookings.messages.sms.Http"
        settings.SMS_HTTP = {
            "url": f"http://127.0.0.1:{server.server_port}/",
            "fields": {"to": "{number}", "text": "{text}", "from": "Clinic"},
            "user": "u",
            "password": "p",
        }
        yield Handler
        server.shutdown()


def test_a_provider_is_described_in_settings(provider):
    sms.sender().send("+447700900123", "See you & goodbye {number}")
    sent = "to=%2B447700900123&text=See+you+%26+goodbye+%7Bnumber%7D&from=Clinic"
    assert provider.asked == [("Basic dTpw", sent)]


@pytest.mark.parametrize(
    ("how", "authorization", "kind", "body"),
    [
        ({"fields": {"to": "{number}"}}, None, FORM, "to=%2B447700900123"),
        ({"fields": {"at": "{report}"}, "user": "u"}, "Basic dTo=", FORM, "at=https%3A%2F%2Fr"),
        ({"fields": {"t": "{text}"}, "json": True}, None, "application/json", '{"t": "Hello"}'),
        ({"headers": {"X-Key": "k"}}, None, FORM, ""),
    ],
)
def test_each_way_to_ask_a_provider(settings, provider, how, authorization, kind, body):
    settings.SMS_HTTP = {"url": settings.SMS_HTTP["url"]} | how
    sms.sender().send("+447700900123", "Hello", "https://r")
    assert provider.asked == [(authorization, body)]
    assert provider.sent["Content-Type"] == kind
    assert provider.sent.get("X-Key") == ("k" if "headers" in how else None)


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, sms.Refused), (404, sms.Refused), (422, sms.Refused)]
    + [(401, ConnectionError), (429, ConnectionError), (500, ConnectionError)],
)
def test_a_provider_refuses_or_is_ill(provider, status, error):
    provider.status = status
    with pytest.raises(error):
        sms.sender().send("+447700900123", "Hello")


def test_twilio_needs_three_settings(settings):
    settings.SMS_BACKEND = "bookings.messages.sms.Twilio"
    settings.SMS_HTTP = {"user": "AC1", "password": "secret", "from": "+447700900000"}
    how = sms.sender().how
    assert how["url"].endswith("/Accounts/AC1/Messages.json") and how["fields"]["To"] == "{number}"
