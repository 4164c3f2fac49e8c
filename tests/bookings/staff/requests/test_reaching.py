"""A message that did not reach its patient: shown, phoned, sent again."""

import pytest
from django.urls import reverse
from post_office.models import STATUS, Email, RecipientDeliveryStatus

from bookings import transitions
from bookings.enums import ContactBy, DeclineReason
from bookings.messages import send
from bookings.models import Message
from tests.factories import MONDAY, make_ask, make_person, make_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def undelivered(asked):
    """The newest message, given up with the server's number."""
    message = asked.messages.get(kind="received")
    Email.objects.filter(pk=message.email_id).update(status=STATUS.failed, number_of_retries=6)
    message.email.logs.create(status=STATUS.failed, message="550 SMTPDataError")
    return message


def card(client, asked):
    return client.get(reverse("desk:request", args=[asked.reference])).content.decode()


def phone_them(client):
    page = client.get(reverse("desk:requests"), {"queue": "phone"})
    return list(page.context["object_list"])


def test_it_is_a_task_with_the_reason(desk_client, asked, undelivered):
    assert phone_them(desk_client) == [asked]
    page = card(desk_client, asked)
    assert "A message was not delivered." in page and "(no such mailbox, 550)" in page
    assert reverse("desk:send_again", args=[undelivered.pk]) in page


def test_phoned(desk_client, asked, undelivered):
    asked.needs_call = True
    asked.save()
    url = reverse("desk:phone", args=[asked.reference])
    assert desk_client.post(url, {"version": asked.version}).status_code == 302
    asked.refresh_from_db()
    assert not asked.needs_call and phone_them(desk_client) == []
    assert asked.events.filter(verb="phone", actor__username="ruth").count() == 1
    assert "A message was not delivered." not in card(desk_client, asked)
    assert desk_client.post(url, {"version": asked.version - 1}).status_code == 409


def test_sent_again_under_the_same_message_id(desk_client, asked, undelivered):
    url = reverse("desk:send_again", args=[undelivered.pk])
    assert desk_client.get(url).status_code == 405
    before = undelivered.email.message_id
    assert desk_client.post(url).status_code == 302
    email = Email.objects.get(pk=undelivered.email_id)
    assert email.status == STATUS.queued and email.message_id == before
    assert email.scheduled_time == MONDAY and phone_them(desk_client) == []
    desk_client.post(url)  # pressed twice: it is on its way already
    assert asked.events.filter(verb="send_again").count() == 1
    assert send.send_due(now=MONDAY) == 1


def test_only_the_newest_is_sent_again(desk_client, asked, undelivered, desk):
    transitions.waitlist(asked, actor=transitions.staff(desk), version=asked.version, now=MONDAY)
    desk_client.post(reverse("desk:send_again", args=[undelivered.pk]))
    undelivered.email.refresh_from_db()
    assert undelivered.email.status == STATUS.failed


def test_what_arrived_later_ends_the_task(desk_client, asked, undelivered, desk):
    transitions.waitlist(asked, actor=transitions.staff(desk), version=asked.version, now=MONDAY)
    newer = asked.messages.get(kind="waitlisted")
    Message.objects.filter(pk=undelivered.pk).update(created_at=MONDAY.replace(hour=7))
    Email.objects.filter(pk=newer.email_id).update(status=STATUS.sent)
    assert phone_them(desk_client) == []
    bounced = RecipientDeliveryStatus.HARD_BOUNCED
    Email.objects.filter(pk=newer.email_id).update(recipient_delivery_status=bounced)
    assert phone_them(desk_client) == [asked]


def test_patients_without_email_are_listed_too(desk_client, clinic, asked):
    service, location, _people = clinic
    asked.email, asked.needs_call, asked.phone = "", True, "+442079460000"
    asked.contact_by = ContactBy.PHONE
    asked.save()
    make_request(service, location, email="other@example.org")
    assert phone_them(desk_client) == [asked]


@pytest.fixture
def by_phone(clinic):
    service, location, _people = clinic
    person = make_person(email="", phone="+442079460123", contact_by=ContactBy.PHONE)
    return transitions.submit(make_ask(service, location), person, idempotency_key="k", now=MONDAY)


def test_spam_is_not_phoned(desk_client, desk, by_phone):
    assert phone_them(desk_client) == [by_phone]
    transitions.mark_spam(
        by_phone, actor=transitions.staff(desk), version=by_phone.version, now=MONDAY
    )
    assert phone_them(desk_client) == []


def test_phoned_patients_hear_of_every_answer(desk_client, desk, by_phone):
    ruth = transitions.staff(desk)
    for verb in (transitions.waitlist, transitions.decline, transitions.reopen):
        transitions.phone(by_phone, actor=ruth, version=by_phone.version, now=MONDAY)
        assert phone_them(desk_client) == []
        extra = {
            transitions.decline: {"reason": DeclineReason.NO_TIME},
            transitions.reopen: {"why": "A time came free"},
        }.get(verb, {})
        verb(by_phone, actor=ruth, version=by_phone.version, now=MONDAY, **extra)
        assert phone_them(desk_client) == [by_phone]


def test_an_emptied_message_is_not_sent_again(desk_client, asked, undelivered):
    Email.objects.filter(pk=undelivered.email_id).update(message="", html_message="")
    desk_client.post(reverse("desk:send_again", args=[undelivered.pk]))
    assert Email.objects.get(pk=undelivered.email_id).status == STATUS.failed


def send_link(client, asked):
    url = reverse("desk:send_link", args=[asked.reference])
    return client.post(url, {"version": asked.version}, follow=True).content.decode()


def test_a_lost_link_is_mailed_again(desk_client, asked):
    assert reverse("desk:send_link", args=[asked.reference]) in card(desk_client, asked)
    assert "A link to their page is on its way" in send_link(desk_client, asked)
    message = asked.messages.get(kind="link")
    assert message.email.to == [asked.email]
    assert "asked" not in message.email.message  # it was the desk that sent it
    assert asked.events.filter(verb="send_link", actor__username="ruth").count() == 1
    assert "A link has just been sent to them." in send_link(desk_client, asked)
    assert asked.messages.filter(kind="link").count() == 1


def test_an_answer_does_not_overtake_the_link(desk_client, asked, desk):
    send_link(desk_client, asked)
    transitions.waitlist(asked, actor=transitions.staff(desk), version=asked.version, now=MONDAY)
    assert not asked.messages.get(kind="link").superseded


def test_no_more_links_than_an_address_gets_mails(desk_client, asked, settings):
    settings.LIMITS = settings.REAL_LIMITS | {"mail": "1/3600"}
    Message.objects.filter(request=asked).update(kind="received")
    send_link(desk_client, asked)
    Message.objects.filter(kind="link").delete()
    assert "We have written to this address too often for now." in send_link(desk_client, asked)
    assert not asked.messages.filter(kind="link").exists()


def test_opening_the_page_confirms_the_address(desk_client, clinic, desk):
    service, location, _people = clinic
    consultation = make_request(service, location, verified=False)
    transitions.expire(consultation, now=MONDAY)
    ruth = transitions.staff(desk)
    transitions.reopen(
        consultation, actor=ruth, version=consultation.version, now=MONDAY, why="They phoned"
    )
    page = card(desk_client, consultation)
    assert "what they do there confirms the address" in page
    send_link(desk_client, consultation)
    transitions.withdraw(consultation, now=MONDAY)
    assert consultation.is_proven
