"""Text messages beside mail, for whoever asked for them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from post_office.models import STATUS, Email

from bookings import transitions
from bookings.messages import bounces, send, sms
from bookings.models import Message, StaffNotice
from bookings.roles import make_roles
from bookings.worker import reminders
from tests.bookings.messages.test_sms import LANDLINE, MOBILE, Trouble
from tests.bookings.steps import kinds
from tests.factories import MONDAY, make_ask, make_person, make_request

pytestmark = pytest.mark.django_db
FRIDAY_TEN = datetime(2026, 11, 27, 10, tzinfo=UTC)
LATER = MONDAY + timedelta(minutes=3)


@pytest.fixture
def on(settings):
    settings.SMS_BACKEND = "bookings.messages.sms.Memory"
    sms.Memory.sent.clear()
    return sms.Memory.sent


@pytest.fixture
def book(clinic, desk):
    """Somebody with a proven address and a telephone, whose visit the desk confirms."""
    service, location, _people = clinic

    def make(phone=MOBILE, texts=True, locale="en-gb"):
        ask = make_ask(service, location, starts=[FRIDAY_TEN], note="It hurts.")
        person = make_person(phone=phone, texts=texts, locale=locale)
        asked = transitions.submit(ask, person, idempotency_key="k", now=MONDAY)
        transitions.verify(asked, now=MONDAY)
        Email.objects.all().delete()
        return transitions.confirm(asked, actor=desk, version=asked.version, now=MONDAY)

    return make


def test_both_leave_and_each_has_a_link(on, book):
    visit = book()
    assert send.send_due(now=LATER) == 2
    ((number, text),) = on
    assert number == MOBILE and len(text) <= 160 and "hurts" not in text
    assert re.search(r"/r/[\w-]{22}", text) and visit.request.reference in text
    mail = Email.objects.get(backend_alias="")
    assert mail.to == ["maria@example.org"] and mail.attachments.exists()
    assert visit.request.messages.first().email == mail  # the newest is the mail


@pytest.mark.parametrize(("phone", "texts"), [(MOBILE, False), (LANDLINE, True), ("", True)])
def test_nobody_else_is_texted(on, book, phone, texts):
    visit = book(phone, texts)
    assert kinds(visit.request) == ["confirmed"]
    assert visit.request.wants_texts == bool(texts and phone)


def test_where_the_clinic_sends_none(book):
    assert kinds(book().request) == ["confirmed"]


def test_in_their_language_and_cancelled_truly(on, book, desk):
    visit = book(locale="es")
    send.send_due(now=LATER)
    transitions.cancel(visit, actor=desk, now=LATER)
    send.send_due(now=LATER + timedelta(minutes=3))
    booked, cancelled = (text for _number, text in on)
    assert "viernes 27 de noviembre a las 10:00" in booked
    assert "llamaremos" not in cancelled and "/r/" in cancelled


def test_one_reminder_each_and_a_move_drops_both(on, book, desk):
    visit = book()
    send.send_due(now=LATER)
    at = FRIDAY_TEN - timedelta(hours=48)
    assert reminders.remind_due(now=at) == 1 and reminders.remind_due(now=at) == 0
    assert kinds(visit.request)[-2:] == ["reminder", "reminder"]
    visit.request.refresh_from_db()
    transitions.withdraw(visit.request, now=at)
    assert "reminder" not in kinds(visit.request)
    send.send_due(now=at)
    assert [text.partition(": ")[2][:6] for _number, text in on] == ["you ar", "your r"]


def test_undone_answer_sends_neither(on, book, desk):
    visit = book()
    visit.request.refresh_from_db()
    transitions.undo(visit.request, actor=desk, version=visit.request.version, now=MONDAY)
    assert send.send_due(now=LATER) == 0 and not on


@pytest.mark.postgresql
def test_lost_text_beside_a_mail_troubles_nobody(on, book, django_user_model):
    make_roles()
    visit = book()
    send.send_due(now=LATER)
    text = Email.objects.get(backend_alias="sms")
    before = StaffNotice.objects.count()
    bounces.mark("failed", message_id=text.message_id, recipient="", reason="", now=LATER)
    assert Message.objects.given_up().get().email == text  # its state is shown on the request
    assert not Message.objects.undelivered().exists()
    assert StaffNotice.objects.count() == before
    mail = Email.objects.get(backend_alias="")
    bounces.mark("bounced", message_id=mail.message_id, recipient="", reason="", now=LATER)
    assert Message.objects.undelivered().get().email == mail
    assert visit.request.messages.count() == 2


def test_lost_mail_is_sent_again_beside_its_text(on, book, desk):
    visit = book()
    message = visit.request.messages.first()
    Email.objects.filter(pk=message.email_id).update(status=STATUS.failed)
    message.refresh_from_db()
    transitions.send_again(message, actor=desk, now=MONDAY)
    message.email.refresh_from_db()
    assert message.email.status == STATUS.queued


@pytest.mark.postgresql
def test_sick_provider_of_texts_delays_no_mail(settings, on, clinic, book):
    book()
    Email.objects.update(scheduled_time=MONDAY - timedelta(hours=1))
    text = Email.objects.get(backend_alias="sms")
    Email.objects.filter(pk=text.pk).update(scheduled_time=MONDAY - timedelta(days=1))
    settings.SMS_BACKEND = f"{Trouble.__module__}.Trouble"
    Trouble.error = ConnectionResetError()
    assert send.send_due(now=LATER) == 1
    text.refresh_from_db()
    assert text.status == STATUS.requeued and text.scheduled_time > LATER


def test_next_visit_asks_nothing_anew(on, clinic, desk, book):
    visit = book()
    from bookings.transitions.next_visits import _person

    assert _person(visit.request).texts
    assert not make_request(*clinic[:2], email="b@example.org").wants_texts
