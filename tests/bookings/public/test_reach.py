"""A mistyped address, a lost message, a lapsed hold; and a patient who is reached in another way."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from post_office.models import Email

from bookings import transitions
from bookings.enums import AppointmentStatus, RequestStatus
from bookings.models import ConsultationRequest
from tests.bookings.public.conftest import link_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(visitor):
    visitor.up_to_check()
    page = visitor.send()
    assert "maria@example.org" in page.text and "Change this address" in page.text
    return ConsultationRequest.objects.get()


class TestSent:
    def test_a_mistyped_address_is_changed(self, visitor, sent):
        old = link_in("verify", sent)
        page = visitor.get("address").text
        assert 'value="maria@example.org"' in page and "Hold it again" not in page

        page = visitor.post("address", email="mario@example.org")

        sent.refresh_from_db()
        assert sent.email == "mario@example.org" and "mario@example.org" in page.text
        assert sent.status == RequestStatus.UNVERIFIED
        assert sent.appointments.filter(status=AppointmentStatus.PROPOSED).exists()
        assert visitor.client.get(old).status_code == 404
        newest = Email.objects.order_by("-pk").first()
        assert newest.to == ["mario@example.org"]

    def test_a_bad_address_is_refused_beside_it(self, visitor, sent):
        page = visitor.post("address", email="mario")
        assert "such as name@example.com" in page.text and 'value="mario"' in page.text

    def test_it_is_sent_again(self, visitor, sent):
        page = visitor.post("again")
        assert "sent you a new link" in page.text
        assert sent.messages.filter(kind="link").count() == 1

    def test_a_lapsed_time_is_held_again_once(self, visitor, sent, time_machine):
        assert "Hold it again" not in visitor.get("sent").text
        time_machine.move_to(timezone.now() + timedelta(minutes=16))
        assert "no longer held" in visitor.get("sent").text

        page = visitor.post("hold")

        assert "holding your time again" in page.text
        held = sent.appointments.get(status=AppointmentStatus.PROPOSED)
        assert timezone.now() < held.hold_expires_at < timezone.now() + timedelta(minutes=16)
        time_machine.move_to(timezone.now() + timedelta(minutes=16))
        assert "Hold it again" not in visitor.get("sent").text
        assert "cannot hold it again" in visitor.post("hold").text

    def test_a_confirmed_request_is_left_alone(self, visitor, sent):
        visitor.client.get(link_in("verify", sent))
        transitions.verify(sent, now=timezone.now())
        visitor.post("address", email="mario@example.org")
        sent.refresh_from_db()
        assert sent.email == "maria@example.org"


class TestOwnPage:
    @pytest.fixture
    def verified(self, patient, asked):
        patient.post("verify/")
        assert "Change how we reach you" in patient.get().text
        return asked

    @pytest.mark.postgresql
    def test_the_telephone_changes_at_once(self, patient, verified):
        given = {"email": "maria@example.org", "phone": "020 7946 0999 ext 12"}
        page = patient.post("contact/", given, follow=True)
        verified.refresh_from_db()
        assert verified.phone.as_e164 == "+442079460999" and verified.phone_extension == "12"
        assert "Your phone number is changed." in page.text
        assert not verified.messages.filter(kind="new_address").exists()

    def test_a_new_address_counts_once_proven(self, patient, verified):
        page = patient.post("contact/", {"email": "new@example.org", "phone": ""}, follow=True)
        assert "Until then we write to your old address" in page.text
        verified.refresh_from_db()
        assert verified.email == "maria@example.org"
        mail = verified.messages.get(kind="new_address").email
        link = re.search(r"/request/open/[\w-]+/", mail.message)[0]

        question = patient.client.get(link).text
        verified.refresh_from_db()
        assert verified.email == "maria@example.org"  # to open it changes nothing
        action = re.search(rf'action="({link}prove/)"', question)[1]
        page = patient.client.post(action, follow=True)

        verified.refresh_from_db()
        assert verified.email == "new@example.org" and "From now on" in page.text
        assert patient.client.post(action).status_code == 404

    @pytest.mark.postgresql
    def test_no_way_to_reach_them_is_refused(self, patient, verified):
        ConsultationRequest.objects.update(contact_by="phone", phone="+442079460123")
        page = patient.post("contact/", {"email": "maria@example.org", "phone": ""})
        assert "we have no other way to reach you" in page.text

    def test_a_change_made_elsewhere_stays(self, patient, verified):
        page = patient.get("contact/")
        patient.post("contact/", {"email": "maria@example.org", "phone": "020 7946 0999"})
        seen = re.search(r'name="shown" value="(\w+)"', page.text)[1]

        old = {"shown": seen, "email": "new@example.org", "phone": ""}
        page = patient.client.post(f"/request/{verified.reference}/contact/", old)

        verified.refresh_from_db()
        assert verified.phone.as_e164 == "+442079460999"
        assert "has changed since" in page.text and 'value="new@example.org"' in page.text

    def test_what_was_typed_survives_a_closed_page(self, patient, verified):
        verified.links.all().delete()
        typed = {"email": "new@example.org", "phone": "020 7946 0999"}
        page = patient.post("contact/", typed)
        assert page.status_code == 403
        assert "new@example.org" in page.text and "020 7946 0999" in page.text

    def test_waiting_mails_keep_a_working_link(self, patient, verified):
        patient.post("contact/", {"email": "new@example.org", "phone": ""})
        proof = re.search(
            r"/request/open/[\w-]+/", verified.messages.get(kind="new_address").email.message
        )[0]
        patient.client.post(f"{proof}prove/")

        waiting = verified.messages.get(kind="received").email
        assert waiting.to == ["new@example.org"]
        for text in (waiting.message, waiting.html_message):
            link = re.search(r"/request/open/[\w-]+/", text)[0]
            assert patient.client.get(link).url == f"/request/{verified.reference}/"


@pytest.mark.postgresql
def test_buttons_of_a_new_request_change_no_wishes(patient, asked):
    patient.post("verify/")
    page = patient.post("time/", {"instead": "any"})
    assert page.status_code == 200
    assert asked.preferences.exclude(start=None).exists()
