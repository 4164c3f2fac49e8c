"""An email address that was typed beside "phone": kept, confirmed first, and no nuisance to its owner."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone
from post_office.models import Email

from bookings import transitions
from bookings.enums import RequestStatus
from bookings.models import ConsultationRequest
from clinic import throttle
from clinic.addresses import mailbox
from tests.bookings.public.conftest import Patient, link_in
from tests.bookings.steps import kinds

pytestmark = pytest.mark.django_db
BESIDE = {"contact_by": "phone", "phone": "020 7946 0999", "email": "maria@example.org"}


@pytest.fixture
def called(visitor):
    """A request by telephone, with an address that nobody has confirmed."""
    visitor.up_to_check(**BESIDE)
    visitor.send()
    return ConsultationRequest.objects.get()


def confirm_by_desk(called, desk, start):
    return transitions.confirm(
        called, actor=desk, version=called.version, now=timezone.now(), start=start
    )


def test_the_address_gets_one_link_alone(called, visitor):
    assert (called.status, called.needs_call) == (RequestStatus.SUBMITTED, True)
    assert called.email == "maria@example.org" and not called.appointments.exists()
    mail = Email.objects.get()
    assert kinds(called) == ["new_address"] and "Maria" not in mail.message
    page = visitor.get("sent").text
    assert "We will call you on" in page and "maria@example.org" in page
    assert f"/book/{visitor.draft}/address/" in page and "Hold it again" not in page


def test_its_owner_reads_nothing_before_confirming(called, client):
    stranger = Patient(Client(), called)
    stranger.client.get(link_in("new_address", called))
    page = stranger.get().text
    assert "Please confirm your email address" in page
    assert "Maria" not in page and "Left" not in page and "020 7946 0999" not in page
    assert stranger.get("cancel/").status_code == 302


def test_nothing_else_is_mailed_before(called, desk, start):
    visit = confirm_by_desk(called, desk, start)
    called.refresh_from_db()
    assert kinds(called) == ["new_address"] and called.needs_call
    assert visit.attendee == ""


def test_confirming_brings_the_visit_and_its_file(called, client, desk, start):
    confirm_by_desk(called, desk, start)
    patient = Patient(Client(), called)
    patient.client.get(link_in("new_address", called))
    patient.post("verify/")
    mail = called.messages.get(kind="confirmed").email
    assert mail.to == ["maria@example.org"] and mail.attachments.exists()
    assert "Your appointment is booked" in patient.get().text


def test_whoever_confirms_is_still_called(called, client):
    patient = Patient(Client(), called)
    patient.client.get(link_in("new_address", called))
    patient.post("verify/")
    called.refresh_from_db()
    assert called.needs_call and called.gets_mail and "received" in kinds(called)


def test_a_mistyped_address_is_changed_beside_the_call(called, visitor):
    old = link_in("new_address", called)
    page = visitor.client.post(visitor.at("address"), {"email": "mary@example.org"}, follow=True)
    called.refresh_from_db()
    assert called.email == "mary@example.org" and called.needs_call and "mary@" in page.text
    assert visitor.client.get(old).status_code == 404
    assert [mail.to for mail in Email.objects.order_by("pk")][-1] == ["mary@example.org"]


@pytest.mark.postgresql
def test_a_flooded_address_looks_the_same(visitor, settings):
    settings.LIMITS = settings.LIMITS | {"mail": "1/60"}
    throttle.spend("mail", mailbox("maria@example.org"), now=timezone.now())
    visitor.up_to_check(**BESIDE)
    page = visitor.send()
    assert not Email.objects.exists() and "We have sent a link to maria@example.org" in page.text


def test_a_visit_by_telephone_needs_a_number(visitor, clinic):
    clinic[0].kind_of_visit = "telephone"
    clinic[0].save()
    visitor.about()
    visitor.time()
    page = visitor.contact()
    assert page.context["form"].errors == {"phone": ["Enter your phone number."]}
    page = visitor.contact(phone="020 7946 0123")
    assert "By telephone: we call you" in page.text
