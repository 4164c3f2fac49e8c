"""The desk corrects how a patient is reached; the patient changes it."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models import Q
from post_office.models import STATUS, Email

from bookings import transitions
from bookings.enums import ContactBy, RequestStatus
from bookings.errors import InvalidTransition, StaleVersion
from bookings.models import AccessLink, Message
from bookings.models.access import digest
from clinic import phones
from tests.bookings.steps import ELEVEN, asked, confirmed, kinds, verbs
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
NEW = "marta@example.org"


def contact_of(consultation, **changes):
    values = {
        "name": consultation.name,
        "contact_by": ContactBy(consultation.contact_by),
        "email": consultation.email,
        "phone": phones.stored(consultation.phone) if consultation.phone else "",
        "locale": consultation.locale,
    }
    return transitions.Contact(**(values | changes))


def correct(consultation, desk, version=None, now=MONDAY, **changes):
    transitions.correct_contact(
        consultation,
        contact_of(consultation, **changes),
        actor=desk,
        version=version or consultation.version,
        now=now,
    )


def sent(consultation):
    """As if the worker had sent everything."""
    Email.objects.filter(about__request=consultation).update(status=STATUS.sent)


def link_in(email):
    token = re.search(r"/request/open/([\w-]+)/", email.message)[1]
    return AccessLink.objects.get(digest=digest(token))


def to(address):
    return list(Message.objects.filter(email__to=address, superseded=False).order_by("pk"))


@pytest.mark.postgresql
def test_a_name_is_corrected_and_recorded(clinic, desk):
    consultation = asked(clinic)
    mails = kinds(consultation)
    correct(consultation, desk, name="Marta Example", locale="es")
    consultation.refresh_from_db()
    assert (consultation.name, consultation.locale) == ("Marta Example", "es")
    event = consultation.events.last()
    assert (event.verb, event.why, event.actor) == ("correct_contact", "name, language", desk.user)
    assert kinds(consultation) == mails and consultation.is_proven


@pytest.mark.postgresql
def test_phone_beside_a_name_is_unchanged(clinic, desk):
    consultation = asked(clinic)
    correct(consultation, desk, phone="+442079460123")
    consultation.refresh_from_db()
    with pytest.raises(InvalidTransition, match="Nothing was changed"):
        correct(consultation, desk)
    correct(consultation, desk, name="Marta Example")
    assert [event.why for event in consultation.events.all()][-2:] == ["phone", "name"]


def test_a_colleague_was_faster(clinic, desk):
    consultation = asked(clinic)
    with pytest.raises(StaleVersion):
        correct(consultation, desk, version=consultation.version - 1, name="Marta")


def test_nothing_changed_is_refused(clinic, desk):
    with pytest.raises(InvalidTransition):
        correct(asked(clinic), desk)


def test_somebody_must_stay_reachable(clinic, desk):
    with pytest.raises(InvalidTransition):
        correct(asked(clinic), desk, email="")


@pytest.mark.postgresql
def test_a_typing_mistake_gets_another_confirmation(clinic, desk):
    consultation = asked(clinic, verified=False)
    old = link_in(to("maria@example.org")[0].email)
    correct(consultation, desk, email=NEW)
    assert consultation.status == RequestStatus.UNVERIFIED
    assert [message.kind for message in to(NEW)] == ["verify"]
    assert not AccessLink.objects.filter(pk=old.pk).exists()
    assert to("maria@example.org") == []
    transitions.verify(consultation, now=MONDAY)
    assert consultation.status == RequestStatus.SUBMITTED
    assert [message.kind for message in to(NEW)] == ["received"]


def test_a_corrected_request_has_a_day_to_confirm(clinic, desk):
    consultation = asked(clinic, verified=False)
    day = timedelta(hours=settings.BOOKINGS["UNVERIFIED_EXPIRES_HOURS"])
    correct(consultation, desk, email=NEW, now=MONDAY + day - timedelta(minutes=1))
    transitions.expire_due(now=MONDAY + day)
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.UNVERIFIED
    transitions.expire_due(now=MONDAY + day + day)
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.EXPIRED


def test_a_new_address_hears_nothing_before_proof(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    correct(consultation, desk, email=NEW)
    (message,) = to(NEW)
    assert message.kind == "new_address" and not consultation.is_proven
    text = message.email.subject + message.email.message + message.email.html_message
    assert "Maria" not in text and visit.service.name not in text
    assert to("maria@example.org") == []  # the confirmation had not left yet
    visit.request = consultation
    transitions.cancel(visit, actor=desk, now=MONDAY)
    assert [message.kind for message in to(NEW)] == ["new_address"]
    assert consultation.needs_call


@pytest.mark.postgresql
def test_proof_says_where_the_request_stands(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    sent(consultation)
    Email.objects.filter(about__kind="confirmed").update(status=STATUS.failed)
    correct(consultation, desk, email=NEW)
    assert consultation.needs_call
    assert Message.objects.undelivered().filter(request=consultation).exists()
    sent(consultation)
    transitions.verify(consultation, now=MONDAY)
    assert verbs(consultation)[-2:] == ["change_address", "verify"]
    assert [message.kind for message in to(NEW)] == ["new_address", "confirmed"]
    assert consultation.is_proven and not consultation.needs_call
    assert visit.start == consultation.appointments.get(status="booked").start


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (lambda c, a: transitions.offer(c, times=[(ELEVEN, None)], **a), "offered"),
        (lambda c, a: transitions.ask_question(c, question="Since when?", **a), "question"),
        (lambda c, a: transitions.waitlist(c, **a), "waitlisted"),
        (lambda c, a: transitions.decline(c, reason="other", message="Sorry.", **a), "declined"),
        (lambda c, a: None, "received"),
    ],
)
def test_every_answer_is_said_again(clinic, desk, answer, kind):
    consultation = asked(clinic)
    answer(consultation, {"actor": desk, "version": consultation.version, "now": MONDAY})
    correct(consultation, desk, email=NEW)
    transitions.verify(consultation, now=MONDAY)
    assert [message.kind for message in to(NEW)] == ["new_address", kind]


@pytest.mark.postgresql
def test_without_an_address_the_desk_calls(clinic, desk):
    consultation = asked(clinic, verified=False)
    correct(consultation, desk, email="", phone="+442079460123;ext=205")
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.SUBMITTED and consultation.needs_call
    assert consultation.contact_by == ContactBy.PHONE and consultation.phone_extension == "205"
    assert consultation.respond_by and not consultation.appointments.active().exists()


@pytest.mark.postgresql
def test_an_address_gets_three_mails_an_hour(clinic, desk, real_limits):
    consultation = asked(clinic)
    for _ in range(3):
        asked(clinic, email=NEW, verified=False, start=ELEVEN + timedelta(days=1))
        Message.objects.all().delete()
        consultation.appointments.model.objects.exclude(request=consultation).delete()
    with pytest.raises(InvalidTransition):
        correct(consultation, desk, email=NEW)
    assert to(NEW) == []


def test_the_patient_changes_the_telephone(clinic):
    consultation = asked(clinic)
    transitions.change_phone(consultation, phone="+442079460123", now=MONDAY)
    consultation.refresh_from_db()
    assert consultation.phone.as_e164 == "+442079460123"
    event = consultation.events.last()
    assert (event.verb, event.actor_kind, event.why) == (
        "correct_contact",
        "patient",
        "phone",
    )


@pytest.mark.postgresql
def test_a_new_address_counts_once_it_is_proven(clinic, desk):
    consultation, _visit = confirmed(clinic, desk)
    transitions.ask_new_address(consultation, email=NEW, now=MONDAY)
    (message,) = to(NEW)
    link = link_in(message.email)
    assert consultation.email == "maria@example.org"
    assert not AccessLink.objects.valid(MONDAY).filter(pk=link.pk).exists()
    proven = transitions.prove_address(link, now=MONDAY)
    assert proven.email == NEW and proven.is_proven
    left = AccessLink.objects.filter(request=proven)
    assert link in left and not left.filter(pk__lt=link.pk).exists()
    assert AccessLink.objects.valid(MONDAY).filter(pk=link.pk).exists()
    waiting = Email.objects.filter(~Q(to=NEW), about__superseded=False, status=STATUS.queued)
    assert not waiting.exists()  # the confirmation goes to the new address
    with pytest.raises(InvalidTransition):
        transitions.prove_address(link, now=MONDAY)


def test_only_the_newest_wish_can_be_proven(clinic):
    consultation = asked(clinic)
    transitions.ask_new_address(consultation, email="typo@example.org", now=MONDAY)
    first = link_in(to("typo@example.org")[0].email)
    transitions.ask_new_address(consultation, email=NEW, now=MONDAY + timedelta(seconds=1))
    with pytest.raises(InvalidTransition):
        transitions.prove_address(first, now=MONDAY)
    consultation.refresh_from_db()
    assert consultation.email == "maria@example.org"


def test_an_expired_wish_changes_nothing(clinic):
    consultation = asked(clinic)
    transitions.ask_new_address(consultation, email=NEW, now=MONDAY)
    link = link_in(to(NEW)[0].email)
    with pytest.raises(InvalidTransition):
        transitions.prove_address(link, now=link.expires_at)
